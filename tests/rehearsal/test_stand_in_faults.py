"""What goes wrong does so when, where and as often as it was asked to."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import pytest

from bot.rehearsal.people import Citizen, People, Refused
from bot.rehearsal.refusals import NAMED
from bot.rehearsal.state import DEFAULT_TOKEN as TOKEN
from bot.rehearsal.state import GROUP_ID

Api = Callable[..., Coroutine[Any, Any, Any]]


@pytest.fixture
async def ba(people: People) -> Citizen:
    ba = await people.citizen("Bà Lài")
    await ba.says("/start")
    return ba


async def texts(ba: Citizen) -> list[str]:
    return [line.text for line in await ba.chat() if line.author.is_bot]


@pytest.mark.parametrize("name", sorted(NAMED))
async def test_every_refusal_can_be_called_by_name(
    people: People, ba: Citizen, answer: Api, name: str
) -> None:
    await people.fault(name, "sendMessage", times=1)
    body = await answer("sendMessage", chat_id=ba.id, text="a")
    assert (body["error_code"], body["description"]) == NAMED[name]
    assert await texts(ba) == []
    assert (await answer("sendMessage", chat_id=ba.id, text="b"))["ok"]


async def test_waiting_and_moving_carry_parameters(
    people: People, ba: Citizen, answer: Api
) -> None:
    await people.fault("too_many_requests", retry_after=7, times=1)
    body = await answer("sendMessage", chat_id=ba.id, text="a")
    assert (body["error_code"], body["parameters"]) == (429, {"retry_after": 7})
    await people.fault("migrate", chat_id=GROUP_ID, new_chat_id=-1009)
    body = await answer("sendMessage", chat_id=GROUP_ID, text="a")
    assert (body["error_code"], body["parameters"]) == (400, {"migrate_to_chat_id": -1009})
    await people.fault("refuse", error_code=500, description="Internal Server Error")
    assert (await answer("getMe"))["description"] == "Internal Server Error"


async def test_method_chat_and_count_choose_the_call(
    people: People, ba: Citizen, answer: Api
) -> None:
    await people.fault("gateway", "sendMessage", chat_id=GROUP_ID)
    await people.fault("chat_not_found", "sendMessage", chat_id=ba.id, calls=[2, 3])
    codes = [(await answer("sendMessage", chat_id=ba.id, text="a"))["ok"] for _ in range(4)]
    assert codes == [True, False, False, True]
    assert (await answer("getMe"))["ok"]
    await people.no_faults()
    assert (await answer("sendMessage", chat_id=GROUP_ID, text="a"))["ok"]


async def test_luck_is_the_same_for_the_same_seed(people: People, ba: Citizen, answer: Api) -> None:
    drawn = []
    for _ in range(2):
        await people.fault("blocked", "sendChatAction", probability=0.5, seed=3)
        calls = [answer("sendChatAction", chat_id=ba.id, action="typing") for _ in range(20)]
        drawn.append([(await call)["ok"] for call in calls])
        await people.no_faults()
    assert drawn[0] == drawn[1]
    assert len({*drawn[0]}) == 2


@pytest.mark.parametrize(("status", "after", "kept"), [(502, None, []), (504, True, ["a"])])
async def test_a_gateway_answers_in_html(
    people: People, ba: Citizen, base_url: str, status: int, after: bool | None, kept: list[str]
) -> None:
    await people.fault("gateway", status=status, after_effect=after)
    async with (
        aiohttp.ClientSession(base_url) as session,
        session.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": ba.id, "text": "a"}) as response,
    ):
        assert response.status == status
        assert "<html>" in await response.text()
    assert await texts(ba) == kept


@pytest.mark.parametrize(("after", "kept"), [(None, ["a"]), (False, [])])
async def test_the_connection_breaks(
    people: People, ba: Citizen, answer: Api, after: bool | None, kept: list[str]
) -> None:
    await people.fault("reset", "sendMessage", after_effect=after)
    with pytest.raises(aiohttp.ClientError):
        await answer("sendMessage", chat_id=ba.id, text="a")
    assert await texts(ba) == kept
    [call] = await people.calls("sendMessage")
    assert call.fault == "reset"


@pytest.mark.parametrize(("after", "kept"), [(None, []), (True, ["a"])])
async def test_no_answer_comes(
    people: People, ba: Citizen, answer: Api, after: bool | None, kept: list[str]
) -> None:
    await people.fault("hang", "sendMessage", after_effect=after)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(answer("sendMessage", chat_id=ba.id, text="a"), 0.1)
    assert await texts(ba) == kept


async def test_slow_and_half_answers(people: People, ba: Citizen, answer: Api) -> None:
    await people.fault("slow_body", "sendMessage", seconds=0.2)
    begin = time.monotonic()
    assert (await answer("sendMessage", chat_id=ba.id, text="a"))["ok"]
    assert time.monotonic() - begin > 0.15
    await people.no_faults()
    await people.fault("truncated", "sendMessage")
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        await answer("sendMessage", chat_id=ba.id, text="b")
    assert await texts(ba) == ["a", "b"]


async def test_latency_per_method(people: People, answer: Api) -> None:
    await people.settings(latency={"getMe": [0.1, 0.0]})
    begin = time.monotonic()
    await answer("getChat", chat_id=GROUP_ID)
    assert time.monotonic() - begin < 0.1
    await answer("getMe")
    assert time.monotonic() - begin >= 0.1


async def test_a_fault_that_could_never_strike_is_refused(people: People) -> None:
    with pytest.raises(Refused, match="no such fault"):
        await people.fault("bloked")
    with pytest.raises(Refused, match="unknown field"):
        await people.settings(callback_dedline=1)
