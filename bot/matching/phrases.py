"""Phrases of the lexicon, found in a row of words: the longest one first, marks respected.

A pattern such as "(hết|mất|tốn) (khoảng)? (bao nhiêu|nhiêu) (tiền|phí)?" stands for dozens of
phrases, all patterns together for tens of thousands. They are never written out: the patterns are
tied into one net of words, and a message walks along it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from bot.matching.text import Word, words

_NOWHERE: Mapping[str, _Place] = {}
_PART = re.compile(r"[()|?]|[^()|?]+")


class Kind(IntEnum):
    """What happens to the words of a phrase once it is found; the higher standing wins."""

    PADDING = 0  # taken out: "cho em hỏi với ạ"
    FRAME = 1  # taken out; names a facet: "hết bao nhiêu tiền"
    COMPOUND = 2  # kept, and safe from the frames: "bản sao" is not "sao?"
    CONCEPT = 3  # replaced by the one name of the thing: "bìa đỏ", "sổ hồng"

    @property
    def is_name(self) -> bool:
        """Whether the words name something, rather than ask about it."""
        return self >= Kind.COMPOUND


@dataclass(frozen=True, slots=True)
class Pattern:
    """Rows of words of which one is said; a row may hold further choices: "giấy (tờ)? gì"."""

    rows: tuple[tuple[Word | Pattern, ...], ...]

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """The pattern that the text writes; ValueError says what is wrong with it."""
        parts = _PART.findall(text)
        pattern = cls(_rows(parts))
        if parts:
            raise ValueError("a bracket too many; every ( needs one )")
        return pattern

    @property
    def may_be_empty(self) -> bool:
        """Whether nothing at all would do as well."""
        return any(
            all(isinstance(one, Pattern) and one.may_be_empty for one in row) for row in self.rows
        )

    def words(self) -> Iterator[Word]:
        """Every word that occurs."""
        for row in self.rows:
            for one in row:
                if isinstance(one, Pattern):
                    yield from one.words()
                else:
                    yield one

    def varied(self, others: Mapping[str, Sequence[Word]]) -> Pattern:
        """The pattern in which a word (by its marked form) may also be one of the others."""

        def vary(one: Word | Pattern) -> Word | Pattern:
            if isinstance(one, Pattern):
                return one.varied(others)
            same = others.get(one.marked)
            return Pattern(((one,), *((other,) for other in same))) if same else one

        return Pattern(tuple(tuple(map(vary, row)) for row in self.rows))


def _rows(parts: list[str]) -> tuple[tuple[Word | Pattern, ...], ...]:
    """The rows up to the next closing bracket: a|b."""
    rows = [_row(parts)]
    while parts[:1] == ["|"]:
        parts.pop(0)
        rows.append(_row(parts))
    return tuple(rows)


def _row(parts: list[str]) -> tuple[Word | Pattern, ...]:
    row: list[Word | Pattern] = []
    while parts and parts[0] not in ("|", ")"):
        part = parts.pop(0)
        row += (_group(parts),) if part == "(" else words(part)
    return tuple(row)


def _group(parts: list[str]) -> Pattern:
    rows = _rows(parts)
    if parts[:1] != [")"]:
        raise ValueError("a bracket is missing; every ( needs one )")
    parts.pop(0)
    if parts[:1] == ["?"]:
        parts.pop(0)
        rows = ((), *rows)
    return Pattern(rows)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern, what its words are, and the name they stand for."""

    pattern: Pattern
    kind: Kind
    name: str = ""


class Found(NamedTuple):
    """A phrase in a message: so many words are of this kind and stand for this name."""

    length: int
    kind: Kind
    name: str


class _Place:
    """A point in the net: which words lead on from here, and what it is that may end here."""

    __slots__ = ("ends", "steps")

    def __init__(self, *ends: tuple[Kind, str]) -> None:
        self.ends = list(ends)
        self.steps: dict[str, dict[str, _Place]] = {}  # folded → marked form → next place

    def join(self, other: _Place) -> None:
        """Let everything that goes on from the other place go on from here."""
        self.ends += [end for end in other.ends if end not in self.ends]
        for folded, theirs in other.steps.items():
            steps = self.steps.get(folded)
            if steps is None:
                self.steps[folded] = theirs.copy()
                continue
            for marked, then in theirs.items():
                steps[marked] = _joined(steps[marked], then) if marked in steps else then


def _joined(one: _Place, other: _Place) -> _Place:
    """A new place, for both may be reached by other ways as well."""
    if one is other:
        return one
    both = _Place()
    both.join(one)
    both.join(other)
    return both


def _place_before(pattern: Pattern, then: _Place) -> _Place:
    """The place from which the pattern leads to the other."""
    here = _Place()
    for row in pattern.rows:
        after = then
        for one in reversed(row):
            after = _place_before(one, after) if isinstance(one, Pattern) else _step(one, after)
        here.join(after)
    return here


def _step(word: Word, then: _Place) -> _Place:
    here = _Place()
    here.steps[word.folded] = {word.marked: then}
    return here


class PhraseTable:
    """Many phrases, found together."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._start = _Place()
        ends: dict[tuple[Kind, str], _Place] = {}
        for phrase in phrases:
            end = (phrase.kind, phrase.name)
            then = ends.setdefault(end, _Place(end))
            self._start.join(_place_before(phrase.pattern, then))

    def single_words(self, kind: Kind) -> Iterator[Word]:
        """The phrases of one word that are of this kind."""
        for folded, steps in self._start.steps.items():
            for marked, place in steps.items():
                if any(of_kind is kind for of_kind, _ in place.ends):
                    yield Word(folded, marked)

    def longest_at(self, row: Sequence[Word], start: int, *, marked: bool) -> Found | None:
        """The longest phrase that begins at this word."""
        return next(iter(self._all_at(row, start, marked)), None)

    def names_in(self, row: Sequence[Word], *, marked: bool) -> set[str]:
        """The names of all phrases anywhere in the row, overlapping ones too."""
        return {one.name for found in self.all_in(row, marked=marked) for one in found}

    def all_in(self, row: Sequence[Word], *, marked: bool) -> list[Sequence[Found]]:
        """For each word the phrases that begin with it, the longest first."""
        starts = self._start.steps
        return [
            self._all_at(row, at, marked) if word.folded in starts else ()
            for at, word in enumerate(row)
        ]

    def _all_at(self, row: Sequence[Word], start: int, marked: bool) -> list[Found]:
        """The phrases that begin at this word if the marks allow them, the longest first.

        "mở" is not "mô", "mo" may be either. Three words in a row are clear without their marks.
        Restored marks count for a single word only. A single word without marks in a text that has
        marks elsewhere was meant to have none ("can thiệp" is not "cần").
        """
        first = row[start]
        second = row[start + 1].folded if start + 1 < len(row) else ""
        found: list[Found] = []
        paths: list[tuple[_Place, bool]] = []
        for meant, place in self._start.steps.get(first.folded, _NOWHERE).items():
            agrees = meant == first.marked
            if place.ends and (agrees or not (marked or first.has_marks)):
                found += [Found(1, *end) for end in place.ends]
            if second in place.steps:
                paths.append((place, agrees or not first.has_typed_marks))
        length = 1
        while paths and start + length < len(row):
            said = row[start + length]
            paths = [
                (then, agrees and (meant == said.marked or not said.has_typed_marks))
                for place, agrees in paths
                if said.folded in place.steps
                for meant, then in place.steps[said.folded].items()
            ]
            length += 1
            found += [
                Found(length, *end)
                for place, agrees in paths
                if place.ends and (agrees or length > 2)
                for end in place.ends
            ]
        if len(found) > 1:
            found.sort(key=lambda one: (-one.length, -one.kind))
        return found


def has_marks(row: Sequence[Word]) -> bool:
    """Whether the writer types marks: in Vietnamese prose more than half of the words have one."""
    return sum([word.has_marks for word in row]) * 3 >= max(len(row), 1)


def phrases_of(patterns: Iterable[Pattern], kind: Kind, name: str = "") -> list[Phrase]:
    """A phrase of this kind and name for each pattern."""
    return [Phrase(pattern, kind, name) for pattern in patterns]
