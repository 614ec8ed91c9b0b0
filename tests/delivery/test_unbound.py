"""Nobody is at the desk yet: questions wait, citizens know, and nothing goes to a wrong group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.storage.tables import Audience, Desk, Outbox, OutboxState
from tests.delivery.desk import HARD, hand_over
from tests.support.office import Office, Template, open_office

CODE = "mot-cua-2026"
BUTTONS = {"Gửi ngay", "Để tôi hỏi lại", "Thôi"}


@pytest.fixture
async def unbound(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    """The office before anybody said which group the officers sit in."""
    changes = {"desk_group_id": None, "desk_code": SecretStr(CODE)}
    async with open_office(template, tmp_path, monkeypatch, **changes) as opened:
        yield opened


async def test_the_citizen_is_told_and_offered_the_nearest_procedures(unbound: Office) -> None:
    lai = await unbound.citizen()
    await unbound.asks(lai, "/canbo")
    await lai.says(HARD)
    offer = await unbound.button(lai, "Gửi ngay")
    assert "chưa có cán bộ trực" in offer.text
    nearest = [label for label in offer.labels if label not in BUTTONS]
    assert nearest
    await lai.presses(nearest[0], message_id=offer.message_id)
    card = await unbound.button(lai, "📄 Hồ sơ")
    assert card.text.startswith(nearest[0])


async def test_what_was_asked_waits_and_goes_out_when_the_group_is_bound(unbound: Office) -> None:
    lai = await hand_over(unbound)
    told = await lai.waits_for_reply("Tôi đã ghi lại, mã HT-0001")
    assert "chưa có cán bộ trực" in told.text
    assert await unbound.officers.topics() == []
    waiting = unbound.rows(Outbox, Outbox.state == OutboxState.WAITING)
    assert Audience.DESK in [row.audience for row in waiting]

    await unbound.officers.writes(None, f"/gannhom {CODE}")
    await unbound.officers.waits_for_message(None, "Nhóm này từ nay nhận câu hỏi")
    topic = await unbound.officers.waits_for_topic("HT-0001")
    card = await unbound.officers.waits_for_message(topic, HARD)
    await unbound.settled()
    await unbound.officers.replies(topic, card.message_id, "Chào bà, có rồi đây")
    await lai.waits_for_reply("có rồi đây")


@pytest.mark.parametrize("said", ["/gannhom sai-ma", "/gannhom", "/gannhom "])
async def test_a_wrong_code_binds_nothing(unbound: Office, said: str) -> None:
    await hand_over(unbound)
    await unbound.officers.writes(None, said)
    await unbound.officers.waits_for_message(None, "Mã chưa đúng")
    assert [desk.group_chat_id for desk in unbound.rows(Desk)] == [None]
    assert await unbound.officers.topics() == []


async def test_without_a_code_in_the_settings_nobody_can_bind(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {"desk_group_id": None, "desk_code": SecretStr("")}
    async with open_office(template, tmp_path, monkeypatch, **changes) as office:
        await office.officers.writes(None, "/gannhom ")
        await office.officers.waits_for_message(None, "Mã chưa đúng")
        assert [desk.group_chat_id for desk in office.rows(Desk)] in ([], [None])
