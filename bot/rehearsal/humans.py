"""What people do with messages: say, send, edit, press, react, delete, ask inline."""

import base64

import msgspec

from bot.rehearsal.acting import Action, InChat, action, person_named, place, write
from bot.rehearsal.methods.media import describe
from bot.rehearsal.refusals import Json, bad_request
from bot.rehearsal.shapes import as_user
from bot.rehearsal.state import Callback, Chat, Inline, Post, User
from bot.rehearsal.texts import read_text
from bot.rehearsal.transcript import line
from bot.rehearsal.world import World

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
FILES = {
    "photo": ("photo.png", "image/png", PIXEL),
    "voice": ("voice.ogg", "audio/ogg", b"OggS rehearsal"),
    "sticker": ("sticker.webp", "image/webp", b"RIFF rehearsal"),
    "document": ("document.pdf", "application/pdf", b"%PDF-1.4 rehearsal"),
}


class Say(InChat, kw_only=True):
    """Write a text."""

    text: str
    reply_to: int | None = None


class SendThing(InChat, kw_only=True):
    """Send a photo, voice, sticker, document, location, contact or an album of photos."""

    kind: str
    caption: str = ""
    reply_to: int | None = None
    content: str | None = None
    file_name: str | None = None
    mime_type: str | None = None
    size: int | None = None
    duration: int = 3
    emoji: str = "👍"
    latitude: float = 18.3428
    longitude: float = 105.9057
    phone_number: str = "+84900000001"
    count: int = 2


class Edit(InChat, kw_only=True):
    """Change one's own message."""

    message_id: int
    text: str


class Press(InChat, kw_only=True):
    """Press a button under a message of the bot, found by its data or its label."""

    message_id: int | None = None
    data: str | None = None
    label: str | None = None


class OnMessage(InChat, kw_only=True):
    """Delete a message, or react to it."""

    message_id: int
    emoji: str | None = None


class Ask(Action, kw_only=True):
    """Type the bot's name and a query in some chat."""

    query: str


@action("say", Say)
def say(world: World, a: Say) -> Json:
    """A text, with its commands and links found as Telegram finds them."""
    text, entities = read_text(a.text)
    if not text:
        raise bad_request("a person cannot send an empty text")
    content: Json = {"text": text} | ({"entities": entities} if entities else {})
    return line(world, write(world, a, content, a.reply_to))


@action("send", SendThing)
def send(world: World, a: SendThing) -> Json | list[Json]:
    """Anything but a text."""
    if a.kind != "album":
        return line(world, write(world, a, _thing(world, a), a.reply_to))
    extra = {"media_group_id": str(10**15 + world.new_id())}
    lines = []
    for number in range(a.count):
        one = msgspec.structs.replace(a, kind="photo", caption=a.caption if number == 0 else "")
        lines.append(line(world, write(world, a, _thing(world, one), a.reply_to, extra)))
    return lines


@action("edit", Edit)
def edit(world: World, a: Edit) -> Json:
    """Other words in one's own message; the bot hears of an edited message."""
    person, chat = place(world, a)
    post = _own(world, person, chat, a.message_id)
    text, entities = read_text(a.text)
    names = ("text", "entities") if "text" in post.content else ("caption", "caption_entities")
    content = {k: v for k, v in post.content.items() if k not in names}
    content |= {names[0]: text} | ({names[1]: entities} if entities else {})
    world.change(post, content=content)
    world.push_message("edited_message", post)
    return line(world, post)


@action("press", Press)
def press(world: World, a: Press) -> Json:
    """Press a button; the id under which the bot's answer can be asked for."""
    person, chat = place(world, a)
    post, button = _button(world, chat, a)
    query = Callback(
        id=str(4 * 10**17 + world.new_id()),
        born=world.now(),
        user_id=person.id,
        chat_id=chat.id,
        message_id=post.id,
        data=button["callback_data"],
    )
    world.state.callbacks[query.id] = query
    shown = {
        "id": query.id,
        "from": as_user(person),
        "message": world.show(post),
        "chat_instance": str(chat.id * 7919),
        "data": query.data,
    }
    world.updates.push("callback_query", shown, lane=chat.id)
    return {"callback_query_id": query.id, "message_id": post.id, "data": query.data}


@action("delete", OnMessage)
def delete(world: World, a: OnMessage) -> Json:
    """Take a message away; Telegram does not tell bots."""
    _, chat = place(world, a)
    post = world.post(chat, a.message_id, "no such message")
    world.delete(post)
    return line(world, post)


@action("react", OnMessage)
def react(world: World, a: OnMessage) -> Json:
    """React with an emoji, or take the reaction back without one."""
    person, chat = place(world, a)
    post = world.post(chat, a.message_id, "no such message")
    old = post.reactions.get(person.id, [])
    new = [{"type": "emoji", "emoji": a.emoji}] if a.emoji else []
    post.reactions[person.id] = new
    world.touch(post)
    shown = {
        "chat": world.show_chat(chat),
        "message_id": post.id,
        "user": as_user(person),
        "date": int(world.now()),
        "old_reaction": old,
        "new_reaction": new,
    }
    world.updates.push("message_reaction", shown, lane=chat.id)
    return line(world, post)


@action("ask", Ask)
def ask(world: World, a: Ask) -> Json:
    """An inline query; the id under which the bot's results can be asked for."""
    person = person_named(world, a.person)
    inline = Inline(
        id=str(5 * 10**17 + world.new_id()), born=world.now(), user_id=person.id, query=a.query
    )
    world.state.inlines[inline.id] = inline
    shown = {"id": inline.id, "from": as_user(person), "query": a.query, "offset": ""}
    world.updates.push("inline_query", shown, lane=person.id)
    return {"inline_query_id": inline.id}


def _thing(world: World, a: SendThing) -> Json:
    caption, entities = read_text(a.caption)
    words: Json = {"caption": caption} if caption else {}
    words |= {"caption_entities": entities} if entities else {}
    if a.kind == "location":
        return {"location": {"latitude": a.latitude, "longitude": a.longitude}}
    if a.kind == "contact":
        user = person_named(world, a.person)
        contact = {"phone_number": a.phone_number, "first_name": user.first_name}
        return {"contact": {**contact, "user_id": user.id}}
    if a.kind not in FILES:
        raise bad_request(f"no such thing to send: {a.kind}")
    name, mime_type, content = FILES[a.kind]
    stored = world.keep_file(
        base64.b64decode(a.content) if a.content else content,
        name=a.file_name or name,
        mime_type=a.mime_type or mime_type,
        size=a.size,
    )
    details: dict[str, Json] = {
        "voice": {"duration": a.duration},
        "sticker": {"emoji": a.emoji},
    }
    return describe(world, a.kind, stored, **details.get(a.kind, {})) | words


def _own(world: World, person: User, chat: Chat, message_id: int) -> Post:
    post = world.post(chat, message_id, "no such message")
    if post.author != person.id:
        raise bad_request("that is somebody else's message")
    return post


def _button(world: World, chat: Chat, a: Press) -> tuple[Post, Json]:
    """The button meant, on the message named or else on the latest that has it."""
    posts = [p for p in chat.posts.values() if p.author == world.bot.id and not p.deleted]
    if a.message_id is not None:
        posts = [world.post(chat, a.message_id, "no such message")]
    if a.topic_id is not None:
        posts = [p for p in posts if p.topic == a.topic_id]
    for post in reversed(posts):
        for row in (post.markup or {}).get("inline_keyboard", []):
            for button in row:
                named = a.data is not None and button.get("callback_data") == a.data
                if named or (a.label is not None and a.label in button["text"]):
                    if "callback_data" not in button:
                        raise bad_request("that button does not call the bot")
                    return post, button
    raise bad_request("no such button")
