"""`motcua rehearse`: the whole bot against the stand-in for Telegram, on one web page."""

from __future__ import annotations

import logging
from pathlib import Path

from pydantic import SecretStr

from bot.app import serve
from bot.errors import UsageError
from bot.rehearsal.serving import serving
from bot.rehearsal.state import DEFAULT_TOKEN, GROUP_ID
from bot.rehearsal.world import World
from bot.settings import Settings

log = logging.getLogger(__name__)


async def rehearse(*, port: int, folder: Path) -> None:
    """Serves the page until Ctrl-C. `folder` keeps the database and the state of the stand-in."""
    world = World()
    try:
        async with serving(world, port) as url:
            print(f"\n  Một Cửa: {url}\n", flush=True)  # noqa: T201 - what the person waits for
            await serve(settings_for(url, folder))
    except OSError as error:
        raise UsageError(f"port {port} cannot be used ({error.strerror}); try --port 0") from error


def settings_for(url: str, folder: Path) -> Settings:
    """The bot's settings for a rehearsal at this address: nothing is read from `.env`."""
    return Settings(
        _env_file=None,
        token=SecretStr(DEFAULT_TOKEN),
        telegram_api=url,
        desk_group_id=GROUP_ID,
        grace_seconds=20,
        DATABASE_URL=f"sqlite:///{folder / 'motcua.sqlite3'}",
    )
