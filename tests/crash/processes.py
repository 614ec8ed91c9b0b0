"""The bot and the stand-in for Telegram as processes of their own, to be killed and to be measured."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.rehearsal.state import DEFAULT_TOKEN, GROUP_ID

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0  # patience, not a promise: the machine may be busy
STOP_SECONDS = 30.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Child:
    """A process that we started, and the file that holds what it said."""

    process: asyncio.subprocess.Process
    log: Path

    async def says(self, words: str) -> str:
        """Waits until a line of its log holds these words; the rest of that line."""
        async with asyncio.timeout(START_SECONDS):
            while True:
                found = re.search(re.escape(words) + r"(.*)\n", self.log.read_text())
                if found:
                    return found[1].strip()
                if self.process.returncode is not None:
                    raise RuntimeError(f"the process ended: {self.log.read_text()[-2000:]}")
                await asyncio.sleep(0.02)

    async def ends(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Sends the signal and waits; the exit code. It is killed when it does not obey."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                return await self.process.wait()
        except TimeoutError:
            self.process.kill()
            return await self.process.wait()

    def cpu_seconds(self) -> float:
        """User and system time of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


async def start(module: Sequence[str], log: Path, environment: Mapping[str, str]) -> Child:
    """`python -m …` in the folder of its log, so that no `.env` of the project is read."""
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *module,
            cwd=log.parent,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    return Child(process, log)


async def start_bot(url: str, folder: Path, **settings: object) -> Child:
    """The bot on a database in `folder`, with the paces for real Telegram out of the way."""
    given = {
        "messages_per_second": 100_000,
        "group_messages_per_minute": 100_000,
        "desk_group_id": GROUP_ID,
        **settings,
    }
    environment = {f"MOTCUA_{name.upper()}": str(value) for name, value in given.items()}
    environment |= {
        "MOTCUA_TOKEN": DEFAULT_TOKEN,
        "MOTCUA_TELEGRAM_API": url,
        "DATABASE_URL": database_url(folder),
    }
    return await start(("bot", "run"), folder / "bot.log", environment)


def database_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'motcua.sqlite3'}"


@asynccontextmanager
async def telegram(folder: Path) -> AsyncIterator[str]:
    """The stand-in for Telegram in its own process; its base URL."""
    module = ("bot.rehearsal.bot_api", "--port", "0")
    child = await start(module, folder / "telegram.log", {})
    try:
        yield await child.says("rehearsal ready:")
    finally:
        await child.ends()
