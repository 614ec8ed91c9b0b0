"""An estimate may be short, never wrong: what is not known is said, and a zero has its reason."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.costs import (
    Change,
    Estimate,
    Payer,
    Rates,
    Rule,
    Transfer,
    TransferKind,
    estimate_change,
    estimate_transfer,
)
from bot.catalogue.files import read_folder
from bot.catalogue.pages import BadFileError

PROCEDURES = Path(__file__).parents[2] / "procedures"
RATES = Rates.load(PROCEDURES / "rates.yaml", read_folder(PROCEDURES).sources)
TODAY = date(2026, 11, 23)
SALE, GIFT, INHERITANCE = TransferKind.SALE, TransferKind.GIFT, TransferKind.INHERITANCE
BY_RESOLUTION = ("appraisal-fee", "certificate-fee")
PLAIN_SALE = Transfer(
    SALE,
    value=1_000_000_000,
    close_family=False,
    only_home=False,
    certified_at_commune=True,
    on=TODAY,
)
PLAIN_CHANGE = Change(
    area=Decimal(100),
    residential_price=2_000_000,
    agricultural_price=50_000,
    limit=Decimal(200),
    same_parcel=True,
    first_time=True,
    on=TODAY,
)
MONEY = st.integers(1, 10**13)
TRANSFERS = st.builds(
    Transfer,
    kind=st.sampled_from(TransferKind),
    value=MONEY,
    close_family=st.booleans(),
    only_home=st.booleans(),
    certified_at_commune=st.booleans(),
    on=st.dates(date(2024, 1, 1), date(2028, 1, 1)),
    table_value=st.none() | MONEY,
)
CHANGES = st.builds(
    Change,
    area=st.decimals("0.1", 10_000, places=1),
    residential_price=st.none() | st.integers(1, 10**9),
    agricultural_price=st.none() | st.integers(1, 10**6),
    limit=st.none() | st.decimals("0.1", 1000, places=1),
    same_parcel=st.booleans(),
    first_time=st.booleans(),
    on=st.dates(date(2025, 1, 1), date(2028, 1, 1)),
)


def amounts(estimate: Estimate) -> dict[str, int | None]:
    return {line.id: line.amount for line in estimate.lines}


def rules(estimate: Estimate) -> dict[str, Rule]:
    return {line.id: line.rule for line in estimate.lines}


@pytest.mark.parametrize(
    ("kind", "value", "told", "tax", "registration"),
    [
        (SALE, 1_000_000_000, {}, 20_000_000, 5_000_000),
        (SALE, 333_333_333, {}, 6_666_667, 1_666_667),
        (SALE, 1_000_000_000, {"close_family": True}, 0, 5_000_000),
        (SALE, 1_000_000_000, {"only_home": True}, 0, 5_000_000),
        (SALE, 500_000_000, {"table_value": 800_000_000}, 16_000_000, 4_000_000),
        (SALE, 800_000_000, {"table_value": 500_000_000}, 16_000_000, 4_000_000),
        (GIFT, 520_000_000, {}, 50_000_000, 2_600_000),
        (GIFT, 520_000_000, {"close_family": True}, 0, 0),
        (GIFT, 520_000_000, {"only_home": True}, 50_000_000, 2_600_000),
        (GIFT, 20_000_000, {}, 0, 100_000),
        (INHERITANCE, 1_020_000_000, {}, 100_000_000, 5_100_000),
        (INHERITANCE, 1_020_000_000, {"close_family": True}, 0, 0),
    ],
)
def test_tax_and_registration_fee_as_counted_by_hand(
    kind: TransferKind, value: int, told: dict[str, bool], tax: int, registration: int
) -> None:
    estimate = estimate_transfer(replace(PLAIN_SALE, kind=kind, value=value, **told), RATES)  # type: ignore[arg-type]

    assert amounts(estimate) == {
        "income-tax": tax,
        "registration-fee": registration,
        "certification": 50_000,
        "appraisal-fee": None,
        "certificate-fee": None,
    }
    assert estimate.known_total == tax + registration + 50_000
    assert estimate.unknown == BY_RESOLUTION


def test_a_line_names_rule_base_rate_and_article() -> None:
    tax = estimate_transfer(PLAIN_SALE, RATES).lines[0]

    assert (tax.rule, tax.base, tax.rate) == (Rule.RATE, 1_000_000_000, Decimal("0.02"))
    assert (tax.source, tax.article, tax.confidence) == ("nd-253-2026", "Điều 57", "high")


def test_an_exempt_line_names_the_article_that_exempts() -> None:
    tax = estimate_transfer(replace(PLAIN_SALE, only_home=True), RATES).lines[0]

    assert (tax.amount, tax.rule) == (0, Rule.EXEMPT_ONLY_HOME)
    assert (tax.source, tax.article) == ("nd-253-2026", "Điều 19")


def test_each_side_sees_its_own_sum() -> None:
    estimate = estimate_transfer(PLAIN_SALE, RATES)

    assert estimate.known_total_of(Payer.GIVER) == 20_000_000
    assert estimate.known_total_of(Payer.RECIPIENT) == 5_000_000
    assert estimate.known_total_of(Payer.EITHER) == 50_000


def test_a_notary_asks_a_sum_that_we_do_not_know() -> None:
    estimate = estimate_transfer(replace(PLAIN_SALE, certified_at_commune=False), RATES)

    assert estimate.unknown == ("notary", *BY_RESOLUTION)
    assert rules(estimate)["notary"] is Rule.NOT_KNOWN


def test_without_the_price_only_what_does_not_need_it_is_known() -> None:
    estimate = estimate_transfer(replace(PLAIN_SALE, value=None), RATES)

    assert estimate.known_total == 50_000
    assert rules(estimate)["income-tax"] is Rule.NO_VALUE


def test_before_the_law_in_our_sources_the_tax_is_not_known() -> None:
    estimate = estimate_transfer(replace(PLAIN_SALE, on=date(2026, 6, 30)), RATES)

    assert estimate.unknown == ("income-tax", *BY_RESOLUTION)
    assert rules(estimate)["income-tax"] is Rule.NOT_IN_FORCE
    assert estimate.lines[0].rate is None


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        # 100 m² × (2.000.000 - 50.000) = 195.000.000 đồng of difference, all within the limit
        ({}, {"land-use-within-limit": 58_500_000, "registration-fee": 1_000_000}),
        # a limit of 60 m²: 60 m² at 30 %, 40 m² at 50 %
        (
            {"limit": Decimal(60)},
            {
                "land-use-within-limit": 35_100_000,
                "land-use-over-limit": 39_000_000,
                "registration-fee": 1_000_000,
            },
        ),
        # a limit of 40 m²: 40 m² at 30 %, 40 m² at 50 %, 20 m² at 100 %
        (
            {"limit": Decimal(40)},
            {
                "land-use-within-limit": 23_400_000,
                "land-use-over-limit": 39_000_000,
                "land-use-rest": 39_000_000,
                "registration-fee": 1_000_000,
            },
        ),
        ({"same_parcel": False}, {"land-use-rest": 195_000_000, "registration-fee": 1_000_000}),
        (
            {"first_time": False, "limit": None},
            {"land-use-rest": 195_000_000, "registration-fee": 1_000_000},
        ),
        (
            {"limit": None},
            {
                "land-use-within-limit": None,
                "land-use-over-limit": None,
                "land-use-rest": None,
                "registration-fee": 1_000_000,
            },
        ),
        (
            {"residential_price": None},
            {"land-use-within-limit": None, "registration-fee": None},
        ),
        (
            {"agricultural_price": None},
            {"land-use-within-limit": None, "registration-fee": 1_000_000},
        ),
        (
            {"agricultural_price": 2_000_000},
            {"land-use-within-limit": 0, "registration-fee": 1_000_000},
        ),
    ],
)
def test_a_change_to_residential_land_as_counted_by_hand(
    told: dict[str, int | Decimal | bool | None], expected: dict[str, int | None]
) -> None:
    estimate = estimate_change(replace(PLAIN_CHANGE, **told), RATES)  # type: ignore[arg-type]

    assert amounts(estimate) == {**expected, "appraisal-fee": None, "certificate-fee": None}


def test_no_difference_in_price_is_told_as_the_reason_of_a_zero() -> None:
    estimate = estimate_change(replace(PLAIN_CHANGE, agricultural_price=2_000_000), RATES)

    assert estimate.lines[0].rule is Rule.NOTHING_TO_TAX


@given(transfer=TRANSFERS, more=MONEY)
def test_a_higher_value_never_costs_less(transfer: Transfer, more: int) -> None:
    assert transfer.value is not None
    dearer = replace(transfer, value=transfer.value + more)
    less, greater = estimate_transfer(transfer, RATES), estimate_transfer(dearer, RATES)

    assert less.known_total <= greater.known_total
    assert less.unknown == greater.unknown


@given(change=CHANGES, more=st.decimals("0.1", 1000, places=1))
def test_a_larger_area_never_costs_less(change: Change, more: Decimal) -> None:
    less = estimate_change(change, RATES)
    greater = estimate_change(replace(change, area=change.area + more), RATES)

    assert less.known_total <= greater.known_total


@given(change=CHANGES)
def test_a_change_costs_no_more_than_the_whole_difference(change: Change) -> None:
    estimate = estimate_change(change, RATES)
    land_use = sum(line.amount or 0 for line in estimate.lines if line.id.startswith("land-use"))

    if change.residential_price is None or change.agricultural_price is None:
        assert land_use == 0
    else:
        difference = max(change.residential_price - change.agricultural_price, 0) * change.area
        assert land_use <= difference + 3  # each line is rounded to a whole đồng


@given(estimate=st.one_of(
    TRANSFERS.map(lambda transfer: estimate_transfer(transfer, RATES)),
    CHANGES.map(lambda change: estimate_change(change, RATES)),
))  # fmt: skip
def test_a_zero_has_its_reason_and_the_unknown_is_never_in_the_total(estimate: Estimate) -> None:
    reasons = {Rule.EXEMPT_CLOSE_FAMILY, Rule.EXEMPT_ONLY_HOME, Rule.NOTHING_TO_TAX}
    no_amount = {Rule.BY_RESOLUTION, Rule.NOT_KNOWN, Rule.NO_VALUE, Rule.NOT_IN_FORCE}

    for line in estimate.lines:
        assert (line.amount is None) == (line.rule in no_amount)
        if line.amount == 0:  # a rate of a few đồng may round to nothing
            assert line.rule in reasons or (line.base or 0) < 100
        if line.rule in reasons:
            assert line.amount == 0
    known = [line.amount for line in estimate.lines if line.amount is not None]
    assert estimate.known_total == sum(known)
    assert len(known) + len(estimate.unknown) == len(estimate.lines)


@pytest.mark.parametrize("told", [{"value": 0}, {"value": -1}, {"table_value": 0}])
def test_a_sum_that_cannot_be_is_refused(told: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="above zero"):
        replace(PLAIN_SALE, **told)  # type: ignore[arg-type]


GOOD = (
    "- {id: a, for: [sale], kind: thue, state: formula, rate: 2%, base: value, source: s, "
    "confidence: low}\n"
)


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (GOOD.replace("2%", "0.02"), 1, "percent"),
        (GOOD.replace("base: value, ", ""), 1, "rate_formula"),
        (GOOD.replace("formula", "amount"), 1, "rate_formula"),
        (GOOD.replace("source: s", "source: t"), 1, "no_source"),
        (GOOD.replace("thue", "swap"), 1, "enum"),
        (GOOD + GOOD, 2, "rate_overlap"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, code: str
) -> None:
    path = tmp_path / "rates.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadFileError) as refused:
        Rates.load(path, {"s"})

    assert [(f.line, f.code) for f in refused.value.findings] == [(line, code)]


def test_a_new_rate_follows_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "rates.yaml"
    old = GOOD.replace("source", "effective_to: 2026-12-31, source")
    new = GOOD.replace("2%", '"3,5%"').replace("source", "effective_from: 2027-01-01, source")
    path.write_text(old + new, encoding="utf-8")
    rates = Rates.load(path)

    last_day = estimate_transfer(replace(PLAIN_SALE, on=date(2026, 12, 31)), rates)
    first_day = estimate_transfer(replace(PLAIN_SALE, on=date(2027, 1, 1)), rates)

    assert (last_day.known_total, first_day.known_total) == (20_000_000, 35_000_000)
