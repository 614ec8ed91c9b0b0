"""What a message sounds like: all its words and neighbours, the padding and the frames with them.

The terms of a question say what it is about. Somebody who tells what happened ("cắt đất ra cho ba
đứa con") names little of that, and still talks like those whose words the aliases are. Measured on
questions of people who had not seen the catalogue, this brought the right procedure to the first
place for 3 in 100 more, and took it from nobody.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise

Talk = dict[str, float]  # words and pairs of neighbours by weight

DAMPED = 0.5  # power: said in four phrases counts twice as much as in one
FEW = 3.0  # phrases; a name alone says little about how people talk
LOUD = 2.5  # so that a title that is said word for word comes to about 1, like other shares


def grams(words: Sequence[str]) -> list[str]:
    """The words and the pairs of neighbours, each once, in the same order whatever the hash seed."""
    return list(dict.fromkeys((*words, *map(" ".join, pairwise(words)))))


def gram_weights(phrases: Iterable[Sequence[str]]) -> dict[str, float]:
    """How much each word or pair tells, by the number of phrases that have it."""
    rows = list(phrases)
    counts = Counter(chain.from_iterable(map(grams, rows)))
    return {gram: math.log1p(len(rows) / count) for gram, count in counts.items()}


def talk_of(words: Sequence[str], weights: Mapping[str, float]) -> Talk:
    """One phrase or message; what nobody else says is left out."""
    return _unit({gram: weights[gram] for gram in grams(words) if gram in weights})


def talk_of_all(phrases: Iterable[Sequence[str]], weights: Mapping[str, float]) -> Talk:
    """The phrases of one procedure together; the fewer they are, the less it weighs."""
    total: Talk = {}
    rows = list(phrases)
    for words in rows:
        for gram, weight in talk_of(words, weights).items():
            total[gram] = total.get(gram, 0.0) + weight
    damped = {gram: weight**DAMPED for gram, weight in total.items()}
    return _unit(damped, LOUD * len(rows) / (len(rows) + FEW))


def likeness(one: Talk, other: Mapping[str, float]) -> float:
    """From 0 to about 1; the smaller of the two first is the quicker way."""
    if not other:  # in a list of names nothing was learned of anybody's talk
        return 0.0
    return sum([weight * other[gram] for gram, weight in one.items() if gram in other])


def _unit(talk: Talk, length: float = 1.0) -> Talk:
    scale = length / (math.sqrt(sum([weight * weight for weight in talk.values()])) or 1.0)
    return {gram: weight * scale for gram, weight in talk.items()}
