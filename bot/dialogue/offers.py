"""What is asked back when several procedures may be meant: one plain question, or which title."""

from __future__ import annotations

from dataclasses import dataclass

from bot.catalogue.procedure import Catalogue, Choice
from bot.catalogue.questions import find_question
from bot.matching.decision import Choices
from bot.wording.buttons import ChooseOption, ShowCard


@dataclass(frozen=True)
class Way:
    """One button: its words, and the procedure behind it."""

    label: str
    procedure: str
    press: ShowCard | ChooseOption


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
        ways = tuple(_way(choice, catalogue) for choice in question.options)
        return Offer(ways, question.question, question.id)
    found = (catalogue.procedures[one] for one in dict.fromkeys(decision.procedures))
    return Offer(tuple(Way(one.title, one.id, ShowCard(one.id)) for one in found))


def _way(choice: Choice, catalogue: Catalogue) -> Way:
    """Where an answer leads: to the card, or straight to its case."""
    procedure = catalogue.procedures[choice.procedure]
    case = procedure.options().get(choice.option or "")
    if case is None:
        return Way(choice.label, procedure.id, ShowCard(procedure.id))
    at = [option.id for option in case.options].index(choice.option or "")
    press = ChooseOption(procedure.id, procedure.cases.index(case), at)
    return Way(choice.label, procedure.id, press)
