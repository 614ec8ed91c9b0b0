"""Updates are kept until a higher offset is asked for, and only one may ask."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bot.rehearsal.people import People

Api = Callable[..., Coroutine[Any, Any, Any]]


async def test_updates_come_again_until_confirmed(people: People, api: Api) -> None:
    hung = await people.citizen("Anh Hùng")
    for text in ("một", "hai", "ba"):
        await hung.says(text)
    first = await api("getUpdates")
    assert [update["message"]["text"] for update in first] == ["một", "hai", "ba"]
    assert await api("getUpdates") == first
    rest = await api("getUpdates", offset=first[0]["update_id"] + 1)
    assert rest == first[1:]
    assert await api("getUpdates", offset=first[0]["update_id"]) == first[1:]


async def test_limit_and_negative_offset(people: People, api: Api) -> None:
    hung = await people.citizen("Anh Hùng")
    for number in range(5):
        await hung.says(str(number))
    assert len(await api("getUpdates", limit=2)) == 2
    last = await api("getUpdates", offset=-2)
    assert [update["message"]["text"] for update in last] == ["3", "4"]
    assert len(await api("getUpdates")) == 2


async def test_a_long_poll_waits_for_the_next_message(people: People, api: Api) -> None:
    hung = await people.citizen("Anh Hùng")
    poll = asyncio.create_task(api("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    assert not poll.done()
    await hung.says("chào")
    assert (await poll)[0]["message"]["text"] == "chào"
    assert await api("getUpdates", offset=-1, timeout=0) != []


async def test_an_empty_long_poll_ends_in_time(api: Api) -> None:
    assert await api("getUpdates", timeout=0.05) == []


async def test_a_second_poller_ends_the_first(answer: Api) -> None:
    first = asyncio.create_task(answer("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    await answer("getUpdates", timeout=0)
    body = await first
    assert body["error_code"] == 409
    assert body["description"].startswith("Conflict: terminated by other getUpdates request")


async def test_kinds_not_allowed_never_arrive(people: People, api: Api) -> None:
    hung = await people.citizen("Anh Hùng")
    await api("getUpdates", allowed_updates=["callback_query", "message_reaction"])
    line = await hung.says("không ai nghe")
    await hung.reacts(line.message_id, "👍")
    assert [[*update][1] for update in await api("getUpdates")] == ["message_reaction"]
    await api("getUpdates", allowed_updates=[])
    await hung.says("nghe lại")
    await hung.reacts(line.message_id, None)
    assert [[*update][1] for update in await api("getUpdates")] == ["message_reaction", "message"]


async def test_an_update_can_be_delivered_twice(people: People, api: Api) -> None:
    hung = await people.citizen("Anh Hùng")
    await hung.says("một lần")
    [update] = await api("getUpdates")
    after = update["update_id"] + 1
    assert await api("getUpdates", offset=after) == []
    assert await people.redeliver() == update["update_id"]
    assert await api("getUpdates", offset=after) == [update]
    assert await api("getUpdates", offset=after) == []
