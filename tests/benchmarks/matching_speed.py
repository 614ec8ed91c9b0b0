"""Cost of a question at three sizes of catalogue; run by hand.

    python tests/benchmarks/matching_speed.py NAMES.jsonl [QUESTIONS.jsonl]

NAMES has `{"code", "name"}` a line. It is padded with near-duplicates ("… tại khu vực 7") to ten
times its size, because a copied title is what a growing national list is made of.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bot.matching.decision import understand
from bot.matching.evaluation import read_labels
from bot.matching.index import Entry, Index
from bot.matching.lexicon import Lexicon
from bot.matching.names import read_names

LEXICON = Path(__file__).parents[2] / "procedures" / "lexicon.yaml"
QUESTIONS = ("lam lai so do bi mat het may tien", "đăng ký khai sinh", "cấp lại giấy phép")
PADDED = 60_000
ROUNDS = 300


def padded(entries: Sequence[Entry], size: int) -> list[Entry]:
    """The entries and copies of them with a few words more, up to the size."""
    copies = list(entries)
    for number in range(size - len(entries)):
        one = entries[number % len(entries)]
        area = number // len(entries) + 1
        copies.append(Entry(f"{one.id}-{area}", "", f"{one.title} tại khu vực {area}"))
    return copies


def times(index: Index, questions: Sequence[str]) -> tuple[float, float]:
    """The median and the 99th percentile in milliseconds."""
    taken = []
    for number in range(max(ROUNDS, len(questions))):
        start = time.perf_counter()
        understand(questions[number % len(questions)], index=index)
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[int(0.99 * len(taken))]


def main(names: Path, *labelled: Path) -> None:
    entries = read_names(names)
    talks = (talk for path in labelled for talk in read_labels(path))
    questions = [talk[0].question for talk in talks] or list(QUESTIONS)
    lexicon = Lexicon.load(LEXICON)
    for size in (400, len(entries), PADDED):
        start = time.process_time()
        index = Index.build(padded(entries[:size], size), lexicon)
        built = time.process_time() - start
        p50, p99 = times(index, questions)
        print(f"{size:6d} entries: build {built:.2f} s, p50 {p50:.2f} ms, p99 {p99:.2f} ms")  # noqa: T201 - it prints


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
