"""The town: who is there, what was written where, and what the bot gets to hear of it.

Pure memory without HTTP. The Bot API's methods and the human side both act through this class,
so a message looks the same whoever sent it.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from bot.rehearsal.refusals import Json, bad_request, forbidden, migrated
from bot.rehearsal.shapes import as_user
from bot.rehearsal.state import (
    Chat,
    Member,
    Post,
    State,
    StoredFile,
    Topic,
    User,
    initial_state,
    next_state,
)
from bot.rehearsal.updates import Updates

CALLS_REMEMBERED = 20_000


class CallRecord(msgspec.Struct):
    """One call of a Bot API method: what was asked and what was answered."""

    number: int
    time: float
    method: str
    params: Json
    answer: msgspec.Raw
    code: int
    fault: str | None = None


class World:
    """People, chats, messages and updates, over a `State` that can be saved and restored."""

    def __init__(self, state: State | None = None, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.calls: deque[CallRecord] = deque(maxlen=CALLS_REMEMBERED)
        self.calls_made = 0
        self.listeners: set[Callable[[str, Json], None]] = set()
        self._waiters: dict[int | None, list[asyncio.Future[None]]] = {}
        self.state = state or initial_state()
        self.updates = Updates(self.state, self.now)

    def replace(self, state: State) -> None:
        """Go on from another state: after a restore or a reset."""
        self.state = state
        self.updates.state = state
        self.updates.close()
        self.updates.closing = False
        self.calls.clear()
        self.calls_made = 0
        self.tell("reset", {})

    def begin_anew(self) -> None:
        """Forget everything that was said; ids go on, because the bot may remember the old ones."""
        self.replace(next_state(self.state))

    def now(self) -> float:
        """The town's clock, which the rehearsal may set ahead."""
        return self._clock() + self.state.settings.clock_offset

    def tell(self, event: str, about: Json) -> None:
        """Let the page and those who wait know."""
        for listener in list(self.listeners):
            listener(event, about)

    def touch(self, post: Post) -> None:
        """Mark a message as changed, and wake those who wait for its chat."""
        self.state.revision += 1
        post.revision = self.state.revision
        for waiter in self._waiters.pop(post.chat_id, []) + self._waiters.pop(None, []):
            if not waiter.done():
                waiter.set_result(None)
        self.tell("message", {"chat_id": post.chat_id, "message_id": post.id})

    async def wait_for_change(self, chat_id: int | None, seconds: float) -> None:
        """Return when a message of the chat (None: of any) changes, or when time is over."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(chat_id, []).append(waiter)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(waiter, seconds)
        finally:
            waiting = self._waiters.get(chat_id, [])
            if waiter in waiting:
                waiting.remove(waiter)

    def new_id(self) -> int:
        """A number that this world has not used yet."""
        self.state.counter += 1
        return self.state.counter

    # People and chats

    @property
    def bot(self) -> User:
        """The bot itself."""
        return self.state.bot

    def user(self, user_id: int) -> User:
        """A person, or 400 "user not found"."""
        user = self.state.users.get(user_id)
        if user is None:
            raise bad_request("user not found")
        return user

    def find_user(self, user_id: int) -> Json | None:
        """A person as the Bot API shows them, if anybody has that id."""
        user = self.state.users.get(user_id)
        return as_user(user) if user else None

    def chat(self, chat_id: int | str) -> Chat:
        """A chat that exists, whoever may write there."""
        if isinstance(chat_id, str):
            raise bad_request("chat not found")
        chat = self.state.chats.get(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise migrated(chat.migrated_to)
        return chat

    def chat_for_bot(self, chat_id: int | str) -> Chat:
        """A chat in which the bot is present and wanted."""
        chat = self.chat(chat_id)
        if chat.type == "private":
            self._check_person(self.user(chat.id))
            return chat
        member = chat.members.get(self.bot.id, Member(status="left"))
        if member.status == "kicked":
            raise forbidden("bot was kicked from the supergroup chat")
        if member.status == "left":
            raise forbidden("bot is not a member of the supergroup chat")
        return chat

    def _check_person(self, user: User) -> None:
        if user.deactivated:
            raise forbidden("user is deactivated")
        if user.blocked:
            raise forbidden("bot was blocked by the user")
        if user.is_bot:
            raise forbidden("bots can't send messages to bots")
        if not user.started:
            raise forbidden("bot can't initiate conversation with a user")

    def bot_may(self, chat: Chat, right: str) -> bool:
        """Whether the bot has a right in this group; in a private chat it has them all."""
        if chat.type == "private":
            return True
        member = chat.members.get(self.bot.id)
        return bool(member and member.rights.get(right))

    # Topics

    def topic(self, chat: Chat, topic_id: int) -> Topic:
        """A living topic, or "message thread not found"."""
        topic = chat.topics.get(topic_id)
        if topic is None or topic.deleted:
            raise bad_request("message thread not found")
        return topic

    def open_topic(self, chat: Chat, author: User, topic: Topic) -> Post:
        """Create a topic; its service message gives it its id."""
        created: Json = {"name": topic.name, "icon_color": topic.icon_color}
        if topic.icon_custom_emoji_id:
            created["icon_custom_emoji_id"] = topic.icon_custom_emoji_id
        topic.id = chat.last_id + 1
        chat.topics[topic.id] = topic
        return self.service(chat, author, {"forum_topic_created": created}, topic_id=topic.id)

    def delete_topic(self, chat: Chat, topic: Topic) -> None:
        """Delete a topic with all it holds; Telegram tells bots nothing about it."""
        topic.deleted = True
        for post in chat.posts.values():
            if post.topic == topic.id:
                post.deleted = True
        self.tell("chat", {"chat_id": chat.id})

    # Messages

    def write(
        self,
        chat: Chat,
        author: User,
        content: Json,
        *,
        topic: int | None = None,
        reply_to: int | None = None,
        **rest: Any,
    ) -> Post:
        """Put a message into a chat; the bot hears of it unless it is the bot's own."""
        chat.last_id += 1
        post = Post(
            chat_id=chat.id,
            id=chat.last_id,
            author=author.id,
            date=int(self.now()),
            content=content,
            topic=topic,
            thread=topic or self._thread(chat, reply_to),
            reply_to=reply_to,
            **rest,
        )
        chat.posts[post.id] = post
        if author.id != self.bot.id:
            self.push_message("message", post)
        self.touch(post)
        return post

    def _thread(self, chat: Chat, reply_to: int | None) -> int | None:
        """Replies outside topics carry a thread id too; bots that trust it get lost."""
        if chat.type == "private" or reply_to is None:
            return None
        replied = chat.posts[reply_to]
        return replied.thread or replied.id

    def service(
        self, chat: Chat, author: User, content: Json, *, topic_id: int | None = None
    ) -> Post:
        """Put a service message into a chat; the bot hears even of those it caused itself."""
        post = self.write(chat, author, content, topic=topic_id)
        if author.id == self.bot.id:
            self.push_message("message", post)
        return post

    def post(self, chat: Chat, message_id: int, missing: str) -> Post:
        """A message that was not deleted, or 400 with the sentence `missing`."""
        post = chat.posts.get(message_id)
        if post is None or post.deleted:
            raise bad_request(missing)
        return post

    def change(self, post: Post, **fields: Any) -> None:
        """Edit a message, remembering what stood there before."""
        post.earlier.append({"content": post.content, "markup": post.markup})
        for name, value in fields.items():
            setattr(post, name, value)
        post.edit_date = int(self.now())
        self.touch(post)

    def delete(self, post: Post) -> None:
        """Take a message away for everybody."""
        post.deleted = True
        self.touch(post)

    def push_message(self, kind: str, post: Post) -> None:
        """Let the bot hear of a message."""
        if self.updates.wants(kind):
            self.updates.push(kind, self.show(post), lane=post.chat_id)

    def show(self, post: Post, *, with_reply: bool = True) -> Json:
        """A message as the Bot API shows it."""
        chat = self.state.chats[post.chat_id]
        message: Json = {
            "message_id": post.id,
            "from": as_user(self.state.users[post.author]),
            "chat": self.show_chat(chat),
            "date": post.date,
        }
        if post.thread is not None:
            message["message_thread_id"] = post.thread
        if post.topic is not None:
            message["is_topic_message"] = True
        if with_reply:
            self._show_reply(chat, post, message)
        if post.edit_date is not None:
            message["edit_date"] = post.edit_date
        message.update(post.extra)
        message.update(post.content)
        if post.markup:
            message["reply_markup"] = post.markup
        return message

    def _show_reply(self, chat: Chat, post: Post, message: Json) -> None:
        """In a topic, what replies to nothing is shown as a reply to the topic's first message."""
        target = post.reply_to
        if target is None and post.topic is not None and post.topic != post.id:
            target = post.topic
        replied = chat.posts.get(target) if target is not None else None
        if replied and (not replied.deleted or replied.id == post.topic):
            message["reply_to_message"] = self.show(replied, with_reply=False)

    def show_chat(self, chat: Chat) -> Json:
        """A chat as messages carry it."""
        if chat.type == "private":
            user = self.state.users[chat.id]
            shown: Json = {"id": chat.id, "type": "private", "first_name": user.first_name}
            if user.username:
                shown["username"] = user.username
            return shown
        shown = {"id": chat.id, "type": chat.type, "title": chat.title}
        if chat.is_forum:
            shown["is_forum"] = True
        return shown

    # Files

    def keep_file(
        self, content: bytes, *, name: str, mime_type: str, size: int | None = None
    ) -> StoredFile:
        """Keep a file and give it the two ids Telegram gives; `size` may claim more bytes."""
        number = self.new_id()
        stored = StoredFile(
            id=f"file-{number:08d}-{name.rpartition('.')[2] or 'bin'}",
            unique_id=f"unique{number:08d}",
            name=name,
            mime_type=mime_type,
            content=content,
            declared_size=len(content) if size is None else size,
        )
        self.state.files[stored.id] = stored
        return stored
