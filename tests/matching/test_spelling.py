"""One word has one spelling inside, however it was typed."""

import unicodedata
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.matching.text import (
    Typed,
    fold,
    is_syllable,
    mark,
    marks_in,
    split_glued,
    split_words,
    undo_telex,
    undo_vni,
    words,
)
from bot.vietnamese import strip_marks
from tests.matching.keyboards import syllables, telex_spellings, vni_spellings

WORDS = ["đất", "đường", "giấy", "khuyết", "tuổi", "nghĩa", "quyền", "chuyển", "trước", "thuế"]
WORDS += ["nhà", "mượn", "xoá", "hoà", "thuỷ", "ủy", "nguyễn", "sổ", "đỏ", "bìa", "thừa", "kế"]

SYLLABLES = sorted(set(syllables()))

few = settings(max_examples=200, derandomize=True, deadline=None)


@given(st.text())
@example("Đ")
@example("ð\u0301")
@example("\ufdfa" * 300)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=300))
def test_any_text_splits_without_raising(text: str) -> None:
    assert all(one.folded for one in words(text))


@few
@given(
    st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=8).map(" ".join),
    st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]),
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
)
def test_form_and_case_do_not_matter(
    text: str, form: Literal["NFC", "NFD", "NFKC", "NFKD"], case: Callable[[str], str]
) -> None:
    assert words(unicodedata.normalize(form, case(text))) == words(text)
    assert words(case(unicodedata.normalize(form, text))) == words(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("hoà", "hòa"), ("uỷ", "ủy"), ("thuý", "thúy"), ("khoẻ", "khỏe"), ("kí", "ký"), ("lí", "lý")],
)
def test_the_place_of_the_tone_does_not_matter(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_marks_still_tell_words_apart() -> None:
    assert len({mark(word) for word in ("ban", "bán", "bản", "bàn", "bạn", "bân")}) == 6


def typed_of(word: str) -> Typed:
    return Typed(fold(word), marks_in(mark(word)))


def assert_telex_is_undone(word: str) -> None:
    """A syllable typed in Telex is never itself a syllable: all of its keys can be taken back."""
    for keys in telex_spellings(word) - {word}:
        assert not is_syllable(keys), keys
        assert undo_telex(keys) == typed_of(word), keys


def assert_vni_is_undone(word: str) -> None:
    """But for single letters: "b2" and "a1" are licences and forms, and so "a2" is not "à"."""
    for keys in vni_spellings(word) - {word}:
        assert undo_vni(keys) == (typed_of(word) if len(word) > 1 else None), keys


@few
@given(st.sampled_from(SYLLABLES))
@example("giữ")
@example("quở")
@example("thuở")
@example("ngoèo")
@example("nghiễng")
@example("đưởng")
def test_every_way_to_type_a_syllable_gives_the_syllable(word: str) -> None:
    assert_telex_is_undone(word)
    assert_vni_is_undone(word)


@pytest.mark.slow
def test_every_way_to_type_every_syllable_gives_the_syllable() -> None:
    for word in SYLLABLES:
        assert_telex_is_undone(word)
        assert_vni_is_undone(word)


def test_every_syllable_is_one() -> None:
    assert [word for word in SYLLABLES if not is_syllable(fold(word))] == []


@pytest.mark.parametrize("word", ["gas", "web", "visa", "gcn", "facebook", "zalo", "đk", "15a"])
def test_what_keys_cannot_have_meant_stays(word: str) -> None:
    typed = undo_telex(word)
    assert typed is None or typed.folded in {"ga", "via"}  # the vocabulary keeps "gas" and "visa"


@pytest.mark.parametrize(
    ("keys", "meant"), [("d9a6t1", "đất"), ("gia6y1", "giấy"), ("ho6", "hô"), ("nha2", "nhà")]
)
def test_vni_digits_are_undone(keys: str, meant: str) -> None:
    assert undo_vni(keys) == typed_of(meant)


@pytest.mark.parametrize("typed", ["ct07", "b2", "15a", "2024", "kt3"])
def test_names_with_digits_are_left_alone(typed: str) -> None:
    assert undo_vni(typed) is None


@pytest.mark.parametrize("folded", ["truong", "nghieng", "quyen", "giua", "ngoeo", "uy", "khuya"])
def test_syllables(folded: str) -> None:
    assert is_syllable(folded)


@pytest.mark.parametrize("folded", ["ddat", "coong", "web", "gcn", "khaisinh", "zalo", ""])
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
