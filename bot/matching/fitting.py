"""Fits the model from labelled questions: how to rank and how sure to be.

Plain Python, no randomness: the same questions and the same catalogue give the same file, whatever
model is installed. What is reported comes from cross-validation: each question is judged by a model
that has not seen it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bot.matching.contrast import OUTSIDE
from bot.matching.decision import DECISION_FEATURES, decision_features
from bot.matching.index import Index
from bot.matching.judging import MOST_WRONG, Judged, figures, judge, lines, thresholds
from bot.matching.labels import read_labels
from bot.matching.model import Logit, Model, contrasts_path
from bot.matching.regression import regress
from bot.matching.samples import FOLDS, Sample, collect, fold_of, is_among, rank
from bot.matching.scoring import RANKING_FEATURES
from bot.matching.talk import Talk

ODDS_SCALE = 4.0  # of a score, when scores become odds
RANKING_STEPS = 100
RANKING_STEP = 3.0
RANKING_DECAY = 0.02  # pulls towards RANKING_START, not towards nothing
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
    "typical": 0.3,
    "order": 0.1,
    "talk": 1.6,
    "contrast": 0.5,
    "missing": -0.1,
}
NEGATIVE = ("conflict", "unasked", "missing")  # the rest must not count against a candidate

# Where every fit begins: official names are ranked well, and nothing is known of how sure to be. The
# lines are near those that questions lead to; the draft that comes next is judged by them.
START = Model(RANKING_START, Logit(0.0, {}), Logit(0.0, {}), answer_at=0.75, offer_at=0.2)

Vector = list[float]


def fit(
    files: Sequence[Path],
    index: Index,
    names: Index | None = None,
    own: Sequence[Path] = (),
) -> dict[str, Any]:
    """The model as it is stored, with the figures it gave and what it was fitted on.

    `files` are other people's questions, `own` are ours: of these the words are learned as well.
    `names` is a list of nothing but names, which is ranked by weights of its own: how people talk
    of a thing is not known there.

    Which candidates are compared depends on the model that ranks them: START brings up those that a
    draft is fitted to, the draft those for the model that is kept. Fitted to the first ones only,
    the model would meet others than it was judged on: its wrong answers were 3.2 of 100 where 3.0
    was promised, and with the second ones 2.8. A third round moves a weight by 0.0001.
    """
    words = taught(own, index)
    draft = learn(_questions(files, own, index, START, words), index)
    samples = _questions(files, own, index, draft, words)
    judged = [one for fold in range(FOLDS) for one in _judge_fold(samples, fold, index)]
    answer_at, offer_at = thresholds(judged, MOST_WRONG)
    model = learn(samples, index)
    listed = collect(files, names.with_model(START)) if names else []
    return {
        "contrasts": words[ALL],
        "ranking": _rounded(model.ranking),
        "names": _rounded(fit_ranking(listed)),
        "confidence": asdict(model.confidence),
        "scope": asdict(model.scope),
        "answer_at": answer_at,
        "offer_at": offer_at,
        "figures": figures(judged, answer_at, offer_at),
        "lines": [asdict(line) for line in lines(judged)],
        "fitted_on": fingerprint([*files, *own], index),
    }


def learn(samples: Sequence[Sample], index: Index) -> Model:
    """What these questions teach about ranking and confidence; the rest stays as at the start."""
    ranking = fit_ranking(samples)
    confidence, scope = fit_confidence(samples, ranking, index)
    return replace(START, ranking=ranking, confidence=confidence, scope=scope)


def save(model: dict[str, Any], path: Path) -> None:
    """Write the model, a coefficient a line, so that a change can be read in a diff.

    Its contrasts, ten thousand words, stand in a file beside it, a procedure a line.
    """
    rest = {name: value for name, value in model.items() if name != "contrasts"}
    path.write_text(json.dumps(rest, indent=1) + "\n", encoding="utf-8")
    lines = [
        json.dumps({one: talk}, ensure_ascii=False)[1:-1]
        for one, talk in model["contrasts"].items()
    ]
    contrasts_path(path).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def fingerprint(files: Sequence[Path], index: Index) -> dict[str, str | int]:
    """What the model was fitted on, without any of the questions."""
    questions = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    catalogue = hashlib.sha256(repr((index.entries, index.elsewhere)).encode()).hexdigest()
    return {
        "questions": questions[:16],
        "catalogue": catalogue[:16],
        "procedures": len(index.entries),
        "elsewhere": len(index.elsewhere),
    }


ALL = FOLDS  # in place of a fold: nothing was left out
Words = dict[int, dict[str, Talk]]  # contrasts by the fold that was left out when they were learned


def taught(own: Sequence[Path], index: Index) -> Words:
    """What our own questions teach of words, without each fold in turn and from all of them.

    A question that taught its words would be judged too easy; so it meets the contrasts that were
    learned without its fold. Which of two procedures a question means teaches nothing of either.
    """
    asked = [
        (
            fold_of(talk),
            min(meant, default=OUTSIDE),
            [word.folded for word in index.read(row.question).words],
        )
        for path in own
        for talk in read_labels(path)
        for row in talk
        if len(meant := row.right(index.entries)) <= 1
    ]
    folds = (*range(FOLDS), ALL) if own else (ALL,)
    return {
        left_out: index.contrasts(
            [(meant, said) for fold, meant, said in asked if fold != left_out]
        )
        for left_out in folds
    }


def _questions(
    files: Sequence[Path], own: Sequence[Path], index: Index, model: Model, words: Words
) -> list[Sample]:
    """The questions as this model sees them, ours with what was learned without their fold."""

    def seen(left_out: int) -> Index:
        return index.with_model(replace(model, contrasts=words[left_out]))

    folds = range(FOLDS) if own else ()
    ours = [one for fold in folds for one in collect(own, seen(fold), fold)]
    return [*collect(files, seen(ALL)), *ours]


def _judge_fold(samples: Sequence[Sample], fold: int, index: Index) -> list[Judged]:
    model = learn([one for one in samples if one.fold != fold], index)
    return [judge(one, model, index) for one in samples if one.fold == fold]


# Ranking: listwise, the right candidate against the others of its question


def fit_ranking(samples: Sequence[Sample]) -> dict[str, float]:
    """Weights under which the right candidates come first."""
    lists = [one for one in map(_ranking_list, samples) if one is not None]
    if not lists:
        return dict(RANKING_START)
    start = [RANKING_START[name] for name in RANKING_FEATURES]
    weights = start
    for _ in range(RANKING_STEPS):
        gradient = [RANKING_DECAY * (s - w) for s, w in zip(start, weights, strict=True)]
        for vectors, right in lists:
            _add_gradient(gradient, vectors, right, weights, 1 / len(lists))
        weights = [w + RANKING_STEP * g for w, g in zip(weights, gradient, strict=True)]
        weights = [_signed(n, w) for n, w in zip(RANKING_FEATURES, weights, strict=True)]
    return dict(zip(RANKING_FEATURES, weights, strict=True))


def _signed(name: str, weight: float) -> float:
    return min(weight, 0.0) if name in NEGATIVE else max(weight, 0.0)


def _ranking_list(sample: Sample) -> tuple[list[Vector], list[bool]] | None:
    right = [match.at in sample.accepted for match in sample.matches.ours]
    if not any(right) or all(right):
        return None
    vectors = [[match.features[name] for name in RANKING_FEATURES] for match in sample.matches.ours]
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


# Confidence: two regressions


def fit_confidence(
    samples: Sequence[Sample], ranking: dict[str, float], index: Index
) -> tuple[Logit, Logit]:
    """The odds of "the first is right" and for "one of the first four is"."""
    ranked = [rank(sample, ranking) for sample in samples if not sample.settled]
    rows = [_decision_vector(sample, index) for sample in ranked]
    first = [sample.matches.ours[0].at in sample.accepted for sample in ranked]
    among = [is_among(sample) for sample in ranked]
    return regress(DECISION_FEATURES, rows, first), regress(DECISION_FEATURES, rows, among)


def _decision_vector(sample: Sample, index: Index) -> Vector:
    features = decision_features(sample.reading, sample.matches, index)
    return [features[name] for name in DECISION_FEATURES]


def _rounded(weights: Mapping[str, float]) -> dict[str, float]:
    return {name: round(weight, 4) for name, weight in weights.items()}
