"""The one list of entrances: every kind of thing that can reach the bot, and who takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from bot.desk import tickets, topic
from bot.dialogue import conversation, presses
from bot.dialogue.turn import Policy
from bot.knowledge import Reader
from bot.messages import (
    AnyIncoming,
    GroupMoved,
    OfficerPressed,
    OfficerSaid,
    Pressed,
    Reachable,
    Said,
)


@dataclass(frozen=True)
class Services:
    """What handlers need beside the session."""

    reader: Reader
    policy: Policy
    bind_code: str = ""


@dataclass(frozen=True)
class Handled:
    """What to do right after commit, outside the outbox: it is worthless a minute later."""

    notice: str = ""  # shown over the chat of the one who pressed
    answer: str = ""  # said in the group, below the command


def _citizen_said(session: Session, said: Said, services: Services) -> Handled:
    knowledge = services.reader.current(session)
    conversation.hear(session, said, knowledge=knowledge, policy=services.policy)
    return Handled()


def _citizen_pressed(session: Session, pressed: Pressed, services: Services) -> Handled:
    knowledge = services.reader.current(session)
    notice = presses.press(session, pressed, knowledge=knowledge, policy=services.policy)
    return Handled(notice=notice)


def _citizen_reachable(session: Session, change: Reachable, _services: Services) -> Handled:
    conversation.reachable(session, change)
    return Handled()


def _officer_said(session: Session, said: OfficerSaid, services: Services) -> Handled:
    return Handled(answer=topic.hear(session, said, bind_code=services.bind_code))


def _officer_pressed(session: Session, pressed: OfficerPressed, services: Services) -> Handled:
    knowledge = services.reader.current(session)
    return Handled(notice=topic.press(session, pressed, knowledge=knowledge))


def _group_moved(session: Session, moved: GroupMoved, _services: Services) -> Handled:
    tickets.move_group(session, moved.old_id, moved.new_id)
    return Handled()


Handler = Callable[[Session, Any, Services], Handled]
HANDLERS: tuple[tuple[type[AnyIncoming], Handler], ...] = (
    (Said, _citizen_said),  # a citizen writes, sends or edits something in the private chat
    (Pressed, _citizen_pressed),  # a citizen presses a button
    (Reachable, _citizen_reachable),  # a citizen blocks the bot, or lets it in again
    (OfficerSaid, _officer_said),  # somebody writes in the officers' group
    (OfficerPressed, _officer_pressed),  # an officer presses a button in a topic
    (GroupMoved, _group_moved),  # Telegram gave the group a new id
)


def handle(session: Session, incoming: AnyIncoming | None, services: Services) -> Handled:
    """Gives the message to its handler."""
    for kind, handler in HANDLERS:
        if isinstance(incoming, kind):
            return handler(session, incoming, services)
    return Handled()
