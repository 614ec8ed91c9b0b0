"""Fits the model from labelled questions: how to rank and how sure to be.

Plain Python, no randomness: the same questions and the same catalogue give the same file, whatever
model is installed. What is reported comes from cross-validation: each question is judged by a model
that has not seen it (of our own, the questions beside it were read with words that it had taught).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bot.matching.decision import DECISION_FEATURES, decision_features
from bot.matching.index import Index
from bot.matching.judging import MOST_WRONG, Judged, figures, judge, lines, thresholds
from bot.matching.model import Logit, Model, contrasts_path
from bot.matching.regression import Weights, descend, regress
from bot.matching.samples import ALL, FOLDS, Sample, Words, collect, is_among, rank, taught
from bot.matching.scoring import RANKING_FEATURES

ODDS_SCALE = 4.0  # of a score, when scores become odds
RANKING_STEPS = 100
RANKING_STEP = 3.0
RANKING_DECAY = 0.002  # pulls towards RANKING_START, not towards nothing
# Weights that do well on official names alone, where no alias helps ("nuôi con nuôi" before "đăng
# ký lại việc nuôi con nuôi"); questions move them from there.
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
    "spread": 0.0,
}
NEGATIVE = ("conflict", "unasked", "missing")  # the rest must not count against a candidate

# Where every fit begins: official names are ranked well, and nothing is known of how sure to be. The
# lines are near those that questions lead to; the draft that comes next is judged by them.
START = Model(RANKING_START, Logit(0.0, {}), Logit(0.0, {}), answer_at=0.75, offer_at=0.2)


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
    the model would meet others than it was judged on, and be wrong more often than promised.
    """
    words = taught(own, index)
    draft = learn(_questions(files, own, index, START, words), index)
    samples = _questions(files, own, index, draft, words)
    judged = [one for fold in range(FOLDS) for one in _judge_fold(samples, fold, index)]
    answer_at, offer_at = thresholds(judged, MOST_WRONG)
    model = learn(samples, index)
    listed = fit_ranking(collect(files, names.with_model(START))) if names else {}
    return {
        "contrasts": words[ALL],
        "ranking": _rounded(model.ranking),
        **({"names": _rounded(listed)} if listed else {}),
        "confidence": asdict(model.confidence),
        "scope": asdict(model.scope),
        "answer_at": answer_at,
        "offer_at": offer_at,
        "figures": figures(judged, answer_at, offer_at),
        "lines": [asdict(line) for line in lines(judged)],
        "fitted_on": fingerprint(files, own, index),
    }


def learn(samples: Sequence[Sample], index: Index) -> Model:
    """What these questions teach about ranking and confidence; the rest stays as at the start."""
    ranking = fit_ranking(samples)
    confidence, scope = fit_confidence(samples, ranking, index)
    return replace(START, ranking=ranking, confidence=confidence, scope=scope)


def save(model: dict[str, Any], path: Path) -> None:
    """Write the model, a coefficient a line, so that a change can be read in a diff.

    Its contrasts, tens of thousands of words, stand in a file beside it, a procedure a line.
    """
    rest = {name: value for name, value in model.items() if name != "contrasts"}
    path.write_text(json.dumps(rest, indent=1) + "\n", encoding="utf-8")
    talks = [
        json.dumps({one: talk}, ensure_ascii=False)[1:-1]
        for one, talk in model["contrasts"].items()
    ]
    contrasts_path(path).write_text("{\n" + ",\n".join(talks) + "\n}\n", encoding="utf-8")


def fingerprint(files: Sequence[Path], own: Sequence[Path], index: Index) -> dict[str, str | int]:
    """What the model was fitted on, without any of the questions."""
    theirs, ours = (
        hashlib.sha256(b"".join(path.read_bytes() for path in group)).hexdigest()
        for group in (files, own)
    )
    catalogue = hashlib.sha256(repr((index.entries, index.elsewhere)).encode()).hexdigest()
    return {
        "questions": theirs[:16],
        "own": ours[:16],
        "catalogue": catalogue[:16],
        "procedures": len(index.entries),
        "elsewhere": len(index.elsewhere),
    }


def _questions(
    files: Sequence[Path], own: Sequence[Path], index: Index, model: Model, words: Words
) -> list[Sample]:
    """The questions as this model sees them, ours with what was learned without their fold."""

    def seen(left_out: int) -> Index:
        return index.with_model(replace(model, contrasts=words[left_out]))

    ours = [one for fold in words if fold != ALL for one in collect(own, seen(fold), fold)]
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

    def slope(weights: Weights) -> Weights:
        parts = [RANKING_DECAY * (w - s) for w, s in zip(weights, start, strict=True)]
        for vectors, right in lists:
            _add_slope(parts, vectors, right, weights, 1 / len(lists))
        return parts

    weights = descend(start, slope, step=RANKING_STEP, steps=RANKING_STEPS, allowed=_signed)
    return dict(zip(RANKING_FEATURES, weights, strict=True))


def _signed(weights: Weights) -> Weights:
    return [
        min(weight, 0.0) if name in NEGATIVE else max(weight, 0.0)
        for name, weight in zip(RANKING_FEATURES, weights, strict=True)
    ]


def _ranking_list(sample: Sample) -> tuple[list[Weights], list[bool]] | None:
    right = [match.at in sample.accepted for match in sample.matches.ours]
    if not any(right) or all(right):
        return None
    vectors = [[match.features[name] for name in RANKING_FEATURES] for match in sample.matches.ours]
    return vectors, right


def _add_slope(
    slope: Weights, vectors: list[Weights], right: list[bool], weights: Weights, share: float
) -> None:
    """Down are the right candidates, up is what the weights now prefer."""
    scores = [sum(map(float.__mul__, weights, vector)) for vector in vectors]
    top = max(scores)
    odds = [math.exp(ODDS_SCALE * (score - top)) for score in scores]
    total = sum(odds)
    total_right = sum(odd for odd, is_right in zip(odds, right, strict=True) if is_right)
    for vector, odd, is_right in zip(vectors, odds, right, strict=True):
        push = share * (odd / total - (odd / total_right if is_right else 0.0))
        for at, value in enumerate(vector):
            slope[at] += push * value


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


def _decision_vector(sample: Sample, index: Index) -> Weights:
    features = decision_features(sample.reading, sample.matches, index)
    return [features[name] for name in DECISION_FEATURES]


def _rounded(weights: Mapping[str, float]) -> dict[str, float]:
    return {name: round(weight, 4) for name, weight in weights.items()}
