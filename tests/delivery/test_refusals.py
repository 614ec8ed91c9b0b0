"""Every way in which Telegram says no has its own consequence, and none of them loses a word."""

from __future__ import annotations

import pytest

from bot.delivery import ledger
from bot.delivery.outbox import EditText, SendText
from bot.rehearsal.state import GROUP_ID
from bot.storage.tables import Outbox, OutboxState, Ticket
from bot.wording.buttons import AskOfficer, button
from tests.delivery.desk import (
    failed_calls,
    first_failure,
    hand_over,
    known,
    last_rows,
    open_ticket,
    put,
    said,
)
from tests.support.office import Office

MORE = "tui hỏi thêm chuyện cái ao bị lấp"
DETAILS = (button("📄 Hồ sơ", AskOfficer()),)


async def test_told_to_wait_holds_one_chat_and_nobody_else(office: Office) -> None:
    lai, hung = await known(office), await known(office, "Anh Hùng")
    await office.people.fault("too_many_requests", chat_id=lai.id, retry_after=1, times=1)
    await put(office, lai, "lài một", "lài hai")
    await put(office, hung, "hùng một")
    await hung.waits_for_reply("hùng một")
    assert "lài một" not in await said(lai)
    await office.settled()
    assert (await said(lai))[-2:] == ["lài một", "lài hai"]
    assert [row.attempts for row in last_rows(office, 3)] == [1, 1, 1]


async def test_told_to_wait_in_a_group_holds_all_its_topics(office: Office) -> None:
    """A 429 speaks for the group: asking again from the next topic would only prolong it."""
    first, second = await open_ticket(office), await open_ticket(office, "Anh Hùng")
    before = (await office.people.calls())[-1].number
    await office.people.fault("too_many_requests", chat_id=GROUP_ID, retry_after=1, times=1)
    await first.citizen.says("lài hỏi thêm")
    await second.citizen.says("hùng hỏi thêm")
    await office.settled()
    calls = await office.people.calls(since=before)
    assert [call.method for call in calls if call.code == 429] == ["copyMessage"]
    topics = [ticket.topic_id for ticket in office.rows(Ticket)]
    heard = [[line.text for line in await office.officers.in_topic(t)] for t in topics]
    assert ["lài hỏi thêm" in heard[0], "hùng hỏi thêm" in heard[1]] == [True, True]


@pytest.mark.parametrize(("kind", "reason"), [("blocked", "blocked"), ("deactivated", "gone")])
async def test_a_citizen_who_is_gone_is_a_fact_and_is_not_tried_again(
    office: Office, kind: str, reason: str
) -> None:
    """The lane goes on to the next row, and the officer reads why."""
    opened = await open_ticket(office)
    await office.people.fault(kind, "sendMessage", chat_id=opened.citizen.id, times=1)
    await office.officers.replies(opened.topic, opened.card.message_id, "bà còn đó không")
    words = "chặn bot" if reason == "blocked" else "không còn tài khoản"
    warning = await office.officers.waits_for_message(opened.topic, words)
    assert warning.reply_to is not None
    await office.settled()
    [failed] = office.rows(Outbox, Outbox.state == OutboxState.FAILED)
    assert (failed.reason, failed.attempts) == (reason, 1)


async def test_a_card_that_did_not_arrive_is_told_in_the_topic(office: Office) -> None:
    """Not only replies: whatever concerns an open ticket and fails, the officer hears of it."""
    lai = await office.citizen()
    card = await office.asks(lai, "mat bia do lam lai het bao nhieu tien")
    await lai.presses("Hỏi cán bộ", message_id=card.message_id)
    offer = await office.button(lai, "Gửi ngay")
    await lai.presses("Gửi ngay", message_id=offer.message_id)
    topic = await office.officers.waits_for_topic()
    pinned = await office.officers.waits_for_message(topic, "Câu hỏi")
    await office.settled()
    await office.people.fault("blocked", "sendMessage", chat_id=lai.id)
    await office.officers.presses(topic, "Gửi thẻ", message_id=pinned.message_id)
    await office.officers.waits_for_message(topic, "Chưa tới dân: người này đã chặn bot")


async def test_an_edit_that_changes_nothing_is_a_success(office: Office) -> None:
    lai = await known(office)
    shown = (await lai.chat())[-1]
    await office.people.fault("not_modified", "editMessageText", times=1)
    await put(office, lai, EditText(shown.message_id, "như cũ"))
    await office.settled()
    [row] = last_rows(office, 1)
    assert (row.state, row.reason) == (OutboxState.SENT, "")


async def test_an_edit_of_a_lost_message_becomes_a_new_one(office: Office) -> None:
    lai = await known(office)
    shown = (await lai.chat())[-1]
    await lai.deletes(shown.message_id)
    await put(office, lai, EditText(shown.message_id, "<b>thời hạn</b>", (DETAILS,)))
    await office.settled()
    line = (await lai.chat())[-1]
    assert (line.text, line.html, line.labels) == ("thời hạn", "<b>thời hạn</b>", ["📄 Hồ sơ"])
    assert line.message_id != shown.message_id


async def test_a_lost_card_is_posted_anew_and_a_reply_to_it_reaches_the_citizen(
    office: Office,
) -> None:
    opened = await open_ticket(office)
    await office.people.act(
        "delete",
        person="Cán bộ Tâm",
        chat_id=GROUP_ID,
        topic_id=opened.topic.id,
        message_id=opened.card.message_id,
    )
    await office.officers.writes(opened.topic, "/gui chào bà")
    await opened.citizen.waits_for_reply("chào bà")
    await office.settled()
    cards = [li for li in await office.officers.in_topic(opened.topic) if "Câu hỏi" in li.text]
    assert [line.pinned for line in cards if not line.deleted] == [True]
    await office.officers.replies(opened.topic, cards[-1].message_id, "bà ra xã nhé")
    await opened.citizen.waits_for_reply("bà ra xã nhé")


@pytest.mark.parametrize("edited", [False, True])
async def test_words_that_telegram_cannot_parse_go_as_plain_text(
    office: Office, edited: bool
) -> None:
    """A mistake in our markup costs the bold, never the answer nor its buttons."""
    lai = await known(office)
    shown = (await lai.chat())[-1].message_id
    words = '<b>Phí</b> & lệ phí <a href="https://a.vn">ở đây</a> &lt;10 &amp; >5'
    delivery = EditText(shown, words, (DETAILS,)) if edited else SendText(words, (DETAILS,))
    await office.people.fault(
        "cannot_parse", "editMessageText" if edited else "sendMessage", times=1
    )
    await put(office, lai, delivery)
    await office.settled()
    line = (await lai.chat())[-1]
    assert line.text == "Phí & lệ phí ở đây <10 & >5"
    assert line.labels == ["📄 Hồ sơ"]
    assert "<b>" not in line.html
    assert last_rows(office, 1)[0].state == OutboxState.SENT


async def test_a_closed_topic_is_opened_for_what_must_be_said(office: Office) -> None:
    opened = await open_ticket(office)
    await office.officers.closes(opened.topic)
    await opened.citizen.says(MORE)
    await office.settled()
    texts = [line.text for line in await office.officers.in_topic(opened.topic)]
    assert MORE in texts


async def test_without_rights_nothing_is_lost_and_it_goes_on_when_they_return(
    office: Office,
) -> None:
    """The desk waits, citizens do not; every line of the ticket is there in the end."""
    await office.officers.set_rights(can_manage_topics=False)
    lai = await hand_over(office)
    await lai.waits_for_reply("Đã gửi cán bộ")
    await lai.says(MORE)
    hung = await office.citizen("Anh Hùng")
    await office.asks(hung, "/help")
    assert await office.officers.topics() == []
    assert office.rows(Outbox, Outbox.state == OutboxState.FAILED) == []
    await office.officers.set_rights(can_manage_topics=True)
    topic = await office.officers.waits_for_topic("HT-0001")
    await office.settled()
    lines = await office.officers.in_topic(topic)
    assert lines[1].text.startswith("HT-0001")
    assert lines[1].pinned
    assert MORE in [line.text for line in lines]


async def test_a_bot_thrown_out_of_the_group_waits_to_be_taken_back(office: Office) -> None:
    opened = await open_ticket(office)
    await office.officers.set_rights("kicked")
    await opened.citizen.says(MORE)
    await first_failure(office)
    await office.officers.set_rights(can_manage_topics=True, can_pin_messages=True)
    await office.settled()
    assert {call.code for call in await failed_calls(office)} == {403}
    assert MORE in [line.text for line in await office.officers.in_topic(opened.topic)]


async def test_a_card_that_cannot_be_pinned_is_still_one_card(office: Office) -> None:
    await office.people.fault("too_many_requests", "pinChatMessage", retry_after=1, times=1)
    opened = await open_ticket(office)
    cards = [li for li in await office.officers.in_topic(opened.topic) if "Câu hỏi" in li.text]
    assert len(cards) == 1
    await office.officers.replies(opened.topic, cards[0].message_id, "chào bà")
    await opened.citizen.waits_for_reply("chào bà")


async def test_a_copy_that_is_gone_is_told_with_its_words(office: Office) -> None:
    opened = await open_ticket(office)
    await office.people.fault("copy_not_found", "copyMessage", times=1)
    await opened.citizen.says(MORE)
    note = await office.officers.waits_for_message(opened.topic, "Không chuyển được nguyên tin")
    assert MORE in note.text


async def test_any_other_refusal_fails_with_its_reason_and_the_lane_goes_on(
    office: Office,
) -> None:
    lai = await known(office)
    await office.people.fault(
        "refuse", "sendMessage", description="Bad Request: CHAT_RESTRICTED", times=1
    )
    await put(office, lai, "một", "hai")
    await office.settled()
    rows = last_rows(office, 2)
    assert [row.state for row in rows] == [OutboxState.FAILED, OutboxState.SENT]
    assert "chat_restricted" in rows[0].reason.lower()
    assert (await said(lai))[-1] == "hai"


async def test_a_group_that_takes_nothing_keeps_no_citizen_waiting(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More rows for the desk than fit into memory: citizens' answers still come in."""
    monkeypatch.setattr(ledger, "BATCH", 4)
    await office.officers.set_rights(can_manage_topics=False)
    lai = await hand_over(office)
    for number in range(8):
        await lai.says(f"thêm {number}")
    hung = await office.citizen("Anh Hùng")
    await office.asks(hung, "/help")
    assert len(office.rows(Outbox, Outbox.state == OutboxState.WAITING)) > 4
    await office.officers.set_rights(can_manage_topics=True)
    await office.settled()
    topic = await office.officers.waits_for_topic("HT-0001")
    texts = [line.text for line in await office.officers.in_topic(topic)]
    assert [text for text in texts if text.startswith("thêm")] == [f"thêm {n}" for n in range(8)]
