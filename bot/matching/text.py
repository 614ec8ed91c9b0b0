"""Vietnamese as people type it, brought to one spelling.

Marks are optional on a phone, tone marks wander (hoà, hòa), keyboards leave Telex (ddaats) and VNI
(d9a6t1) behind, thumbs glue syllables together. Everything here is a pure function from text to
text; what the words mean is the lexicon's business.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from bot import vietnamese

LONGEST_READ = 4096  # Telegram's longest message, in characters
MOST_WORDS = 200  # a letter of two screens; what follows is seldom the question
LONGEST_GLUED = 40  # "dangkykhaisinhchocon" has 20 letters; longer runs are noise

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
WORD = r"\d\.\d{6}(?!\d)|[^\W_]+"
_WORD = re.compile(WORD)

CLAUSE_END = re.compile(r"[?!;\n]+|[.,](?!\d)")

_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?"
_RIME = (
    "(?:uye[nt]|uy(?:ch|nh|[atpu])|uye|uya|uo(?:ng|[cimnptu])|ie(?:ng|[cmnptu])|ye(?:ng|[mntu])"
    "|oa(?:ch|ng|nh|[cimnopty])|oe[not]|ua(?:ng|[nty])|ue(?:ch|nh)?|ia|ua|uo|uu|uy|oa|oe"
    "|a(?:ch|ng|nh|[cimnoptuy])|e(?:ch|nh|ng|[cmnoptu])|i(?:ch|nh|[amnptu])|o(?:ng|[cimnpt])"
    "|u(?:ng|[cimnpt])|[aeiouy])"
)
_SYLLABLE = re.compile(f"{_ONSET}{_RIME}")
_MARKS = {"\u0302": "6", "\u0306": "7", "\u031b": "7", "đ": "9"}  # as VNI numbers them; 8 is 7
_TELEX_TONES = {"s": "1", "f": "2", "r": "3", "x": "4", "j": "5", "z": "0"}
_CONSONANTS = "bcdghklmnpqrstvx"


class Word(NamedTuple):
    """One syllable: without marks for finding, with marks (tone last) for telling apart."""

    folded: str
    marked: str
    guessed: bool = False  # the marks were not typed but restored

    @property
    def has_marks(self) -> bool:
        return self.marked != self.folded

    @property
    def has_typed_marks(self) -> bool:
        return self.marked != self.folded and not self.guessed


def compose(text: str) -> str:
    """The text in lower case and one Unicode form, without invisible characters."""
    text = unicodedata.normalize("NFKC", text[:LONGEST_READ]).lower()[:LONGEST_READ]
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


@lru_cache(maxsize=16384)
def fold(word: str) -> str:
    """A word as it is looked up: no marks, no capital letters, y for a final i (kí, ký)."""
    return vietnamese.folded(compose(word))


@lru_cache(maxsize=16384)
def mark(word: str) -> str:
    """A word with its marks, the tone moved to the end, so that hoà and hòa are equal."""
    return vietnamese.marked(compose(word))


@lru_cache(maxsize=16384)
def word(raw: str) -> Word:
    """The word in both forms."""
    composed = compose(raw)
    return Word(vietnamese.folded(composed), vietnamese.marked(composed))


def split_words(text: str) -> list[str]:
    """The words and numbers of a text in order, composed; national codes stay whole."""
    return _WORD.findall(compose(text))[:MOST_WORDS]


def words(text: str) -> tuple[Word, ...]:
    """The words of a text in both forms."""
    between_spaces = text[:LONGEST_READ].split()
    return tuple(chain.from_iterable(map(_words_in, between_spaces)))[:MOST_WORDS]


@lru_cache(maxsize=16384)
def _words_in(text: str) -> tuple[Word, ...]:
    return tuple([word(raw) for raw in split_words(text)])


@lru_cache(maxsize=16384)
def is_syllable(folded: str) -> bool:
    """Whether Vietnamese could spell this (without marks): "truong" yes, "ddat" and "web" no."""
    return len(folded) < 8 and _SYLLABLE.fullmatch(folded) is not None


def is_number(folded: str) -> bool:
    """Whether it counts or measures: "1997", "300m2"; a national code names something."""
    return folded[:1].isdecimal() and "." not in folded


class Typed(NamedTuple):
    """A syllable that keys stand for: "ddaats" and "d9a6t1" are "dat" with the marks 9, 6 and 1."""

    folded: str
    marks: frozenset[str]


def marks_in(marked: str) -> frozenset[str]:
    """The marks of a word in its marked form, by the digits that set them in VNI."""
    tone = {marked[-1]} if marked[-1:] in "12345" else set()
    return frozenset(
        tone.union(*(_MARKS.get(one, "") for one in unicodedata.normalize("NFD", marked)))
    )


def undo_telex(raw: str) -> Typed | None:
    """The syllable that Telex keys stand for, or None.

    Keys for marks may come at once or later: "chaats", "chatsa". A double o is always ô: the four
    words that have a real one ("xoong") are in no question.
    """
    letters = ""
    marks: set[str] = set()
    if len(raw) > LONGEST_GLUED:
        return None
    for key in raw:
        if key == "w" and (not _has_vowel(letters) or letters == "gi"):
            letters += "u"  # "nhwng" is "nhưng", "giwx" is "giữ"
        mark = _telex_mark(letters, key)
        if mark is None:
            letters += key
        else:
            marks.add(mark)
    return (
        Typed(fold(letters), frozenset(marks - {"0"})) if is_syllable(letters) and marks else None
    )


def _telex_mark(letters: str, key: str) -> str | None:
    """The mark that this key puts on the letters before it; None if it is a letter itself."""
    has_vowel = _has_vowel(letters)
    if key in _TELEX_TONES and has_vowel and not (key == "r" and letters.endswith("t")):
        return _TELEX_TONES[key]
    if key == "w":
        return "7"
    if key in "aeo" and key in letters and not is_syllable(letters + key):  # "ngoeo" is one
        return "6"
    if key == "d" and letters.startswith("d") and (has_vowel or letters == "d"):
        return "9"
    return None


def _has_vowel(letters: str) -> bool:
    return bool(letters.strip(_CONSONANTS))


def undo_vni(raw: str) -> Typed | None:
    """The syllable that VNI digits stand for, or None; one letter with a digit is a name ("b2")."""
    letters = "".join([key for key in raw if not key.isdigit()])
    marks = frozenset("7" if key == "8" else key for key in raw if key.isdigit())
    is_typed = raw[:1].isalpha() and "0" not in raw and len(letters) > 1 and bool(marks)
    return Typed(fold(letters), marks) if is_typed and is_syllable(letters) else None


def split_glued(
    folded: str,
    known: Collection[str],
    are_neighbours: Callable[[str, str], bool] = lambda left, right: False,
) -> tuple[str, ...] | None:
    """The fewest known syllables that spell a glued run ("khaisinh"), or None.

    Known neighbours win: "kethon" is "ket hon", although "ke" and "thon" are words as well.
    """
    if not 5 <= len(folded) <= LONGEST_GLUED:
        return None
    best: list[tuple[float, tuple[str, ...]] | None] = [(0.0, ())] + [None] * len(folded)
    for end in range(1, len(folded) + 1):
        for start in range(max(0, end - 7), end):
            head, tail = best[start], folded[start:end]
            if head is None or tail not in known or not is_syllable(tail) or len(tail) < 2:
                continue
            is_pair = bool(head[1]) and are_neighbours(head[1][-1], tail)
            cost = head[0] + (0.4 if is_pair else 1.0)
            found = best[end]
            if found is None or cost < found[0]:
                best[end] = (cost, (*head[1], tail))
    last = best[-1]
    return last[1] if last else None
