"""How the catalogue itself spells its words: which marks a word without marks most likely has.

"ban dat" in an unmarked message is "bán đất" because the catalogue says "bán đất" and never "bàn
đất"; "ban sao" is "bản sao". Only the reading of single ambiguous words leans on this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

from bot.matching.text import Word

PAIR_WEIGHT = 50  # one neighbour seen tells more than how often a word is used at large
FUNCTION_WORD_COUNT = 30  # "muon" is "muốn" unless its neighbours say "mượn"


Spellings = dict[str, int]  # marked form → beside how many others


@dataclass(frozen=True)
class Usage:
    """Spellings by folded word, alone and with a neighbour."""

    alone: dict[str, Spellings] = field(default_factory=dict)
    pairs: dict[tuple[str, str], list[tuple[str, str, int]]] = field(default_factory=dict)  # folded

    @classmethod
    def of(cls, rows: Iterable[Sequence[Word]], function_words: Iterable[Word] = ()) -> Usage:
        """The usage in these texts; function words are frequent everywhere."""
        rows = list(rows)
        usage = cls()
        for word in function_words:
            usage._count(word, FUNCTION_WORD_COUNT)
        pairs = Counter(chain.from_iterable(map(pairwise, rows)))
        # "căn" stands in every text about căn cước, but before hardly another word: "can" is "cần".
        before, after = Counter(right for _, right in pairs), Counter(left for left, _ in pairs)
        for word in dict.fromkeys(chain.from_iterable(rows)):
            usage._count(word, 1 + min(before[word], after[word]))
        for (left, right), times in pairs.items():
            spelt = (left.marked, right.marked, times)
            usage.pairs.setdefault((left.folded, right.folded), []).append(spelt)
        return usage

    def _count(self, word: Word, times: int) -> None:
        spellings = self.alone.setdefault(word.folded, {})
        spellings[word.marked] = spellings.get(word.marked, 0) + times

    def has_pair(self, left: str, right: str) -> bool:
        """Whether the catalogue writes these two side by side."""
        return (left, right) in self.pairs

    def restored(self, row: Sequence[Word]) -> tuple[Word, ...]:
        """The row with the likeliest marks; words that the catalogue lacks stay as they are."""
        return tuple(self._restored(row, at) for at in range(len(row)))

    def _restored(self, row: Sequence[Word], at: int) -> Word:
        one = row[at]
        if one.has_marks or one.folded not in self.alone:
            return one
        votes = Counter(self.alone[one.folded])
        for marked, count in self._beside(row, at):
            votes[marked] += PAIR_WEIGHT * count
        return Word(one.folded, max(sorted(votes), key=votes.__getitem__), guessed=True)

    def _beside(self, row: Sequence[Word], at: int) -> Iterator[tuple[str, int]]:
        """How the word is spelt before its next and after its last neighbour, and how often."""
        if at + 1 < len(row):
            for marked, _, count in self.pairs.get((row[at].folded, row[at + 1].folded), ()):
                yield marked, count
        if at:
            for _, marked, count in self.pairs.get((row[at - 1].folded, row[at].folded), ()):
                yield marked, count
