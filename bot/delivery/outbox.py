"""What leaves for Telegram, written in the same transaction as the reason for it.

A row is addressed to a citizen or to a ticket's topic, never to a chat id: the sender resolves that
when it sends, so a group that moved or a topic that was deleted costs no message.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import insert
from sqlmodel import Session

from bot.storage.tables import (
    Audience,
    Conversation,
    Message,
    Outbox,
    OutboxState,
    Priority,
    Ticket,
)
from bot.wording.buttons import Keyboard
from bot.wording.split import split_html


class SendText(msgspec.Struct, frozen=True, tag="text"):
    """A text in Telegram's HTML, short enough for one message."""

    html: str
    keyboard: Keyboard = ()
    reply_to: int | None = None
    pin: bool = False


class SendFile(msgspec.Struct, frozen=True, tag="file"):
    """A small text file, such as an entry for the phone's calendar."""

    name: str
    content: str


class EditText(msgspec.Struct, frozen=True, tag="edit"):
    telegram_id: int
    html: str
    keyboard: Keyboard = ()


class CopyMessage(msgspec.Struct, frozen=True, tag="copy"):
    """A photo, voice note, document … carried over without its sender's name."""

    from_chat_id: int
    telegram_id: int
    caption: str | None = None  # HTML instead of its own; None keeps its own


class ReactTo(msgspec.Struct, frozen=True, tag="react"):
    """A mark below a message: it arrived on the other side."""

    telegram_id: int
    emoji: str = "👌"


class ShowTopic(msgspec.Struct, frozen=True, tag="topic"):
    """Brings the topic's name and open/closed state up to date."""

    name: str
    closed: bool


Delivery = SendText | SendFile | EditText | CopyMessage | ReactTo | ShowTopic
_decoder: msgspec.json.Decoder[Delivery] = msgspec.json.Decoder(Delivery)
_encoder = msgspec.json.Encoder()
INSERT = insert(Outbox)


def delivery_of(row: Outbox) -> Delivery:
    return _decoder.decode(row.payload)


def to_citizen(
    session: Session,
    conversation: Conversation,
    *deliveries: Delivery,
    now: datetime,
    message: Message | None = None,
    ticket: Ticket | None = None,
    priority: int = Priority.ANSWER,
) -> None:
    """Puts deliveries into the citizen's lane, in this order."""
    _put(
        session,
        deliveries,
        audience=Audience.CITIZEN,
        conversation_id=conversation.id,
        ticket_id=ticket.id if ticket else None,
        message_id=message.id if message else None,
        priority=priority,
        created_at=now,
    )


def to_desk(
    session: Session,
    ticket: Ticket,
    *deliveries: Delivery,
    now: datetime,
    message: Message | None = None,
) -> None:
    """Puts deliveries into the lane of the ticket's topic, in this order."""
    _put(
        session,
        deliveries,
        audience=Audience.DESK,
        conversation_id=ticket.conversation_id,
        ticket_id=ticket.id,
        message_id=message.id if message else None,
        priority=Priority.DESK,
        created_at=now,
    )


def _put(session: Session, deliveries: Iterable[Delivery], **columns: Any) -> None:
    """Rows without the ORM: nobody looks at them in this transaction, and there is one an answer."""
    rows = [
        {
            **columns,
            "payload": _encoder.encode(part),
            "state": OutboxState.WAITING,
            "attempts": 0,
            "reason": "",
        }
        for delivery in deliveries
        for part in _in_parts(delivery)
    ]
    session.connection().execute(INSERT, rows)


def _in_parts(delivery: Delivery) -> list[Delivery]:
    """A text over Telegram's limit becomes several; the keyboard stands below the last."""
    if not isinstance(delivery, SendText | EditText):
        return [delivery]
    texts = split_html(delivery.html)
    if len(texts) == 1:
        return [delivery]
    first: Delivery
    if isinstance(delivery, EditText):
        first = EditText(delivery.telegram_id, texts[0])
    else:
        first = SendText(texts[0], reply_to=delivery.reply_to, pin=delivery.pin)
    middle = [SendText(text) for text in texts[1:-1]]
    return [first, *middle, SendText(texts[-1], delivery.keyboard)]
