"""Other people's clients, unchanged, take the stand-in for Telegram."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiogram
import pytest
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.utils.backoff import BackoffConfig

from bot.rehearsal.people import People
from bot.rehearsal.state import DEFAULT_TOKEN, GROUP_ID

router_texts = {"question": "Anh/chị cần việc nào?", "done": "Đã gửi, mã <b>HT-1</b>."}


def small_bot() -> aiogram.Dispatcher:
    """A whole bot: question, buttons, hand-over into a topic, the officer's reply back."""
    dispatcher = aiogram.Dispatcher()
    citizens: dict[int, int] = {}

    @dispatcher.message(CommandStart())
    async def start(message: Message) -> None:
        await message.answer("Chào bà con")

    @dispatcher.message(aiogram.F.chat.type == "private")
    async def ask(message: Message) -> None:
        data = str(message.message_id)
        button = InlineKeyboardButton(text="Hỏi cán bộ", callback_data=data)
        keyboard = InlineKeyboardMarkup(inline_keyboard=[[button]])
        await message.reply(router_texts["question"], reply_markup=keyboard)

    @dispatcher.callback_query()
    async def hand_over(query: CallbackQuery, bot: aiogram.Bot) -> None:
        await query.answer("Đang gửi")
        assert isinstance(query.message, Message)
        topic = await bot.create_forum_topic(GROUP_ID, "HT-1")
        thread = topic.message_thread_id
        citizens[thread] = query.message.chat.id
        await bot.copy_message(
            GROUP_ID, query.message.chat.id, int(query.data or 0), message_thread_id=thread
        )
        await query.message.edit_text(router_texts["done"], parse_mode="HTML")

    @dispatcher.message(aiogram.F.is_topic_message, aiogram.F.reply_to_message.text)
    async def back(message: Message) -> None:
        await message.copy_to(citizens[message.message_thread_id or 0])

    return dispatcher


@contextlib.asynccontextmanager
async def polling(base_url: str) -> AsyncIterator[None]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(base_url))
    bot = aiogram.Bot(DEFAULT_TOKEN, session=session)
    dispatcher = small_bot()
    backoff = BackoffConfig(min_delay=0.01, max_delay=0.02, factor=1.1, jitter=0.0)
    task = asyncio.create_task(
        dispatcher.start_polling(
            bot, polling_timeout=1, handle_signals=False, backoff_config=backoff
        )
    )
    try:
        yield
    finally:
        await dispatcher.stop_polling()
        await task


async def test_an_aiogram_bot_runs_the_whole_story(base_url: str, people: People) -> None:
    async with polling(base_url):
        ba = await people.citizen("Bà Lài")
        await ba.says("/start")
        assert (await ba.waits_for_reply()).text == "Chào bà con"
        question = await ba.says("đền bù thấp quá")
        choice = await ba.waits_for_reply()
        assert (choice.labels, choice.reply_to) == (["Hỏi cán bộ"], question.message_id)
        assert (await ba.presses("Hỏi cán bộ")).text == "Đang gửi"
        done = await ba.waits_for_reply("Đã gửi")
        assert (done.html, done.edited, done.buttons) == (router_texts["done"], True, [])
        topic = await people.officers.waits_for_topic("HT-1")
        card = await people.officers.waits_for_message(topic, "đền bù")
        await people.officers.writes(topic, "ghi chú nội bộ")
        await people.officers.replies(topic, card.message_id, "Chào bà, bà ra xã gặp tôi.")
        assert (await ba.waits_for_reply()).text == "Chào bà, bà ra xã gặp tôi."
    assert all("nội bộ" not in line.text for line in await ba.chat())


async def test_python_telegram_bot_works_with_its_stock_transport(
    base_url: str, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Otherwise reading `retry_after` warns of a change to come, and warnings are errors here.
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    ba = await people.citizen("Bà Lài")
    await ba.says("/start")
    bot = telegram.Bot(
        DEFAULT_TOKEN, base_url=f"{base_url}/bot", base_file_url=f"{base_url}/file/bot"
    )
    async with bot:
        assert bot.username == "motcua_bot"
        [update] = await bot.get_updates(timeout=1)
        assert update.message
        assert update.message.entities[0].type == "bot_command"
        sent = await bot.send_message(
            ba.id,
            "<b>Chào</b>",
            parse_mode="HTML",
            reply_markup=telegram.InlineKeyboardMarkup(
                [[telegram.InlineKeyboardButton("Lệ phí", callback_data="phi")]]
            ),
        )
        press = asyncio.create_task(ba.presses("Lệ phí"))
        [update] = await bot.get_updates(offset=update.update_id + 1, timeout=2)
        assert update.callback_query
        await update.callback_query.answer("50.000 đ", show_alert=True)
        assert (await press).text == "50.000 đ"
        await sent.edit_text("Xong")
        with pytest.raises(telegram.error.BadRequest, match="not modified"):
            await sent.edit_text("Xong")
        topic = await bot.create_forum_topic(GROUP_ID, "HT-1")
        where: dict[str, Any] = {
            "chat_id": GROUP_ID,
            "message_thread_id": topic.message_thread_id,
        }
        document = await bot.send_document(**where, document=b"x" * 10, filename="a.pdf")
        assert document.document
        file = await bot.get_file(document.document.file_id)
        assert await file.download_as_bytearray() == b"x" * 10
        photos = [telegram.InputMediaPhoto(b"1"), telegram.InputMediaPhoto(b"2", caption="hai")]
        assert len(await bot.send_media_group(**where, media=photos)) == 2
        await people.fault("too_many_requests", retry_after=3, times=1)
        with pytest.raises(telegram.error.RetryAfter):
            await bot.send_message(ba.id, "a")
        await people.fault("reset", times=1)
        with pytest.raises(telegram.error.NetworkError):
            await bot.send_message(ba.id, "có tới không")
        assert (await ba.waits_for_reply("có tới")).text == "có tới không"
        await ba.blocks()
        with pytest.raises(telegram.error.Forbidden, match="blocked by the user"):
            await bot.send_message(ba.id, "a")
        await people.officers.migrates()
        with pytest.raises(telegram.error.ChatMigrated) as moved:
            await bot.send_message(**where, text="a")
        assert moved.value.new_chat_id == people.officers.chat_id - 1000
