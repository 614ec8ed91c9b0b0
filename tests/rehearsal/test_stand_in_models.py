"""Everything the stand-in emits is what an independent model of the Bot API expects."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import pytest
from aiogram import methods, types
from pydantic import BaseModel, TypeAdapter

from bot.rehearsal.methods import METHODS
from bot.rehearsal.people import People
from bot.rehearsal.state import DEFAULT_TOKEN as TOKEN
from bot.rehearsal.state import GROUP_ID

Api = Callable[..., Coroutine[Any, Any, Any]]

KEYBOARD = {
    "inline_keyboard": [[{"text": "x", "callback_data": "1"}, {"text": "y", "url": "https://a.vn"}]]
}
HTML = (
    "<b>đậm <i>nghiêng</i></b> <code>x</code> <a href='https://a.vn'>y</a> /trangthai "
    '<pre><code class="language-sql">z</code></pre> <blockquote expandable>q</blockquote>'
)


def unknown_fields(value: Any, path: str = "") -> list[str]:
    """Fields, however deep, that the model does not have."""
    found: list[str] = []
    if isinstance(value, BaseModel):
        found += [f"{path}.{name}" for name in value.model_extra or {}]
        for name in type(value).model_fields:
            found += unknown_fields(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list):
        for item in value:
            found += unknown_fields(item, f"{path}[]")
    return found


@pytest.fixture
def checked(answer: Api) -> Api:
    """A call whose parameters and result must fit aiogram's model of the method."""

    async def call(method: str, **params: Any) -> Any:
        model = getattr(methods, method[0].upper() + method[1:])
        assert unknown_fields(model.model_validate(params)) == []
        result = (body := await answer(method, **params)).get("result")
        assert body["ok"], body
        read = TypeAdapter(model.__returning__).validate_python(result)
        assert unknown_fields(read, method) == []
        return result

    return call


async def check_updates(answer: Api, expected: list[str]) -> None:
    """The updates that wait are of these kinds, and fit the model."""
    updates = (await answer("getUpdates"))["result"]
    for update in updates:
        assert unknown_fields(types.Update.model_validate(update)) == []
    kinds = [kind for update in updates for kind in update if kind != "update_id"]
    assert kinds == expected
    if updates:
        await answer("getUpdates", offset=updates[-1]["update_id"] + 1)


def test_every_method_is_one_that_telegram_has() -> None:
    known = {name.lower() for name in dir(methods)}
    assert {*METHODS} <= known


def test_every_parameter_is_one_that_telegram_has() -> None:
    for entry in METHODS.values():
        model = getattr(methods, entry.name[0].upper() + entry.name[1:])
        ours = {*entry.shape.__struct_fields__}
        assert ours <= {*model.model_fields}, entry.name
        required = {name for name, field in model.model_fields.items() if field.is_required()}
        # aiogram asks for what Telegram only needs for messages that are not inline.
        assert required <= ours, entry.name


async def test_what_citizens_do(people: People, answer: Api) -> None:
    await answer(
        "getUpdates",
        allowed_updates=[
            "message",
            "edited_message",
            "message_reaction",
            "callback_query",
            "inline_query",
            "my_chat_member",
        ],
    )
    ba = await people.citizen("Bà Lài")
    first = await ba.says("/start a@b.vn https://a.vn #dat @motcua_bot")
    for kind in ("photo", "voice", "sticker", "document", "location", "contact"):
        await ba.sends(kind)
    await ba.sends_album(2, caption="bìa đỏ")
    await ba.says("đáp", reply_to=first.message_id)
    await ba.edits(first.message_id, "sửa")
    await ba.reacts(first.message_id, "👍")
    await ba.asks_inline("sổ đỏ", wait=0)
    await answer("sendMessage", chat_id=ba.id, text=HTML, parse_mode="HTML", reply_markup=KEYBOARD)
    await ba.presses("x", wait=0)
    await ba.blocks()
    await ba.unblocks()
    kinds = ["message"] * 10 + ["edited_message", "message_reaction", "inline_query"]
    kinds += ["callback_query", "my_chat_member", "my_chat_member"]
    await check_updates(answer, kinds)


async def test_what_officers_do(people: People, answer: Api) -> None:
    officers = people.officers
    topic = await officers.creates("HT-1")
    note = await officers.writes(topic, "ghi")
    await officers.replies(topic, note.message_id, "đáp")
    general = await officers.writes(None, "chung")
    await officers.replies(None, general.message_id, "đáp")
    await officers.sends(topic, "photo", reply_to=note.message_id)
    await officers.edits(note.message_id, "sửa")
    await officers.renames(topic, "HT-2")
    await officers.closes(topic)
    await officers.reopens(topic)
    await officers.set_rights(can_pin_messages=False)
    await officers.set_rights("kicked")
    await officers.set_rights(can_manage_topics=True)
    await officers.migrates()
    kinds = ["message"] * 6 + ["edited_message"] + ["message"] * 3 + ["my_chat_member"] * 3
    await check_updates(answer, [*kinds, "message", "message"])


async def test_what_the_bot_does_with_messages(people: People, checked: Api, answer: Api) -> None:
    ba = await people.citizen("Bà Lài")
    photo = (await ba.sends("photo")).media["photo"][-1]["file_id"]
    files = {
        kind: (await ba.sends(kind)).media[kind]["file_id"]
        for kind in ("voice", "sticker", "document")
    }
    to = {"chat_id": ba.id}
    sent = await checked("sendMessage", **to, text=HTML, parse_mode="HTML", reply_markup=KEYBOARD)
    one = {**to, "message_id": sent["message_id"]}
    await checked("editMessageText", **one, text="khác")
    await checked("editMessageReplyMarkup", **one, reply_markup=KEYBOARD)
    await checked("setMessageReaction", **one, reaction=[{"type": "emoji", "emoji": "👌"}])
    await checked("pinChatMessage", **one)
    await checked("getChat", **to)
    await checked("unpinChatMessage", **one)
    captioned = await checked("sendPhoto", **to, photo=photo, caption="<b>a</b>", parse_mode="HTML")
    await checked("editMessageCaption", **to, message_id=captioned["message_id"], caption="b")
    for kind, file_id in files.items():
        await checked(f"send{kind.title()}", **to, **{kind: file_id})
    await checked("sendLocation", **to, latitude=18.3, longitude=105.9)
    await checked("sendContact", **to, phone_number="+84", first_name="a")
    media = [{"type": "photo", "media": photo}, {"type": "photo", "media": photo}]
    await checked("sendMediaGroup", **to, media=media)
    await checked("sendChatAction", **to, action="typing")
    await checked("copyMessage", **to, from_chat_id=ba.id, message_id=1)
    await checked("copyMessages", **to, from_chat_id=ba.id, message_ids=[1, 2])
    forwarded = await checked("forwardMessage", **to, from_chat_id=ba.id, message_id=1)
    assert forwarded["forward_origin"]["sender_user"]["first_name"] == "Bà Lài"
    await checked("getFile", file_id=photo)
    await checked("deleteMessage", **one)
    await checked("deleteMessages", **to, message_ids=[1, 2])
    await check_updates(answer, ["message"] * 5)


async def test_what_the_bot_does_in_its_group(people: People, checked: Api, answer: Api) -> None:
    group = {"chat_id": GROUP_ID}
    icons = await checked("getForumTopicIconStickers")
    icon = icons[0]["custom_emoji_id"]
    made = await checked("createForumTopic", **group, name="HT-1", icon_custom_emoji_id=icon)
    topic = {**group, "message_thread_id": made["message_thread_id"]}
    sent = await checked("sendMessage", **topic, text="a")
    await checked("pinChatMessage", **group, message_id=sent["message_id"])
    await checked("editForumTopic", **topic, name="HT-2", icon_custom_emoji_id="")
    await checked("closeForumTopic", **topic)
    await checked("reopenForumTopic", **topic)
    await checked("unpinAllForumTopicMessages", **topic)
    await checked("getChat", **group)
    await checked("getChatMember", **group, user_id=1)
    await checked("getChatMember", **group, user_id=2001)
    await checked("getChatMember", **group, user_id=1001)
    await checked("getChatAdministrators", **group)
    await checked("getChatMemberCount", **group)
    await checked("deleteForumTopic", **topic)
    await checked("leaveChat", **group)
    await check_updates(answer, ["message"] * 5)


async def test_what_the_bot_does_with_its_account(people: People, checked: Api) -> None:
    await checked("getMe")
    commands = [{"command": "start", "description": "Bắt đầu"}]
    scope = {"type": "all_private_chats"}
    await checked("setMyCommands", commands=commands, scope=scope, language_code="vi")
    await checked("getMyCommands", scope=scope, language_code="vi")
    await checked("deleteMyCommands", scope=scope, language_code="vi")
    for what in ("Name", "Description", "ShortDescription"):
        await checked(f"getMy{what}")
    await checked("setMyName", name="Một Cửa")
    await checked("setMyDescription", description="a")
    await checked("setMyShortDescription", short_description="a")
    asked = await people.act("ask", person="Bà Lài", query="sổ")
    result = {
        "type": "article",
        "id": "1",
        "title": "Sổ đỏ",
        "input_message_content": {"message_text": "a"},
    }
    await checked("answerInlineQuery", inline_query_id=asked["inline_query_id"], results=[result])
    assert (await people.control("GET", f"inlines/{asked['inline_query_id']}"))["results"] == [
        result
    ]
    await checked("setWebhook", url="http://127.0.0.1:1/")
    await checked("getWebhookInfo")
    await checked("deleteWebhook")
    await checked("logOut")
    await checked("close")


async def test_uploads_in_multipart(people: People, base_url: str) -> None:
    await (await people.citizen("Bà Lài")).says("/start")
    async with aiohttp.ClientSession(base_url) as session:
        form = aiohttp.FormData({"chat_id": "1001", "caption": "tờ khai"})
        form.add_field("document", b"%PDF", filename="to-khai.pdf")
        async with session.post(f"/bot{TOKEN}/sendDocument", data=form) as response:
            sent = types.Message.model_validate((await response.json())["result"])
        assert unknown_fields(sent) == []
        assert sent.document
        assert (sent.document.file_name, sent.document.mime_type) == (
            "to-khai.pdf",
            "application/pdf",
        )
        media = [{"type": "photo", "media": f"attach://{name}"} for name in "ab"]
        form = aiohttp.FormData({"chat_id": "1001", "media": json.dumps(media)})
        form.add_field("a", b"1", filename="a.png")
        form.add_field("b", b"2", filename="b.png")
        async with session.post(f"/bot{TOKEN}/sendMediaGroup", data=form) as response:
            body = await response.json()
    assert [message["photo"][-1]["file_size"] for message in body["result"]] == [1, 1]
