"""The composition root: settings → database → knowledge → doors. One lifespan starts and stops it all."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import uvicorn
from sqlalchemy.engine import make_url
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.routing import Route
from telegram import Bot, BotCommand
from telegram.error import InvalidToken, NetworkError, TelegramError

from bot.catalogue import revisions
from bot.catalogue.checks import check_folder
from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.desk import tickets
from bot.dialogue import schedule
from bot.dialogue.turn import Policy
from bot.errors import CatalogueError, SettingsError
from bot.knowledge import Reader
from bot.matching.model import default_model
from bot.settings import Settings
from bot.storage.engine import Database, migrate, open_engine
from bot.storage.lock import single_process
from bot.telegram.handlers import Services
from bot.telegram.incoming import ALLOWED_UPDATES
from bot.telegram.intake import FIRST_PAUSE, LONGEST_PAUSE, Intake, Webhook, poll
from bot.telegram.transport import Updates, make_bot
from bot.wording.formats import VIETNAM
from bot.wording.render import commands

log = logging.getLogger(__name__)

TICK = 1.0  # seconds between looks at scheduled work and at the published revision
WEBHOOK_PATH = "/telegram"


@dataclass
class App:
    """Everything that lives as long as the process."""

    settings: Settings
    database: Database
    bot: Bot
    sender: Sender
    intake: Intake
    reader: Reader
    stop: asyncio.Event

    async def tick(self) -> None:
        """Does scheduled work that is due, and looks for a newer catalogue."""
        if await self.database.run(lambda s: schedule.run_due(s, now=datetime.now(UTC))):
            self.sender.wake()
        await self.database.run(self.reader.refresh)


def prepare(settings: Settings, database: Database, *, now: datetime) -> Reader:
    """Brings database and catalogue up to date; the knowledge to start with.

    Files that do not pass their checks are not published: the set that was published before goes on
    answering. Only a bot that has nothing to answer with refuses to start.
    """
    migrate(database.engine)
    reader = Reader(settings.procedures_dir, default_model().aiming_at(settings.most_wrong))
    with database.transaction() as session:
        _publish_files(session, settings, now)
        if settings.desk_group_id is not None:
            tickets.bind(session, settings.desk_group_id, now=now)
        reader.refresh(session)
    return reader


def _publish_files(session: Session, settings: Settings, now: datetime) -> None:
    folder, findings = check_folder(settings.procedures_dir, today=now.astimezone(VIETNAM).date())
    errors = sum(not finding.warning for finding in findings)
    if errors and not revisions.published_number(session):
        raise CatalogueError(f"the catalogue has {errors} errors; run `motcua catalogue check`")
    if errors:
        log.error("the catalogue's files have %s errors: the published set stays", errors)
        return
    published = revisions.publish_files(session, folder.catalogue(), now=now)
    for kind, key in published.conflicts:
        log.warning("%s %s was edited by people and in its file: the edit stays", kind, key)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[App]:
    """The application, started; at the end it is drained and stopped, whatever happened."""
    async with AsyncExitStack() as stack:
        stack.enter_context(single_process(make_url(settings.database_url)))
        database = Database(open_engine(settings.database_url))
        stack.callback(database.close)
        reader = prepare(settings, database, now=datetime.now(UTC))
        bot = make_bot(settings)
        stack.push_async_callback(bot.shutdown)
        await _reach_telegram(bot)
        sender = Sender(
            bot,
            database,
            Pace(
                per_second=settings.messages_per_second,
                group_per_minute=settings.group_messages_per_minute,
            ),
        )
        services = Services(
            reader=reader,
            policy=Policy(grace=settings.grace, reopen_within=settings.reopen_within),
            bind_code=settings.desk_code.get_secret_value(),
        )
        intake = Intake(database, services, bot, sender.wake)
        app = App(settings, database, bot, sender, intake, reader, asyncio.Event())
        stack.push_async_callback(_drain, app, _start_tasks(app))
        await _introduce(bot)
        yield app


async def _reach_telegram(bot: Bot) -> None:
    """Waits for Telegram to answer: after a power cut the bot is often up before the network is."""
    pause = FIRST_PAUSE
    while True:
        try:
            await bot.initialize()
        except InvalidToken as error:
            raise SettingsError("Telegram does not know MOTCUA_TOKEN; see @BotFather") from error
        except NetworkError as error:
            log.warning("Telegram: %s, again in %.0f s", type(error).__name__, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            return


def _start_tasks(app: App) -> tuple[asyncio.Task[None], ...]:
    return (
        asyncio.create_task(app.sender.run(app.stop), name="sender"),
        asyncio.create_task(_run_clock(app), name="scheduler"),
    )


async def _drain(app: App, tasks: tuple[asyncio.Task[None], ...]) -> None:
    """Nothing new is started; what is under way is finished, so a stop costs no duplicate."""
    app.stop.set()
    app.sender.wake()
    await asyncio.gather(*tasks, return_exceptions=True)
    await app.intake.drain()


async def _run_clock(app: App) -> None:
    """A tick each second. A failure is logged; the clock goes on."""
    while not app.stop.is_set():
        try:
            await app.tick()
        except Exception:
            log.exception("scheduler")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(app.stop.wait(), TICK)


async def _introduce(bot: Bot) -> None:
    """The command menu that citizens see. A refusal here must not keep the bot from answering."""
    try:
        await bot.set_my_commands([BotCommand(name, words) for name, words in commands()])
    except TelegramError as error:
        log.warning("command menu not set: %s", type(error).__name__)


async def serve(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT."""
    async with running(settings) as app:
        _stop_on_signals(app)
        log.info("motcua is running as @%s", app.bot.username)
        if settings.webhook_url:
            await _serve_webhook(app)
        else:
            await _serve_polling(app)
        log.info("motcua stops")


def _stop_on_signals(app: App) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, app.stop.set)


async def _serve_polling(app: App) -> None:
    await app.bot.delete_webhook()
    source = Updates(app.settings.telegram_api, app.settings.token.get_secret_value())
    await source.open()
    try:
        await poll(source, app.intake, stop=app.stop)
    finally:
        await source.close()


def webhook_app(intake: Intake, secret: str) -> Starlette:
    return Starlette(routes=[Route(WEBHOOK_PATH, Webhook(intake, secret), methods=["POST"])])


class _QuietServer(uvicorn.Server):
    """Leaves the signals to us: uvicorn raises them again after serving, and nothing would drain."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve_webhook(app: App) -> None:
    secret = app.settings.webhook_secret.get_secret_value()
    if not secret:
        raise SettingsError("MOTCUA_WEBHOOK_SECRET is not set; anybody could post updates")
    host, _, port = app.settings.listen.rpartition(":")
    server = _QuietServer(
        uvicorn.Config(
            webhook_app(app.intake, secret),
            host=host,
            port=int(port),
            log_config=None,
            access_log=False,
            ws="none",
        )
    )
    serving = asyncio.create_task(server.serve())
    await app.bot.set_webhook(
        app.settings.webhook_url.rstrip("/") + WEBHOOK_PATH,
        secret_token=secret,
        allowed_updates=list(ALLOWED_UPDATES),
    )
    await asyncio.wait(
        {serving, asyncio.create_task(app.stop.wait())}, return_when=asyncio.FIRST_COMPLETED
    )
    server.should_exit = True
    await serving
