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

from bot.matching.text import WORD, Word, compose, is_number, word

STEPS_KEPT = 50_000  # a catalogue takes 6,000; who writes nonsense shall not fill the memory
NUMBER = "<số>"  # in a pattern: any number, so "năm <số>" is "năm 1997"
ANY_NUMBER = Word(NUMBER, NUMBER)
_PART = re.compile(rf"\)\??|[(|]|{NUMBER}|{WORD}")


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
        parts = _PART.findall(compose(text))
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
        """Every word that occurs; "any number" is none."""
        for row in self.rows:
            for one in row:
                if isinstance(one, Pattern):
                    yield from one.words()
                elif one.folded != NUMBER:
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
    while parts and parts[0] not in ("|", ")", ")?"):
        part = parts.pop(0)
        row.append(_group(parts) if part == "(" else _word(part))
    return tuple(row)


def _word(part: str) -> Word:
    return ANY_NUMBER if part == NUMBER else word(part)


def _group(parts: list[str]) -> Pattern:
    rows = _rows(parts)
    if not parts:
        raise ValueError("a bracket is missing; every ( needs one )")
    return Pattern(((), *rows) if parts.pop(0) == ")?" else rows)


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
        self.ends = ends
        self.steps: dict[str, _Steps] = {}  # by folded word

    def join(self, other: _Place) -> None:
        """Let everything that goes on from the other place go on from here."""
        self.ends += other.ends
        for folded, steps in other.steps.items():
            self.steps.setdefault(folded, []).extend(steps)


_Steps = list[tuple[str, _Place]]  # marked form, and where it leads


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
    here.steps[word.folded] = [(word.marked, then)]
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
        begin = (self._start, True, True)
        self._begin = {marked: _Reached([begin]) for marked in (True, False)}
        self._room = STEPS_KEPT

    def single_words(self, kind: Kind) -> set[Word]:
        """The phrases of one word that are of this kind."""
        return {
            Word(folded, marked)
            for folded, steps in self._start.steps.items()
            for marked, place in steps
            if marked != NUMBER and any(of_kind is kind for of_kind, _ in place.ends)
        }

    def all_in(self, row: Sequence[Word], *, marked: bool) -> list[Sequence[Found]]:
        """For each word the phrases that begin with it, the longest first."""
        found: list[Sequence[Found]] = [()] * len(row)
        for at, phrases in self.found(row, marked=marked):
            found[at] = phrases
        return found

    def found(self, row: Sequence[Word], *, marked: bool) -> Iterator[tuple[int, Sequence[Found]]]:
        """The places where phrases begin, and which, the longest first."""
        begin = self._begin[marked]
        for at, said in enumerate(row):
            reached, end, numbers = begin, at, 0
            while True:
                if said.folded not in reached.openings:
                    if not (reached.takes_numbers and is_number(said.folded)):
                        break
                    said, numbers = ANY_NUMBER, numbers + 1
                end += 1
                reached = reached.then.get(said) or self._step(
                    reached, said, end - at, end - at - numbers, marked
                )
                if end == len(row):
                    break
                said = row[end]
            if reached.found:
                yield at, reached.found

    def _step(self, here: _Reached, said: Word, length: int, told: int, marked: bool) -> _Reached:
        """Where the next word leads; remembered, as most texts say what others said.

        "mở" is not "mô", "mo" may be either. Three words in a row are clear without their marks.
        Restored marks count for a single word only. A single word without marks in a text that has
        marks elsewhere was meant to have none ("can thiệp" is not "cần"). Numbers tell nothing of
        marks ("nam 80 tuổi" is not "năm 80"): `told` counts the words beside them.
        """
        bare, typed = not (marked or said.has_marks), said.has_typed_marks
        paths: dict[_Path, None] = {}  # each once, in order
        ends = []
        for steps, agreed, was_sure in here.leading_on(said):
            for meant, then in steps:
                agrees = agreed and (meant == said.marked or not typed)
                is_number = meant == NUMBER
                sure = was_sure if is_number else agrees and (meant == said.marked or bare)
                paths[then, agrees, sure] = None
                if told > 2 or (agrees and told == 2) or (sure and told < 2):
                    ends.append(then)
        there = _Reached(paths, (*_ends(length, ends), *here.found))
        if self._room > 0:
            self._room -= 1
            here.then[said] = there  # all numbers that lead on alike as one
        return there


_Path = tuple[_Place, bool, bool]  # a place, do all marks agree, and may a single word stand alone


class _Reached:
    """How far some words in a row have led in the net."""

    __slots__ = ("found", "openings", "takes_numbers", "then")

    def __init__(self, paths: Iterable[_Path], found: tuple[Found, ...] = ()) -> None:
        self.found = found  # the phrases that end on the way, the longest first
        self.openings: dict[str, list[tuple[_Steps, bool, bool]]] = {}  # by folded word
        for place, agrees, sure in paths:
            for folded, steps in place.steps.items():
                self.openings.setdefault(folded, []).append((steps, agrees, sure))
        self.takes_numbers = NUMBER in self.openings
        self.then: dict[Word, _Reached] = {}

    def leading_on(self, said: Word) -> list[tuple[_Steps, bool, bool]]:
        """The steps that the word may take from here."""
        exact = self.openings.get(said.folded, [])
        any_too = said is not ANY_NUMBER and is_number(said.folded)
        return [*exact, *self.openings.get(NUMBER, ())] if any_too else exact


def _ends(length: int, places: Iterable[_Place]) -> list[Found]:
    """The phrases of so many words that end here, those of higher standing first."""
    found = dict.fromkeys(Found(length, *end) for place in places for end in place.ends)
    return sorted(found, key=lambda one: -one.kind)


def has_marks(row: Sequence[Word]) -> bool:
    """Whether the writer types marks: in Vietnamese prose more than half of the words have one."""
    return sum([one.marked != one.folded for one in row]) * 3 >= max(len(row), 1)


def phrases_of(patterns: Iterable[Pattern], kind: Kind, name: str = "") -> list[Phrase]:
    """A phrase of this kind and name for each pattern."""
    return [Phrase(pattern, kind, name) for pattern in patterns]
