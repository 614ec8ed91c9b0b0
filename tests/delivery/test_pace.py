"""Waiting at home is better than a 429: overall, and in one group for all its topics together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery import pace
from bot.delivery.pace import Pace, Window
from bot.rehearsal import faults
from bot.rehearsal.state import GROUP_ID
from tests.delivery.desk import open_ticket
from tests.support.office import Office, Template, open_office

ROOM = 0.05  # seconds that a comparison of floats may be off
chats = st.sampled_from([-1, -2, 1, 2, 3])
moves = st.lists(st.tuples(chats, st.floats(0, 30)), max_size=120)
PER_GROUP = 4
SHORT = 0.4  # seconds of the stand-in's minute in the story below


@settings(deadline=None)
@given(st.integers(1, 5), st.floats(0.5, 60), st.lists(st.floats(0, 20), max_size=60))
def test_a_window_never_lets_more_start_than_its_limit(
    limit: int, seconds: float, gaps: list[float]
) -> None:
    """Whoever waits as long as told may start then, and no stretch of time holds too many."""
    window, now, starts = Window(limit, seconds), 0.0, []
    for gap in gaps:
        now += gap
        while (wait := window.wait(now)) > 0:
            now += max(wait, 1e-9)  # time goes on, also where floats do not
        window.start(now)
        starts.append(now)
    for first, last in zip(starts, starts[limit:], strict=False):
        assert last - first >= seconds - ROOM


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 20), moves)
def test_a_pace_keeps_both_limits_and_one_group_never_slows_another(
    per_second: int, per_minute: int, given_moves: list[tuple[int, float]]
) -> None:
    own, now = Pace(per_second=per_second, group_per_minute=per_minute), 0.0
    starts: dict[int, list[float]] = {}
    for chat, gap in given_moves:
        now += gap
        if (wait := own.wait(chat, now)) == 0:
            own.start(chat, now)
            starts.setdefault(chat, []).append(now)
        elif not pace.is_group(chat):
            assert wait <= 1 + ROOM  # a private chat waits for nothing but the overall limit
    for chat, times in starts.items():
        limit, stretch = (per_minute, 60) if pace.is_group(chat) else (per_second, 1)
        for first, last in zip(times, times[limit:], strict=False):
            assert last - first >= stretch - ROOM


def test_a_chat_that_was_told_to_wait_waits_alone() -> None:
    own = Pace(per_second=30, group_per_minute=20)
    own.hold(-1, until=107.0)
    assert [own.wait(chat, 100.0) for chat in (-1, -2, 5)] == [7.0, 0.0, 0.0]
    assert own.wait(-1, 107.0) == 0.0


def test_our_minute_is_longer_than_telegrams() -> None:
    """The first of twenty may arrive late, and the twenty-first in time."""
    own = Pace(per_second=1000, group_per_minute=20)
    for _ in range(20):
        own.start(-1, 0.0)
    assert own.wait(-1, 60.5) > 0
    assert own.wait(-1, 62.0) == 0


@pytest.fixture
async def strict(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    """Telegram counts what goes to a group, within a "minute" that is a moment here."""
    wait = faults._wait
    monkeypatch.setattr(
        faults,
        "_wait",
        lambda times, most, period, now: wait(times, most, period * SHORT / 60, now),
    )
    monkeypatch.setattr(pace, "GROUP_WINDOW", 2 * SHORT)
    changes = {"group_messages_per_minute": PER_GROUP}
    async with open_office(template, tmp_path, monkeypatch, **changes) as opened:
        await opened.people.settings(
            limiter=True, group_per_minute=PER_GROUP, chat_per_second=1000, overall_per_second=1000
        )
        yield opened


async def test_a_busy_desk_never_hears_a_429(strict: Office) -> None:
    """Topics, cards, copies, notes and closing: three times the budget of the group at once."""
    first = await open_ticket(strict)
    for number in range(6):
        await first.citizen.says(f"tui hỏi thêm chuyện cái ao {number}")
    await strict.officers.writes(first.topic, "/dong")
    await strict.settled()
    calls = await strict.people.calls()
    assert [call.method for call in calls if call.code == 429] == []
    assert len([c for c in calls if c.params.get("chat_id") == str(GROUP_ID)]) > 2 * PER_GROUP
