"""The one place where data becomes words: Jinja2 templates, strict about every name."""

from __future__ import annotations

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
        keep_trailing_newline=False,
    )
    env.filters.update(formats.FILTERS)
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
