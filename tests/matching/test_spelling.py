"""One word has one spelling inside, however it was typed."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.matching.text import (
    fold,
    is_syllable,
    mark,
    split_glued,
    split_words,
    strip_marks,
    undo_telex,
    undo_vni,
    words,
)

WORDS = ["đất", "đường", "giấy", "khuyết", "tuổi", "nghĩa", "quyền", "chuyển", "trước", "thuế"]
WORDS += ["nhà", "mượn", "xoá", "hoà", "thuỷ", "ủy", "nguyễn", "sổ", "đỏ", "bìa", "thừa", "kế"]

TELEX_LETTERS = {"â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw", "đ": "dd"}
TELEX_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}


def telex_spellings(word: str) -> set[str]:
    """A word typed in Telex: each tone after its vowel or at the end, hats beside the letter."""
    tone = ""
    letters: list[str] = []
    toned = -1
    for at, letter in enumerate(unicodedata.normalize("NFC", word)):
        parts = unicodedata.normalize("NFD", letter)
        found = [part for part in parts if part in TELEX_TONES]
        plain = unicodedata.normalize("NFC", "".join(p for p in parts if p not in TELEX_TONES))
        letters.append(TELEX_LETTERS.get(plain, plain))
        if found:
            tone, toned = TELEX_TONES[found[0]], at
    at_end = "".join(letters) + tone
    inside = "".join(x + (tone if at == toned else "") for at, x in enumerate(letters))
    return {at_end, inside, at_end.replace("uwow", "uow"), inside.replace("uwow", "uow")}


@given(st.text())
@example("Đ")
@example("ð\u0301")
@example("\ufdfa" * 300)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=300))
def test_any_text_splits_without_raising(text: str) -> None:
    assert all(one.folded for one in words(text))


@given(st.sampled_from(WORDS), st.sampled_from(["NFC", "NFD"]), st.booleans())
def test_form_and_case_do_not_matter(word: str, form: str, upper: bool) -> None:
    typed = unicodedata.normalize("NFD" if form == "NFD" else "NFC", word)
    assert words(typed.upper() if upper else typed) == words(word)


@pytest.mark.parametrize(
    ("one", "other"),
    [("hoà", "hòa"), ("uỷ", "ủy"), ("thuý", "thúy"), ("khoẻ", "khỏe"), ("kí", "ký"), ("lí", "lý")],
)
def test_the_place_of_the_tone_does_not_matter(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_marks_still_tell_words_apart() -> None:
    assert len({mark(word) for word in ("ban", "bán", "bản", "bàn", "bạn", "bân")}) == 6


@pytest.mark.parametrize("word", WORDS)
def test_every_telex_spelling_gives_the_word(word: str) -> None:
    for typed in telex_spellings(word):
        assert fold(typed) == fold(word) or undo_telex(typed) == fold(word), typed


@pytest.mark.parametrize(
    ("typed", "meant"), [("d9a6t1", "dat"), ("gia6y1", "giay"), ("ho6", "ho"), ("nha2", "nha")]
)
def test_vni_digits_are_undone(typed: str, meant: str) -> None:
    assert undo_vni(typed) == meant


@pytest.mark.parametrize("typed", ["ct07", "b2", "15a", "2024", "kt3"])
def test_names_with_digits_are_left_alone(typed: str) -> None:
    assert undo_vni(typed) is None


@pytest.mark.parametrize("folded", ["truong", "nghieng", "quyen", "giua", "xoong", "uy", "khuya"])
def test_syllables(folded: str) -> None:
    assert is_syllable(folded)


@pytest.mark.parametrize("folded", ["ddat", "web", "gcn", "khaisinh", "zalo", "facebook", ""])
def test_no_syllables(folded: str) -> None:
    assert not is_syllable(folded)


def test_glued_words_come_apart_at_known_neighbours() -> None:
    known = {"ke", "thon", "ket", "hon", "dang", "ky"}
    assert split_glued("kethon", known, lambda a, b: (a, b) == ("ket", "hon")) == ("ket", "hon")
    assert split_glued("dangkykethon", known | {"kyk"}) is not None
    assert split_glued("xyzxyz", known) is None


def test_a_national_code_stays_one_word() -> None:
    assert split_words("mã 1.012786, mẫu 04/ĐK") == ["mã", "1.012786", "mẫu", "04", "đk"]


def test_invisible_characters_vanish() -> None:
    assert words("đ\u200bất") == words("đất")


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
def test_stripping_marks_leaves_plain_letters(row: list[str]) -> None:
    text = strip_marks(" ".join(row))
    assert text.isascii()
    assert len(text.split()) == len(row)


def test_spelling_variants_are_a_set_of_one() -> None:
    texts = ("Uỷ ban", "Ủy ban", "ủy  BAN")
    composed = {words(unicodedata.normalize("NFC", text)) for text in texts}
    assert {words(unicodedata.normalize("NFD", text)) for text in texts} == composed
    assert len(composed) == 1
