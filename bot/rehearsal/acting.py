"""How an action of a person is entered, read and carried out.

Every action is a request class and a function, entered in `ACTIONS` under the name by which the
control API calls it. A person is meant by id or by name.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from bot.rehearsal.refusals import Json, bad_request
from bot.rehearsal.state import Chat, Post, User
from bot.rehearsal.world import World


class Action(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What every action has: somebody who acts, by id or name."""

    person: int | str


class InChat(Action, kw_only=True):
    """An action in a chat: the person's own with the bot, or a group and perhaps a topic."""

    chat_id: int | None = None
    topic_id: int | None = None


ACTIONS: dict[str, tuple[type[msgspec.Struct], Callable[[World, Any], Any]]] = {}
AnyAction = TypeVar("AnyAction", bound=msgspec.Struct)


def action(
    name: str, shape: type[AnyAction]
) -> Callable[[Callable[[World, AnyAction], Any]], Callable[[World, AnyAction], Any]]:
    """Enter a function as `POST /control/<name>`."""

    def enter(run: Callable[[World, AnyAction], Any]) -> Callable[[World, AnyAction], Any]:
        ACTIONS[name] = (shape, run)
        return run

    return enter


def act(world: World, name: str, params: Any) -> Any:
    """Do what the control API was asked for."""
    if name not in ACTIONS:
        raise bad_request(f"no such action: {name}")
    shape, run = ACTIONS[name]
    try:
        request = msgspec.convert(params, shape)
    except msgspec.ValidationError as error:
        raise bad_request(str(error)) from None
    return run(world, request)


def person_named(world: World, person: int | str) -> User:
    """A person by id or by name."""
    if isinstance(person, int):
        return world.user(person)
    for user in world.state.users.values():
        if user.first_name == person and not user.is_bot:
            return user
    raise bad_request(f"nobody is called {person}")


def place(world: World, a: InChat) -> tuple[User, Chat]:
    person = person_named(world, a.person)
    if a.chat_id is None or a.chat_id == person.id:
        if person.blocked:
            raise bad_request(f"{person.first_name} has blocked the bot; unblock first")
        return person, world.chat(person.id)
    chat = world.chat(a.chat_id)
    if person.id not in chat.members:
        raise bad_request(f"{person.first_name} is not in this chat")
    return person, chat


def write(
    world: World, a: InChat, content: Json, reply_to: int | None, extra: Json | None = None
) -> Post:
    person, chat = place(world, a)
    topic_id = a.topic_id or None
    if reply_to is not None:
        topic_id = topic_id or world.post(chat, reply_to, "no such message to reply to").topic
    if topic_id is not None:
        topic = world.topic(chat, topic_id)
        if topic.closed and chat.members[person.id].status == "member":
            raise bad_request("the topic is closed")
    if chat.type == "private":
        person.started = True
    return world.write(chat, person, content, topic=topic_id, reply_to=reply_to, extra=extra or {})
