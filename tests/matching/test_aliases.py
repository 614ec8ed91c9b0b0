"""Whoever writes an alias can rely on it: said word for word, it is answered with its procedure."""

from collections.abc import Iterator
from itertools import cycle, islice

import pytest

from bot.matching.decision import Answer, Choices, NoMatch, SmallTalk
from bot.matching.index import Index
from bot.matching.understanding import understand
from bot.vietnamese import strip_marks

LEAST_ANSWERED = 0.98


def aliases(index: Index) -> Iterator[tuple[str, str]]:
    for entry in index.entries:
        yield from ((entry.id, alias) for alias in entry.aliases)


@pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.slow), 7])
def test_every_alias_is_answered_with_its_procedure(catalogue_index: Index, step: int) -> None:
    """All of them, and one in seven where time is short."""
    others, offered, right = [], 0, 0
    for procedure, alias in islice(aliases(catalogue_index), 0, None, step):
        decision = understand(alias, index=catalogue_index)
        match decision:
            case Answer(procedure=answered) if answered == procedure:
                right += 1
            case Choices(procedures=procedures) if procedure in procedures:
                offered += 1
            case _:
                others.append((procedure, alias, type(decision).__name__))
    assert others == []
    assert right >= LEAST_ANSWERED * (right + offered)


ASKING = (
    "{} cần giấy tờ gì",
    "cho em hỏi {} ở đâu ạ",
    "em muốn {} thì cần điều kiện gì, hồ sơ những gì, mấy ngày xong",
    "Khi đi {} cần mang theo những gì?",
    "Ai có thẩm quyền giải quyết {}?",
    "{} hết bao nhiêu tiền, nộp online được không",
    "tui muốn {} thì mần răng hè",
    "{} mấy ngày thì xong vậy bạn",
    "chào anh chị, tôi năm nay 70 tuổi, muốn hỏi {} cần những gì",
    "{} cho bố mẹ tôi thì cần giấy gì",
    "{} mà hai vợ chồng không có mặt thì có được không",
    "{} có phải ra tỉnh không hay làm ở xã được",
    "tôi ra xã {} mà cán bộ bảo thiếu giấy, vậy cần những giấy gì",
    "lệ phí {} là mấy đồng, có được miễn cho hộ nghèo không",
    "{} có cần photo công chứng giấy tờ không",
    "thứ 7 có {} được không",
    "số điện thoại chỗ {} là gì",
)


@pytest.mark.parametrize(("marked", "least"), [(True, 0.99), (False, 0.94)])
def test_an_alias_is_understood_in_an_ordinary_question(
    catalogue_index: Index, marked: bool, least: float
) -> None:
    short = [pair for pair in aliases(catalogue_index) if 2 <= len(pair[1].split()) <= 5][::3]
    right = 0
    for (procedure, alias), asking in zip(short, cycle(ASKING), strict=False):
        asked = asking.format(alias)
        decision = understand(asked if marked else strip_marks(asked), index=catalogue_index)
        right += isinstance(decision, Answer) and decision.procedure == procedure
    assert right >= least * len(short)


@pytest.mark.parametrize(
    "text",
    [
        "cảm ơn cán bộ nhiều nhé",
        "cam on ad nhieu nha",
        "ok cảm ơn nha",
        "dạ em cảm ơn anh chị đã tư vấn ạ",
        "chào bot",
        "vâng em hiểu rồi, cảm ơn",
    ],
)
def test_politeness_is_no_question(catalogue_index: Index, text: str) -> None:
    assert isinstance(understand(text, index=catalogue_index), SmallTalk)


@pytest.mark.parametrize(
    "text",
    [
        "hom nay troi mua khong",
        "giá vàng hôm nay",
        "đội tuyển đá mấy giờ",
        "kể chuyện cười đi",
        "2 + 2 bằng mấy",
        "ngày mai có mưa không",
        "nấu canh chua thế nào",
    ],
)
def test_what_is_far_off_is_not_asked_back(catalogue_index: Index, text: str) -> None:
    assert isinstance(understand(text, index=catalogue_index), NoMatch)
