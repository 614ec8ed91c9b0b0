"""The one place where data becomes words: Jinja2 templates, strict about every name."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from bot.wording import formats


@cache
def environment() -> Environment:
    env = Environment(
        loader=PackageLoader("bot.wording"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # templates change with a release, not under a running bot
    )
    env.filters.update(formats.FILTERS, weekday=weekday, duration=duration)
    return env


def render(template: str, **data: object) -> str:
    """The words of `templates/<template>`, without blank edges. `.html` is escaped for Telegram."""
    return environment().get_template(template).render(**data).strip()


def label(name: str) -> str:
    """The words on a button (`templates/labels.txt`)."""
    return str(getattr(_labels(), name))


def example_questions() -> tuple[str, ...]:
    """The questions that /start offers to press."""
    return tuple(_labels().examples)


@cache
def _labels() -> Any:
    return environment().get_template("labels.txt").module


def commands() -> tuple[tuple[str, str], ...]:
    """Name and words of each command in Telegram's menu."""
    return tuple(_labels().commands)


def weekday(value: date) -> str:
    """`date(2026, 12, 8)` → `thứ Ba`."""
    return str(_labels().weekdays[value.weekday()])


def short_day(value: date) -> str:
    """For a button: `T3 8/12`."""
    return f"{_labels().short_weekdays[value.weekday()]} {formats.day_month(value)}"


def duration(value: timedelta) -> str:
    """`timedelta(seconds=60)` → `1 phút`; under a minute in seconds."""
    seconds = round(value.total_seconds())
    labels = _labels()
    return (
        f"{seconds} {labels.seconds}" if seconds < 60 else f"{round(seconds / 60)} {labels.minutes}"
    )
