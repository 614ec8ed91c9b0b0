"""Updates that are taken in one transaction: a bad one among them costs the others nothing."""

from __future__ import annotations

from bot.rehearsal.acting import act
from bot.storage.tables import Incoming, IncomingState, Message
from tests.support.office import Office

QUESTION = "mat bia do lam lai het bao nhieu tien"


async def test_a_poison_update_among_good_ones_is_rolled_back_alone(office: Office) -> None:
    """Everything before and after it in the same poll is answered once; it is kept for a person."""
    first, last = await office.citizen("Bà Lài"), await office.citizen("Anh Hùng")
    for person in (first, last):
        await office.asks(person, "/start")
    # Without an await in between, one poll brings all three.
    act(office.world, "say", {"person": first.id, "text": QUESTION})
    office.world.updates.push("message", {"message_id": 1, "chat": "nobody's"}, lane=0)
    act(office.world, "say", {"person": last.id, "text": QUESTION})
    for person in (first, last):
        await person.waits_for_reply("Cấp lại sổ đỏ")
    await office.settled()
    poison = office.rows(Incoming, Incoming.state == IncomingState.POISON)
    assert [row.attempts for row in poison] == [3]
    assert len(office.rows(Message, Message.text == QUESTION)) == 2
    for person in (first, last):
        said = [line.text for line in await person.chat() if "Cấp lại sổ đỏ" in line.text]
        assert len(said) == 1


async def test_an_update_delivered_twice_in_one_poll_is_handled_once(office: Office) -> None:
    person = await office.citizen()
    await office.asks(person, "/start")
    act(office.world, "say", {"person": person.id, "text": QUESTION})
    office.world.updates.again(office.world.state.last_update_id)
    await person.waits_for_reply("Cấp lại sổ đỏ")
    await office.settled()
    assert len(office.rows(Message, Message.text == QUESTION)) == 1
    assert len([line for line in await person.chat() if "Cấp lại sổ đỏ" in line.text]) == 1
