"""Whoever names another procedure in the middle of a talk gets that one, whatever was spoken of."""

from collections.abc import Iterator

import pytest

from bot.matching.conversation import Context
from bot.matching.decision import Answer, Decision
from bot.matching.index import Index
from bot.matching.understanding import understand

SPOKEN_OF = (
    "dang-ky-khai-sinh",
    "gia-han-tam-tru",
    "cap-lai-gcn-bi-mat",
    "xoa-dang-ky-thuong-tru",
    "chuyen-nhuong-quyen-su-dung-dat",
    "cham-dut-ho-kinh-doanh",
)
OPEN = (
    ("cap-lai-the-can-cuoc", "cap-doi-the-can-cuoc", "cap-the-can-cuoc-duoi-14-tuoi"),
    ("gia-han-su-dung-dat", "gia-han-tam-tru", "gia-han-gpxd"),
)


def requests(index: Index) -> Iterator[tuple[str, str]]:
    """Each title, official name and wish for it that is understood by itself, with its procedure."""
    for entry in index.entries:
        for text in {entry.title, entry.official_name or entry.title, f"tôi muốn {entry.title}"}:
            alone = understand(text, index=index)
            if isinstance(alone, Answer) and alone.procedure == entry.id:
                yield text, entry.id


def lost(index: Index, context: Context) -> list[tuple[str, str]]:
    """What is answered with something else in this talk, though alone it is clear."""
    asked = (
        (text, one, understand(text, index=index, context=context)) for text, one in requests(index)
    )
    return [(text, meant) for text, one, decision in asked if (meant := other(decision, one))]


def other(decision: Decision, meant: str) -> str:
    is_other = isinstance(decision, Answer) and decision.procedure != meant
    return decision.procedure if is_other and isinstance(decision, Answer) else ""


@pytest.mark.parametrize("spoken_of", SPOKEN_OF)
def test_a_title_is_answered_whatever_was_spoken_of(spoken_of: str, catalogue_index: Index) -> None:
    question = catalogue_index.entry(spoken_of).title
    assert not lost(catalogue_index, Context(spoken_of, (), (), question))


@pytest.mark.parametrize("candidates", OPEN)
def test_a_title_is_answered_whichever_choices_are_open(
    candidates: tuple[str, ...], catalogue_index: Index
) -> None:
    context = Context(None, (), candidates, "cấp lại", unanswered="cấp lại")
    assert not lost(catalogue_index, context)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tôi muốn đăng ký tạm trú", "dang-ky-tam-tru"),
        ("làm sổ đỏ", "cap-gcn-lan-dau-ho-gia-dinh-ca-nhan"),
        ("1.013978", "trich-luc"),
        ("còn để chuyển nhượng đất", "chuyen-nhuong-quyen-su-dung-dat"),
        ("à nhầm, để bán đất", "chuyen-nhuong-quyen-su-dung-dat"),
        ("giờ làm sổ đỏ luôn rồi", "cap-gcn-lan-dau-ho-gia-dinh-ca-nhan"),
        ("em muốn kết hôn rồi", "dang-ky-ket-hon"),
        ("làm căn cước cho xong", "cap-the-can-cuoc-tu-14-tuoi"),
        ("giấy chứng tử", "dang-ky-khai-tu"),
        ("để quên căn cước ở quán không tìm lại được", "cap-lai-the-can-cuoc"),
    ],
)
def test_no_detail_fact_or_purpose_hides_a_new_request(
    text: str, meant: str, catalogue_index: Index
) -> None:
    context = Context("dang-ky-khai-sinh", (), (), "khai sinh cho con")
    decision = understand(text, index=catalogue_index, context=context)
    assert not (isinstance(decision, Answer) and decision.procedure == "dang-ky-khai-sinh"), meant
