"""The queue of updates, with Telegram's promise: kept until a higher offset is asked for."""

import asyncio
from collections.abc import Callable

import msgspec

from bot.rehearsal.refusals import OTHER_POLLER, WEBHOOK_ACTIVE, WEBHOOK_SET, Json, Refusal
from bot.rehearsal.state import State, Waiting

KEPT_SECONDS = 24 * 3600
MOST_AT_ONCE = 100
REMEMBERED = 200
# Telegram sends these only to a bot that names them.
ON_REQUEST = {"chat_member", "message_reaction"}


class Updates:
    """What the bot has yet to hear, over one `State`."""

    def __init__(self, state: State, clock: Callable[[], float]) -> None:
        self.state = state
        self.clock = clock
        self.closing = False
        self._poller: asyncio.Future[bool] | None = None
        self.on_push: Callable[[], None] | None = None

    def push(self, kind: str, body: Json, *, lane: int) -> int | None:
        """Queue an update unless the bot does not want its kind; its id, or None."""
        if not self.wants(kind):
            return None
        state = self.state
        state.last_update_id += 1
        raw = msgspec.Raw(msgspec.json.encode({"update_id": state.last_update_id, kind: body}))
        state.updates.append(
            Waiting(id=state.last_update_id, kind=kind, born=self.clock(), lane=lane, raw=raw)
        )
        self._wake()
        return state.last_update_id

    def wants(self, kind: str) -> bool:
        """Whether `allowed_updates` lets this kind through."""
        allowed = self.state.allowed_updates
        return kind in allowed if allowed else kind not in ON_REQUEST

    def allow(self, kinds: list[str] | None) -> None:
        """Remember `allowed_updates`; None leaves what was said before, [] is the default."""
        if kinds is not None:
            self.state.allowed_updates = [kind.lower() for kind in kinds] or None

    def again(self, update_id: int) -> bool:
        """Deliver an update once more whatever the offset; False if it is not remembered."""
        for waiting in [*self.state.confirmed, *self.state.updates]:
            if waiting.id == update_id:
                self.state.again.append(waiting)
                self._wake()
                return True
        return False

    def confirm(self, offset: int) -> None:
        """Forget what lies below `offset`; a negative one keeps that many from the end."""
        updates = self.state.updates
        if offset < 0:
            kept = updates[offset:]
            offset = kept[0].id if kept else self.state.last_update_id + 1
        count = 0
        while count < len(updates) and updates[count].id < offset:
            count += 1
        self.forget(updates[:count])

    def forget(self, gone: list[Waiting]) -> None:
        """Take delivered updates out of the queue, remembering the latest for `again`."""
        if not gone:
            return
        updates = self.state.updates
        if updates[: len(gone)] == gone:
            del updates[: len(gone)]
        else:
            for waiting in gone:
                updates.remove(waiting)
        self.state.confirmed = [*self.state.confirmed, *gone][-REMEMBERED:]

    def drop(self) -> None:
        """Forget everything that waits."""
        self.forget(list(self.state.updates))

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Waiting]:
        """Answer of getUpdates; a second poller ends the first, as in Telegram."""
        if self.state.webhook.url:
            raise Refusal(409, WEBHOOK_ACTIVE)
        if self._poller and not self._poller.done():
            self._poller.set_exception(Refusal(409, OTHER_POLLER))
        if offset:
            self.confirm(offset)
        ready = self._take(limit)
        if ready or seconds <= 0 or self.closing:
            return ready
        poller = self._poller = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(poller, seconds)
        except TimeoutError:
            return []
        finally:
            if self._poller is poller:
                self._poller = None
        return self._take(limit)

    def webhook_changed(self) -> None:
        """Let the pusher look at the webhook, and end a poll that waits."""
        if self._poller and not self._poller.done():
            self._poller.set_exception(Refusal(409, WEBHOOK_SET))
        self._wake()

    def close(self) -> None:
        """Let a waiting poll go home, so that the server can stop."""
        self.closing = True
        self._wake()

    def _take(self, limit: int) -> list[Waiting]:
        limit = max(1, min(limit, MOST_AT_ONCE))
        updates = self.state.updates
        while updates and updates[0].born < self.clock() - KEPT_SECONDS:
            updates.pop(0)
        again, self.state.again = self.state.again, []
        return [*again, *updates[: limit - len(again)]]

    def _wake(self) -> None:
        if self._poller and not self._poller.done():
            self._poller.set_result(True)
        if self.on_push:
            self.on_push()
