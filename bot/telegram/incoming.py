"""Telegram's update → one of our frozen messages. The only place that knows Telegram's field names.

Decoded with msgspec: a hundred times cheaper than a full model of the Bot API, and a field that we do
not read can never make an update unreadable.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from bot.messages import (
    AnyIncoming,
    GroupMoved,
    Kind,
    OfficerPressed,
    OfficerSaid,
    Pressed,
    Reachable,
    Said,
)
from bot.wording.buttons import decode

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
# Fields of a message that say what it is, the more telling first: an animation is also a document.
KINDS = {
    "text": Kind.TEXT,
    "photo": Kind.PHOTO,
    "voice": Kind.VOICE,
    "audio": Kind.VOICE,
    "video": Kind.VIDEO,
    "video_note": Kind.VIDEO,
    "animation": Kind.VIDEO,
    "document": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
    "venue": Kind.LOCATION,
    "location": Kind.LOCATION,
    "contact": Kind.CONTACT,
}
# Service messages: somebody joined, a topic was renamed … nobody said anything.
SERVICE = (
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "new_chat_members",
    "left_chat_member",
    "new_chat_title",
    "new_chat_photo",
    "delete_chat_photo",
    "pinned_message",
    "group_chat_created",
    "supergroup_chat_created",
    "migrate_from_chat_id",
    "message_auto_delete_timer_changed",
    "boost_added",
    "channel_chat_created",
    "chat_background_set",
    "chat_owner_changed",
    "chat_owner_left",
    "chat_shared",
    "checklist_tasks_added",
    "checklist_tasks_done",
    "community_chat_added",
    "community_chat_joined",
    "community_chat_removed",
    "connected_website",
    "direct_message_price_changed",
    "gift",
    "gift_upgrade_sent",
    "giveaway_completed",
    "giveaway_created",
    "managed_bot_created",
    "paid_message_price_changed",
    "passport_data",
    "poll_option_added",
    "poll_option_deleted",
    "proximity_alert_triggered",
    "refunded_payment",
    "successful_payment",
    "suggested_post_approval_failed",
    "suggested_post_approved",
    "suggested_post_declined",
    "suggested_post_paid",
    "suggested_post_refunded",
    "unique_gift",
    "users_shared",
    "video_chat_ended",
    "video_chat_participants_invited",
    "video_chat_scheduled",
    "video_chat_started",
    "web_app_data",
    "write_access_allowed",
)

Seconds = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]  # up to the year 9999


class WireChat(msgspec.Struct):
    id: int
    type: str


class WireUser(msgspec.Struct):
    id: int
    is_bot: bool = False


class WireReply(msgspec.Struct):
    message_id: int


class WireMessage(msgspec.Struct):
    message_id: int
    chat: WireChat
    date: Seconds
    from_: WireUser | None = msgspec.field(default=None, name="from")
    edit_date: Seconds | None = None
    text: str | None = None
    caption: str | None = None
    media_group_id: str | None = None
    message_thread_id: int | None = None
    is_topic_message: bool = False
    reply_to_message: WireReply | None = None
    migrate_to_chat_id: int | None = None
    sender_chat: WireChat | None = None  # an anonymous administrator, or a linked channel


class WirePress(msgspec.Struct):
    id: str
    from_: WireUser = msgspec.field(name="from")
    data: str | None = None
    message: WireMessage | None = None


class WireMember(msgspec.Struct):
    status: str


class WireMembership(msgspec.Struct):
    chat: WireChat
    date: Seconds
    new_chat_member: WireMember


class WireUpdate(msgspec.Struct):
    update_id: int
    message: WireMessage | None = None
    edited_message: WireMessage | None = None
    callback_query: WirePress | None = None
    my_chat_member: WireMembership | None = None


def callback_id(update: dict[str, Any]) -> str | None:
    """The id to answer a press with, if this is one."""
    press = update.get("callback_query")
    return str(press["id"]) if isinstance(press, dict) and "id" in press else None


class WirePlace(msgspec.Struct):
    chat: WireChat


class WirePressed(msgspec.Struct):
    message: WirePlace


class WireOrigin(msgspec.Struct):
    message: WirePlace | None = None
    edited_message: WirePlace | None = None
    callback_query: WirePressed | None = None


def private_chat(update: dict[str, Any]) -> int | None:
    """The citizen's chat that this came from, even when the rest of it cannot be read."""
    try:
        origin = msgspec.convert(update, WireOrigin)
    except msgspec.ValidationError:
        return None
    pressed = origin.callback_query.message if origin.callback_query else None
    place = origin.message or origin.edited_message or pressed
    return place.chat.id if place and place.chat.type == "private" else None


def read_update(update: dict[str, Any], *, now: datetime) -> AnyIncoming | None:
    """What happened; None for what nobody needs to hear (service messages, channels, other bots).

    Raises `msgspec.ValidationError` for something that is no update at all.
    """
    wire = msgspec.convert(update, WireUpdate)
    if wire.callback_query is not None:
        return _press(wire.callback_query, now)
    if wire.my_chat_member is not None:
        return _membership(wire.my_chat_member, now)
    message = wire.message or wire.edited_message
    if message is None:
        return None
    raw = update["message"] if wire.message else update["edited_message"]
    return _message(message, raw, edited=wire.message is None, now=now)


def _message(
    message: WireMessage, raw: dict[str, Any], *, edited: bool, now: datetime
) -> AnyIncoming | None:
    if message.migrate_to_chat_id is not None:
        return GroupMoved(message.chat.id, message.migrate_to_chat_id)
    if message.from_ is None or (message.from_.is_bot and message.sender_chat is None):
        return None
    if any(name in raw for name in SERVICE):
        return None
    kind = next((kind for name, kind in KINDS.items() if name in raw), Kind.OTHER)
    text = message.text or message.caption or ""
    at = datetime.fromtimestamp(message.edit_date or message.date, UTC)
    if message.chat.type == "private":
        return Said(
            chat_id=message.chat.id,
            telegram_id=message.message_id,
            kind=kind,
            text=text,
            at=at,
            received=now,
            album=message.media_group_id or "",
            edited=edited,
        )
    if message.chat.type not in ("group", "supergroup"):
        return None
    return OfficerSaid(
        group_id=message.chat.id,
        topic_id=_topic(message),
        telegram_id=message.message_id,
        officer_id=message.from_.id,
        kind=kind,
        text=text,
        at=at,
        reply_to=_reply_to(message),
        edited=edited,
    )


def _topic(message: WireMessage) -> int | None:
    """Plain replies in General carry a thread id too: only `is_topic_message` tells a topic."""
    return message.message_thread_id if message.is_topic_message else None


def _reply_to(message: WireMessage) -> int | None:
    """In a topic every message "replies" to the topic's first service message: that is no reply."""
    if message.reply_to_message is None:
        return None
    replied = message.reply_to_message.message_id
    return None if replied == message.message_thread_id else replied


def _press(press: WirePress, now: datetime) -> AnyIncoming | None:
    if press.message is None:
        return None
    meaning = decode(press.data or "")
    message = press.message
    if message.chat.type == "private":
        return Pressed(message.chat.id, message.message_id, meaning, now)
    return OfficerPressed(
        message.chat.id, _topic(message), message.message_id, press.from_.id, meaning, now
    )


def _membership(change: WireMembership, now: datetime) -> AnyIncoming | None:
    if change.chat.type != "private":
        return None
    blocked = change.new_chat_member.status in ("kicked", "left")
    return Reachable(change.chat.id, blocked, datetime.fromtimestamp(change.date, UTC))
