"""What understanding costs: start, a question, the nastiest message, memory, at three sizes.

    python -m tests.benchmarks.matching_speed [QUESTIONS…] [--names FILE] [--padded 60000]

Each size is measured in a process of its own. Times are of the CPU, so that other work on the machine
counts little; `p50` and `p99` are of a question, `worst` of 4,096 characters made to be slow.
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

from bot.catalogue.files import read_folder
from bot.knowledge import entry_of
from bot.matching.index import Entry, Index
from bot.matching.lexicon import Lexicon
from bot.matching.model import default_model
from bot.matching.names import read_names
from bot.matching.understanding import understand
from tests.benchmarks.peers.measuring import resident
from tests.benchmarks.peers.padding import padded
from tests.benchmarks.peers.questions import read_rows
from tests.matching.nasty import nasty_texts

PROCEDURES = Path(__file__).parents[2] / "procedures"
WARM_UP = 10  # questions whose time is not counted: the first ones fill caches
STARTS = 3  # the best counts: the first pays for cold caches of the machine
WORST_SHOWN = 5
Done = TypeVar("Done")


@dataclass(frozen=True)
class Figures:
    """Milliseconds of the CPU, and bytes."""

    lexicon: float
    index: float
    questions: Sequence[float]
    nasty: dict[str, float]
    memory: int

    def line(self, name: str, size: int) -> str:
        ordered = sorted(self.questions)
        return (
            f"{name:18} {size:6} entries: lexicon {self.lexicon:.0f} ms, index {self.index:.0f} ms, "
            f"p50 {median(ordered):.2f} ms, p99 {ordered[int(0.99 * (len(ordered) - 1))]:.2f} ms, "
            f"worst {max(self.nasty.values()):.1f} ms, {self.memory / 2**20:.0f} MB"
        )


def figures(entries: Sequence[Entry], questions: Sequence[str], starts: int) -> Figures:
    """The figures of this catalogue, measured here."""
    default_model()  # read once a process, whatever the catalogue
    before = resident()
    loads, builds = [], []
    for _ in range(starts):
        loaded, lexicon = _timed(lambda: Lexicon.load(PROCEDURES / "lexicon.yaml"))
        built, index = _timed(partial(Index.build, entries, lexicon))
        loads.append(loaded)
        builds.append(built)
    memory = resident() - before
    ask = partial(understand, index=index)
    for question in questions[:WARM_UP]:
        ask(question)
    asked = [_timed(partial(ask, question))[0] for question in questions]
    phrases = [text for one in index.entries[:500] for text in (one.title, *one.aliases)]
    nasty = nasty_texts(phrases).items()
    worst = {name: min(_timed(partial(ask, text))[0] for _ in range(3)) for name, text in nasty}
    return Figures(min(loads), min(builds), asked, worst, memory)


def _timed(work: Callable[[], Done]) -> tuple[float, Done]:
    start = time.process_time()
    done = work()
    return (time.process_time() - start) * 1000, done


def catalogues(names: Path | None, size: int) -> Iterable[tuple[str, list[Entry]]]:
    own = [entry_of(one) for one in read_folder(PROCEDURES).catalogue().procedures.values()]
    yield "own catalogue", own
    listed = read_names(names) if names else own
    if names:
        yield "list of names", listed
    yield "padded", padded(listed, size)


def main() -> None:
    parser = argparse.ArgumentParser(description="What understanding costs.")
    parser.add_argument("questions", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--names", type=Path, help='a list of {"code", "name"} lines')
    parser.add_argument("--padded", type=int, default=60_000, help="entries of the largest")
    options = parser.parse_args()
    questions = [row.question for row in read_rows(options.questions)]
    for name, entries in catalogues(options.names, options.padded):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            starts = STARTS if len(entries) < 1000 else 1
            found = pool.submit(figures, entries, questions, starts).result()
        print(found.line(name, len(entries)), flush=True)  # noqa: T201 - a command
        slowest = sorted(found.nasty.items(), key=lambda one: -one[1])[:WORST_SHOWN]
        print("   ", ", ".join(f"{what} {taken:.1f}" for what, taken in slowest), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
