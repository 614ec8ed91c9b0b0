"""How well confidence sorts questions: what answering only the sure ones costs and saves."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

RESAMPLES = 300
SEED = 4  # the same interval each time


@dataclass(frozen=True)
class Judgement:
    """One question: how sure the bot was, and whether its first candidate was right."""

    confidence: float
    right: bool
    answerable: bool


def selective_figures(judged: Sequence[Judgement]) -> dict[str, float | None]:
    """Area under the risk-coverage curve, its generalised form, and refusals of strangers.

    An answer to a question that nobody here answers counts as wrong.
    """
    ordered = sorted(judged, key=lambda one: -one.confidence)
    wrong, risks, joint = 0, 0.0, 0.0
    for place, one in enumerate(ordered, 1):
        wrong += not one.right
        risks += wrong / place
        joint += wrong / len(ordered)
    return {
        "aurc": _share(risks, len(ordered)),
        "augrc": _share(joint, len(ordered)),
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
