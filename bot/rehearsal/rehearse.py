"""`motcua rehearse`: the whole bot against the stand-in for Telegram, on one web page."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bot.app import App, running
from bot.errors import UsageError
from bot.rehearsal.memory import forget_play, kept, read_town
from bot.rehearsal.serving import serving
from bot.rehearsal.state import DEFAULT_TOKEN, GROUP_ID
from bot.rehearsal.world import World
from bot.settings import Settings
from bot.telegram.intake import poll
from bot.telegram.transport import Updates

log = logging.getLogger(__name__)

TOWN_FILE = "town.json"


async def rehearse(*, port: int, folder: Path) -> None:
    """Serves the page until Ctrl-C. `folder` keeps the bot's database and the town, so that the
    next rehearsal there goes on where this one stopped."""
    async with rehearsing(port=port, folder=folder) as (url, play):
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, play.end)
        print(f"\n  Một Cửa: {url}\n", flush=True)  # noqa: T201 - what the person waits for
        await play.run()


@asynccontextmanager
async def rehearsing(*, port: int, folder: Path) -> AsyncIterator[tuple[str, Play]]:
    """The page, served; the bot behind it answers as soon as the play runs."""
    town = folder / TOWN_FILE
    world = World(read_town(town, settings_for("", folder).database_url))
    play = Play(world)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(kept(world, town))
        try:
            url = await stack.enter_async_context(serving(world, port, town, play.begin_anew))
        except OSError as error:
            reason = error.strerror
            raise UsageError(f"port {port} cannot be used ({reason}); try --port 0") from error
        play.settings = settings_for(url, folder)
        yield url, play


class Play:
    """The bot before the town, from one beginning to the next.

    A new beginning starts the bot anew: the running one has rows of its outbox in memory, and would
    say to the new town what it owed to the old one.
    """

    settings: Settings

    def __init__(self, world: World) -> None:
        self._world = world
        self._curtain = asyncio.Event()  # down: the bot on the stage has to go
        self._awaited: list[asyncio.Future[None]] = []  # the new beginnings that were asked for
        self._is_over = False

    def end(self) -> None:
        self._is_over = True
        self._curtain.set()

    async def begin_anew(self) -> None:
        """Returns when town and bot have forgotten everything; the bot is back a moment later."""
        beginning = asyncio.get_running_loop().create_future()
        self._awaited.append(beginning)
        self._curtain.set()
        await beginning

    async def run(self) -> None:
        """Lets the bot answer until the end."""
        while not self._is_over:
            self._curtain.clear()
            async with running(self.settings) as app:
                log.info("the rehearsal begins")
                await _answer_until(self._curtain, app)
            if self._awaited:
                await self._clear_stage()

    async def _clear_stage(self) -> None:
        await asyncio.to_thread(forget_play, self.settings.database_url)
        self._world.begin_anew()
        for beginning in self._awaited:
            if not beginning.done():  # whoever asked may have gone away
                beginning.set_result(None)
        self._awaited.clear()


async def _answer_until(curtain: asyncio.Event, app: App) -> None:
    source = Updates(app.settings.telegram_api, app.settings.token.get_secret_value())
    await source.open()
    try:
        await poll(source, app.intake, stop=curtain)
    finally:
        await source.close()


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
