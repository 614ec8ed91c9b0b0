"""Communes and offices: where a citizen lives, as they say it, and where they go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from bot.catalogue.communes import (
    DISTRICTS,
    Commune,
    CommunesFile,
    LegalSource,
    Unit,
    UnitKind,
    What,
)
from bot.catalogue.files import Finding, Page
from bot.catalogue.pages import read_list, read_model
from bot.catalogue.place_names import (
    Ambiguous,
    Candidate,
    Found,
    Mention,
    NameReader,
    Unknown,
    Why,
)
from bot.catalogue.procedure import Confidence, Frozen, Slug, Text

__all__ = [
    "Ambiguous",
    "Candidate",
    "Commune",
    "Found",
    "Mention",
    "Office",
    "OfficeKind",
    "Places",
    "Unit",
    "UnitKind",
    "Unknown",
    "What",
    "Why",
]

T = TypeVar("T", "Commune", "Office")


class OfficeKind(StrEnum):
    COUNTER = "counter"
    LAND = "land"
    POLICE = "police"
    ONLINE = "online"
    DOCUMENTS = "documents"


class Office(Frozen):
    """Where people go. An empty field is not known."""

    id: Slug
    kind: OfficeKind
    name: Text
    address: str = ""
    phone: str = ""
    url: str = ""
    hours: str = ""
    everywhere: bool = False  # one in every commune
    note: str = ""
    unverified: tuple[str, ...] = ()  # fields that stand in no document
    document: Text
    confidence: Confidence

    def unknown(self) -> tuple[str, ...]:
        """The fields that people would ask for and nobody has told us."""
        asked = ("url",) if self.url else ("address", "phone", "hours")
        return tuple(name for name in asked if not getattr(self, name))


@dataclass(frozen=True)
class Places:
    """All communes and offices, and how people name them."""

    source: LegalSource
    communes: tuple[Commune, ...]
    offices: tuple[Office, ...]
    names: NameReader

    @classmethod
    def load(cls, folder: Path) -> Places:
        """Reads `communes.yaml` and `offices.yaml` of this folder; raises `BadFileError`."""
        file = read_model(folder / "communes.yaml", CommunesFile, _check_communes)
        offices = read_list(folder / "offices.yaml", Office, _check_offices)
        return cls(file.source, file.communes, offices, _reader(file))

    def find(self, text: str) -> Found | Ambiguous | Unknown:
        """The place that this text names, when it was asked for one: marks and case do not matter."""
        return self.names.find(text)

    def find_in(self, text: str) -> tuple[Mention, ...]:
        """The places named within a longer text; everyday words that look like one are left out."""
        return self.names.find_in(text)

    def without(self, text: str) -> str:
        """The text without the places that it names; as it is where it names nothing else."""
        return self.names.without(text)

    def get_commune(self, commune: str) -> Commune:
        """The commune of this id; raises `KeyError`."""
        return _by_id(self.communes, commune)

    def get_office(self, office: str) -> Office:
        """The office of this id; raises `KeyError`."""
        return _by_id(self.offices, office)


def _by_id(things: tuple[T, ...], wanted: str) -> T:
    for thing in things:
        if thing.id == wanted:
            return thing
    raise KeyError(wanted)


def _reader(file: CommunesFile) -> NameReader:
    return NameReader(file.communes, file.districts, file.province, file.reading)


def _check_communes(page: Page, file: CommunesFile) -> Iterator[Finding]:
    """No unit twice, and no older unit whole in two communes, nor whole here and divided there."""
    seen: set[str] = set()
    whole: dict[Unit, str] = {}
    for i, commune in enumerate(file.communes):
        place = ("communes", i)
        if commune.id in seen:
            yield page.finding(place, "twice", key=commune.name)
        seen.add(commune.id)
        if commune.kind in DISTRICTS | {UnitKind.THI_TRAN}:
            yield page.finding((*place, "kind"), "not_today", field="kind", value=commune.kind)
        for old in commune.whole():
            if old in whole:
                yield page.finding((*place, "formed_from"), "twice", key=old.name)
            whole[old] = commune.name
    for i, commune in enumerate(file.communes):
        for part in commune.parts:
            if Unit(kind=part.kind, name=part.name) in whole:
                yield page.finding(("communes", i, "parts"), "twice", key=part.name)
    yield from _check_reading(page, file)


def _check_reading(page: Page, file: CommunesFile) -> Iterator[Finding]:
    names = _reader(file)
    for name in ("ordinary", "words_without_marks"):
        for i, text in enumerate(getattr(file.reading, name)):
            if not names.is_name(text):
                yield page.finding(("reading", name, i), "no_place", field=name, value=text)


def _check_offices(page: Page, offices: tuple[Office, ...]) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, office in enumerate(offices):
        if office.id in seen:
            yield page.finding((i, "id"), "twice", key=office.id)
        seen.add(office.id)
        for name in office.unverified:
            if not getattr(office, name, ""):
                yield page.finding((i, "unverified"), "no_field", field="unverified", value=name)
