"""How the catalogue itself spells its words: which marks a word without marks most likely has.

"ban dat" in an unmarked message is "bán đất" because the catalogue says "bán đất" and never "bàn
đất"; "ban sao" is "bản sao". Only the reading of single ambiguous words leans on this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import TypeVar

from bot.matching.text import Word

Key = TypeVar("Key", str, tuple[str, str])

PAIR_WEIGHT = 50  # one neighbour seen tells more than how often a word is used at large
FUNCTION_WORD_COUNT = 30  # "muon" is "muốn" unless its neighbours say "mượn"


Spellings = dict[str, int]  # marked form → how often


@dataclass(frozen=True)
class Usage:
    """Spellings by folded word, alone and with a neighbour."""

    alone: dict[str, Spellings] = field(default_factory=dict)
    before: dict[tuple[str, str], Spellings] = field(default_factory=dict)  # by the next word
    after: dict[tuple[str, str], Spellings] = field(default_factory=dict)  # by the last word

    @classmethod
    def of(cls, rows: Iterable[Sequence[Word]], function_words: Iterable[Word] = ()) -> Usage:
        """The usage in these texts; function words are frequent everywhere."""
        rows = list(rows)
        usage = cls()
        for word in function_words:
            _count(usage.alone, word.folded, word.marked, FUNCTION_WORD_COUNT)
        for word, times in Counter(chain.from_iterable(rows)).items():
            _count(usage.alone, word.folded, word.marked, times)
        for (left, right), times in Counter(chain.from_iterable(map(pairwise, rows))).items():
            pair = (left.folded, right.folded)
            _count(usage.before, pair, left.marked, times)
            _count(usage.after, pair, right.marked, times)
        return usage

    def has_pair(self, left: str, right: str) -> bool:
        """Whether the catalogue writes these two side by side."""
        return (left, right) in self.before

    def restored(self, row: Sequence[Word]) -> tuple[Word, ...]:
        """The row with the likeliest marks; words that the catalogue lacks stay as they are."""
        return tuple(self._restored(row, at) for at in range(len(row)))

    def _restored(self, row: Sequence[Word], at: int) -> Word:
        one = row[at]
        if one.has_marks or one.folded not in self.alone:
            return one
        votes = Counter(self.alone[one.folded])
        for seen in self._beside(row, at):
            for marked, count in seen.items():
                votes[marked] += PAIR_WEIGHT * count
        return Word(one.folded, max(sorted(votes), key=votes.__getitem__), guessed=True)

    def _beside(self, row: Sequence[Word], at: int) -> Iterator[Spellings]:
        """How the word is spelt before its next and after its last neighbour."""
        if at + 1 < len(row):
            yield self.before.get((row[at].folded, row[at + 1].folded), {})
        if at:
            yield self.after.get((row[at - 1].folded, row[at].folded), {})


def _count(table: dict[Key, Spellings], key: Key, marked: str, times: int) -> None:
    spellings = table.get(key)
    if spellings is None:
        table[key] = {marked: times}
    else:
        spellings[marked] = spellings.get(marked, 0) + times
