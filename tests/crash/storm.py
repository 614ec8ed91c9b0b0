"""Citizens ask while the bot is killed and started again; afterwards every promise is counted.

`.venv/bin/python -m tests.crash.storm --questions 500 --citizens 50 --kills 3 [--signal KILL|TERM]
[--seed N]` prints a short table; exit code 1 when a promise is broken.

Every question is said in its own second of the town's clock, so that a row's time tells whose it is.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.rehearsal.people import People
from bot.rehearsal.serving import serving
from bot.rehearsal.world import World
from tests.crash.processes import Child, database_url, start_bot
from tests.crash.promises import Asked, Evidence, Promise, judge
from tests.crash.questions import catalogue_questions

GRACE_SECONDS = 1
HARD = (
    "con bò nhà tôi bị cướp mất tiêu rồi",
    "hàng xóm hát karaoke khuya quá không ngủ được",
    "đường làng ngập nước mãi không ai ngó tới",
)
HARD_SHARE = 0.2
AT_ONCE = 12  # questions between two breaths, at most
BREATH = 0.05  # seconds
DYING = 0.02  # the signal falls this long after an answer, at most: often between "ok" and commit
REST = 120.0  # seconds of patience, not a promise
UNDONE = (
    "SELECT (SELECT count(*) FROM outbox WHERE state = 'waiting')"
    " + (SELECT count(*) FROM job WHERE done_at IS NULL)"
)


@dataclass(frozen=True)
class Storm:
    questions: int = 500
    citizens: int = 50
    kills: int = 3
    signal: signal.Signals = signal.SIGKILL
    seed: int = 1


class Town:
    """The stand-in for Telegram with a clock of its own, and how often the bot spoke."""

    def __init__(self, seconds: int) -> None:
        # In the past: no question is asked later than now, however many seconds they take.
        self._now = float(int(time.time()) - seconds - 10)
        self.world = World(clock=lambda: self._now)
        self._spoken = 0
        self._news = asyncio.Event()
        self.world.listeners.add(self._listen)

    def tick(self) -> int:
        self._now += 1.0
        return int(self._now)

    async def spoke(self, times: int) -> None:
        """Waits until the bot has written so many messages."""
        while self._spoken < times:
            self._news.clear()
            await self._news.wait()

    def _listen(self, event: str, about: Any) -> None:
        if event != "message":
            return
        post = self.world.state.chats[about["chat_id"]].posts[about["message_id"]]
        self._spoken += post.author == self.world.bot.id
        self._news.set()


async def rage(storm: Storm, folder: Path) -> list[Promise]:
    """Lets the storm pass over a bot in this folder, and judges what is left."""
    town = Town(storm.questions)
    async with serving(town.world) as url, People(url) as people:
        luck = random.Random(storm.seed)
        asking = asyncio.create_task(_ask(people, town, storm, luck))
        ends = await _kill_and_start(town, storm, url, folder, asking)
        asked = await asking
        calls = await people.calls()
    updates = town.world.state.last_update_id - World().state.last_update_id
    evidence = Evidence(database_url(folder), asked, calls, updates)
    may_repeat = storm.kills if storm.signal is signal.SIGKILL else 0
    return [_ended(ends, storm), *judge(evidence, duplicates_allowed=may_repeat)]


async def _ask(people: People, town: Town, storm: Storm, luck: random.Random) -> list[Asked]:
    """Everybody asks and waits for nothing."""
    known = catalogue_questions()
    citizens = [await people.citizen(f"Dân {n}") for n in range(storm.citizens)]
    asked = []
    for number in range(storm.questions):
        citizen = luck.choice(citizens)
        text = luck.choice(HARD) if luck.random() < HARD_SHARE else luck.choice(known)
        said = Asked(citizen.id, town.tick(), f"{text} ({number:04d})")
        await citizen.says(said.text)
        asked.append(said)
        if number % AT_ONCE == 0:
            await asyncio.sleep(BREATH)
    return asked


async def _kill_and_start(
    town: Town, storm: Storm, url: str, folder: Path, asking: asyncio.Task[Any]
) -> list[int]:
    """The bot, killed at moments that only the seed knows; the exit codes."""
    luck = random.Random(f"kills:{storm.seed}")
    first, last = storm.questions // 20, storm.questions * 4 // 5
    moments = sorted(luck.sample(range(first, last), storm.kills))
    ends = []
    for moment in moments:
        child = await _begin(url, folder)
        try:
            await town.spoke(moment)
            await asyncio.sleep(luck.random() * DYING)
        finally:
            ends.append(await child.ends(storm.signal))
    child = await _begin(url, folder)
    try:
        await asyncio.wait({asking})
        await town.spoke(1)
        await _rest(town, folder)
    finally:
        ends.append(await child.ends())
    return ends


async def _begin(url: str, folder: Path) -> Child:
    return await start_bot(url, folder, grace_seconds=GRACE_SECONDS)


async def _rest(town: Town, folder: Path) -> None:
    """Until nothing is on its way in or out; what does not come to rest will be judged as it is."""
    deadline, quiet = time.monotonic() + REST, 0
    # Two looks in a row: what is sent may bring an update, and an update something to send.
    while quiet < 2 and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
        quiet = 0 if town.world.state.updates or _undone(folder) else quiet + 1


def _undone(folder: Path) -> int:
    file = folder / "motcua.sqlite3"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return int(database.execute(UNDONE).fetchone()[0])


def _ended(ends: Sequence[int], storm: Storm) -> Promise:
    """A killed process dies of its signal; one that is asked to stop ends in peace."""
    expected = -storm.signal if storm.signal is signal.SIGKILL else 0
    wanted = [expected] * storm.kills + [0]
    return Promise("every process ended as it should", str(ends), list(ends) == wanted)


def table(promises: Sequence[Promise]) -> str:
    return "\n".join(f"{'kept' if p.kept else 'BROKEN':8}{p.name:34}{p.counted}" for p in promises)


def main() -> None:
    parser = argparse.ArgumentParser(description="Questions while the bot is killed.")
    parser.add_argument("--questions", type=int, default=Storm.questions)
    parser.add_argument("--citizens", type=int, default=Storm.citizens)
    parser.add_argument("--kills", type=int, default=Storm.kills)
    parser.add_argument("--signal", choices=("KILL", "TERM"), default="KILL")
    parser.add_argument("--seed", type=int, default=Storm.seed)
    options = vars(parser.parse_args())
    options["signal"] = signal.Signals[f"SIG{options['signal']}"]
    with tempfile.TemporaryDirectory(prefix="motcua-storm-") as folder:
        promises = asyncio.run(rage(Storm(**options), Path(folder)))
    print(table(promises))  # noqa: T201 - a command
    sys.exit(0 if all(promise.kept for promise in promises) else 1)


if __name__ == "__main__":
    main()
