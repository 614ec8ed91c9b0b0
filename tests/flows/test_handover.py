"""What the bot cannot answer goes to an officer and comes back; nobody else sees a word of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot.desk import tickets
from bot.rehearsal.people import Citizen, Line, Topic
from bot.storage.tables import Desk, Message, Outbox, OutboxState, Ticket, TicketState
from tests.support.office import Office

HARD = "nhà nước lấy đất làm đường mà đền bù thấp quá hỏi ai bây giờ trời ơi"


async def open_ticket(
    office: Office, name: str = "Bà Lài", question: str = HARD
) -> tuple[Citizen, Topic, Line]:
    """A question that went to the desk: the citizen, the topic, the card in it."""
    citizen = await office.citizen(name)
    await office.people.act("say", person=citizen.id, text="/canbo")
    await citizen.waits_for_reply()
    await citizen.says(question)
    offer = await office.button(citizen, "Gửi ngay")
    await citizen.presses("Gửi ngay", message_id=offer.message_id)
    await citizen.waits_for_reply("Đã gửi cán bộ")
    topic = await office.officers.waits_for_topic()
    await office.settled()
    card = await office.officers.waits_for_message(topic, "Câu hỏi")
    return citizen, topic, card


async def test_unresolved_question_goes_to_a_topic_and_the_reply_comes_back(
    office: Office,
) -> None:
    """The topic shows question and reason without a name; only the asker hears the officer."""
    other = await office.citizen("Anh Hùng")
    await office.asks(other, "/help")
    lai, topic, card = await open_ticket(office)
    assert "HT-0001" in topic.name
    assert HARD in card.text
    assert "Lài" not in topic.name + card.text
    assert card.pinned

    sent = await office.officers.replies(topic, card.message_id, "Chào bà, bà ra xã hỏi ông Ba nhé")
    reply = await lai.waits_for_reply("bà ra xã hỏi")
    assert reply.text.startswith("👤 Cán bộ đất đai · HT-0001:")
    await office.settled()
    heard = [line.text for line in await other.chat()]
    assert not any("HT-0001" in text or "ông Ba" in text for text in heard)
    lines = await office.officers.in_topic(topic)
    marked = next(line for line in lines if line.message_id == sent.message_id)
    assert marked.reactions == ["👌"]
    assert office.rows(Ticket)[0].state == TicketState.HELD


@pytest.mark.parametrize(
    ("question", "matter"),
    [
        ("bang lai het han doi o dau", "Đổi, cấp lại giấy phép lái xe"),
        ("muốn ly hôn thì nộp đơn chỗ nào", "Nộp đơn ly hôn ở toà án"),
        ("chia tài sản khi ly hôn thế nào", "Chia tài sản khi ly hôn"),
    ],
)
async def test_a_matter_of_others_is_named_as_a_guess(
    office: Office, question: str, matter: str
) -> None:
    citizen = await office.citizen()
    offer = await office.asks(citizen, question)
    assert offer.text.startswith(
        f"Có vẻ anh/chị hỏi về «{matter}». Việc này tôi chưa có thông tin."
    )
    assert f"«{question}»" in offer.text
    assert "Gửi ngay" in offer.labels


@pytest.mark.parametrize(
    "question",
    [
        "quy trình chuẩn bị chuyến du khảo đồng quê của hội cựu học sinh",  # like nothing we know
        "kể chuyện cười cho vui đi bot",  # a matter with a name that nobody likes to be told
    ],
)
async def test_where_there_is_no_name_to_tell_none_is_told(office: Office, question: str) -> None:
    offer = await office.asks(await office.citizen(), question)
    assert "Có vẻ" not in offer.text


async def test_other_lines_stay_inside_and_the_rule_is_told_once(office: Office) -> None:
    lai, topic, _card = await open_ticket(office)
    before = len(await lai.chat())
    await office.officers.writes(topic, "ông này hôm qua có gọi rồi")
    await office.officers.writes(topic, "để mai tính")
    await office.settled()
    assert len(await lai.chat()) == before
    hints = [
        line
        for line in await office.officers.in_topic(topic)
        if "chỉ nội bộ. Muốn gửi" in line.text
    ]
    assert len(hints) == 1


async def test_the_bot_is_silent_while_an_officer_holds(office: Office) -> None:
    """Every further message goes to the topic, whatever its kind; the bot says nothing."""
    lai, topic, card = await open_ticket(office)
    await office.officers.replies(topic, card.message_id, "Chào bà")
    await lai.waits_for_reply("Chào bà")
    before = [line for line in await lai.chat() if line.author.is_bot]
    await lai.says("mat bia do lam lai het bao nhieu tien")
    await lai.sends("photo")
    await lai.sends("voice")
    after = await office.silence(lai)
    assert len(after) == len(before)
    kinds = [line.kind for line in await office.officers.in_topic(topic) if line.author.is_bot]
    assert {"photo", "voice"} <= set(kinds)
    texts = [line.text for line in await office.officers.in_topic(topic)]
    assert "mat bia do lam lai het bao nhieu tien" in texts


async def test_two_officers_press_take_and_only_one_has_it(office: Office) -> None:
    _lai, topic, card = await open_ticket(office)
    answers = await asyncio.gather(
        office.officers.presses(topic, "Nhận", message_id=card.message_id),
        office.officers.named("Cán bộ Đức").presses(topic, "Nhận", message_id=card.message_id),
    )
    told = sorted(answer.text or "" for answer in answers)
    assert told[0].startswith("Anh/chị đã nhận HT-0001")
    assert told[1].startswith("Cán bộ khác đã nhận trước")
    assert office.rows(Ticket)[0].state == TicketState.HELD


async def test_two_citizens_interleaved_never_hear_each_other(office: Office) -> None:
    lai, lai_topic, lai_card = await open_ticket(
        office, "Bà Lài", "đất bà lài bị lấy làm đường kêu ai"
    )
    hung = await office.citizen("Anh Hùng")
    await office.asks(hung, "/canbo")
    await hung.says("anh hùng hỏi chuyện con bò ăn lúa nhà hàng xóm")
    offer = await office.button(hung, "Gửi ngay")
    await hung.presses("Gửi ngay", message_id=offer.message_id)
    await office.settled()
    hung_topic = next(t for t in await office.officers.topics() if "HT-0002" in t.name)
    hung_card = await office.officers.waits_for_message(hung_topic, "Câu hỏi")
    await office.officers.replies(hung_topic, hung_card.message_id, "trả lời cho hùng")
    await office.officers.replies(lai_topic, lai_card.message_id, "trả lời cho lài")
    await lai.says("cảm ơn, lài hỏi thêm")
    await hung.says("hùng hỏi thêm")
    await office.settled()
    lai_heard = " ".join(line.text for line in await lai.chat())
    hung_heard = " ".join(line.text for line in await hung.chat())
    assert "cho lài" in lai_heard
    assert "hùng" not in lai_heard.lower()
    assert "cho hùng" in hung_heard
    assert "lài" not in hung_heard
    in_lai_topic = " ".join(line.text for line in await office.officers.in_topic(lai_topic))
    assert "hùng hỏi thêm" not in in_lai_topic


async def test_it_goes_by_itself_after_the_grace_period(
    office: Office,
) -> None:
    """Nothing unresolved is ever dropped: silence sends it."""
    lai = await office.citizen()
    await office.asks(lai, "con bò nhà tôi bị cướp mất tiêu rồi")
    assert office.rows(Ticket)[0].state == TicketState.PENDING
    await office.grace_is_over()
    await lai.waits_for_reply("Đã gửi cán bộ")
    assert (await office.officers.waits_for_topic()).name.startswith("🟡 HT-0001")


async def test_a_rephrase_that_the_bot_can_answer_supersedes_it(office: Office) -> None:
    lai = await office.citizen()
    await office.asks(lai, "con bò nhà tôi bị cướp mất tiêu rồi")
    await lai.says("mat bia do lam lai het bao nhieu tien")
    await lai.waits_for_reply("Cấp lại sổ đỏ")
    await office.grace_is_over()
    await office.settled()
    assert [t.state for t in office.rows(Ticket)] == [TicketState.CANCELLED]
    assert await office.officers.topics() == []


async def test_stop_means_nothing_is_sent(office: Office) -> None:
    lai = await office.citizen()
    offer = await office.asks(lai, "con bò nhà tôi bị cướp mất tiêu rồi")
    await lai.presses("Thôi", message_id=offer.message_id)
    await lai.waits_for_reply("không gửi nữa")
    await office.grace_is_over()
    await office.settled()
    assert await office.officers.topics() == []


async def test_close_thanks_and_a_later_message_reopens(office: Office) -> None:
    """A thank-you does not reopen; a question that the bot cannot answer does, in the same topic."""
    lai, topic, card = await open_ticket(office)
    await office.officers.replies(topic, card.message_id, "xong rồi bà nhé")
    await lai.waits_for_reply("xong rồi")
    await office.officers.writes(topic, "/dong")
    closing = await lai.waits_for_reply("trả lời xong HT-0001")
    assert "Cảm ơn" in closing.text
    assert closing.labels == ["Ổn rồi", "Chưa ổn, hỏi tiếp"]
    await office.settled()
    assert (await office.officers.topics())[0].closed
    await lai.says("cảm ơn cán bộ nhiều nhé")
    await office.settled()
    assert office.rows(Ticket)[0].state == TicketState.CLOSED
    await lai.says("nhưng tiền đền bù cây cối vẫn chưa thấy ai nói chi cả")
    await lai.waits_for_reply("mở lại HT-0001")
    await office.settled()
    topics = await office.officers.topics()
    assert len(topics) == 1
    assert not topics[0].closed
    assert office.rows(Ticket)[0].state == TicketState.WAITING
    last = [line.text for line in await office.officers.in_topic(topic)]
    assert any("cây cối" in text for text in last)


async def test_a_citizen_who_blocked_is_a_fact_that_the_topic_is_told(office: Office) -> None:
    lai, topic, card = await open_ticket(office)
    await lai.blocks()
    await office.officers.replies(topic, card.message_id, "bà còn đó không")
    await office.officers.waits_for_message(topic, "đã chặn bot")
    await office.settled()
    failed = office.rows(Outbox, Outbox.state == OutboxState.FAILED)
    assert [row.reason for row in failed] == ["blocked"]


async def test_a_deleted_topic_is_opened_again_and_nothing_is_lost(office: Office) -> None:
    lai, topic, _card = await open_ticket(office)
    await office.officers.deletes(topic)
    await lai.says("tui hỏi thêm chuyện cái ao bị lấp nữa")
    await office.settled()
    alive = [t for t in await office.officers.topics() if not t.deleted]
    assert len(alive) == 1
    texts = [line.text for line in await office.officers.in_topic(alive[0])]
    assert "tui hỏi thêm chuyện cái ao bị lấp nữa" in texts
    assert any("Câu hỏi:" in text for text in texts)


async def test_a_group_that_migrates_keeps_its_tickets(office: Office) -> None:
    lai, _topic, _card = await open_ticket(office)
    new_id = await office.officers.migrates()
    await lai.says("tui hỏi thêm chuyện cái ao bị lấp nữa")
    await office.settled()
    moved = await office.people.transcript(new_id)
    assert any("cái ao" in line.text for line in moved)


async def test_an_officers_card_button_sends_the_card(office: Office) -> None:
    lai = await office.citizen()
    card = await office.asks(lai, "mat bia do lam lai het bao nhieu tien")
    await lai.presses("Hỏi cán bộ", message_id=card.message_id)
    offer = await office.button(lai, "Gửi ngay")
    await lai.presses("Gửi ngay", message_id=offer.message_id)
    topic = await office.officers.waits_for_topic()
    pinned = await office.officers.waits_for_message(topic, "Câu hỏi")
    await office.officers.presses(topic, "Gửi thẻ: Cấp lại sổ đỏ", message_id=pinned.message_id)
    await lai.waits_for_reply("gửi anh/chị thẻ")
    await office.officers.waits_for_message(topic, "Gửi thẻ «")


async def test_a_photo_goes_along_only_when_the_citizen_says_so(office: Office) -> None:
    lai = await office.citizen()
    await lai.sends("photo")
    answer = await lai.waits_for_reply()
    assert "chưa gửi đi đâu" in answer.text
    assert await office.officers.topics() == []
    await lai.presses("Gửi cán bộ", message_id=answer.message_id)
    offer = await office.button(lai, "Gửi ngay")
    await lai.presses("Gửi ngay", message_id=offer.message_id)
    topic = await office.officers.waits_for_topic()
    await office.settled()
    kinds = [line.kind for line in await office.officers.in_topic(topic)]
    assert "photo" in kinds


async def test_the_officers_photo_reaches_the_citizen(office: Office) -> None:
    lai, topic, card = await open_ticket(office)
    await office.officers.sends(topic, "photo", reply_to=card.message_id)
    await lai.waits_for_reply("Cán bộ đất đai · HT-0001")
    await office.settled()
    assert "photo" in [line.kind for line in await lai.chat() if line.author.is_bot]


async def test_an_edited_reply_is_corrected_at_the_citizens_side(office: Office) -> None:
    lai, topic, card = await open_ticket(office)
    reply = await office.officers.replies(topic, card.message_id, "ra xã ngày mai")
    await lai.waits_for_reply("ngày mai")
    await office.settled()
    await office.officers.edits(reply.message_id, "ra xã thứ Hai")
    corrected = await lai.waits_for_reply("thứ Hai")
    assert corrected.edited


async def test_every_word_of_the_citizen_is_kept(office: Office) -> None:
    lai, _topic, _card = await open_ticket(office)
    await lai.says("thêm một")
    await lai.says("thêm hai")
    await office.settled()
    kept = [m.text for m in office.rows(Message, Message.conversation_id == 1)]
    assert kept[-2:] == ["thêm một", "thêm hai"]


async def test_the_old_id_of_a_migrated_group_in_the_settings_changes_nothing(
    office: Office,
) -> None:
    """`.env` still names the id from before: a restart must not lose the topics."""
    _lai, _topic, _card = await open_ticket(office)
    old_id = office.officers.chat_id
    new_id = await office.officers.migrates()
    await office.settled()
    database = office.app.database
    await database.run(lambda s: tickets.move_group(s, old_id, new_id))
    await database.run(lambda s: tickets.bind(s, old_id, now=datetime.now(UTC)))
    assert office.rows(Desk)[0].group_chat_id == new_id
    assert office.rows(Ticket)[0].topic_id is not None


@pytest.mark.parametrize("text", ["có vợ rồi", "không có sổ"])
async def test_what_begins_like_a_yes_or_a_no_neither_sends_nor_cancels(
    office: Office, text: str
) -> None:
    citizen = await office.citizen()
    await office.asks(citizen, HARD)
    await citizen.says(text)
    await office.settled()
    assert [ticket.state for ticket in office.rows(Ticket)] == [TicketState.PENDING]
