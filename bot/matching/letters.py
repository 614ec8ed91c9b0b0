"""Reads a letter: a story of many sentences around a question, of which one sentence speaks clearly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from msgspec import structs

from bot.matching.index import Index
from bot.matching.reading import Reading
from bot.matching.text import sentences

LONG = 26  # terms; a longer message is a letter
MOST_SENTENCES = 12
VOTES = 4  # candidates that a sentence speaks for
TELLING = 4.0  # the weight of a sentence that says what it is about


def read_question(text: str, index: Index) -> Reading:
    """The message as read; of a letter, the sentence that best says what it is about.

    No procedure knows much of a story. What is asked for may stand in any sentence, so the sides
    come from all of them.
    """
    whole = index.read(text)
    if len(whole.terms) < LONG:
        return whole
    passages = [index.read(one) for one in sentences(text)[:MOST_SENTENCES]]
    asking = [one for one in passages if one.facets and one.terms] or passages
    return structs.replace(_telling(asking, index) or whole, facets=whole.facets)


def _telling(passages: Sequence[Reading], index: Index) -> Reading | None:
    """The passage that speaks most clearly of what all of them together speak of."""
    votes: defaultdict[int, float] = defaultdict(float)
    best: dict[int, tuple[float, Reading]] = {}
    for passage in passages:
        told = min(1.0, sum(index.weight(term.text) for term in passage.terms) / TELLING)
        for match in index.match(passage).ours[:VOTES]:
            votes[match.at] += told * match.score
            if match.at not in best or match.score > best[match.at][0]:
                best[match.at] = (match.score, passage)
    return best[max(votes, key=votes.__getitem__)][1] if votes else None
