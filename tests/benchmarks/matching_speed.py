"""What understanding costs: start, a question, the nastiest message, memory, at three sizes.

    python -m tests.benchmarks.matching_speed [QUESTIONS…] [--names FILE] [--padded 60000]

Our own catalogue is measured as the bot holds it, with the matters of others. Each size is measured in
a process of its own, and a start is a first one: nothing has been read yet. Times are of the CPU, so
that other work on the machine counts little; `files` is the reading of the matters, `index` what is
built of them, `p50` and `p99` are of a question, `worst` of 4,096 characters made to be slow.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TypeVar

from bot.catalogue.elsewhere import read_matters
from bot.catalogue.files import read_folder
from bot.knowledge import entry_of, stranger_of
from bot.matching.index import Index
from bot.matching.lexicon import Lexicon
from bot.matching.model import default_model
from bot.matching.names import read_names
from bot.matching.profiles import Entry
from bot.matching.understanding import understand
from tests.benchmarks.peers.measuring import resident
from tests.benchmarks.peers.padding import padded
from tests.benchmarks.peers.questions import read_rows
from tests.matching.nasty import nasty_texts

PROCEDURES = Path(__file__).parents[2] / "procedures"
WARM_UP = 10  # questions whose time is not counted: the first ones fill caches
STARTS = 5  # in a process each; the best counts, for others use the machine as well
WORST_SHOWN = 5
Done = TypeVar("Done")


@dataclass(frozen=True)
class Start:
    """Milliseconds of the CPU until the index of a fresh process answers."""

    lexicon: float
    files: float
    index: float

    @property
    def total(self) -> float:
        return self.lexicon + self.index


@dataclass(frozen=True)
class Figures:
    """Milliseconds of the CPU, and bytes."""

    start: Start
    questions: Sequence[float]
    nasty: dict[str, float]
    memory: int

    def line(self, name: str, size: int, start: Start) -> str:
        ordered = sorted(self.questions)
        return (
            f"{name:18} {size:6} entries: lexicon {start.lexicon:.0f} ms, index {start.index:.0f} ms, "
            f"files {start.files:.0f} ms, "
            f"p50 {median(ordered):.2f} ms, p99 {ordered[int(0.99 * (len(ordered) - 1))]:.2f} ms, "
            f"worst {max(self.nasty.values()):.1f} ms, {self.memory / 2**20:.0f} MB"
        )


def started(entries: Sequence[Entry], with_matters: bool) -> tuple[Start, Index]:
    """An index over these entries, and what it cost to come to it."""
    default_model()  # read once a process, whatever the catalogue
    files, matters = _timed(lambda: read_matters(PROCEDURES) if with_matters else ())
    loaded, lexicon = _timed(lambda: Lexicon.load(PROCEDURES / "lexicon.yaml"))
    strangers = [stranger_of(matter) for matter in matters]
    built, index = _timed(lambda: Index.build(entries, lexicon, elsewhere=strangers))
    return Start(loaded, files, built), index


def start(entries: Sequence[Entry], with_matters: bool) -> Start:
    """The cost alone; an index is too much to be handed from process to process."""
    return started(entries, with_matters)[0]


def figures(entries: Sequence[Entry], with_matters: bool, questions: Sequence[str]) -> Figures:
    """The figures of this catalogue, measured here."""
    before = resident()
    cost, index = started(entries, with_matters)
    memory = resident() - before
    ask = partial(understand, index=index)
    for question in questions[:WARM_UP]:
        ask(question)
    asked = [_timed(partial(ask, question))[0] for question in questions]
    phrases = [text for one in index.entries[:500] for text in (one.title, *one.aliases)]
    nasty = nasty_texts(phrases).items()
    worst = {name: min(_timed(partial(ask, text))[0] for _ in range(3)) for name, text in nasty}
    return Figures(cost, asked, worst, memory)


def _timed(work: Callable[[], Done]) -> tuple[float, Done]:
    start = time.process_time()
    done = work()
    return (time.process_time() - start) * 1000, done


def catalogues(names: Path | None, size: int) -> Iterable[tuple[str, list[Entry], bool]]:
    """Name and entries of each size, and whether the matters of others come with them."""
    own = [entry_of(one) for one in read_folder(PROCEDURES).catalogue().procedures.values()]
    yield "own catalogue", own, True
    listed = read_names(names) if names else own
    if names:
        yield "list of names", listed, False
    yield "padded", padded(listed, size), False


def main() -> None:
    parser = argparse.ArgumentParser(description="What understanding costs.")
    parser.add_argument("questions", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--names", type=Path, help='a list of {"code", "name"} lines')
    parser.add_argument("--padded", type=int, default=60_000, help="entries of the largest")
    options = parser.parse_args()
    questions = [row.question for row in read_rows(options.questions)]
    spawn = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as fresh:
        for name, entries, matters in catalogues(options.names, options.padded):
            again = STARTS - 1 if matters else 0
            more = [fresh.submit(start, entries, matters).result() for _ in range(again)]
            found = fresh.submit(figures, entries, matters, questions).result()
            best = min([found.start, *more], key=lambda one: one.total)
            print(found.line(name, len(entries), best), flush=True)  # noqa: T201 - a command
            slowest = sorted(found.nasty.items(), key=lambda one: -one[1])[:WORST_SHOWN]
            print("   ", ", ".join(f"{what} {taken:.1f}" for what, taken in slowest), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
