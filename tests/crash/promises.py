"""What a storm must leave behind, judged from two sides: what Telegram accepted, what was stored."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, create_engine, select

from bot.delivery.outbox import CopyMessage, SendText, delivery_of
from bot.rehearsal.people import ApiCall
from bot.rehearsal.state import GROUP_ID
from bot.storage.tables import (
    Audience,
    Author,
    Conversation,
    Event,
    Incoming,
    IncomingState,
    Job,
    Message,
    Outbox,
    OutboxState,
    Ticket,
)

Row = TypeVar("Row", bound=SQLModel)
Sent = tuple[int, int]  # chat and message id: what Telegram accepted
# One question leads to one of these; each is an event of its own.
FATES = ("answered", "asked_back", "proposed")


@dataclass(frozen=True)
class Asked:
    """A question as it was said: by whom, in which second, in which words."""

    chat_id: int
    at: int
    text: str


@dataclass(frozen=True)
class Promise:
    """One line of the table."""

    name: str
    counted: str
    kept: bool


class Evidence:
    """Everything that is left of a storm, read once."""

    def __init__(
        self, url: str, asked: Sequence[Asked], calls: Sequence[ApiCall], updates: int
    ) -> None:
        engine = create_engine(url)
        with Session(engine) as session:

            def rows(table: type[Row]) -> list[Row]:
                found = list(session.exec(select(table)).all())
                return sorted(found, key=_identity)

            self.chats = {c.id: c.chat_id for c in rows(Conversation)}
            self.messages = [m for m in rows(Message) if m.author == Author.CITIZEN]
            self.outbox = rows(Outbox)
            self.events = rows(Event)
            self.tickets = rows(Ticket)
            self.incoming = rows(Incoming)
            self.jobs = rows(Job)
        engine.dispose()
        self.asked = asked
        self.updates = updates
        self.accepted = [call for call in calls if call.code == 200]

    def chat_of(self, row: Outbox) -> int:
        return self.chats[row.conversation_id] if row.audience == Audience.CITIZEN else GROUP_ID

    def new_messages(self) -> list[Outbox]:
        """The rows that made a message at Telegram, by their own account."""
        kinds = SendText | CopyMessage
        return [
            row
            for row in self.outbox
            if row.state == OutboxState.SENT and isinstance(delivery_of(row), kinds)
        ]

    def sent(self) -> dict[Sent, ApiCall]:
        """The messages that Telegram really accepted."""
        return {
            (int(call.params["chat_id"]), call.answer["result"]["message_id"]): call
            for call in self.accepted
            if call.method in ("sendMessage", "copyMessage")
        }

    def fate(self, message: Message) -> str:
        """What became of a question; empty when nothing did."""
        events = {
            event.kind
            for event in self.events
            if event.conversation_id == message.conversation_id and event.at == message.received_at
        }
        rows = [
            row
            for row in self.outbox
            if row.message_id == message.id
            or (
                row.conversation_id == message.conversation_id
                and row.created_at == message.received_at
            )
        ]
        if not rows or any(row.state != OutboxState.SENT for row in rows):
            return ""
        relayed = "relayed" if any(row.message_id == message.id for row in rows) else "other"
        return next((kind for kind in FATES if kind in events), relayed)


def judge(evidence: Evidence, *, duplicates_allowed: int) -> list[Promise]:
    """Every promise with what was counted for it."""
    return [
        _every_update_once(evidence),
        _every_question_kept_once(evidence),
        _every_question_answered(evidence),
        _nothing_waits(evidence),
        _one_effect_each(evidence),
        _what_is_marked_sent_arrived(evidence),
        _duplicates(evidence, duplicates_allowed),
        _said_in_order(evidence),
        _sent_in_order(evidence),
    ]


def _every_update_once(e: Evidence) -> Promise:
    handled = sum(row.state == IncomingState.HANDLED for row in e.incoming)
    kept = handled == len(e.incoming) == e.updates
    return Promise("every update taken, none twice", f"{handled} of {e.updates}", kept)


def _every_question_kept_once(e: Evidence) -> Promise:
    stored = Counter(_as_asked(e, message) for message in e.messages)
    missing = Counter(e.asked) - stored
    extra = stored - Counter(e.asked)
    counted = f"{len(e.messages)} of {len(e.asked)}, {extra.total()} twice"
    return Promise("every question stored once", counted, not missing and not extra)


def _every_question_answered(e: Evidence) -> Promise:
    fates = Counter(e.fate(message) for message in e.messages)
    lost = fates.pop("", 0)
    counted = ", ".join(f"{count} {fate}" for fate, count in fates.most_common())
    kept = lost == 0 and fates.total() == len(e.asked)
    return Promise("every question answered", f"{counted}, {lost} lost", kept)


def _nothing_waits(e: Evidence) -> Promise:
    unsent = sum(row.state != OutboxState.SENT for row in e.outbox)
    undone = sum(job.done_at is None for job in e.jobs)
    without_topic = sum(t.opened_at is not None and t.topic_id is None for t in e.tickets)
    counted = f"{unsent} rows, {undone} jobs, {without_topic} tickets"
    return Promise("nothing is left lying", counted, not (unsent or undone or without_topic))


def _one_effect_each(e: Evidence) -> Promise:
    """A question has one fate, a ticket is proposed once and handed over at most once."""
    of_questions = Counter(
        (event.conversation_id, event.at) for event in e.events if event.kind in FATES
    )
    of_tickets = Counter(
        (event.subject, event.kind)
        for event in e.events
        if event.kind in ("proposed", "handed_over", "cancelled")
    )
    numbers = {event.subject for event in e.events if event.kind == "proposed"}
    double = _repeated(of_questions) + _repeated(of_tickets)
    kept = double == 0 and numbers == {ticket.number for ticket in e.tickets}
    return Promise("one effect each", f"{len(e.tickets)} tickets, {double} double", kept)


def _what_is_marked_sent_arrived(e: Evidence) -> Promise:
    sent = e.sent()
    rows = e.new_messages()
    arrived = sum((e.chat_of(row), row.telegram_id) in sent for row in rows)
    return Promise("what is marked sent arrived", f"{arrived} of {len(rows)}", arrived == len(rows))


def _duplicates(e: Evidence, allowed: int) -> Promise:
    """Messages and topics that Telegram has and no row knows: each is a copy of one that is known."""
    rows = e.new_messages()
    known = {(e.chat_of(row), row.telegram_id) for row in rows}
    contents = {(e.chat_of(row), _content(row)) for row in rows}
    strange = {place: call for place, call in e.sent().items() if place not in known}
    topics = {ticket.topic_id for ticket in e.tickets}
    opened = [
        call.answer["result"]["message_thread_id"]
        for call in e.accepted
        if call.method == "createForumTopic"
    ]
    double_topics = sum(topic not in topics for topic in opened)
    copies = all((chat, _said(call)) in contents for (chat, _), call in strange.items())
    counted = f"{len(strange)} messages, {double_topics} topics, allowed {allowed}"
    kept = copies and len(strange) + double_topics <= allowed
    return Promise("duplicates at Telegram", counted, kept)


def _said_in_order(e: Evidence) -> Promise:
    stored: dict[int, list[Asked]] = defaultdict(list)
    for message in e.messages:
        stored[e.chats[message.conversation_id]].append(_as_asked(e, message))
    said: dict[int, list[Asked]] = defaultdict(list)
    for asked in e.asked:
        said[asked.chat_id].append(asked)
    wrong = sum(stored[chat] != said[chat] for chat in said)
    return Promise("stored in the order said", f"{wrong} of {len(said)} chats wrong", wrong == 0)


def _sent_in_order(e: Evidence) -> Promise:
    lanes: dict[object, list[int]] = defaultdict(list)
    for row in e.new_messages():
        address = row.conversation_id if row.audience == Audience.CITIZEN else row.ticket_id
        lanes[row.audience, address].append(row.telegram_id or 0)
    wrong = sum(ids != sorted(ids) for ids in lanes.values())
    return Promise("sent in order in each lane", f"{wrong} of {len(lanes)} lanes wrong", wrong == 0)


def _as_asked(e: Evidence, message: Message) -> Asked:
    return Asked(e.chats[message.conversation_id], int(message.at.timestamp()), message.text)


def _content(row: Outbox) -> object:
    delivery = delivery_of(row)
    if isinstance(delivery, SendText):
        return delivery.html
    assert isinstance(delivery, CopyMessage)
    return (delivery.from_chat_id, delivery.telegram_id)


def _said(call: ApiCall) -> object:
    if call.method == "sendMessage":
        return call.params["text"]
    return (int(call.params["from_chat_id"]), int(call.params["message_id"]))


def _repeated(counted: Counter[Any]) -> int:
    return sum(count - 1 for count in counted.values())


def _identity(row: Any) -> int:
    return int(row.update_id if isinstance(row, Incoming) else row.id)
