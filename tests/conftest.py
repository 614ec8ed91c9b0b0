"""The network is closed: a test that reaches for anything but this machine fails."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office, Template, make_template, open_office

_connect = socket.socket.connect


def _only_here(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host = str(address[0])
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise AssertionError(f"a test reached for {host}: tests never use the network")
    _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def closed_network() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", _only_here)
    for name in ("MOTCUA_TOKEN", "DATABASE_URL"):
        patch.delenv(name, raising=False)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A database with the real catalogue published, copied for each test: publishing takes a second."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def office(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    """The whole bot against the stand-in for Telegram, with the officers' group bound."""
    async with open_office(template, tmp_path, monkeypatch) as opened:
        yield opened
