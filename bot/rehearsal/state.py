"""Everything the stand-in remembers, as plain records.

It is one tree of msgspec structs, so that the whole state can be written to a file and read
back: killing Telegram and starting it again is one of the things a bot must survive.
"""

from typing import Any

import msgspec

from bot.rehearsal.refusals import Json

DEFAULT_TOKEN = "1:rehearsal"  # noqa: S105 - opens nothing but this stand-in
GROUP_ID = -1001000000001
TOPIC_RIGHTS = {"can_manage_topics": True, "can_pin_messages": True, "can_delete_messages": True}


class User(msgspec.Struct, kw_only=True):
    """A person, or the bot itself."""

    id: int
    first_name: str
    is_bot: bool = False
    username: str | None = None
    language_code: str | None = "vi"
    started: bool = False
    blocked: bool = False
    deactivated: bool = False


class Member(msgspec.Struct, kw_only=True):
    """How somebody stands in a group."""

    status: str = "member"
    rights: dict[str, bool] = {}


class Topic(msgspec.Struct, kw_only=True):
    """A topic of a forum; its id is the id of the service message that opened it."""

    id: int
    name: str
    icon_color: int = 0x6FB9F0
    icon_custom_emoji_id: str | None = None
    closed: bool = False
    deleted: bool = False


class Post(msgspec.Struct, kw_only=True):
    """A message as it is kept; `content` holds the Bot API's own fields (text, photo, …)."""

    chat_id: int
    id: int
    author: int
    date: int
    content: Json
    topic: int | None = None
    thread: int | None = None
    reply_to: int | None = None
    markup: Json | None = None
    keyboard: Json | None = None
    extra: Json = {}
    edit_date: int | None = None
    deleted: bool = False
    reactions: dict[int, list[Json]] = {}
    earlier: list[Json] = []
    revision: int = 0


class Chat(msgspec.Struct, kw_only=True):
    """A private chat (its id is the person's) or a supergroup."""

    id: int
    type: str
    title: str | None = None
    is_forum: bool = False
    members: dict[int, Member] = {}
    topics: dict[int, Topic] = {}
    posts: dict[int, Post] = {}
    pinned: list[int] = []
    last_id: int = 0
    migrated_to: int | None = None


class StoredFile(msgspec.Struct, kw_only=True):
    """A file that somebody sent; `declared_size` may exceed the bytes that are really kept."""

    id: str
    unique_id: str
    name: str
    mime_type: str
    content: bytes
    declared_size: int
    path: str | None = None
    path_born: float = 0.0


class Callback(msgspec.Struct, kw_only=True):
    """A pressed button and what the bot answered to it."""

    id: str
    born: float
    user_id: int
    chat_id: int
    message_id: int
    data: str
    answered: bool = False
    text: str | None = None
    show_alert: bool = False
    url: str | None = None


class Inline(msgspec.Struct, kw_only=True):
    """An inline query and what the bot answered to it."""

    id: str
    born: float
    user_id: int
    query: str
    answered: bool = False
    results: list[Json] = []
    button: Json | None = None


class Waiting(msgspec.Struct, kw_only=True):
    """An update that the bot has not yet confirmed, encoded once when it happened."""

    id: int
    kind: str
    born: float
    lane: int
    raw: msgspec.Raw


class Webhook(msgspec.Struct, kw_only=True):
    """Where updates are pushed to, if anywhere."""

    url: str = ""
    secret_token: str | None = None
    max_connections: int = 40
    last_error_date: int | None = None
    last_error_message: str | None = None


class Fault(msgspec.Struct, kw_only=True):
    """One thing that goes wrong on purpose; see `bot.rehearsal.faults`."""

    kind: str
    method: str = "*"
    chat_id: int | None = None
    calls: list[int] | None = None
    times: int | None = None
    probability: float = 1.0
    seed: int = 0
    retry_after: int = 1
    seconds: float = 3600.0
    status: int = 502
    error_code: int = 400
    description: str = ""
    new_chat_id: int = 0
    after_effect: bool | None = None
    seen: int = 0
    struck: int = 0


class Settings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What can be turned while the stand-in runs."""

    callback_deadline: float = 15.0
    file_path_lifetime: float = 3600.0
    limiter: bool = False
    overall_per_second: int = 30
    chat_per_second: int = 1
    group_per_minute: int = 20
    latency: dict[str, tuple[float, float]] = {}
    # Telegram lets a bot with can_manage_topics write in a closed topic at times and refuses at
    # others; the strict side is the one a bot has to be ready for.
    closed_topics_refuse: bool = True
    webhook_retry: float = 0.2
    webhook_out_of_order: bool = False
    clock_offset: float = 0.0


class State(msgspec.Struct, kw_only=True):
    """The whole world."""

    token: str
    bot: User
    users: dict[int, User] = {}
    chats: dict[int, Chat] = {}
    files: dict[str, StoredFile] = {}
    updates: list[Waiting] = []
    again: list[Waiting] = []
    confirmed: list[Waiting] = []
    last_update_id: int = 100_000
    last_message_id: int = 0  # every chat counts on from here; a chat of before may come again
    allowed_updates: list[str] | None = None
    callbacks: dict[str, Callback] = {}
    inlines: dict[str, Inline] = {}
    commands: dict[str, list[Json]] = {}
    texts: dict[str, str] = {}
    webhook: Webhook = msgspec.field(default_factory=Webhook)
    settings: Settings = msgspec.field(default_factory=Settings)
    faults: list[Fault] = []
    counter: int = 0
    revision: int = 0


def initial_state(token: str = DEFAULT_TOKEN) -> State:
    """The town as the curtain rises: three citizens, two officers and their group."""
    bot = User(
        id=int(token.partition(":")[0]), is_bot=True, first_name="Một Cửa", username="motcua_bot"
    )
    state = State(token=token, bot=bot, users={bot.id: bot})
    for number, name in enumerate(("Bà Lài", "Anh Hùng", "Chị Mơ"), start=1001):
        state.users[number] = User(id=number, first_name=name)
        state.chats[number] = Chat(id=number, type="private")
    group = Chat(id=GROUP_ID, type="supergroup", title="Cán bộ đất đai", is_forum=True, last_id=1)
    group.members[bot.id] = Member(status="administrator", rights=dict(TOPIC_RIGHTS))
    officers = (("Cán bộ Tâm", "creator"), ("Cán bộ Đức", "administrator"))
    for number, (name, status) in enumerate(officers, start=2001):
        state.users[number] = User(id=number, first_name=name)
        state.chats[number] = Chat(id=number, type="private")
        group.members[number] = Member(status=status, rights=dict(TOPIC_RIGHTS))
    state.chats[group.id] = group
    return state


def next_state(old: State) -> State:
    """The town as at first, in which no id comes that was given before."""
    state = initial_state(old.token)
    state.counter, state.revision = old.counter, old.revision
    last_message_id = max(chat.last_id for chat in old.chats.values())
    count_on(state, update_id=old.last_update_id, message_id=last_message_id)
    return state


def count_on(state: State, *, update_id: int, message_id: int) -> None:
    """Go on after these ids: a bot has seen them, and what it has seen must not come again."""
    state.last_update_id = max(state.last_update_id, update_id)
    state.last_message_id = max(state.last_message_id, message_id)
    for chat in state.chats.values():
        chat.last_id = max(chat.last_id, state.last_message_id)


def dump(state: State) -> bytes:
    """The state as one line of JSON."""
    return msgspec.json.encode(state)


def restore(content: bytes) -> State:
    """The state that `dump` wrote."""
    return msgspec.json.decode(content, type=State)


def as_json(value: Any) -> Any:
    """A record as plain JSON values."""
    return msgspec.to_builtins(value)
