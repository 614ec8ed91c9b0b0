"""The yardstick: python-telegram-bot as pip installs it, saying back what it hears."""

from __future__ import annotations

import os
from typing import Any

from telegram import Update
from telegram.ext import Application, MessageHandler, filters


async def echo(update: Update, _context: Any) -> None:
    message = update.message
    assert message is not None
    await message.reply_text(message.text or "")


def main() -> None:
    base_url = f"{os.environ['MOTCUA_TELEGRAM_API']}/bot"
    application = Application.builder().token(os.environ["MOTCUA_TOKEN"]).base_url(base_url).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    print("echo ready", flush=True)  # noqa: T201 - the benchmark waits for it
    application.run_polling()


if __name__ == "__main__":
    main()
