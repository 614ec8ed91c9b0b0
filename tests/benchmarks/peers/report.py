"""The figures as tables that can be pasted into a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from statistics import median

from tests.benchmarks.peers.engines import MATCHER
from tests.benchmarks.peers.measuring import Measured

HEAD = """\
| engine | hit@1 (95 %) | hit@3 | hit@5 | MRR | p50 ms | p99 ms | build s | memory MB |
|---|---|---|---|---|---|---|---|---|"""


def report(measured: Sequence[Measured]) -> str:
    """A table for each catalogue, ours against the best peer, and what growing costs us."""
    parts = []
    for name, group in groupby(measured, key=lambda one: one.catalogue):
        rows = list(group)
        size, asked = rows[0].entries, len(rows[0].ranks)
        parts += [f"{name}: {size:,} entries, {asked} questions", table(rows), *_gap(rows)]
    ours = [one for one in measured if one.engine == MATCHER]
    growing = [growth(small, large) for small, large in pairwise(ours)]
    return "\n\n".join([*parts, *growing, overview(measured)])


def overview(measured: Sequence[Measured]) -> str:
    """All catalogues in one table, with the figures that decide."""
    sizes = {one.catalogue: one.entries for one in measured}
    heads = [f"{size:,} entries: hit@1, hit@5, p50" for size in sizes.values()]
    by_both = {(one.engine, one.catalogue): one for one in measured}
    lines = [f"| engine | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for engine in dict.fromkeys(one.engine for one in measured):
        cells = [_brief(by_both[engine, name]) for name in sizes]
        lines.append(f"| {engine} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _brief(one: Measured) -> str:
    return f"**{_share(one.hit(1))}**, {_share(one.hit(5))}, {_number(one.p50)} ms"


def table(measured: Sequence[Measured]) -> str:
    """One catalogue's figures in Markdown, an engine a row."""
    return "\n".join([HEAD, *map(_row, measured)])


def _row(one: Measured) -> str:
    low, high = one.hit1_interval
    columns = (
        one.engine,
        f"**{_share(one.hit(1))}** ({_share(low)}–{_share(high)})",
        *(_share(one.hit(most)) for most in (3, 5)),
        _share(one.mrr),
        *(_number(value) for value in (one.p50, one.p99, one.build_seconds)),
        f"{one.megabytes:.0f}",
    )
    return f"| {' | '.join(columns)} |"


def _share(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _number(value: float) -> str:
    """As many digits as tell something: 0.12, 3.4, 918."""
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _gap(measured: Sequence[Measured]) -> Iterator[str]:
    """How far ours is above the best peer of the same run."""
    ours = next((one for one in measured if one.engine == MATCHER), None)
    peers = [one for one in measured if not is_ours(one)]
    if ours and peers:
        best = max(peers, key=lambda one: one.hit(1))
        points = (ours.hit(1) - best.hit(1)) * 100
        yield f"{MATCHER}: hit@1 {points:+.1f} points against the best peer ({best.engine})"


def growth(small: Measured, large: Measured) -> str:
    """How the median time grows with the catalogue, on the questions that both were asked."""
    both = min(len(small.milliseconds), len(large.milliseconds))
    times = median(large.milliseconds[:both]) / median(small.milliseconds[:both])
    sizes = f"{small.entries:,} to {large.entries:,} entries"
    return f"{large.engine}: from {sizes} the median time grows {times:.2f} times"


def is_ours(one: Measured) -> bool:
    """Whether it is our matcher, whole or in part."""
    return one.engine.startswith(MATCHER)
