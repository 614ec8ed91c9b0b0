"""The fitted numbers: how to rank candidates, when to answer, when to ask back. Data, not code."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from bot.errors import UsageError

MODEL_PATH = Path(__file__).with_name("model.json")


def contrasts_path(model: Path) -> Path:
    """The file beside a model in which the learned contrasts between procedures are kept."""
    return model.with_name(f"{model.stem}.contrasts.json")


class TargetError(UsageError):
    """So few wrong answers were never measured; says which target is the least."""

    def __init__(self, most_wrong: float, least: float | None) -> None:
        advice = "run `motcua fit`" if least is None else f"the least is {least:g}"
        super().__init__(f"MOTCUA_MOST_WRONG: the model cannot keep {most_wrong:g}; {advice}")
        self.most_wrong, self.least = most_wrong, least


def logistic(x: float) -> float:
    """The number squeezed between 0 and 1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, x))))


@dataclass(frozen=True)
class Logit:
    """Weighted features that add up to the log-odds of something."""

    base: float
    weights: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """How likely it is, given these features."""
        parts = [weight * features.get(name, 0.0) for name, weight in self.weights.items()]
        return logistic(self.base + sum(parts))


@dataclass(frozen=True)
class Line:
    """Where to answer and where to ask back for one target, and the shares that this gave."""

    most_wrong: float  # of questions that the catalogue answers: those that get another answer
    answer_at: float
    offer_at: float
    right: float
    offered: float
    wrong: float
    answered_wrongly: float  # of questions that the catalogue does not answer


@dataclass(frozen=True)
class Model:
    """Coefficients and thresholds as `motcua fit` writes them."""

    ranking: Mapping[str, float]
    confidence: Logit  # the first candidate is right
    scope: Logit  # one of the first four is right
    answer_at: float
    offer_at: float
    lines: tuple[Line, ...] = ()  # for other targets, the most careful first
    # By procedure; under OUTSIDE the whole talk of what nobody here handles.
    contrasts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    names: Mapping[str, float] = field(default_factory=dict)  # ranking where no entry has an alias

    @classmethod
    def load(cls, path: Path) -> Model:
        """The model in a file, with what lies beside it of the contrasts between procedures."""
        data = json.loads(path.read_text(encoding="utf-8"))
        confidence, scope = Logit(**data["confidence"]), Logit(**data["scope"])
        lines = tuple(Line(**line) for line in data.get("lines", ()))
        beside = contrasts_path(path)
        contrasts = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
        at = data["answer_at"], data["offer_at"]
        return cls(data["ranking"], confidence, scope, *at, lines, contrasts, data.get("names", {}))

    def line_for(self, most_wrong: float) -> Line:
        """The line that gives most answers with no more wrong ones; a TargetError without one."""
        kept = [line for line in self.lines if line.most_wrong <= most_wrong]
        if not kept:
            raise TargetError(most_wrong, self.lines[0].most_wrong if self.lines else None)
        return kept[-1]

    def aiming_at(self, most_wrong: float | None) -> Model:
        """The model that answers so carefully; without a target as it is."""
        if most_wrong is None:
            return self
        line = self.line_for(most_wrong)
        return replace(self, answer_at=line.answer_at, offer_at=line.offer_at)

    def by_name(self) -> Model:
        """The model for a list that tells nothing but names: how people talk is not known there.

        Its order counts; how sure to be was fitted to the catalogue.
        """
        return replace(self, ranking=self.names or self.ranking, contrasts={})

    @property
    def perfect(self) -> float:
        """The ranking score of a question that says a title and nothing else."""
        return sum(weight for weight in self.ranking.values() if weight > 0) or 1.0

    def rank(self, features: Mapping[str, float]) -> float:
        """The ranking score; only its order and its differences mean something."""
        return sum([self.ranking.get(name, 0.0) * value for name, value in features.items()])

    def rank_weight(self, name: str) -> float:
        """The weight of one ranking feature."""
        return self.ranking.get(name, 0.0)

    def confident(self, features: Mapping[str, float]) -> float:
        """How likely the first candidate is what was meant."""
        return self.confidence.probability(features)

    def in_scope(self, features: Mapping[str, float]) -> float:
        """How likely what was meant is among the first four."""
        return self.scope.probability(features)


@cache
def default_model() -> Model:
    """The model that comes with the package."""
    return Model.load(MODEL_PATH)
