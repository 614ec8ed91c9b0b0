"""One message in its conversation: what was spoken of before, and which choices are still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.matching.conversation import WHAT_TO_BRING, Context, joined, side_asked, subject_of
from bot.matching.decision import Answer, Choices, Found, NoMatch, decide, is_named
from bot.matching.facets import Facet
from bot.matching.index import Index
from bot.matching.reading import Reading

LITTLE = 0.5  # of the confidence that an answer needs: it means next to nothing by itself
UNSURE = 0.6  # a confidence; below it the first of the choices is wrong as often as right
NAMED = 0.3  # share of the name of a matter of others that is said, for the message to be about it
TOLD_APART = "told-apart"  # among the reasons: what was said points at one of the open choices
DETAIL = "detail"  # among the reasons: it tells more of what was spoken of
STILL_OPEN = "still-open"  # among the reasons: the choices shown before are asked again
TOGETHER = "together"  # among the reasons: the message was read with the one before


@dataclass(frozen=True)
class Heard:
    """One message in its conversation."""

    text: str
    reading: Reading
    context: Context
    index: Index

    @cached_property
    def spoken_of(self) -> str:
        """The procedure that was spoken of; empty where none was, or where it is gone."""
        one = self.context.procedure or ""
        return one if one in self.index else ""

    @cached_property
    def still_open(self) -> tuple[str, ...]:
        """The choices shown before that are still there."""
        return tuple(one for one in dict.fromkeys(self.context.candidates) if one in self.index)

    @cached_property
    def other_case(self) -> frozenset[str]:
        """What sets the message apart from what was spoken of; only where something was."""
        return other_case(self.reading, self.spoken_of, self.index)

    @cached_property
    def still_asked(self) -> Reading:
        """What was said before and is not settled."""
        return self.index.read(self.context.still_asked)

    @cached_property
    def known(self) -> frozenset[str]:
        """What was said before that separates sisters: "act=again" after "mất giấy khai sinh"."""
        before = self.still_asked.qualifiers
        return before | self.title.qualifiers if self.spoken_of else before

    @cached_property
    def title(self) -> Reading:
        """Its title; only where one was spoken of."""
        return self.index.title(self.spoken_of)

    @cached_property
    def subject(self) -> dict[str, str]:
        """What was spoken of, without what sets it apart from its sisters: terms and words.

        A copy from the register is of a birth by its title, and of a marriage that was asked of.
        """
        of_title, asked = subject_of(self.title), subject_of(self.index.read(self.context.question))
        titles = map(self.index.title, self.index.sharing(self.spoken_of))
        of_sisters = {term for title in titles for term in subject_of(title)}
        named = {term: row for term, row in asked.items() if term in of_sisters}
        return named if named and of_title.keys().isdisjoint(named) else of_title

    @cached_property
    def with_title(self) -> Found:
        """What the message means when it is read with that title."""
        title = self.index.entry(self.spoken_of).title
        return decide(self.index.read(joined(title, self.text)), self.index, self.context)

    @cached_property
    def side(self) -> tuple[Facet, ...]:
        """What is asked for, or what was asked for before."""
        return side_asked(self.reading, self.context)

    def about(self, procedure: str, why: str) -> Answer:
        """The answer that this procedure is meant, for a reason that needs no model."""
        facets = self.side or self.context.facets or WHAT_TO_BRING
        return Answer(procedure, (self.index.certain(procedure, why),), facets, 1.0, (why,))

    def ask_again(self, ones: Sequence[str], facets: tuple[Facet, ...]) -> Choices:
        """The choices that are still open, now for this side."""
        shown = tuple(self.index.certain(one, STILL_OPEN) for one in ones)
        return Choices(tuple(ones), shown, facets, 1.0, (STILL_OPEN,))

    def as_one(self, both: Found) -> Found:
        """What it means together with what was said before, for the side that it asks for."""
        return replace(both, facets=self.side or both.facets, why=(*both.why, TOGETHER))


def stands_alone(reading: Reading, alone: Found, index: Index) -> bool:
    """Whether it names a thing in full, or asks for what others handle or for the law itself."""
    if not isinstance(alone, NoMatch):
        return is_named(alone)
    if "substance" in reading.cues or alone.why[-1:] == (f"elsewhere:{alone.elsewhere}",):
        return True
    sets_apart = bool(reading.qualifiers)  # "với người nước ngoài": of what was spoken of
    best = index.match(reading).elsewhere[:1] if alone.elsewhere and not sets_apart else ()
    return any(one.features["title"] >= NAMED for one in best)


def is_unclear(alone: Found, index: Index) -> bool:
    """Whether a message means next to nothing by itself."""
    return isinstance(alone, NoMatch) or alone.confidence < LITTLE * index.model.answer_at


def is_unsure(alone: Found) -> bool:
    """Whether it is asked back, and its first choice as often wrong as right."""
    return isinstance(alone, Choices) and alone.confidence < UNSURE


def first_of(found: Found) -> str | None:
    """The likeliest procedure, whatever was decided; None where nothing was found."""
    return found.candidates[0].id if found.candidates else None


def other_case(reading: Reading, procedure: str, index: Index) -> frozenset[str]:
    """What sets the message apart from a procedure: "8 tuổi" where that is for grown-ups."""
    of_it = index.title(procedure).qualifiers
    groups = {one.partition("=")[0] for one in of_it}
    said = reading.qualifiers - of_it
    return frozenset(one for one in said if one.partition("=")[0] in groups)
