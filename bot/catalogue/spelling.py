"""Vietnamese names as people type them: with marks, without, with the tone on the other vowel.

A few lines of what `bot.matching.text` does for questions; the two floors do not know each other.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_TONES = dict(zip("\u0300\u0301\u0303\u0309\u0323", "21435", strict=True))
_MARKS = dict.fromkeys(range(0x300, 0x370)) | {ord("đ"): "d", ord("ð"): "d"}
_FINAL_I = re.compile("(?:qu|[hklmstv])i")  # Kì and Kỳ, Quí and Quý are one word
_WORD = re.compile(
    "(?:[^\\W_][\u0300-\u036f]*)+"
)  # some phones send the marks apart from the letters


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
    letters = unicodedata.normalize("NFD", raw.lower())
    folded = letters.translate(_MARKS)
    tone = "".join(_TONES[letter] for letter in letters if letter in _TONES)
    plain = "".join(letter for letter in letters if letter not in _TONES)
    plain = unicodedata.normalize("NFC", plain)
    if _FINAL_I.fullmatch(folded):
        folded, plain = f"{folded[:-1]}y", f"{plain[:-1]}y"
    return Word(folded, plain + tone, start, end)
