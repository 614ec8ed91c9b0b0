"""What officers do in their group: reply, note, take, send a card, close, bind.

Private by default: only a reply to the citizen's words, /gui or a button leaves the topic.
"""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlmodel import Session, col, select

from bot.delivery.outbox import SendText, to_citizen
from bot.desk import tickets
from bot.knowledge import Knowledge
from bot.messages import Kind, OfficerPressed, OfficerSaid, split_command
from bot.storage.tables import (
    LIVE,
    Audience,
    Author,
    Conversation,
    Desk,
    Message,
    Outbox,
    Ticket,
    TicketState,
)
from bot.wording import buttons
from bot.wording.render import render


def hear(session: Session, said: OfficerSaid, *, bind_code: str) -> str:
    """Somebody wrote in a group; returns what to answer there at once, or nothing."""
    command, rest = split_command(said.text)
    if command == "/gannhom":
        return _bind(session, said, rest.strip(), bind_code)
    ticket = _ticket_of(session, said.group_id, said.topic_id)
    if ticket is None:
        return ""
    if said.edited:
        _hear_edit(session, ticket, said, rest if command == "/gui" else said.text)
    elif command == "/dong":
        return "" if tickets.close(session, ticket, now=said.at) else render("desk/not_open.txt")
    elif command == "/gui":
        _reply(session, ticket, said, rest.strip())
    elif _is_to_citizen(session, ticket, said):
        _reply(session, ticket, said, said.text)
    else:
        _keep_internal(session, ticket, said)
    return ""


def press(session: Session, pressed: OfficerPressed, *, knowledge: Knowledge) -> str:
    """An officer pressed a button; returns the notice that only this officer sees."""
    ticket = _ticket_of(session, pressed.group_id, pressed.topic_id)
    meaning = pressed.press
    if ticket is None or getattr(meaning, "ticket", None) != ticket.id:
        return render("desk/not_open.txt")
    match meaning:
        case buttons.ClaimTicket():
            taken = tickets.claim(session, ticket, pressed.officer_id, now=pressed.at)
            if ticket.state not in (TicketState.HELD, TicketState.WAITING):
                return render("desk/not_open.txt")
            return render("desk/claimed.txt" if taken else "desk/taken.txt", ticket=ticket)
        case buttons.SendCard(_, procedure):
            return _send_card(session, ticket, procedure, knowledge, pressed.at)
        case buttons.CloseTicket():
            return (
                ""
                if tickets.close(session, ticket, now=pressed.at)
                else render("desk/not_open.txt")
            )
        case _:
            return render("desk/not_open.txt")


def _bind(session: Session, said: OfficerSaid, given: str, code: str) -> str:
    if not code or not hmac.compare_digest(given.encode(), code.encode()):
        return render("desk/wrong_code.html")
    tickets.bind(session, said.group_id, now=said.at)
    return render("desk/bound.html")


def _ticket_of(session: Session, group_id: int, topic_id: int | None) -> Ticket | None:
    """The ticket that lives in this topic of this desk's group."""
    if topic_id is None:
        return None
    return session.exec(
        select(Ticket).join(Desk).where(Desk.group_chat_id == group_id, Ticket.topic_id == topic_id)
    ).one_or_none()


def _is_to_citizen(session: Session, ticket: Ticket, said: OfficerSaid) -> bool:
    """A reply to the card or to one of the citizen's messages, and to nothing else."""
    if said.reply_to is None:
        return False
    if said.reply_to == ticket.card_telegram_id:
        return True
    found = session.exec(
        select(Message.author)
        .join(Outbox, col(Outbox.message_id) == Message.id)
        .where(
            Outbox.ticket_id == ticket.id,
            Outbox.audience == Audience.DESK,
            Outbox.telegram_id == said.reply_to,
        )
    ).first()
    return found == Author.CITIZEN


def _reply(session: Session, ticket: Ticket, said: OfficerSaid, text: str) -> None:
    if not text and said.kind is Kind.TEXT:
        return
    message = _record(session, ticket, said, text)
    tickets.reply(session, ticket, said, message)


def _keep_internal(session: Session, ticket: Ticket, said: OfficerSaid) -> None:
    """An internal note stays in the group; the rule is told once a ticket, and to every stray reply."""
    if ticket.internal_hint_at is None or said.reply_to is not None:
        ticket.internal_hint_at = said.at
        tickets.note(session, ticket, "internal_hint", now=said.at)


def _hear_edit(session: Session, ticket: Ticket, said: OfficerSaid, text: str) -> None:
    message = session.exec(
        select(Message).where(
            Message.ticket_id == ticket.id,
            Message.desk_telegram_id == said.telegram_id,
            Message.author == Author.OFFICER,
        )
    ).first()
    if message is not None:
        tickets.correct_reply(session, ticket, message, text, now=said.at)


def _record(session: Session, ticket: Ticket, said: OfficerSaid, text: str) -> Message:
    message = Message(
        conversation_id=ticket.conversation_id,
        ticket_id=ticket.id,
        author=Author.OFFICER,
        kind=said.kind,
        text=text,
        desk_telegram_id=said.telegram_id,
        at=said.at,
        received_at=said.at,
    )
    session.add(message)
    session.flush()
    return message


def _send_card(
    session: Session, ticket: Ticket, procedure_id: str, knowledge: Knowledge, now: datetime
) -> str:
    procedure = knowledge.find(procedure_id)
    conversation = session.get(Conversation, ticket.conversation_id)
    if procedure is None or conversation is None or ticket.state not in LIVE:
        return render("desk/not_open.txt")
    shown = knowledge.card(procedure)
    header = SendText(render("citizen/officer_card.html", ticket=ticket))
    to_citizen(
        session, conversation, header, SendText(shown.html, shown.keyboard), now=now, ticket=ticket
    )
    tickets.note(session, ticket, "card_sent", now=now, title=procedure.title)
    return ""
