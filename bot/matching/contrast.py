"""What sets a procedure's talk apart: learned where what is said of it sounds like another's.

The talk of a procedure is the sum of what is said of it, and sums blur where matters share their
words. So each phrase is asked for its owner; where another procedure sounds nearly as like, its words
are pulled here and pushed away there, a little at a time (Tan and others, "A novel refinement approach
for text categorization", 2005, call it dragging and pushing). Only the words of the catalogue and of
our own questions are used, never a citizen's.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from bot.matching.talk import LOUD, Talk

ROUNDS = 4
CLEAR = 0.2  # of a perfect likeness: by so much a phrase must be nearer to its owner
STEP = 0.1
OUTSIDE = "@outside"  # in place of a procedure's id: the talk of what nobody here handles
LEAST = 0.15  # smaller weights are nine in ten of all and changed no figure

Spread = dict[str, dict[int, float]]  # words by owner and weight


def contrasts(talks: Sequence[Talk], phrases: Sequence[tuple[int, Talk]]) -> list[Talk]:
    """What to add to each talk so that the phrases, given with their owners, are told apart."""
    spread: Spread = {}
    for at, talk in enumerate(talks):
        _add(talk, 1.0, at, spread)
    learned: Spread = {}
    order = list(phrases)
    mixed = Random(0)  # noqa: S311 - some order that is not the catalogue's, and always the same
    for left in range(ROUNDS, 0, -1):
        mixed.shuffle(order)
        for owner, phrase in order:
            rival = _rival(phrase, owner, spread)
            if rival is None:
                continue
            for at, step in ((owner, STEP * LOUD), (rival, -STEP * LOUD)):
                _add(phrase, step, at, spread)
                _add(phrase, step * left / ROUNDS, at, learned)  # the mean of all rounds
    return _worth(learned, len(talks))


def _rival(phrase: Talk, owner: int, spread: Spread) -> int | None:
    """The other procedure that the phrase sounds most like, where it is too near."""
    likeness: dict[int, float] = {}
    for gram, weight in phrase.items():
        for at, there in spread[gram].items():
            likeness[at] = likeness.get(at, 0.0) + weight * there
    own = likeness.pop(owner, 0.0)
    rival = max(likeness, key=lambda at: (likeness[at], -at), default=None)
    near = rival is not None and likeness[rival] > own - CLEAR * LOUD
    return rival if near else None


def _add(phrase: Talk, step: float, at: int, spread: Spread) -> None:
    for gram, weight in phrase.items():
        owners = spread.setdefault(gram, {})
        owners[at] = owners.get(at, 0.0) + step * weight


def _worth(learned: Spread, talks: int) -> list[Talk]:
    """What was learned of each talk, without the small weights."""
    worth: list[Talk] = [{} for _ in range(talks)]
    for gram, owners in sorted(learned.items()):
        for at, weight in owners.items():
            if abs(round(weight, 2)) >= LEAST:
                worth[at][gram] = round(weight, 2)
    return worth
