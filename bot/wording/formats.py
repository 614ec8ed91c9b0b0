"""How figures and dates look in Vietnamese: 50.000 đ, thứ Ba 8/12/2026."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def money(amount: int) -> str:
    """`50000` → `50.000 đ`."""
    return f"{amount:,}".replace(",", ".") + " đ"


def percent(rate: Decimal) -> str:
    """`Decimal("0.005")` → `0,5%`."""
    return f"{(rate * 100).normalize():f}%".replace(".", ",")


def day(value: date) -> str:
    """`date(2026, 12, 8)` → `8/12/2026`."""
    return f"{value.day}/{value.month}/{value.year}"


def day_month(value: date) -> str:
    """`date(2026, 12, 8)` → `8/12`."""
    return f"{value.day}/{value.month}"


def clock(value: datetime) -> str:
    """The time of day in Vietnam: `16:42`."""
    return value.astimezone(VIETNAM).strftime("%H:%M")


def moment(value: datetime) -> str:
    """Day and time in Vietnam: `16:42 23/11`."""
    local = value.astimezone(VIETNAM)
    return f"{local:%H:%M} {local.day}/{local.month}"


def lower_first(text: str) -> str:
    """The first letter small unless the word is an abbreviation such as `UBND`."""
    word, _, _ = text.partition(" ")
    is_abbreviation = len(word) > 1 and word.isupper()
    return text if is_abbreviation else text[:1].lower() + text[1:]


FILTERS: dict[str, Callable[..., str]] = {
    "money": money,
    "percent": percent,
    "day": day,
    "day_month": day_month,
    "clock": clock,
    "moment": moment,
    "lower_first": lower_first,
}
