"""The outbox in memory: one queue a chat or topic, so that each keeps its order and none holds up others."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from bot.storage.tables import Audience, Outbox

Lane = tuple[Audience, int]


@dataclass
class Lanes:
    """Rows in memory: one queue a chat or topic, in the order of the outbox."""

    rows: dict[Lane, deque[Outbox]] = field(default_factory=dict)
    chats: dict[Lane, int] = field(default_factory=dict)  # of citizens: these never change
    ids: set[int] = field(default_factory=set)
    flying: set[Lane] = field(default_factory=set)
    held: dict[Lane, float] = field(default_factory=dict)  # not before this moment
    failures: dict[Lane, int] = field(default_factory=dict)  # in a row

    def add(self, row: Outbox, citizen_chat: int) -> None:
        if row.id in self.ids:
            return
        lane = lane_of(row)
        self.ids.add(row.id)
        self.rows.setdefault(lane, deque()).append(row)
        if row.audience == Audience.CITIZEN:
            self.chats[lane] = citizen_chat

    def count(self, audience: Audience) -> int:
        return sum(len(queue) for lane, queue in self.rows.items() if lane[0] == audience)

    def ready(self, now: float) -> list[Outbox]:
        """The first row of every lane that may go, the most urgent first."""
        heads = (
            queue[0]
            for lane, queue in self.rows.items()
            if queue and lane not in self.flying and self.held.get(lane, 0.0) <= now
        )
        return sorted(heads, key=lambda row: (row.priority, row.id))

    def done(self, row: Outbox) -> None:
        """The row has left memory: sent, failed, or to be read again."""
        lane = lane_of(row)
        queue = self.rows.get(lane)
        if queue and queue[0].id == row.id:
            queue.popleft()
        if not queue:
            self.rows.pop(lane, None)
            self.chats.pop(lane, None)
        self.ids.discard(row.id)

    def next_moment(self) -> float | None:
        waiting = [
            until
            for lane, until in self.held.items()
            if lane in self.rows and lane not in self.flying
        ]
        return min(waiting, default=None)


def lane_of(row: Outbox) -> Lane:
    if row.audience == Audience.CITIZEN:
        return (Audience.CITIZEN, row.conversation_id)
    return (Audience.DESK, row.ticket_id or 0)
