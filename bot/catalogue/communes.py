"""The communes of Hà Tĩnh as data: units of today, what each was formed from, districts of old."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from bot.catalogue.procedure import Frozen, Text
from bot.catalogue.spelling import read_words


class UnitKind(StrEnum):
    XA = "xa"
    PHUONG = "phuong"
    THI_TRAN = "thi_tran"
    HUYEN = "huyen"
    THI_XA = "thi_xa"
    THANH_PHO = "thanh_pho"


DISTRICTS = frozenset({UnitKind.HUYEN, UnitKind.THI_XA, UnitKind.THANH_PHO})


class What(StrEnum):
    """Which share of a divided unit went to a commune."""

    LAND = "land"
    PEOPLE = "people"
    SOME = "some"


class Unit(Frozen):
    """A unit by the name it bears or bore."""

    kind: UnitKind
    name: Text


class Part(Unit):
    what: What


class Commune(Unit):
    """A commune or ward of today, and what it was made of."""

    clause: int
    also: tuple[Text, ...] = ()
    formed_from: Mapping[UnitKind, tuple[Text, ...]] = {}
    parts: tuple[Part, ...] = ()

    def __hash__(self) -> int:
        return hash((self.kind, self.name))  # a mapping has no hash of its own

    @property
    def id(self) -> str:
        return "-".join(word.folded for word in read_words(self.name))

    def whole(self) -> Iterator[Unit]:
        """The older units that went here undivided."""
        for kind, names in self.formed_from.items():
            yield from (Unit(kind=kind, name=name) for name in names)


class LegalSource(Frozen):
    document: Text
    article: str = ""


class ReadingWords(Frozen):
    """How places stand in what people write; see the comments of the file."""

    kinds: Mapping[UnitKind, tuple[Text, ...]]
    old: tuple[Text, ...] = ()
    new: tuple[Text, ...] = ()
    locators: tuple[Text, ...] = ()
    beside: tuple[Text, ...] = ()
    fillers: tuple[Text, ...] = ()
    not_after: tuple[Text, ...] = ()
    not_before: tuple[Text, ...] = ()
    ordinary: tuple[Text, ...] = ()
    words_without_marks: tuple[Text, ...] = ()


class CommunesFile(Frozen):
    source: LegalSource
    province: Text
    districts: tuple[Unit, ...]
    reading: ReadingWords
    communes: tuple[Commune, ...]
