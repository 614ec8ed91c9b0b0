"""Descent and logistic regression in plain Python: no randomness, no library at run time.

Cross-validated on labelled questions the regression told sure from doubtful as well as forests and
boosted trees did, and everybody can read its weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean, pstdev

from bot.matching.model import Logit, logistic

Weights = list[float]

STEPS = 300
CALM = 0.045  # pulls the weights of standardised features towards nothing; by cross-validation


def regress(names: Sequence[str], rows: Sequence[Sequence[float]], right: Sequence[bool]) -> Logit:
    """Weights that say how likely a row is right; without rows nothing is learnt."""
    if not rows:
        return Logit(0.0, dict.fromkeys(names, 0.0))
    columns = list(zip(*rows, strict=True))
    means, spreads = [fmean(one) for one in columns], [pstdev(one) or 1.0 for one in columns]
    scaled = [
        [1.0, *((x - m) / s for x, m, s in zip(row, means, spreads, strict=True))] for row in rows
    ]
    width = len(scaled[0])
    base, *weights = descend(
        [0.0] * width,
        partial(_slope, scaled, right),
        step=1.0 / (0.25 * width + CALM),  # safe: no eigenvalue exceeds the width
        steps=STEPS,
    )
    weights = [weight / spread for weight, spread in zip(weights, spreads, strict=True)]
    shift = sum(weight * mean for weight, mean in zip(weights, means, strict=True))
    rounded = {name: round(w, 4) for name, w in zip(names, weights, strict=True)}
    return Logit(round(base - shift, 4), rounded)


def descend(
    start: Sequence[float],
    slope: Callable[[Weights], Weights],
    *,
    step: float,
    steps: int,
    allowed: Callable[[Weights], Weights] = list,
) -> Weights:
    """Weights that the slope leads down to, by Nesterov's descent, each time brought to `allowed`."""
    weights, ahead = list(start), list(start)
    for turn in range(steps):
        down = zip(ahead, slope(ahead), strict=True)
        moved = allowed([weight - step * part for weight, part in down])
        push = turn / (turn + 3)
        ahead = [m + push * (m - w) for m, w in zip(moved, weights, strict=True)]
        weights = moved
    return weights


def _slope(rows: Sequence[Sequence[float]], right: Sequence[bool], weights: Weights) -> Weights:
    slope = [0.0, *(CALM * weight for weight in weights[1:])]
    for row, is_right in zip(rows, right, strict=True):
        error = logistic(sum(map(float.__mul__, weights, row))) - is_right
        for at, value in enumerate(row):
            slope[at] += error * value / len(rows)
    return slope
