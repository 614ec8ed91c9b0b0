"""Methods that put a message into a chat."""

import msgspec

from bot.rehearsal.keyboards import read_any
from bot.rehearsal.methods.media import media_group, read_media
from bot.rehearsal.methods.registry import Call, Request, method
from bot.rehearsal.refusals import Json, bad_request
from bot.rehearsal.state import Chat, Post
from bot.rehearsal.texts import CAPTION_LIMIT, read_message, read_text
from bot.rehearsal.world import World, as_user

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


class ReplyParameters(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which message is answered."""

    message_id: int
    chat_id: int | str | None = None
    allow_sending_without_reply: bool = False
    quote: str | None = None
    quote_parse_mode: str | None = None
    quote_entities: list[Json] | None = None
    quote_position: int | None = None


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


class SendMessage(Send, kw_only=True):
    """https://core.telegram.org/bots/api#sendmessage"""

    text: str
    parse_mode: str | None = None
    entities: list[Json] | None = None
    link_preview_options: Json | None = None


class SendPhoto(Captioned, kw_only=True):
    """https://core.telegram.org/bots/api#sendphoto"""

    photo: str
    has_spoiler: bool = False
    show_caption_above_media: bool = False


class SendDocument(Captioned, kw_only=True):
    """https://core.telegram.org/bots/api#senddocument"""

    document: str
    thumbnail: str | None = None
    disable_content_type_detection: bool = False


class SendVoice(Captioned, kw_only=True):
    """https://core.telegram.org/bots/api#sendvoice"""

    voice: str
    duration: int = 0


class SendSticker(Send, kw_only=True):
    """https://core.telegram.org/bots/api#sendsticker"""

    sticker: str
    emoji: str | None = None


class SendLocation(Send, kw_only=True):
    """https://core.telegram.org/bots/api#sendlocation"""

    latitude: float
    longitude: float
    horizontal_accuracy: float | None = None


class SendContact(Send, kw_only=True):
    """https://core.telegram.org/bots/api#sendcontact"""

    phone_number: str
    first_name: str
    last_name: str | None = None
    vcard: str | None = None


class SendMediaGroup(Destination, kw_only=True):
    """https://core.telegram.org/bots/api#sendmediagroup"""

    media: list[Json]
    reply_parameters: ReplyParameters | None = None


class SendChatAction(Request, kw_only=True):
    """https://core.telegram.org/bots/api#sendchataction"""

    chat_id: int | str
    action: str
    message_thread_id: int | None = None


class CopyMessage(Captioned, kw_only=True):
    """https://core.telegram.org/bots/api#copymessage"""

    from_chat_id: int | str
    message_id: int
    show_caption_above_media: bool = False


class CopyMessages(Destination, kw_only=True):
    """https://core.telegram.org/bots/api#copymessages"""

    from_chat_id: int | str
    message_ids: list[int]
    remove_caption: bool = False


class ForwardMessage(Destination, kw_only=True):
    """https://core.telegram.org/bots/api#forwardmessage"""

    from_chat_id: int | str
    message_id: int


@method(SendMessage)
def send_message(call: Call, r: SendMessage) -> Json:
    """A text."""
    chat = call.world.chat_for_bot(r.chat_id)
    text, entities = read_message(
        r.text, parse_mode=r.parse_mode, entities=r.entities, find_user=call.world.find_user
    )
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    return call.world.show(_send(call.world, chat, r, content))


@method(SendPhoto)
def send_photo(call: Call, r: SendPhoto) -> Json:
    """A picture, uploaded or known by its file_id."""
    return _send_captioned(call, r, read_media(call, "photo", r.photo))


@method(SendDocument)
def send_document(call: Call, r: SendDocument) -> Json:
    """A file."""
    return _send_captioned(call, r, read_media(call, "document", r.document))


@method(SendVoice)
def send_voice(call: Call, r: SendVoice) -> Json:
    """A voice note."""
    return _send_captioned(call, r, read_media(call, "voice", r.voice, duration=r.duration))


@method(SendSticker)
def send_sticker(call: Call, r: SendSticker) -> Json:
    """A sticker."""
    chat = call.world.chat_for_bot(r.chat_id)
    content = read_media(call, "sticker", r.sticker, emoji=r.emoji)
    return call.world.show(_send(call.world, chat, r, content))


@method(SendLocation)
def send_location(call: Call, r: SendLocation) -> Json:
    """A point on the map."""
    chat = call.world.chat_for_bot(r.chat_id)
    content = {"location": {"latitude": r.latitude, "longitude": r.longitude}}
    return call.world.show(_send(call.world, chat, r, content))


@method(SendContact)
def send_contact(call: Call, r: SendContact) -> Json:
    """Somebody's name and number."""
    chat = call.world.chat_for_bot(r.chat_id)
    contact = {"phone_number": r.phone_number, "first_name": r.first_name}
    if r.last_name:
        contact["last_name"] = r.last_name
    return call.world.show(_send(call.world, chat, r, {"contact": contact}))


@method(SendMediaGroup)
def send_media_group(call: Call, r: SendMediaGroup) -> list[Json]:
    """An album of two to ten."""
    world = call.world
    chat = world.chat_for_bot(r.chat_id)
    contents = media_group(call, r.media)
    topic, reply_to = _place(world, chat, r.message_thread_id, r.reply_parameters)
    extra = {"media_group_id": str(10**15 + world.new_id())}
    posts = [
        world.write(chat, world.bot, content, topic=topic, reply_to=reply_to, extra=extra)
        for content in contents
    ]
    return [world.show(post) for post in posts]


@method(SendChatAction)
def send_chat_action(call: Call, r: SendChatAction) -> bool:
    """ "… is typing"."""
    chat = call.world.chat_for_bot(r.chat_id)
    if r.action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    _place(call.world, chat, r.message_thread_id, None, writes=False)
    call.world.tell("action", {"chat_id": chat.id, "topic_id": r.message_thread_id})
    return True


@method(CopyMessage)
def copy_message(call: Call, r: CopyMessage) -> Json:
    """The same message as if the bot had written it."""
    world = call.world
    chat = world.chat_for_bot(r.chat_id)
    content = dict(_to_copy(world, r.from_chat_id, r.message_id, "copy").content)
    if r.caption is not None and "text" not in content:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content |= _caption(world, r)
    return {"message_id": _send(world, chat, r, content).id}


@method(CopyMessages)
def copy_messages(call: Call, r: CopyMessages) -> list[Json]:
    """Several messages at once; those that are gone are left out."""
    world = call.world
    chat = world.chat_for_bot(r.chat_id)
    source = world.chat(r.from_chat_id)
    topic, _ = _place(world, chat, r.message_thread_id, None)
    if not 1 <= len(r.message_ids) <= 100 or sorted({*r.message_ids}) != r.message_ids:
        raise bad_request("message identifiers must be in a strictly increasing order")
    albums: dict[str, Json] = {}
    copied = []
    for message_id in r.message_ids:
        post = source.posts.get(message_id)
        if post is None or post.deleted or not _is_copyable(post):
            continue
        content = {k: v for k, v in post.content.items() if not (r.remove_caption and "capt" in k)}
        album = post.extra.get("media_group_id")
        extra = {}
        if album:
            extra = albums.setdefault(album, {"media_group_id": str(10**15 + world.new_id())})
        copied.append(world.write(chat, world.bot, content, topic=topic, extra=extra))
    if not copied:
        raise bad_request("there are no messages to copy")
    return [{"message_id": post.id} for post in copied]


@method(ForwardMessage)
def forward_message(call: Call, r: ForwardMessage) -> Json:
    """The message with its author's name on it."""
    world = call.world
    chat = world.chat_for_bot(r.chat_id)
    original = _to_copy(world, r.from_chat_id, r.message_id, "forward")
    topic, _ = _place(world, chat, r.message_thread_id, None)
    origin = original.extra.get("forward_origin") or {
        "type": "user",
        "date": original.date,
        "sender_user": as_user(world.user(original.author)),
    }
    extra = {"forward_origin": origin}
    return world.show(world.write(chat, world.bot, original.content, topic=topic, extra=extra))


def _send_captioned(call: Call, r: Captioned, content: Json) -> Json:
    chat = call.world.chat_for_bot(r.chat_id)
    return call.world.show(_send(call.world, chat, r, content | _caption(call.world, r)))


def _caption(world: World, r: Captioned) -> Json:
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


def _send(world: World, chat: Chat, r: Send, content: Json) -> Post:
    topic, reply_to = _place(world, chat, r.message_thread_id, r.reply_parameters)
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


def _place(
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
        return _place(world, chat, replied.topic, reply, writes=writes)
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


def _to_copy(world: World, chat_id: int | str, message_id: int, verb: str) -> Post:
    post = world.post(world.chat(chat_id), message_id, f"message to {verb} not found")
    if not _is_copyable(post):
        past = {"copy": "copied", "forward": "forwarded"}[verb]
        raise bad_request(f"message can't be {past}")
    return post


def _is_copyable(post: Post) -> bool:
    shown = {"text", "photo", "document", "voice", "sticker", "location", "contact", "video"}
    return bool(shown & post.content.keys()) and not post.extra.get("has_protected_content")
