"""A port where nobody listens, and pauses that are none."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from bot.telegram import intake


@pytest.fixture
def unused() -> Iterator[str]:
    """An address that refuses: bound, so that nobody else takes it, and not listening."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(intake, "LONGEST_PAUSE", 0.02)
