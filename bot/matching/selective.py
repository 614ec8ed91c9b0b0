"""How well confidence sorts questions: what answering only the sure ones costs and saves."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

RESAMPLES = 300
SEED = 4  # the same interval each time


@dataclass(frozen=True)
class Judgement:
    """One question: how sure the bot was, and whether its first candidate was right."""

    confidence: float
    right: bool
    answerable: bool


@dataclass(frozen=True)
class Point:
    """Were only the surest questions answered: their share, and the share of them that is wrong."""

    covered: float
    risk: float


def risk_curve(judged: Sequence[Judgement]) -> list[Point]:
    """Risk against coverage, from the surest question to all of them.

    An answer to a question that nobody here answers counts as wrong.
    """
    ordered = sorted(judged, key=lambda one: -one.confidence)
    wrong = accumulate(not one.right for one in ordered)
    return [
        Point(place / len(ordered), errors / place) for place, errors in enumerate(wrong, start=1)
    ]


def selective_figures(judged: Sequence[Judgement]) -> dict[str, float | None]:
    """Area under the risk-coverage curve, its generalised form, and refusals of strangers."""
    curve = risk_curve(judged)
    return {
        "aurc": _share(sum(one.risk for one in curve), len(curve)),
        "augrc": _share(sum(one.risk * one.covered for one in curve), len(curve)),
        "out_of_scope_recall_at_95": _refused(judged, 0.95),
        "out_of_scope_recall_at_90": _refused(judged, 0.90),
    }


def _refused(judged: Sequence[Judgement], kept: float) -> float | None:
    """Strangers below the line that keeps this share of the answerable questions."""
    inside = sorted(one.confidence for one in judged if one.answerable)
    outside = [one.confidence for one in judged if not one.answerable]
    if not inside or not outside:
        return None
    line = inside[int((1 - kept) * len(inside))]
    return _share(sum(one < line for one in outside), len(outside))


def interval(hits: Sequence[bool]) -> list[float] | None:
    """Where the share lies in 95 of 100 resamples."""
    if not hits:
        return None
    dice = random.Random(SEED)  # noqa: S311 - statistics, no secret
    size = len(hits)
    shares = sorted(sum(dice.choices(hits, k=size)) / size for _ in range(RESAMPLES))
    return [round(shares[int(RESAMPLES * at)], 4) for at in (0.025, 0.975)]


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
