"""What was said, as tests and the page read it."""

from datetime import UTC, datetime

from bot.rehearsal.refusals import Json
from bot.rehearsal.rendering import to_html
from bot.rehearsal.state import Chat, Post, Topic, as_json
from bot.rehearsal.world import World

MEDIA = ("photo", "document", "voice", "sticker", "location", "contact")
SERVICE = (
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "pinned_message",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
)


def line(world: World, post: Post) -> Json:
    """One message with everything that can be seen of it."""
    chat = world.state.chats[post.chat_id]
    author = world.state.users[post.author]
    topic = chat.topics.get(post.topic) if post.topic is not None else None
    text, entities = _words(post.content)
    kind = _kind(post)
    return {
        "chat_id": chat.id,
        "chat": _chat_name(world, chat),
        "topic_id": post.topic,
        "topic": topic.name if topic else None,
        "message_id": post.id,
        "author": {"id": author.id, "name": author.first_name, "is_bot": author.is_bot},
        "kind": kind,
        "text": text,
        "html": to_html(text, entities),
        "buttons": (post.markup or {}).get("inline_keyboard", []),
        "keyboard": post.keyboard,
        "reply_to": post.reply_to,
        "edited": post.edit_date is not None,
        "deleted": post.deleted,
        "time": datetime.fromtimestamp(post.date, UTC).isoformat(),
        "media": {name: post.content[name] for name in MEDIA if name in post.content},
        "service": {name: post.content[name] for name in SERVICE if name in post.content},
        "album": post.extra.get("media_group_id"),
        "forwarded_from": _forwarded_from(post),
        "pinned": post.id in chat.pinned,
        "reactions": [one["emoji"] for given in post.reactions.values() for one in given],
        "earlier": [_earlier(one) for one in post.earlier],
        "revision": post.revision,
    }


def transcript(
    world: World, *, chat_id: int | None = None, topic_id: int | None = None, since: int = 0
) -> list[Json]:
    """Lines in the order in which they last changed after `since`; the whole story at 0."""
    chats = [world.chat(chat_id)] if chat_id is not None else list(world.state.chats.values())
    posts = [
        post
        for chat in chats
        if chat.migrated_to is None or chat_id is not None
        for post in chat.posts.values()
        if post.revision > since and (topic_id is None or _in_topic(post, topic_id))
    ]
    key = "revision" if since else "date"
    posts.sort(key=lambda post: (getattr(post, key), post.id))
    return [line(world, post) for post in posts]


def _in_topic(post: Post, topic_id: int) -> bool:
    """0 means General."""
    return (post.topic or 0) == topic_id


def describe_world(world: World) -> Json:
    """People, chats, topics, rights and settings."""
    state = world.state
    groups = [chat for chat in state.chats.values() if chat.type != "private"]
    officers = {user_id for chat in groups for user_id in chat.members} - {state.bot.id}
    people = [user for user in state.users.values() if not user.is_bot]
    return {
        "bot": {"id": state.bot.id, "name": state.bot.first_name, "username": state.bot.username},
        "citizens": [as_json(user) for user in people if user.id not in officers],
        "officers": [as_json(user) for user in people if user.id in officers],
        "groups": [describe_group(world, chat) for chat in groups if chat.migrated_to is None],
        "settings": as_json(state.settings),
        "faults": as_json(state.faults),
        "webhook": as_json(state.webhook),
        "commands": state.commands,
        "pending_updates": len(state.updates),
        "revision": state.revision,
    }


def describe_group(world: World, chat: Chat) -> Json:
    """A group with its topics and members."""
    return {
        "id": chat.id,
        "title": chat.title,
        "members": [
            {"id": user_id, "name": world.user(user_id).first_name, **as_json(member)}
            for user_id, member in chat.members.items()
        ],
        "topics": [describe_topic(topic) for topic in chat.topics.values()],
    }


def describe_topic(topic: Topic) -> Json:
    """A topic as the list of topics shows it."""
    described: Json = as_json(topic)
    return described


def _kind(post: Post) -> str:
    if any(name in post.content for name in SERVICE):
        return "service"
    return next((name for name in MEDIA if name in post.content), "text")


def _words(content: Json) -> tuple[str, list[Json]]:
    if "text" in content:
        return content["text"], content.get("entities", [])
    return content.get("caption", ""), content.get("caption_entities", [])


def _chat_name(world: World, chat: Chat) -> str:
    return chat.title or world.user(chat.id).first_name


def _forwarded_from(post: Post) -> str | None:
    origin = post.extra.get("forward_origin")
    return origin["sender_user"]["first_name"] if origin else None


def _earlier(kept: Json) -> Json:
    return {
        "text": _words(kept["content"])[0],
        "buttons": (kept["markup"] or {}).get("inline_keyboard", []),
    }
