"""What is asked back when several procedures may be meant: one plain question, or which title."""

from __future__ import annotations

from dataclasses import dataclass

from bot.catalogue.procedure import Catalogue
from bot.catalogue.questions import find_question
from bot.dialogue.memory import Way
from bot.matching.decision import Choices
from bot.wording.buttons import ChooseOption, ShowCard


@dataclass(frozen=True)
class Offer:
    """Two to four ways to go on; without a question of its own it asks which title."""

    ways: tuple[Way, ...]
    question: str = ""
    asked: str = ""  # the id of the question


def make_offer(decision: Choices, catalogue: Catalogue) -> Offer:
    """The question that separates the choices, whole; else the choices themselves."""
    scores = {c.id: c.score for c in decision.candidates if c.id in decision.procedures}
    question = find_question(scores, catalogue)
    if question is not None:
        ways = (Way(one.label, one.procedure, one.option or "") for one in question.options)
        return Offer(tuple(ways), question.question, question.id)
    found = (catalogue.procedures[one] for one in decision.procedures)
    return Offer(tuple(Way(one.title, one.id) for one in found))


def press_of(way: Way, catalogue: Catalogue) -> ShowCard | ChooseOption:
    """The card, straight with the case that the answer settles."""
    procedure = catalogue.procedures[way.procedure]
    case = procedure.options().get(way.option)
    if case is None:
        return ShowCard(procedure.id)
    at = [option.id for option in case.options].index(way.option)
    return ChooseOption(procedure.id, procedure.cases.index(case), at)
