"""Rows of the outbox as services write them, and a ticket that officers have before them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from bot.delivery.outbox import Delivery, SendText, to_citizen
from bot.rehearsal.people import ApiCall, Citizen, Line, Topic
from bot.storage.tables import Conversation, Outbox
from tests.support.office import Office

HARD = "nhà nước lấy đất làm đường mà đền bù thấp quá hỏi ai bây giờ trời ơi"


@dataclass(frozen=True)
class Opened:
    """A question that went to the desk."""

    citizen: Citizen
    topic: Topic
    card: Line


async def hand_over(office: Office, name: str = "Bà Lài", question: str = HARD) -> Citizen:
    """Asks an officer, and presses "send now"."""
    citizen = await office.citizen(name)
    await office.asks(citizen, "/canbo")
    await citizen.says(question)
    offer = await office.button(citizen, "Gửi ngay")
    await citizen.presses("Gửi ngay", message_id=offer.message_id)
    return citizen


async def open_ticket(office: Office, name: str = "Bà Lài") -> Opened:
    citizen = await hand_over(office, name)
    topic = await office.officers.waits_for_topic()
    card = await office.officers.waits_for_message(topic, "Câu hỏi")
    await office.settled()
    return Opened(citizen, topic, card)


async def known(office: Office, name: str = "Bà Lài") -> Citizen:
    """A citizen whom the bot has answered already."""
    citizen = await office.citizen(name)
    await office.asks(citizen, "/help")
    await office.settled()
    return citizen


async def put(office: Office, citizen: Citizen, *deliveries: Delivery | str) -> None:
    """Writes into the citizen's lane, as a service does, and wakes the sender."""

    def write(session: Session) -> None:
        found = session.exec(select(Conversation).where(Conversation.chat_id == citizen.id)).one()
        texts = (SendText(d) if isinstance(d, str) else d for d in deliveries)
        to_citizen(session, found, *texts, now=datetime.now(UTC))

    await office.app.database.run(write)
    office.app.sender.wake()


def last_rows(office: Office, count: int) -> list[Outbox]:
    """The newest rows of the outbox, the oldest of them first."""
    with Session(office.app.database.engine) as session:
        found = session.exec(select(Outbox).order_by(col(Outbox.id).desc()).limit(count)).all()
    return list(reversed(found))


async def said(citizen: Citizen) -> list[str]:
    """What the bot said to the citizen, in the order of the chat."""
    return [line.text for line in await citizen.chat() if line.author.is_bot and not line.deleted]


async def failed_calls(office: Office) -> Sequence[ApiCall]:
    return [call for call in await office.people.calls() if call.code != 200]


async def first_failure(office: Office) -> ApiCall:
    """Waits until Telegram has refused something."""
    for _ in range(400):
        if found := await failed_calls(office):
            return found[0]
        await asyncio.sleep(0.01)
    raise AssertionError("every call succeeded")
