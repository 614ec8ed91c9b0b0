"""Where updates come in. Telegram keeps an update until we say we have it, and we say so after commit.

So Telegram itself is the durable inbox, and `update_id` makes a second delivery harmless.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any, Protocol

import msgspec
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.delivery.outbox import SendText, to_citizen
from bot.dialogue.turn import find_conversation
from bot.log import frames
from bot.storage.engine import Database
from bot.storage.tables import Conversation, Incoming, IncomingState
from bot.telegram.handlers import Handled, Services, handle
from bot.telegram.incoming import ALLOWED_UPDATES, callback_id, private_chat, read_update
from bot.wording.buttons import AskOfficer, button
from bot.wording.render import label, render

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
HOLD = 0.02  # seconds of one transaction: meanwhile no answer can be marked as sent
INSERT = insert(Incoming)
FIRST_PAUSE = 1.0  # seconds after a failed poll, doubled up to the longest
LONGEST_PAUSE = 30.0
NOTICE_LIMIT = 200  # telegram.constants.CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH


class UpdateSource(Protocol):
    async def get(self, offset: int, allowed: tuple[str, ...]) -> list[dict[str, Any]]: ...


class Intake:
    """Takes raw updates to their handlers, one transaction each."""

    def __init__(
        self, database: Database, services: Services, bot: Bot, after_commit: Callable[[], None]
    ) -> None:
        self._database = database
        self._services = services
        self._bot = bot
        self._after_commit = after_commit
        self._asides: set[asyncio.Task[None]] = set()

    async def take_some(self, updates: Sequence[dict[str, Any]]) -> int:
        """Takes the first few in one transaction, which costs as much as one; returns how many.

        If one fails, all are rolled back and the first is taken alone: so only that one is poison.
        """
        try:
            handled = await self._database.run(lambda s: self._handle(s, updates))
        except Exception as error:
            log.warning("updates together: %s; one alone", type(error).__name__)
            await self.take(updates[0])
            return 1
        for update, one in zip(updates, handled, strict=False):
            self._say_aside(update, one)
        self._after_commit()
        return len(handled)

    async def take(self, update: dict[str, Any]) -> None:
        """Returns when this update is in the database: handled, or recorded as poison.

        Raises only when the database itself fails; then nobody may tell Telegram that we have it.
        """
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                [handled] = await self._database.run(lambda s: self._handle(s, [update]))
            except OperationalError:
                raise
            except Exception as error:
                name, is_last = type(error).__name__, attempt == MAX_ATTEMPTS
                number = update.get("update_id")
                log.error("update %s, attempt %s: %s\n%s", number, attempt, name, frames(error))
                await self._database.run(partial(_record_failure, update, name, is_last))
                if is_last:
                    self._say_aside(update, Handled())  # a pressed button stops waiting
            else:
                self._say_aside(update, handled)
                break
        self._after_commit()

    def _handle(self, session: Session, updates: Sequence[dict[str, Any]]) -> list[Handled]:
        """The first of the updates, and those after it for which there is time."""
        until = monotonic() + HOLD
        known = _known(session, updates)
        done = {update_id for update_id, state in known.items() if state != IncomingState.FAILING}
        handled: list[Handled] = []
        for update in updates:
            if handled and monotonic() > until:
                break
            update_id = int(update["update_id"])
            if update_id in done:
                handled.append(Handled())
                continue
            now = datetime.now(UTC)  # of its own: what a question led to carries the same moment
            handled.append(handle(session, read_update(update, now=now), self._services))
            _mark_handled(session, update_id, is_new=update_id not in known, now=now)
            done.add(update_id)
        return handled

    def _say_aside(self, update: dict[str, Any], handled: Handled) -> None:
        """Notices and command answers: sent beside the outbox, because late they are worthless."""
        press = callback_id(update)
        if press is not None:
            self._aside(
                self._bot.answer_callback_query(press, handled.notice[:NOTICE_LIMIT] or None)
            )
        elif handled.answer:
            message = update.get("message") or update["edited_message"]
            topic = message["message_thread_id"] if message.get("is_topic_message") else None
            self._aside(
                self._bot.send_message(
                    message["chat"]["id"],
                    handled.answer,
                    message_thread_id=topic,
                    parse_mode="HTML",
                )
            )

    def _aside(self, call: Any) -> None:
        async def quietly() -> None:
            try:
                await call
            except TelegramError as error:
                # "query is too old" after a restart, mostly: the person sees no spinner any more.
                log.info("aside not delivered: %s", type(error).__name__)

        task = asyncio.get_running_loop().create_task(quietly())
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def drain(self) -> None:
        """Waits for what is being said aside."""
        if self._asides:
            await asyncio.wait(self._asides, timeout=5)


def _known(session: Session, updates: Sequence[dict[str, Any]]) -> dict[int, IncomingState]:
    """Which of these updates we have met: Telegram may deliver twice."""
    ids = [int(update["update_id"]) for update in updates]
    found = session.exec(
        select(Incoming.update_id, Incoming.state).where(col(Incoming.update_id).in_(ids))
    )
    return {update_id: IncomingState(state) for update_id, state in found}


def _mark_handled(session: Session, update_id: int, *, is_new: bool, now: datetime) -> None:
    if not is_new:
        session.get_one(Incoming, update_id).state = IncomingState.HANDLED
        return
    # Without the ORM: one row for every update that there is.
    row = {"update_id": update_id, "received_at": now, "state": IncomingState.HANDLED}
    session.connection().execute(INSERT, {**row, "attempts": 1, "error": ""})


def _record_failure(update: dict[str, Any], error: str, final: bool, session: Session) -> None:
    """Counts the attempt; after the last one keeps the update for a person and tells the citizen."""
    update_id = int(update["update_id"])
    now = datetime.now(UTC)
    row = session.get(Incoming, update_id) or Incoming(
        update_id=update_id, received_at=now, state=IncomingState.FAILING, attempts=0
    )
    row.attempts += 1
    row.error = error
    if final:
        row.state = IncomingState.POISON
        row.payload = update
        _apologise(session, update, now)
    session.add(row)


def _apologise(session: Session, update: dict[str, Any], now: datetime) -> None:
    chat_id = private_chat(update)
    if chat_id is None:
        return
    conversation = find_conversation(session, chat_id)
    if conversation is None:
        conversation = Conversation(chat_id=chat_id, created_at=now, last_at=now)
        session.add(conversation)
        session.flush()
    keyboard = ((button(label("ask_officer"), AskOfficer()),),)
    to_citizen(session, conversation, SendText(render("citizen/trouble.html"), keyboard), now=now)


async def poll(source: UpdateSource, intake: Intake, *, stop: asyncio.Event) -> None:
    """Polls until told to stop. The offset moves past an update only when it is committed."""
    offset, pause = 0, FIRST_PAUSE
    while not stop.is_set():
        try:
            updates = await _until_stop(source.get(offset, ALLOWED_UPDATES), stop)
            while updates and not stop.is_set():
                taken = await intake.take_some(updates)
                offset = int(updates[taken - 1]["update_id"]) + 1
                updates = updates[taken:]
            pause = FIRST_PAUSE
        except InvalidToken:
            raise
        except (TelegramError, OperationalError) as error:
            wait = _told_to_wait(error) or pause
            log.warning("polling: %s, again in %.0f s", _why(error), wait)
            await _sleep(wait, stop)
            pause = min(pause * 2, LONGEST_PAUSE)


async def _until_stop(call: Any, stop: asyncio.Event) -> list[dict[str, Any]]:
    """The updates, or none when the bot is told to stop first: a long poll must not hold it up."""
    polling = asyncio.ensure_future(call)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return await polling if polling.done() else []
    finally:
        for task in (polling, stopping):
            task.cancel()


def _told_to_wait(error: Exception) -> float | None:
    """The seconds that Telegram names with a 429."""
    if not isinstance(error, RetryAfter):
        return None
    wait = error.retry_after
    return float(wait if isinstance(wait, int) else wait.total_seconds())


def _why(error: Exception) -> str:
    if isinstance(error, Conflict):
        return "another process polls with this token (409 Conflict)"
    return type(error).__name__


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


class Webhook:
    """The route that Telegram posts to. 200 only after commit; 503 makes Telegram try again."""

    def __init__(self, intake: Intake, secret: str) -> None:
        self._intake = intake
        self._secret = secret.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # An ASGI application: Starlette takes only functions for endpoints that get a request.
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "").encode()
        if not hmac.compare_digest(given, self._secret):
            return Response(status_code=403)
        try:
            update = msgspec.json.decode(await request.body())
            int(update["update_id"])
        except (msgspec.DecodeError, KeyError, TypeError, ValueError):
            # Not an update: another try would not make it one.
            log.warning("webhook: a body that is no update")
            return Response(status_code=200)
        try:
            await self._intake.take(update)
        except OperationalError as error:
            # Not the error itself: its text quotes the statement, and that holds a citizen's words.
            log.error("webhook: the database failed: %s", error.orig)
            return Response(status_code=503)
        return Response(status_code=200)
