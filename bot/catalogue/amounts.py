"""Reads a sum of money or an area as people type it: "500tr", "1 tỷ 2", "1,2 ty", "150m2"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from bot.catalogue.pages import read_model
from bot.catalogue.procedure import Frozen, Text

TOKEN = re.compile(r"[0-9][0-9.,]*|m2\b|m²|[^\W\d_]+")
GROUPED = re.compile(r"[0-9]{1,3}([.,][0-9]{3})+$")  # 800.000.000
MOST = Decimal(10) ** 15  # beyond this nobody means a sum


class Unit(Frozen):
    value: int
    words: tuple[Text, ...]


class Amounts(Frozen):
    """The words for units of money and area, and for a half."""

    money: tuple[Unit, ...]
    area: tuple[Unit, ...]
    half: tuple[Text, ...]

    @classmethod
    def load(cls, folder: Path) -> Amounts:
        return read_model(folder / "amounts.yaml", cls)

    def read_money(self, text: str) -> int | None:
        """Đồng; None where no sum stands in the text. A bare "500" is no sum: five hundred what?"""
        found = _read(text, _by_word(self.money), self.half, least_bare=Decimal(10_000))
        return int(found) if found is not None else None

    def read_area(self, text: str) -> Decimal | None:
        """Square metres; a bare number is taken for them."""
        return _read(text, _by_word(self.area), self.half, least_bare=Decimal(0))


def _by_word(units: tuple[Unit, ...]) -> Mapping[str, int]:
    return {word: unit.value for unit in units for word in unit.words}


def _read(
    text: str, units: Mapping[str, int], half: tuple[str, ...], *, least_bare: Decimal
) -> Decimal | None:
    total, unit, is_said = Decimal(0), 0, False
    for number, word in _pairs(TOKEN.findall(text.lower())):
        value = units.get(word)
        if number is None:
            if word in half and unit:
                total += Decimal(unit) / 2
            continue
        if value is not None:
            total, unit = total + _decimal(number) * value, value
        elif unit:
            # "1 tỷ 2" is 1.2 tỷ: the digits after a unit are decimals of it.
            total += Decimal(f"0.{re.sub(r'[.,]', '', number)}") * unit
        elif _decimal(number) >= least_bare:
            total, unit = total + _decimal(number), 1
        else:
            continue
        is_said = True
    return total if is_said and 0 < total < MOST else None


def _pairs(tokens: list[str]) -> Iterator[tuple[str | None, str]]:
    """Each number with the word after it; words that follow no number alone."""
    number: str | None = None
    for token in tokens:
        if token[0].isascii() and token[0].isdigit():
            if number is not None:
                yield number, ""
            number = token
        else:
            yield number, token
            number = None
    if number is not None:
        yield number, ""


def _decimal(number: str) -> Decimal:
    """ "800.000.000" is grouped by thousands; in "1,2" and "1.2" the sign is a decimal one."""
    number = number.rstrip(".,")
    if GROUPED.match(number):
        return Decimal(re.sub(r"[.,]", "", number))
    whole, *rest = re.split(r"[.,]", number)
    return Decimal(f"{whole}.{''.join(rest) or 0}")
