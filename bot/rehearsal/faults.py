"""What goes wrong on purpose, and the pace Telegram allows.

A fault names a `kind` and, if it should not strike always, a method, a chat, which of the
matching calls (counted from 1), how many times, or a probability with a seed. Kinds:

- any name in `refusals.NAMED` (`blocked`, `thread_not_found`, `topic_closed`, …), or `refuse`
  with `error_code` and `description`: the call is refused and has no effect;
- `too_many_requests` with `retry_after`; `migrate` with `new_chat_id`;
- `gateway`: an HTML page with `status` 502 or 504; `hang`: no answer for `seconds`; both before
  the effect unless `after_effect`;
- `reset`: the connection breaks, after the effect unless `after_effect` is false;
- `slow_body`: the answer trickles for `seconds`; `truncated`: half of the JSON; both after it.
"""

import math
import random
import time
from collections import deque

from bot.rehearsal.refusals import (
    NAMED,
    Json,
    Refusal,
    bad_request,
    migrated,
    too_many_requests,
)
from bot.rehearsal.state import Fault, Settings, State

TRANSPORT = {"gateway", "hang", "reset", "slow_body", "truncated"}
REFUSING = {"refuse", "too_many_requests", "migrate", *NAMED}
AFTER_EFFECT = {"reset", "slow_body", "truncated"}
PACED = ("send", "copy", "forward", "edit", "createforumtopic")
NOT_PACED = {"sendchataction"}


def check(fault: Fault) -> None:
    """Refuse a fault that could never strike."""
    if fault.kind not in TRANSPORT | REFUSING:
        raise bad_request(f"no such fault: {fault.kind}; known: {sorted(TRANSPORT | REFUSING)}")


def choose(state: State, method: str, chat_id: object) -> Fault | None:
    """The first fault that strikes this call."""
    struck = None
    for fault in state.faults:
        if not _concerns(fault, method, chat_id):
            continue
        fault.seen += 1
        if struck is None and _strikes(fault):
            fault.struck += 1
            struck = fault
    return struck


def _concerns(fault: Fault, method: str, chat_id: object) -> bool:
    if fault.method != "*" and fault.method.lower() != method.lower():
        return False
    if fault.method == "*" and method.lower() == "getupdates":
        # A fault of "everything" means what the bot does; breaking its ears is asked for by name.
        return False
    return fault.chat_id is None or str(fault.chat_id) == str(chat_id)


def _strikes(fault: Fault) -> bool:
    if fault.times is not None and fault.struck >= fault.times:
        return False
    if fault.calls is not None and fault.seen not in fault.calls:
        return False
    # Drawn from seed and count, so that a saved and restored state goes on with the same luck.
    luck = random.Random(f"{fault.seed}:{fault.seen}")  # noqa: S311 - a rehearsal, no secret
    return fault.probability >= 1 or luck.random() < fault.probability


def strikes_after(fault: Fault) -> bool:
    """Whether the call takes effect before the fault is felt."""
    return fault.kind in AFTER_EFFECT if fault.after_effect is None else fault.after_effect


def refusal(fault: Fault) -> Refusal | None:
    """The refusal that this fault means, if it is one."""
    if fault.kind == "too_many_requests":
        return too_many_requests(fault.retry_after)
    if fault.kind == "migrate":
        return migrated(fault.new_chat_id)
    if fault.kind == "refuse":
        return Refusal(fault.error_code, fault.description or "Bad Request: refused on purpose")
    return Refusal(*NAMED[fault.kind]) if fault.kind in NAMED else None


class Pace:
    """Telegram's limits: overall, per chat, and per group for all its topics together."""

    def __init__(self) -> None:
        self._overall: deque[float] = deque()
        self._chats: dict[int, deque[float]] = {}

    def check(self, settings: Settings, method: str, params: Json) -> None:
        """Refuse the call with 429 when it comes too soon; count it when it does not."""
        name = method.lower()
        if not settings.limiter or not name.startswith(PACED) or name in NOT_PACED:
            return
        now = time.monotonic()
        chat_id = int(params.get("chat_id") or 0)
        chat = self._chats.setdefault(chat_id, deque())
        windows = [(self._overall, settings.overall_per_second, 1.0)]
        if chat_id < 0:
            windows.append((chat, settings.group_per_minute, 60.0))
        else:
            windows.append((chat, settings.chat_per_second, 1.0))
        wait = max(_wait(times, most, period, now) for times, most, period in windows)
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        for times, _, _ in windows:
            times.append(now)


def _wait(times: deque[float], most: int, period: float, now: float) -> float:
    while times and times[0] <= now - period:
        times.popleft()
    return times[len(times) - most] + period - now if len(times) >= most else 0.0
