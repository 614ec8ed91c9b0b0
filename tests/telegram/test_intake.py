"""An update is confirmed when it is in the database; one that cannot be handled stops nobody."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from telegram.error import Conflict, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.app import webhook_app
from bot.delivery import ledger, sender
from bot.storage import engine
from bot.storage.tables import Event, Incoming, IncomingState, Outbox
from bot.telegram import handlers, intake
from bot.telegram.handlers import Handled, Services
from bot.telegram.intake import MAX_ATTEMPTS, Intake, poll
from tests.support.office import Office, Template, open_office

POISON = "câu này làm hỏng máy"
SECRET = "mot-cua_webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
Json = dict[str, Any]


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every handling of a message with the poisonous words fails; how often it was tried."""
    tried: list[str] = []
    handle = handlers.handle

    def failing(session: Session, incoming: Any, services: Services) -> Handled:
        if POISON in str(incoming) or (tried and "Pressed" in type(incoming).__name__):
            tried.append(type(incoming).__name__)
            raise RuntimeError(f"cannot read «{POISON}»")
        return handle(session, incoming, services)

    monkeypatch.setattr(intake, "handle", failing)
    return tried


async def test_a_poison_update_is_tried_recorded_and_passed_over(
    office: Office, poisoned: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """The citizen, here for the first time, gets an apology; the next one gets an answer."""
    lai, hung = await office.citizen(), await office.citizen("Anh Hùng")
    await lai.says(POISON)
    await hung.says("mat bia do lam lai het bao nhieu tien")
    await lai.waits_for_reply("trục trặc")
    await hung.waits_for_reply("Cấp lại sổ đỏ")
    await office.settled()
    assert len(poisoned) >= MAX_ATTEMPTS  # and perhaps once more, together with others
    [row] = office.rows(Incoming, Incoming.state == IncomingState.POISON)
    assert (row.attempts, row.error) == (MAX_ATTEMPTS, "RuntimeError")
    assert row.payload is not None
    assert row.payload["message"]["text"] == POISON
    assert POISON not in caplog.text
    assert "test_intake.py" in caplog.text  # where it failed is told, what was said is not


async def test_a_poison_press_stops_waiting_and_gets_an_apology(
    office: Office, poisoned: list[str]
) -> None:
    lai = await office.citizen()
    card = await office.asks(lai, "mat bia do lam lai het bao nhieu tien")
    poisoned.append("armed")
    answer = await lai.presses("Thời hạn", message_id=card.message_id)
    assert answer.answered
    await lai.waits_for_reply("trục trặc")


async def test_a_redelivered_poison_is_not_tried_again(office: Office, poisoned: list[str]) -> None:
    lai = await office.citizen()
    await lai.says(POISON)
    await lai.waits_for_reply("trục trặc")
    tried = len(poisoned)
    await office.people.redeliver()
    await office.silence(lai)
    assert len(poisoned) == tried
    assert len(office.rows(Outbox)) == 1


async def test_an_edited_command_is_answered_and_stops_nobody(office: Office) -> None:
    """Anybody may edit a line of a group into a command: the poll went down with it once."""
    line = await office.officers.writes(None, "hôm nay đông quá")
    await office.officers.edits(line.message_id, "/gannhom sai-ma")
    await office.officers.waits_for_message(None, "Mã chưa đúng")
    lai = await office.citizen()
    await office.asks(lai, "/help")


@pytest.fixture
async def impatient(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_pauses: None
) -> AsyncIterator[Office]:
    """An office whose database gives up at once when it is locked."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 20)
    monkeypatch.setattr(sender, "RETRY_PAUSES", (0.05,) * 40)
    monkeypatch.setattr(sender, "IDLE", 0.02)
    async with open_office(template, tmp_path, monkeypatch) as opened:
        yield opened


async def test_a_database_that_fails_confirms_nothing(impatient: Office, tmp_path: Path) -> None:
    """Telegram keeps the update until we have it; intake and sender both outlive the failure."""
    lai = await impatient.citizen()
    await impatient.asks(lai, "/help")
    locked = sqlite3.connect(tmp_path / "motcua.sqlite3", isolation_level=None)
    locked.execute("BEGIN IMMEDIATE")
    await lai.says("mat bia do lam lai het bao nhieu tien")
    await asyncio.sleep(0.3)
    assert len(impatient.world.updates.state.updates) == 1
    locked.execute("ROLLBACK")
    locked.close()
    await lai.waits_for_reply("Cấp lại sổ đỏ")
    await impatient.settled()
    assert len(impatient.rows(Event, Event.kind == "answered")) == 1


async def test_what_telegram_took_is_written_down_before_it_could_be_said_twice(
    impatient: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database fails between Telegram's "ok" and our commit."""
    sent, failures = ledger.mark_sent, [OperationalError("", {}, Exception("disk I/O error"))] * 3

    def failing(*given: Any) -> None:
        if failures:
            raise failures.pop()
        sent(*given)

    monkeypatch.setattr(ledger, "mark_sent", failing)
    lai = await impatient.citizen()
    await impatient.asks(lai, "/help")
    assert len(await impatient.silence(lai)) == 1
    assert failures == []


@pytest.fixture
async def telegram(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who posts to our webhook."""
    transport = httpx.ASGITransport(webhook_app(office.app.intake, SECRET))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


def asking(number: int, text: str = "mat bia do lam lai het bao nhieu tien") -> Json:
    who = {"id": 1001, "type": "private", "is_bot": False, "first_name": "Bà Lài"}
    message = {"message_id": number, "date": 1795420000, "chat": who, "from": who, "text": text}
    return {"update_id": number, "message": message}


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: "wrong"}, {HEADER: SECRET + "x"}])
async def test_nobody_posts_without_the_secret(
    office: Office, telegram: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await telegram.post("/telegram", json=asking(7), headers=headers)
    assert answer.status_code == 403
    assert office.rows(Incoming) == []


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"5", b'"a"', b"{}", b'{"update_id": null}', b"\xff", b"null"]
)
async def test_a_body_that_is_no_update_is_not_wanted_again(
    office: Office, telegram: httpx.AsyncClient, body: bytes
) -> None:
    answer = await telegram.post("/telegram", content=body, headers={HEADER: SECRET})
    assert answer.status_code == 200
    assert office.rows(Incoming) == []


async def test_the_same_update_twice_has_one_effect(
    office: Office, telegram: httpx.AsyncClient
) -> None:
    """Also when both come at once."""
    posts = [telegram.post("/telegram", json=asking(7), headers={HEADER: SECRET}) for _ in "ab"]
    answers = [*await asyncio.gather(*posts), await posts_again(telegram)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len(office.rows(Event, Event.kind == "answered")) == 1
    assert len(office.rows(Outbox)) == 1


async def posts_again(telegram: httpx.AsyncClient) -> httpx.Response:
    return await telegram.post("/telegram", json=asking(7), headers={HEADER: SECRET})


async def test_a_database_failure_asks_telegram_to_come_again(
    office: Office,
    telegram: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """503, and the citizen's words, which the database's error quotes, are in no log."""

    async def fails(_service: Callable[[Session], object]) -> object:
        raise OperationalError("INSERT", {"text": "bìa đỏ nhà tôi"}, Exception("disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(office.app.database, "run", fails)
        answer = await telegram.post("/telegram", json=asking(7), headers={HEADER: SECRET})
    assert answer.status_code == 503
    told = [record for record in caplog.records if record.name == intake.log.name]
    assert ["bìa đỏ" in logging.Formatter().format(record) for record in told] == [False]
    again = await posts_again(telegram)
    assert again.status_code == 200
    assert len(office.rows(Event, Event.kind == "answered")) == 1


class Scripted:
    """Updates as a list of what happens at each call; at its end the line is quiet."""

    def __init__(self, *happens: TelegramError | list[Json]) -> None:
        self.happens = list(happens)
        self.offsets: list[int] = []
        self.asked, self.quiet = asyncio.Event(), asyncio.Event()

    async def get(self, offset: int, allowed: tuple[str, ...]) -> list[Json]:
        self.offsets.append(offset)
        self.asked.set()
        if not self.happens:
            self.quiet.set()
            await asyncio.Event().wait()
        happens = self.happens.pop(0)
        if isinstance(happens, TelegramError):
            raise happens
        return happens


@pytest.fixture
def listening(office: Office) -> Intake:
    return office.app.intake


async def test_polling_outlives_whatever_telegram_answers(
    office: Office, listening: Intake, no_pauses: None
) -> None:
    """Another poller, a gateway's page, timeouts, half an answer, too many requests: then it goes on."""
    failures = [
        Conflict("terminated by other getUpdates request"),
        NetworkError("Bad Gateway (502)"),
        TimedOut(),
        TelegramError("Invalid server response"),
        RetryAfter(0),
    ]
    lai = await office.citizen()
    await office.asks(lai, "/help")
    source, stop = Scripted(*failures, [asking(7)], [asking(8)]), asyncio.Event()
    polling = asyncio.create_task(poll(source, listening, stop=stop))
    await lai.waits_for_reply("Cấp lại sổ đỏ")
    await source.quiet.wait()
    stop.set()
    async with asyncio.timeout(5):
        await polling
    assert source.offsets == [0] * 6 + [8, 9]


async def test_polling_stops_at_once_though_telegram_holds_the_line(listening: Intake) -> None:
    stop = asyncio.Event()
    polling = asyncio.create_task(poll(Scripted(), listening, stop=stop))
    await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(5):
        await polling


async def test_a_pause_ends_when_the_bot_is_told_to_stop(
    listening: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "FIRST_PAUSE", 3600.0)
    stop = asyncio.Event()
    source = Scripted(NetworkError("no network"))
    polling = asyncio.create_task(poll(source, listening, stop=stop))
    await source.asked.wait()
    stop.set()
    async with asyncio.timeout(5):
        await polling


@pytest.mark.parametrize("kind", ["conflict", "gateway", "truncated", "reset"])
async def test_a_broken_line_costs_no_question(
    template: Template,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    no_pauses: None,
    kind: str,
) -> None:
    """The same over the wire: the fault strikes while a question waits."""
    async with open_office(template, tmp_path, monkeypatch) as office:
        lai = await office.citizen()
        await office.people.fault(kind, "getUpdates", times=2)
        await office.asks(lai, "/help")
        await office.asks(lai, "/help")
        await office.settled()
        assert len(office.rows(Incoming)) == 2
