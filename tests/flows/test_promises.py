"""What a first-time user tripped over: each a promise that the bot makes in words, and must keep."""

from __future__ import annotations

from bot.rehearsal.people import Citizen, Line
from bot.storage.tables import Ticket, TicketState
from tests.flows.test_handover import open_ticket
from tests.support.office import Office

HARD = "con bò nhà tôi bị cướp mất tiêu rồi"


async def propose(
    office: Office, name: str = "Bà Lài", question: str = HARD
) -> tuple[Citizen, Line]:
    """A question that the citizen wants an officer to see, not sent yet."""
    citizen = await office.citizen(name)
    await office.asks(citizen, "/canbo")
    await citizen.says(question)
    return citizen, await citizen.waits_for_reply("đúng những dòng này")


async def test_a_phone_number_and_a_photo_go_nowhere_unless_asked_for(office: Office) -> None:
    """The bot said "không gửi số này đi đâu" and "chưa gửi đi đâu": then it is so."""
    lai = await office.citizen()
    for kind in ("contact", "photo", "location"):
        await lai.sends(kind)
        await lai.waits_for_reply()
    _, offer = await propose(office)
    assert "ảnh" not in offer.text
    await lai.presses("Gửi ngay", message_id=offer.message_id)
    topic = await office.officers.waits_for_topic()
    await office.settled()
    kinds = {line.kind for line in await office.officers.in_topic(topic)}
    assert kinds <= {"text", "service"}


async def test_what_goes_along_is_named_before_it_goes(office: Office) -> None:
    lai = await office.citizen()
    await lai.sends("photo")
    answer = await lai.waits_for_reply()
    await lai.presses("Gửi cán bộ", message_id=answer.message_id)
    offer = await office.button(lai, "Gửi ngay")
    assert "Kèm: 1 ảnh" in offer.text


async def test_media_that_were_stopped_can_still_be_sent(office: Office) -> None:
    lai = await office.citizen()
    await lai.sends("photo")
    answer = await lai.waits_for_reply()
    await lai.presses("Gửi cán bộ", message_id=answer.message_id)
    offer = await office.button(lai, "Gửi ngay")
    await lai.presses("Thôi", message_id=offer.message_id)
    await lai.waits_for_reply("không gửi nữa")
    await lai.presses("Gửi cán bộ", message_id=answer.message_id)
    again = await lai.waits_for_reply("Kèm: 1 ảnh")
    await lai.presses("Gửi ngay", message_id=again.message_id)
    topic = await office.officers.waits_for_topic()
    await office.settled()
    assert "photo" in {line.kind for line in await office.officers.in_topic(topic)}


async def test_a_question_set_aside_by_an_answer_can_still_be_sent(office: Office) -> None:
    """An answer to something else must not swallow what was about to go to the desk."""
    lai, _offer = await propose(office)
    await lai.says("mat bia do lam lai het bao nhieu tien")
    aside = await lai.waits_for_reply("chưa gửi")
    assert HARD in aside.text
    await lai.presses("Vẫn gửi", message_id=aside.message_id)
    await lai.waits_for_reply("Đã gửi cán bộ")
    topic = await office.officers.waits_for_topic()
    card = await office.officers.waits_for_message(topic, "Câu hỏi")
    assert HARD in card.text


async def test_officers_read_a_long_question_to_its_end(office: Office) -> None:
    end = "hết chuyện rồi đó cán bộ ơi"
    lai, offer = await propose(office, question="kể lể dài dòng lắm " * 200 + end)
    await lai.presses("Gửi ngay", message_id=offer.message_id)
    topic = await office.officers.waits_for_topic()
    await office.settled()
    assert any(end in line.text for line in await office.officers.in_topic(topic))


async def test_gui_sends_what_stands_on_the_next_line_and_its_edit_follows(office: Office) -> None:
    lai, topic, _card = await open_ticket(office)
    sent = await office.officers.writes(topic, "/gui\nChào bà, ra xã nhé")
    await lai.waits_for_reply("Chào bà, ra xã nhé")
    await office.settled()
    await office.officers.edits(sent.message_id, "/gui Chào bà, thứ Hai ra xã nhé")
    corrected = await lai.waits_for_reply("thứ Hai")
    assert "/gui" not in corrected.text


async def test_a_correction_made_at_once_is_not_lost(office: Office) -> None:
    """The officer edits before the first words have arrived."""
    lai, topic, card = await open_ticket(office)
    await office.people.settings(latency={"sendMessage": [0.4, 0.0]})
    reply = await office.officers.replies(topic, card.message_id, "phí 5 triệu")
    await office.officers.edits(reply.message_id, "phí 500 nghìn")
    await lai.waits_for_reply("phí 500 nghìn")


async def test_a_photo_with_a_caption_says_it_once(office: Office) -> None:
    lai, topic, card = await open_ticket(office)
    await office.officers.sends(topic, "photo", reply_to=card.message_id, caption="mẫu đơn đây bà")
    await lai.waits_for_reply("mẫu đơn đây bà")
    await office.settled()
    said = [line.text for line in await lai.chat() if "mẫu đơn đây bà" in line.text]
    assert said == ["👤 Cán bộ đất đai · HT-0001: mẫu đơn đây bà"]


async def test_a_closed_ticket_has_no_buttons_and_a_reopened_one_can_be_taken(
    office: Office,
) -> None:
    lai, topic, card = await open_ticket(office)
    await office.officers.replies(topic, card.message_id, "xong")
    await office.officers.writes(topic, "/dong")
    closing = await lai.waits_for_reply("trả lời xong")
    await office.settled()
    lines = await office.officers.in_topic(topic)
    assert next(line for line in lines if line.message_id == card.message_id).labels == []
    await lai.presses("Chưa ổn", message_id=closing.message_id)
    await lai.waits_for_reply("mở lại")
    await office.settled()
    lines = await office.officers.in_topic(topic)
    assert "Nhận" in next(line for line in lines if line.message_id == card.message_id).labels


async def test_there_is_never_a_second_open_ticket(office: Office) -> None:
    """An old closing message does not open its ticket beside a new one."""
    lai, topic, card = await open_ticket(office)
    await office.officers.replies(topic, card.message_id, "xong")
    await office.officers.writes(topic, "/dong")
    closing = await lai.waits_for_reply("trả lời xong")
    _, offer = await propose(office, question="chuyện khác: cái ao nhà tôi bị lấp mất rồi")
    await lai.presses("Gửi ngay", message_id=offer.message_id)
    await lai.waits_for_reply("Đã gửi cán bộ")
    await lai.presses("Chưa ổn", message_id=closing.message_id)
    await lai.waits_for_reply("HT-0002")
    await office.settled()
    states = [ticket.state for ticket in office.rows(Ticket)]
    assert states == [TicketState.CLOSED, TicketState.WAITING]


async def test_a_reply_to_a_correction_reaches_the_citizen(office: Office) -> None:
    lai, topic, _card = await open_ticket(office)
    line = await lai.says("xã cẩm bình")
    await office.settled()
    await lai.edits(line.message_id, "xã cẩm xuyên")
    told = await office.officers.waits_for_message(topic, "sửa tin thành")
    await office.officers.replies(topic, told.message_id, "xã Cẩm Xuyên thì ra trụ sở mới")
    await lai.waits_for_reply("trụ sở mới")


async def test_somebody_in_distress_is_not_handed_a_form(office: Office) -> None:
    """ "Tôi muốn chết" is no death certificate."""
    lai = await office.citizen()
    for said in ("tôi muốn chết", "khong muon song nua"):
        reply = await office.asks(lai, said)
        assert "115" in reply.text
        assert reply.labels == ["👤 Hỏi cán bộ"]


async def test_a_double_tap_on_not_right_counts_once(office: Office) -> None:
    lai = await office.citizen()
    card = await office.card_of(lai, "cap-lai-gcn-bi-mat")
    data = "n:cap-lai-gcn-bi-mat"
    await lai.presses(data=data, message_id=card.message_id)
    await lai.presses(data=data, message_id=card.message_id)
    await office.settled()
    assert office.rows(Ticket) == []


async def test_one_job_that_fails_holds_up_no_other(office: Office) -> None:
    """A broken ticket must not keep everybody's questions from the desk."""
    await propose(office, "Bà Lài", "chuyện thứ nhất dài dòng khó hiểu lắm cán bộ ơi")
    hung, _ = await propose(office, "Anh Hùng", "chuyện thứ hai cũng khó hiểu y như rứa")
    await office.breaks_ticket(1)
    await office.grace_is_over()
    await hung.waits_for_reply("Đã gửi cán bộ")
    states = {ticket.id: ticket.state for ticket in office.rows(Ticket)}
    assert states == {1: TicketState.PENDING, 2: TicketState.WAITING}
