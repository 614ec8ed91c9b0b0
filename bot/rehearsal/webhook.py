"""Pushes updates to the bot's webhook, again and again until it says 2xx."""

import asyncio
from collections.abc import Callable

import aiohttp
import msgspec

from bot.rehearsal.bot_api import BotApi
from bot.rehearsal.state import Waiting

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
TIMEOUT = aiohttp.ClientTimeout(total=60)
LONGEST_PAUSE = 5.0


class Pusher:
    """Delivers in order within a chat, up to `max_connections` chats at once, as Telegram does."""

    def __init__(self, api: BotApi) -> None:
        self.api = api
        self._wake = asyncio.Event()
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look for updates to push."""
        self.api.world.updates.on_push = self._wake.set
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Give up what is on its way; it stays in the queue."""
        tasks = [task for task in [self._task, *self._busy.values()] if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            for again in self._due_again():
                self._begin(-again.id, again, lambda _: None)
            for waiting in self._due():
                self._begin(self._lane(waiting), waiting, self._done)

    def _due_again(self) -> list[Waiting]:
        state = self.api.world.state
        if not state.webhook.url:
            return []
        again, state.again = state.again, []
        return again

    def _lane(self, waiting: Waiting) -> int:
        disorder = self.api.world.state.settings.webhook_out_of_order
        return -waiting.id if disorder else waiting.lane

    def _due(self) -> list[Waiting]:
        """The first update of every chat that is not busy, while there are connections left."""
        state = self.api.world.state
        if not state.webhook.url:
            return []
        due: dict[int, Waiting] = {}
        for waiting in state.updates:
            if len(self._busy) + len(due) >= state.webhook.max_connections:
                break
            lane = self._lane(waiting)
            if lane not in self._busy:
                due.setdefault(lane, waiting)
        return list(due.values())

    def _begin(self, lane: int, waiting: Waiting, done: Callable[[Waiting], None]) -> None:
        self._busy[lane] = asyncio.create_task(self._deliver(lane, waiting, done))

    def _done(self, waiting: Waiting) -> None:
        updates = self.api.world.updates
        if waiting in updates.state.updates:
            updates.forget([waiting])

    async def _deliver(self, lane: int, waiting: Waiting, done: Callable[[Waiting], None]) -> None:
        settings = self.api.world.state.settings
        pause = settings.webhook_retry
        try:
            while self.api.world.state.webhook.url:
                if await self._push(waiting):
                    done(waiting)
                    return
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        finally:
            del self._busy[lane]
            self._wake.set()

    async def _push(self, waiting: Waiting) -> bool:
        """One attempt; True when the bot answered 2xx."""
        webhook = self.api.world.state.webhook
        headers = {"Content-Type": "application/json"}
        if webhook.secret_token:
            headers[SECRET_HEADER] = webhook.secret_token
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        try:
            async with self._session.post(
                webhook.url, data=bytes(waiting.raw), headers=headers
            ) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            return self._failed(f"Connection failed: {type(error).__name__}")
        if not 200 <= answer.status < 300:
            return self._failed(f"Wrong response from the webhook: {answer.status}")
        await self._reply(content)
        return True

    def _failed(self, sentence: str) -> bool:
        world = self.api.world
        world.state.webhook.last_error_message = sentence
        world.state.webhook.last_error_date = int(world.now())
        return False

    async def _reply(self, content: bytes) -> None:
        """A webhook may answer with a method call of its own."""
        try:
            reply = msgspec.json.decode(content)
        except msgspec.DecodeError:
            return
        if isinstance(reply, dict) and isinstance(reply.get("method"), str):
            await self.api.execute(reply.pop("method"), reply, {})
