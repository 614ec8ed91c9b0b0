"""What is read in a message: the thing itself, and what is asked about it."""

import pytest

from bot.matching.facets import Facet
from bot.matching.index import Index

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
        ("tách thửa", set()),
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
    ],
)
def test_names_are_safe_from_the_frames(index: Index, text: str, kept: str) -> None:
    assert kept in terms(index, text)


def test_a_typed_mark_refuses_another_word(index: Index) -> None:
    assert terms(index, "mở") != terms(index, "ở mô")


def test_marks_are_restored_from_the_catalogue(index: Index) -> None:
    """ "ban" alone may be many words; before "dat" the catalogue only ever says "bán"."""
    assert terms(index, "ban dat") == terms(index, "bán đất")


def test_glued_words_and_typos_are_mended(index: Index) -> None:
    assert terms(index, "khaisinh") == terms(index, "khai sinh")
    assert terms(index, "tạmm trú") == terms(index, "tạm trú")


def test_a_short_form_wants_its_context(index: Index) -> None:
    assert "@so-do" in terms(index, "cấp sđ cho đất")
    assert "@so-do" not in terms(index, "sđ")
