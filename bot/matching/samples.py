"""Labelled questions as an index reads and ranks them: what a fit learns from and is judged by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.matching.contrast import OUTSIDE
from bot.matching.conversation import NO_CONTEXT, near
from bot.matching.decision import MOST_CHOICES, Decision, SmallTalk
from bot.matching.evaluation import Outcome, follow
from bot.matching.index import Index, Matches
from bot.matching.labels import Row, read_labels
from bot.matching.reading import Reading
from bot.matching.scoring import Match
from bot.matching.talk import Talk
from bot.matching.understanding import understand

FOLDS = 5
RIVALS = 3
RANKED = 10  # the right one is among these in all but a few questions
ALL = FOLDS  # in place of a fold: nothing was left out
Words = dict[int, dict[str, Talk]]  # contrasts by the fold that was left out when they were learned


@dataclass(frozen=True)
class Sample:
    """One question with its compared candidates; `settled` where rules decide without a model."""

    row: Row
    fold: int
    accepted: frozenset[int]
    reading: Reading
    matches: Matches
    settled: str = ""
    file: str = ""


def collect(files: Iterable[Path], index: Index, fold: int | None = None) -> list[Sample]:
    """The questions of the files, or of one fold of them, as this index reads and ranks them."""
    return [
        replace(sample, file=path.stem)
        for path in files
        for talk in read_labels(path)
        if fold in (None, fold_of(talk))
        for sample in _samples(talk, index)
    ]


def fold_of(talk: Sequence[Row]) -> int:
    """The part, of FOLDS, in which a question or a talk is judged by what the others teach."""
    return int(hashlib.sha256(talk[0].question.encode()).hexdigest(), 16) % FOLDS


def taught(own: Sequence[Path], index: Index) -> Words:
    """What our own questions teach of words, without each fold in turn and from all of them.

    A question that taught its words would be judged too easy; so it meets the contrasts that were
    learned without its fold. One that may mean either of two procedures teaches nothing of either,
    and of a talk only the beginning stands by itself.
    """
    asked = [
        (
            fold_of(talk),
            next(iter(meant), OUTSIDE),
            index.read(talk[0].question).row,
        )
        for path in own
        for talk in read_labels(path)
        if len(meant := talk[0].right(index.entries)) <= 1
    ]
    folds = (*range(FOLDS), ALL) if own else (ALL,)
    return {
        left_out: index.contrasts(
            [(meant, said) for fold, meant, said in asked if fold != left_out]
        )
        for left_out in folds
    }


def _samples(talk: Sequence[Row], index: Index) -> Iterable[Sample]:
    context = NO_CONTEXT
    fold = fold_of(talk)
    places = {entry.id: at for at, entry in enumerate(index.entries)}
    for row in talk:
        reading = index.read(row.question)
        decision = understand(row.question, index=index, context=context)
        accepted = row.right(index.entries)
        places_of = frozenset(places[one] for one in accepted)
        if is_settled(decision):
            kind = Outcome(row, accepted, decision, (), 0.0).kind
            yield Sample(row, fold, places_of, reading, Matches(()), kind)
        else:
            found = index.match(reading, near(context))
            kept = replace(found, ours=found.ours[:RANKED], elsewhere=found.elsewhere[:RIVALS])
            if kept.ours:  # without: it only adds to a talk
                yield Sample(row, fold, places_of, reading, kept)
        context = follow(context, row.question, decision)


def is_settled(decision: Decision) -> bool:
    """Whether a rule decided: small talk, a follow-up, an alias word for word, nothing shared."""
    return isinstance(decision, SmallTalk) or decision.confidence in (0.0, 1.0)


def rank(sample: Sample, ranking: Mapping[str, float]) -> Sample:
    """The sample with its candidates in the order that these weights give."""
    ours, elsewhere = (
        _in_order(matches, ranking) for matches in (sample.matches.ours, sample.matches.elsewhere)
    )
    return replace(sample, matches=replace(sample.matches, ours=ours, elsewhere=elsewhere))


def _in_order(matches: Sequence[Match], ranking: Mapping[str, float]) -> tuple[Match, ...]:
    scored = [
        replace(match, score=sum(ranking[name] * match.features[name] for name in ranking))
        for match in matches
    ]
    return tuple(sorted(scored, key=lambda one: (-one.score, one.at)))


def is_among(sample: Sample) -> bool:
    """Whether a right procedure would be offered."""
    return any(match.at in sample.accepted for match in sample.matches.ours[:MOST_CHOICES])
