"""Puts the stand-in on a port of 127.0.0.1: inside a test, or as a process of its own."""

import argparse
import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from bot.rehearsal.bot_api import BotApi
from bot.rehearsal.control import BeginAnew, Control, save
from bot.rehearsal.stage import stage_routes
from bot.rehearsal.state import DEFAULT_TOKEN, State, initial_state, restore
from bot.rehearsal.webhook import Pusher
from bot.rehearsal.world import World

HOST = "127.0.0.1"
STOP_SECONDS = 2


def build(
    world: World, state_file: Path | None = None, begin_anew: BeginAnew | None = None
) -> BotApi:
    """The whole application: Bot API, control, page and its events."""
    control = Control(world, state_file, begin_anew)
    return BotApi(world, Starlette(routes=[*control.routes(), *stage_routes(world)]))


@contextlib.asynccontextmanager
async def serving(
    world: World,
    port: int = 0,
    state_file: Path | None = None,
    begin_anew: BeginAnew | None = None,
) -> AsyncIterator[str]:
    """Serve `world` on a free port (or on `port`) as long as the block runs; its base URL."""
    api = build(world, state_file, begin_anew)
    pusher = Pusher(api)
    with _listening(port) as listener:
        server = _Server(_config(api))
        await pusher.start()
        serve = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await server.ready.wait()
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            api.close()
            await pusher.stop()
            server.stopping.set()
            await serve


class _Server(uvicorn.Server):
    """uvicorn that leaves the signals to whoever runs it, and stops at once when told.

    Its own loop looks for a reason to stop every tenth of a second, which is most of the time of
    a short test.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self.stopping = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        await self.on_tick(0)
        self.ready.set()
        await self.stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=STOP_SECONDS)
        for task in self.server_state.tasks:
            task.cancel()
        while self.server_state.connections:
            for connection in list(self.server_state.connections):
                connection.transport.abort()
            await asyncio.sleep(0)


def _config(api: BotApi) -> uvicorn.Config:
    return uvicorn.Config(
        api,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        interface="asgi3",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
        backlog=1024,
    )


def _listening(port: int) -> socket.socket:
    # asyncio turns Nagle's delay off only for sockets that say they are TCP (40 ms an answer).
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(1024)
    listener.setblocking(False)
    return listener


def _first_state(token: str, state_file: Path | None) -> State:
    if state_file and state_file.exists():
        return restore(state_file.read_bytes())
    return initial_state(token)


async def _run_alone(world: World, port: int, state_file: Path | None) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with serving(world, port, state_file) as base_url:
        # T201: the ready line is what a script that starts this process waits for.
        print(f"rehearsal ready: {base_url}", flush=True)  # noqa: T201
        await stop.wait()
    if state_file:
        save(world, state_file)


def main() -> None:
    """Run the stand-in as a process of its own until it is told to stop."""
    parser = argparse.ArgumentParser(description="A stand-in for Telegram on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=8081, help="0 takes any free port")
    parser.add_argument("--token", default=DEFAULT_TOKEN, help="the only token that is let in")
    parser.add_argument("--state", type=Path, help="file to restore from and to save to")
    options = parser.parse_args()
    world = World(_first_state(options.token, options.state))
    asyncio.run(_run_alone(world, options.port, options.state))
