"""The catalogue from above: what it holds by sector, and what staff still have to verify.

Pure: a catalogue (and offices, and a day) in, tables out. What is asked most comes first, because an
hour of an officer is worth most there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from bot.catalogue.places import Office
from bot.catalogue.procedure import (
    Catalogue,
    Confidence,
    Fact,
    FeeState,
    Procedure,
    ProcedureKind,
    Sector,
    Source,
    TimeLimit,
)

SOON = timedelta(days=45)  # a month to find the new rule, and two weeks to publish it
# Fees and rates change with the year: what nobody looked at for longer has to be looked at again.
OLD = timedelta(days=180)


@dataclass(frozen=True)
class Tally:
    """One row of the table: a sector, or everything (`sector` is None)."""

    sector: Sector | None
    entries: int
    aliases_min: int
    aliases_median: float
    confidence: Mapping[Confidence, float]  # share of all facts; empty where there is none
    fees: Mapping[FeeState, int]


def tally(catalogue: Catalogue) -> tuple[Tally, ...]:
    """A row for each sector in the order of citizens, then one for all."""
    rows = [_tally(sector, catalogue.in_sector(sector.id)) for sector in catalogue.in_order()]
    return (*rows, _tally(None, tuple(catalogue.procedures.values())))


def _tally(sector: Sector | None, procedures: Collection[Procedure]) -> Tally:
    aliases = [len(procedure.aliases) for procedure in procedures]
    facts = Counter(fact.confidence for p in procedures for fact in p.facts())
    fees = Counter(fee.state for p in procedures for fee in p.fees)
    return Tally(
        sector=sector,
        entries=len(procedures),
        aliases_min=min(aliases, default=0),
        aliases_median=median(aliases) if aliases else 0,
        confidence={level: facts[level] / facts.total() for level in Confidence} if facts else {},
        fees={state: fees[state] for state in FeeState},
    )


class TaskKind(StrEnum):
    """What staff have to do, the most pressing first."""

    REVIEW_PASSED = "review_passed"
    REVIEW_SOON = "review_soon"
    FEE_UNKNOWN = "fee_unknown"
    FEE_BY_RESOLUTION = "fee_by_resolution"
    TIME_UNKNOWN = "time_unknown"
    CENTRAL_ONLY = "central_only"  # the national frame; what holds in Hà Tĩnh nobody has told
    LOW = "low"
    NO_CODE = "no_code"


@dataclass(frozen=True)
class Task:
    kind: TaskKind
    names: tuple[str, ...] = ()  # of the fees, papers and time limits that it is about
    due: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Todo:
    """What is to be verified about one procedure."""

    procedure: Procedure
    asked: int  # by citizens, as far as we counted
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class SourceToRead:
    """One document that settles several doubts at once."""

    key: str
    source: Source
    facts: int  # unverified facts that stand on it
    procedures: int
    is_old: bool
    is_over: bool  # no longer in force


@dataclass(frozen=True)
class OfficeGap:
    office: Office
    unknown: tuple[str, ...]
    unverified: tuple[str, ...]


def todo(
    catalogue: Catalogue, *, today: date, asked: Mapping[str, int] | None = None
) -> tuple[Todo, ...]:
    """The procedures with something to verify, most asked first.

    `asked` counts questions by procedure; where it is silent, many aliases stand for many questions.
    """
    counts = asked or {}
    found = []
    for procedure in catalogue.procedures.values():
        if tasks := tuple(_tasks(procedure, today)):
            found.append(Todo(procedure, counts.get(procedure.id, 0), tasks))
    return tuple(sorted(found, key=lambda t: (-t.asked, -len(t.procedure.aliases), t.procedure.id)))


def _tasks(procedure: Procedure, today: date) -> Iterator[Task]:
    if procedure.review_due <= today + SOON:
        is_over = procedure.review_due < today
        kind = TaskKind.REVIEW_PASSED if is_over else TaskKind.REVIEW_SOON
        yield Task(kind, due=procedure.review_due, reason=procedure.review_reason)
    doubts: dict[TaskKind, list[str]] = defaultdict(list)
    for fact, name in _named_facts(procedure):
        if (kind_of := _doubt(fact)) is not None:
            doubts[kind_of].append(name)
    for kind in TaskKind:
        if kind in doubts:
            yield Task(kind, tuple(dict.fromkeys(doubts[kind])))
    if procedure.kind is ProcedureKind.PROCEDURE and not procedure.code:
        yield Task(TaskKind.NO_CODE)


def _doubt(fact: Fact) -> TaskKind | None:
    """What is doubtful about this fact; one doubt a fact, the gravest."""
    if fact.verified_by:
        return None
    state = getattr(fact, "state", None)
    if state is FeeState.UNKNOWN:
        return TaskKind.FEE_UNKNOWN
    if state is FeeState.BY_RESOLUTION:
        return TaskKind.FEE_BY_RESOLUTION
    if isinstance(fact, TimeLimit) and fact.value is None:
        return TaskKind.TIME_UNKNOWN
    if isinstance(fact, TimeLimit) and fact.central_only:
        return TaskKind.CENTRAL_ONLY
    return TaskKind.LOW if fact.confidence is Confidence.LOW else None


def _named_facts(procedure: Procedure) -> Iterator[tuple[Fact, str]]:
    for document in procedure.documents:
        yield document, document.short or document.name
    for fee in procedure.fees:
        yield fee, fee.name
    for limit in procedure.time_limits:
        yield limit, limit.name


def sources_to_read(catalogue: Catalogue, *, today: date) -> tuple[SourceToRead, ...]:
    """Documents that carry doubtful facts, are old or no longer in force; the most useful first."""
    doubts: Counter[str] = Counter()
    users: dict[str, set[str]] = defaultdict(set)
    for procedure in catalogue.procedures.values():
        for fact in procedure.facts():
            if _doubt(fact) is not None:
                doubts[fact.source] += 1
                users[fact.source].add(procedure.id)
    found = (
        SourceToRead(
            key=key,
            source=source,
            facts=doubts[key],
            procedures=len(users[key]),
            is_old=source.as_of + OLD < today,
            is_over=source.effective_to is not None and source.effective_to < today,
        )
        for key, source in catalogue.sources.items()
    )
    wanted = (s for s in found if s.facts or s.is_old or s.is_over)
    return tuple(sorted(wanted, key=lambda s: (-s.facts, s.key)))


def office_gaps(offices: Sequence[Office]) -> tuple[OfficeGap, ...]:
    """Offices whose address, telephone or hours nobody has told us, or only from memory."""
    gaps = (OfficeGap(office, office.unknown(), office.unverified) for office in offices)
    return tuple(gap for gap in gaps if gap.unknown or gap.unverified)
