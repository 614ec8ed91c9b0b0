"""The one place where data becomes words: Jinja2 templates, strict about every name."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.wording import formats


@cache
def environment() -> Environment:
    env = Environment(
        loader=PackageLoader("bot.wording"),
        undefined=StrictUndefined,
        autoescape=lambda name: bool(name) and str(name).endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    env.filters.update(formats.FILTERS)
    return env


def render(template: str, **data: object) -> str:
    """The words of `templates/<template>`, without blank edges. `.html` is escaped for Telegram."""
    return environment().get_template(template).render(**data).strip()
