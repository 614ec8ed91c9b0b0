"""Where to draw the lines: how often a model is right on questions that it has not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.matching.decision import decision_features
from bot.matching.index import Index
from bot.matching.model import Line, Model
from bot.matching.samples import Sample, is_among, rank

# Of questions with an answer: another answer by the model, where settings choose no target. Aliases
# add up to one in a hundred in the hardest file; together it shall be three.
MOST_WRONG = 0.02
TARGETS = (0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.08)  # that they can choose
# Of questions without an answer, so much more: any that the model gives.
ANSWERED_TO_WRONG = 2
FEWEST = 100  # questions of a file; fewer tell no share of a few in a hundred
LEAST_OFFERED = 0.985  # of the right ones among the first four: offered, rather than refused


@dataclass(frozen=True)
class Judged:
    """One question as a model saw it that was fitted without it."""

    answerable: bool
    first_right: bool
    among: bool
    confidence: float
    scope: float
    settled: bool = False
    file: str = ""


# What a rule decided, as if a model had been sure of it.
SETTLED = {
    "right": Judged(True, True, True, 1.0, 1.0, True),
    "wrong": Judged(True, False, False, 1.0, 1.0, True),
    "offered": Judged(True, False, True, 0.0, 1.0, True),
    "missed": Judged(True, False, False, 0.0, 0.0, True),
    "answered_wrongly": Judged(False, False, False, 1.0, 1.0, True),
    "asked_back": Judged(False, False, False, 0.0, 1.0, True),
    "held": Judged(False, False, False, 0.0, 0.0, True),
}


def judge(sample: Sample, model: Model, index: Index) -> Judged:
    """How this model sees a question that it was fitted without."""
    if sample.settled:
        return replace(SETTLED[sample.settled], file=sample.file)
    ranked = rank(sample, model.ranking)
    features = decision_features(sample.reading, ranked.matches, index)
    return Judged(
        bool(sample.accepted),
        ranked.matches.ours[0].at in sample.accepted,
        is_among(ranked),
        model.confident(features),
        model.in_scope(features),
        file=sample.file,
    )


def lines(judged: Sequence[Judged]) -> list[Line]:
    """A line for each target that can be kept, with what it gave; wrong aliases no line keeps out."""
    pairs = [(target, thresholds(judged, target)) for target in TARGETS]
    return [
        _line(judged, target, answer_at, offer_at)
        for target, (answer_at, offer_at) in pairs
        if _is_careful(judged, answer_at, target)
    ]


def _line(judged: Sequence[Judged], target: float, answer_at: float, offer_at: float) -> Line:
    gave = figures(judged, answer_at, offer_at)
    shares = (gave[name] for name in ("right", "offered", "wrong", "answered_wrongly"))
    return Line(target, answer_at, offer_at, *shares)


def thresholds(judged: Sequence[Judged], most_wrong: float) -> tuple[float, float]:
    """The lowest line for answering that keeps mistakes rare, and for asking back that refuses few."""
    steps = [step / 100 for step in range(2, 100)]
    answer_at = next((at for at in steps if _is_careful(judged, at, most_wrong)), 0.99)
    return answer_at, _offer_line(judged, answer_at)


def _is_careful(judged: Sequence[Judged], answer_at: float, most_wrong: float) -> bool:
    """Whether mistakes are rare, and in every file: easy questions must not buy mistakes in hard ones.

    Of a single file only what the line decides counts: what an alias says word for word, no line
    holds back.
    """
    inside = [one for one in judged if one.answerable]
    outside = [one for one in judged if not one.answerable]
    given = [one for one in judged if one.confidence >= answer_at]
    wrong = [one for one in given if one.answerable and not one.first_right]
    answered = [one for one in given if not one.answerable and not one.settled]
    return (
        len(wrong) <= most_wrong * len(inside)
        and _is_rare([one for one in wrong if not one.settled], inside, most_wrong)
        and _is_rare(answered, outside, ANSWERED_TO_WRONG * most_wrong)
    )


def _is_rare(mistakes: Sequence[Judged], judged: Sequence[Judged], most: float) -> bool:
    """Whether no file has more mistakes than this share; small files count together with all."""
    asked, made = Counter(one.file for one in judged), Counter(one.file for one in mistakes)
    large = {file: count for file, count in asked.items() if count >= FEWEST}
    return len(mistakes) <= most * len(judged) and all(
        made[file] <= most * count for file, count in large.items()
    )


def _offer_line(judged: Sequence[Judged], answer_at: float) -> float:
    """As high as it can be while LEAST_OFFERED of what could be offered or answered is."""
    useful = [one for one in judged if one.among]
    open_ones = sorted(one.scope for one in useful if one.confidence < answer_at)
    lost = int((1 - LEAST_OFFERED) * len(useful))
    return round(open_ones[lost] - 0.0005, 3) if lost < len(open_ones) else 0.5


def figures(judged: Sequence[Judged], answer_at: float, offer_at: float) -> dict[str, float]:
    """Shares of the questions that the catalogue answers, and of those that it does not."""
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
