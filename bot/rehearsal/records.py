"""What the control API answers, typed: messages, topics, calls, answers to buttons."""

from typing import Any

import msgspec

from bot.rehearsal.refusals import Json

WAIT_SECONDS = 5.0


class Author(msgspec.Struct):
    """Who wrote a message."""

    id: int
    name: str
    is_bot: bool


class Line(msgspec.Struct, kw_only=True):
    """A message as the transcript shows it."""

    chat_id: int
    chat: str
    topic_id: int | None
    topic: str | None
    message_id: int
    author: Author
    kind: str
    text: str
    html: str
    buttons: list[list[Json]]
    keyboard: Json | None
    reply_to: int | None
    edited: bool
    deleted: bool
    time: str
    media: Json
    service: Json
    album: str | None
    forwarded_from: str | None
    pinned: bool
    reactions: list[str]
    earlier: list[Json]
    revision: int

    @property
    def labels(self) -> list[str]:
        """What is written on the buttons."""
        return [button["text"] for row in self.buttons for button in row]


class Topic(msgspec.Struct, kw_only=True):
    """A topic of the officers' group."""

    id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str | None
    closed: bool
    deleted: bool


class ApiCall(msgspec.Struct, kw_only=True):
    """One call that the bot made."""

    number: int
    time: float
    method: str
    params: Json
    answer: Any
    code: int
    fault: str | None


class Answer(msgspec.Struct, kw_only=True):
    """What the bot answered to a pressed button."""

    id: str
    answered: bool
    text: str | None
    show_alert: bool
    url: str | None
