"""Ours against what somebody would use instead: one run, the same questions, the same machine.

`.venv/bin/python -m tests.benchmarks.peers [QUESTIONS…] [--names FILE] [--postgres URL]`

Without questions it asks those of `tests/data/questions.yaml`. It needs the packages of the extra
`bench`. See `README.md` in the folder above.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from bot.catalogue.files import read_folder
from bot.knowledge import entry_of
from bot.matching.labels import Row
from bot.matching.names import read_names
from bot.matching.profiles import Entry
from tests.benchmarks.peers.engines import ENGINES, POSTGRES, can_run
from tests.benchmarks.peers.measuring import Catalogue, Measured, measure
from tests.benchmarks.peers.padding import padded
from tests.benchmarks.peers.picture import draw
from tests.benchmarks.peers.questions import asked_of, read_rows
from tests.benchmarks.peers.report import report

PROCEDURES = Path(__file__).parents[3] / "procedures"


def catalogues(rows: Sequence[Row], names: Path | None, size: int, most: int) -> list[Catalogue]:
    """Our own, the list of names, and the larger of them padded with near-duplicates.

    Of the padded one only the first questions are asked, by all engines alike: some peers take a second.
    """
    own = [entry_of(one) for one in read_folder(PROCEDURES).catalogue().procedures.values()]
    real = [_catalogue("own catalogue", own, rows)]
    if names is not None:
        real.append(_catalogue("list of names", read_names(names), rows))
    largest = real[-1]
    many = padded(largest.entries, size)
    return [*real, Catalogue("near-duplicates added", many, largest.asked[:most])]


def _catalogue(name: str, entries: Sequence[Entry], rows: Sequence[Row]) -> Catalogue:
    return Catalogue(name, entries, asked_of(rows, entries))


def measure_all(
    found: Sequence[Catalogue], engines: Sequence[str], server: str
) -> Iterator[Measured]:
    """Every engine on every catalogue, one after the other."""
    for catalogue in found:
        for engine in engines:
            print(f"{catalogue.name}: {engine}", file=sys.stderr, flush=True)  # noqa: T201 - it takes minutes
            yield measure(engine, catalogue, server)


def main() -> None:
    parser = argparse.ArgumentParser(description="Our matcher beside other engines.")
    parser.add_argument(
        "questions", nargs="*", type=Path, metavar="FILE", help="labelled questions"
    )
    parser.add_argument("--names", type=Path, help='a list of {"code", "name"} lines')
    parser.add_argument(
        "--postgres", default="", metavar="URL", help="a server for full text search"
    )
    parser.add_argument(
        "--padded", type=int, default=60_000, help="entries of the largest catalogue"
    )
    parser.add_argument("--most", type=int, default=300, help="questions asked of the largest")
    parser.add_argument(
        "--only", default="", metavar="WORD", help="engines with this in their name"
    )
    parser.add_argument("--picture", type=Path, metavar="SVG", help="quality against latency")
    parser.add_argument("--json", type=Path, metavar="FILE", help="everything measured")
    options = parser.parse_args()
    names = [*ENGINES, *([POSTGRES] if options.postgres else [])]
    engines = [one for one in names if options.only in one]
    if not all(map(can_run, engines)):
        parser.error("other engines are packages: pip install -c constraints.txt -e '.[bench]'")
    found = catalogues(read_rows(options.questions), options.names, options.padded, options.most)
    measured = list(measure_all(found, engines, options.postgres))
    print(report(measured))  # noqa: T201 - a command
    if options.json:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(measured)))
    if options.picture:
        options.picture.write_text(draw(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
