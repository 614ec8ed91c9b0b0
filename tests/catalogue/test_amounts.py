"""Sums and areas as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.amounts import Amounts
from bot.settings import PROCEDURES

AMOUNTS = Amounts.load(PROCEDURES)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("500 triệu", 500_000_000),
        ("500tr", 500_000_000),
        ("khoảng 1 tỷ 2", 1_200_000_000),
        ("1ty5", 1_500_000_000),
        ("1,25 tỷ", 1_250_000_000),
        ("1.2 tỉ", 1_200_000_000),
        ("1 tỷ 200 triệu", 1_200_000_000),
        ("2 triệu rưỡi", 2_500_000),
        ("800.000.000", 800_000_000),
        ("800,000,000 đồng", 800_000_000),
        ("120k", 120_000),
        ("5 TRIỆU một mét", 5_000_000),
        ("500", None),
        ("bao nhiêu tiền", None),
        ("", None),
    ],
)
def test_money_as_typed(text: str, amount: int | None) -> None:
    assert AMOUNTS.read_money(text) == amount


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("150m2", 150),
        ("150 m²", 150),
        ("120,5", Decimal("120.5")),
        ("2 sào", 1000),
        ("không rõ", None),
    ],
)
def test_area_as_typed(text: str, area: int | None) -> None:
    assert AMOUNTS.read_area(text) == area


@given(st.integers(1, 900_000_000_000))
def test_a_grouped_sum_reads_as_itself(amount: int) -> None:
    if amount >= 10_000:
        assert AMOUNTS.read_money(f"{amount:,}".replace(",", ".")) == amount


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    AMOUNTS.read_money(text)
    AMOUNTS.read_area(text)
