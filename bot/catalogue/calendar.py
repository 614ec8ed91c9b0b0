"""Working days in Vietnam: one calendar for due dates, opening hours and service levels.

The `holidays` package knows the law (Tết, days in lieu, the swaps that it has heard of). Swaps are
announced a week ahead, so a table that staff keep (`procedures/calendar.yaml`) overrides it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bot.catalogue.files import Finding, Page
from bot.catalogue.pages import read_model
from bot.catalogue.procedure import Frozen, Text, TimeUnit

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SATURDAY = 5
ONE_DAY = timedelta(days=1)
LONGEST_CLOSURE = 60  # days; nothing closes longer, and a search must end


class DayKind(StrEnum):
    OFF = "off"
    WORKED = "worked"  # a day of the weekend that makes up for a swapped one
    HALF = "half"  # only the first period of the office hours; counts as a working day


class Day(Frozen):
    """A day that the law alone would tell wrongly, and the document that says so."""

    date: date
    kind: DayKind
    name: str = ""  # what people call it: "Nghỉ hoán đổi dịp Quốc khánh"
    document: Text

    @model_validator(mode="after")
    def a_day_off_has_a_name(self) -> Day:
        if self.kind is DayKind.OFF and not self.name:
            raise PydanticCustomError("day_off_name", "a day off has a name")
        return self


class Period(Frozen):
    opens: time
    closes: time


class OfficeHours(Frozen):
    """When the counters are open on a full working day; the gap between two periods is lunch."""

    periods: tuple[Period, ...] = Field(min_length=1)
    document: Text
    verified: bool = False

    @model_validator(mode="after")
    def periods_follow_each_other(self) -> OfficeHours:
        edges = [edge for period in self.periods for edge in (period.opens, period.closes)]
        if any(earlier >= later for earlier, later in pairwise(edges)):
            raise PydanticCustomError("hours_order", "hours must follow each other")
        return self


class CalendarFile(Frozen):
    announced_until: date  # the last day whose swaps the government has announced
    office_hours: OfficeHours | None = None
    days: tuple[Day, ...] = ()


class SkipReason(StrEnum):
    HOLIDAY = "holiday"
    WEEKEND = "weekend"


@dataclass(frozen=True, slots=True)
class Skipped:
    day: date
    reason: SkipReason
    name: str = ""  # of the holiday; empty for an ordinary weekend


@dataclass(frozen=True)
class Due:
    """The last day, and the count that leads to it, so that people can count along."""

    day: date
    counted: int  # working days, or calendar days up to the last day before it rolled; 0 for hours
    skipped: tuple[Skipped, ...]
    rolled: bool = False  # the last day was no working day, so it moved on
    provisional: bool = False  # a day after `announced_until` was counted: a swap may move it
    at: datetime | None = None  # the moment, for a limit in hours

    @property
    def holidays(self) -> tuple[Skipped, ...]:
        return tuple(day for day in self.skipped if day.reason is SkipReason.HOLIDAY)

    @property
    def weekends(self) -> int:
        """How many weekends lie between, a Saturday and its Sunday being one."""
        days = (skip.day for skip in self.skipped if skip.reason is SkipReason.WEEKEND)
        return len({day.isocalendar()[:2] for day in days})


@dataclass(frozen=True)
class Calendar:
    overrides: Mapping[date, Day]
    announced_until: date
    hours: OfficeHours | None = None  # None = nobody told us

    @classmethod
    def load(cls, path: Path) -> Calendar:
        """The calendar of this file; raises `BadFileError`."""
        file = read_model(path, CalendarFile, _check)
        return cls({day.date: day for day in file.days}, file.announced_until, file.office_hours)

    def is_working(self, day: date) -> bool:
        return self.skip(day) is None

    def skip(self, day: date) -> Skipped | None:
        """Why this day does not count; None for a working day."""
        override = self.overrides.get(day)
        if override:
            is_off = override.kind is DayKind.OFF
            return Skipped(day, SkipReason.HOLIDAY, override.name) if is_off else None
        year = _national(day.year)
        if day in year.worked:
            return None
        if day in year.off:
            return Skipped(day, SkipReason.HOLIDAY, year.off[day])
        return Skipped(day, SkipReason.WEEKEND) if day.weekday() >= SATURDAY else None

    def due(self, start: date | datetime, value: int, unit: TimeUnit) -> Due | None:
        """When a limit that starts on this day ends (Civil Code 2015, articles 147 and 148).

        The first day does not count; a last day that is no working day moves to the next one.
        None for hours, unless `start` is a moment and the office hours are known.
        """
        if value < 1:
            raise ValueError(f"a time limit is at least 1, not {value}")
        if unit is TimeUnit.HOUR:
            return self._due_hours(start, value)
        first = _local(start).date() if isinstance(start, datetime) else start
        if unit is TimeUnit.WORKING_DAY:
            return self._due_working(first, value)
        last = first + value * ONE_DAY if unit is TimeUnit.DAY else _months_later(first, value)
        return self._roll(first, last)

    def is_open(self, at: datetime) -> bool | None:
        """Whether the counters are open at this moment; None when the hours are not known."""
        if self.hours is None:
            return None
        at = _local(at)
        return any(opens <= at < closes for opens, closes in self._open_periods(at.date()))

    def next_open(self, at: datetime) -> datetime | None:
        """This moment if open, else the next opening; None when the hours are not known."""
        if self.hours is None:
            return None
        return next(max(opens, _local(at)) for opens, _ in self._periods_from(at))

    def add_working_time(self, start: datetime, span: timedelta) -> datetime | None:
        """The moment by which the counters were open for `span`; None without known hours."""
        if self.hours is None:
            return None
        for opens, closes in self._periods_from(start):
            begins = max(opens, _local(start))
            if span <= closes - begins:
                return begins + span
            span -= closes - begins
        raise AssertionError("periods never end")

    def _due_working(self, first: date, value: int) -> Due:
        skipped: list[Skipped] = []
        day, counted = first, 0
        while counted < value:
            day += ONE_DAY
            skip = self.skip(day)
            if skip:
                skipped.append(skip)
            else:
                counted += 1
        return Due(day, counted, tuple(skipped), provisional=day > self.announced_until)

    def _roll(self, first: date, last: date) -> Due:
        skipped: list[Skipped] = []
        day = last
        while skip := self.skip(day):
            skipped.append(skip)
            day += ONE_DAY
        provisional = day > self.announced_until
        return Due(day, (last - first).days, tuple(skipped), day != last, provisional)

    def _due_hours(self, start: date | datetime, hours: int) -> Due | None:
        if not isinstance(start, datetime):
            return None
        at = self.add_working_time(start, timedelta(hours=hours))
        if at is None:
            return None
        day, last = _local(start).date(), at.date()
        between = (day + n * ONE_DAY for n in range((last - day).days))
        skipped = tuple(skip for skip in map(self.skip, between) if skip)
        return Due(last, 0, skipped, provisional=last > self.announced_until, at=at)

    def _open_periods(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if self.hours is None or not self.is_working(day):
            return
        override = self.overrides.get(day)
        is_half = override is not None and override.kind is DayKind.HALF
        for period in self.hours.periods[:1] if is_half else self.hours.periods:
            yield _at(day, period.opens), _at(day, period.closes)

    def _periods_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open periods that have not ended at this moment, for ever."""
        at = _local(at)
        day, closed_for = at.date(), 0
        while closed_for < LONGEST_CLOSURE:
            periods = [(opens, closes) for opens, closes in self._open_periods(day) if at < closes]
            yield from periods
            closed_for = 0 if periods else closed_for + 1
            day += ONE_DAY


def _check(page: Page, file: CalendarFile) -> Iterator[Finding]:
    seen: set[date] = set()
    for i, day in enumerate(file.days):
        if day.date in seen:
            yield page.finding(("days", i), "twice", key=day.date)
        seen.add(day.date)


@dataclass(frozen=True)
class _Year:
    off: Mapping[date, str]
    worked: frozenset[date]


@lru_cache(maxsize=64)
def _national(year: int) -> _Year:
    """What the law and the package know of this year, days swapped across New Year included."""
    known = holidays.country_holidays("VN", years=range(year - 1, year + 2), language="vi")
    return _Year(
        {day: name for day, name in known.items() if day.year == year},
        frozenset(day for day in known.weekend_workdays if day.year == year),
    )


def _months_later(first: date, months: int) -> date:
    """The same day of the month; the last day where the month is shorter (article 148, clause 3)."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without its time zone")
    return at.astimezone(ZONE)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE)
