"""Waiting in these tests is waiting for what happens, never for the clock of production."""

from __future__ import annotations

import pytest

from bot.delivery import sender
from bot.telegram import transport


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "RETRY_PAUSES", (0.02, 0.05))
    monkeypatch.setattr(sender, "UNBOUND_PAUSE", 0.05)
    monkeypatch.setattr(sender, "IDLE", 0.05)


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a call that hangs; long enough for all others on a busy machine."""
    monkeypatch.setattr(transport, "READ_TIMEOUT", 0.5)
    monkeypatch.setattr(transport, "CONNECT_TIMEOUT", 0.5)
