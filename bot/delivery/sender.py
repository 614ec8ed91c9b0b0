"""The only way out to Telegram: reads the outbox, keeps each chat's order, and knows every refusal.

Telegram has no key that makes a send idempotent. A process that is killed between Telegram's "ok" and
our commit will send that row again. So a second row starts only when the first is done or Telegram has
been silent for `PATIENCE`: as long as Telegram answers in time, a kill costs at most one duplicate.
"""

from __future__ import annotations

import asyncio
import html
import logging
import re
from collections.abc import Callable
from functools import partial

import msgspec
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.delivery import ledger
from bot.delivery.lanes import Lane, Lanes, lane_of
from bot.delivery.ledger import Target
from bot.delivery.outbox import (
    CopyMessage,
    Delivery,
    EditText,
    ReactTo,
    SendFile,
    SendText,
    ShowTopic,
    delivery_of,
)
from bot.delivery.pace import Pace
from bot.desk import tickets
from bot.storage.engine import Database
from bot.storage.tables import (
    Audience,
    Outbox,
    OutboxState,
)
from bot.wording.buttons import Keyboard

log = logging.getLogger(__name__)

PATIENCE = 0.2  # seconds before a slow send stops holding up the others; 50 to 80 ms is normal
MAX_FLIGHTS = 32
MAX_UNKNOWN = 5  # timeouts of one row before it counts as failed
IDLE = 1.0  # seconds between looks when nobody woke us: another process may have written
UNBOUND_PAUSE = 5.0  # seconds before a desk without a group is tried again
RETRY_PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)  # seconds, while Telegram is out of reach
TAG = re.compile(r"<[^>]+>")
LINK = re.compile(r"://|[a-z]\.[a-z]{2}", re.IGNORECASE)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Sender:
    """Sends what the outbox holds, until told to stop."""

    def __init__(self, bot: Bot, database: Database, pace: Pace) -> None:
        self._bot = bot
        self._database = database
        self._pace = pace
        self._lanes = Lanes()
        self._flights: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._more = True
        self._recording = 0  # messages that Telegram took and that we have not written down yet
        self._recorded = asyncio.Event()
        self._recorded.set()

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._more = True
        self._news.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until `stop`, then finishes what is in the air: nothing is sent twice on a restart."""
        while not stop.is_set():
            self._news.clear()
            try:
                await self._load()
                pause = await self._send_ready(stop)
            except Exception:
                # The database, mostly. It comes back, and then nobody restarts a dead sender.
                log.exception("outbox")
                pause, self._more = IDLE, True
            await self._rest(pause)
        if self._flights:
            await asyncio.wait(self._flights)

    async def _load(self) -> None:
        if not self._more or self._lanes.count(Audience.CITIZEN) >= ledger.BATCH:
            return
        known = frozenset(self._lanes.ids)
        # A group that takes nothing for an hour must not keep citizens' answers out of the memory.
        is_full = self._lanes.count(Audience.DESK) >= ledger.BATCH
        self._more = False  # before the look: what is written meanwhile wakes us again
        rows = await self._database.run(
            lambda s: ledger.list_waiting(s, known, with_desk=not is_full)
        )
        self._more = self._more or len(rows) == ledger.BATCH
        for row, citizen_chat in rows:
            self._lanes.add(row, citizen_chat)

    async def _send_ready(self, stop: asyncio.Event) -> float:
        """Starts what may start now; returns how long nothing else can."""
        clock = asyncio.get_running_loop().time
        pause = IDLE
        while not stop.is_set():
            ready = self._lanes.ready(clock())
            if not ready or len(self._flights) >= MAX_FLIGHTS:
                break
            row = ready[0]
            flight = asyncio.create_task(self._fly(row))
            self._lanes.flying.add(lane_of(row))
            self._lanes.held.pop(lane_of(row), None)
            self._flights.add(flight)
            flight.add_done_callback(self._flights.discard)
            await asyncio.wait({flight}, timeout=PATIENCE)
            # Patience is for Telegram: a database that is slow must not cost a second duplicate.
            await self._recorded.wait()
            if self._more:
                await self._load()
        if len(self._flights) >= MAX_FLIGHTS:
            return pause  # until one of them lands
        moment = self._lanes.next_moment()
        return pause if moment is None else max(0.01, min(pause, moment - clock()))

    async def _rest(self, seconds: float) -> None:
        waits = {asyncio.create_task(self._news.wait()), *self._flights}
        done, _ = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in waits - self._flights - done:
            task.cancel()
        if not done:
            self._more = True

    async def _fly(self, row: Outbox) -> None:
        lane = lane_of(row)
        try:
            await self._send_row(row, lane)
        except Exception:
            # Our own mistake, not Telegram's: the row is kept, the lane waits, the others go on.
            log.exception("outbox row %s", row.id)
            self._hold(lane)
        finally:
            self._lanes.flying.discard(lane)

    async def _send_row(self, row: Outbox, lane: Lane) -> None:
        target = await self._find_target(row, lane)
        if target is None:
            self._hold(lane, UNBOUND_PAUSE)
            self._forget(lane)
            return
        loop = asyncio.get_running_loop()
        wait = self._pace.wait(target.chat_id, loop.time())
        if wait > 0:
            self._hold(lane, wait)
            return
        try:
            if target.needs_topic:
                await self._open_topic(row, target.chat_id, target.needs_topic)
                return
            self._pace.start(target.chat_id, loop.time())
            telegram_id = await self._deliver(delivery_of(row), target)
        except TelegramError as error:
            await self._refused(row, lane, target, error)
            return
        self._lanes.failures.pop(lane, None)
        await self._record(lambda s: ledger.mark_sent(s, row, telegram_id))
        self._settle(row)

    async def _record(self, service: Callable[[Session], None]) -> None:
        """Writes down what Telegram did. As long as this is not done, a row would be said twice."""
        self._recording += 1
        self._recorded.clear()
        try:
            await self._insist(service)
        finally:
            self._recording -= 1
            if not self._recording:
                self._recorded.set()

    async def _insist(self, service: Callable[[Session], None]) -> None:
        for pause in RETRY_PAUSES:
            try:
                return await self._database.run(service)
            except OperationalError as error:
                log.error("outbox: %s, again in %.0f s", error.orig, pause)
                await asyncio.sleep(pause)
        return await self._database.run(service)

    async def _find_target(self, row: Outbox, lane: Lane) -> Target | None:
        """A desk's group and a ticket's topic may change until the moment of sending."""
        if row.audience == Audience.CITIZEN:
            return Target(self._lanes.chats[lane])
        return await self._database.run(lambda s: ledger.find_target(s, row))

    def _settle(self, row: Outbox) -> None:
        """A row is finished; what finishing it wrote (a mark, a notice) is waiting now."""
        self._lanes.done(row)
        if row.message_id is not None or row.state == OutboxState.FAILED:
            self._more = True

    async def _open_topic(self, row: Outbox, chat_id: int, name: str) -> None:
        self._pace.start(chat_id, asyncio.get_running_loop().time())
        topic = await self._bot.create_forum_topic(chat_id, name)
        await self._record(lambda s: ledger.store_topic(s, row, topic.message_thread_id))

    async def _deliver(self, delivery: Delivery, target: Target) -> int | None:
        """To Telegram, if need be as plain text; the id of the new message, if there is one."""
        try:
            return await self._call(delivery, target)
        except BadRequest as error:
            is_text = isinstance(delivery, SendText | EditText)
            if not is_text or "parse entities" not in error.message.lower():
                raise
        log.error("no valid HTML for Telegram, sent as plain text: %s", type(delivery).__name__)
        self._pace.start(target.chat_id, asyncio.get_running_loop().time())
        return await self._call(_without_markup(delivery), target)

    async def _call(self, delivery: Delivery, target: Target) -> int | None:
        bot, chat = self._bot, target.chat_id
        match delivery:
            case SendText():
                return await self._send_text(delivery, target)
            case SendFile(name, content):
                file = InputFile(content.encode(), filename=name)
                sent = await bot.send_document(chat, file, message_thread_id=target.topic_id)
                return sent.message_id
            case EditText():
                try:
                    await bot.edit_message_text(
                        delivery.html,
                        chat,
                        delivery.telegram_id,
                        parse_mode="HTML",
                        reply_markup=_markup(delivery.keyboard),
                        link_preview_options=_preview(delivery.html),
                    )
                except BadRequest as error:
                    return await self._edit_refused(delivery, target, error)
                return None
            case CopyMessage():
                copied = await bot.copy_message(
                    chat,
                    delivery.from_chat_id,
                    delivery.telegram_id,
                    message_thread_id=target.topic_id,
                    caption=delivery.caption,
                    parse_mode="HTML" if delivery.caption else None,
                )
                return copied.message_id
            case ReactTo():
                await bot.set_message_reaction(chat, delivery.telegram_id, delivery.emoji)
                return None
            case ShowTopic() if target.topic_id is not None:
                await self._show_topic(delivery, chat, target.topic_id)
                return None
            case ShowTopic():
                raise ValueError("a topic to show, and no topic")

    async def _send_text(self, text: SendText, target: Target) -> int:
        sent = await self._bot.send_message(
            target.chat_id,
            text.html,
            parse_mode="HTML",
            message_thread_id=target.topic_id,
            reply_markup=_markup(text.keyboard),
            reply_parameters=_reply(text.reply_to),
            link_preview_options=_preview(text.html),
        )
        if text.pin:
            try:
                await self._bot.pin_chat_message(
                    target.chat_id, sent.message_id, disable_notification=True
                )
            except TelegramError as error:
                # Whatever it was: the card is there, and another one would be worse.
                log.warning("card not pinned: %s", type(error).__name__)
        return sent.message_id

    async def _edit_refused(self, edit: EditText, target: Target, error: BadRequest) -> int | None:
        """ "Not modified" is success (a second press); an edit of a lost message becomes a new one."""
        message = error.message.lower()
        if "not modified" in message:
            return None
        if "message to edit not found" in message or "can't be edited" in message:
            self._pace.start(target.chat_id, asyncio.get_running_loop().time())
            # In a topic only the card is ever edited.
            anew = SendText(edit.html, edit.keyboard, pin=target.topic_id is not None)
            return await self._send_text(anew, target)
        raise error

    async def _show_topic(self, topic: ShowTopic, chat: int, topic_id: int) -> None:
        change = self._bot.close_forum_topic if topic.closed else self._bot.reopen_forum_topic
        rename = partial(self._bot.edit_forum_topic, name=topic.name)
        for call in (rename, change):
            try:
                await call(chat, topic_id)
            except BadRequest as error:
                if "not_modified" not in error.message.lower():
                    raise

    async def _refused(self, row: Outbox, lane: Lane, target: Target, error: TelegramError) -> None:
        """Every refusal by name: a wait, a fact, or unknown. BadRequest is a NetworkError: it is first."""
        match error:
            case RetryAfter():
                wait = error.retry_after
                seconds = wait if isinstance(wait, int) else wait.total_seconds()
                self._hold(lane, seconds)
                self._pace.hold(target.chat_id, self._lanes.held[lane])
            case ChatMigrated():
                await self._database.run(
                    lambda s: tickets.move_group(s, target.chat_id, error.new_chat_id)
                )
            case Forbidden() if row.audience == Audience.CITIZEN:
                await self._fail(row, "gone" if "deactivated" in error.message else "blocked")
            case BadRequest():
                await self._bad_request(row, lane, target, error)
            case TimedOut():
                # It may have been sent. A lost answer is worse than one said twice.
                await self._unknown(row, lane)
            case InvalidToken():
                raise error
            case NetworkError() | Forbidden():
                self._hold(lane)
            case _:
                await self._unknown(row, lane)

    async def _bad_request(
        self, row: Outbox, lane: Lane, target: Target, error: BadRequest
    ) -> None:
        message = error.message.lower()
        if "thread not found" in message or "topic_deleted" in message:
            await self._database.run(lambda s: ledger.forget_topic(s, row))
        elif "topic_closed" in message and target.topic_id is not None:
            await self._reopen(lane, target.chat_id, target.topic_id)
        elif row.audience == Audience.DESK and _needs_the_operator(message):
            log.error("the desk's group refuses: %s (see motcua doctor)", error.message)
            self._hold(lane)
        elif "message to copy not found" in message or "can't be copied" in message:
            await self._fail(row, "copy_gone")
        else:
            log.error("row %s refused: %s", row.id, error.message)
            await self._fail(row, error.message)

    async def _reopen(self, lane: Lane, chat_id: int, topic_id: int) -> None:
        """For what must be said in a closed topic."""
        try:
            await self._bot.reopen_forum_topic(chat_id, topic_id)
        except TelegramError as error:
            log.error("a closed topic stays closed: %s", error.message)
            self._hold(lane)

    async def _unknown(self, row: Outbox, lane: Lane) -> None:
        attempts = await self._database.run(lambda s: ledger.count_attempt(s, row))
        if attempts >= MAX_UNKNOWN and not ledger.is_card(delivery_of(row)):
            await self._fail(row, "timeout")
        else:
            self._hold(lane)

    async def _fail(self, row: Outbox, reason: str) -> None:
        await self._database.run(lambda s: ledger.mark_failed(s, row, reason))
        row.state = OutboxState.FAILED
        self._settle(row)

    def _hold(self, lane: Lane, seconds: float | None = None) -> None:
        """The lane waits: as told, or longer with each failure in a row."""
        if seconds is None:
            failures = self._lanes.failures.get(lane, 0)
            seconds = RETRY_PAUSES[min(failures, len(RETRY_PAUSES) - 1)]
            self._lanes.failures[lane] = failures + 1
        self._lanes.held[lane] = asyncio.get_running_loop().time() + seconds

    def _forget(self, lane: Lane) -> None:
        """Rows of a desk without a group must not fill the memory: they are read again later."""
        for row in list(self._lanes.rows.get(lane, ())):
            self._lanes.done(row)


def _needs_the_operator(message: str) -> bool:
    """Something about the group itself that only an administrator can mend; nothing is lost."""
    signs = ("not enough rights", "chat not found", "not a forum", "chat_admin_required", "kicked")
    return any(sign in message for sign in signs)


def _without_markup(delivery: Delivery) -> Delivery:
    """The same words, without bold and links."""
    if not isinstance(delivery, SendText | EditText):
        return delivery
    text = html.unescape(TAG.sub("", delivery.html))
    return msgspec.structs.replace(delivery, html=html.escape(text, quote=False))


def _preview(markup: str) -> LinkPreviewOptions | None:
    """No picture below a link; nothing to say about a text without one."""
    return NO_PREVIEW if LINK.search(markup) else None


def _markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    if not keyboard:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in keyboard]
    )


def _reply(message_id: int | None) -> ReplyParameters | None:
    if message_id is None:
        return None
    return ReplyParameters(message_id, allow_sending_without_reply=True)
