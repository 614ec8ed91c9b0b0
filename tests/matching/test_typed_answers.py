"""A question has buttons, and people type their answer all the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.catalogue.files import read_folder
from bot.matching.conversation import Context
from bot.matching.decision import Answer, Choices
from bot.matching.index import Index
from bot.matching.understanding import understand
from bot.settings import PROCEDURES

QUESTIONS = read_folder(PROCEDURES).catalogue().questions
# Question, number of the answer, what was typed.
TYPED = [
    line.split("|")
    for line in """\
so-do-da-co|0|chưa có
so-do-da-co|0|chua co so
so-do-da-co|1|bị mất
so-do-da-co|1|mat roi
so-do-da-co|1|có nhưng mất rồi
so-do-da-co|2|muốn đổi
so-do-da-co|2|doi so moi a
so-do-da-co|3|ghi sai
so-do-con-hay-mat|0|còn
so-do-con-hay-mat|0|con nhung rach
so-do-con-hay-mat|1|tìm không thấy
sang-ten-cach-nao|0|mua
sang-ten-cach-nao|1|được cho
sang-ten-cach-nao|2|thừa kế
sang-ten-cach-nao|3|theo bản án
mua-dat-giay-gi|0|có hợp đồng công chứng
mua-dat-giay-gi|1|giấy viết tay, chủ cũ có sổ
nguoi-cho-con-song|1|còn sống, làm di chúc
nguoi-cho-con-song|2|mất rồi
tach-thua-de-lam-gi|0|chỉ tách thôi
tach-thua-de-lam-gi|1|ban mot phan
tach-thua-de-lam-gi|2|cho con
tranh-chap-buoc-nao|0|chua hoa giai lan nao
the-chap-buoc-nao|0|mới vay
the-chap-buoc-nao|2|trả hết rồi
xay-hay-sua-nha|0|xây mới
xay-hay-sua-nha|1|sửa
giay-phep-xay-da-co|0|chưa có
giay-phep-xay-da-co|2|hết hạn
khai-sinh-da-lam-chua|0|chưa, cháu còn nhỏ
khai-sinh-da-lam-chua|2|cần bản sao
khai-sinh-cha-me|1|chưa kết hôn
khai-sinh-so-goc|0|sổ gốc vẫn còn ở xã
khai-sinh-so-goc|0|so goc con
khai-sinh-so-goc|0|tui ko biết
khai-sinh-so-goc|1|không còn
khai-sinh-so-goc|1|sổ gốc không còn
khai-sinh-so-goc|1|xã nói mất rồi
ket-hon-da-dang-ky|2|rồi, xin bản sao
o-bao-lau|0|ở hẳn
o-bao-lau|1|o tro 6 thang
tam-tru-da-dang-ky|0|chưa
tam-tru-da-dang-ky|1|rồi, hết hạn
tam-tru-da-dang-ky|2|không ở nữa
can-cuoc-da-co|2|mất
can-cuoc-da-co|3|hết hạn
vneid-the-nao|0|chưa có
mat-giay-gi|1|căn cước
ho-kinh-doanh-da-co|0|chưa có
nghi-ban|0|nghỉ hẳn
nghi-ban|2|sang cho người khác
ho-ngheo-vao-hay-ra|2|xin ra
tro-cap-cho-ai|1|tre mo coi
khuyet-tat-da-co-giay|0|chưa có giấy
chung-thuc-cai-gi|0|photo
chung-thuc-cai-gi|2|tu dich
ban-sao-giay-gi|1|bằng cấp 3
hop-dong-da-chung-thuc|1|muốn huỷ
xac-nhan-dieu-gi|1|độc thân
""".splitlines()
]


def after(question: str) -> Context:
    """The conversation when this question stands open."""
    ways = QUESTIONS[question].options
    return Context(
        candidates=tuple(way.procedure for way in ways),
        labels=tuple(way.label for way in ways),
        question=QUESTIONS[question].question,
    )


@pytest.mark.parametrize(("question", "number", "text"), TYPED, ids=lambda part: part)
def test_a_typed_answer_leads_where_its_button_leads(
    catalogue_index: Index, question: str, number: str, text: str
) -> None:
    decision = understand(text, index=catalogue_index, context=after(question))
    assert isinstance(decision, Answer)
    assert decision.procedure == QUESTIONS[question].options[int(number)].procedure


@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_the_words_of_a_button_are_that_button(catalogue_index: Index, question: str) -> None:
    for way in QUESTIONS[question].options:
        decision = understand(way.label, index=catalogue_index, context=after(question))
        assert isinstance(decision, Answer), way.label
        assert decision.procedure == way.procedure


@pytest.mark.parametrize("text", ["chưa", "chưa ạ"])
def test_half_an_answer_is_asked_again(catalogue_index: Index, text: str) -> None:
    decision = understand(text, index=catalogue_index, context=after("khai-tu-da-lam-chua"))
    assert isinstance(decision, Choices)


def test_half_an_answer_leaves_the_choices_open(catalogue_index: Index) -> None:
    """Both buttons say "còn", one of them "không còn"."""
    context = replace(after("khai-sinh-so-goc"), unanswered="mất giấy khai sinh")
    decision = understand("còn", index=catalogue_index, context=context)
    assert isinstance(decision, Choices)
    assert decision.procedures == context.candidates


def test_an_age_is_no_place_in_the_list(catalogue_index: Index) -> None:
    """The third answer is "from 14 years"."""
    decision = understand("3 tuổi", index=catalogue_index, context=after("can-cuoc-may-tuoi"))
    wrong = QUESTIONS["can-cuoc-may-tuoi"].options[2].procedure
    assert not isinstance(decision, Answer) or decision.procedure != wrong


def test_another_question_is_no_answer(catalogue_index: Index) -> None:
    text = "đăng ký tạm trú cho công nhân"
    context = after("xoa-tam-tru-hay-thuong-tru")
    decision = understand(text, index=catalogue_index, context=context)
    assert isinstance(decision, Answer)
    assert decision.procedure == "dang-ky-tam-tru"
