"""A bot that is killed in the middle of its work loses nothing, and says nothing twice but by a hair."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.crash.storm import Storm, rage, table


@pytest.mark.slow
async def test_killed_twice_it_loses_nothing_and_repeats_at_most_one_message_a_kill(
    tmp_path: Path,
) -> None:
    storm = Storm(questions=60, citizens=10, kills=2, signal=signal.SIGKILL, seed=7)
    promises = await rage(storm, tmp_path)
    assert all(promise.kept for promise in promises), table(promises)


@pytest.mark.slow
async def test_stopped_and_started_it_repeats_nothing(tmp_path: Path) -> None:
    storm = Storm(questions=60, citizens=10, kills=1, signal=signal.SIGTERM, seed=8)
    promises = await rage(storm, tmp_path)
    assert all(promise.kept for promise in promises), table(promises)
