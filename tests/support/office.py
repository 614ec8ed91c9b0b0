"""The whole application in a test: the real bot, the real catalogue, the stand-in for Telegram."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from sqlalchemy import update
from sqlmodel import Session, SQLModel, col, select

import bot.app
from bot.app import App, prepare, running
from bot.desk import tickets
from bot.dialogue.memory import recall, remember
from bot.knowledge import Reader
from bot.rehearsal.people import Citizen, Line, Officers, People
from bot.rehearsal.rehearse import settings_for
from bot.rehearsal.serving import serving
from bot.rehearsal.world import World
from bot.settings import Settings
from bot.storage.engine import Database, open_engine
from bot.storage.tables import Conversation, Job, Outbox, OutboxState, Ticket
from bot.telegram.intake import poll
from bot.telegram.transport import Updates

Row = TypeVar("Row", bound=SQLModel)
TODAY = date(2026, 11, 23)  # the day the catalogue was reviewed
QUIET = 0.25  # seconds without a word count as silence: an answer takes about 20 ms here


@dataclass(frozen=True)
class Template:
    """A published database to copy, and what its reader knows."""

    file: Path
    reader: Reader


def make_template(folder: Path) -> Template:
    file = folder / "motcua.sqlite3"
    database = Database(open_engine(f"sqlite:///{file}"))
    settings = Settings(_env_file=None, DATABASE_URL=f"sqlite:///{file}")
    reader = prepare(settings, database, now=datetime.now(UTC))
    database.close()
    return Template(file, reader)


@dataclass
class Office:
    """A running bot and the people around it."""

    app: App
    people: People
    officers: Officers
    world: World

    async def citizen(self, name: str = "Bà Lài") -> Citizen:
        return await self.people.citizen(name)

    async def asks(self, citizen: Citizen, text: str) -> Line:
        """Says it and waits for the answer."""
        await citizen.says(text)
        return await citizen.waits_for_reply()

    def rows(self, table: type[Row], *conditions: Any) -> Sequence[Row]:
        with Session(self.app.database.engine) as session:
            return session.exec(select(table).where(*conditions)).all()

    async def card_of(self, citizen: Citizen, procedure: str) -> Line:
        """Has this procedure's card shown to the citizen, asking by its title."""
        with Session(self.app.database.engine) as session:
            title = self.app.reader.current(session).catalogue.procedures[procedure].title
        reply = await self.asks(citizen, title)
        if title in reply.labels:
            await citizen.presses(title, message_id=reply.message_id)
            reply = await citizen.waits_for_reply()
        assert reply.text.startswith(title)
        return reply

    async def button(self, citizen: Citizen, label: str) -> Line:
        """Waits for a message to this citizen that has such a button."""
        return await self.people.waits_for(
            lambda line: any(label in own for own in line.labels), chat_id=citizen.id
        )

    async def silence(self, citizen: Citizen) -> list[Line]:
        """What the bot said to this citizen after a moment in which it could have spoken."""
        await self.settled()
        await asyncio.sleep(QUIET)
        return [line for line in await citizen.chat() if line.author.is_bot]

    async def grace_is_over(self) -> None:
        """Moves the clock of scheduled work: what was due later is due now."""
        with Session(self.app.database.engine) as session:
            session.execute(update(Job).values(due_at=datetime.now(UTC)))
            session.commit()
        await self.app.tick()

    async def time_passes(self, span: timedelta) -> None:
        """What the conversations remember was said so much longer ago."""
        with Session(self.app.database.engine) as session:
            for conversation in session.exec(select(Conversation)):
                memory = recall(conversation)
                if memory.unanswered_at is not None:
                    earlier = memory.unanswered_at - span
                    remember(conversation, msgspec.structs.replace(memory, unanswered_at=earlier))
                    session.add(conversation)
            session.commit()

    async def breaks_ticket(self, ticket: int) -> None:
        """Leaves something in the row that nobody can read, as a faulty release might."""
        with Session(self.app.database.engine) as session:
            session.execute(update(Ticket).where(col(Ticket.id) == ticket).values(guesses=["?"]))
            session.commit()

    async def settled(self) -> None:
        """Waits until every update is taken and everything in the outbox is sent."""
        for _ in range(400):
            await asyncio.sleep(0.01)
            if not self.world.updates.state.updates and not self._waiting():
                return
        raise AssertionError("the bot did not come to rest")

    def _waiting(self) -> int:
        return len(self.rows(Outbox, Outbox.state == OutboxState.WAITING))


@asynccontextmanager
async def open_office(
    template: Template, folder: Path, monkeypatch: pytest.MonkeyPatch, **changes: Any
) -> AsyncIterator[Office]:
    """Starts everything; `changes` are settings."""
    shutil.copy(template.file, folder / "motcua.sqlite3")
    monkeypatch.setattr(bot.app, "prepare", _prepared(template))
    world = World()
    async with serving(world) as url, People(url) as people:
        settings = settings_for(url, folder).model_copy(
            update={"group_messages_per_minute": 10_000, "messages_per_second": 10_000, **changes}
        )
        async with running(settings) as app, _polling(app):
            yield Office(app, people, people.officers, world)


def _prepared(template: Template) -> Any:
    def stand_in(settings: Settings, database: Database, *, now: datetime) -> Reader:
        if settings.desk_group_id is not None:
            with database.transaction() as session:
                tickets.bind(session, settings.desk_group_id, now=now)
        return template.reader

    return stand_in


@asynccontextmanager
async def _polling(app: App) -> AsyncIterator[None]:
    source = Updates(app.settings.telegram_api, app.settings.token.get_secret_value())
    await source.open()
    polling = asyncio.create_task(poll(source, app.intake, stop=app.stop))
    try:
        yield
    finally:
        app.stop.set()
        await polling
        await source.close()
