"""The page on which the rehearsal can be played by hand, and its stream of events."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.rehearsal.refusals import Json
from bot.rehearsal.transcript import line
from bot.rehearsal.world import World

STATIC = Path(__file__).parent / "static"
PULSE_SECONDS = 15.0
BACKLOG = 1_000
# Nothing from elsewhere, and nothing written into the page by a person can run.
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"


def stage_routes(world: World) -> list[Route]:
    """`/`, its two files and `/events`."""

    async def page(request: Request) -> Response:
        return FileResponse(STATIC / "stage.html", headers={"Content-Security-Policy": POLICY})

    async def style(request: Request) -> Response:
        return FileResponse(STATIC / "stage.css")

    async def script(request: Request) -> Response:
        return FileResponse(STATIC / "stage.js")

    async def events(request: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(_stream(world), media_type="text/event-stream", headers=headers)

    return [
        Route("/", page),
        Route("/stage.css", style),
        Route("/stage.js", script),
        Route("/events", events),
    ]


async def _stream(world: World) -> AsyncIterator[bytes]:
    """Everything that happens, until the reader goes or the server stops."""
    queue: asyncio.Queue[tuple[str, Json]] = asyncio.Queue(BACKLOG)

    def listen(event: str, about: Json) -> None:
        if queue.full():
            # A page that cannot follow reads everything again instead.
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(("reset", {}))
        else:
            queue.put_nowait((event, about))

    world.listeners.add(listen)
    try:
        yield b"retry: 1000\n\n"
        while not world.updates.closing:
            try:
                event, about = await asyncio.wait_for(queue.get(), PULSE_SECONDS)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            yield _event(world, event, about)
    finally:
        world.listeners.discard(listen)


def _event(world: World, event: str, about: Json) -> bytes:
    if event == "message":
        chat = world.state.chats.get(about["chat_id"])  # gone, if the play began anew meanwhile
        post = chat.posts.get(about["message_id"]) if chat else None
        event, about = ("message", line(world, post)) if post else ("chat", about)
    return b"event: %s\ndata: %s\n\n" % (event.encode(), msgspec.json.encode(about))
