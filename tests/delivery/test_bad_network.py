"""Between Telegram and us: what may have been sent is counted, what was not is sent in the end."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from bot.delivery import sender
from bot.storage.tables import Outbox, OutboxState
from tests.delivery.desk import known, last_rows, open_ticket, put, said
from tests.support.office import Office

Fault = dict[str, Any]
LOST: Fault = {"kind": "reset", "after_effect": False}
UNKNOWN: list[Fault] = [
    {"kind": "reset"},
    {"kind": "truncated"},
    {"kind": "hang", "after_effect": True},
]
NOT_SENT: list[Fault] = [{"kind": "gateway", "status": 502}, {"kind": "gateway", "status": 504}]
NAMES = ("Bà Lài", "Anh Hùng", "Chị Mơ")


@pytest.mark.parametrize("fault", UNKNOWN, ids=lambda fault: fault["kind"])
async def test_sent_or_not_is_tried_again_and_counted(
    office: Office, short_patience: None, fault: Fault
) -> None:
    """A lost answer is worse than one said twice; the next line still comes after it."""
    lai = await known(office)
    before = len(await said(lai))
    await office.people.fault(method="sendMessage", times=1, **fault)
    await put(office, lai, "một", "hai")
    await office.settled()
    assert (await said(lai))[before:] == ["một", "một", "hai"]
    assert [row.attempts for row in last_rows(office, 2)] == [2, 1]


@pytest.mark.parametrize("fault", [*NOT_SENT, {"kind": "hang"}, LOST], ids=str)
async def test_what_was_not_sent_is_sent_once_and_in_order(
    office: Office, short_patience: None, fault: Fault
) -> None:
    lai = await known(office)
    before = len(await said(lai))
    await office.people.fault(method="sendMessage", times=1, **fault)
    await put(office, lai, "một", "hai")
    await office.settled()
    assert (await said(lai))[before:] == ["một", "hai"]


async def test_a_gateway_that_is_down_for_long_costs_nothing(office: Office) -> None:
    """Pages in HTML, more often than timeouts may happen: no attempt is counted, nothing fails."""
    lai = await known(office)
    await office.people.fault("gateway", "sendMessage", times=sender.MAX_UNKNOWN + 3)
    await put(office, lai, "một")
    await office.settled()
    [row] = last_rows(office, 1)
    assert (row.state, row.attempts) == (OutboxState.SENT, 1)


async def test_too_many_unknowns_fail_and_the_officer_is_told_why(office: Office) -> None:
    """An officer's words are never "sent" because nobody knows better."""
    opened = await open_ticket(office)
    before = (await office.people.calls())[-1].number
    await office.people.fault("reset", "sendMessage", chat_id=opened.citizen.id)
    await office.officers.replies(opened.topic, opened.card.message_id, "mai bà ra xã")
    warning = await office.officers.waits_for_message(opened.topic, "Telegram không trả lời")
    assert warning.text.startswith("⚠ Chưa tới dân")
    [failed] = office.rows(Outbox, Outbox.state == OutboxState.FAILED)
    assert failed.reason == "timeout"
    calls = await office.people.calls("sendMessage", since=before)
    tried = [call for call in calls if call.fault == "reset"]
    assert len(tried) == sender.MAX_UNKNOWN
    marks = [line.reactions for line in await office.officers.in_topic(opened.topic)]
    assert not any("👌" in mark for mark in marks)


async def test_the_card_of_a_ticket_is_never_given_up(office: Office) -> None:
    """Without it a topic says nothing; a second card would do no harm."""
    await office.people.fault(
        "reset", "createForumTopic", after_effect=False, times=sender.MAX_UNKNOWN + 2
    )
    opened = await open_ticket(office)
    assert "Câu hỏi" in opened.card.text
    assert office.rows(Outbox, Outbox.state == OutboxState.FAILED) == []


async def test_order_holds_in_every_lane_whatever_happens(office: Office) -> None:
    """Three citizens, a bad line: each reads the lines in order, all of them, some perhaps twice."""
    citizens = [await known(office, name) for name in NAMES]
    before = [len(await said(citizen)) for citizen in citizens]
    kinds = [*UNKNOWN[:2], NOT_SENT[0], LOST]
    for seed, fault in enumerate(kinds):
        await office.people.fault(method="sendMessage", probability=0.1, seed=seed, **fault)
    texts = [[f"{citizen.name} {n}" for n in range(12)] for citizen in citizens]
    turns = [who for who in range(len(NAMES)) for _ in range(12)]
    random.Random(5).shuffle(turns)
    waiting = [iter(own) for own in texts]
    for who in turns:
        await put(office, citizens[who], next(waiting[who]))
    await office.settled()
    for citizen, start, expected in zip(citizens, before, texts, strict=True):
        heard = (await said(citizen))[start:]
        assert [text for text, _ in itertools.groupby(heard)] == expected
