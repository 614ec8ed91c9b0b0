"""What officers see of a ticket: the pinned card, the topic's name, the buttons."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from bot.delivery.outbox import SendText
from bot.storage.tables import LIVE, Author, Message, Ticket, TicketState
from bot.wording.buttons import (
    Button,
    ClaimTicket,
    CloseTicket,
    Keyboard,
    NotSettled,
    Row,
    SendCard,
    Settled,
    button,
    encode,
)
from bot.wording.render import label, render

TRANSCRIPT_LINES = 8
LINE_LIMIT = 300  # characters of one line in the transcript; the message itself is relayed whole
QUESTION_LIMIT = 1500  # so that the card stays one message
TOPIC_NAME_LIMIT = 128  # telegram.constants.ForumTopicLimit.MAX_NAME_LENGTH
CARD_BUTTONS = 2
LABEL_LIMIT = 40


def ticket_card(session: Session, ticket: Ticket, *, now: datetime) -> SendText:
    """The first message of a topic; pinned. A reply to it goes to the citizen."""
    lines = session.exec(
        select(Message)
        .where(Message.ticket_id == ticket.id, Message.author == Author.CITIZEN)
        .order_by(col(Message.id).desc())
        .limit(TRANSCRIPT_LINES)
    ).all()
    html = render(
        "desk/card.html",
        ticket=ticket,
        question=ticket.question[:QUESTION_LIMIT],
        lines=[line.text[:LINE_LIMIT] or f"[{line.kind}]" for line in reversed(lines)],
        now=now,
    )
    return SendText(html, ticket_keyboard(ticket), pin=True)


def ticket_keyboard(ticket: Ticket) -> Keyboard:
    if ticket.state not in LIVE:
        return ()
    rows: list[Row] = []
    if ticket.state == TicketState.WAITING:
        rows.append((button(label("claim"), ClaimTicket(ticket.id)),))
    for guess in ticket.guesses[:CARD_BUTTONS]:
        data = encode(SendCard(ticket.id, guess["id"]))
        rows.append((Button((label("send_card") + guess["title"])[:LABEL_LIMIT], data),))
    rows.append((button(label("close_ticket"), CloseTicket(ticket.id)),))
    return tuple(rows)


def closed_keyboard(ticket: Ticket) -> Keyboard:
    """Is it settled? The citizen says."""
    return (
        (
            button(label("settled"), Settled(ticket.id)),
            button(label("not_settled"), NotSettled(ticket.id)),
        ),
    )


def topic_name(ticket: Ticket) -> str:
    """State, number, subject; never a person's name."""
    return render("desk/topic_name.txt", ticket=ticket)[:TOPIC_NAME_LIMIT]
