"""Officers in their group, for tests and benchmarks."""

from typing import TYPE_CHECKING, Any

import msgspec

from bot.rehearsal.records import WAIT_SECONDS, Answer, Line, Topic
from bot.rehearsal.refusals import Json

if TYPE_CHECKING:
    from bot.rehearsal.people import People

OPENING = ("forum_topic_created", "forum_topic_edited")


class Officers:
    """The officers' group; `by` names the officer who acts."""

    def __init__(self, people: "People", chat_id: int, by: str = "Cán bộ Tâm") -> None:
        self.people = people
        self.chat_id = chat_id
        self.by = by

    def named(self, name: str) -> "Officers":
        """The same group with another officer acting."""
        return Officers(self.people, self.chat_id, name)

    async def topics(self) -> list[Topic]:
        """All topics that were not deleted."""
        groups = (await self.people.world())["groups"]
        group = next(group for group in groups if group["id"] == self.chat_id)
        topics = msgspec.convert(group["topics"], list[Topic])
        return [topic for topic in topics if not topic.deleted]

    async def waits_for_topic(
        self,
        containing: str = "",
        *,
        timeout: float = WAIT_SECONDS,  # noqa: ASYNC109 - the caller speaks of patience
    ) -> Topic:
        """The latest topic with these words in its name."""

        def opens(line: Line) -> bool:
            return any(containing in str(line.service.get(key)) for key in OPENING)

        line = await self.people.waits_for(opens, chat_id=self.chat_id, timeout=timeout)
        matching = [topic for topic in await self.topics() if containing in topic.name]
        return matching[-1] if matching else await self._topic(line.topic_id)

    async def _topic(self, topic_id: int | None) -> Topic:
        return next(topic for topic in await self.topics() if topic.id == topic_id)

    async def in_topic(self, topic: Topic | int | None) -> list[Line]:
        """The messages of a topic; None is General."""
        return await self.people.transcript(self.chat_id, _id(topic) or 0)

    async def waits_for_message(
        self,
        topic: Topic | int | None,
        containing: str = "",
        *,
        since: int = 0,
        timeout: float = WAIT_SECONDS,  # noqa: ASYNC109 - the caller speaks of patience
    ) -> Line:
        """A message of the bot in the topic with these words, now or soon."""

        def is_meant(line: Line) -> bool:
            by_bot = line.author.is_bot and line.kind != "service" and not line.deleted
            return by_bot and containing in line.text

        return await self.people.waits_for(
            is_meant,
            chat_id=self.chat_id,
            topic_id=_id(topic) or 0,
            since=since,
            timeout=timeout,
        )

    async def writes(self, topic: Topic | int | None, text: str) -> Line:
        """Write into a topic, or into General, without replying to anything."""
        return await self._acts("say", topic_id=_id(topic), text=text)

    async def replies(self, topic: Topic | int | None, to_message: int, text: str) -> Line:
        """Reply to a message."""
        return await self._acts("say", topic_id=_id(topic), reply_to=to_message, text=text)

    async def sends(
        self, topic: Topic | int | None, kind: str, *, reply_to: int | None = None, **fields: Any
    ) -> Line:
        """Send a photo, voice, sticker, document, location or contact."""
        return await self._acts("send", topic_id=_id(topic), kind=kind, reply_to=reply_to, **fields)

    async def edits(self, message_id: int, text: str) -> Line:
        """Change one's own message."""
        return await self._acts("edit", message_id=message_id, text=text)

    async def reacts(self, message_id: int, emoji: str | None) -> Line:
        """React to a message."""
        return await self._acts("react", message_id=message_id, emoji=emoji)

    async def presses(
        self,
        topic: Topic | int | None,
        label: str | None = None,
        *,
        data: str | None = None,
        message_id: int | None = None,
        wait: float = WAIT_SECONDS,
    ) -> Answer:
        """Press a button in a topic."""
        where = {"chat_id": self.chat_id, "topic_id": _id(topic), "message_id": message_id}
        person = await self._person()
        return await self.people.press(person, label, wait, data=data, **where)

    async def creates(self, name: str) -> Topic:
        """Open a topic by hand."""
        line = await self._topic_action("create", None, name=name)
        return await self._topic(line["topic_id"])

    async def renames(self, topic: Topic | int, name: str) -> None:
        """Give a topic another name."""
        await self._topic_action("rename", topic, name=name)

    async def closes(self, topic: Topic | int) -> None:
        """Close a topic."""
        await self._topic_action("close", topic)

    async def reopens(self, topic: Topic | int) -> None:
        """Open a closed topic."""
        await self._topic_action("reopen", topic)

    async def deletes(self, topic: Topic | int) -> None:
        """Delete a topic with all it holds."""
        await self._topic_action("delete", topic)

    async def set_rights(self, status: str = "administrator", **rights: bool) -> None:
        """Give the bot rights in the group, or take them; `status="kicked"` throws it out."""
        await self.people.act("rights", chat_id=self.chat_id, status=status, rights=rights)

    async def migrates(self) -> int:
        """Move the group to a new id, which is returned and used from now on."""
        moved = await self.people.act("migrate", chat_id=self.chat_id)
        self.chat_id = int(moved["chat_id"])
        return self.chat_id

    async def _person(self) -> int:
        world = await self.people.world()
        return next(int(one["id"]) for one in world["officers"] if one["first_name"] == self.by)

    async def _acts(self, action: str, **fields: Any) -> Line:
        answer = await self.people.act(action, person=self.by, chat_id=self.chat_id, **fields)
        return msgspec.convert(answer, Line)

    async def _topic_action(self, verb: str, topic: Topic | int | None, **fields: Any) -> Json:
        answer: Json = await self.people.act(
            f"topic/{verb}",
            person=self.by,
            chat_id=self.chat_id,
            topic_id=_id(topic),
            **fields,
        )
        return answer


def _id(topic: Topic | int | None) -> int | None:
    return topic.id if isinstance(topic, Topic) else topic
