"""What the sender reads from the database and writes down: targets, what was sent, what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, false, or_, update
from sqlmodel import Session, col, select

from bot.delivery.outbox import Delivery, EditText, ReactTo, SendText, delivery_of, to_desk
from bot.desk import cards, tickets
from bot.storage.tables import (
    LIVE,
    Audience,
    Conversation,
    Desk,
    Message,
    Outbox,
    OutboxState,
    Ticket,
)

BATCH = 200  # rows of one audience in memory

MARK_SENT = (
    update(Outbox)
    .where(col(Outbox.id) == bindparam("row"))
    .values(
        state=bindparam("sent"),
        sent_at=bindparam("now"),
        telegram_id=bindparam("message"),
        attempts=Outbox.attempts + 1,
    )
)


@dataclass(frozen=True)
class Target:
    """Where a row goes, looked up when it goes."""

    chat_id: int
    topic_id: int | None = None
    needs_topic: str = ""  # the name of the topic to open first


def list_waiting(
    session: Session, known: frozenset[int], *, with_desk: bool
) -> Sequence[tuple[Outbox, int]]:
    """The next rows with the citizen's chat, without those of a desk that has no group yet."""
    is_bound = col(Desk.group_chat_id).is_not(None)
    return session.exec(
        select(Outbox, Conversation.chat_id)
        .join(Conversation, col(Outbox.conversation_id) == Conversation.id)
        .outerjoin(Ticket, col(Outbox.ticket_id) == Ticket.id)
        .outerjoin(Desk, col(Ticket.desk_id) == Desk.id)
        .where(
            Outbox.state == OutboxState.WAITING,
            col(Outbox.id).not_in(known),
            or_(
                col(Outbox.audience) == Audience.CITIZEN,
                is_bound if with_desk else false(),
            ),
        )
        .order_by(col(Outbox.id))
        .limit(BATCH)
    ).all()


def find_target(session: Session, row: Outbox) -> Target | None:
    """Where a row for the desk goes; None while the desk has no group."""
    ticket = session.get(Ticket, row.ticket_id)
    desk = session.get(Desk, ticket.desk_id) if ticket else None
    if ticket is None or desk is None or desk.group_chat_id is None:
        return None
    name = cards.topic_name(ticket) if ticket.topic_id is None else ""
    return Target(desk.group_chat_id, ticket.topic_id, name)


def store_topic(session: Session, row: Outbox, topic_id: int) -> None:
    ticket = session.get_one(Ticket, row.ticket_id)
    is_new_home = ticket.card_telegram_id is not None
    ticket.topic_id = topic_id
    ticket.card_telegram_id = None
    if is_new_home:
        # The old topic was deleted: the new one starts with the card again.
        card = cards.ticket_card(session, ticket, now=datetime.now(UTC))
        to_desk(session, ticket, card, now=datetime.now(UTC))


def forget_topic(session: Session, row: Outbox) -> None:
    ticket = session.get_one(Ticket, row.ticket_id)
    ticket.topic_id = None


def mark_sent(session: Session, row: Outbox, telegram_id: int | None) -> None:
    now = datetime.now(UTC)
    # Without the ORM: the hottest transaction of all, and the next message waits for it.
    session.connection().execute(
        MARK_SENT, {"row": row.id, "now": now, "message": telegram_id, "sent": OutboxState.SENT}
    )
    delivery = delivery_of(row)
    is_new_card = isinstance(delivery, EditText) and row.audience == Audience.DESK and telegram_id
    if is_card(delivery) or is_new_card:
        ticket = session.get_one(Ticket, row.ticket_id)
        ticket.card_telegram_id = telegram_id
    if row.message_id is not None:
        _message_arrived(session, row, telegram_id, now)


def _message_arrived(session: Session, row: Outbox, telegram_id: int | None, now: datetime) -> None:
    message = session.get_one(Message, row.message_id)
    ticket = session.get_one(Ticket, row.ticket_id)
    if row.audience == Audience.CITIZEN:
        message.telegram_id = telegram_id
    else:
        message.desk_telegram_id = message.desk_telegram_id or telegram_id
    tickets.delivered(session, message, ticket, now=now)


def mark_failed(session: Session, row: Outbox, reason: str) -> None:
    now = datetime.now(UTC)
    stored = session.get_one(Outbox, row.id)
    stored.state = OutboxState.FAILED
    stored.reason = reason
    stored.attempts += 1
    if reason in ("blocked", "gone"):
        conversation = session.get_one(Conversation, row.conversation_id)
        conversation.blocked_at = conversation.blocked_at or now
    if row.message_id is not None:
        message = session.get_one(Message, row.message_id)
        ticket = session.get_one(Ticket, row.ticket_id)
        tickets.not_delivered(session, message, ticket, reason=reason, now=now)
    elif row.audience == Audience.CITIZEN and row.ticket_id is not None:
        _tell_the_topic(session, row, reason, now)


def _tell_the_topic(session: Session, row: Outbox, reason: str, now: datetime) -> None:
    """The citizen did not get something about an open ticket; a missing mark is no loss."""
    ticket = session.get_one(Ticket, row.ticket_id)
    if ticket.state in LIVE and not isinstance(delivery_of(row), ReactTo):
        tickets.note(session, ticket, "not_delivered", now=now, reason=reason)


def count_attempt(session: Session, row: Outbox) -> int:
    stored = session.get_one(Outbox, row.id)
    stored.attempts += 1
    return stored.attempts


def is_card(delivery: Delivery) -> bool:
    """The first message of a topic: without it nobody knows what the ticket is about."""
    return isinstance(delivery, SendText) and delivery.pin
