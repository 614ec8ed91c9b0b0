"""Methods that bring a message from one chat into another."""

from bot.rehearsal.methods.destination import Captioned, Destination, caption, place, send
from bot.rehearsal.methods.registry import Call, method
from bot.rehearsal.refusals import Json, bad_request
from bot.rehearsal.shapes import as_user
from bot.rehearsal.state import Post
from bot.rehearsal.world import World


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


@method(CopyMessage)
def copy_message(call: Call, r: CopyMessage) -> Json:
    """The same message as if the bot had written it."""
    world = call.world
    chat = world.chat_for_bot(r.chat_id)
    content = dict(_to_copy(world, r.from_chat_id, r.message_id, "copy").content)
    if r.caption is not None and "text" not in content:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content |= caption(world, r)
    return {"message_id": send(world, chat, r, content).id}


@method(CopyMessages)
def copy_messages(call: Call, r: CopyMessages) -> list[Json]:
    """Several messages at once; those that are gone are left out."""
    world = call.world
    chat = world.chat_for_bot(r.chat_id)
    source = world.chat(r.from_chat_id)
    topic, _ = place(world, chat, r.message_thread_id, None)
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
    topic, _ = place(world, chat, r.message_thread_id, None)
    origin = original.extra.get("forward_origin") or {
        "type": "user",
        "date": original.date,
        "sender_user": as_user(world.user(original.author)),
    }
    extra = {"forward_origin": origin}
    return world.show(world.write(chat, world.bot, original.content, topic=topic, extra=extra))


def _to_copy(world: World, chat_id: int | str, message_id: int, verb: str) -> Post:
    post = world.post(world.chat(chat_id), message_id, f"message to {verb} not found")
    if not _is_copyable(post):
        past = {"copy": "copied", "forward": "forwarded"}[verb]
        raise bad_request(f"message can't be {past}")
    return post


def _is_copyable(post: Post) -> bool:
    shown = {"text", "photo", "document", "voice", "sticker", "location", "contact", "video"}
    return bool(shown & post.content.keys()) and not post.extra.get("has_protected_content")
