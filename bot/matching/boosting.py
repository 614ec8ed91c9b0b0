"""Grows small trees that tell sure questions from doubtful ones; plain Python, no randomness.

A question is safe to answer when several things hold together (much was said, and of one
procedure only), which a weighted sum cannot say; trees of two questions each can.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from bot.matching.model import Tree, Votes, logistic

ROUNDS = 120
RATE = 0.08  # how much of a tree's opinion is taken over
MOST_LIMITS = 20  # per feature; finer cuts learn the rows by heart
LEAST_ROWS = 15  # on either side of a cut
CALM = 4.0  # pulls the votes of few rows towards nothing


@dataclass(frozen=True)
class _Column:
    """One feature of all rows: which of its limits each row exceeds."""

    name: str
    limits: tuple[float, ...]
    steps: tuple[int, ...]


@dataclass(frozen=True)
class _Cut:
    gain: float
    column: _Column
    step: int


def boost(names: Sequence[str], rows: Sequence[Sequence[float]], right: Sequence[bool]) -> Votes:
    """Trees that say how likely a row is right."""
    columns = [_column(name, [row[at] for row in rows]) for at, name in enumerate(names)]
    share = (sum(right) + 1) / (len(right) + 2)
    base = math.log(share / (1 - share))
    scores = [base] * len(rows)
    trees: list[Tree] = []
    everyone = list(range(len(rows)))
    for _ in range(ROUNDS):
        odds = [logistic(score) for score in scores]
        pull = [is_right - p for is_right, p in zip(right, odds, strict=True)]
        curve = [p * (1 - p) for p in odds]
        tree = _grow(columns, everyone, pull, curve, scores, depth=2)
        if not isinstance(tree, list):
            break
        trees.append(tree)
    return Votes(round(base, 4), trees)


def _column(name: str, values: Sequence[float]) -> _Column:
    ordered = sorted(values)
    places = [len(ordered) * at // (MOST_LIMITS + 1) for at in range(1, MOST_LIMITS + 1)]
    limits = tuple(sorted({round(ordered[place], 4) for place in places})) if ordered else ()
    return _Column(name, limits, tuple(bisect_left(limits, value) for value in values))


def _grow(
    columns: Sequence[_Column],
    rows: list[int],
    pull: Sequence[float],
    curve: Sequence[float],
    scores: list[float],
    depth: int,
) -> Tree:
    """The best tree over these rows; moves their scores by its votes."""
    cut = _best_cut(columns, rows, pull, curve) if depth else None
    if cut is None:
        vote = round(RATE * sum(pull[r] for r in rows) / (sum(curve[r] for r in rows) + CALM), 4)
        for row in rows:
            scores[row] += vote
        return vote
    low = [row for row in rows if cut.column.steps[row] <= cut.step]
    high = [row for row in rows if cut.column.steps[row] > cut.step]
    return [
        cut.column.name,
        cut.column.limits[cut.step],
        _grow(columns, low, pull, curve, scores, depth - 1),
        _grow(columns, high, pull, curve, scores, depth - 1),
    ]


def _best_cut(
    columns: Sequence[_Column], rows: list[int], pull: Sequence[float], curve: Sequence[float]
) -> _Cut | None:
    cuts = [_cut_of(column, rows, pull, curve) for column in columns]
    best = max(cuts, key=lambda cut: cut.gain if cut else 0.0, default=None)
    return best if best and best.gain > 0 else None


def _cut_of(
    column: _Column, rows: list[int], pull: Sequence[float], curve: Sequence[float]
) -> _Cut | None:
    """The best place to cut one feature."""
    size = len(column.limits) + 1
    pulls, curves, counts = [0.0] * size, [0.0] * size, [0] * size
    steps = column.steps
    for row in rows:
        step = steps[row]
        pulls[step] += pull[row]
        curves[step] += curve[row]
        counts[step] += 1
    all_pull, all_curve = sum(pulls), sum(curves)
    whole = _worth(all_pull, all_curve)
    best: _Cut | None = None
    low_pull = low_curve = 0.0
    low_count = 0
    for step in range(size - 1):
        low_pull += pulls[step]
        low_curve += curves[step]
        low_count += counts[step]
        if min(low_count, len(rows) - low_count) < LEAST_ROWS:
            continue
        high = _worth(all_pull - low_pull, all_curve - low_curve)
        gain = _worth(low_pull, low_curve) + high - whole
        if best is None or gain > best.gain:
            best = _Cut(gain, column, step)
    return best


def _worth(pull: float, curve: float) -> float:
    return pull * pull / (curve + CALM)
