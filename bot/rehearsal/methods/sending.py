"""Methods that put a message into a chat."""

from bot.rehearsal.methods.destination import (
    Captioned,
    Destination,
    ReplyParameters,
    Send,
    caption,
    place,
    send,
)
from bot.rehearsal.methods.media import media_group, read_media
from bot.rehearsal.methods.registry import Call, Request, method
from bot.rehearsal.refusals import Json, bad_request
from bot.rehearsal.texts import read_message

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
    return call.world.show(send(call.world, chat, r, content))


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
    return call.world.show(send(call.world, chat, r, content))


@method(SendLocation)
def send_location(call: Call, r: SendLocation) -> Json:
    """A point on the map."""
    chat = call.world.chat_for_bot(r.chat_id)
    content = {"location": {"latitude": r.latitude, "longitude": r.longitude}}
    return call.world.show(send(call.world, chat, r, content))


@method(SendContact)
def send_contact(call: Call, r: SendContact) -> Json:
    """Somebody's name and number."""
    chat = call.world.chat_for_bot(r.chat_id)
    contact = {"phone_number": r.phone_number, "first_name": r.first_name}
    if r.last_name:
        contact["last_name"] = r.last_name
    return call.world.show(send(call.world, chat, r, {"contact": contact}))


@method(SendMediaGroup)
def send_media_group(call: Call, r: SendMediaGroup) -> list[Json]:
    """An album of two to ten."""
    world = call.world
    chat = world.chat_for_bot(r.chat_id)
    contents = media_group(call, r.media)
    topic, reply_to = place(world, chat, r.message_thread_id, r.reply_parameters)
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
    place(call.world, chat, r.message_thread_id, None, writes=False)
    call.world.tell("action", {"chat_id": chat.id, "topic_id": r.message_thread_id})
    return True


def _send_captioned(call: Call, r: Captioned, content: Json) -> Json:
    chat = call.world.chat_for_bot(r.chat_id)
    return call.world.show(send(call.world, chat, r, content | caption(call.world, r)))
