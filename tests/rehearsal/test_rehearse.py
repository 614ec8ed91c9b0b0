"""`motcua rehearse`: played again from the beginning, or stopped and gone on with, the bot answers."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.errors import UsageError
from bot.rehearsal.people import Citizen, Line, People
from bot.rehearsal.rehearse import TOWN_FILE, rehearsing
from bot.rehearsal.state import GROUP_ID, restore
from tests.support.office import Template

pytestmark = pytest.mark.slow  # each starts the whole application

QUESTION = "mất bìa đỏ làm lại thế nào"
ANSWER = "Cấp lại sổ đỏ bị mất"
HARD = "nhà nước lấy đất làm đường mà đền bù thấp quá hỏi ai bây giờ trời ơi"
START_SECONDS = 60  # a busy machine; a bot that starts is waited for no longer than it needs


@pytest.fixture
def folder(template: Template, tmp_path: Path) -> Path:
    """A folder with the catalogue published: publishing takes a second."""
    shutil.copy(template.file, tmp_path / "motcua.sqlite3")
    return tmp_path


@asynccontextmanager
async def playing(folder: Path) -> AsyncIterator[People]:
    async with rehearsing(port=0, folder=folder) as (url, play), People(url) as people:
        run = asyncio.create_task(play.run())
        try:
            yield people
        finally:
            play.end()
            await run


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[tuple[People, asyncio.subprocess.Process]]:
    """The command itself."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "rehearse", "--port", "0", "--data", str(folder)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout
        async with asyncio.timeout(START_SECONDS):
            while b"http" not in (said := await process.stdout.readline()):
                assert process.returncode is None
        async with People(said.decode().split()[-1]) as people:
            yield people, process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ask(citizen: Citizen) -> Line:
    await citizen.says(QUESTION)
    return await citizen.waits_for_reply(timeout=START_SECONDS)


async def hand_over(people: People, citizen: Citizen) -> None:
    """Gives the citizen a ticket in a topic."""
    await citizen.says("/canbo")
    await citizen.waits_for_reply(timeout=START_SECONDS)
    await citizen.says(HARD)
    offer = await people.waits_for(
        lambda line: any("Gửi ngay" in label for label in line.labels), chat_id=citizen.id
    )
    await citizen.presses("Gửi ngay", message_id=offer.message_id)
    await citizen.waits_for_reply("Đã gửi cán bộ")
    await people.waits_for(lambda line: bool(line.topic_id), chat_id=GROUP_ID)


async def topics(people: People) -> list[str]:
    [group] = (await people.world())["groups"]
    return [topic["name"] for topic in group["topics"]]


async def test_played_again_everybody_is_answered_and_nothing_is_left(folder: Path) -> None:
    """Bà Lài had a ticket and a newcomer had asked: in the new play both ask as for the first time."""
    async with playing(folder) as people:
        ba, thu = await people.citizen("Bà Lài"), await people.citizen("Chị Thu")
        first = await ask(thu)
        await hand_over(people, ba)
        assert await topics(people)

        await people.reset()
        assert await people.transcript() == []
        assert await topics(people) == []

        again = await people.citizen("Chị Thu")
        assert (await ask(again)).text == first.text
        assert (await ask(ba)).text == first.text  # not held by the officer of the old play
        assert await topics(people) == []

        await hand_over(people, ba)
        [topic] = await topics(people)
        assert "HT-0001" in topic


async def test_no_id_comes_twice(folder: Path) -> None:
    """Whatever remembers the old play, a message of the new one is none of it."""
    async with playing(folder) as people:
        thu = await people.citizen("Chị Thu")
        await ask(thu)
        before = await people.transcript(thu.id)
        old_update = await people.redeliver()

        await people.reset()
        thu = await people.citizen("Chị Thu")
        await ask(thu)
        after = await people.transcript(thu.id)
        assert await people.redeliver() > old_update
        assert not {line.message_id for line in before} & {line.message_id for line in after}


async def test_two_resets_at_once_are_one_new_beginning(folder: Path) -> None:
    async with playing(folder) as people:
        ba = await people.citizen("Bà Lài")
        await ask(ba)
        await asyncio.gather(people.reset(), people.reset())
        assert (await ask(ba)).text.startswith(ANSWER)


async def test_after_a_migration_the_new_play_has_its_group_back(folder: Path) -> None:
    """The bot had learnt the group's new id, which nobody in the new town has."""
    async with playing(folder) as people:
        ba = await people.citizen("Bà Lài")
        await ask(ba)
        await people.act("migrate")
        await ask(ba)
        await people.reset()
        await hand_over(people, ba)


async def test_a_town_that_is_lost_is_forgotten_by_the_bot_too(folder: Path) -> None:
    """A database without its town, as older rehearsals left it, silences nobody."""
    async with playing(folder) as people:
        await hand_over(people, await people.citizen("Bà Lài"))
    (folder / TOWN_FILE).unlink()
    async with playing(folder) as people:
        reply = await ask(await people.citizen("Bà Lài"))
        assert reply.text.startswith(ANSWER)


async def test_an_older_town_goes_on_after_what_the_bot_has_seen(folder: Path) -> None:
    """What was said after the last save is lost with a kill; its ids are not given again."""
    town = folder / TOWN_FILE
    async with playing(folder) as people:
        ba = await people.citizen("Bà Lài")
        await ask(ba)
        await people.control("POST", "save")
        saved = town.read_bytes()
        await ask(ba)
        lost = await people.transcript(ba.id)
    town.write_bytes(saved)
    async with playing(folder) as people:
        ba = await people.citizen("Bà Lài")
        assert len(await ba.chat()) == len(lost) - 2
        reply = await ask(ba)
        assert reply.message_id > lost[-1].message_id


async def test_a_file_that_is_no_town_stops_the_start_and_harms_nothing(folder: Path) -> None:
    (folder / TOWN_FILE).write_text("{}")
    with pytest.raises(UsageError, match="another folder"):
        async with rehearsing(port=0, folder=folder):
            pass
    assert (folder / TOWN_FILE).read_text() == "{}"


async def test_the_town_is_saved_while_it_is_played(folder: Path) -> None:
    async with playing(folder) as people:
        await ask(await people.citizen("Bà Lài"))
        for _ in range(400):
            if _is_saved(folder / TOWN_FILE):
                return
            await asyncio.sleep(0.05)
    raise AssertionError("not saved until the end")


def _is_saved(town: Path) -> bool:
    if not town.exists():
        return False
    said = restore(town.read_bytes()).chats[1001].posts.values()
    return QUESTION in [post.content.get("text") for post in said]


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_stopped_and_started_again(folder: Path, end: signal.Signals) -> None:
    """What was said is still there, and the next question is answered."""
    async with started(folder) as (people, process):
        ba = await people.citizen("Bà Lài")
        await ask(ba)
        await people.control("POST", "save")
        before = await ba.chat()
        process.send_signal(end)
        assert await process.wait() == (-end if end == signal.SIGKILL else 0)
    async with started(folder) as (people, _):
        ba = await people.citizen("Bà Lài")
        assert await ba.chat() == before
        assert (await ask(ba)).text.startswith(ANSWER)
