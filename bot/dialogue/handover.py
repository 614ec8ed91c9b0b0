"""From the bot to an officer: shown to the citizen first, never lost, opened again when it was closed."""

from __future__ import annotations

from datetime import timedelta

from bot.desk import tickets
from bot.desk.tickets import Guess, Reason
from bot.dialogue import replies
from bot.dialogue.turn import Matched, Turn
from bot.dialogue.whereabouts import my_commune
from bot.matching.decision import Choices, NoMatch
from bot.storage.tables import LIVE, Message, Ticket, TicketState
from bot.wording.buttons import SendAnyway, button
from bot.wording.render import label

GUESSES = 3
STILL_TALKING = timedelta(hours=12)
SURE_SUBJECT = 0.5  # a guess below this would name a topic wrongly


def ask_officer(turn: Turn, reason: Reason, *, media_from: int | None = None) -> None:
    """Proposes the last question to the desk; asks for one when there is none."""
    turn.edits = None
    ticket = tickets.find_open(turn.session, turn.conversation)
    if ticket is not None and ticket.state in LIVE:
        turn.say(replies.plain("too_late", ticket=ticket))
    elif ticket is not None:
        tickets.add_question(ticket, _open_question(turn))
        if media_from is not None:
            tickets.attach_media(turn.session, ticket, media_from, now=turn.now)
        tickets.send(turn.session, ticket, now=turn.now)
    elif not _open_question(turn) and media_from is None:
        turn.keep(wants_officer=True)
        turn.say(replies.plain("empty_question"))
    else:
        ids = dict.fromkeys(filter(None, (turn.memory.procedure, *turn.memory.candidates)))
        guesses = [Guess(i, _title(turn, i), 0.0) for i in [*ids][:GUESSES]]
        subject = _title(turn, turn.memory.procedure) if turn.memory.procedure else ""
        _open_proposal(
            turn, _open_question(turn), guesses, reason, subject=subject, media_from=media_from
        )


def propose(turn: Turn, text: str, decision: Matched, reason: Reason) -> None:
    """Proposes a question that was just read."""
    guesses = [Guess(c.id, c.title, c.score) for c in decision.candidates[:GUESSES]]
    is_sure = guesses and guesses[0].score >= SURE_SUBJECT
    matter = decision.elsewhere if isinstance(decision, NoMatch) else ""
    subject = matter or (guesses[0].title if is_sure else "")
    told = turn.knowledge.tell(matter)
    _open_proposal(turn, text, guesses, reason, subject=subject, matter=told)


def set_aside(turn: Turn) -> None:
    """The bot had an answer: what was about to go to the desk stays, unless the citizen wants it sent."""
    ticket = tickets.find_open(turn.session, turn.conversation)
    if ticket is None or not tickets.cancel(turn.session, ticket, now=turn.now, why="answered"):
        return
    rows = ((button(label("send_anyway"), SendAnyway(ticket.id)),),)
    turn.edits = None
    turn.say(replies.plain("set_aside", rows, question=ticket.question))


def reopens(turn: Turn, message: Message, decision: Choices | NoMatch) -> bool:
    """What the bot cannot answer after a ticket was closed belongs to that ticket.

    Right after closing also what it could ask back about: people were told to just go on writing.
    """
    is_open_end = isinstance(decision, NoMatch)
    within = (
        turn.policy.reopen_within if is_open_end else min(STILL_TALKING, turn.policy.reopen_within)
    )
    ticket = tickets.find_reopenable(turn.session, turn.conversation, now=turn.now, within=within)
    if ticket is None:
        return False
    reopen(turn, ticket)
    tickets.relay(turn.session, ticket, message, now=turn.now)
    return True


def reopen(turn: Turn, ticket: Ticket) -> None:
    """Opens a closed ticket again, unless another one is open already."""
    other = tickets.find_open(turn.session, turn.conversation)
    if other is not None and other.state in LIVE:
        turn.say(replies.plain("too_late", ticket=other))
        return
    tickets.reopen(turn.session, ticket, now=turn.now)
    turn.say(replies.plain("reopened", ticket=ticket))


def _open_question(turn: Turn) -> str:
    """The last question, unless an officer has settled it already."""
    asked = turn.memory.question
    settled = tickets.list_tickets(turn.session, turn.conversation, limit=1)
    is_settled = settled and settled[0].state == TicketState.CLOSED and asked in settled[0].question
    return "" if is_settled else asked


def _title(turn: Turn, procedure: str) -> str:
    found = turn.knowledge.find(procedure)
    return found.title if found else procedure


def _open_proposal(
    turn: Turn,
    question: str,
    guesses: list[Guess],
    reason: Reason,
    *,
    subject: str,
    matter: str = "",
    media_from: int | None = None,
) -> None:
    ticket = tickets.propose(
        turn.session,
        turn.conversation,
        question=question,
        guesses=guesses,
        reason=reason,
        subject=subject,
        commune=my_commune(turn),
        media_from=media_from,
        grace=turn.policy.grace,
        now=turn.now,
    )
    turn.keep(clarifications=0, pieces=0, ways=(), wants_officer=False)
    turn.edits = None
    turn.say(
        replies.proposal(
            ticket,
            reason=reason,
            matter=matter,
            bound=tickets.get_desk(turn.session).group_chat_id is not None,
            attached=tickets.list_attached(turn.session, ticket),
            grace=turn.policy.grace,
            offers=tuple(guess.id for guess in guesses),
            catalogue=turn.knowledge.catalogue,
        )
    )
