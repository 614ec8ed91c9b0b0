"""Labelled questions and the places of their right entries in a catalogue."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.matching.labels import Row, read_labels
from bot.matching.profiles import Entry

OWN = Path(__file__).parents[2] / "data" / "questions.yaml"
SEED = 4  # the same questions in the sample each time


@dataclass(frozen=True)
class Asked:
    """A question and which entries answer it, by their place in the catalogue."""

    text: str
    right: frozenset[int]


def read_rows(files: Sequence[Path]) -> list[Row]:
    """The rows of the files, shuffled, so that the first hundred are a fair sample.

    Of a conversation only the first turn is asked: a search engine has no memory.
    """
    rows = [talk[0] for path in files or [OWN] for talk in read_labels(path)]
    random.Random(SEED).shuffle(rows)
    return rows


def asked_of(rows: Iterable[Row], entries: Sequence[Entry]) -> list[Asked]:
    """The questions that some entry answers."""
    places = {entry.id: at for at, entry in enumerate(entries)}
    found = (
        Asked(row.question, frozenset(places[one] for one in row.right(entries))) for row in rows
    )
    return [one for one in found if one.right]
