"""PyPI's lo-bot-api-emulator as a process of its own: somebody else's idea of Telegram."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.rehearsal.state import DEFAULT_TOKEN
from tests.crash.processes import Child

Json = dict[str, Any]
# The package is no module that `-m` could run.
COMMAND = (sys.executable, "-c", "from lo_bot_api_emulator import main; main()")
OPTIONS = ("--host", "127.0.0.1", "--enable-control", "--allow-insecure-loopback-webhooks")
PATIENCE = 60.0  # seconds, for a busy machine


@dataclass
class Emulator:
    """What it was asked is in its journal: methods, names of fields, how it answered."""

    url: str
    journal: Path
    session: aiohttp.ClientSession

    async def sends(self, kind: str, body: Json) -> int:
        """Lets the bot hear of something."""
        return int((await self._control("updates", update={kind: body}))["update_id"])

    async def delivers(self) -> None:
        """Pushes what waits for the webhook once more."""
        await self._control("deliver")

    async def _control(self, what: str, **fields: Any) -> Json:
        asked = {"token": DEFAULT_TOKEN, **fields}
        async with self.session.post(f"{self.url}/__fixture/{what}", json=asked) as answer:
            body = await answer.json()
        assert body["ok"], body
        result: Json = body["result"]
        return result

    def calls(self) -> list[Json]:
        lines = self.journal.read_text().splitlines() if self.journal.exists() else []
        return [json.loads(line) for line in lines]

    async def hears(self, method: str, count: int = 1) -> None:
        """Waits until the bot has called the method so often, with success."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = [c for c in self.calls() if c.get("method") == method]
                if len([c for c in found if c["status"] == 200]) >= count:
                    return
                await asyncio.sleep(0.02)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@asynccontextmanager
async def emulating(folder: Path) -> AsyncIterator[Emulator]:
    port, journal, log = free_port(), folder / "journal.jsonl", folder / "emulator.log"
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *OPTIONS,
            *("--port", str(port), "--journal", str(journal)),
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    child = Child(process, log)
    try:
        await child.says("Running on")
        async with aiohttp.ClientSession() as session:
            yield Emulator(f"http://127.0.0.1:{port}", journal, session)
    finally:
        await child.ends()
