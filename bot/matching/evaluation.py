"""How well the matcher does on labelled questions: shares that can be compared from day to day."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from bot.matching.conversation import NO_CONTEXT, Context
from bot.matching.decision import (
    Answer,
    Choices,
    Decision,
    NoMatch,
    SmallTalk,
)
from bot.matching.index import Candidate, Index
from bot.matching.labels import Row, read_labels
from bot.matching.selective import Judgement, interval, selective_figures
from bot.matching.understanding import unanswered, understand


@dataclass(frozen=True)
class Outcome:
    """What became of one row."""

    row: Row
    accepted: frozenset[str]
    decision: Decision
    ranking: tuple[Candidate, ...]
    milliseconds: float

    @property
    def kind(self) -> str:
        """right, offered, wrong, missed; or answered_wrongly, asked_back, held."""
        match self.decision:
            case Answer(procedure=procedure):
                if not self.accepted:
                    return "answered_wrongly"
                return "right" if procedure in self.accepted else "wrong"
            case Choices(procedures=procedures):
                if not self.accepted:
                    return "asked_back"
                return "offered" if self.accepted & set(procedures) else "missed"
            case NoMatch() | SmallTalk():
                return "missed" if self.accepted else "held"

    @property
    def confidence(self) -> float:
        """How sure the bot was of an answer; small talk answers nothing."""
        return 0.0 if isinstance(self.decision, SmallTalk) else self.decision.confidence

    @property
    def rank(self) -> int | None:
        """The place of the first accepted candidate, from 1."""
        places = [at for at, one in enumerate(self.ranking, 1) if one.id in self.accepted]
        return places[0] if places else None


@dataclass(frozen=True)
class Report:
    """The outcomes and their figures."""

    outcomes: tuple[Outcome, ...]

    def as_dict(self) -> dict[str, Any]:
        """All figures, overall and by group; shares from 0 to 1, None where nothing was counted."""
        groups: dict[str, list[Outcome]] = {}
        for one in self.outcomes:
            marks = "with_diacritics" if one.row.has_diacritics else "without_diacritics"
            for name in (one.row.group, marks):
                groups.setdefault(name, []).append(one)
        named = {name: figures(groups[name]) for name in sorted(groups) if name}
        return {**figures(self.outcomes), **self._selective(), "groups": named}

    @property
    def judged(self) -> list[Judgement]:
        """Each question with the confidence of an answer, and whether that answer were right."""
        return [
            Judgement(one.confidence, one.rank == 1, bool(one.accepted)) for one in self.outcomes
        ]

    def _selective(self) -> dict[str, Any]:
        """What confidence is worth, what asking back is worth, and where the truth may lie."""
        inside = [one for one in self.outcomes if one.accepted]
        outside = [one for one in self.outcomes if not one.accepted]
        answers = [one for one in self.outcomes if isinstance(one.decision, Answer)]
        choices = [one for one in inside if isinstance(one.decision, Choices)]
        return {
            **selective_figures(self.judged),
            "answered": _ratio(len(answers), len(self.outcomes)),
            "risk": _share(answers, lambda one: one.kind != "right"),
            "asked_back_inside": _ratio(len(choices), len(inside)),
            "asking_back_success": _of_kind(choices, "offered"),
            "false_escalation": _share(inside, lambda one: isinstance(one.decision, NoMatch)),
            **{
                f"{kind}_interval": interval([one.kind == kind for one in inside])
                for kind in ("right", "wrong")
            },
            "helped_interval": interval([one.kind in ("right", "offered") for one in inside]),
            "hit@1_interval": interval([one.rank == 1 for one in inside]),
            "answered_wrongly_interval": interval(
                [one.kind == "answered_wrongly" for one in outside]
            ),
        }


Understand = Callable[[str, Context], Decision]  # a message and what was said before


def evaluate(files: Iterable[Path], index: Index, read: Understand | None = None) -> Report:
    """Ask every question of the files and compare with the labels.

    `read` is how the bot understands a message; without it the index alone does. LabelError names
    file and line of a label that cannot be read.
    """
    read = read or partial(_by_index, index)
    talks = (talk for path in files for talk in read_labels(path))
    return Report(tuple(one for talk in talks for one in run(talk, index, read)))


def _by_index(index: Index, text: str, context: Context) -> Decision:
    return understand(text, index=index, context=context)


def run(talk: Sequence[Row], index: Index, read: Understand) -> Iterator[Outcome]:
    """The outcomes of one conversation; a single question is a conversation of one turn."""
    context = NO_CONTEXT
    for row in talk:
        start = time.perf_counter()
        decision = read(row.question, context)
        milliseconds = (time.perf_counter() - start) * 1000
        yield Outcome(row, row.right(index.entries), decision, _ranking(decision), milliseconds)
        context = follow(context, row.question, decision)


def _ranking(decision: Decision) -> tuple[Candidate, ...]:
    return () if isinstance(decision, SmallTalk) else decision.candidates


def follow(context: Context, question: str, decision: Decision) -> Context:
    """The context after a decision: what the next message is read with."""
    match decision:
        case Answer(procedure=procedure, facets=facets):
            return Context(procedure, facets, (), question)
        case Choices(procedures=procedures, facets=facets):
            said = unanswered(context, question, decision)
            return Context(context.procedure, facets, procedures, question, unanswered=said)
        case NoMatch():
            return replace(context, unanswered=unanswered(context, question, decision))
        case SmallTalk():
            return context


# Figures


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of a group."""
    inside = [one for one in outcomes if one.accepted]
    outside = [one for one in outcomes if not one.accepted]
    times = sorted(one.milliseconds for one in outcomes)
    return {
        "rows": len(outcomes),
        "in_catalogue": len(inside),
        "out_of_catalogue": len(outside),
        **{kind: _of_kind(inside, kind) for kind in ("right", "offered", "wrong", "missed")},
        **{f"hit@{k}": _share(inside, _hit(k)) for k in (1, 3, 5)},
        "mrr": _mean([1 / one.rank if one.rank else 0.0 for one in inside]),
        **{kind: _of_kind(outside, kind) for kind in ("answered_wrongly", "asked_back", "held")},
        **facet_figures(inside),
        "p50_ms": _quantile(times, 0.5),
        "p99_ms": _quantile(times, 0.99),
    }


def facet_figures(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """Facets read against facets labelled, over rows that have such labels."""
    pairs = [
        (set(one.row.facets), set(one.decision.facets))
        for one in outcomes
        if one.row.facets and not isinstance(one.decision, SmallTalk)
    ]
    both = sum(len(labelled & read) for labelled, read in pairs)
    return {
        "facet_precision": _ratio(both, sum(len(read) for _, read in pairs)),
        "facet_recall": _ratio(both, sum(len(labelled) for labelled, _ in pairs)),
    }


def _of_kind(outcomes: Sequence[Outcome], kind: str) -> float | None:
    return _share(outcomes, lambda one: one.kind == kind)


def _hit(k: int) -> Callable[[Outcome], bool]:
    return lambda one: one.rank is not None and one.rank <= k


def _share(outcomes: Sequence[Outcome], true_of: Callable[[Outcome], bool]) -> float | None:
    return _ratio(sum(true_of(one) for one in outcomes), len(outcomes))


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _mean(numbers: Sequence[float]) -> float | None:
    return round(sum(numbers) / len(numbers), 4) if numbers else None


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3) if ordered else None
