"""One turn of a citizen's conversation: a message or a press comes in, rows for the outbox come out.

The order of the questions asked here is the product: is an officer there? is it a command? can the
bot answer? can it ask back? else an officer gets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.delivery.outbox import EditText, SendText, to_citizen
from bot.desk import tickets
from bot.desk.tickets import Guess, Reason
from bot.dialogue import replies
from bot.dialogue.memory import Memory, recall, remember
from bot.knowledge import Knowledge
from bot.matching.decision import Answer, Choices, Decision, Intent, NoMatch, SmallTalk, understand
from bot.matching.facets import Facet
from bot.messages import Kind, Pressed, Reachable, Said
from bot.storage.tables import (
    LIVE,
    Author,
    Conversation,
    Event,
    Message,
    Ticket,
    TicketState,
)
from bot.wording import buttons
from bot.wording.cards import DO_NOT_KNOW, Reply, card, detail, no_answer
from bot.wording.render import example_questions, render

MAX_CLARIFICATIONS = 2  # then a human: asking a third time drives people away (rasa #7510)
MAX_REJECTIONS = 2  # "Chưa đúng" this often, then a human
GUESSES = 3
Matched = Answer | Choices | NoMatch
SPENT = (Intent.GREETING, Intent.THANKS, Intent.GOODBYE, Intent.YES, Intent.NO)


@dataclass(frozen=True)
class Policy:
    """What the office decides about conversations."""

    grace: timedelta = timedelta(minutes=1)
    reopen_within: timedelta = timedelta(days=7)


@dataclass
class Turn:
    """All that one turn works with."""

    session: Session
    conversation: Conversation
    knowledge: Knowledge
    policy: Policy
    now: datetime
    memory: Memory
    edits: int | None = None  # the message that a press changes in place

    def say(self, reply: Reply) -> None:
        """A new message, or the pressed one changed."""
        delivery: SendText | EditText = SendText(reply.html, reply.keyboard)
        if self.edits is not None:
            delivery = EditText(self.edits, reply.html, reply.keyboard)
            self.edits = None
        to_citizen(self.session, self.conversation, delivery, now=self.now)

    def keep(self, **changes: object) -> None:
        self.memory = msgspec.structs.replace(self.memory, **changes)
        remember(self.conversation, self.memory)

    def note(self, kind: str, subject: str = "", **data: object) -> None:
        self.session.add(
            Event(
                kind=kind,
                at=self.now,
                conversation_id=self.conversation.id,
                subject=subject,
                data=data,
            )
        )


def hear(session: Session, said: Said, *, knowledge: Knowledge, policy: Policy) -> None:
    """The citizen said something, or edited it."""
    turn = _begin(session, said.chat_id, said.at, knowledge, policy)
    if said.edited:
        _hear_edit(turn, said)
        return
    message = _record(turn, said)
    _answer(turn, said, message)


def press(session: Session, pressed: Pressed, *, knowledge: Knowledge, policy: Policy) -> str:
    """The citizen pressed a button; returns the short notice to show over the chat, or nothing."""
    turn = _begin(session, pressed.chat_id, pressed.at, knowledge, policy)
    turn.edits = pressed.telegram_id
    return _pressed(turn, pressed.press)


def reachable(session: Session, change: Reachable) -> None:
    """The citizen blocked the bot or came back; a ticket's topic is told."""
    conversation = _get_conversation(session, change.chat_id, change.at)
    conversation.blocked_at = change.at if change.blocked else None
    ticket = tickets.find_open(session, conversation)
    if change.blocked and ticket is not None and ticket.state in LIVE:
        tickets.note(session, ticket, "unreachable", now=change.at)


def _begin(
    session: Session, chat_id: int, at: datetime, knowledge: Knowledge, policy: Policy
) -> Turn:
    conversation = _get_conversation(session, chat_id, at)
    conversation.last_at = at
    conversation.blocked_at = None
    return Turn(session, conversation, knowledge, policy, at, recall(conversation))


def find_conversation(session: Session, chat_id: int) -> Conversation | None:
    """The conversation of this private chat, locked for this transaction.

    The lock keeps one citizen's messages in order when several processes serve.
    """
    return session.exec(
        select(Conversation).where(Conversation.chat_id == chat_id).with_for_update()
    ).one_or_none()


def _get_conversation(session: Session, chat_id: int, now: datetime) -> Conversation:
    conversation = find_conversation(session, chat_id)
    if conversation is None:
        conversation = Conversation(chat_id=chat_id, created_at=now, last_at=now)
        session.add(conversation)
        session.flush()
    return conversation


def _record(turn: Turn, said: Said) -> Message:
    message = Message(
        conversation_id=turn.conversation.id,
        author=Author.CITIZEN,
        kind=said.kind,
        text=said.text,
        telegram_id=said.telegram_id,
        at=said.at,
    )
    turn.session.add(message)
    turn.session.flush()
    return message


def _answer(turn: Turn, said: Said, message: Message) -> None:
    ticket = tickets.find_open(turn.session, turn.conversation)
    command = said.text.split("@")[0].split()[0] if said.text.startswith("/") else ""
    if command == "/trangthai":
        _say_status(turn)
    elif ticket is not None and ticket.state == TicketState.HELD:
        tickets.relay(turn.session, ticket, message, now=turn.now)
    elif command:
        _obey(turn, command, ticket)
    elif said.kind is Kind.TEXT or said.text:
        _hear_words(turn, said.text, message, ticket)
    else:
        _hear_other(turn, said, message, ticket)


def _obey(turn: Turn, command: str, ticket: Ticket | None) -> None:
    match command:
        case "/start":
            turn.keep(**msgspec.structs.asdict(Memory()))
            turn.say(replies.start())
        case "/help":
            turn.say(replies.plain("help"))
        case "/linhvuc":
            turn.say(replies.browse("", 0, turn.knowledge.catalogue))
        case "/canbo":
            _ask_officer(turn, Reason.ASKED_FOR)
        case "/huy":
            _give_up(turn, ticket)
        case _:
            turn.say(replies.plain("unknown_command"))


def _give_up(turn: Turn, ticket: Ticket | None) -> None:
    turn.keep(**msgspec.structs.asdict(Memory()))
    if ticket is None:
        turn.say(replies.plain("nothing_open"))
    elif tickets.cancel(turn.session, ticket, now=turn.now, why="citizen"):
        turn.say(replies.plain("cancelled"))
    else:
        turn.say(replies.plain("too_late", ticket=ticket))


def _hear_words(turn: Turn, text: str, message: Message, ticket: Ticket | None) -> None:
    decision = understand(text, index=turn.knowledge.index, context=turn.memory.context())
    if ticket is not None and ticket.state == TicketState.WAITING:
        _hear_while_waiting(turn, text, decision, message, ticket)
        return
    match decision:
        case SmallTalk():
            _small_talk(turn, decision.intent, ticket)
        case _ if turn.memory.wants_officer and ticket is None:
            _remember_question(turn, text, decision)
            _propose(turn, text, decision, Reason.ASKED_FOR)
        case Answer():
            if ticket is not None:
                tickets.cancel(turn.session, ticket, now=turn.now, why="answered")
            _give_answer(turn, text, decision)
        case NoMatch() if ticket is not None:
            tickets.add_to_pending(
                turn.session, ticket, message, grace=turn.policy.grace, now=turn.now
            )
            turn.say(replies.plain("added", ticket=ticket))
        case _ if _reopens(turn, message):
            return
        case Choices():
            # A pending ticket stays: it goes out unless one of the choices is the right one.
            _ask_back(turn, text, decision)
        case NoMatch():
            _remember_question(turn, text, decision)
            _propose(turn, text, decision, Reason.NO_MATCH)


def _hear_while_waiting(
    turn: Turn, text: str, decision: Decision, message: Message, ticket: Ticket
) -> None:
    """The desk has it, nobody took it yet: the topic gets every word; the bot helps where it is sure."""
    if isinstance(decision, SmallTalk) and decision.intent in SPENT:
        turn.say(replies.small_talk(decision.intent))
        return
    tickets.relay(turn.session, ticket, message, now=turn.now)
    if isinstance(decision, Answer):
        _give_answer(turn, text, decision)
        title = turn.knowledge.catalogue.procedures[decision.procedure].title
        tickets.note(turn.session, ticket, "bot_answered", now=turn.now, title=title)


def _give_answer(turn: Turn, text: str, decision: Answer) -> None:
    same = decision.procedure == turn.memory.procedure
    turn.keep(
        question=text,
        procedure=decision.procedure,
        facets=decision.facets,
        candidates=tuple(c.id for c in decision.candidates),
        offered=(),
        rejected=(),
        clarifications=0,
        options=turn.memory.options if same else (),
    )
    facets = [facet.value for facet in decision.facets]
    turn.note("answered", decision.procedure, facets=facets, confidence=decision.confidence)
    turn.say(replies.answered(decision, turn.knowledge, turn.memory))


def _ask_back(turn: Turn, text: str, decision: Choices) -> None:
    asked = turn.memory.clarifications
    _remember_question(turn, text, decision)
    if asked >= MAX_CLARIFICATIONS and tickets.find_open(turn.session, turn.conversation) is None:
        _propose(turn, text, decision, Reason.UNSURE)
        return
    turn.keep(offered=decision.procedures, facets=decision.facets, clarifications=asked + 1)
    turn.note("asked_back", data=list(decision.procedures))
    turn.say(
        replies.choices(
            decision.procedures, turn.knowledge.catalogue, question=text, again=asked > 0
        )
    )


def _remember_question(turn: Turn, text: str, decision: Matched) -> None:
    turn.keep(
        question=text,
        procedure=None,
        facets=decision.facets,
        candidates=tuple(c.id for c in decision.candidates),
        offered=(),
        rejected=(),
        options=(),
        wants_officer=False,
    )


def _small_talk(turn: Turn, intent: Intent, ticket: Ticket | None) -> None:
    match intent:
        case Intent.OFFICER:
            _ask_officer(turn, Reason.ASKED_FOR)
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


def _reopens(turn: Turn, message: Message) -> bool:
    """A message that the bot cannot answer, soon after closing, belongs to the closed ticket."""
    ticket = tickets.find_reopenable(
        turn.session, turn.conversation, now=turn.now, within=turn.policy.reopen_within
    )
    if ticket is None:
        return False
    _reopen(turn, ticket)
    tickets.relay(turn.session, ticket, message, now=turn.now)
    return True


def _reopen(turn: Turn, ticket: Ticket) -> None:
    tickets.reopen(turn.session, ticket, now=turn.now)
    turn.say(replies.plain("reopened", ticket=ticket))


def _hear_other(turn: Turn, said: Said, message: Message, ticket: Ticket | None) -> None:
    """Voice, photo, sticker …: to the desk where there is a ticket, else a defined answer."""
    if ticket is not None and ticket.state == TicketState.WAITING:
        tickets.relay(turn.session, ticket, message, now=turn.now)
        return
    if said.album and said.album == turn.memory.album:
        if ticket is not None:
            message.ticket_id = ticket.id
        return
    turn.keep(album=said.album)
    if ticket is not None:
        tickets.add_to_pending(turn.session, ticket, message, grace=turn.policy.grace, now=turn.now)
        turn.say(replies.plain("added", ticket=ticket))
        return
    turn.say(replies.other_kind(said.kind))


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
        tickets.note(turn.session, ticket, "citizen_edited", now=turn.now, text=said.text)
    elif _is_last(turn, message):
        if ticket is not None:
            tickets.cancel(turn.session, ticket, now=turn.now, why="edited")
        _hear_words(turn, said.text, message, None)


def _is_last(turn: Turn, message: Message) -> bool:
    newest = select(func.max(Message.id)).where(
        Message.conversation_id == turn.conversation.id, Message.author == Author.CITIZEN
    )
    return turn.session.exec(newest).one() == message.id


def _ask_officer(turn: Turn, reason: Reason) -> None:
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


def _propose(turn: Turn, text: str, decision: Matched, reason: Reason) -> None:
    guesses = [Guess(c.id, c.title, c.score) for c in decision.candidates[:GUESSES]]
    _open_proposal(turn, text, guesses, reason)


def _open_proposal(turn: Turn, question: str, guesses: list[Guess], reason: Reason) -> None:
    ticket = tickets.propose(
        turn.session,
        turn.conversation,
        question=question,
        guesses=guesses,
        reason=reason,
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


def _pressed(turn: Turn, meaning: buttons.AnyPress | None) -> str:  # noqa: C901 - one arm a button
    match meaning:
        case buttons.ShowCard(procedure):
            return _show_card(turn, procedure)
        case buttons.ShowFacet(procedure, facet):
            return _show_detail(turn, procedure, facet)
        case buttons.ChooseOption(procedure, case, option):
            return _choose_option(turn, procedure, case, option)
        case buttons.Right(procedure):
            turn.note("confirmed", procedure)
            return render("citizen/thanks_right.txt")
        case buttons.Wrong(procedure):
            _reject(turn, procedure)
        case buttons.NoneOfThese():
            turn.note("none_of_these")
            _ask_officer(turn, Reason.NOT_RIGHT)
        case buttons.AskOfficer():
            _ask_officer(turn, Reason.ASKED_FOR)
        case buttons.Browse(sector, page):
            turn.say(replies.browse(sector, page, turn.knowledge.catalogue))
        case buttons.Example(number):
            return _example(turn, number)
        case buttons.SendNow(ticket) | buttons.DoNotSend(ticket) | buttons.AskAgain(ticket):
            return _decide_pending(turn, meaning, ticket)
        case buttons.Settled(ticket) | buttons.NotSettled(ticket):
            return _rate(turn, meaning, ticket)
        case _:
            return render("citizen/gone.txt")
    return ""


def _show_card(turn: Turn, procedure_id: str) -> str:
    procedure = turn.knowledge.find(procedure_id)
    if procedure is None:
        return render("citizen/gone.txt")
    _supersede_pending(turn)
    chosen = turn.memory.chosen(procedure_id)
    turn.keep(
        procedure=procedure_id,
        clarifications=0,
        options=tuple(sorted(chosen)),
        facets=turn.memory.facets,
    )
    turn.note("chosen", procedure_id)
    turn.say(card(procedure, turn.knowledge.catalogue, asked=turn.memory.facets, options=chosen))
    return ""


def _supersede_pending(turn: Turn) -> None:
    """The citizen found the procedure: nothing needs to go to the desk any more."""
    ticket = tickets.find_open(turn.session, turn.conversation)
    if ticket is not None:
        tickets.cancel(turn.session, ticket, now=turn.now, why="answered")


def _show_detail(turn: Turn, procedure_id: str, facet: Facet) -> str:
    procedure = turn.knowledge.find(procedure_id)
    if procedure is None:
        return render("citizen/gone.txt")
    chosen = turn.memory.chosen(procedure_id)
    turn.keep(procedure=procedure_id, facets=(facet,), options=tuple(sorted(chosen)))
    turn.note("detail", procedure_id, facet=facet.value)
    turn.say(detail(procedure, turn.knowledge.catalogue, facet, options=chosen))
    return ""


def _choose_option(turn: Turn, procedure_id: str, case_number: int, option_number: int) -> str:
    procedure = turn.knowledge.find(procedure_id)
    if procedure is None or not 0 <= case_number < len(procedure.cases):
        return render("citizen/gone.txt")
    case = procedure.cases[case_number]
    if option_number >= len(case.options):
        return render("citizen/gone.txt")
    is_known = option_number != DO_NOT_KNOW
    answer = case.options[option_number].id if is_known else no_answer(case)
    chosen = turn.memory.chosen(procedure_id) | {answer}
    turn.keep(procedure=procedure_id, options=tuple(sorted(chosen)))
    turn.note("case", procedure_id, option=answer)
    turn.say(card(procedure, turn.knowledge.catalogue, asked=turn.memory.facets, options=chosen))
    return ""


def _reject(turn: Turn, procedure_id: str) -> None:
    """ "Chưa đúng": the next candidate, then an officer."""
    rejected = (*turn.memory.rejected, procedure_id)
    turn.keep(rejected=rejected)
    turn.note("rejected", procedure_id)
    rest = [c for c in turn.memory.candidates if c not in rejected and turn.knowledge.find(c)]
    if not rest or len(rejected) >= MAX_REJECTIONS:
        _ask_officer(turn, Reason.NOT_RIGHT)
        return
    turn.keep(procedure=rest[0], options=())
    turn.edits = None
    turn.say(replies.next_candidate(rest[0], turn.knowledge, turn.memory))


def _example(turn: Turn, number: int) -> str:
    questions = example_questions()
    if not 0 <= number < len(questions):
        return render("citizen/gone.txt")
    text = questions[number]
    turn.edits = None
    decision = understand(text, index=turn.knowledge.index)
    if isinstance(decision, Answer):
        _give_answer(turn, text, decision)
    elif isinstance(decision, Choices):
        _ask_back(turn, text, decision)
    return ""


def _decide_pending(turn: Turn, meaning: buttons.AnyPress, ticket_id: int) -> str:
    ticket = _own_ticket(turn, ticket_id)
    if ticket is None or ticket.state != TicketState.PENDING:
        return render("desk/not_open.txt")
    if isinstance(meaning, buttons.SendNow):
        tickets.send(turn.session, ticket, now=turn.now)
        return ""
    tickets.cancel(turn.session, ticket, now=turn.now, why="citizen")
    again = isinstance(meaning, buttons.AskAgain)
    turn.say(replies.plain("ask_again" if again else "cancelled"))
    return ""


def _rate(turn: Turn, meaning: buttons.AnyPress, ticket_id: int) -> str:
    ticket = _own_ticket(turn, ticket_id)
    if ticket is None or ticket.state != TicketState.CLOSED:
        return render("desk/not_open.txt")
    if isinstance(meaning, buttons.NotSettled):
        turn.edits = None
        _reopen(turn, ticket)
        return ""
    turn.note("settled", ticket.number)
    tickets.note(turn.session, ticket, "settled", now=turn.now)
    return render("citizen/thanks_right.txt")


def _own_ticket(turn: Turn, ticket_id: int) -> Ticket | None:
    """The ticket, if it is this citizen's own: a forwarded button opens nobody else's."""
    ticket = turn.session.get(Ticket, ticket_id)
    is_own = ticket is not None and ticket.conversation_id == turn.conversation.id
    return ticket if is_own else None
