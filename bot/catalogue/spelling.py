"""Vietnamese names as people type them: with marks, without, with the tone on the other vowel."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot import vietnamese

# Some phones send the marks apart from the letters.
_WORD = re.compile("(?:[^\\W_][\u0300-\u036f]*)+")


@dataclass(frozen=True, slots=True)
class Word:
    folded: str  # "ky": what a phone without marks writes
    marked: str  # "ky2": hats kept, the tone moved to the end, so that hoà and hòa are equal
    start: int = 0
    end: int = 0

    @property
    def has_marks(self) -> bool:
        return self.marked != self.folded


def read_words(text: str) -> tuple[Word, ...]:
    """The words of a text, and where they stand in it."""
    return tuple(_word(found[0], found.start(), found.end()) for found in _WORD.finditer(text))


def _word(raw: str, start: int, end: int) -> Word:
    lower = raw.lower()
    return Word(vietnamese.folded(lower), vietnamese.marked(lower), start, end)
