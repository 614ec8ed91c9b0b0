"""A stand-in for the Telegram Bot API, for rehearsals, tests and benchmarks.

No stand-in that can be installed knows forum topics and copyMessage, and the hand-over to the
officers lives on them. This one keeps a small town in memory (`world.py`), answers the Bot API
(`methods/`), is harsh where Telegram is harsh, breaks on demand (`faults.py`), and lets people
act through `/control/…` (`control.py`). `/` is a page on which it can be played by hand.

It listens on 127.0.0.1 only. `python -m bot.rehearsal.bot_api --port 8081 [--state FILE]`
starts it alone and prints one line when it is ready.
"""

import asyncio
import inspect
import random
import socket
import struct
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.datastructures import UploadFile
from starlette.requests import Request as HttpRequest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.rehearsal import faults
from bot.rehearsal.methods import METHODS, Call, Upload, read_request
from bot.rehearsal.refusals import Json, Refusal, bad_request
from bot.rehearsal.state import Fault
from bot.rehearsal.world import CallRecord, World

JSON_TYPE = b"application/json"
HTML = b"<html>\r\n<head><title>%d Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
NOT_FOUND = Refusal(404, "Not Found")


class BotApi:
    """The ASGI application: the Bot API on its fast path, everything else handed to `pages`."""

    def __init__(self, world: World, pages: ASGIApp) -> None:
        self.world = world
        self.pages = pages
        self.pace = faults.Pace()
        self.closing = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path: str = scope.get("path", "")
        if scope["type"] == "http" and path.startswith("/bot"):
            await self._bot(scope, receive, send)
        elif scope["type"] == "http" and path.startswith("/file/bot"):
            await self._download(scope, send)
        else:
            await self.pages(scope, receive, send)

    def close(self) -> None:
        """Let everybody go who waits for an answer, so that the server can stop."""
        self.closing.set()
        self.world.updates.close()
        self.world.tell("closing", {})

    async def execute(self, name: str, params: Json, files: Mapping[str, Upload]) -> bytes:
        """Run a method without HTTP and faults; the answer's JSON. Webhook replies come here."""
        body, code = await self._run(name, params, files)
        self._record(name, params, body, code, None)
        return body

    async def _bot(self, scope: Scope, receive: Receive, send: Send) -> None:
        token, _, name = scope["path"][4:].partition("/")
        if token != self.world.state.token:
            refusal = Refusal(401, "Unauthorized") if ":" in token else NOT_FOUND
            await _respond(send, refusal.code, msgspec.json.encode(refusal.body()))
            return
        try:
            params, files = await _read(scope, receive)
        except Refusal as refusal:
            await _respond(send, refusal.code, msgspec.json.encode(refusal.body()))
            return
        entry = METHODS.get(name.lower())
        name = entry.name if entry else name
        await self._delay(name)
        fault = faults.choose(self.world.state, name, params.get("chat_id"))
        if fault is None:
            body, code = await self._run(name, params, files)
            self._record(name, params, body, code, None)
            await _respond(send, code, body)
        else:
            await self._fail(fault, name, params, files, receive, send)

    async def _run(self, name: str, params: Json, files: Mapping[str, Upload]) -> tuple[bytes, int]:
        """The answer and its code."""
        try:
            entry = METHODS.get(name.lower())
            if entry is None:
                raise NOT_FOUND
            request = read_request(entry, params)
            self.pace.check(self.world.state.settings, name, params)
            result = entry.run(Call(self.world, files), request)
            if inspect.isawaitable(result):
                result = await result
        except Refusal as refusal:
            return msgspec.json.encode(refusal.body()), refusal.code
        return msgspec.json.encode({"ok": True, "result": result}), 200

    def _record(self, name: str, params: Json, body: bytes, code: int, fault: Fault | None) -> None:
        world = self.world
        world.calls_made += 1
        record = CallRecord(
            number=world.calls_made,
            time=world.now(),
            method=name,
            params=params,
            answer=msgspec.Raw(body),
            code=code,
            fault=fault.kind if fault else None,
        )
        world.calls.append(record)

    async def _delay(self, name: str) -> None:
        latency = self.world.state.settings.latency
        if latency:
            base, jitter = latency.get(name) or latency.get("*") or (0.0, 0.0)
            # S311: a made-up delay is no secret.
            await asyncio.sleep(base + jitter * random.random())  # noqa: S311

    async def _fail(
        self,
        fault: Fault,
        name: str,
        params: Json,
        files: Mapping[str, Upload],
        receive: Receive,
        send: Send,
    ) -> None:
        refusal = faults.refusal(fault)
        if refusal:
            body, code = msgspec.json.encode(refusal.body()), refusal.code
        elif faults.strikes_after(fault):
            body, code = await self._run(name, params, files)
        else:
            body, code = b"null", 0
        self._record(name, params, body, code, fault)
        match fault.kind:
            case "gateway":
                await _respond(send, fault.status, HTML % fault.status, b"text/html")
            case "hang":
                await self._hang(fault.seconds, receive)
                _reset(send)
            case "reset":
                _reset(send)
                await receive()
            case "slow_body":
                await self._trickle(fault.seconds, send, code, body)
            case "truncated":
                await _respond(send, code, body[: len(body) // 2])
            case _:
                await _respond(send, code, body)

    async def _hang(self, seconds: float, receive: Receive) -> None:
        """Until the caller gives up, the time is over or the server stops."""
        waits = [
            asyncio.ensure_future(receive()),
            asyncio.ensure_future(self.closing.wait()),
        ]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    async def _trickle(self, seconds: float, send: Send, code: int, body: bytes) -> None:
        await send(_start(code, len(body), JSON_TYPE))
        pieces = 10
        size = len(body) // pieces + 1
        for at in range(0, len(body), size):
            if not self.closing.is_set():
                await asyncio.sleep(seconds / pieces)
            more = at + size < len(body)
            piece = body[at : at + size]
            await send({"type": "http.response.body", "body": piece, "more_body": more})

    async def _download(self, scope: Scope, send: Send) -> None:
        token, _, path = scope["path"][9:].partition("/")
        state = self.world.state
        born_after = self.world.now() - state.settings.file_path_lifetime
        for stored in state.files.values() if token == state.token else ():
            if stored.path == path and stored.path_born >= born_after:
                await _respond(send, 200, stored.content, stored.mime_type.encode())
                return
        await _respond(send, 404, msgspec.json.encode(NOT_FOUND.body()))


async def _read(scope: Scope, receive: Receive) -> tuple[Json, Mapping[str, Upload]]:
    """Parameters from the query, and from a body of JSON, form or multipart."""
    params: Json = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    kind = next((value for key, value in scope["headers"] if key == b"content-type"), b"")
    if kind.startswith(b"multipart/form-data"):
        fields, files = await _read_multipart(scope, receive)
        return params | fields, files
    body = await _body(receive)
    if not body:
        return params, {}
    if kind.startswith(JSON_TYPE):
        try:
            read = msgspec.json.decode(body)
        except msgspec.DecodeError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(read, dict):
            raise bad_request("object expected as request")
        return params | {k: v for k, v in read.items() if v is not None}, {}
    return params | dict(parse_qsl(body.decode(), keep_blank_values=True)), {}


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body


async def _read_multipart(scope: Scope, receive: Receive) -> tuple[Json, dict[str, Upload]]:
    params: Json = {}
    files: dict[str, Upload] = {}
    async with HttpRequest(scope, receive).form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                content = await value.read()
                kind = value.content_type or "application/octet-stream"
                files[name] = Upload(value.filename or name, kind, content)
            else:
                params[name] = value
    for name in files:
        # A file may be a parameter itself (photo) or only named by one (attach://…).
        if f"attach://{name}" not in str(params):
            params[name] = f"attach://{name}"
    return params, files


def _start(code: int, length: int, kind: bytes) -> Message:
    headers = [(b"content-type", kind), (b"content-length", str(length).encode())]
    return {"type": "http.response.start", "status": code, "headers": headers}


async def _respond(send: Send, code: int, body: bytes, kind: bytes = JSON_TYPE) -> None:
    await send(_start(code, len(body), kind))
    await send({"type": "http.response.body", "body": body})


def _reset(send: Send) -> None:
    """Break the connection as a failing network does: no answer, not even a polite end.

    ASGI has no word for it, so this reaches for uvicorn's transport behind `send`.
    """
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None or transport.is_closing():
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()


if __name__ == "__main__":
    from bot.rehearsal.serving import main

    main()
