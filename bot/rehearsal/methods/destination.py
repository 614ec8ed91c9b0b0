"""Where a message goes and what every message may bring: topic, reply, caption, buttons."""

import msgspec

from bot.rehearsal.keyboards import read_any
from bot.rehearsal.methods.registry import Request
from bot.rehearsal.refusals import Json, bad_request
from bot.rehearsal.state import Chat, Post
from bot.rehearsal.texts import CAPTION_LIMIT, read_text
from bot.rehearsal.world import World


class ReplyParameters(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which message is answered."""

    message_id: int
    chat_id: int | str | None = None
    allow_sending_without_reply: bool = False


class Destination(Request, kw_only=True):
    """What every sending method has."""

    chat_id: int | str
    message_thread_id: int | None = None
    disable_notification: bool = False
    protect_content: bool = False


class Send(Destination, kw_only=True):
    """What every method has that sends one new message."""

    reply_parameters: ReplyParameters | None = None
    reply_markup: Json | None = None
    message_effect_id: str | None = None


class Captioned(Send, kw_only=True):
    """What every method has whose message may carry a caption."""

    caption: str | None = None
    parse_mode: str | None = None
    caption_entities: list[Json] | None = None


def caption(world: World, r: Captioned) -> Json:
    text, entities = read_text(
        r.caption or "",
        parse_mode=r.parse_mode,
        entities=r.caption_entities,
        limit=CAPTION_LIMIT,
        find_user=world.find_user,
    )
    content: Json = {"caption": text} if text else {}
    if entities:
        content["caption_entities"] = entities
    if text and getattr(r, "show_caption_above_media", False):
        content["show_caption_above_media"] = True
    return content


def send(world: World, chat: Chat, r: Send, content: Json) -> Post:
    topic, reply_to = place(world, chat, r.message_thread_id, r.reply_parameters)
    markup, keyboard = read_any(r.reply_markup)
    extra = {"has_protected_content": True} if r.protect_content else {}
    return world.write(
        chat,
        world.bot,
        content,
        topic=topic,
        reply_to=reply_to,
        markup=markup,
        keyboard=keyboard,
        extra=extra,
    )


def place(
    world: World,
    chat: Chat,
    thread: int | None,
    reply: ReplyParameters | None,
    *,
    writes: bool = True,
) -> tuple[int | None, int | None]:
    """The topic and the message answered; a reply goes where the answered message stands."""
    if thread is not None and chat.is_forum:
        topic = world.topic(chat, thread)
        if writes and topic.closed and world.state.settings.closed_topics_refuse:
            raise bad_request("TOPIC_CLOSED")
    elif thread is not None:
        raise bad_request("message thread not found")
    replied = _replied(world, chat, reply)
    if replied is None:
        return thread, None
    if thread is None and replied.topic is not None:
        return place(world, chat, replied.topic, reply, writes=writes)
    return thread, replied.id


def _replied(world: World, chat: Chat, reply: ReplyParameters | None) -> Post | None:
    if reply is None:
        return None
    if reply.chat_id not in {None, chat.id}:
        raise bad_request("replies to another chat are not played by the rehearsal")
    post = chat.posts.get(reply.message_id)
    if post and not post.deleted:
        return post
    if reply.allow_sending_without_reply:
        return None
    raise bad_request("message to be replied not found")
