"""What people ask about that none of our procedures answers: bằng lái, ly hôn, the weather.

The matcher compares a question with these as well. One that fits a matter of others better than any
procedure goes to a person, instead of to the nearest procedure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from pydantic import Field

from bot.catalogue.files import Finding, Page
from bot.catalogue.pages import read_list
from bot.catalogue.plain import fold
from bot.catalogue.procedure import Frozen, Procedure, Text

FILE = "elsewhere.yaml"


class Matter(Frozen):
    """One matter, by its short name and by what people say of it."""

    name: Text = Field(max_length=70)
    said: tuple[Text, ...] = Field(min_length=1)
    told: bool = True  # to the citizen as a guess; nobody "seems to ask about swearing"


def read_matters(
    folder: Path, procedures: Mapping[str, Procedure] | None = None
) -> tuple[Matter, ...]:
    """The matters of a folder; raises `BadFileError`.

    Beside `procedures`, a matter that is written twice or is one of them is refused as well.
    """
    if procedures is None:
        return read_list(folder / FILE, Matter)
    return read_list(folder / FILE, Matter, partial(_check, procedures=procedures))


def _check(
    page: Page, matters: Iterable[Matter], procedures: Mapping[str, Procedure]
) -> Iterator[Finding]:
    owner = {
        fold(text): procedure.id
        for procedure in procedures.values()
        for text in (procedure.title, *(alias.text for alias in procedure.aliases))
    }
    seen: set[str] = set()
    for at, matter in enumerate(matters):
        for where, text in _texts(at, matter):
            said = fold(text)
            if said in owner:
                yield page.finding(where, "matter_is_ours", text=text, other=owner[said])
            if said in seen:
                yield page.finding(where, "matter_twice", text=text)
            seen.add(said)


def _texts(at: int, matter: Matter) -> Iterator[tuple[tuple[int | str, ...], str]]:
    yield (at, "name"), matter.name
    for number, text in enumerate(matter.said):
        if fold(text) != fold(matter.name):
            yield (at, "said", number), text
