"""Quality against latency: one line an engine, one mark a catalogue, in SVG.

Marks of different engines crowd; where a label stands is therefore sought, not set: beside one of the
engine's marks, where it covers no mark and no other label.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, product
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.benchmarks.peers.engines import MATCHER
from tests.benchmarks.peers.measuring import Measured
from tests.benchmarks.peers.report import is_ours

LEFT, TOP, WIDTH, HEIGHT = 64, 56, 760, 400  # of the field between the axes
SMALLEST, LARGEST = 0.05, 2000.0  # ms
RADII = (4.0, 6.0, 8.0)
LETTER, LINE = 6.5, 16.0  # the room that a letter of 13 px takes, and a line
BESIDE = tuple(product((1.0, -1.0), (0, -1, 1)))
SHIFTS = (0.0, 0.15, -0.15, 0.3, -0.3, 0.45, -0.45, 0.6, -0.6)
ABOVE_OR_BELOW = tuple(product(SHIFTS, (-1, 1)))
ANCHORS = {1.0: "start", -1.0: "end"}
DISTANCES = (6.0, 10.0, 16.0, 26.0, 40.0)
MARGIN = 5.0  # around a mark, so that it is clear whose label stands there


@dataclass(frozen=True)
class Mark:
    """An engine on one catalogue, in pixels."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Box:
    """The room of a label."""

    left: float
    top: float
    width: float
    height: float = LINE
    anchor: str = "middle"  # the edge at which the words stand, as SVG calls it

    @property
    def x(self) -> float:
        return self.left + {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * self.width

    def covers(self, other: Box) -> bool:
        return (
            self.left < other.left + other.width
            and other.left < self.left + self.width
            and self.top < other.top + other.height
            and other.top < self.top + self.height
        )


@dataclass(frozen=True)
class Line:
    """One engine with its marks, and where its name stands."""

    engine: str
    ours: bool
    marks: tuple[Mark, ...]
    label: Box


def draw(measured: Sequence[Measured]) -> str:
    """The picture of all engines; of ours only the whole matcher."""
    shown = [one for one in measured if one.engine == MATCHER or not is_ours(one)]
    names = list(dict.fromkeys(one.catalogue for one in shown))
    sizes = {one.catalogue: one.entries for one in shown}
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("picture.svg").render(
        field=Box(LEFT, TOP, WIDTH, HEIGHT),
        lines=lines(shown)[::-1],  # ours is drawn over the others
        ticks=[(x_of(ms), f"{ms:g}") for ms in (0.1, 1, 10, 100, 1000)],
        levels=[(y_of(share / 10), f"{share / 10:g}") for share in range(0, 11, 2)],
        catalogues=[(RADII[at], f"{sizes[name]:,}") for at, name in enumerate(names)],
    )


def lines(measured: Sequence[Measured]) -> list[Line]:
    """The lines with their labels placed; ours has the first choice."""
    order = {name: at for at, name in enumerate(dict.fromkeys(m.catalogue for m in measured))}
    ordered = sorted(measured, key=lambda one: (not is_ours(one), one.engine))
    marks = {
        engine: tuple(
            Mark(x_of(one.p50), y_of(one.hit(1)), RADII[order[one.catalogue]]) for one in group
        )
        for engine, group in groupby(ordered, key=lambda one: one.engine)
    }
    taken = [_around(mark) for row in marks.values() for mark in row]
    found = []
    for engine, own in marks.items():
        label = _place(engine, own, taken, marks.values())
        taken.append(label)
        found.append(Line(engine, engine == MATCHER, own, label))
    return found


def x_of(milliseconds: float) -> float:
    """A time on the logarithmic axis."""
    inside = min(max(milliseconds, SMALLEST), LARGEST)
    share = math.log(inside / SMALLEST) / math.log(LARGEST / SMALLEST)
    return round(LEFT + share * WIDTH, 1)


def y_of(share: float) -> float:
    """A share; the axis ends at 1."""
    return round(TOP + (1 - share) * HEIGHT, 1)


def _around(mark: Mark) -> Box:
    half = mark.radius + MARGIN
    return Box(mark.x - half, mark.y - half, half * 2, half * 2)


def _place(
    engine: str, own: Sequence[Mark], taken: Sequence[Box], every: Iterable[Sequence[Mark]]
) -> Box:
    """The best room for the name: free, near, and on no line if that can be."""
    strokes = [
        point for row in every for left, right in pairwise(row) for point in _dots(left, right)
    ]

    def cost(option: tuple[float, Box]) -> tuple[int, float]:
        distance, box = option
        covered = sum(box.covers(one) for one in taken)
        crossed = sum(box.covers(one) for one in strokes)
        return covered, distance + 6 * crossed

    return min(_rooms(engine, own), key=cost)[1]


def _rooms(engine: str, own: Sequence[Mark]) -> Iterator[tuple[float, Box]]:
    width = LETTER * len(engine)
    for mark, (across, down), distance in product(own, BESIDE + ABOVE_OR_BELOW, DISTANCES):
        away = mark.radius + distance
        x, y = mark.x + across * away, mark.y + down * away
        left = x - width * (1 - across) / 2
        box = Box(left, y - LINE / 2, width, anchor=ANCHORS.get(across, "middle"))
        if box.left >= LEFT and box.left + width <= LEFT + WIDTH and box.top >= TOP:
            yield distance, box


def _dots(left: Mark, right: Mark) -> Iterator[Box]:
    """Small boxes along a line between two marks."""
    steps = max(1, int(math.hypot(right.x - left.x, right.y - left.y) / 8))
    for step in range(steps + 1):
        share = step / steps
        x, y = left.x + share * (right.x - left.x), left.y + share * (right.y - left.y)
        yield Box(x - 3, y - 3, 6, 6)
