"""What a change of land costs, step by step, from rates that are data (`procedures/rates.yaml`).

An estimate, never a notice of tax: every line names its rule, base and source. What nobody verified
is None and stands in `Estimate.unknown`; it is never a zero and never part of the total. A zero has
its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bot.catalogue.files import Finding, Page, Place
from bot.catalogue.pages import read_list
from bot.catalogue.procedure import Act, Confidence, FeeKind, FeeState, Frozen, Slug

DONG = Decimal(1)
PERCENT = re.compile(r"\d{1,3}([.,]\d{1,4})?%")


class TransferKind(StrEnum):
    SALE = Act.SALE.value
    GIFT = Act.GIFT.value
    INHERITANCE = Act.INHERITANCE.value


class Payer(StrEnum):
    GIVER = "giver"  # who sells or gives
    RECIPIENT = "recipient"  # whose name the certificate will bear
    EITHER = "either"


class Base(StrEnum):
    VALUE = "value"
    ABOVE_ALLOWANCE = "above_allowance"
    RESIDENTIAL_VALUE = "residential_value"
    DIFFERENCE = "difference"


class Where(StrEnum):
    AT_COMMUNE = "at_commune"
    AT_NOTARY = "at_notary"


class Share(StrEnum):
    """The part of a changed area that a rate is for, by the limit of land given for homes."""

    WITHIN_LIMIT = "within_limit"
    OVER_LIMIT = "over_limit"  # beyond the limit, up to once more
    REST = "rest"


class Relief(StrEnum):
    CLOSE_FAMILY = "close_family"
    ONLY_HOME = "only_home"


class Rule(StrEnum):
    """How a line came to its amount, or why it has none."""

    RATE = "rate"
    FIXED = "fixed"
    EXEMPT_CLOSE_FAMILY = "exempt_close_family"
    EXEMPT_ONLY_HOME = "exempt_only_home"
    NOTHING_TO_TAX = "nothing_to_tax"  # below the allowance, or no difference in price
    BY_RESOLUTION = "by_resolution"  # the provincial council sets it; not verified by us
    NOT_KNOWN = "not_known"
    NO_VALUE = "no_value"  # the citizen has not told the price, or the limit
    NOT_IN_FORCE = "not_in_force"  # no rate of ours holds on that day


def _percent(text: object) -> object:
    if not isinstance(text, str):
        return text
    if not PERCENT.fullmatch(text):
        raise PydanticCustomError("percent", "a rate is written 2% or 0,5%")
    return Decimal(text[:-1].replace(",", ".")) / 100


class Exemption(Frozen):
    when: Relief
    source: Slug
    article: str = ""
    confidence: Confidence


class Rate(Frozen):
    id: Slug
    acts: tuple[Act, ...] = Field(alias="for", min_length=1)
    kind: FeeKind
    payer: Payer = Payer.EITHER
    state: FeeState
    rate: Annotated[Decimal, BeforeValidator(_percent)] | None = None
    base: Base | None = None
    allowance: int = Field(0, ge=0)
    amount: int | None = Field(None, gt=0)
    only: Where | None = None
    share: Share | None = None
    effective_from: date | None = None
    effective_to: date | None = None  # the last day
    source: Slug
    article: str = ""
    confidence: Confidence
    exemptions: tuple[Exemption, ...] = ()

    @model_validator(mode="after")
    def state_agrees_with_figures(self) -> Self:
        if (self.state is FeeState.FORMULA) != (self.rate is not None and self.base is not None):
            raise PydanticCustomError("rate_formula", "a formula has a rate and a base")
        if (self.state is FeeState.AMOUNT) != (self.amount is not None):
            raise PydanticCustomError("rate_amount", "amount and state disagree")
        return self

    def is_in_force(self, on: date) -> bool:
        return (self.effective_from or date.min) <= on <= (self.effective_to or date.max)


@dataclass(frozen=True)
class Rates:
    rates: tuple[Rate, ...]

    @classmethod
    def load(cls, path: Path, sources: Collection[str] | None = None) -> Rates:
        """The rates of this file; raises `BadFileError`, also for a source not in `sources`."""
        return cls(read_list(path, Rate, partial(_check, sources=sources)))

    def of(self, act: Act, where: Where | None = None) -> dict[str, tuple[Rate, ...]]:
        """The rates of an act by id, in the order of the file, past and future ones included."""
        found: dict[str, tuple[Rate, ...]] = {}
        for rate in self.rates:
            if act in rate.acts and rate.only in (None, where):
                found[rate.id] = (*found.get(rate.id, ()), rate)
        return found


@dataclass(frozen=True)
class Transfer:
    """A sale, gift or inheritance, as the citizen told it."""

    kind: TransferKind
    value: int | None  # đồng: the price, or what the land is worth; None = not told
    close_family: bool
    only_home: bool
    certified_at_commune: bool  # otherwise at a notary's
    on: date
    table_value: int | None = None  # đồng by the province's land price table, when somebody knows

    def __post_init__(self) -> None:
        _refuse_nonsense(self.value, self.table_value)


@dataclass(frozen=True)
class Change:
    """A change of garden or agricultural land to residential land."""

    area: Decimal  # m²
    residential_price: int | None  # đồng/m², of the land price table; None = not told
    agricultural_price: int | None
    limit: Decimal | None  # m² of the limit of land given for homes; None = not told
    same_parcel: bool  # garden, pond or farm land in one parcel with a home
    first_time: bool  # the first change of this household or person on this parcel since 1/8/2024
    on: date

    def __post_init__(self) -> None:
        _refuse_nonsense(self.area, self.residential_price, self.agricultural_price, self.limit)


@dataclass(frozen=True)
class Line:
    """One step of an estimate."""

    id: str
    kind: FeeKind
    payer: Payer
    amount: int | None  # đồng; None = not known, see `rule`
    rule: Rule
    base: int | None  # đồng that the rate is taken of
    rate: Decimal | None
    source: str  # a key of sources.yaml
    article: str
    confidence: Confidence


@dataclass(frozen=True)
class Estimate:
    lines: tuple[Line, ...]

    @property
    def known_total(self) -> int:
        return sum(line.amount for line in self.lines if line.amount is not None)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The ids of the lines that are not part of the total."""
        return tuple(line.id for line in self.lines if line.amount is None)

    def known_total_of(self, payer: Payer) -> int:
        own = (line for line in self.lines if line.payer is payer)
        return sum(line.amount for line in own if line.amount is not None)


def estimate_transfer(transfer: Transfer, rates: Rates) -> Estimate:
    """What a sale, gift or inheritance costs both sides, as far as it is known."""
    where = Where.AT_COMMUNE if transfer.certified_at_commune else Where.AT_NOTARY
    reliefs = _reliefs(transfer)
    worth = _worth(transfer)

    def base_of(rate: Rate) -> int | None:
        if worth is None:
            return None
        return max(worth - rate.allowance, 0) if rate.base is Base.ABOVE_ALLOWANCE else worth

    by_id = rates.of(Act(transfer.kind.value), where)
    return Estimate(tuple(_line(known, transfer.on, reliefs, base_of) for known in by_id.values()))


def estimate_change(change: Change, rates: Rates) -> Estimate:
    """What changing land to residential land costs, as far as it is known."""
    areas = _areas(change)

    def base_of(rate: Rate) -> int | None:
        if rate.base is Base.RESIDENTIAL_VALUE:
            return _times(change.residential_price, change.area)
        if change.residential_price is None or change.agricultural_price is None or areas is None:
            return None
        difference = max(change.residential_price - change.agricultural_price, 0)
        return _times(difference, areas[rate.share] if rate.share else change.area)

    lines = []
    for known in rates.of(Act.CHANGE).values():
        share = known[0].share
        if share and _is_out_of_question(share, change, areas):
            continue
        lines.append(_line(known, change.on, frozenset(), base_of))
    return Estimate(tuple(lines))


def _line(
    known: tuple[Rate, ...],
    on: date,
    reliefs: Collection[Relief],
    base_of: Callable[[Rate], int | None],
) -> Line:
    """The line of one fee, by the rate that is in force on the day."""
    rate = next((rate for rate in known if rate.is_in_force(on)), None)
    if rate is None:
        return _make_line(known[-1], None, Rule.NOT_IN_FORCE)
    exemption = next((e for e in rate.exemptions if e.when in reliefs), None)
    if exemption:
        return _make_line(rate, 0, Rule(f"exempt_{exemption.when}"), because=exemption)
    if rate.state is FeeState.AMOUNT:
        return _make_line(rate, rate.amount, Rule.FIXED)
    if rate.state is FeeState.BY_RESOLUTION:
        return _make_line(rate, None, Rule.BY_RESOLUTION)
    if rate.rate is None:
        return _make_line(rate, None, Rule.NOT_KNOWN)
    base = base_of(rate)
    if base is None:
        return _make_line(rate, None, Rule.NO_VALUE)
    amount = int((base * rate.rate).quantize(DONG, ROUND_HALF_UP))
    return _make_line(rate, amount, Rule.RATE if base else Rule.NOTHING_TO_TAX, base=base)


def _make_line(
    rate: Rate,
    amount: int | None,
    rule: Rule,
    *,
    base: int | None = None,
    because: Exemption | None = None,
) -> Line:
    is_rule_known = rule is not Rule.NOT_IN_FORCE  # another day's rate would mislead
    told = because or rate
    return Line(
        id=rate.id,
        kind=rate.kind,
        payer=rate.payer,
        amount=amount,
        rule=rule,
        base=base,
        rate=rate.rate if is_rule_known and because is None else None,
        source=told.source,
        article=told.article,
        confidence=told.confidence if is_rule_known else Confidence.LOW,
    )


def _worth(transfer: Transfer) -> int | None:
    """The price, or the land table's value where that is higher: tax is not saved by a low price."""
    if transfer.value is None:
        return None
    return max(transfer.value, transfer.table_value or 0)


def _reliefs(transfer: Transfer) -> frozenset[Relief]:
    told = {Relief.CLOSE_FAMILY: transfer.close_family, Relief.ONLY_HOME: transfer.only_home}
    return frozenset(relief for relief, holds in told.items() if holds)


def _areas(change: Change) -> Mapping[Share, Decimal] | None:
    """The changed area by the shares that have their own rates; None when the limit is needed."""
    nothing = Decimal(0)
    if not (change.same_parcel and change.first_time):
        return {Share.WITHIN_LIMIT: nothing, Share.OVER_LIMIT: nothing, Share.REST: change.area}
    if change.limit is None:
        return None
    within = min(change.area, change.limit)
    over = min(change.area - within, change.limit)
    return {
        Share.WITHIN_LIMIT: within,
        Share.OVER_LIMIT: over,
        Share.REST: change.area - within - over,
    }


def _is_out_of_question(
    share: Share, change: Change, areas: Mapping[Share, Decimal] | None
) -> bool:
    """Whether no square metre falls into this share."""
    return areas is not None and not areas[share]


def _times(price: int | None, area: Decimal) -> int | None:
    return None if price is None else int((price * area).quantize(DONG, ROUND_HALF_UP))


def _refuse_nonsense(*figures: int | Decimal | None) -> None:
    if any(figure is not None and figure <= 0 for figure in figures):
        raise ValueError("a sum, a price or an area is above zero; None when not known")


def _check(
    page: Page, rates: tuple[Rate, ...], *, sources: Collection[str] | None
) -> Iterator[Finding]:
    """Every source is known, and no two rates of one fee hold on the same day."""
    for i, rate in enumerate(rates):
        told: list[tuple[Place, str]] = [((i, "source"), rate.source)]
        told += [((i, "exemptions", n, "source"), e.source) for n, e in enumerate(rate.exemptions)]
        for place, source in told:
            if sources is not None and source not in sources:
                yield page.finding(place, "no_source", source=source)
        if any(_overlap(rate, earlier) for earlier in rates[:i]):
            yield page.finding((i, "id"), "rate_overlap", field="id", value=rate.id)


def _overlap(one: Rate, other: Rate) -> bool:
    is_same = one.id == other.id and one.only == other.only and set(one.acts) & set(other.acts)
    starts = max(one.effective_from or date.min, other.effective_from or date.min)
    ends = min(one.effective_to or date.max, other.effective_to or date.max)
    return bool(is_same) and starts <= ends
