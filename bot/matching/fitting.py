"""Fits the model from labelled questions: how to rank, how sure to be, where to draw the lines.

Plain Python, no randomness: the same questions and the same catalogue give the same file. What is
reported comes from cross-validation: each question is judged by a model that has not seen it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.matching.conversation import NO_CONTEXT, near
from bot.matching.decision import (
    DECISION_FEATURES,
    MOST_CHOICES,
    ODDS_SCALE,
    SmallTalk,
    decision_features,
    understand,
)
from bot.matching.evaluation import Row, follow, read_labels
from bot.matching.index import Index
from bot.matching.model import Model, logistic
from bot.matching.scoring import RANKING_FEATURES, Match

FOLDS = 5
RANKED = 12  # the right one is among these in all but a few questions
RANKING_STEPS = 200
RANKING_STEP = 1.5
RANKING_DECAY = 0.02  # pulls towards RANKING_START, not towards nothing
CONFIDENCE_DECAY = 0.001  # per question; keeps 20 coefficients quiet on a thousand rows
NEWTON_STEPS = 12
# Weights that do well on official names alone, where no alias helps ("nuôi con nuôi" before "đăng
# ký lại việc nuôi con nuôi"); a few hundred questions move them, they do not invent them.
RANKING_START = {
    "coverage": 0.7,
    "said": 0.6,
    "meant": 0.85,
    "title": 0.65,
    "pairs": 0.65,
    "exact": 0.1,
    "marks": 0.1,
    "conflict": -0.4,
    "unasked": -0.25,
    "kin": 0.5,
    "fuzzy": 0.2,
}
NEGATIVE = ("conflict", "unasked")  # the rest must not count against a candidate

MOST_WRONG = (
    0.045  # of questions with an answer: another answer; some two points are doubtful labels
)
MOST_ANSWERED = 0.04  # of questions without an answer: any answer
LEAST_IN_SCOPE = 0.975  # of answerable questions with the right one in the first four: not refused

Vector = list[float]


@dataclass(frozen=True)
class Sample:
    """One question that came to a search, with its compared candidates."""

    row: Row
    fold: int
    accepted: frozenset[int]
    matches: tuple[Match, ...]


def fit(files: Sequence[Path], index: Index) -> dict[str, Any]:
    """The model as it is stored, with the figures it gave and what it was fitted on."""
    samples = collect(files, index)
    judged = [one for fold in range(FOLDS) for one in _judge_fold(samples, fold, index)]
    answer_at, offer_at = thresholds(judged)
    ranking = fit_ranking(samples)
    confidence, scope = fit_confidence(samples, ranking, index)
    return {
        "ranking": _rounded(ranking),
        "confidence": _rounded(confidence),
        "scope": _rounded(scope),
        "answer_at": answer_at,
        "offer_at": offer_at,
        "figures": _figures(judged, answer_at, offer_at),
        "fitted_on": fingerprint(files, index),
    }


def save(model: dict[str, Any], path: Path) -> None:
    """Write the model, one coefficient a line, so that a change can be read in a diff."""
    path.write_text(json.dumps(model, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def fingerprint(files: Sequence[Path], index: Index) -> dict[str, str | int]:
    """What the model was fitted on, without any of the questions."""
    questions = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    catalogue = hashlib.sha256(repr(index.entries).encode()).hexdigest()
    return {
        "questions": questions[:16],
        "catalogue": catalogue[:16],
        "procedures": len(index.entries),
    }


# Questions


def collect(files: Iterable[Path], index: Index) -> list[Sample]:
    """The questions that a search decides; small talk and bare follow-ups need no model."""
    talks = [talk for path in files for talk in read_labels(path)]
    return [sample for talk in talks for sample in _samples(talk, index)]


def _samples(talk: Sequence[Row], index: Index) -> Iterable[Sample]:
    context = NO_CONTEXT
    fold = int(hashlib.sha256(talk[0].question.encode()).hexdigest(), 16) % FOLDS
    places = {entry.id: at for at, entry in enumerate(index.entries)}
    for row in talk:
        decision = understand(row.question, index=index, context=context)
        if not isinstance(decision, SmallTalk) and decision.confidence < 1.0:
            matches = index.match(index.read(row.question), near(context))[:RANKED]
            accepted = frozenset(places[one] for one in row.accepted(index))
            if matches:
                yield Sample(row, fold, accepted, tuple(matches))
        context = follow(context, row.question, decision)


# Ranking: listwise, the right candidate against the others of its question


def fit_ranking(samples: Sequence[Sample]) -> dict[str, float]:
    """Weights under which the right candidates come first."""
    lists = [one for one in map(_ranking_list, samples) if one is not None]
    start = [RANKING_START[name] for name in RANKING_FEATURES]
    weights = start
    for _ in range(RANKING_STEPS):
        gradient = [RANKING_DECAY * (s - w) for s, w in zip(start, weights, strict=True)]
        for vectors, right in lists:
            _add_gradient(gradient, vectors, right, weights, 1.0 / len(lists))
        weights = [w + RANKING_STEP * g for w, g in zip(weights, gradient, strict=True)]
        weights = [_signed(n, w) for n, w in zip(RANKING_FEATURES, weights, strict=True)]
    return dict(zip(RANKING_FEATURES, weights, strict=True))


def _signed(name: str, weight: float) -> float:
    return min(weight, 0.0) if name in NEGATIVE else max(weight, 0.0)


def _ranking_list(sample: Sample) -> tuple[list[Vector], list[bool]] | None:
    right = [match.at in sample.accepted for match in sample.matches]
    if not any(right) or all(right):
        return None
    vectors = [[match.features[name] for name in RANKING_FEATURES] for match in sample.matches]
    return vectors, right


def _add_gradient(
    gradient: Vector, vectors: list[Vector], right: list[bool], weights: Vector, share: float
) -> None:
    """Towards the right candidates, away from what the weights now prefer."""
    scores = [sum(map(float.__mul__, weights, vector)) for vector in vectors]
    top = max(scores)
    odds = [math.exp(ODDS_SCALE * (score - top)) for score in scores]
    total = sum(odds)
    total_right = sum(odd for odd, is_right in zip(odds, right, strict=True) if is_right)
    for vector, odd, is_right in zip(vectors, odds, right, strict=True):
        pull = share * ((odd / total_right if is_right else 0.0) - odd / total)
        for at, value in enumerate(vector):
            gradient[at] += pull * value


# Confidence: logistic, by Newton's method


def fit_confidence(
    samples: Sequence[Sample], ranking: dict[str, float], index: Index
) -> tuple[dict[str, float], dict[str, float]]:
    """Coefficients for "the first is right" and "one of the first four is"."""
    ranked = [rank(sample, ranking) for sample in samples]
    rows = [_decision_vector(sample, ranking, index) for sample in ranked]
    first = [sample.matches[0].at in sample.accepted for sample in ranked]
    among = [_is_among(sample) for sample in ranked]
    names = ("one", *DECISION_FEATURES)
    return (
        dict(zip(names, newton(rows, first), strict=True)),
        dict(zip(names, newton(rows, among), strict=True)),
    )


def rank(sample: Sample, ranking: dict[str, float]) -> Sample:
    """The sample with its candidates in the order that these weights give."""
    matches = [
        replace(match, score=sum(ranking[name] * match.features[name] for name in ranking))
        for match in sample.matches
    ]
    return replace(sample, matches=tuple(sorted(matches, key=lambda one: (-one.score, one.at))))


def _decision_vector(sample: Sample, ranking: dict[str, float], index: Index) -> Vector:
    features = decision_features(index.read(sample.row.question), sample.matches, index)
    return [1.0, *(features[name] for name in DECISION_FEATURES)]


def _is_among(sample: Sample) -> bool:
    return any(match.at in sample.accepted for match in sample.matches[:MOST_CHOICES])


def newton(rows: Sequence[Vector], targets: Sequence[bool]) -> Vector:
    """Logistic coefficients with a quadratic penalty (none on the constant)."""
    size = len(rows[0])
    weights = [0.0] * size
    decay = [0.0] + [CONFIDENCE_DECAY * len(rows)] * (size - 1)
    for _ in range(NEWTON_STEPS):
        gradient = [-d * w for d, w in zip(decay, weights, strict=True)]
        curve = [[decay[i] if i == j else 0.0 for j in range(size)] for i in range(size)]
        for row, target in zip(rows, targets, strict=True):
            p = logistic(sum(map(float.__mul__, weights, row)))
            spread = max(p * (1 - p), 1e-6)
            for i, x in enumerate(row):
                gradient[i] += (target - p) * x
                line = curve[i]
                for j in range(i + 1):
                    line[j] += spread * x * row[j]
        weights = [w + s for w, s in zip(weights, solve(curve, gradient), strict=True)]
    return weights


def solve(lower: list[Vector], right: Vector) -> Vector:
    """The solution of a symmetric system of which the lower half is given."""
    size = len(right)
    table = [[lower[max(i, j)][min(i, j)] for j in range(size)] + [right[i]] for i in range(size)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda k: abs(table[k][i]))
        table[i], table[pivot] = table[pivot], table[i]
        scale = table[i][i] or 1e-9
        table[i] = [x / scale for x in table[i]]
        for k in range(size):
            if k != i and table[k][i]:
                factor = table[k][i]
                table[k] = [x - factor * y for x, y in zip(table[k], table[i], strict=True)]
    return [row[-1] for row in table]


# Judging unseen questions


@dataclass(frozen=True)
class Judged:
    """One question as a model saw it that was fitted without it."""

    answerable: bool
    first_right: bool
    among: bool
    confidence: float
    scope: float


def _judge_fold(samples: Sequence[Sample], fold: int, index: Index) -> list[Judged]:
    seen = [one for one in samples if one.fold != fold]
    ranking = fit_ranking(seen)
    confidence, scope = fit_confidence(seen, ranking, index)
    model = Model(ranking, confidence, scope, 0.5, 0.5)
    return [_judge(one, model, index) for one in samples if one.fold == fold]


def _judge(sample: Sample, model: Model, index: Index) -> Judged:
    ranked = rank(sample, dict(model.ranking))
    features = decision_features(index.read(sample.row.question), ranked.matches, index)
    return Judged(
        bool(sample.accepted),
        ranked.matches[0].at in sample.accepted,
        _is_among(ranked),
        model.confident(features),
        model.in_scope(features),
    )


def thresholds(judged: Sequence[Judged]) -> tuple[float, float]:
    """The lowest line for answering that keeps mistakes rare, and for asking back that refuses few."""
    steps = [step / 100 for step in range(2, 100)]
    answer_at = next((at for at in steps if _is_careful(judged, at)), 0.99)
    in_scope = sorted(one.scope for one in judged if one.among)
    offer_at = in_scope[int(len(in_scope) * (1 - LEAST_IN_SCOPE))] if in_scope else 0.5
    return answer_at, round(offer_at, 3)


def _is_careful(judged: Sequence[Judged], answer_at: float) -> bool:
    inside = [one for one in judged if one.answerable]
    outside = [one for one in judged if not one.answerable]
    wrong = sum(one.confidence >= answer_at and not one.first_right for one in inside)
    answered = sum(one.confidence >= answer_at for one in outside)
    return wrong <= MOST_WRONG * len(inside) and answered <= MOST_ANSWERED * len(outside)


def _figures(judged: Sequence[Judged], answer_at: float, offer_at: float) -> dict[str, float]:
    inside = [one for one in judged if one.answerable]
    outside = [one for one in judged if not one.answerable]
    answered = [one for one in inside if one.confidence >= answer_at]
    asked = [one for one in inside if one.confidence < answer_at and one.scope >= offer_at]
    held = [o for o in outside if o.confidence < answer_at and o.scope < offer_at]
    return {
        "questions": len(judged),
        "first": _share(sum(one.first_right for one in inside), inside),
        "among_four": _share(sum(one.among for one in inside), inside),
        "right": _share(sum(one.first_right for one in answered), inside),
        "offered": _share(sum(one.among for one in asked), inside),
        "wrong": _share(sum(not one.first_right for one in answered), inside),
        "answered_wrongly": _share(sum(one.confidence >= answer_at for one in outside), outside),
        "held": _share(len(held), outside),
    }


def _share(count: int, of: Sequence[Judged]) -> float:
    return round(count / len(of), 4) if of else 0.0


def _rounded(weights: dict[str, float]) -> dict[str, float]:
    return {name: round(weight, 4) for name, weight in weights.items()}
