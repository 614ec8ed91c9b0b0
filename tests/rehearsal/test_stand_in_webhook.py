"""Updates are pushed with the secret, in order within a chat, until the bot says 2xx."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from aiohttp import web

from bot.rehearsal.people import People

Api = Callable[..., Coroutine[Any, Any, Any]]


class Hook:
    """A bot's webhook that remembers what came and answers as it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.came: list[tuple[str, str | None]] = []
        self.answers: list[int] = []
        self.reply: dict[str, Any] | None = None
        self.at_once = 0
        self.most_at_once = 0
        self.pause = 0.0

    async def take(self, request: web.Request) -> web.Response:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        message = (await request.json())["message"]
        await asyncio.sleep(self.pause)
        self.at_once -= 1
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.came.append((message["text"], secret))
        status = self.answers.pop(0) if self.answers else 200
        return web.json_response(self.reply, status=status)

    async def wait(self, count: int) -> list[str]:
        async with asyncio.timeout(5):
            while len(self.came) < count:  # noqa: ASYNC110 - a test may look twice
                await asyncio.sleep(0.01)
        return [text for text, _ in self.came]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield hook
    await runner.cleanup()


async def test_the_secret_comes_along_and_polling_is_refused(
    people: People, api: Api, answer: Api, hook: Hook
) -> None:
    ba = await people.citizen("Bà Lài")
    await ba.says("trước")
    assert await api("setWebhook", url=hook.url, secret_token="bi-mat_1")
    await ba.says("sau")
    await hook.wait(2)
    assert hook.came == [("trước", "bi-mat_1"), ("sau", "bi-mat_1")]
    assert (await answer("getUpdates"))["error_code"] == 409
    assert (await api("getWebhookInfo"))["pending_update_count"] == 0
    assert await api("deleteWebhook")
    await ba.says("cuối")
    assert [update["message"]["text"] for update in await api("getUpdates")] == ["cuối"]


async def test_what_was_refused_comes_again_before_what_follows(
    people: People, api: Api, hook: Hook
) -> None:
    await people.settings(webhook_retry=0.02)
    await api("setWebhook", url=hook.url)
    hook.answers = [500, 404]
    ba = await people.citizen("Bà Lài")
    await ba.says("một")
    await ba.says("hai")
    assert await hook.wait(4) == ["một", "một", "một", "hai"]
    info = await api("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 404"


async def test_chats_are_pushed_side_by_side_up_to_max_connections(
    people: People, api: Api, hook: Hook
) -> None:
    hook.pause = 0.05
    await api("setWebhook", url=hook.url, max_connections=2)
    says = [("say", {"person": f"Dân {n}", "text": str(n)}) for n in range(5)]
    await people.batch(*[("people", {"name": f"Dân {n}"}) for n in range(5)], *says)
    assert sorted(await hook.wait(5)) == ["0", "1", "2", "3", "4"]
    assert hook.most_at_once == 2


async def test_an_update_can_be_pushed_twice(people: People, api: Api, hook: Hook) -> None:
    await api("setWebhook", url=hook.url)
    await (await people.citizen("Bà Lài")).says("một")
    await hook.wait(1)
    await people.redeliver()
    assert await hook.wait(2) == ["một", "một"]


async def test_the_webhook_may_answer_with_a_call(people: People, api: Api, hook: Hook) -> None:
    ba = await people.citizen("Bà Lài")
    hook.reply = {"method": "sendMessage", "chat_id": ba.id, "text": "qua webhook"}
    await api("setWebhook", url=hook.url)
    await ba.says("một")
    assert (await ba.waits_for_reply()).text == "qua webhook"


async def test_only_this_machine_is_pushed_to(refused: Api) -> None:
    code, sentence = await refused("setWebhook", url="https://example.com/hook")
    assert (code, sentence[:24]) == (400, "Bad Request: bad webhook")
