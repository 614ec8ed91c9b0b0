"""A long day at the office; every request and every update in it fits aiogram's models of the Bot API."""

from __future__ import annotations

import json
import re
from typing import Any

from aiogram import methods, types
from pydantic import BaseModel, TypeAdapter

from bot.rehearsal.people import ApiCall, Citizen
from bot.rehearsal.state import GROUP_ID
from tests.delivery.desk import open_ticket
from tests.support.office import Office

ASKED = "mat bia do lam lai het bao nhieu tien"
MORE = "nhưng tiền đền bù cây cối vẫn chưa thấy ai nói chi cả"
WORDS = {"text", "caption", "name", "callback_query_id"}  # never JSON, whatever they begin with
USED = {
    "answerCallbackQuery",
    "closeForumTopic",
    "copyMessage",
    "createForumTopic",
    "editForumTopic",
    "editMessageText",
    "getMe",
    "getUpdates",
    "pinChatMessage",
    "reopenForumTopic",
    "sendMessage",
    "setMessageReaction",
    "setMyCommands",
}


def unknown_fields(value: Any, path: str = "") -> list[str]:
    """Fields, however deep, that the model does not have."""
    found: list[str] = []
    if isinstance(value, BaseModel):
        found += [f"{path}.{name}" for name in value.model_extra or {}]
        for name in type(value).model_fields:
            found += unknown_fields(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for item in value:
            found += unknown_fields(item, f"{path}[]")
    return found


def as_sent(call: ApiCall) -> dict[str, Any]:
    """The parameters with their JSON read: a form carries everything as text."""
    return {
        name: json.loads(value)
        if name not in WORDS and isinstance(value, str) and re.match(r"[\[{]", value)
        else value
        for name, value in call.params.items()
    }


async def morning(office: Office) -> None:
    """Answers, choices, details, edits, browsing, everything that is not a text."""
    lai = await office.citizen()
    await office.asks(lai, "/start")
    question = await lai.says("hôm nay trời có mưa không")
    await office.button(lai, "Gửi ngay")
    await lai.edits(question.message_id, ASKED)
    await office.settled()
    await lai.presses("mất bìa đỏ làm lại thế nào")
    await office.settled()
    for label in ("📄 Hồ sơ", "📍 Nơi nộp", "‹ Tóm tắt", "✔ Đúng ý"):
        await press_when_there(office, lai, label)
    await office.asks(lai, "thế còn phí?")
    await office.asks(lai, "sang tên")
    await office.asks(lai, "/linhvuc")
    await lai.presses("Đất đai")
    page = await lai.waits_for_reply("trang 1/")
    await lai.presses("Sau ›", message_id=page.message_id)
    for kind in ("photo", "voice", "document", "sticker", "location", "contact"):
        await lai.sends(kind)
    await lai.sends_album(3, caption="giấy tờ")
    await lai.says("/trangthai")
    await lai.says("/huy")
    await office.settled()


async def press_when_there(office: Office, citizen: Citizen, label: str) -> None:
    """Waits for the button: a press edits its message, and other buttons come."""
    line = await office.button(citizen, label)
    await citizen.presses(label, message_id=line.message_id)
    await office.settled()


async def afternoon(office: Office) -> None:
    """Hand-over, claim, replies in words and pictures, a correction, closing, reopening, blocking."""
    opened = await open_ticket(office, "Anh Hùng")
    hung, topic, card = opened.citizen, opened.topic, opened.card
    await office.officers.presses(topic, "Nhận", message_id=card.message_id)
    reply = await office.officers.replies(
        topic, card.message_id, "ra xã ngày mai <nhé> & mang theo sổ"
    )
    await hung.waits_for_reply("ngày mai")
    await office.settled()
    await office.officers.edits(reply.message_id, "ra xã thứ Hai")
    await hung.waits_for_reply("thứ Hai")
    await office.officers.sends(topic, "photo", reply_to=card.message_id, caption="mẫu đơn")
    await office.officers.writes(topic, "việc này quen rồi")
    await office.officers.writes(topic, "/gui chào anh")
    await office.officers.presses(topic, "Gửi thẻ", message_id=card.message_id)
    await hung.sends("voice")
    await hung.says("vâng")
    await office.settled()
    await office.officers.writes(topic, "/dong")
    closing = await hung.waits_for_reply("trả lời xong")
    await hung.presses("Chưa ổn", message_id=closing.message_id)
    await hung.says(MORE)
    await office.settled()
    await hung.blocks()
    await office.officers.writes(topic, "/gui anh còn đó không")
    await office.officers.waits_for_message(topic, "chặn bot")
    await hung.unblocks()
    await office.officers.deletes(topic)
    await hung.says(MORE)
    await office.settled()
    await office.officers.writes(None, "/gannhom sai")
    await office.officers.waits_for_message(None, "Mã chưa đúng")
    await office.officers.migrates()
    await hung.says(MORE)
    await office.settled()


async def test_everything_said_in_a_long_day_is_the_bot_api(office: Office) -> None:
    await office.people.settings(closed_topics_refuse=False)
    await morning(office)
    await afternoon(office)
    calls = await office.people.calls()
    for call in calls:
        model = getattr(methods, call.method[0].upper() + call.method[1:])
        assert unknown_fields(model.model_validate(as_sent(call)), call.method) == []
        if call.code == 200 and call.method != "getUpdates":
            result = TypeAdapter(model.__returning__).validate_python(call.answer["result"])
            assert unknown_fields(result, call.method) == []
    assert {call.method for call in calls} >= USED
    assert len(calls) > 60

    state = office.world.state
    heard = [json.loads(bytes(one.raw)) for one in (*state.confirmed, *state.updates)]
    for update in heard:
        assert unknown_fields(types.Update.model_validate(update), "update") == []
    kinds = {kind for update in heard for kind in update} - {"update_id"}
    assert kinds == {"message", "edited_message", "callback_query", "my_chat_member"}


async def test_no_text_is_longer_and_no_button_wider_than_telegram_takes(office: Office) -> None:
    """Counted here once more, without the stand-in's help."""
    await morning(office)
    sent = [as_sent(call) for call in await office.people.calls("sendMessage")]
    assert sent
    for params in sent:
        assert len(re.sub(r"<[^>]+>", "", params["text"]).encode("utf-16-le")) // 2 <= 4096
        for row in params.get("reply_markup", {}).get("inline_keyboard", []):
            assert 1 <= len(row) <= 8
            assert all(1 <= len(button["callback_data"].encode()) <= 64 for button in row)
            assert all(button["text"].strip() for button in row)
    assert {params["chat_id"] for params in sent}.isdisjoint({str(GROUP_ID)})
