"""What Telegram refuses is refused here, in Telegram's words."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import pytest

from bot.rehearsal.people import People
from bot.rehearsal.state import DEFAULT_TOKEN as TOKEN
from bot.rehearsal.state import GROUP_ID
from bot.rehearsal.world import World

Api = Callable[..., Coroutine[Any, Any, Any]]

BA = 1001


def keyboard(*rows: list[dict[str, str]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


@pytest.fixture
async def ba_started(people: People) -> None:
    await (await people.citizen("Bà Lài")).says("/start")


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"text": "a" * 4097}, "message is too long"),
        ({"text": "  \n"}, "message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({}, "message text is empty"),
        (
            {"text": "Lệ <phí>", "parse_mode": "HTML"},
            'can\'t parse entities: Unsupported start tag "phí" at byte offset 5',
        ),
        ({"text": "a", "parse_mode": "Markdown"}, "unsupported parse_mode"),
        ({"text": "a", "message_thread_id": 7}, "message thread not found"),
        ({"text": "a", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        (
            {"text": "a", "reply_markup": keyboard([{"text": "x", "callback_data": "đ" * 33}])},
            "BUTTON_DATA_INVALID",
        ),
        (
            {"text": "a", "reply_markup": keyboard([{"text": "x", "url": "x"}])},
            "BUTTON_URL_INVALID",
        ),
        (
            {"text": "a", "reply_markup": keyboard([{"text": "x"}])},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "a", "reply_markup": keyboard([{"text": "x", "callback_data": "1"}] * 9)},
            "inline keyboard row is too long",
        ),
        (
            {"text": "a", "reply_markup": keyboard(*[[{"text": "x", "callback_data": "1"}]] * 101)},
            "reply markup is too long",
        ),
        (
            {"text": "a", "reply_to_message_id": 1},
            'unknown parameter "reply_to_message_id" (refused by the rehearsal, not by Telegram)',
        ),
    ],
)
@pytest.mark.usefixtures("ba_started")
async def test_send_message_refuses(refused: Api, params: dict[str, Any], sentence: str) -> None:
    assert await refused("sendMessage", chat_id=BA, **params) == (400, f"Bad Request: {sentence}")


@pytest.mark.usefixtures("ba_started")
async def test_the_longest_message_counts_after_parsing(api: Api) -> None:
    text = "<b>" + "😀" * 2048 + "</b>"
    sent = await api("sendMessage", chat_id=BA, text=text, parse_mode="HTML")
    assert len(sent["text"]) == 2048


async def test_who_cannot_be_reached(people: People, refused: Api) -> None:
    hung = await people.citizen("Anh Hùng")
    not_started = (403, "Forbidden: bot can't initiate conversation with a user")
    assert await refused("sendMessage", chat_id=hung.id, text="a") == not_started
    await hung.says("/start")
    await hung.blocks()
    blocked = (403, "Forbidden: bot was blocked by the user")
    assert await refused("sendMessage", chat_id=hung.id, text="a") == blocked
    await hung.unblocks()
    await people.act("deactivate", person=hung.id)
    gone = (403, "Forbidden: user is deactivated")
    assert await refused("sendMessage", chat_id=hung.id, text="a") == gone
    assert await refused("sendMessage", chat_id=4, text="a") == (400, "Bad Request: chat not found")
    await people.officers.set_rights("kicked")
    kicked = (403, "Forbidden: bot was kicked from the supergroup chat")
    assert await refused("sendMessage", chat_id=GROUP_ID, text="a") == kicked


async def test_token_and_method_must_be_known(base_url: str, refused: Api) -> None:
    assert await refused("sendMassage") == (404, "Not Found")
    async with aiohttp.ClientSession(base_url) as session:
        async with session.get("/bot2:other/getMe") as response:
            assert (response.status, (await response.json())["description"]) == (
                401,
                "Unauthorized",
            )
        async with session.get(f"/bot{TOKEN}/getme?") as response:
            assert (await response.json())["result"]["username"] == "motcua_bot"


@pytest.mark.usefixtures("ba_started")
async def test_editing(api: Api, refused: Api, people: People) -> None:
    one = {
        "chat_id": BA,
        "message_id": (await api("sendMessage", chat_id=BA, text="a"))["message_id"],
    }
    same = await refused("editMessageText", **one, text="a")
    assert same[1].startswith("Bad Request: message is not modified: specified new message content")
    markup = keyboard([{"text": "x", "callback_data": "1"}])
    edited = await api("editMessageText", **one, text="b", reply_markup=markup)
    assert (edited["text"], edited["reply_markup"]) == ("b", markup)
    assert "edit_date" in edited
    assert "reply_markup" not in await api("editMessageReplyMarkup", **one)
    missing = await refused("editMessageText", chat_id=BA, message_id=99, text="x")
    assert missing == (400, "Bad Request: message to edit not found")
    foreign = await refused("editMessageText", chat_id=BA, message_id=1, text="x")
    assert foreign == (400, "Bad Request: message can't be edited")
    assert await api("deleteMessage", **one)
    assert (await refused("deleteMessage", **one))[1] == "Bad Request: message to delete not found"
    [line] = [line for line in await people.transcript(BA) if line.author.is_bot]
    assert (line.deleted, [kept["text"] for kept in line.earlier]) == (True, ["a", "b"])


@pytest.mark.usefixtures("ba_started")
async def test_old_messages_stay(people: People, refused: Api) -> None:
    await people.settings(clock_offset=49 * 3600)
    sentence = "Bad Request: message can't be deleted for everyone"
    assert await refused("deleteMessage", chat_id=BA, message_id=1) == (400, sentence)


async def test_a_pressed_button_must_be_answered_in_time(people: People, answer: Api) -> None:
    ba = await people.citizen("Bà Lài")
    await ba.says("/start")
    markup = keyboard([{"text": "Lệ phí", "callback_data": "phi"}])
    await answer("sendMessage", chat_id=ba.id, text="a", reply_markup=markup)
    await people.settings(callback_deadline=0.05)
    late = await ba.presses("Lệ phí", wait=0)
    await asyncio.sleep(0.1)
    body = await answer("answerCallbackQuery", callback_query_id=late.id)
    assert body["description"] == (
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    )
    await people.settings(callback_deadline=15)
    press = asyncio.create_task(ba.presses("phí"))
    await asyncio.sleep(0.05)
    update = (await answer("getUpdates", offset=-1))["result"][0]["callback_query"]
    assert update["message"]["text"] == "a"
    long = await answer("answerCallbackQuery", callback_query_id=update["id"], text="a" * 201)
    assert long["description"] == "Bad Request: MESSAGE_TOO_LONG"
    await answer("answerCallbackQuery", callback_query_id=update["id"], text="ok", show_alert=True)
    assert ((await press).text, (await press).show_alert) == ("ok", True)


@pytest.mark.usefixtures("ba_started")
async def test_files(people: People, api: Api, refused: Api, base_url: str) -> None:
    line = await (await people.citizen("Bà Lài")).sends("document", content="aGVsbG8=")
    path = (await api("getFile", file_id=line.media["document"]["file_id"]))["file_path"]
    async with aiohttp.ClientSession(base_url) as session:
        async with session.get(f"/file/bot{TOKEN}/{path}") as response:
            assert await response.read() == b"hello"
        await people.settings(clock_offset=3700)
        async with session.get(f"/file/bot{TOKEN}/{path}") as response:
            assert response.status == 404
    big = await (await people.citizen("Bà Lài")).sends("document", size=21 * 1024 * 1024)
    file_id = big.media["document"]["file_id"]
    assert await refused("getFile", file_id=file_id) == (400, "Bad Request: file is too big")


@pytest.mark.usefixtures("ba_started")
async def test_captions_albums_and_reactions(api: Api, refused: Api, people: People) -> None:
    photo = (await (await people.citizen("Bà Lài")).sends("photo")).media["photo"][-1]["file_id"]
    long = await refused("sendPhoto", chat_id=BA, photo=photo, caption="a" * 1025)
    assert long == (400, "Bad Request: message caption is too long")
    one = {"type": "photo", "media": photo}
    assert (await refused("sendMediaGroup", chat_id=BA, media=[one]))[0] == 400
    album = await api("sendMediaGroup", chat_id=BA, media=[one, {**one, "caption": "hai"}])
    assert album[0]["media_group_id"] == album[1]["media_group_id"]
    react = {"chat_id": BA, "message_id": 1, "reaction": [{"type": "emoji", "emoji": "👌"}]}
    assert await api("setMessageReaction", **react)
    react["reaction"] = [{"type": "emoji", "emoji": "📄"}]
    assert await refused("setMessageReaction", **react) == (400, "Bad Request: REACTION_INVALID")


async def test_menus_are_kept_per_scope_and_language(api: Api, refused: Api) -> None:
    start = [{"command": "start", "description": "Bắt đầu"}]
    assert await api("setMyCommands", commands=start)
    scope = {"type": "chat", "chat_id": GROUP_ID}
    assert await api("getMyCommands", scope=scope) == []
    assert await api("getMyCommands") == start
    assert await api("deleteMyCommands")
    assert await api("getMyCommands") == []
    bad = await refused("setMyCommands", commands=[{"command": "Gửi", "description": "x"}])
    assert bad == (400, "Bad Request: BOT_COMMAND_INVALID")


@pytest.mark.usefixtures("ba_started")
async def test_the_pace_of_telegram(people: People, answer: Api, world: World) -> None:
    await people.settings(limiter=True, group_per_minute=3)
    assert (await answer("sendMessage", chat_id=BA, text="1"))["ok"]
    body = await answer("sendMessage", chat_id=BA, text="2")
    assert (body["error_code"], body["parameters"]) == (429, {"retry_after": 1})
    assert body["description"] == "Too Many Requests: retry after 1"
    topic = (await answer("createForumTopic", chat_id=GROUP_ID, name="HT-1"))["result"]
    thread = {"chat_id": GROUP_ID, "message_thread_id": topic["message_thread_id"]}
    assert (await answer("sendMessage", **thread, text="1"))["ok"]
    assert (await answer("editForumTopic", **thread, name="HT-2"))["ok"]
    full = await answer("sendMessage", chat_id=GROUP_ID, text="bốn")
    assert 58 <= full["parameters"]["retry_after"] <= 60
    assert (await answer("sendChatAction", chat_id=GROUP_ID, action="typing"))["ok"]
