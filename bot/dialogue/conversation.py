"""What a citizen says becomes a reply, a ticket, or a line in a ticket's topic.

The order of the questions asked here is the product: is an officer there? is it a command? can the
bot answer? can it ask back? else an officer gets it.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import func
from sqlmodel import Session, select

from bot.desk import tickets
from bot.desk.tickets import SENDABLE, Reason
from bot.dialogue import estimate, replies, whereabouts
from bot.dialogue.answers import ask_back, ask_of_what, give_answer
from bot.dialogue.handover import ask_officer, propose, reopens, set_aside
from bot.dialogue.memory import Memory
from bot.dialogue.turn import Policy, Turn, begin, get_conversation, remember_question
from bot.knowledge import Knowledge
from bot.matching.decision import (
    Answer,
    Choices,
    Context,
    Decision,
    Intent,
    NoMatch,
    SmallTalk,
)
from bot.matching.heard import TOGETHER
from bot.matching.understanding import unanswered
from bot.messages import Kind, Reachable, Said, split_command
from bot.storage.tables import LIVE, Author, Message, Ticket, TicketState

SPENT = (Intent.GREETING, Intent.THANKS, Intent.GOODBYE, Intent.YES, Intent.NO)


def hear(session: Session, said: Said, *, knowledge: Knowledge, policy: Policy) -> None:
    """The citizen said something, or edited it."""
    turn = begin(session, said.chat_id, said.received, knowledge, policy)
    if said.edited:
        _hear_edit(turn, said)
        return
    # What this turn wrote so far does not bear on the question, so it need not be flushed for it.
    with session.no_autoflush:
        ticket = tickets.find_open(session, turn.conversation)
    _answer(turn, said, _record(turn, said), ticket)


def reachable(session: Session, change: Reachable) -> None:
    """The citizen blocked the bot or came back; a ticket's topic is told."""
    conversation = get_conversation(session, change.chat_id, change.at)
    conversation.blocked_at = change.at if change.blocked else None
    ticket = tickets.find_open(session, conversation)
    if change.blocked and ticket is not None and ticket.state in LIVE:
        tickets.note(session, ticket, "unreachable", now=change.at)


def _record(turn: Turn, said: Said) -> Message:
    message = Message(
        conversation_id=turn.conversation.id,
        author=Author.CITIZEN,
        kind=said.kind,
        text=said.text,
        telegram_id=said.telegram_id,
        at=said.at,
        received_at=said.received,
    )
    turn.session.add(message)
    return message


def _answer(turn: Turn, said: Said, message: Message, ticket: Ticket | None) -> None:
    command, _ = split_command(said.text)
    if command == "/trangthai":
        _say_status(turn)
    elif ticket is not None and ticket.state == TicketState.HELD:
        tickets.relay(turn.session, ticket, message, now=turn.now)
    elif command:
        _obey(turn, command, ticket)
    elif said.kind is not Kind.TEXT and not said.text:
        _hear_other(turn, said, ticket, message)
    elif ticket is not None or not _is_side_talk(turn, said.text):
        _hear_words(turn, said.text, message, ticket)


def _is_side_talk(turn: Turn, text: str) -> bool:
    """An answer to something that we asked: a sum for the estimate, the name of a commune."""
    return estimate.hear(turn, text) or whereabouts.notice(turn, text)


def _obey(turn: Turn, command: str, ticket: Ticket | None) -> None:
    match command:
        case "/start":
            turn.keep(**msgspec.structs.asdict(Memory()))
            turn.say(replies.start())
        case "/help":
            turn.say(replies.plain("help"))
        case "/linhvuc":
            turn.say(replies.browse("", 0, turn.knowledge.catalogue))
        case "/duongday":
            turn.say(replies.plain("hotlines", offices=turn.knowledge.places.offices))
        case "/canbo":
            ask_officer(turn, Reason.ASKED_FOR)
        case "/huy":
            _give_up(turn, ticket)
        case _:
            turn.say(replies.plain("unknown_command"))


def _give_up(turn: Turn, ticket: Ticket | None) -> None:
    was_estimating = turn.memory.estimating is not None
    turn.keep(**msgspec.structs.asdict(Memory()))
    if ticket is None:
        turn.say(replies.plain("stopped" if was_estimating else "nothing_open"))
    elif tickets.cancel(turn.session, ticket, now=turn.now, why="citizen"):
        turn.say(replies.plain("cancelled"))
    else:
        turn.say(replies.plain("too_late", ticket=ticket))


def _hear_words(turn: Turn, text: str, message: Message, ticket: Ticket | None) -> None:
    context = turn.memory.context(message.at)
    decision = turn.knowledge.understand(text, context)
    text = _note_unanswered(turn, text, decision, context, message)
    if ticket is not None and ticket.state == TicketState.WAITING:
        _hear_while_waiting(turn, text, decision, message, ticket)
        return
    match decision:
        case SmallTalk():
            _small_talk(turn, decision.intent, ticket)
        case _ if turn.memory.wants_officer and ticket is None:
            remember_question(turn, text, decision)
            propose(turn, text, decision, Reason.ASKED_FOR)
        case Answer():
            give_answer(turn, text, decision)
            set_aside(turn)
        case NoMatch() if ticket is not None:
            tickets.add_to_pending(
                turn.session, ticket, message, grace=turn.policy.grace, now=turn.now
            )
            turn.say(replies.plain("added", ticket=ticket))
        case Choices() | NoMatch() if ticket is None and reopens(turn, message, decision):
            return
        case NoMatch(of_what=True):
            ask_of_what(turn, text, decision)
        case Choices():
            # A pending ticket stays: it goes out unless one of the choices is the right one.
            ask_back(turn, text, decision)
        case NoMatch():
            remember_question(turn, text, decision)
            propose(turn, text, decision, Reason.NO_MATCH)


def _note_unanswered(
    turn: Turn, text: str, decision: Decision, context: Context, message: Message
) -> str:
    """What is asked, whole: the messages of one question as one, kept until it is answered."""
    if not isinstance(decision, Choices | NoMatch):
        return text
    whole = unanswered(context, text, decision)
    turn.keep(unanswered=whole, unanswered_at=message.at)
    return whole if TOGETHER in decision.why else text


def _hear_while_waiting(
    turn: Turn, text: str, decision: Decision, message: Message, ticket: Ticket
) -> None:
    """The desk has it, nobody took it yet: the topic gets every word; the bot helps where it is sure."""
    if isinstance(decision, SmallTalk) and decision.intent in SPENT:
        turn.say(replies.small_talk(decision.intent))
        return
    tickets.relay(turn.session, ticket, message, now=turn.now)
    if isinstance(decision, Answer):
        give_answer(turn, text, decision)
        title = turn.knowledge.catalogue.procedures[decision.procedure].title
        tickets.note(turn.session, ticket, "bot_answered", now=turn.now, title=title)


def _small_talk(turn: Turn, intent: Intent, ticket: Ticket | None) -> None:
    match intent:
        case Intent.OFFICER:
            ask_officer(turn, Reason.ASKED_FOR)
        case Intent.STATUS:
            _say_status(turn)
        case Intent.YES if ticket is not None:
            tickets.send(turn.session, ticket, now=turn.now)
        case Intent.NO if ticket is not None:
            _give_up(turn, ticket)
        case _:
            turn.say(replies.small_talk(intent))


def _say_status(turn: Turn) -> None:
    found = tickets.list_tickets(turn.session, turn.conversation)
    turn.say(replies.plain("status", tickets=found))


def _hear_other(turn: Turn, said: Said, ticket: Ticket | None, message: Message) -> None:
    """Voice, photo, sticker …: to the desk where a ticket is there, else a defined answer."""
    if ticket is not None and ticket.state in LIVE and said.kind in SENDABLE:
        tickets.relay(turn.session, ticket, message, now=turn.now)
    elif not said.album or said.album != turn.memory.album:
        turn.keep(album=said.album)
        turn.say(replies.other_kind(said.kind, said.telegram_id))


def _hear_edit(turn: Turn, said: Said) -> None:
    """An edited question is asked again; an edited line of a ticket is told to the desk."""
    message = turn.session.exec(
        select(Message)
        .where(
            Message.conversation_id == turn.conversation.id,
            Message.telegram_id == said.telegram_id,
            Message.author == Author.CITIZEN,
        )
        .limit(1)
    ).one_or_none()
    if message is None or message.text == said.text:
        return
    message.text = said.text
    ticket = tickets.find_open(turn.session, turn.conversation)
    if ticket is not None and ticket.state in LIVE:
        tickets.note(
            turn.session, ticket, "citizen_edited", now=turn.now, text=said.text, message=message
        )
    elif _is_last(turn, message):
        if ticket is not None:
            tickets.cancel(turn.session, ticket, now=turn.now, why="edited")
        turn.keep(unanswered="")
        _hear_words(turn, said.text, message, None)


def _is_last(turn: Turn, message: Message) -> bool:
    newest = select(func.max(Message.id)).where(
        Message.conversation_id == turn.conversation.id, Message.author == Author.CITIZEN
    )
    return turn.session.exec(newest).one() == message.id
