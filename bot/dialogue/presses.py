"""The citizen pressed a button: the message below which it stood changes, or something goes its way."""

from __future__ import annotations

from sqlmodel import Session

from bot.catalogue.procedure import Procedure
from bot.desk import tickets
from bot.desk.tickets import Reason
from bot.dialogue import estimate, paperwork, replies
from bot.dialogue.answers import ask_back, give_answer
from bot.dialogue.handover import ask_officer, reopen, set_aside
from bot.dialogue.turn import Policy, Turn, begin
from bot.dialogue.whereabouts import my_commune, settle
from bot.knowledge import Knowledge
from bot.matching.decision import Answer, Choices
from bot.matching.facets import Facet
from bot.messages import Pressed
from bot.storage.tables import Ticket, TicketState
from bot.wording import buttons
from bot.wording.cards import DO_NOT_KNOW, Reply, detail, no_answer
from bot.wording.render import example_questions, render

# What is over once a choice was made: the next message is about the card, not about the choices.
SETTLED: dict[str, object] = {
    "clarifications": 0,
    "ways": (),
    "unanswered": "",
    "pieces": 0,
}
MAX_REJECTIONS = 2  # "Chưa đúng" this often, then a human


def press(session: Session, pressed: Pressed, *, knowledge: Knowledge, policy: Policy) -> str:
    """The citizen pressed a button; returns the short notice to show over the chat, or nothing."""
    turn = begin(session, pressed.chat_id, pressed.at, knowledge, policy)
    turn.edits = pressed.telegram_id
    return _pressed(turn, pressed.press)


def _pressed(turn: Turn, meaning: buttons.AnyPress | None) -> str:  # noqa: C901 - one arm a button
    match meaning:
        case buttons.ShowCard(procedure):
            return _show_card(turn, procedure)
        case buttons.ShowFacet(procedure, facet):
            return _show_detail(turn, procedure, facet)
        case buttons.ChooseOption(procedure, case, option):
            return _choose_option(turn, procedure, case, option)
        case (
            buttons.Tick()
            | buttons.OtherDay()
            | buttons.DueOn()
            | buttons.RemindMe()
            | buttons.Late()
        ):
            return paperwork.press(turn, meaning)
        case buttons.EstimateCost(procedure):
            return _estimate(turn, procedure)
        case buttons.EstimateAnswer():
            return estimate.press(turn, meaning)
        case buttons.MyCommune(commune):
            return settle(turn, commune)
        case buttons.StopReminding(reminder):
            return paperwork.stop_reminding(turn, reminder)
        case buttons.Right(procedure):
            turn.note("confirmed", procedure)
            return render("citizen/thanks_right.txt")
        case buttons.Wrong(procedure):
            return _reject(turn, procedure)
        case buttons.SendMedia(message):
            ask_officer(turn, Reason.ASKED_FOR, media_from=message)
        case buttons.SendAnyway(ticket):
            return _send_anyway(turn, ticket)
        case buttons.NoneOfThese():
            turn.note("none_of_these")
            ask_officer(turn, Reason.NOT_RIGHT)
        case buttons.AskOfficer():
            ask_officer(turn, Reason.ASKED_FOR)
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
    chosen = turn.memory.chosen(procedure_id)
    is_browsed = not (procedure_id in turn.memory.candidates or turn.memory.offered(procedure_id))
    turn.keep(
        # A card that was browsed to is what an officer would be asked about.
        question=procedure.title if is_browsed else turn.memory.question,
        procedure=procedure_id,
        wants_officer=False,
        options=tuple(sorted(chosen)),
        **SETTLED,
    )
    turn.note("chosen", procedure_id)
    turn.say(_card(turn, procedure, chosen))
    set_aside(turn)
    return ""


def _card(turn: Turn, procedure: Procedure, chosen: frozenset[str]) -> Reply:
    """The card as an answer to what was asked before the button was pressed."""
    asked = turn.memory.facets
    return turn.knowledge.card(procedure, asked=asked, options=chosen, commune=my_commune(turn))


def _show_detail(turn: Turn, procedure_id: str, facet: Facet) -> str:
    procedure = turn.knowledge.find(procedure_id)
    if procedure is None:
        return render("citizen/gone.txt")
    chosen = turn.memory.chosen(procedure_id)
    turn.keep(procedure=procedure_id, facets=(facet,), options=tuple(sorted(chosen)))
    turn.note("detail", procedure_id, facet=facet.value)
    if facet is Facet.DEADLINE:
        turn.say(paperwork.deadline(turn, procedure, turn.today))
    else:
        where = my_commune(turn)
        turn.keep(awaits_place=facet is Facet.PLACE and not where)
        shown = detail(procedure, turn.knowledge.catalogue, facet, options=chosen, commune=where)
        turn.say(shown)
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
    # From a question between procedures, or from the card itself.
    is_offered = bool(turn.memory.offered(procedure_id))
    turn.keep(
        procedure=procedure_id,
        options=tuple(sorted(chosen)),
        **SETTLED,
        wants_officer=turn.memory.wants_officer and not is_offered,
    )
    turn.note("case", procedure_id, option=answer)
    turn.say(_card(turn, procedure, chosen))
    if is_offered:
        set_aside(turn)
    return ""


def _estimate(turn: Turn, procedure_id: str) -> str:
    procedure = turn.knowledge.find(procedure_id)
    if procedure is None or procedure.estimate is None:
        return render("citizen/gone.txt")
    estimate.begin(turn, procedure)
    return ""


def _reject(turn: Turn, procedure_id: str) -> str:
    """ "Chưa đúng": the next candidate, then an officer."""
    memory = turn.memory
    if procedure_id in memory.rejected:
        return ""  # the second tap of a double one
    if procedure_id not in (memory.procedure, *memory.candidates):
        # A card of long ago: what it answered is not what the citizen asks now.
        return render("citizen/gone.txt")
    rejected = (*memory.rejected, procedure_id)
    turn.keep(rejected=rejected)
    turn.note("rejected", procedure_id)
    rest = [c for c in turn.memory.candidates if c not in rejected and turn.knowledge.find(c)]
    if not rest or len(rejected) >= MAX_REJECTIONS:
        ask_officer(turn, Reason.NOT_RIGHT)
        return ""
    turn.keep(procedure=rest[0], options=())
    turn.edits = None
    turn.say(replies.next_candidate(rest[0], turn.knowledge, turn.memory))
    return ""


def _example(turn: Turn, number: int) -> str:
    questions = example_questions()
    if not 0 <= number < len(questions):
        return render("citizen/gone.txt")
    text = questions[number]
    turn.edits = None
    decision = turn.knowledge.understand(text)
    if isinstance(decision, Answer):
        give_answer(turn, text, decision)
    elif isinstance(decision, Choices):
        ask_back(turn, text, decision)
    return ""


def _decide_pending(turn: Turn, meaning: buttons.AnyPress, ticket_id: int) -> str:
    ticket = _own_ticket(turn, ticket_id)
    if ticket is None:
        return render("citizen/gone.txt")
    if ticket.state != TicketState.PENDING:
        return render("citizen/sent_already.txt", ticket=ticket)
    if isinstance(meaning, buttons.SendNow):
        tickets.send(turn.session, ticket, now=turn.now)
        return ""
    tickets.cancel(turn.session, ticket, now=turn.now, why="citizen")
    again = isinstance(meaning, buttons.AskAgain)
    turn.say(replies.plain("ask_again" if again else "cancelled"))
    return ""


def _send_anyway(turn: Turn, ticket_id: int) -> str:
    ticket = _own_ticket(turn, ticket_id)
    other = tickets.find_open(turn.session, turn.conversation)
    if ticket is None or other is not None:
        return render("citizen/gone.txt")
    tickets.send_anyway(turn.session, ticket, now=turn.now)
    return ""


def _rate(turn: Turn, meaning: buttons.AnyPress, ticket_id: int) -> str:
    ticket = _own_ticket(turn, ticket_id)
    if ticket is None or ticket.state != TicketState.CLOSED:
        return render("desk/not_open.txt")
    if isinstance(meaning, buttons.NotSettled):
        turn.edits = None
        reopen(turn, ticket)
        return ""
    turn.note("settled", ticket.number)
    return render("citizen/thanks_right.txt")


def _own_ticket(turn: Turn, ticket_id: int) -> Ticket | None:
    """The ticket, if it is this citizen's own: a forwarded button opens nobody else's."""
    ticket = turn.session.get(Ticket, ticket_id)
    is_own = ticket is not None and ticket.conversation_id == turn.conversation.id
    return ticket if is_own else None
