"""The stand-in, which is as harsh as Telegram, takes every answer that the catalogue can give."""

from __future__ import annotations

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from bot.rehearsal.people import People
from bot.rehearsal.serving import serving
from bot.rehearsal.state import DEFAULT_TOKEN
from bot.rehearsal.world import World
from bot.telegram.transport import AiohttpRequest
from bot.wording.cards import Reply
from bot.wording.split import split_html
from tests.wording.test_cards import CATALOGUE, replies


async def send(bot: Bot, chat_id: int, reply: Reply) -> None:
    *parts, last = split_html(reply.html)
    for part in parts:
        await bot.send_message(chat_id, part, parse_mode="HTML")
    rows = [
        [InlineKeyboardButton(button.label, callback_data=button.data) for button in row]
        for row in reply.keyboard
    ]
    await bot.send_message(
        chat_id, last, parse_mode="HTML", reply_markup=InlineKeyboardMarkup(rows)
    )


@pytest.mark.slow
async def test_every_card_and_detail_is_accepted() -> None:
    """Every procedure × answer × facet, the same words only once."""
    unique = {
        (reply.html, reply.keyboard)
        for procedure in CATALOGUE.procedures.values()
        for reply in replies(procedure)
    }
    async with serving(World()) as url, People(url) as people:
        lai = await people.citizen("Bà Lài")
        await lai.says("/start")
        request = AiohttpRequest()
        async with Bot(DEFAULT_TOKEN, base_url=f"{url}/bot", request=request) as bot:
            for html, keyboard in unique:
                await send(bot, lai.id, Reply(html, keyboard))
        said = [line for line in await lai.chat() if line.author.is_bot]
    assert len(said) >= len(unique)
