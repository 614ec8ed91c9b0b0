"""The human side over HTTP: everything that a test or the page needs.

Bodies and answers are JSON; a refusal is `{"ok": false, "error_code", "description"}` with the
same HTTP status. `person` is an id or a name; `chat_id` defaults to the person's private chat
with the bot (for topics, rights and migration: to the officers' group); `topic_id` 0 or null
means General.

Reading:

- `GET /control/world`: bot, citizens, officers, groups with topics and rights, settings, faults
- `GET /control/transcript?chat_id=&topic_id=&since=&wait=`: `{"revision", "lines"}`; `since` a
  revision gives only what is new or changed, `wait` seconds lets the call wait for it
- `GET /control/calls?method=&since=`: the log of Bot API calls (number, time, method, params,
  answer, code, fault); the latest 20,000 are kept
- `GET /control/callbacks/{id}?wait=` and `GET /control/inlines/{id}?wait=`: what the bot answered
- `GET /control/files/{id}` (a file_id): the bytes of a file; `GET /control/state`: the whole state

Acting, `POST /control/<action>` (fields: `humans.py`, `town.py`), or several at once with
`POST /control/batch [[action, fields], …]`:

- `say {person, text, chat_id?, topic_id?, reply_to?}` → line
- `send {person, kind: photo|voice|sticker|document|location|contact|album, caption?, …}` → line(s)
- `edit {person, message_id, text}`, `delete {person, message_id}`, `react {…, emoji}` → line
- `press {person, data? | label?, message_id?, chat_id?, topic_id?}` → `{callback_query_id, …}`
- `ask {person, query}` → `{inline_query_id}`
- `people {name, officer?}`, `block|unblock|deactivate {person}` → person
- `topic/create|rename|close|reopen|delete {person, topic_id?, name?}`
- `rights {status?, rights}` → the bot's ChatMember; `migrate {chat_id?, new_chat_id?}`

Directing:

- `POST /control/faults` (one fault or a list; see `faults.py`), `DELETE /control/faults`
- `PUT /control/settings` (some fields of `state.Settings`) → settings
- `POST /control/redeliver {update_id?}`: an update once more (default: the latest)
- `PUT /control/state` restores a dumped state; `POST /control/save` writes it to the `--state`
  file; `POST /control/reset` begins anew; update, message and topic ids go on
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.rehearsal import faults, humans, town
from bot.rehearsal.acting import act
from bot.rehearsal.refusals import Refusal, bad_request
from bot.rehearsal.state import Fault, Settings, as_json, dump, restore
from bot.rehearsal.transcript import describe_world, transcript
from bot.rehearsal.world import World

# Importing these two enters their actions.
ACTION_MODULES = (humans, town)
LONGEST_WAIT = 60.0
Handler = Callable[[Request], Awaitable[Any]]
BeginAnew = Callable[[], Awaitable[None]]  # by somebody who has more to forget than the world


class Control:
    """The routes under `/control`, over one world."""

    def __init__(
        self, world: World, state_file: Path | None = None, begin_anew: BeginAnew | None = None
    ) -> None:
        self.world = world
        self.state_file = state_file
        self.begin_anew = begin_anew

    def routes(self) -> list[Route]:
        """All routes; the actions come last, because they take any name."""
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/control/world", self._world),
            ("GET", "/control/transcript", self._transcript),
            ("GET", "/control/calls", self._calls),
            ("GET", "/control/callbacks/{id}", self._callback),
            ("GET", "/control/inlines/{id}", self._inline),
            ("GET", "/control/files/{id}", self._file),
            ("GET", "/control/state", self._dump),
            ("PUT", "/control/state", self._restore),
            ("POST", "/control/save", self._save),
            ("POST", "/control/reset", self._reset),
            ("POST", "/control/faults", self._add_faults),
            ("DELETE", "/control/faults", self._clear_faults),
            ("PUT", "/control/settings", self._settings),
            ("POST", "/control/redeliver", self._redeliver),
            ("POST", "/control/batch", self._batch),
            ("POST", "/control/{action:path}", self._act),
        ]
        return [Route(path, _answering(run), methods=[verb]) for verb, path, run in table]

    async def _world(self, request: Request) -> Any:
        return describe_world(self.world)

    async def _transcript(self, request: Request) -> Any:
        chat_id, topic_id = _number(request, "chat_id"), _number(request, "topic_id")
        since = _number(request, "since") or 0
        deadline = asyncio.get_running_loop().time() + _wait(request)
        while True:
            revision = self.world.state.revision
            lines = transcript(self.world, chat_id=chat_id, topic_id=topic_id, since=since)
            left = deadline - asyncio.get_running_loop().time()
            if lines or left <= 0 or self.world.updates.closing:
                return {"revision": revision, "lines": lines}
            await self.world.wait_for_change(chat_id, left)

    async def _calls(self, request: Request) -> Any:
        method, since = request.query_params.get("method"), _number(request, "since") or 0
        return [
            record
            for record in self.world.calls
            if record.number > since and method in {None, record.method}
        ]

    async def _callback(self, request: Request) -> Any:
        return await self._answered(request, self.world.state.callbacks)

    async def _inline(self, request: Request) -> Any:
        return await self._answered(request, self.world.state.inlines)

    async def _answered(self, request: Request, queries: dict[str, Any]) -> Any:
        """A query, as soon as the bot has answered it or the waiting is over."""
        query = queries.get(request.path_params["id"])
        if query is None:
            raise bad_request("no such query")
        answered = asyncio.Event()
        if query.answered:
            answered.set()

        def listen(event: str, about: Any) -> None:
            if about.get("id") == query.id:
                answered.set()

        self.world.listeners.add(listen)
        try:
            await asyncio.wait_for(answered.wait(), _wait(request))
        except TimeoutError:
            pass
        finally:
            self.world.listeners.discard(listen)
        return as_json(query)

    async def _file(self, request: Request) -> Any:
        stored = self.world.state.files.get(request.path_params["id"])
        if stored is None:
            raise bad_request("no such file")
        return Response(stored.content, media_type=stored.mime_type)

    async def _dump(self, request: Request) -> Any:
        return Response(dump(self.world.state), media_type="application/json")

    async def _restore(self, request: Request) -> Any:
        try:
            self.world.replace(restore(await request.body()))
        except msgspec.DecodeError as error:
            raise bad_request(f"not a dumped state: {error}") from None
        return True

    async def _save(self, request: Request) -> Any:
        if self.state_file is None:
            raise bad_request("started without --state")
        save(self.world, self.state_file)
        return True

    async def _reset(self, request: Request) -> Any:
        if self.begin_anew is None:
            self.world.begin_anew()
        else:
            await self.begin_anew()
        return True

    async def _add_faults(self, request: Request) -> Any:
        read = await _json(request)
        added = _convert(read if isinstance(read, list) else [read], list[Fault])
        for fault in added:
            faults.check(fault)
        self.world.state.faults += added
        return as_json(self.world.state.faults)

    async def _clear_faults(self, request: Request) -> Any:
        self.world.state.faults = []
        return True

    async def _settings(self, request: Request) -> Any:
        state = self.world.state
        merged = {**as_json(state.settings), **(await _json(request))}
        state.settings = _convert(merged, Settings)
        return as_json(state.settings)

    async def _redeliver(self, request: Request) -> Any:
        asked = (await _json(request)).get("update_id")
        update_id = asked or self.world.state.last_update_id
        if not self.world.updates.again(update_id):
            raise bad_request("that update is not remembered")
        return {"update_id": update_id}

    async def _batch(self, request: Request) -> Any:
        return [act(self.world, name, fields) for name, fields in await _json(request)]

    async def _act(self, request: Request) -> Any:
        return act(self.world, request.path_params["action"], await _json(request))


def save(world: World, file: Path) -> None:
    """Write the state beside the old one and then put it in its place."""
    new = file.with_suffix(".new")
    new.write_bytes(dump(world.state))
    new.replace(file)


def _answering(run: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            result = await run(request)
        except Refusal as refusal:
            return _json_response(refusal.body(), refusal.code)
        return result if isinstance(result, Response) else _json_response(result, 200)

    return answer


def _json_response(body: Any, code: int) -> Response:
    return Response(msgspec.json.encode(body), code, media_type="application/json")


async def _json(request: Request) -> Any:
    body = await request.body()
    try:
        return msgspec.json.decode(body) if body else {}
    except msgspec.DecodeError as error:
        raise bad_request(f"can't parse JSON: {error}") from None


def _convert(value: Any, shape: Any) -> Any:
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise bad_request(str(error)) from None


def _number(request: Request, name: str) -> int | None:
    value = request.query_params.get(name)
    try:
        return int(value) if value else None
    except ValueError:
        raise bad_request(f"{name} must be a number") from None


def _wait(request: Request) -> float:
    return min(float(request.query_params.get("wait") or 0), LONGEST_WAIT)
