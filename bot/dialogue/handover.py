"""From the bot to an officer: shown to the citizen first, never lost, opened again when it was closed."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import col, select

from bot.desk import tickets
from bot.desk.tickets import Guess, Reason
from bot.dialogue import replies
from bot.dialogue.turn import Matched, Turn
from bot.dialogue.whereabouts import my_commune
from bot.messages import Kind
from bot.storage.tables import LIVE, Message, Ticket

GUESSES = 3


def ask_officer(turn: Turn, reason: Reason) -> None:
    """Proposes the last question to the desk; asks for one when there is none."""
    ticket = tickets.find_open(turn.session, turn.conversation)
    if ticket is not None and ticket.state in LIVE:
        turn.edits = None
        turn.say(replies.plain("too_late", ticket=ticket))
        return
    if ticket is not None:
        tickets.add_question(ticket, turn.memory.question)
        tickets.send(turn.session, ticket, now=turn.now)
        return
    if not turn.memory.question and not _has_unsent(turn):
        turn.edits = None
        turn.keep(wants_officer=True)
        turn.say(replies.plain("empty_question"))
        return
    guesses = turn.memory.candidates[:GUESSES]
    _open_proposal(
        turn, turn.memory.question, [Guess(i, _title(turn, i), 0.0) for i in guesses], reason
    )


def _has_unsent(turn: Turn) -> bool:
    """A voice note or photo that nobody has seen yet."""
    unsent = select(func.count()).where(
        col(Message.conversation_id) == turn.conversation.id,
        col(Message.ticket_id).is_(None),
        col(Message.kind) != Kind.TEXT,
        col(Message.at) >= turn.now - tickets.ATTACH_WITHIN,
    )
    return bool(turn.session.exec(unsent).one())


def _title(turn: Turn, procedure: str) -> str:
    found = turn.knowledge.find(procedure)
    return found.title if found else procedure


def propose(turn: Turn, text: str, decision: Matched, reason: Reason) -> None:
    guesses = [Guess(c.id, c.title, c.score) for c in decision.candidates[:GUESSES]]
    _open_proposal(turn, text, guesses, reason)


def _open_proposal(turn: Turn, question: str, guesses: list[Guess], reason: Reason) -> None:
    ticket = tickets.propose(
        turn.session,
        turn.conversation,
        question=question,
        guesses=guesses,
        reason=reason,
        commune=my_commune(turn),
        grace=turn.policy.grace,
        now=turn.now,
    )
    turn.keep(clarifications=0, offered=())
    turn.edits = None
    turn.say(
        replies.proposal(
            ticket,
            reason=reason,
            bound=tickets.get_desk(turn.session).group_chat_id is not None,
            earlier=tickets.count_messages(turn.session, ticket) - 1,
            grace=turn.policy.grace,
            offers=tuple(guess.id for guess in guesses),
            catalogue=turn.knowledge.catalogue,
        )
    )


def reopens(turn: Turn, message: Message) -> bool:
    """A message that the bot cannot answer, soon after closing, belongs to the closed ticket."""
    ticket = tickets.find_reopenable(
        turn.session, turn.conversation, now=turn.now, within=turn.policy.reopen_within
    )
    if ticket is None:
        return False
    reopen(turn, ticket)
    tickets.relay(turn.session, ticket, message, now=turn.now)
    return True


def reopen(turn: Turn, ticket: Ticket) -> None:
    tickets.reopen(turn.session, ticket, now=turn.now)
    turn.say(replies.plain("reopened", ticket=ticket))
