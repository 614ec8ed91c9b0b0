"""What is read in a message: the thing itself, and what is asked about it."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching.conversation import asked_alone, tells_detail, tells_of_state
from bot.matching.facets import Facet
from bot.matching.index import COMPARED, Index
from bot.matching.reading import MOST_REPAIRS
from bot.matching.text import LONGEST_GLUED, MOST_WORDS, fold, is_syllable, split_words
from bot.matching.understanding import understand
from tests.matching.conftest import ENTRIES, LEXICON
from tests.matching.keyboards import telex_spellings, vni_spellings
from tests.matching.nasty import nasty_texts

F = Facet


def terms(index: Index, text: str) -> list[str]:
    return [term.text for term in index.read(text).terms]


@pytest.mark.parametrize(
    "text",
    [
        "làm lại bìa đỏ bị mất",
        "lam lai bia do bi mat",
        "LÀM LẠI SỔ ĐỎ BỊ MẤT",
        "mần lại bìa đỏ bị mất",
        "lamf laij bias ddor bij maast",
        "dạ cho em hỏi làm lại sổ hồng bị mất với ạ",
    ],
)
def test_many_spellings_are_one_question(index: Index, text: str) -> None:
    assert terms(index, text) == ["@cap-lai", "@so-do", "@mat"]


@pytest.mark.parametrize(
    ("text", "facets"),
    [
        ("hết mấy tiền rứa", {F.FEE}),
        ("het bao nhieu tien", {F.FEE}),
        ("lệ phí bao nhiêu", {F.FEE}),
        ("cần giấy tờ gì", {F.DOCUMENTS}),
        ("phải mang theo những chi", {F.DOCUMENTS}),
        ("mất mấy ngày", {F.DEADLINE}),
        ("bao lâu thì có", {F.DEADLINE}),
        ("nộp ở mô", {F.PLACE}),
        ("nop o dau", {F.PLACE}),
        ("nộp online được không", {F.CHANNEL}),
        ("điều kiện gì", {F.CONDITIONS}),
        ("gồm những bước nào", {F.STEPS}),
        ("mần răng", {F.STEPS, F.DOCUMENTS}),
        ("căn cứ pháp lý nào", {F.LEGAL_BASIS}),
        ("cho xin mẫu đơn", {F.FORM}),
        ("giấy tờ gì, phí bao nhiêu, mấy ngày xong", {F.DOCUMENTS, F.FEE, F.DEADLINE}),
        ("làm sổ đất ở đâu", {F.PLACE}),
        ("nop thue dat o dau", {F.PLACE}),
        ("khoi phuc giay phep can ho so gi", {F.DOCUMENTS}),
        ("tách thửa", set()),
        ("nộp đơn cho ai", {F.PLACE}),
        ("nhà em có được xây thêm tầng không", {F.CONDITIONS}),
        ("có cần giấy khai sinh bản gốc không", {F.DOCUMENTS, F.CONDITIONS}),
        ("tạm trú thì xin lại răng", {F.STEPS, F.DOCUMENTS}),
    ],
)
def test_what_is_asked(index: Index, text: str, facets: set[Facet]) -> None:
    assert set(index.read(text).facets) == facets


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("bản sao", "sao"),
        ("bị mất sổ", "@mat"),
        ("mất căn cước", "@can-cuoc"),
        ("làm hộ nghèo", "@ho-ngheo"),
        ("bố mới mất", "@chet"),
    ],
)
def test_names_are_safe_from_the_frames(index: Index, text: str, kept: str) -> None:
    assert kept in terms(index, text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("đổi sổ đỏ chứ không phải cấp lại, hết bao nhiêu tiền", "đổi sổ đỏ, hết bao nhiêu tiền"),
        ("doi so do chu ko phai cap lai het may tien", "doi so do het may tien"),
        ("đổi sổ đỏ chứ nỏ phải làm lại cần giấy chi", "đổi sổ đỏ cần giấy chi"),
        ("không phải cấp lại", "không phải cấp lại"),
        ("đổi sổ đỏ, chứ không phải cấp lại", "đổi sổ đỏ"),
        ("dang ky tam tru, khong phai gia han", "dang ky tam tru"),
        ("à không phải mất, hết hạn", "à hết hạn"),
        ("lấy chồng xã khác, không phải đổi căn cước à", "lấy chồng xã khác đổi căn cước à"),
        ("không phải mất, mà hết hạn", "hết hạn"),
        ("ko phai rach ma mat luon", "mat luon"),
        ("căn cước chứ không phải mã số thuế", "căn cước"),
        ("không phải mã định danh mà căn cước", "căn cước"),
        ("không phải chủ đất mà muốn làm sổ đỏ", "không phải chủ đất mà muốn làm sổ đỏ"),
        ("đất không phải xin phép", "đất không phải xin phép"),
    ],
)
def test_what_is_said_not_to_be_meant_is_not_looked_up(index: Index, text: str, meant: str) -> None:
    assert terms(index, text) == terms(index, meant)
    assert index.read(text).facets == index.read(meant).facets


def test_what_is_denied_is_remembered(index: Index) -> None:
    reading = index.read("không phải mất, mà hết hạn")
    assert reading.denied == {"@mat"}
    assert index.read("mất sổ đỏ").denied == frozenset()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("khai sinh, không liên thông", {"joined=no"}),
        ("khai sinh liên thông", {"joined=yes"}),
        ("con 9 tuổi", {"age=child"}),
        ("trẻ dưới 14 tuổi", {"age=child"}),
        ("con 15 tuổi", {"age=grown"}),
        ("cấp, cấp lại giấy phép", {"act=new", "act=again"}),
        ("tự dịch, không phải cộng tác viên", {"translator=self"}),
    ],
)
def test_of_one_group_the_longer_phrase_counts(index: Index, text: str, said: set[str]) -> None:
    assert index.read(text).qualifiers == said


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("nha thuoc dien ho ngheo", {"@ho-ngheo"}),  # and no "nhà thuốc"
        ("mở nhà thuốc tây", {"@nha-thuoc"}),
        ("cấp lại giấy chứng nhận do bị mất", {"@so-do"}),
        ("mất giấy chứng nhận người có công", {"@nguoi-co-cong"}),
        ("giay chung nhan dat bi rach", {"@so-do"}),
        ("con hoc cao dang nghe", {"@giao-duc-nghe-nghiep"}),
    ],
)
def test_words_of_a_name_are_not_torn_apart(index: Index, text: str, things: set[str]) -> None:
    assert index.read(text).things == things


@pytest.mark.parametrize(
    "text", ["mệ 80 tuổi", "đất 300m2", "dat 20 met", "10 nguoi", "sổ cấp 1998"]
)
def test_what_tells_of_a_case_is_a_detail(index: Index, text: str) -> None:
    assert tells_detail(index.read(text))


@pytest.mark.parametrize(
    "text",
    [
        "1.013978",
        "0912345678",
        "2",
        "chuyển quán sang xã khác",
        "đất 300m2 hết mấy tiền",
        "",
        "mất sổ",
    ],
)
def test_what_asks_or_names_something_is_no_detail(index: Index, text: str) -> None:
    assert not tells_detail(index.read(text))


@pytest.mark.parametrize(
    "text",
    [
        "khai sinh rồi",
        "lam khai sinh roi",
        "đã có sổ đỏ",
        "da dang ky ket hon roi",
        "đang thế chấp",
    ],
)
def test_what_is_over_is_heard_as_a_state(index: Index, text: str) -> None:
    assert tells_of_state(index.read(text))


@pytest.mark.parametrize(
    "text",
    [
        "rồi làm căn cước",
        "làm căn cước cho xong",
        "muốn kết hôn rồi",
        "giờ làm sổ đỏ luôn rồi",
        "sổ đỏ",
    ],
)
def test_what_is_about_to_be_done_is_no_state(index: Index, text: str) -> None:
    assert not tells_of_state(index.read(text))


def test_a_cue_within_a_name_is_no_cue(index: Index) -> None:
    assert "continuation" in index.read("thế bao lâu").cues
    assert "continuation" not in index.read("sổ đang thế chấp").cues


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("giấy tờ ạ", Facet.DOCUMENTS),
        ("giay to", Facet.DOCUMENTS),
        ("tiền?", Facet.FEE),
        ("giấy chứng tử", None),
        ("giay cho con", None),
        ("", None),
    ],
)
def test_papers_alone_ask_for_the_papers(index: Index, text: str, side: Facet | None) -> None:
    assert asked_alone(index.read(text)) == side


def test_a_typed_mark_refuses_another_word(index: Index) -> None:
    assert terms(index, "mở") != terms(index, "ở mô")


def test_marks_are_restored_from_the_catalogue(index: Index) -> None:
    """ "ban" alone may be many words; before "dat" the catalogue only ever says "bán"."""
    assert terms(index, "ban dat") == terms(index, "bán đất")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tặng đất cho vợ mất bao nhiêu tiền", "tặng đất"),
        ("khai sinh cho con cần công chứng giấy tờ không", "khai sinh"),
        ("tách thửa có phải ra tỉnh không", "tách thửa"),
    ],
)
def test_a_long_question_is_not_cut_by_a_short_phrase(index: Index, text: str, meant: str) -> None:
    assert terms(index, text)[: len(terms(index, meant))] == terms(index, meant)
    assert not {"@chet", "@sao-y", "tinh"} & {*terms(index, text)}


def test_a_short_form_beside_its_neighbour_is_a_word(index: Index) -> None:
    """ "hong" is a way to write "không"; "sổ hồng" is a book."""
    assert terms(index, "lam so hong") == terms(index, "làm sổ hồng")


def test_words_written_out_of_a_short_form_are_no_typed_marks(index: Index) -> None:
    assert terms(index, "can gcn thi lam") == terms(index, "cần giấy chứng nhận thì làm")


def test_glued_words_and_typos_are_mended(index: Index) -> None:
    assert terms(index, "khaisinh") == terms(index, "khai sinh")
    assert terms(index, "tạmm trú") == terms(index, "tạm trú")


@pytest.mark.parametrize(("typed", "meant"), [("dktamtru", "tạm trú"), ("đkkethon", "kết hôn")])
def test_a_short_form_may_be_glued_to_the_rest(index: Index, typed: str, meant: str) -> None:
    assert terms(index, typed) == terms(index, f"đăng ký {meant}")


def test_a_short_form_wants_its_context(index: Index) -> None:
    assert "@so-do" in terms(index, "cấp sđ cho đất")
    assert "@so-do" not in terms(index, "sđ")


SHAPES = st.sampled_from([str.lower, str.upper, str.title])


@pytest.fixture(scope="module")
def all_words(catalogue_index: Index) -> list[str]:
    """Every syllable that the catalogue or the lexicon writes."""
    texts = [text for entry in catalogue_index.entries for _, text in entry.fields()]
    texts += LEXICON.read_text(encoding="utf-8").splitlines()
    found = {word for text in texts for word in split_words(text)}
    return sorted(word for word in found if is_syllable(fold(word)) and not word.isascii())


def test_every_word_may_be_typed_in_telex(catalogue_index: Index, all_words: list[str]) -> None:
    """With its marks: "mowr" is "mở" and not "mô". There is no exception."""
    for word in all_words:
        meant = catalogue_index.read(word)
        for keys in telex_spellings(word):
            assert catalogue_index.read(keys).terms == meant.terms, keys


def test_every_word_may_be_typed_in_vni(catalogue_index: Index, all_words: list[str]) -> None:
    """But for single letters: "a1" is a licence."""
    for word in all_words:
        meant = catalogue_index.read(word)
        for keys in vni_spellings(word) if len(word) > 1 else ():
            assert catalogue_index.read(keys).terms == meant.terms, keys


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([telex_spellings, vni_spellings]), SHAPES)
def test_a_sentence_may_be_typed_with_the_keyboard_off(
    catalogue_index: Index,
    dice: Random,
    spellings: Callable[[str], set[str]],
    shape: Callable[[str], str],
) -> None:
    entry = dice.choice(catalogue_index.entries)
    text = dice.choice([entry.title, *entry.aliases])
    row = split_words(text)
    typed = [
        dice.choice(sorted(spellings(word))) if len(word) > 1 and is_syllable(fold(word)) else word
        for word in row
    ]
    said, meant = catalogue_index.read(shape(" ".join(typed))), catalogue_index.read(" ".join(row))
    assert (said.terms, said.facets) == (meant.terms, meant.facets), typed


def test_half_a_keyboard_is_undone_too(catalogue_index: Index) -> None:
    assert terms(catalogue_index, "đăng ký khai sinh") == terms(
        catalogue_index, "đăngg kýs khai sinh"
    )
    assert terms(catalogue_index, "giâys chứng sinh") == terms(catalogue_index, "giấy chứng sinh")


NASTY = nasty_texts([text for one in ENTRIES for text in (one.title, *one.aliases)])


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_nothing_is_too_much_to_read(index: Index, text: str) -> None:
    """4,096 characters make at most so many words, and so many comparisons."""
    longest = max(len(short.words) for short in index.lexicon.shorthand.values())
    reading = index.read(text)
    assert len(reading.words) <= MOST_WORDS * longest + MOST_REPAIRS * LONGEST_GLUED
    assert len(reading.terms) <= len(reading.words)
    matches = index.match(reading)
    assert len(matches.ours) + len(matches.elsewhere) <= COMPARED
    understand(text, index=index)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.text(min_size=1, max_size=64), st.integers(1, 4096))
def test_any_text_is_read(index: Index, text: str, times: int) -> None:
    understand((text * times)[:4096], index=index)
