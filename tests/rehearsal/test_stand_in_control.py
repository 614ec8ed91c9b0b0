"""The human side: what people may do, and that its documentation names all of it."""

import asyncio

import pytest

from bot.rehearsal import control, faults
from bot.rehearsal.acting import ACTIONS
from bot.rehearsal.people import People, Refused
from bot.rehearsal.refusals import NAMED
from bot.rehearsal.state import GROUP_ID
from bot.rehearsal.world import World


def test_the_documentation_names_every_route_and_action() -> None:
    text = control.__doc__ or ""
    for route in control.Control(World()).routes():
        if route.path != "/control/{action:path}":
            assert route.path in text
    topic_verbs = {name.removeprefix("topic/") for name in ACTIONS if "/" in name}
    for name in {name for name in ACTIONS if "/" not in name} | topic_verbs:
        assert name in text


def test_the_documentation_names_every_kind_of_fault() -> None:
    for kind in faults.TRANSPORT | (faults.REFUSING - NAMED.keys()):
        assert f"`{kind}`" in (faults.__doc__ or "")


async def test_the_town_as_it_begins(people: People) -> None:
    world = await people.world()
    assert [one["first_name"] for one in world["citizens"]] == ["Bà Lài", "Anh Hùng", "Chị Mơ"]
    assert [one["first_name"] for one in world["officers"]] == ["Cán bộ Tâm", "Cán bộ Đức"]
    [group] = world["groups"]
    assert (group["id"], group["title"], group["topics"]) == (GROUP_ID, "Cán bộ đất đai", [])


async def test_people_are_added_once_and_officers_join_the_group(people: People) -> None:
    first, second = await people.citizen("Ông Tư"), await people.citizen("Ông Tư")
    assert first.id == second.id
    await people.act("people", name="Cán bộ Hoà", officer=True)
    line = await people.officers.named("Cán bộ Hoà").writes(None, "tôi mới đến")
    assert line.author.name == "Cán bộ Hoà"


async def test_what_people_cannot_do(people: People) -> None:
    ba, hung = await people.citizen("Bà Lài"), await people.citizen("Anh Hùng")
    with pytest.raises(Refused, match="is not in this chat"):
        await people.act("say", person=hung.id, chat_id=GROUP_ID, text="a")
    with pytest.raises(Refused, match="no such button"):
        await ba.presses("Không có")
    with pytest.raises(Refused, match="nobody is called"):
        await people.act("say", person="Không Ai", text="a")
    with pytest.raises(Refused, match="empty text"):
        await ba.says("  ")
    with pytest.raises(Refused, match="no such action"):
        await people.act("sing", person=ba.id)
    with pytest.raises(Refused, match="unknown field"):
        await people.act("say", person=ba.id, text="a", topic=3)
    await ba.blocks()
    with pytest.raises(Refused, match="unblock first"):
        await ba.says("a")


async def test_waiting_ends_with_what_was_heard(people: People) -> None:
    ba = await people.citizen("Bà Lài")
    await ba.says("có ai không")
    with pytest.raises(TimeoutError, match="nothing of the kind"):
        await ba.waits_for_reply(timeout=0.05)
    waiting = asyncio.create_task(
        people.waits_for(lambda line: line.text == "có tôi", chat_id=ba.id)
    )
    await asyncio.sleep(0.02)
    await ba.says("có tôi")
    assert (await waiting).author.name == "Bà Lài"
