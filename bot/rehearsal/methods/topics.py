"""Methods of forum topics."""

from typing import Any

from bot.rehearsal.markup import utf16_length
from bot.rehearsal.methods.registry import Call, Request, method
from bot.rehearsal.refusals import Json, bad_request
from bot.rehearsal.state import Chat, Topic

NAME_LIMIT = 128
COLORS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)
ICON_EMOJI = "📰 💡 ⚡ 🎙 🔝 🗣 🆒 ❗ 📝 ✅ ❓"
ICONS = {f"53792{number:014d}": emoji for number, emoji in enumerate(ICON_EMOJI.split())}


class CreateForumTopic(Request, kw_only=True):
    """https://core.telegram.org/bots/api#createforumtopic"""

    chat_id: int | str
    name: str
    icon_color: int | None = None
    icon_custom_emoji_id: str | None = None


class OneTopic(Request, kw_only=True):
    """What names one topic."""

    chat_id: int | str
    message_thread_id: int


class EditForumTopic(OneTopic, kw_only=True):
    """https://core.telegram.org/bots/api#editforumtopic"""

    name: str | None = None
    icon_custom_emoji_id: str | None = None


class CloseForumTopic(OneTopic, kw_only=True):
    """https://core.telegram.org/bots/api#closeforumtopic"""


class ReopenForumTopic(OneTopic, kw_only=True):
    """https://core.telegram.org/bots/api#reopenforumtopic"""


class DeleteForumTopic(OneTopic, kw_only=True):
    """https://core.telegram.org/bots/api#deleteforumtopic"""


class UnpinAllForumTopicMessages(OneTopic, kw_only=True):
    """https://core.telegram.org/bots/api#unpinallforumtopicmessages"""


class GetForumTopicIconStickers(Request, kw_only=True):
    """https://core.telegram.org/bots/api#getforumtopiciconstickers"""


@method(CreateForumTopic)
def create_forum_topic(call: Call, r: CreateForumTopic) -> Json:
    """A new topic; its id is that of its service message."""
    chat = _forum(call, r.chat_id)
    topic = Topic(id=0, name=_name(r.name), icon_color=_color(r.icon_color))
    topic.icon_custom_emoji_id = _icon(r.icon_custom_emoji_id)
    call.world.open_topic(chat, call.world.bot, topic)
    shown: Json = {
        "message_thread_id": topic.id,
        "name": topic.name,
        "icon_color": topic.icon_color,
    }
    if topic.icon_custom_emoji_id:
        shown["icon_custom_emoji_id"] = topic.icon_custom_emoji_id
    return shown


@method(EditForumTopic)
def edit_forum_topic(call: Call, r: EditForumTopic) -> bool:
    """Another name or icon."""
    chat, topic = _topic(call, r)
    edited: Json = {}
    if r.name and _name(r.name) != topic.name:
        edited["name"] = topic.name = _name(r.name)
    icon = _icon(r.icon_custom_emoji_id)
    if r.icon_custom_emoji_id is not None and icon != topic.icon_custom_emoji_id:
        edited["icon_custom_emoji_id"] = icon or ""
        topic.icon_custom_emoji_id = icon
    if not edited:
        raise bad_request("TOPIC_NOT_MODIFIED")
    _service(call, chat, topic, {"forum_topic_edited": edited})
    return True


@method(CloseForumTopic)
def close_forum_topic(call: Call, r: CloseForumTopic) -> bool:
    """Nobody but those who manage topics writes here any more."""
    return _set_closed(call, r, closed=True)


@method(ReopenForumTopic)
def reopen_forum_topic(call: Call, r: ReopenForumTopic) -> bool:
    """Writing is free again."""
    return _set_closed(call, r, closed=False)


@method(DeleteForumTopic)
def delete_forum_topic(call: Call, r: DeleteForumTopic) -> bool:
    """The topic and all it holds are gone."""
    chat, topic = _topic(call, r, right="can_delete_messages")
    call.world.delete_topic(chat, topic)
    return True


@method(UnpinAllForumTopicMessages)
def unpin_all_forum_topic_messages(call: Call, r: UnpinAllForumTopicMessages) -> bool:
    """Nothing is pinned in this topic any more."""
    chat, topic = _topic(call, r, right="can_pin_messages")
    chat.pinned = [one for one in chat.pinned if chat.posts[one].topic != topic.id]
    return True


@method(GetForumTopicIconStickers)
def get_forum_topic_icon_stickers(call: Call, r: GetForumTopicIconStickers) -> list[Json]:
    """The icons a topic may have."""
    return [_icon_sticker(custom_id, emoji) for custom_id, emoji in ICONS.items()]


def _icon_sticker(custom_id: str, emoji: str) -> Json:
    return {
        "file_id": f"icon-{custom_id}",
        "file_unique_id": f"icon{custom_id}",
        "type": "custom_emoji",
        "width": 100,
        "height": 100,
        "is_animated": True,
        "is_video": False,
        "emoji": emoji,
        "custom_emoji_id": custom_id,
    }


def _forum(call: Call, chat_id: int | str, right: str = "can_manage_topics") -> Chat:
    chat = call.world.chat_for_bot(chat_id)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    if not call.world.bot_may(chat, right):
        raise bad_request("not enough rights to manage topics")
    return chat


def _topic(call: Call, r: Any, right: str = "can_manage_topics") -> tuple[Chat, Topic]:
    chat = _forum(call, r.chat_id, right)
    return chat, call.world.topic(chat, r.message_thread_id)


def _set_closed(call: Call, r: OneTopic, *, closed: bool) -> bool:
    chat, topic = _topic(call, r)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    _service(call, chat, topic, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})
    return True


def _service(call: Call, chat: Chat, topic: Topic, content: Json) -> None:
    call.world.service(chat, call.world.bot, content, topic_id=topic.id)
    call.world.tell("chat", {"chat_id": chat.id})


def _name(name: str) -> str:
    name = name.strip()
    if not name:
        raise bad_request("topic name must be non-empty")
    if utf16_length(name) > NAME_LIMIT:
        # Telegram cuts the name without a word; the stand-in says so instead.
        raise bad_request("topic name is too long")
    return name


def _color(color: int | None) -> int:
    if color is not None and color not in COLORS:
        raise bad_request("invalid topic icon color specified")
    return color or COLORS[0]


def _icon(custom_id: str | None) -> str | None:
    if custom_id and custom_id not in ICONS:
        raise bad_request("DOCUMENT_INVALID")
    return custom_id or None
