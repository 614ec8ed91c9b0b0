"""The real bot, in its own process, with somebody else's stand-in for Telegram: it has to work there.

Our own stand-in was made by the people who made the bot; both could share a mistake.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, STDOUT, run
from typing import Any, TypeVar

import pytest
from sqlmodel import Session, SQLModel, select

from bot.delivery.outbox import EditText, SendText, delivery_of
from bot.rehearsal.state import DEFAULT_TOKEN
from bot.storage.engine import open_engine
from bot.storage.tables import Event, Outbox, OutboxState
from tests.crash.processes import Child, database_url, start_bot
from tests.independent.emulator import COMMAND, PATIENCE, Emulator, emulating, free_port
from tests.support.office import Template

SECRET = "mot-cua_webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
LAI = {"id": 1001, "is_bot": False, "first_name": "Bà Lài", "language_code": "vi"}
CHAT = {"id": 1001, "type": "private", "first_name": "Bà Lài"}
DATE = 1795420000
QUESTION = "mat bia do lam lai het bao nhieu tien"
Row = TypeVar("Row", bound=SQLModel)


@dataclass
class Town:
    """The bot and the emulator, each a process, and the bot's database."""

    emulator: Emulator
    bot: Child
    folder: Path
    webhook: str

    async def says(self, text: str) -> None:
        message = {"message_id": 500, "date": DATE, "chat": CHAT, "from": LAI, "text": text}
        await self._tells("message", message)

    async def presses(self, row: Outbox, data: str) -> None:
        below = {"message_id": row.telegram_id, "date": DATE, "chat": CHAT, "text": "…"}
        press = {"id": "55", "from": LAI, "message": below, "chat_instance": "1", "data": data}
        await self._tells("callback_query", press)

    async def _tells(self, kind: str, body: dict[str, Any]) -> None:
        await self.emulator.sends(kind, body)
        if self.webhook:
            await self.emulator.delivers()

    async def sent(self, count: int) -> list[Outbox]:
        """The rows of the outbox, when so many have left and been marked as sent."""
        async with asyncio.timeout(PATIENCE):
            while True:
                rows = self.rows(Outbox)
                if len([row for row in rows if row.state == OutboxState.SENT]) >= count:
                    return rows
                await asyncio.sleep(0.02)

    def rows(self, table: type[Row]) -> list[Row]:
        engine = open_engine(database_url(self.folder))
        with Session(engine) as session:
            rows = list(session.exec(select(table)))
        engine.dispose()
        return rows


@pytest.fixture(params=["polling", "webhook"])
async def town(
    request: pytest.FixtureRequest, template: Template, tmp_path: Path
) -> AsyncIterator[Town]:
    shutil.copy(template.file, tmp_path / "motcua.sqlite3")
    changes, address = {}, ""
    if request.param == "webhook":
        listen = f"127.0.0.1:{free_port()}"
        address = f"http://{listen}"
        changes = {"listen": listen, "webhook_url": address, "webhook_secret": SECRET}
    async with emulating(tmp_path) as emulator:
        bot = await start_bot(emulator.url, tmp_path, **changes)
        try:
            await emulator.hears("setWebhook" if address else "deleteWebhook")
            yield Town(emulator, bot, tmp_path, address)
        finally:
            await bot.ends()


@pytest.mark.slow
async def test_question_card_press_answer(town: Town) -> None:
    """Nothing that the bot sends is refused; it stops when told to; its log holds no token."""
    await town.says(QUESTION)
    [card] = await town.sent(1)
    shown = delivery_of(card)
    assert isinstance(shown, SendText)
    assert shown.html.startswith("<b>Cấp lại sổ đỏ bị mất</b>")
    fee = next(b.data for row in shown.keyboard for b in row if "Lệ phí" in b.label)

    await town.presses(card, fee)
    await town.emulator.hears("answerCallbackQuery")
    await town.says("/linhvuc")
    await town.sent(3)
    if town.webhook:
        await check_door(town)
        await town.sent(4)  # what the right secret brought in

    assert await town.bot.ends() == 0
    rows = town.rows(Outbox)
    assert {row.state for row in rows} == {OutboxState.SENT}
    detail = delivery_of(rows[1])
    assert isinstance(detail, EditText)
    assert detail.telegram_id == card.telegram_id
    assert [event.kind for event in town.rows(Event)].count("answered") == 1
    assert DEFAULT_TOKEN not in town.bot.log.read_text()
    check_verdict(town.emulator)


def check_verdict(emulator: Emulator) -> None:
    """The emulator's own judgement: no request refused, and these methods really used."""
    wanted = ("sendMessage", "editMessageText", "answerCallbackQuery", "setMyCommands")
    options = [option for method in wanted for option in ("--require-method", method)]
    command = [*COMMAND, "verdict", str(emulator.journal), "--require-response", *options]
    judged = run(command, stdout=PIPE, stderr=STDOUT, check=False)
    assert judged.returncode == 0, judged.stdout.decode()


async def check_door(town: Town) -> None:
    """The webhook lets in only who knows the secret."""
    update = {"update_id": 9, "message": {"message_id": 1, "date": DATE, "chat": CHAT, "from": LAI}}
    for headers, status in (({}, 403), ({HEADER: "wrong"}, 403), ({HEADER: SECRET}, 200)):
        async with town.emulator.session.post(
            f"{town.webhook}/telegram", json=update, headers=headers
        ) as answer:
            assert answer.status == status
    async with town.emulator.session.get(f"{town.webhook}/telegram") as answer:
        assert answer.status == 405
