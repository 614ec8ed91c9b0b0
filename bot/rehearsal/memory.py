"""What a rehearsal keeps in its folder: the town in one file, what the bot remembers in its database.

The two must agree. A bot that has met an update id takes a second one for a repetition and is
silent, and a ticket that is still open would answer in a play that knows nothing of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel, col

from bot.errors import UsageError
from bot.rehearsal.control import save
from bot.rehearsal.state import State, count_on, initial_state, restore
from bot.rehearsal.world import World
from bot.storage.engine import Database, migrate, open_engine
from bot.storage.lock import single_process
from bot.storage.tables import Incoming, Message, Outbox, Publication, Revision, Ticket

log = logging.getLogger(__name__)

SAVE_SECONDS = 1.0  # between a change and the file: a kill costs this much of the town
CATALOGUE = (Revision.__tablename__, Publication.__tablename__)
MESSAGE_IDS = (
    Message.telegram_id,
    Message.desk_telegram_id,
    Outbox.telegram_id,
    Ticket.topic_id,
    Ticket.card_telegram_id,
)


def read_town(file: Path, database_url: str) -> State:
    """The town as it was left, or a new one for a bot that remembers nothing."""
    with _bot_memory(database_url) as session:
        if not file.exists():
            _forget(session)
            return initial_state()
        try:
            state = restore(file.read_bytes())
        except msgspec.DecodeError as error:
            raise UsageError(f"{file} is no town of this version; take another folder") from error
        # Killed before its last moment was saved, the town knows less than the bot.
        count_on(state, update_id=_highest(session, Incoming.update_id), message_id=_last(session))
        return state


def forget_play(database_url: str) -> None:
    """Empties the bot's memory but for the published catalogue. No bot may run on it."""
    with _bot_memory(database_url) as session:
        _forget(session)


@contextmanager
def _bot_memory(database_url: str) -> Iterator[Session]:
    """One transaction on the database, in the newest shape and held by nobody else."""
    with single_process(make_url(database_url)):
        database = Database(open_engine(database_url))
        try:
            migrate(database.engine)
            with database.transaction() as session:
                yield session
        finally:
            database.close()


def _forget(session: Session) -> None:
    # The desk goes too: its group may have moved, and the bot binds it anew when it starts.
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name not in CATALOGUE:
            session.execute(delete(table))


def _last(session: Session) -> int:
    """Topics are counted with messages: a topic's id is that of the message that opened it."""
    return max(_highest(session, column) for column in MESSAGE_IDS)


def _highest(session: Session, column: Any) -> int:
    return session.scalar(select(func.max(col(column)))) or 0


@asynccontextmanager
async def kept(world: World, file: Path) -> AsyncIterator[None]:
    """Saves the town soon after each change, and at the end."""
    changed = asyncio.Event()

    def listen(event: str, about: Any) -> None:
        changed.set()

    world.listeners.add(listen)
    saving = asyncio.create_task(_save_changes(world, file, changed))
    try:
        yield
    finally:
        world.listeners.discard(listen)
        saving.cancel()
        with suppress(asyncio.CancelledError):
            await saving
        save(world, file)


async def _save_changes(world: World, file: Path, changed: asyncio.Event) -> None:
    while True:
        await changed.wait()
        await asyncio.sleep(SAVE_SECONDS)
        changed.clear()
        try:
            save(world, file)
        except OSError as error:
            log.warning("the town is not saved: %s", error.strerror)
