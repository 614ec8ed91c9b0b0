"""The whole data model on one page.

A conversation is one citizen's private chat. A ticket is a question that officers answer; it lives in
a topic of the desk's group. Everything that leaves for Telegram is first a row of the outbox. Time is
aware, in UTC. An `id` is there after the first flush.

`from __future__ import annotations` is left out on purpose: it breaks SQLModel here.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Index, LargeBinary, Text, TypeDecorator
from sqlalchemy import String as SqlString
from sqlmodel import Field, SQLModel


class UtcDateTime(TypeDecorator[datetime]):
    """SQLite forgets the time zone; here every time goes in and comes out aware, in UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone does not enter the database")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class IncomingState(StrEnum):
    HANDLED = "handled"
    FAILING = "failing"  # tried, rolled back, to be tried again
    POISON = "poison"  # given up; the payload is kept for a person to look at


class Incoming(SQLModel, table=True):
    """Every update that reached us, so that Telegram may deliver it twice without harm."""

    update_id: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    received_at: datetime = Field(sa_type=UtcDateTime)
    state: IncomingState = Field(sa_type=SqlString)
    attempts: int = 1
    error: str = ""  # the exception's class, never its text: that may hold a citizen's words
    payload: dict[str, Any] | None = Field(default=None, sa_type=JSON)  # kept for poison only


class Conversation(SQLModel, table=True):
    id: int = Field(default=None, primary_key=True)
    chat_id: int = Field(sa_type=BigInteger, unique=True)
    memory: bytes = Field(default=b"", sa_type=LargeBinary)  # dialogue.memory.Memory as JSON
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)
    blocked_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime
    )  # the citizen blocked the bot


class Author(StrEnum):
    CITIZEN = "citizen"
    OFFICER = "officer"


class Message(SQLModel, table=True):
    """What a person wrote, in the citizen's chat or in the topic, and its copy on the other side."""

    __table_args__ = (
        Index("ix_message_citizen", "conversation_id", "telegram_id"),
        Index("ix_message_desk", "ticket_id", "desk_telegram_id"),
    )

    id: int = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id")
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id")
    author: Author = Field(sa_type=SqlString)
    kind: str = "text"  # messages.Kind
    text: str = Field(default="", sa_type=Text)
    telegram_id: int | None = None  # its message id in the citizen's chat
    desk_telegram_id: int | None = None  # its message id in the group
    received_at: datetime = Field(sa_type=UtcDateTime)  # what it led to carries the same moment
    corrected: bool = False  # edited before it arrived: the correction follows it
    at: datetime = Field(sa_type=UtcDateTime)


class Desk(SQLModel, table=True):
    """A group of officers. Unbound (no group yet) is a normal state: tickets wait."""

    id: int = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    group_chat_id: int | None = Field(default=None, sa_type=BigInteger, unique=True)
    moved_from: int | None = Field(default=None, sa_type=BigInteger)  # its id before it migrated
    bound_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TicketState(StrEnum):
    PENDING = "pending"  # the citizen sees what will be sent, and may stop it
    WAITING = "waiting"  # with the desk; nobody has taken it
    HELD = "held"  # an officer answers; the bot is silent to the citizen
    CLOSED = "closed"
    CANCELLED = "cancelled"  # the citizen said no, or the bot could answer after all


LIVE = (TicketState.WAITING, TicketState.HELD)


class Ticket(SQLModel, table=True):
    __table_args__ = (Index("ix_ticket_topic", "desk_id", "topic_id", unique=True),)

    id: int = Field(default=None, primary_key=True)  # HT-0001 is id 1
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    desk_id: int = Field(foreign_key="desk.id")
    state: TicketState = Field(sa_type=SqlString, index=True)
    question: str = Field(default="", sa_type=Text)
    guesses: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)  # id, title, score
    subject: str = ""  # what it is about, a procedure's title: names the topic
    commune: str = ""  # "xã Cẩm Bình", where the citizen said so
    reason: str = ""  # why the bot did not answer: desk.tickets.Reason
    topic_id: int | None = None
    card_telegram_id: int | None = None
    holder_id: int | None = Field(default=None, sa_type=BigInteger)
    internal_hint_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_reply_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def number(self) -> str:
        """As people say it: HT-0123."""
        return f"HT-{self.id:04d}"


class Audience(StrEnum):
    CITIZEN = "citizen"
    DESK = "desk"


class OutboxState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # refused for good; `reason` says why


class Priority:
    """Lower goes first when the pace is short."""

    ANSWER = 0
    DESK = 1
    REMINDER = 2


class Outbox(SQLModel, table=True):
    """One thing to do at Telegram, addressed to a citizen or to a ticket's topic."""

    __table_args__ = (Index("ix_outbox_waiting", "state", "id"),)

    id: int = Field(default=None, primary_key=True)
    audience: Audience = Field(sa_type=SqlString)
    conversation_id: int = Field(foreign_key="conversation.id")
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id")
    message_id: int | None = Field(
        None, foreign_key="message.id"
    )  # the message that this carries over
    payload: bytes = Field(sa_type=LargeBinary)  # delivery.outbox.Delivery as JSON
    priority: int = Priority.ANSWER
    state: OutboxState = Field(default=OutboxState.WAITING, sa_type=SqlString)
    attempts: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    telegram_id: int | None = None
    reason: str = ""


class Reminder(SQLModel, table=True):
    """A day that a citizen wants to be reminded of; deleted after use."""

    id: int = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    procedure: str
    title: str
    due_on: date
    created_at: datetime = Field(sa_type=UtcDateTime)


class JobKind(StrEnum):
    SEND_TICKET = "send_ticket"  # the grace period is over
    REMIND = "remind"  # the day a result is due


class Job(SQLModel, table=True):
    """Work for later. It is a row, so that a restart forgets nothing."""

    __table_args__ = (Index("ix_job_due", "done_at", "due_at"),)

    id: int = Field(default=None, primary_key=True)
    kind: JobKind = Field(sa_type=SqlString)
    subject_id: int
    due_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Event(SQLModel, table=True):
    """What happened, for the officers' transcript and the reports. Never a person's words."""

    __table_args__ = (Index("ix_event_conversation", "conversation_id", "id"),)

    id: int = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    kind: str
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id")
    subject: str = ""  # a procedure's id or a ticket's number
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Revision(SQLModel, table=True):
    """One state of one subject of the catalogue. Never changed, only followed by another."""

    __table_args__ = (Index("ix_revision_subject", "kind", "key", "id"),)

    id: int = Field(default=None, primary_key=True)
    kind: str  # procedure, source, sector
    key: str
    content: str = Field(sa_type=Text)  # canonical JSON; empty = withdrawn
    origin: str  # file, console, workbook, chat
    author: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)


class Publication(SQLModel, table=True):
    """A published set: for every subject its newest revision up to `revision_id`."""

    number: int = Field(default=None, primary_key=True)
    revision_id: int
    at: datetime = Field(sa_type=UtcDateTime)
