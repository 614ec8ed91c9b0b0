"""How many updates a second, and at what cost in CPU: the whole bot beside a bot that only echoes.

`.venv/bin/python -m tests.benchmarks.throughput [--updates 2000] [--citizens 100]`

Both run as processes of their own against the same stand-in for Telegram (a third process), are warmed
up, and are then given the same questions of the same citizens. A rate counts from before the first
update is queued until the last answer is there; CPU is what the bot's process used in that time. See
`README.md` beside this file.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from bot.rehearsal.people import ApiCall, People
from bot.rehearsal.state import DEFAULT_TOKEN
from tests.crash.processes import Child, start, start_bot, telegram
from tests.crash.questions import catalogue_questions

WARM_UP = 100  # updates
IN_ONE_REQUEST = 200
LOOK_EVERY = 0.05  # seconds: a look costs the stand-in time, and the bots wait for the stand-in
PATIENCE = 300.0
Start = Callable[[str, Path], Awaitable[Child]]


@dataclass(frozen=True)
class Figures:
    """What one bot did with the questions."""

    updates: int
    seconds: float
    cpu_seconds: float
    messages: int  # one answer may need several

    @property
    def per_second(self) -> float:
        return self.updates / self.seconds

    @property
    def cpu_milliseconds(self) -> float:
        return self.cpu_seconds * 1000 / self.updates


@dataclass(frozen=True)
class Load:
    """Questions of many citizens, always the same."""

    updates: int
    citizens: int

    def questions(self) -> Iterator[tuple[int, str]]:
        """Number of the citizen, and what is asked: the catalogue's titles and aliases in turn."""
        return islice(zip(cycle(range(self.citizens)), cycle(catalogue_questions())), self.updates)


async def measure(start_one: Start, ready: str, url: str, folder: Path, load: Load) -> Figures:
    """Starts a bot, warms it up, and puts the load on it."""
    async with People(url) as people:
        await people.reset()
        child = await start_one(url, folder)
        try:
            await child.says(ready)
            ids = [(await people.citizen(f"Dân {n}")).id for n in range(load.citizens)]
            questions = [(ids[n], text) for n, text in load.questions()]
            await _ask(people, child, questions[:WARM_UP])
            return await _ask(people, child, questions)
        finally:
            await child.ends()


async def _ask(people: People, child: Child, questions: list[tuple[int, str]]) -> Figures:
    seen = await _last_call(people)
    cpu, began = child.cpu_seconds(), time.time()
    for at in range(0, len(questions), IN_ONE_REQUEST):
        said = [
            ("say", {"person": person, "text": text})
            for person, text in questions[at : at + IN_ONE_REQUEST]
        ]
        await people.batch(*said)
    answers = await _answers(people, seen, Counter(person for person, _ in questions))
    used = child.cpu_seconds() - cpu
    return Figures(len(questions), answers[-1].time - began, used, len(answers))


async def _last_call(people: People) -> int:
    made = await people.calls("sendMessage")
    return made[-1].number if made else 0


async def _answers(people: People, since: int, asked: Counter[int]) -> list[ApiCall]:
    """All messages of the bot, once everybody has got as many as they asked and no more come."""
    answers: list[ApiCall] = []
    async with asyncio.timeout(PATIENCE):
        while True:
            await asyncio.sleep(LOOK_EVERY)
            new = await people.calls("sendMessage", since=since)
            if new:
                since = new[-1].number
                answers += [call for call in new if call.code == 200]
            elif not asked - Counter(int(call.params["chat_id"]) for call in answers):
                return answers


async def start_echo(url: str, folder: Path) -> Child:
    environment = {"MOTCUA_TELEGRAM_API": url, "MOTCUA_TOKEN": DEFAULT_TOKEN}
    return await start(("tests.benchmarks.throughput_echo",), folder / "echo.log", environment)


async def compare(load: Load, folder: Path) -> tuple[Figures, Figures]:
    """The echo's figures and ours."""
    async with telegram(folder) as url:
        echo = await measure(start_echo, "echo ready", url, folder, load)
        ours = await measure(start_bot, "motcua is running", url, folder, load)
    return echo, ours


def table(echo: Figures, ours: Figures) -> str:
    lines = [
        f"{'':28}{'updates/s':>10}{'CPU ms/update':>15}{'messages':>10}",
        _line("python-telegram-bot, echo", echo),
        _line("motcua, everything", ours),
        f"{'better by (1.0 = equal)':28}{ours.per_second / echo.per_second:>10.2f}"
        f"{echo.cpu_milliseconds / ours.cpu_milliseconds:>15.2f}",
    ]
    return "\n".join(lines)


def _line(name: str, figures: Figures) -> str:
    return (
        f"{name:28}{figures.per_second:>10.1f}{figures.cpu_milliseconds:>15.2f}"
        f"{figures.messages:>10}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="The bot beside an echo on the stock library.")
    parser.add_argument("--updates", type=int, default=2000)
    parser.add_argument("--citizens", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="motcua-throughput-") as folder:
        load = Load(options.updates, options.citizens)
        print(table(*asyncio.run(compare(load, Path(folder)))))  # noqa: T201 - a command


if __name__ == "__main__":
    main()
