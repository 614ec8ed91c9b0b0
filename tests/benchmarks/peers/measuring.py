"""One engine on one catalogue, in a process of its own, so that memory is its own."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import mean, median

from bot.matching.profiles import Entry
from bot.matching.selective import interval
from tests.benchmarks.peers import engines
from tests.benchmarks.peers.questions import Asked

ROUNDS = 3  # all questions, again and again; the quickest time counts: the machine has other work
PATIENCE = 20.0  # seconds; an engine that needs longer for a round is asked once


@dataclass(frozen=True)
class Catalogue:
    """Entries and the questions that some of them answer."""

    name: str
    entries: Sequence[Entry]
    asked: Sequence[Asked]


@dataclass(frozen=True)
class Measured:
    """What one engine did with the questions of one catalogue."""

    engine: str
    catalogue: str
    entries: int
    ranks: tuple[int | None, ...]  # place of the first right entry among those listed, from 1
    milliseconds: tuple[float, ...]  # in the order of the questions
    build_seconds: float
    megabytes: float

    def hit(self, most: int) -> float:
        """The share of questions with a right entry among the first so many."""
        return mean(rank is not None and rank <= most for rank in self.ranks)

    @property
    def hit1_interval(self) -> list[float]:
        """Where hit@1 lies in 95 of 100 resamples."""
        return interval([rank == 1 for rank in self.ranks]) or [0.0, 0.0]

    @property
    def mrr(self) -> float:
        """The mean of one over the place of the first right entry."""
        return mean(1 / rank if rank else 0.0 for rank in self.ranks)

    @property
    def p50(self) -> float:
        return median(self.milliseconds)

    @property
    def p99(self) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[int(0.99 * (len(ordered) - 1))]


def measure(engine: str, catalogue: Catalogue, server: str = "") -> Measured:
    """The figures of the engine, measured in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure_here, engine, catalogue, server).result()


def measure_here(engine: str, catalogue: Catalogue, server: str = "") -> Measured:
    """The same in this process."""
    engines.build(engine, catalogue.entries[:1], server)  # imports are no part of building
    before, start = resident(), time.perf_counter()
    built = engines.build(engine, catalogue.entries, server)
    seconds = time.perf_counter() - start
    grown = resident() - before + built.stored
    rounds = list(_rounds(built.search, catalogue.asked))
    return Measured(
        engine,
        catalogue.name,
        len(catalogue.entries),
        ranks=tuple(rank for rank, _ in rounds[0]),
        milliseconds=tuple(min(taken for _, taken in same) for same in zip(*rounds, strict=True)),
        build_seconds=seconds,
        megabytes=grown / 2**20,
    )


Round = list[tuple[int | None, float]]  # the rank and the milliseconds of each question


def _rounds(search: engines.Search, asked: Sequence[Asked]) -> Iterator[Round]:
    start = time.perf_counter()
    for _ in range(ROUNDS):
        yield [_timed(search, one) for one in asked]
        if time.perf_counter() - start > PATIENCE:
            break


def _timed(search: engines.Search, asked: Asked) -> tuple[int | None, float]:
    start = time.perf_counter()
    found = search(asked.text)
    taken = (time.perf_counter() - start) * 1000
    places = (place for place, entry in enumerate(found, 1) if entry in asked.right)
    return next(places, None), taken


def resident() -> int:
    """Bytes of memory in use; 0 where the system does not say (it is Linux that does)."""
    gc.collect()
    if not sys.platform.startswith("linux"):
        return 0
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
