"""Several procedures may be meant: one plain question, and each of its answers leads to a card."""

from __future__ import annotations

import pytest

from bot.catalogue.files import read_folder
from bot.dialogue.offers import make_offer, press_of
from bot.matching.decision import Choices
from bot.matching.index import Candidate
from bot.settings import PROCEDURES
from bot.storage.tables import Event
from bot.wording.buttons import DATA_LIMIT, ChooseOption, ShowCard, encode
from tests.support.office import Office

CATALOGUE = read_folder(PROCEDURES).catalogue()
VAGUE = "căn cước bao nhiêu tiền"
QUESTION = "Anh/chị đã có thẻ căn cước chưa?"


def between(*procedures: str) -> Choices:
    """A decision that cannot tell these apart."""
    candidates = tuple(Candidate(one, "", "", 0.5, ()) for one in procedures)
    return Choices(procedures, candidates, (), 0.5, ())


@pytest.mark.parametrize("question", CATALOGUE.questions.values(), ids=lambda one: one.id)
def test_every_answer_is_a_button_that_fits(question: object) -> None:
    """Each leads to a card that exists, or straight to one of its cases, within Telegram's bytes."""
    own = next(one for one in CATALOGUE.questions.values() if one is question)
    alone = CATALOGUE.model_copy(update={"questions": {own.id: own}})
    offer = make_offer(between(*own.procedures()), alone)
    assert (offer.asked, offer.question) == (own.id, own.question)
    assert [way.label for way in offer.ways] == [choice.label for choice in own.options]
    for way, choice in zip(offer.ways, own.options, strict=True):
        press = press_of(way, CATALOGUE)
        assert len(encode(press).encode()) <= DATA_LIMIT
        assert way.procedure == press.procedure == choice.procedure
        assert isinstance(press, ChooseOption if choice.option else ShowCard)


def test_strangers_are_listed_by_their_titles() -> None:
    offer = make_offer(between("dang-ky-ket-hon", "tach-thua-hop-thua"), CATALOGUE)
    titles = [CATALOGUE.procedures[way.procedure].title for way in offer.ways]
    assert offer.question == ""
    assert [way.label for way in offer.ways] == titles


async def test_the_question_leads_to_the_card_for_what_was_asked(office: Office) -> None:
    """The fee was asked before the question, so it stands on top of the card after it."""
    lai = await office.citizen()
    asked = await office.asks(lai, VAGUE)
    assert asked.text.endswith(QUESTION)
    assert asked.labels[-1] == "Khác hoặc không rõ, hỏi cán bộ"
    await lai.presses("Có rồi, nhưng mất, hỏng", message_id=asked.message_id)
    card = await office.button(lai, "📄 Hồ sơ")
    assert card.message_id == asked.message_id
    assert card.text.startswith("Làm lại thẻ căn cước bị mất")
    assert card.text.index("💰") < card.text.index("📄")
    (event,) = office.rows(Event, Event.kind == "asked_back")
    assert event.subject == "can-cuoc-da-co"


async def test_the_place_is_told_after_the_question_as_it_would_be_without(office: Office) -> None:
    lai = await office.citizen()
    await office.asks(lai, "xã Cẩm Bình")
    await lai.says("chứng thực ở đâu")
    asked = await office.button(lai, "Bản photo, cần sao y")
    await lai.presses("Bản photo, cần sao y", message_id=asked.message_id)
    card = await office.button(lai, "📄 Hồ sơ")
    assert "Một Cửa xã Cẩm Bình" in card.text


async def test_an_answer_may_settle_a_question_of_the_card(office: Office) -> None:
    """Who said "a part of it" is not asked again whether it is all or a part."""
    lai = await office.citizen()
    asked = await office.asks(lai, "cắt đất bán cho con")
    await lai.presses("Bán một phần", message_id=asked.message_id)
    card = await office.button(lai, "📄 Hồ sơ")
    assert card.text.startswith("Mua bán đất, sang tên sổ đỏ")
    assert "cả thửa hay một phần" not in card.text
    assert "Bên bán thuộc trường hợp nào?" in card.text


@pytest.mark.parametrize("typed", ["bán một phần", "ban mot phan thoi a", "cái thứ hai"])
async def test_an_answer_may_be_typed(office: Office, typed: str) -> None:
    """It leads where the button leads, and an officer who is asked then gets the whole question."""
    lai = await office.citizen()
    await office.asks(lai, "cắt đất bán cho con")
    await lai.says(typed)
    card = await office.button(lai, "📄 Hồ sơ")
    assert card.text.startswith("Mua bán đất, sang tên sổ đỏ")
    assert "cả thửa hay một phần" not in card.text
    await lai.presses("👤 Hỏi cán bộ", message_id=card.message_id)
    proposal = await office.button(lai, "Gửi ngay")
    assert f"cắt đất bán cho con, {typed}" in proposal.text


async def test_half_an_answer_is_asked_again(office: Office) -> None:
    """Two answers begin with "Chưa": the question stays, and so does the fee that was asked."""
    lai = await office.citizen()
    asked = await office.asks(lai, VAGUE)
    await lai.says("chưa")
    again = await lai.waits_for_reply("Tôi vẫn chưa rõ")
    assert again.labels == asked.labels
    await lai.presses("Chưa, dưới 14 tuổi", message_id=again.message_id)
    card = await office.button(lai, "📄 Hồ sơ")
    assert card.text.index("💰") < card.text.index("📄")


async def test_none_of_the_answers_leads_to_a_person_with_the_citizens_own_words(
    office: Office,
) -> None:
    lai = await office.citizen()
    await office.asks(lai, VAGUE)
    await lai.presses("Khác hoặc không rõ, hỏi cán bộ")
    proposal = await office.button(lai, "Gửi ngay")
    assert VAGUE in proposal.text


async def test_a_pending_ticket_is_set_aside_by_an_answer(office: Office) -> None:
    """What was about to go to the desk waits while the bot has an answer; one tap still sends it."""
    lai = await office.citizen()
    await office.asks(lai, "hôm nay trời có mưa không")
    await lai.says("cắt đất bán cho con")
    asked = await office.button(lai, "Bán một phần")
    await lai.presses("Bán một phần", message_id=asked.message_id)
    await office.button(lai, "Vẫn gửi cán bộ")
