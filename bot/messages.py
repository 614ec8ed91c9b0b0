"""What people send us, free of Telegram: the doors make these, every floor below reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.wording.buttons import AnyPress


class Kind(StrEnum):
    TEXT = "text"
    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    OTHER = "other"  # polls, dice, games, and whatever Telegram invents next


@dataclass(frozen=True)
class Said:
    """A citizen wrote something in the private chat, or edited it."""

    chat_id: int
    telegram_id: int
    kind: Kind
    text: str  # the caption where it is not a text
    at: datetime  # when it was written
    received: datetime  # when it reached us: after an outage much later
    album: str = ""
    edited: bool = False


@dataclass(frozen=True)
class Pressed:
    """A citizen pressed a button. `press` is None when the button is not ours any more."""

    chat_id: int
    telegram_id: int  # the message below which it stood
    press: AnyPress | None
    at: datetime


@dataclass(frozen=True)
class Reachable:
    """A citizen blocked the bot, or let it in again."""

    chat_id: int
    blocked: bool
    at: datetime


@dataclass(frozen=True)
class OfficerSaid:
    """Somebody wrote in the officers' group."""

    group_id: int
    topic_id: int | None  # None: General
    telegram_id: int
    officer_id: int
    kind: Kind
    text: str
    at: datetime
    reply_to: int | None = None
    edited: bool = False


@dataclass(frozen=True)
class OfficerPressed:
    group_id: int
    topic_id: int | None
    telegram_id: int
    officer_id: int
    press: AnyPress | None
    at: datetime


@dataclass(frozen=True)
class GroupMoved:
    """Telegram gave the group another id: turning topics on does just that."""

    old_id: int
    new_id: int


AnyIncoming = Said | Pressed | Reachable | OfficerSaid | OfficerPressed | GroupMoved


def split_command(text: str) -> tuple[str, str]:
    """A command and the rest: `/gui@bot Chào bà` → `/gui` and `Chào bà`."""
    words = text.split(maxsplit=1)
    if not words or not words[0].startswith("/"):
        return "", text
    return words[0].split("@")[0], words[1] if len(words) > 1 else ""
