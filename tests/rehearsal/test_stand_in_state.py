"""The town survives its own death: nothing said, queued or promised is lost."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.rehearsal.people import People
from bot.rehearsal.state import DEFAULT_TOKEN as TOKEN
from bot.rehearsal.state import GROUP_ID, dump, initial_state, restore
from bot.rehearsal.world import World

Api = Callable[..., Coroutine[Any, Any, Any]]


async def play(people: People, api: Api) -> None:
    """A bit of everything that has to be kept."""
    ba = await people.citizen("Bà Lài")
    await ba.says("/start")
    await ba.sends("photo", caption="sổ")
    topic = await api("createForumTopic", chat_id=GROUP_ID, name="HT-1")
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "1"}]]}
    thread = {"chat_id": GROUP_ID, "message_thread_id": topic["message_thread_id"]}
    sent = await api("sendMessage", **thread, text="a", reply_markup=markup)
    await api("editMessageText", chat_id=GROUP_ID, message_id=sent["message_id"], text="b")
    await people.fault("blocked", calls=[100])
    await api("setMyCommands", commands=[{"command": "start", "description": "x"}])


async def test_a_dumped_state_is_the_same_state(people: People, api: Api, world: World) -> None:
    await play(people, api)
    assert dump(restore(dump(world.state))) == dump(world.state)
    assert restore(dump(initial_state())) == initial_state()


async def test_reset_and_restore_over_the_control_api(people: People, api: Api) -> None:
    await play(people, api)
    before = await people.transcript()
    updates = await api("getUpdates")
    state = await people.control("GET", "state")
    await people.reset()
    assert await people.transcript() == []
    assert await api("getUpdates") == []
    await people.control("PUT", "state", state)
    assert await people.transcript() == before
    assert await api("getUpdates") == updates


@asynccontextmanager
async def running(state_file: Path) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.rehearsal.bot_api"),
        *("--port", "0", "--state", str(state_file)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout
        ready = await asyncio.wait_for(process.stdout.readline(), 20)
        assert ready.startswith(b"rehearsal ready: ")
        yield ready.decode().split()[-1], process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def get_updates(base_url: str) -> list[str]:
    async with (
        aiohttp.ClientSession(base_url) as session,
        session.get(f"/bot{TOKEN}/getUpdates") as response,
    ):
        return [update["message"]["text"] for update in (await response.json())["result"]]


@pytest.mark.slow
async def test_killed_and_started_again(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    async with running(file) as (url, process), People(url) as people:
        ba = await people.citizen("Bà Lài")
        await ba.says("trước khi lưu")
        await people.control("POST", "save")
        process.send_signal(signal.SIGKILL)
    async with running(file) as (url, process), People(url) as people:
        assert await get_updates(url) == ["trước khi lưu"]
        await (await people.citizen("Bà Lài")).says("trước khi tắt")
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    async with running(file) as (url, _):
        assert await get_updates(url) == ["trước khi lưu", "trước khi tắt"]
