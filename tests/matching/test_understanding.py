"""From a message to a decision, with and without what was said before."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching.decision import (
    Answer,
    Choices,
    Context,
    Decision,
    Intent,
    NoMatch,
    SmallTalk,
)
from bot.matching.facets import Facet
from bot.matching.index import Index
from bot.matching.lexicon import Lexicon
from bot.matching.profiles import Entry
from bot.matching.understanding import understand
from bot.vietnamese import strip_marks


def procedure(decision: Decision) -> str | None:
    return decision.procedure if isinstance(decision, Answer) else None


def first(decision: Decision) -> str | None:
    if isinstance(decision, SmallTalk) or not decision.candidates:
        return None
    return decision.candidates[0].id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lam lai bia do bi mat het may tien rua", "cap-lai-so-do"),
        ("mất bìa đỏ", "cap-lai-so-do"),
        ("sổ đỏ bị rách đổi răng", "cap-doi-so-do"),
        ("tách thửa cho con", "tach-thua"),
        ("dang ky khai sinh can giay to gi", "khai-sinh"),
        ("DANGKYKHAITU", "khai-tu"),
        ("đăng ký kết hôn ở mô", "ket-hon"),
        ("gia hạn tạm trú", "gia-han-tam-tru"),
        ("mất căn cước làm lại ở mô", "can-cuoc-mat"),
        ("sao y bản chính", "sao-y"),
        ("1.000003", "tach-thua"),
    ],
)
def test_the_likeliest_procedure(index: Index, text: str, expected: str) -> None:
    assert first(understand(text, index=index)) == expected


@pytest.mark.parametrize("text", ["đăng ký khai sinh", "mất bìa đỏ", "sao y bản chính"])
def test_a_name_is_answered(index: Index, text: str) -> None:
    assert procedure(understand(text, index=index)) is not None


def test_the_ordinary_sister_comes_first(index: Index) -> None:
    assert first(understand("khai sinh", index=index)) == "khai-sinh"
    assert first(understand("khai sinh cho con có cha người Lào", index=index)) == (
        "khai-sinh-nuoc-ngoai"
    )


@pytest.mark.parametrize(
    "text",
    [
        "thời tiết ngày mai thế nào",
        "xin visa đi Mỹ",
        "vượt đèn đỏ phạt bao nhiêu",
        "thi bằng lái ô tô",
        "",
        "🙂🙂🙂",
        "asdkjh qwe zxc",
    ],
)
def test_nothing_is_made_up(index: Index, text: str) -> None:
    assert isinstance(understand(text, index=index), NoMatch)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("chào cán bộ", Intent.GREETING),
        ("cảm ơn nhiều nha", Intent.THANKS),
        ("tạm biệt", Intent.GOODBYE),
        ("cho tôi gặp cán bộ", Intent.OFFICER),
        ("cho tui gap can bo dia chinh", Intent.OFFICER),
        ("hồ sơ của tôi tới đâu rồi", Intent.STATUS),
        ("mấy giờ làm việc rứa", Intent.HOURS),
        ("cán bộ hách dịch quá", Intent.COMPLAINT),
        ("bạn là ai", Intent.WHO_ARE_YOU),
        ("em là người hay bot đó", Intent.WHO_ARE_YOU),
        ("đúng rồi", Intent.YES),
        ("dạ có ạ", Intent.YES),
        ("ok em nha", Intent.YES),
        ("không phải", Intent.NO),
        ("dạ không", Intent.NO),
        ("thôi khỏi", Intent.NO),
        ("dạ chưa ạ", Intent.NO),
        ("thôi để mai", Intent.NO),
        ("con chào bác ạ", Intent.GREETING),
        ("vâng em hiểu rồi, cảm ơn chị nhiều", Intent.THANKS),
        ("không có gì đâu", Intent.THANKS),
        ("để em hỏi chồng đã", Intent.GOODBYE),
        ("em không muốn sống nữa", Intent.DISTRESS),
        ("xem giúp hồ sơ của tôi", Intent.STATUS),
    ],
)
def test_small_talk(index: Index, text: str, intent: Intent) -> None:
    for typed in (text, strip_marks(text)):
        assert understand(typed, index=index) == SmallTalk(intent, (f"intent:{intent}",)), typed


@pytest.mark.parametrize(
    "text",
    [
        "có người đuối nước",  # folded it is "người dưới nước", all of them words of no weight
        "có vợ rồi",
        "có con riêng",
        "không có sổ",
        "chưa có nước máy",
        "phải đi xa",
        "đúng không",  # asks, and does not say no
        "biết rồi mà vẫn không làm được",
        "được rồi mà giấy khai sinh cũ có dùng được không",
        "ok vậy còn phí",
        "không biết làm sao",
        "cảm ơn anh, mà thẻ bảo hiểm thì sao",
        "chào em, mất sổ đỏ rồi",
        "em là người khuyết tật",
        "không muốn sống chung với chồng nữa",
        "khiếu nại đất đai",
        "tố cáo hàng xóm lấn chiếm",
        "thời gian tiếp nhận hồ sơ tách thửa",
        "xem hồ sơ tách thửa gồm gì",
    ],
)
def test_with_a_telling_word_it_is_no_small_talk(catalogue_index: Index, text: str) -> None:
    """A yes sends what waits for the officers, a no takes it back: neither by mistake."""
    for typed in (text, strip_marks(text)):
        decision = understand(typed, index=catalogue_index)
        assert getattr(decision, "intent", Intent.OPENING) == Intent.OPENING, typed


def test_the_side_of_a_thing_is_asked_for_before_a_person_is(index: Index) -> None:
    asked = "khai tạm trú nộp ở đâu, số điện thoại cán bộ là gì"
    assert first(understand(asked, index=index)) == "tam-tru"


def test_a_greeting_before_a_question_does_not_hide_it(index: Index) -> None:
    assert procedure(understand("chào cán bộ, đăng ký khai sinh ạ", index=index)) == "khai-sinh"


TALK = Context(procedure="tam-tru", question="đăng ký tạm trú")
OFFERED = Context(candidates=("cap-doi-so-do", "cap-lai-so-do", "tach-thua"), question="sổ đỏ")


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("thế còn phí?", Facet.FEE),
        ("bao nhieu tien", Facet.FEE),
        ("nộp ở mô", Facet.PLACE),
        ("cái đó mất mấy ngày", Facet.DEADLINE),
        ("bao lâu thì có", Facet.DEADLINE),
    ],
)
def test_another_side_of_the_same_thing(index: Index, text: str, facet: Facet) -> None:
    decision = understand(text, index=index, context=TALK)
    assert isinstance(decision, Answer)
    assert (decision.procedure, decision.facets) == ("tam-tru", (facet,))


def test_the_same_words_without_a_conversation_ask_for_one(index: Index) -> None:
    decision = understand("bao nhiêu tiền", index=index)
    assert isinstance(decision, NoMatch)
    assert decision.facets == (Facet.FEE,)


def test_a_sister_procedure_is_found_from_its_difference(index: Index) -> None:
    assert first(understand("gia hạn thì sao", index=index, context=TALK)) == "gia-han-tam-tru"
    assert first(understand("còn xoá thì sao", index=index, context=TALK)) == "xoa-tam-tru"


def test_a_correction_starts_again(index: Index) -> None:
    decision = understand("à không, ý tôi là đăng ký kết hôn", index=index, context=TALK)
    assert first(decision) == "ket-hon"
    decision = understand("à không, ý tôi là đăng ký khai tử", index=index, context=TALK)
    assert first(decision) == "khai-tu"


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("cái thứ hai", "cap-lai-so-do"),
        ("cai thu hai", "cap-lai-so-do"),
        ("2", "cap-lai-so-do"),
        ("số 1", "cap-doi-so-do"),
        ("cái cuối cùng", "tach-thua"),
    ],
)
def test_a_choice_is_picked_by_its_place(index: Index, text: str, picked: str) -> None:
    assert procedure(understand(text, index=index, context=OFFERED)) == picked


def test_a_side_asked_of_open_choices_keeps_them_open(index: Index) -> None:
    decision = understand("phí bao nhiêu", index=index, context=OFFERED)
    assert isinstance(decision, Choices)
    assert (decision.procedures, decision.facets) == (OFFERED.candidates, (Facet.FEE,))


def test_a_procedure_that_left_the_catalogue_is_forgotten(index: Index) -> None:
    gone = Context(procedure="gone", candidates=("gone", "gone-too"))
    assert isinstance(understand("phí bao nhiêu", index=index, context=gone), NoMatch)
    assert not isinstance(understand("cái thứ hai", index=index, context=gone), Answer | Choices)


def test_choices_are_two_to_four_and_every_outcome_says_why(index: Index) -> None:
    for text in ("sổ đỏ", "tạm trú", "đất", "khai sinh con", "làm lại giấy tờ bị mất"):
        decision = understand(text, index=index)
        if isinstance(decision, Choices):
            assert 2 <= len(decision.procedures) <= 4
        assert decision.why


def test_scores_stay_between_0_and_1_and_fall(index: Index) -> None:
    scores = [candidate.score for candidate in index.search("mất sổ đỏ làm lại", limit=5)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_an_empty_catalogue_finds_nothing(lexicon: Lexicon) -> None:
    assert isinstance(understand("khai sinh", index=Index.build([], lexicon)), NoMatch)


def test_entries_that_share_a_code_stay_apart(index: Index) -> None:
    found = {candidate.id for candidate in index.search("1.000004")}
    assert found == {"tang-cho", "mua-ban"}


CONTEXTS = st.sampled_from([Context(), TALK, OFFERED, Context("gone", (), ("gone",), "?")])


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=500), CONTEXTS)
def test_no_text_raises(index: Index, text: str, context: Context) -> None:
    understand(text, index=index, context=context)


def test_a_catalogue_of_one_answers(lexicon: Lexicon) -> None:
    index = Index.build([Entry("one", "1.111111", "Đăng ký khai sinh")], lexicon)
    assert first(understand("khai sinh", index=index)) == "one"
