"""The town itself: people come, block and go; topics and the group's rights change."""

from typing import Any

import msgspec

from bot.rehearsal.acting import Action, action, person_named
from bot.rehearsal.refusals import Json
from bot.rehearsal.shapes import as_member, as_user
from bot.rehearsal.state import GROUP_ID, TOPIC_RIGHTS, Chat, Member, Topic, User, as_json
from bot.rehearsal.transcript import line
from bot.rehearsal.world import World


class AddPerson(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Somebody new in town."""

    name: str
    officer: bool = False
    chat_id: int = GROUP_ID


class OnTopic(Action, kw_only=True):
    """Create, rename, close, reopen or delete a topic."""

    chat_id: int = GROUP_ID
    topic_id: int | None = None
    name: str | None = None


class SetRights(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The bot's standing in the group."""

    chat_id: int = GROUP_ID
    status: str = "administrator"
    rights: dict[str, bool] = {}


class Migrate(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The group goes on under another id."""

    chat_id: int = GROUP_ID
    new_chat_id: int | None = None


@action("people", AddPerson)
def add_person(world: World, a: AddPerson) -> Any:
    """A new citizen, or a new officer in the group; an old one of that name is returned."""
    known = [user for user in world.state.users.values() if user.first_name == a.name]
    if known:
        return as_json(known[0])
    base = 2001 if a.officer else 1001
    user = User(id=_free_id(world, base), first_name=a.name)
    world.state.users[user.id] = user
    world.state.chats[user.id] = Chat(
        id=user.id, type="private", last_id=world.state.last_message_id
    )
    if a.officer:
        world.chat(a.chat_id).members[user.id] = Member(
            status="administrator", rights=dict(TOPIC_RIGHTS)
        )
    world.tell("people", {"id": user.id})
    return as_json(user)


@action("block", Action)
def block(world: World, a: Action) -> Any:
    """The person wants to hear no more; the bot is told that it was kicked."""
    return _set_blocked(world, person_named(world, a.person), blocked=True)


@action("unblock", Action)
def unblock(world: World, a: Action) -> Any:
    """The person takes the bot back."""
    return _set_blocked(world, person_named(world, a.person), blocked=False)


@action("deactivate", Action)
def deactivate(world: World, a: Action) -> Any:
    """The person's account is gone; the bot finds out when it writes."""
    user = person_named(world, a.person)
    user.deactivated = True
    world.tell("people", {"id": user.id})
    return as_json(user)


@action("topic/create", OnTopic)
def create_topic(world: World, a: OnTopic) -> Json:
    """An officer opens a topic."""
    chat = world.chat(a.chat_id)
    topic = Topic(id=0, name=a.name or "?")
    return line(world, world.open_topic(chat, person_named(world, a.person), topic))


@action("topic/rename", OnTopic)
def rename_topic(world: World, a: OnTopic) -> Json:
    """An officer gives a topic another name."""
    topic = _topic(world, a)
    topic.name = a.name or topic.name
    return _topic_service(world, a, {"forum_topic_edited": {"name": topic.name}})


@action("topic/close", OnTopic)
def close_topic(world: World, a: OnTopic) -> Json:
    """An officer closes a topic."""
    _topic(world, a).closed = True
    return _topic_service(world, a, {"forum_topic_closed": {}})


@action("topic/reopen", OnTopic)
def reopen_topic(world: World, a: OnTopic) -> Json:
    """An officer opens a closed topic again."""
    _topic(world, a).closed = False
    return _topic_service(world, a, {"forum_topic_reopened": {}})


@action("topic/delete", OnTopic)
def delete_topic(world: World, a: OnTopic) -> Json:
    """An officer deletes a topic with all it holds; Telegram does not tell bots."""
    topic = _topic(world, a)
    world.delete_topic(world.chat(a.chat_id), topic)
    return {"topic_id": topic.id}


@action("rights", SetRights)
def set_rights(world: World, a: SetRights) -> Json:
    """Give the bot rights in the group or take them; the bot is told."""
    chat = world.chat(a.chat_id)
    old = chat.members.get(world.bot.id, Member(status="left"))
    rights = {**old.rights, **a.rights} if a.status == "administrator" else {}
    new = Member(status=a.status, rights=rights)
    chat.members[world.bot.id] = new
    officer = next(user for user in chat.members if user != world.bot.id)
    _tell_membership(world, chat, world.user(officer), old, new)
    world.tell("chat", {"chat_id": chat.id})
    return as_member(world.bot, new)


@action("migrate", Migrate)
def migrate(world: World, a: Migrate) -> Json:
    """Move a group with all it holds to a new id, as making it a supergroup does."""
    old = world.chat(a.chat_id)
    new_id = a.new_chat_id or old.id - 1000
    new = msgspec.structs.replace(old, id=new_id, posts=dict(old.posts))
    for post in new.posts.values():
        post.chat_id = new_id
    world.state.chats[new_id] = new
    officer = world.user(next(user for user in old.members if user != world.bot.id))
    old.posts = {}
    world.write(old, officer, {"migrate_to_chat_id": new_id})
    old.migrated_to = new_id
    world.write(new, officer, {"migrate_from_chat_id": old.id})
    world.tell("reset", {})
    return {"chat_id": new_id}


def _free_id(world: World, base: int) -> int:
    """The next id of the kind: citizens from 1001 (and past the officers' thousand), officers
    from 2001."""
    number = base
    while number in world.state.users:
        number += 1
        if base == 1001 and number == 2001:
            number = 100_001
    return number


def _set_blocked(world: World, user: User, *, blocked: bool) -> Any:
    if user.blocked != blocked:
        user.blocked = blocked
        old, new = Member(status="member"), Member(status="kicked")
        if not blocked:
            old, new = new, old
        _tell_membership(world, world.chat(user.id), user, old, new)
        world.tell("people", {"id": user.id})
    return as_json(user)


def _tell_membership(world: World, chat: Chat, by: User, old: Member, new: Member) -> None:
    shown = {
        "chat": world.show_chat(chat),
        "from": as_user(by),
        "date": int(world.now()),
        "old_chat_member": as_member(world.bot, old),
        "new_chat_member": as_member(world.bot, new),
    }
    world.updates.push("my_chat_member", shown, lane=chat.id)


def _topic(world: World, a: OnTopic) -> Topic:
    return world.topic(world.chat(a.chat_id), a.topic_id or 0)


def _topic_service(world: World, a: OnTopic, content: Json) -> Json:
    chat = world.chat(a.chat_id)
    post = world.service(chat, person_named(world, a.person), content, topic_id=a.topic_id)
    world.tell("chat", {"chat_id": chat.id})
    return line(world, post)
