"""Labelled questions: what was asked, and which procedures answer it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import UsageError
from bot.matching.facets import Facet
from bot.matching.profiles import Entry
from bot.matching.text import compose
from bot.vietnamese import strip_marks


class LabelError(UsageError):
    """A labelled file cannot be read; says where and what to do."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message = path, line, message


@dataclass(frozen=True)
class Row:
    """One labelled question."""

    question: str
    codes: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    group: str = ""

    @property
    def has_diacritics(self) -> bool:
        composed = compose(self.question)
        return strip_marks(composed) != composed

    def right(self, entries: Sequence[Entry]) -> frozenset[str]:
        """The entries that are right; none if this catalogue should not answer.

        An id says it best. A list that knows none of the ids, such as the national one, goes by code.
        """
        by_id = frozenset(entry.id for entry in entries if entry.id in self.ids)
        wanted = set(self.codes)
        return by_id or frozenset(entry.id for entry in entries if wanted & set(entry.codes))


def read_labels(path: Path) -> Iterator[tuple[Row, ...]]:
    """The conversations of a file of labelled rows; a single question is one of one turn.

    JSON lines as others write them, or YAML as our own are kept: rows `{q, want}` by kind.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(path, 1, f"cannot be read: {error}") from error
    if path.suffix == ".yaml":
        yield from _own(path, text)
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield _talk(path, number, line)


def _own(path: Path, text: str) -> Iterator[tuple[Row, ...]]:
    try:
        kinds = yaml.load(text, Loader=yaml.CSafeLoader)
        for kind, rows in kinds.items():
            for row in rows:
                wanted = (row["want"],) if row["want"] else ()
                yield (Row(row["q"], ids=wanted, group=kind),)
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise LabelError(path, 1, f"expected rows {{q, want}} by kind ({error})") from error


def _talk(path: Path, number: int, line: str) -> tuple[Row, ...]:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise LabelError(path, number, f"is not JSON ({error}); one object a line") from error
    if not isinstance(data, dict):
        raise LabelError(path, number, 'expected an object such as {"q": …, "codes": […]}')
    turns = data.get("turns", [data])
    if not isinstance(turns, list) or not turns:
        raise LabelError(path, number, "`turns` must be a list of rows")
    group = "conversations" if "turns" in data else ""
    return tuple(_row(path, number, turn, group) for turn in turns)


def _row(path: Path, number: int, data: Any, group: str) -> Row:
    if not isinstance(data, Mapping) or not isinstance(data.get("q"), str):
        raise LabelError(path, number, "a row needs its question as text in `q`")
    return Row(
        question=data["q"],
        codes=_texts(path, number, data, "codes"),
        ids=_texts(path, number, data, "ids"),
        facets=_facets(path, number, data),
        group=str(data.get("group") or group),
    )


def _texts(path: Path, number: int, data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    texts = data.get(name) or []
    if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
        raise LabelError(path, number, f"`{name}` must be a list of texts")
    return tuple(texts)


def _facets(path: Path, number: int, data: Mapping[str, Any]) -> tuple[Facet, ...]:
    try:
        return tuple(Facet(one) for one in _texts(path, number, data, "facets"))
    except ValueError as error:
        known = ", ".join(Facet)
        raise LabelError(path, number, f"{error}; facets are {known}") from error
