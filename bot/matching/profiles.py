"""A procedure as it is looked up: its texts, read once and weighed by the field they stand in."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from sys import intern

from bot.matching.reading import Reading, Term
from bot.matching.scoring import Phrase, Profile

FIELD_WEIGHTS = {
    "title": 1.0,
    "alias": 1.0,
    "official": 0.9,
    "event": 0.5,  # "mất giấy tờ" happens to people, it does not name one procedure
    "summary": 0.5,
    "document": 0.35,  # "giấy chứng sinh" points to khai sinh, but many papers are everywhere
    "sector": 0.3,
}
MANY_CODES = 60  # about one a province
SPOKEN = ("title", "alias", "official")  # fields that are phrases somebody may say


@dataclass(frozen=True)
class Entry:
    """What the index knows of one procedure."""

    id: str
    code: str
    title: str
    official_name: str = ""
    aliases: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    summary: str = ""
    sector: str = ""
    other_codes: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.code, *self.other_codes)

    def fields(self) -> Iterable[tuple[str, str]]:
        """Every text of the entry with the name of its field."""
        yield "title", self.title
        if self.official_name and self.official_name != self.title:
            yield "official", self.official_name
        yield from (("alias", text) for text in self.aliases)
        yield from (("event", text) for text in self.life_events)
        yield from (("document", text) for text in self.documents)
        yield "summary", self.summary
        yield "sector", self.sector


def profile_of(entry: Entry, readings: Sequence[tuple[str, str, Reading]]) -> Profile:
    """What is looked up of the entry, from its texts: field, text and what was read in it."""
    texts = [_phrase(*one) for one in readings]
    weights: dict[str, float] = {}
    for one in sorted(texts, key=lambda one: FIELD_WEIGHTS[one.field]):
        weights.update(dict.fromkeys((*one.terms, *one.pairs), FIELD_WEIGHTS[one.field]))
    phrases = tuple([one for one in texts if one.field in SPOKEN and one.terms])
    return Profile(
        weights,
        phrases,
        marks=frozenset([term.marked for _, _, reading in readings for term in reading.terms]),
        sector=entry.sector,
        spread=0.0 if entry.aliases else math.log(len(entry.codes)) / math.log(MANY_CODES),
        counts=Counter(chain.from_iterable([phrase.bag for phrase in phrases])),
    )


def _phrase(name: str, text: str, reading: Reading) -> Phrase:
    terms = tuple([term.text for term in reading.terms])
    return Phrase(
        field=name,
        text=text,
        words=reading.row,
        terms=terms,
        bag=frozenset(terms),
        pairs=tuple(pairs_of(reading.terms)),
        qualifiers=reading.qualifiers,
        bare=sum([term.length for term in reading.terms]) == len(reading.words),
    )


def pairs_of(terms: Sequence[Term]) -> list[str]:
    """Neighbouring terms, as they are indexed; many entries share one, so it is kept once."""
    texts = [term.text for term in terms]
    return [intern(f"{left} {right}") for left, right in pairwise(texts)]


def note_typical(profiles: Sequence[Profile]) -> None:
    """For each term, the share of its uses that one procedure has."""
    totals: Counter[str] = Counter()
    for profile in profiles:
        totals.update(profile.counts)
    for profile in profiles:
        profile.typical = {t: (n / totals[t]) ** 0.5 for t, n in profile.counts.items()}
