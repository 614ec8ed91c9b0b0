"""People for tests and benchmarks: they say, press and wait, over the control API.

async with serving(World()) as base_url, People(base_url) as people:
    ba = await people.citizen("Bà Lài")
    await ba.says("mất bìa đỏ làm lại thế nào")
    reply = await ba.waits_for_reply()
    await ba.presses("Hỏi cán bộ")
"""

import time
from collections.abc import Callable
from typing import Any, Self

import aiohttp
import msgspec

from bot.rehearsal.officers import Officers
from bot.rehearsal.records import WAIT_SECONDS, Answer, ApiCall, Author, Line, Topic
from bot.rehearsal.refusals import Json
from bot.rehearsal.state import GROUP_ID

__all__ = [
    "WAIT_SECONDS",
    "Answer",
    "ApiCall",
    "Author",
    "Citizen",
    "Line",
    "Officers",
    "People",
    "Refused",
    "Topic",
]


class Refused(AssertionError):  # noqa: N818 - reads as what happened in a failing test
    """The stand-in would not do what was asked; the sentence says why."""


class People:
    """The town as a test sees it."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            self.base_url, connector=aiohttp.TCPConnector(limit=0)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session:
            await self._session.close()

    async def control(
        self, verb: str, path: str, body: Any = None, query: Json | None = None
    ) -> Any:
        """Any call of the control API; `Refused` when it says no."""
        if self._session is None:
            raise RuntimeError("use `async with People(...)`")
        data = None if body is None else msgspec.json.encode(body)
        params = {name: str(value) for name, value in (query or {}).items() if value is not None}
        path = f"/control/{path}"
        async with self._session.request(verb, path, data=data, params=params) as answer:
            content = await answer.read()
        if answer.status != 200:
            raise Refused(f"{path} {body}: {content.decode()}")
        return msgspec.json.decode(content)

    async def act(self, action: str, **fields: Any) -> Any:
        """One action, by the names in `humans.py` and `town.py`."""
        given = {name: value for name, value in fields.items() if value is not None}
        return await self.control("POST", action, given)

    async def batch(self, *actions: tuple[str, Json]) -> list[Any]:
        """Many actions in one request, for load."""
        done: list[Any] = await self.control("POST", "batch", actions)
        return done

    async def citizen(self, name: str) -> "Citizen":
        """A citizen of that name, new if there was none."""
        person = await self.act("people", name=name)
        return Citizen(self, person["id"], name)

    @property
    def officers(self) -> Officers:
        """The officers in their group."""
        return Officers(self, GROUP_ID)

    async def world(self) -> Json:
        """People, chats, topics, rights, settings."""
        world: Json = await self.control("GET", "world")
        return world

    async def transcript(
        self, chat_id: int | None = None, topic_id: int | None = None, *, since: int = 0
    ) -> list[Line]:
        """Messages, oldest first; `topic_id` 0 is General."""
        answer = await self.control(
            "GET", "transcript", query={"chat_id": chat_id, "topic_id": topic_id, "since": since}
        )
        return msgspec.convert(answer["lines"], list[Line])

    async def waits_for(
        self,
        condition: Callable[[Line], bool],
        *,
        chat_id: int | None = None,
        topic_id: int | None = None,
        since: int = 0,
        timeout: float = WAIT_SECONDS,  # noqa: ASYNC109 - the caller speaks of patience
    ) -> Line:
        """The first message for which `condition` holds, now or within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        heard: list[Line] = []
        while True:
            wait = max(0.0, deadline - time.monotonic())
            query = {"chat_id": chat_id, "topic_id": topic_id, "since": since, "wait": wait}
            answer = await self.control("GET", "transcript", query=query)
            lines = msgspec.convert(answer["lines"], list[Line])
            for line in lines:
                if condition(line):
                    return line
            heard += lines
            since = max(since, answer["revision"])
            if time.monotonic() >= deadline:
                said = [f"{line.author.name}: {line.text or line.service}" for line in heard]
                raise TimeoutError(f"nothing of the kind within {timeout} s; heard {said}")

    async def calls(self, method: str | None = None, *, since: int = 0) -> list[ApiCall]:
        """What the bot asked of Telegram."""
        answer = await self.control("GET", "calls", query={"method": method, "since": since})
        return msgspec.convert(answer, list[ApiCall])

    async def fault(self, kind: str, method: str = "*", **fields: Any) -> None:
        """Let something go wrong; see `bot.rehearsal.faults`."""
        await self.control("POST", "faults", {"kind": kind, "method": method, **fields})

    async def no_faults(self) -> None:
        """Everything works again."""
        await self.control("DELETE", "faults")

    async def settings(self, **changed: Any) -> Json:
        """Change some settings; all of them as they now are."""
        settings: Json = await self.control("PUT", "settings", changed)
        return settings

    async def redeliver(self, update_id: int | None = None) -> int:
        """Send an update once more; its id."""
        answer = await self.control("POST", "redeliver", {"update_id": update_id})
        return int(answer["update_id"])

    async def reset(self) -> None:
        """Begin anew."""
        await self.control("POST", "reset")

    async def press(self, person: int, label: str | None, wait: float, **where: Any) -> Answer:
        """Press a button and wait up to `wait` seconds for the bot's answer to it."""
        pressed = await self.act("press", person=person, label=label, **where)
        path = f"callbacks/{pressed['callback_query_id']}"
        return msgspec.convert(await self.control("GET", path, query={"wait": wait}), Answer)


class Citizen:
    """One person in a private chat with the bot; waits only for what came after the last act."""

    def __init__(self, people: People, person_id: int, name: str) -> None:
        self.people = people
        self.id = person_id
        self.name = name
        self._since = 0

    async def says(self, text: str, reply_to: int | None = None) -> Line:
        """Write a text."""
        return await self._acts("say", text=text, reply_to=reply_to)

    async def sends(self, kind: str, **fields: Any) -> Line:
        """Send a photo, voice, sticker, document, location or contact."""
        return await self._acts("send", kind=kind, **fields)

    async def sends_album(self, count: int = 2, caption: str = "") -> list[Line]:
        """Send several photos at once."""
        lines = await self.people.act(
            "send", person=self.id, kind="album", count=count, caption=caption
        )
        album = msgspec.convert(lines, list[Line])
        self._since = album[-1].revision
        return album

    async def edits(self, message_id: int, text: str) -> Line:
        """Change one's own message."""
        return await self._acts("edit", message_id=message_id, text=text)

    async def deletes(self, message_id: int) -> Line:
        """Take a message away."""
        return await self._acts("delete", message_id=message_id)

    async def reacts(self, message_id: int, emoji: str | None) -> Line:
        """React to a message."""
        return await self._acts("react", message_id=message_id, emoji=emoji)

    async def presses(
        self,
        label: str | None = None,
        *,
        data: str | None = None,
        message_id: int | None = None,
        wait: float = WAIT_SECONDS,
    ) -> Answer:
        """Press a button by (part of) its label or by its data, on the latest message with it."""
        self._since = (await self.people.world())["revision"]
        return await self.people.press(self.id, label, wait, data=data, message_id=message_id)

    async def blocks(self) -> None:
        """Block the bot."""
        await self.people.act("block", person=self.id)

    async def unblocks(self) -> None:
        """Take the bot back."""
        await self.people.act("unblock", person=self.id)

    async def asks_inline(self, query: str, wait: float = WAIT_SECONDS) -> list[Json]:
        """Type the bot's name and a query somewhere; the results the bot offers."""
        asked = await self.people.act("ask", person=self.id, query=query)
        path = f"inlines/{asked['inline_query_id']}"
        answer = await self.people.control("GET", path, query={"wait": wait})
        results: list[Json] = answer["results"]
        return results

    async def chat(self) -> list[Line]:
        """The whole private chat."""
        return await self.people.transcript(self.id)

    async def waits_for_reply(
        self,
        containing: str = "",
        *,
        timeout: float = WAIT_SECONDS,  # noqa: ASYNC109 - the caller speaks of patience
    ) -> Line:
        """The bot's next message or edit with these words; each is given only once."""

        def is_reply(line: Line) -> bool:
            return line.author.is_bot and not line.deleted and containing in line.text

        found = await self.people.waits_for(
            is_reply, chat_id=self.id, since=self._since, timeout=timeout
        )
        self._since = found.revision
        return found

    async def _acts(self, action: str, **fields: Any) -> Line:
        line = msgspec.convert(await self.people.act(action, person=self.id, **fields), Line)
        self._since = line.revision
        return line
