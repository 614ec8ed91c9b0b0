"""Due dates are promises of the state: they are counted as the Civil Code says, and can be recounted."""

from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue.calendar import ZONE, Calendar, Day, DayKind, OfficeHours, SkipReason
from bot.catalogue.pages import BadFileError
from bot.catalogue.procedure import TimeUnit

PROCEDURES = Path(__file__).parents[2] / "procedures"
CALENDAR = Calendar.load(PROCEDURES / "calendar.yaml")
WORKING_DAY, DAY, MONTH, HOUR = (
    TimeUnit.WORKING_DAY,
    TimeUnit.DAY,
    TimeUnit.MONTH,
    TimeUnit.HOUR,
)
HOURS = OfficeHours.model_validate(
    {
        "periods": [
            {"opens": "07:30", "closes": "11:30"},
            {"opens": "13:30", "closes": "17:00"},
        ],
        "document": "for this test only",
    }
)
OPEN = Calendar(CALENDAR.overrides, CALENDAR.announced_until, HOURS)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
SLOW_START = settings(deadline=None)  # the first look at a year computes its holidays


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        ("2025-04-25", True),
        ("2025-04-26", True),  # a Saturday that makes up for 2 May
        ("2025-04-27", False),
        ("2025-04-30", False),
        ("2025-05-01", False),
        ("2025-05-02", False),
        ("2025-05-05", True),
        ("2025-12-31", True),
        ("2026-01-01", False),
        ("2026-01-02", False),  # announced on 25 December; the package does not know it
        ("2026-01-09", True),
        ("2026-01-10", True),
        ("2026-01-11", False),
        ("2026-02-13", True),
        ("2026-02-16", False),
        ("2026-02-20", False),
        ("2026-02-23", True),
        ("2026-04-26", False),  # Giỗ Tổ on a Sunday
        ("2026-04-27", False),  # so the Monday is free
        ("2026-04-28", True),
        ("2026-08-22", True),
        ("2026-08-31", False),
        ("2026-09-01", False),
        ("2026-09-02", False),
        ("2026-09-03", True),
        ("2026-11-23", True),
        ("2026-11-24", False),
        ("2026-11-25", True),
        ("2027-01-01", False),
    ],
)
def test_working_days_follow_the_law_and_the_announced_swaps(day: str, is_working: bool) -> None:
    assert CALENDAR.is_working(date.fromisoformat(day)) is is_working


def test_ten_working_days_from_a_monday_pass_the_day_of_culture_and_two_weekends() -> None:
    due = CALENDAR.due(date(2026, 11, 23), 10, WORKING_DAY)

    assert due is not None
    assert due.day == date(2026, 12, 8)
    assert due.counted == 10
    assert [(skip.day, skip.name) for skip in due.holidays] == [
        (date(2026, 11, 24), "Ngày Văn hoá Việt Nam")
    ]
    assert due.weekends == 2
    assert not due.rolled
    assert not due.provisional


@pytest.mark.parametrize(
    ("start", "value", "unit", "expected", "rolled"),
    [
        ("2025-04-25", 1, WORKING_DAY, "2025-04-26", False),
        ("2025-04-29", 1, WORKING_DAY, "2025-05-05", False),
        ("2025-12-31", 1, WORKING_DAY, "2026-01-05", False),
        ("2025-12-31", 6, WORKING_DAY, "2026-01-10", False),
        ("2026-08-28", 1, WORKING_DAY, "2026-09-03", False),
        ("2026-08-21", 1, WORKING_DAY, "2026-08-22", False),
        ("2026-02-13", 3, WORKING_DAY, "2026-02-25", False),
        ("2026-11-28", 1, WORKING_DAY, "2026-11-30", False),  # sent on a Saturday
        ("2026-11-23", 7, DAY, "2026-11-30", False),
        ("2026-11-23", 5, DAY, "2026-11-30", True),  # a Saturday rolls on to Monday
        ("2026-11-23", 1, DAY, "2026-11-25", True),  # the Day of Culture
        ("2026-02-06", 10, DAY, "2026-02-23", True),  # the first of the days of Tết
        ("2026-11-23", 1, MONTH, "2026-12-23", False),
        ("2026-01-31", 1, MONTH, "2026-03-02", True),  # 28 February 2026 is a Saturday
        ("2025-10-31", 1, MONTH, "2025-12-01", True),  # 30 November 2025 is a Sunday
        ("2026-12-10", 12, MONTH, "2027-12-10", False),
    ],
)
def test_first_day_does_not_count_and_last_day_rolls_on(
    start: str, value: int, unit: TimeUnit, expected: str, rolled: bool
) -> None:
    due = CALENDAR.due(date.fromisoformat(start), value, unit)

    assert due is not None
    assert (due.day, due.rolled) == (date.fromisoformat(expected), rolled)


def test_days_passed_over_while_rolling_are_named() -> None:
    due = CALENDAR.due(date(2026, 4, 15), 10, DAY)  # Saturday 25 April, Giỗ Tổ, day in lieu

    assert due is not None
    assert due.day == date(2026, 4, 28)
    assert [(skip.day.day, skip.name) for skip in due.skipped] == [
        (25, ""),
        (26, "Ngày Giỗ Tổ Hùng Vương"),
        (27, "Ngày Giỗ Tổ Hùng Vương (nghỉ bù)"),
    ]


def test_a_count_into_days_not_yet_announced_is_provisional() -> None:
    due = CALENDAR.due(date(2026, 12, 30), 5, WORKING_DAY)

    assert due is not None
    assert due.provisional


@SLOW_START
@given(start=DAYS, value=st.integers(1, 90))
def test_working_days_agree_with_a_count_by_hand(start: date, value: int) -> None:
    after = (start + timedelta(days=n) for n in count(1))
    worked = (day for day in after if CALENDAR.is_working(day))
    expected = next(day for n, day in enumerate(worked, 1) if n == value)

    due = CALENDAR.due(start, value, WORKING_DAY)

    assert due is not None
    assert due.day == expected
    assert (due.day - start).days == value + len(due.skipped)
    assert not any(CALENDAR.is_working(skip.day) for skip in due.skipped)


@SLOW_START
@given(start=DAYS, value=st.integers(1, 400))
def test_calendar_days_end_on_the_first_working_day_from_the_last(start: date, value: int) -> None:
    last = start + timedelta(days=value)
    expected = next(d for n in count() if CALENDAR.is_working(d := last + timedelta(days=n)))

    due = CALENDAR.due(start, value, DAY)

    assert due is not None
    assert (due.day, due.counted, due.rolled) == (expected, value, expected != last)


@SLOW_START
@given(start=DAYS, value=st.integers(1, 36), unit=st.sampled_from([WORKING_DAY, DAY, MONTH]))
def test_a_longer_limit_never_ends_earlier_and_always_on_a_working_day(
    start: date, value: int, unit: TimeUnit
) -> None:
    shorter, longer = CALENDAR.due(start, value, unit), CALENDAR.due(start, value + 1, unit)

    assert shorter is not None
    assert longer is not None
    assert start < shorter.day <= longer.day
    assert CALENDAR.is_working(shorter.day)


@SLOW_START
@given(day=DAYS)
def test_only_weekends_are_skipped_without_a_name(day: date) -> None:
    skip = CALENDAR.skip(day)
    if skip and not skip.name:
        assert day.weekday() >= 5
        assert skip.reason is SkipReason.WEEKEND


def test_nothing_is_said_about_hours_that_nobody_told_us() -> None:
    morning = at("2026-11-23 08:00")

    assert CALENDAR.hours is None
    assert CALENDAR.is_open(morning) is None
    assert CALENDAR.next_open(morning) is None
    assert CALENDAR.due(morning, 8, HOUR) is None
    assert OPEN.due(date(2026, 11, 23), 8, HOUR) is None  # a day is no moment


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23 07:29", "2026-11-23 07:30"),
        ("2026-11-23 07:30", "2026-11-23 07:30"),
        ("2026-11-23 11:30", "2026-11-23 13:30"),  # lunch
        ("2026-11-23 16:42", "2026-11-23 16:42"),
        ("2026-11-23 17:00", "2026-11-25 07:30"),  # the next day is the Day of Culture
        ("2026-02-13 17:30", "2026-02-23 07:30"),  # Tết
        ("2026-01-09 20:00", "2026-01-10 07:30"),  # the Saturday that is worked
    ],
)
def test_the_next_opening_knows_lunch_holidays_and_worked_saturdays(
    moment: str, opens: str
) -> None:
    assert OPEN.next_open(at(moment)) == at(opens)
    assert OPEN.is_open(at(moment)) is (moment == opens)


def test_hours_run_only_while_the_counters_are_open() -> None:
    due = OPEN.due(at("2026-11-23 16:00"), 4, HOUR)

    assert due is not None
    assert due.at == at("2026-11-25 10:30")  # an hour on Monday, three on Wednesday
    assert [skip.day for skip in due.skipped] == [date(2026, 11, 24)]


def test_half_a_day_is_worked_until_lunch() -> None:
    half = Day(date=date(2026, 12, 31), kind=DayKind.HALF, document="for this test only")
    calendar = Calendar({half.date: half}, CALENDAR.announced_until, HOURS)

    assert calendar.is_working(half.date)
    assert calendar.is_open(at("2026-12-31 09:00"))
    assert calendar.is_open(at("2026-12-31 14:00")) is False


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),  # noqa: DTZ001 given a zone below
    span=st.integers(1, 6000),
)
@SLOW_START
def test_working_time_adds_up(start: datetime, span: int) -> None:
    """Twice half the way is the whole way, and it always ends within the opening hours."""
    first = start.replace(tzinfo=ZONE, second=0, microsecond=0)
    half = OPEN.add_working_time(first, timedelta(minutes=span))
    assert half is not None
    twice = OPEN.add_working_time(half, timedelta(minutes=span))

    assert twice == OPEN.add_working_time(first, timedelta(minutes=2 * span))
    assert OPEN.is_open(half - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("days: []\n", 1, "missing"),
        ("announced_until: 2026-12-31\ndays:\n  - {date: 2026-01-02, kind: off, document: x}\n", 3,
         "day_off_name"),
        ("announced_until: 2026-12-31\ndays:\n  - {date: 2026-01-32, kind: worked, document: x}\n", 3,
         "date_from_datetime_parsing"),
        ("announced_until: 2026-12-31\ndays:\n  - {date: 2026-01-10, kind: worked, document: x}\n"
         "  - {date: 2026-01-10, kind: half, document: x}\n", 4, "twice"),
        ("announced_until: 2026-12-31\noffice_hours:\n  document: x\n  periods:\n"
         "    - {opens: '13:30', closes: '07:30'}\n", 2, "hours_order"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, code: str
) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadFileError) as refused:
        Calendar.load(path)

    assert [(f.path, f.line, f.code) for f in refused.value.findings] == [(path, line, code)]
