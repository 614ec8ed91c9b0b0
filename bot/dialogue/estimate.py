"""An estimate step by step: one question at a time, then every line with its rule and source.

Which questions there are follows from the rules in `bot.catalogue.costs`; what a person does not know
stays unknown in the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from bot.catalogue.costs import (
    Change,
    Estimate,
    Transfer,
    TransferKind,
    estimate_change,
    estimate_transfer,
)
from bot.catalogue.procedure import Act, Procedure
from bot.dialogue import replies
from bot.dialogue.memory import Estimating
from bot.dialogue.turn import Turn
from bot.matching.decision import Intent, SmallTalk
from bot.matching.facets import Facet
from bot.wording.buttons import EstimateAnswer, EstimateCost, Keyboard, ShowFacet, button
from bot.wording.render import label, render

YES, NO, UNKNOWN = "yes", "no", "unknown"


class Question(StrEnum):
    VALUE = "value"
    FAMILY = "family"
    ONLY_HOME = "only_home"
    CERTIFIED = "certified"
    AREA = "area"
    RESIDENTIAL = "residential"
    AGRICULTURAL = "agricultural"
    LIMIT = "limit"
    SAME_PARCEL = "same_parcel"
    FIRST_TIME = "first_time"


MONEY = (Question.VALUE, Question.RESIDENTIAL, Question.AGRICULTURAL)
AREAS = (Question.AREA, Question.LIMIT)
MOST_WORDS = (
    6  # "khoảng 500 triệu thôi chú ơi" is an answer; a longer one is a sentence with a number
)
FEW_WORDS = 4
CERTIFIED = ("at_commune", "at_notary")


def begin(turn: Turn, procedure: Procedure) -> None:
    """Asks the first question."""
    turn.keep(estimating=Estimating(procedure.id), procedure=procedure.id)
    _go_on(turn, procedure)


def hear(turn: Turn, text: str) -> bool:
    """An answer that was asked for; false when the message is about something else.

    A few words that cannot be read are asked for once more; a sentence is another question.
    """
    estimating = turn.memory.estimating
    procedure = turn.knowledge.find(estimating.procedure) if estimating else None
    if estimating is None or procedure is None:
        return False
    question = _next_question(procedure, estimating.answers)
    words = len(text.split())
    read = _read(turn, question, text) if words <= MOST_WORDS else None
    if question is not None and read is not None:
        _take(turn, procedure, question, read)
        return True
    if question is not None and words <= FEW_WORDS and not estimating.repeated:
        turn.keep(estimating=Estimating(procedure.id, estimating.answers, repeated=True))
        _ask(turn, question, again=True)
        return True
    turn.keep(estimating=None)
    return False


def press(turn: Turn, pressed: EstimateAnswer) -> str:
    """An answer by a button; one to an older question begins nothing."""
    estimating = turn.memory.estimating
    procedure = turn.knowledge.find(estimating.procedure) if estimating else None
    if estimating is None or procedure is None:
        return render("citizen/gone.txt")
    question = _next_question(procedure, estimating.answers)
    if question is None or question != pressed.question:
        return render("citizen/gone.txt")
    _take(turn, procedure, question, pressed.answer)
    return ""


def _read(turn: Turn, question: Question | None, text: str) -> str | None:
    amounts = turn.knowledge.amounts
    if question in MONEY:
        money = amounts.read_money(text)
        return None if money is None else str(money)
    if question in AREAS:
        area = amounts.read_area(text)
        return None if area is None else str(area)
    if question is None or question is Question.CERTIFIED:
        return None
    decision = turn.knowledge.understand(text)
    intent = decision.intent if isinstance(decision, SmallTalk) else None
    return {Intent.YES: YES, Intent.NO: NO}.get(intent) if intent else None


def _take(turn: Turn, procedure: Procedure, question: Question, answer: str) -> None:
    answers = {**_answers(turn), question.value: answer}
    turn.keep(estimating=Estimating(procedure.id, answers))
    _go_on(turn, procedure)


def _answers(turn: Turn) -> dict[str, str]:
    return turn.memory.estimating.answers if turn.memory.estimating else {}


def _go_on(turn: Turn, procedure: Procedure) -> None:
    answers = _answers(turn)
    question = _next_question(procedure, answers)
    if question is not None:
        _ask(turn, question)
        return
    turn.keep(estimating=None)
    turn.note("estimated", procedure.id)
    turn.say(
        replies.plain(
            "estimate",
            _end_keyboard(procedure),
            procedure=procedure,
            estimate=_estimate(turn, procedure, answers),
            answers=answers,
            sources=turn.knowledge.catalogue.sources,
        )
    )


def _ask(turn: Turn, question: Question, *, again: bool = False) -> None:
    words = replies.plain("estimate_question", _keyboard(question), question=question, again=again)
    turn.say(words)


def _next_question(procedure: Procedure, answers: dict[str, str]) -> Question | None:
    return next(
        (q for q in _questions(procedure.estimate, answers) if q.value not in answers), None
    )


def _questions(act: Act | None, answers: dict[str, str]) -> Iterator[Question]:
    """In the order of asking; a question whose answer cannot matter is left out."""
    if act is Act.CHANGE:
        yield from (Question.SAME_PARCEL, Question.AREA, Question.RESIDENTIAL)
        yield Question.AGRICULTURAL
        if answers.get(Question.SAME_PARCEL) == YES:
            yield from (Question.FIRST_TIME, Question.LIMIT)
        return
    yield from (Question.VALUE, Question.FAMILY)
    if act is Act.SALE and answers.get(Question.FAMILY) != YES:
        yield Question.ONLY_HOME
    yield Question.CERTIFIED


def _keyboard(question: Question) -> Keyboard:
    words: tuple[str, ...]
    if question is Question.CERTIFIED:
        words = CERTIFIED
    elif question in MONEY or question is Question.LIMIT:
        words = (UNKNOWN,)
    elif question is Question.AREA:
        words = ()
    else:
        words = (YES, NO)
    return tuple((button(label(word), EstimateAnswer(question.value, word)),) for word in words)


def _end_keyboard(procedure: Procedure) -> Keyboard:
    return (
        (button(label("again"), EstimateCost(procedure.id)),),
        (button(label("back"), ShowFacet(procedure.id, Facet.FEE)),),
    )


def _estimate(turn: Turn, procedure: Procedure, answers: dict[str, str]) -> Estimate:
    rates = turn.knowledge.rates
    if procedure.estimate is Act.CHANGE:
        return estimate_change(_change(turn, answers), rates)
    transfer = Transfer(
        kind=TransferKind(str(procedure.estimate)),
        value=_money(answers, Question.VALUE),
        close_family=answers.get(Question.FAMILY) == YES,
        only_home=answers.get(Question.ONLY_HOME) == YES,
        certified_at_commune=answers.get(Question.CERTIFIED) == CERTIFIED[0],
        on=turn.today,
    )
    return estimate_transfer(transfer, rates)


def _change(turn: Turn, answers: dict[str, str]) -> Change:
    limit = answers.get(Question.LIMIT, UNKNOWN)
    return Change(
        area=Decimal(answers[Question.AREA]),
        residential_price=_money(answers, Question.RESIDENTIAL),
        agricultural_price=_money(answers, Question.AGRICULTURAL),
        limit=None if limit == UNKNOWN else Decimal(limit),
        same_parcel=answers.get(Question.SAME_PARCEL) == YES,
        first_time=answers.get(Question.FIRST_TIME) == YES,
        on=turn.today,
    )


def _money(answers: dict[str, str], question: Question) -> int | None:
    told = answers.get(question, UNKNOWN)
    return None if told == UNKNOWN else int(told)
