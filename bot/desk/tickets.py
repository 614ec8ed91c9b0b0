"""A ticket's life: proposed to the citizen, sent to the desk, taken, answered, closed, reopened.

Routing is one row: a topic belongs to one ticket, a ticket to one conversation. Nothing is ever
routed by reading a text or by what was said last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, update
from sqlmodel import Session, col, select

from bot.delivery.outbox import (
    CopyMessage,
    EditText,
    ReactTo,
    SendText,
    ShowTopic,
    to_citizen,
    to_desk,
)
from bot.desk import cards
from bot.messages import Kind, OfficerSaid
from bot.storage.tables import (
    LIVE,
    Author,
    Conversation,
    Desk,
    Event,
    Job,
    JobKind,
    Message,
    Ticket,
    TicketState,
)
from bot.wording.render import render
from bot.wording.split import TEXT_LIMIT, visible_length

LAND_DESK = "dat-dai"
SENDABLE = (Kind.PHOTO, Kind.VOICE, Kind.VIDEO, Kind.DOCUMENT)
CAPTION_LIMIT = 1024  # telegram.constants.MessageLimit.CAPTION_LENGTH
ATTACHED_LINES = 5  # as many as the citizen is shown
ATTACH_WITHIN = timedelta(hours=1)  # what a citizen said before belongs to the same question

# Asked with every message: built once.
FIND_OPEN = (
    select(Ticket)
    .where(
        Ticket.conversation_id == bindparam("conversation"),
        col(Ticket.state).in_((TicketState.PENDING, *LIVE)),
    )
    .order_by(col(Ticket.id).desc())
    .limit(1)
)


class Reason(StrEnum):
    """Why the bot did not answer; the word for people stands in the template."""

    NO_MATCH = "no_match"
    UNSURE = "unsure"
    NOT_RIGHT = "not_right"
    ASKED_FOR = "asked_for"


@dataclass(frozen=True)
class Guess:
    """A procedure that the question may be about."""

    id: str
    title: str
    score: float


def get_desk(session: Session, slug: str = LAND_DESK) -> Desk:
    """The desk of this name; made unbound when it is not there yet."""
    desk = session.exec(select(Desk).where(Desk.slug == slug)).one_or_none()
    if desk is None:
        desk = Desk(slug=slug)
        session.add(desk)
        session.flush()
    return desk


def bind(session: Session, group_id: int, *, now: datetime, slug: str = LAND_DESK) -> Desk:
    """From now on this group is the desk; waiting tickets go there.

    The id that the group had before Telegram moved it (as it may still stand in `.env`) changes nothing.
    """
    desk = get_desk(session, slug)
    if group_id not in (desk.group_chat_id, desk.moved_from):
        desk.group_chat_id = group_id
        desk.bound_at = now
        # Topics of another group are no topics of this one: they are opened again when needed.
        session.execute(update(Ticket).where(col(Ticket.desk_id) == desk.id).values(topic_id=None))
        session.add(Event(kind="desk_bound", at=now, subject=slug))
    return desk


def move_group(session: Session, old_id: int, new_id: int) -> None:
    """The same group under another id (a supergroup now); its topics live on."""
    desk = session.exec(select(Desk).where(Desk.group_chat_id == old_id)).one_or_none()
    if desk is not None:
        desk.group_chat_id = new_id
        desk.moved_from = old_id


def find_open(session: Session, conversation: Conversation) -> Ticket | None:
    """The ticket that is pending, waiting or held; a conversation has at most one."""
    return session.exec(FIND_OPEN, params={"conversation": conversation.id}).one_or_none()


def find_reopenable(
    session: Session, conversation: Conversation, *, now: datetime, within: timedelta
) -> Ticket | None:
    """The last ticket, if it was closed not long ago."""
    last = session.exec(
        select(Ticket)
        .where(Ticket.conversation_id == conversation.id)
        .order_by(col(Ticket.id).desc())
        .limit(1)
    ).one_or_none()
    is_recent = last is not None and last.closed_at is not None and now - last.closed_at <= within
    return last if last is not None and last.state == TicketState.CLOSED and is_recent else None


def list_tickets(session: Session, conversation: Conversation, *, limit: int = 3) -> list[Ticket]:
    """The newest first, without those that the citizen stopped."""
    return list(
        session.exec(
            select(Ticket)
            .where(
                Ticket.conversation_id == conversation.id,
                Ticket.state != TicketState.CANCELLED,
            )
            .order_by(col(Ticket.id).desc())
            .limit(limit)
        )
    )


def propose(
    session: Session,
    conversation: Conversation,
    *,
    question: str,
    guesses: Sequence[Guess],
    reason: Reason,
    subject: str = "",
    commune: str = "",
    media_from: int | None = None,
    grace: timedelta,
    now: datetime,
) -> Ticket:
    """A ticket that goes out by itself after the grace period, unless the citizen stops it.

    With it go the citizen's lines of the last hour, and photos or voice notes only when the citizen
    asked for that: those from the message `media_from` on.
    """
    ticket = Ticket(
        conversation_id=conversation.id,
        desk_id=get_desk(session).id,
        state=TicketState.PENDING,
        question=question,
        guesses=[{"id": g.id, "title": g.title, "score": round(g.score, 2)} for g in guesses],
        reason=reason,
        subject=subject,
        commune=commune,
        created_at=now,
    )
    session.add(ticket)
    session.flush()
    _attach_lines(session, ticket, now)
    if media_from is not None:
        attach_media(session, ticket, media_from, now=now)
    session.add(Job(kind=JobKind.SEND_TICKET, subject_id=ticket.id, due_at=now + grace))
    session.add(_event("proposed", ticket, now, reason=reason))
    return ticket


def _attach_lines(session: Session, ticket: Ticket, now: datetime) -> None:
    """What the citizen wrote shortly before; commands are no words to anybody."""
    session.flush()
    lines = session.exec(
        select(Message)
        .where(
            Message.conversation_id == ticket.conversation_id,
            col(Message.ticket_id).is_(None),
            Message.kind == Kind.TEXT,
            ~col(Message.text).startswith("/"),
            col(Message.at) >= now - ATTACH_WITHIN,
        )
        .order_by(col(Message.id).desc())
        .limit(ATTACHED_LINES)
    ).all()
    for line in lines:
        line.ticket_id = ticket.id


def attach_media(session: Session, ticket: Ticket, first: int, *, now: datetime) -> None:
    """The photos, voice notes or files that the citizen wants to be seen; an album is several."""
    session.execute(
        update(Message)
        .where(
            col(Message.conversation_id) == ticket.conversation_id,
            col(Message.ticket_id).is_(None),
            col(Message.kind).in_(SENDABLE),
            col(Message.telegram_id) >= first,
            col(Message.at) >= now - ATTACH_WITHIN,
        )
        .values(ticket_id=ticket.id)
    )


def add_to_pending(
    session: Session, ticket: Ticket, message: Message, *, grace: timedelta, now: datetime
) -> None:
    """Another line of the same question, before it went out; the grace period starts anew."""
    message.ticket_id = ticket.id
    add_question(ticket, message.text)
    session.execute(
        update(Job)
        .where(col(Job.subject_id) == ticket.id, col(Job.kind) == JobKind.SEND_TICKET)
        .values(due_at=now + grace)
    )


def add_question(ticket: Ticket, text: str) -> None:
    """Adds a line to what the desk will read, unless it is there already."""
    lines = ticket.question.split("\n") if ticket.question else []
    if text and text not in lines:
        ticket.question = "\n".join((*lines, text))


def send(session: Session, ticket: Ticket, *, now: datetime) -> bool:
    """Hands a pending ticket to the desk; false when it is not pending any more."""
    if not _move(session, ticket, TicketState.PENDING, TicketState.WAITING):
        return False
    ticket.opened_at = now
    _attach_lines(session, ticket, now)
    conversation = _conversation(session, ticket)
    is_bound = get_desk(session).group_chat_id is not None
    to_desk(session, ticket, cards.ticket_card(session, ticket, now=now), now=now)
    for message in _messages(session, ticket):
        if message.kind != Kind.TEXT or len(message.text) > cards.LINE_LIMIT:
            relay(session, ticket, message, now=now)  # the card shows only the beginning of it
    words = render("citizen/handed_over.html", ticket=ticket, bound=is_bound)
    to_citizen(session, conversation, SendText(words), now=now, ticket=ticket)
    session.add(_event("handed_over", ticket, now))
    return True


def cancel(session: Session, ticket: Ticket, *, now: datetime, why: str) -> bool:
    """Stops a pending ticket; false when it already went out."""
    if not _move(session, ticket, TicketState.PENDING, TicketState.CANCELLED):
        return False
    ticket.closed_at = now
    # What was said belongs to no ticket again: a later one may need it.
    session.execute(
        update(Message).where(col(Message.ticket_id) == ticket.id).values(ticket_id=None)
    )
    session.add(_event("cancelled", ticket, now, why=why))
    return True


def send_anyway(session: Session, ticket: Ticket, *, now: datetime) -> bool:
    """A question that was stopped goes to the desk after all; false when it was not stopped."""
    if not _move(session, ticket, TicketState.CANCELLED, TicketState.PENDING):
        return False
    ticket.closed_at = None
    return send(session, ticket, now=now)


def relay(session: Session, ticket: Ticket, message: Message, *, now: datetime) -> None:
    """The citizen's message, as it is, into the topic; without the citizen's name."""
    message.ticket_id = ticket.id
    session.flush()  # the row that carries it over names it
    conversation = _conversation(session, ticket)
    if message.telegram_id is None:
        return
    copy = CopyMessage(conversation.chat_id, message.telegram_id)
    to_desk(session, ticket, copy, now=now, message=message)


def note(
    session: Session,
    ticket: Ticket,
    template: str,
    *,
    now: datetime,
    message: Message | None = None,
    **data: object,
) -> None:
    """A line of the bot's own in the topic; with `message` it tells a citizen's words."""
    words = render(f"desk/{template}.html", ticket=ticket, **data)
    to_desk(session, ticket, SendText(words), now=now, message=message)


def claim(session: Session, ticket: Ticket, officer_id: int, *, now: datetime) -> bool:
    """The officer holds the ticket from now on; false when another one was first."""
    if not _move(session, ticket, TicketState.WAITING, TicketState.HELD):
        return False
    ticket.holder_id = officer_id
    ticket.claimed_at = now
    _refresh_card(session, ticket, now)
    session.add(_event("claimed", ticket, now))
    return True


def reply(session: Session, ticket: Ticket, said: OfficerSaid, message: Message) -> None:
    """The officer's words to the citizen; the mark "sent" follows when they have arrived."""
    conversation = _conversation(session, ticket)
    if ticket.state == TicketState.WAITING:
        claim(session, ticket, said.officer_id, now=said.at)
    ticket.first_reply_at = ticket.first_reply_at or said.at
    words = _reply_words(ticket, message)
    last: SendText | CopyMessage = SendText(words)
    if said.kind in SENDABLE and visible_length(words) <= CAPTION_LIMIT:
        last = CopyMessage(said.group_id, said.telegram_id, caption=words)
    elif said.kind is not Kind.TEXT:
        to_citizen(session, conversation, last, now=said.at, ticket=ticket)
        last = CopyMessage(said.group_id, said.telegram_id, caption="")
    to_citizen(session, conversation, last, now=said.at, ticket=ticket, message=message)
    session.add(_event("officer_replied", ticket, said.at))


def correct_reply(
    session: Session, ticket: Ticket, message: Message, text: str, *, now: datetime
) -> None:
    """The officer edited a reply: the citizen's copy follows, or the officer is told that it cannot."""
    before, message.text = _reply_words(ticket, message), text
    words = _reply_words(ticket, message)
    is_one_message = max(map(visible_length, (before, words))) <= TEXT_LIMIT
    if message.kind != Kind.TEXT or not is_one_message:
        note(session, ticket, "edit_not_sent", now=now)
    elif message.telegram_id is None:
        message.corrected = True
    else:
        edit = EditText(message.telegram_id, words)
        to_citizen(session, _conversation(session, ticket), edit, now=now, ticket=ticket)


def _reply_words(ticket: Ticket, message: Message) -> str:
    return render("citizen/officer_reply.html", ticket=ticket, text=message.text, kind=message.kind)


def close(session: Session, ticket: Ticket, *, now: datetime) -> bool:
    """Ends the ticket, thanks the citizen, shuts the topic; false when it was not open."""
    if ticket.state not in LIVE:
        return False
    ticket.state = TicketState.CLOSED
    ticket.closed_at = now
    conversation = _conversation(session, ticket)
    words = render("citizen/closed.html", ticket=ticket)
    keyboard = cards.closed_keyboard(ticket)
    to_citizen(session, conversation, SendText(words, keyboard), now=now, ticket=ticket)
    note(session, ticket, "closed", now=now)
    _refresh_card(session, ticket, now)
    session.add(_event("closed", ticket, now))
    session.flush()  # the citizen's next message may be handled in the same transaction
    return True


def reopen(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """A closed ticket waits again, in its old topic, for whoever is free."""
    ticket.state = TicketState.WAITING
    ticket.closed_at = None
    ticket.holder_id = None
    _refresh_card(session, ticket, now)
    note(session, ticket, "reopened", now=now)
    session.add(_event("reopened", ticket, now))
    session.flush()


def show_topic(ticket: Ticket) -> ShowTopic:
    return ShowTopic(cards.topic_name(ticket), closed=ticket.state == TicketState.CLOSED)


def delivered(session: Session, message: Message, ticket: Ticket, *, now: datetime) -> None:
    """Tells the one who wrote it, and only now, that a message arrived on the other side."""
    if message.author == Author.OFFICER and message.desk_telegram_id:
        to_desk(session, ticket, ReactTo(message.desk_telegram_id), now=now)
        if message.corrected:
            message.corrected = False
            correct_reply(session, ticket, message, message.text, now=now)
    elif ticket.state == TicketState.WAITING and message.telegram_id:
        conversation = _conversation(session, ticket)
        to_citizen(session, conversation, ReactTo(message.telegram_id), now=now, ticket=ticket)


def not_delivered(
    session: Session, message: Message, ticket: Ticket, *, reason: str, now: datetime
) -> None:
    """Tells the officer why the citizen did not get it; saves a citizen's words as plain text."""
    if message.author == Author.OFFICER:
        words = render("desk/not_delivered.html", reason=reason)
        to_desk(session, ticket, SendText(words, reply_to=message.desk_telegram_id), now=now)
    else:
        data = {"kind": message.kind, "text": message.text}
        note(session, ticket, "copy_failed", now=now, message=message, **data)


def _move(session: Session, ticket: Ticket, before: TicketState, after: TicketState) -> bool:
    """Compare and swap, so that two officers, or a button and the clock, cannot both win."""
    session.flush()
    result = session.execute(
        update(Ticket)
        .where(col(Ticket.id) == ticket.id, col(Ticket.state) == before)
        .values(state=after)
    )
    session.refresh(ticket)
    return cast("CursorResult[Any]", result).rowcount == 1


def _refresh_card(session: Session, ticket: Ticket, now: datetime) -> None:
    """The card, and the topic's name and state; the topic last, for nothing is edited in a closed one."""
    if ticket.card_telegram_id is not None:
        card = cards.ticket_card(session, ticket, now=now)
        to_desk(
            session, ticket, EditText(ticket.card_telegram_id, card.html, card.keyboard), now=now
        )
    to_desk(session, ticket, show_topic(ticket), now=now)


def list_attached(session: Session, ticket: Ticket) -> Sequence[Message]:
    """What goes along with the question: earlier lines, and what is no text."""
    session.flush()
    asked = ticket.question.split("\n")
    return [m for m in _messages(session, ticket) if m.kind != Kind.TEXT or m.text not in asked]


def _messages(session: Session, ticket: Ticket) -> Sequence[Message]:
    query = select(Message).where(Message.ticket_id == ticket.id).order_by(col(Message.id))
    return session.exec(query).all()


def _conversation(session: Session, ticket: Ticket) -> Conversation:
    return session.get_one(Conversation, ticket.conversation_id)


def _event(kind: str, ticket: Ticket, now: datetime, **data: object) -> Event:
    return Event(
        kind=kind,
        at=now,
        conversation_id=ticket.conversation_id,
        subject=ticket.number,
        data={key: str(value) for key, value in data.items()},
    )
