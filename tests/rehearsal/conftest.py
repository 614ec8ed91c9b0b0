"""A stand-in on a free port of 127.0.0.1, and ways to call it."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import aiohttp
import pytest

from bot.rehearsal.people import People
from bot.rehearsal.serving import serving
from bot.rehearsal.state import DEFAULT_TOKEN as TOKEN
from bot.rehearsal.world import World

Api = Callable[..., Coroutine[Any, Any, Any]]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def base_url(world: World) -> AsyncIterator[str]:
    async with serving(world) as url:
        yield url


@pytest.fixture
async def people(base_url: str) -> AsyncIterator[People]:
    async with People(base_url) as people:
        yield people


@pytest.fixture
async def answer(base_url: str) -> AsyncIterator[Api]:
    """A raw call; the whole answer as Telegram gives it."""
    async with aiohttp.ClientSession(base_url) as session:

        async def call(method: str, **params: Any) -> Any:
            async with session.post(f"/bot{TOKEN}/{method}", json=params) as response:
                body = await response.json()
            assert body["ok"] is (response.status == 200)
            return body

        yield call


@pytest.fixture
def api(answer: Api) -> Api:
    """A call that must succeed; its result."""

    async def call(method: str, **params: Any) -> Any:
        body = await answer(method, **params)
        assert body["ok"], body
        return body["result"]

    return call


@pytest.fixture
def refused(answer: Api) -> Api:
    """A call that must be refused; code and sentence."""

    async def call(method: str, **params: Any) -> Any:
        body = await answer(method, **params)
        assert not body["ok"], body
        return body["error_code"], body["description"]

    return call
