"""Phrases of the lexicon, found in a row of words: the longest one first, marks respected."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from bot.matching.text import Word, word, words

MOST_SPELLINGS = 4000  # one pattern with five choices of five words; more is a mistake
_PLAIN = re.compile(r"(?:[^\W_]|[ ()|?])*")
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
class Phrase:
    """Words in a row, what they are, and the name they stand for."""

    words: tuple[Word, ...]
    kind: Kind
    name: str = ""


@cache
def spellings(pattern: str) -> tuple[str, ...]:
    """All texts of a pattern: "(cần|phải) giấy (tờ)? gì" has four. ValueError where it is wrong."""
    parts = _PART.findall(pattern)
    texts = _either(parts)
    if parts:
        raise ValueError("a bracket too many; every ( needs one )")
    return tuple(" ".join(text.split()) for text in texts)


def _either(parts: list[str]) -> list[str]:
    """The texts up to the next closing bracket: a|b."""
    texts = _row(parts)
    while parts[:1] == ["|"]:
        parts.pop(0)
        texts += _row(parts)
    return texts


def _row(parts: list[str]) -> list[str]:
    texts = [""]
    while parts and parts[0] not in ("|", ")"):
        choices = _group(parts) if parts[0] == "(" else [parts.pop(0)]
        if len(texts) * len(choices) > MOST_SPELLINGS:
            raise ValueError("too many spellings; split it in two lines")
        texts = [f"{text} {choice}" for text in texts for choice in choices]
    return texts


def _group(parts: list[str]) -> list[str]:
    parts.pop(0)
    choices = _either(parts)
    if parts[:1] != [")"]:
        raise ValueError("a bracket is missing; every ( needs one )")
    parts.pop(0)
    if parts[:1] == ["?"]:
        parts.pop(0)
        choices = ["", *choices]
    return choices


class PhraseTable:
    """Phrases by their first word. Where two have the same words, the more specific kind wins."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_words: dict[tuple[str, ...], list[Phrase]] = {}
        self._lengths: dict[str, list[int]] = {}
        for phrase in phrases:
            self._add(phrase)

    def _add(self, phrase: Phrase) -> None:
        key = tuple(word.folded for word in phrase.words)
        if not key:
            return
        same = self._by_words.setdefault(key, [])
        if phrase not in same:
            same.append(phrase)
            same.sort(key=lambda known: -known.kind)
        lengths = self._lengths.setdefault(key[0], [])
        if len(key) not in lengths:
            lengths.append(len(key))
            lengths.sort(reverse=True)

    def longest_at(self, row: Sequence[Word], start: int, *, marked: bool) -> Phrase | None:
        """The longest phrase that begins at this word."""
        return next(self.all_at(row, start, marked=marked), None)

    def names_in(self, row: Sequence[Word], *, marked: bool) -> set[str]:
        """The names of all phrases anywhere in the row, overlapping ones too."""
        starts = range(len(row))
        return {found.name for at in starts for found in self.all_at(row, at, marked=marked)}

    def all_at(self, row: Sequence[Word], start: int, *, marked: bool) -> Iterator[Phrase]:
        """The phrases that begin at this word, the longest first."""
        lengths = self._lengths.get(row[start].folded)
        if not lengths:
            return
        ahead = tuple([word.folded for word in row[start : start + lengths[0]]])
        for length in lengths:
            said = row[start : start + length]
            for phrase in self._by_words.get(ahead[:length], ()):
                if marks_allow(phrase.words, said, marked=marked):
                    yield phrase


def marks_allow(meant: Sequence[Word], said: Sequence[Word], *, marked: bool) -> bool:
    """Whether the marks allow this reading: "mở" is not "mô", "mo" may be either.

    Three words in a row are clear without their marks. Restored marks count for a single word
    only. A single word without marks in a text that has marks elsewhere was meant to have none
    ("can thiệp" is not "cần").
    """
    if len(meant) > 2:
        return True
    if len(meant) == 1:
        return meant[0].marked == said[0].marked or not (marked or said[0].has_marks)
    return all(
        not there.has_typed_marks or here.marked == there.marked
        for here, there in zip(meant, said, strict=True)
    )


def has_marks(row: Sequence[Word]) -> bool:
    """Whether the writer types marks: in Vietnamese prose more than half of the words have one."""
    return sum(word.has_marks for word in row) * 3 >= max(len(row), 1)


def phrases_of(patterns: Iterable[str], kind: Kind, name: str = "") -> list[Phrase]:
    """The phrases that a list of patterns spells."""
    return [Phrase(spelt, kind, name) for pattern in patterns for spelt in _words_of(pattern)]


def _words_of(pattern: str) -> Iterator[tuple[Word, ...]]:
    """The words of each spelling; a pattern of letters only is not searched for words again."""
    is_plain = _PLAIN.fullmatch(pattern) is not None
    for text in spellings(pattern):
        yield tuple(map(word, text.split())) if is_plain else words(text)
