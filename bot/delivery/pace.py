"""How fast Telegram lets us talk: overall, and in one group. Waiting here is better than a 429."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field

# Telegram counts what arrives within a minute, and one request travels longer than the next.
GROUP_WINDOW = 61.0  # seconds


@dataclass
class Window:
    """At most `limit` starts in any stretch of `seconds`."""

    limit: int
    seconds: float
    _starts: deque[float] = field(init=False)

    def __post_init__(self) -> None:
        self._starts = deque(maxlen=self.limit)

    def wait(self, now: float) -> float:
        """Seconds until one more may start; 0 = now."""
        if len(self._starts) < self.limit:
            return 0.0
        return max(0.0, self._starts[0] + self.seconds - now)

    def start(self, now: float) -> None:
        self._starts.append(now)


class Pace:
    """The budget of all chats, and of each group: sends, edits and new topics count alike."""

    def __init__(self, *, per_second: float, group_per_minute: int) -> None:
        self._overall = Window(max(1, round(per_second)), 1.0)
        self._groups: dict[int, Window] = defaultdict(
            lambda: Window(group_per_minute, GROUP_WINDOW)
        )
        self._held: dict[int, float] = {}

    def wait(self, chat_id: int, now: float) -> float:
        """Seconds until one more may go to this chat."""
        group = self._groups[chat_id].wait(now) if is_group(chat_id) else 0.0
        return max(self._held.get(chat_id, now) - now, self._overall.wait(now), group)

    def hold(self, chat_id: int, until: float) -> None:
        """Telegram told us to wait: a 429 speaks for the chat, with all topics of a group."""
        self._held[chat_id] = until

    def start(self, chat_id: int, now: float) -> None:
        self._overall.start(now)
        if is_group(chat_id):
            self._groups[chat_id].start(now)


def is_group(chat_id: int) -> bool:
    """Telegram's ids of groups are negative."""
    return chat_id < 0
