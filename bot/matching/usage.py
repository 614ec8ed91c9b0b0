"""How the catalogue itself spells its words: which marks a word without marks most likely has.

"ban dat" in an unmarked message is "bán đất" because the catalogue says "bán đất" and never "bàn
đất"; "ban sao" is "bản sao". Only the reading of single ambiguous words leans on this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.matching.text import Word

PAIR_WEIGHT = 20  # one neighbour seen tells more than how often a word is used at large


@dataclass(frozen=True)
class Usage:
    """Spellings by folded word, alone and with a neighbour."""

    alone: dict[str, Counter[str]] = field(default_factory=dict)
    before: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)  # by the next word
    after: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)  # by the last word

    @classmethod
    def of(cls, rows: Iterable[Sequence[Word]]) -> Usage:
        """The usage in these texts."""
        usage = cls()
        for row in rows:
            for at, one in enumerate(row):
                usage.alone.setdefault(one.folded, Counter())[one.marked] += 1
                if at + 1 < len(row):
                    usage._add_pair(one, row[at + 1])
        return usage

    def _add_pair(self, left: Word, right: Word) -> None:
        pair = (left.folded, right.folded)
        self.before.setdefault(pair, Counter())[left.marked] += 1
        self.after.setdefault(pair, Counter())[right.marked] += 1

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
        if at + 1 < len(row):
            self._vote(votes, self.before.get((one.folded, row[at + 1].folded)))
        if at:
            self._vote(votes, self.after.get((row[at - 1].folded, one.folded)))
        return Word(one.folded, max(sorted(votes), key=votes.__getitem__))

    @staticmethod
    def _vote(votes: Counter[str], seen: Counter[str] | None) -> None:
        for marked, count in (seen or {}).items():
            votes[marked] += PAIR_WEIGHT * count
