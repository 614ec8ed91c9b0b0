"""Vietnamese letters: marks taken off, tones moved to the end, one spelling for kí and ký.

Names of places and questions of citizens are read by different floors, but a word is the same word.
Everything here wants lower case; any Unicode form will do.
"""

from __future__ import annotations

import re
import unicodedata

_TONES = {"\u0300": "2", "\u0301": "1", "\u0303": "4", "\u0309": "3", "\u0323": "5"}
_DROP_MARKS = dict.fromkeys(range(0x300, 0x370)) | {ord("đ"): "d", ord("ð"): "d"}
_FINAL_I = re.compile("(?:qu|[hklmstv])i")  # kí and ký, lí and lý, qui and quy are one word


def strip_marks(text: str) -> str:
    """The text without tones, hats and horns; đ becomes d."""
    return unicodedata.normalize("NFD", text).translate(_DROP_MARKS)


def folded(word: str) -> str:
    """The word as it is looked up: without marks, y for a final i."""
    return _with_final_y(strip_marks(word))


def marked(word: str) -> str:
    """The word with its hats and horns, the tone as a digit at the end: hoà and hòa are equal."""
    letters = unicodedata.normalize("NFD", word)
    tone = "".join([_TONES[letter] for letter in letters if letter in _TONES])
    plain = "".join([letter for letter in letters if letter not in _TONES])
    return _with_final_y(unicodedata.normalize("NFC", plain)) + tone


def _with_final_y(word: str) -> str:
    return f"{word[:-1]}y" if _FINAL_I.fullmatch(word) else word
