"""One turn of a conversation: what it works with, and the few things it can do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import bindparam, insert
from sqlmodel import Session, select

from bot.delivery.outbox import EditText, SendFile, SendText, to_citizen
from bot.dialogue.memory import Memory, recall, remember
from bot.knowledge import Knowledge
from bot.matching.decision import Answer, Choices, NoMatch
from bot.storage.tables import Conversation, Event
from bot.wording.cards import Reply
from bot.wording.formats import VIETNAM

Matched = Answer | Choices | NoMatch
INSERT_EVENT = insert(Event)
FIND_CONVERSATION = (
    select(Conversation).where(Conversation.chat_id == bindparam("chat")).with_for_update()
)


@dataclass(frozen=True)
class Policy:
    """What the office decides about conversations."""

    grace: timedelta = timedelta(minutes=1)
    reopen_within: timedelta = timedelta(days=7)


@dataclass
class Turn:
    """All that one turn works with."""

    session: Session
    conversation: Conversation
    knowledge: Knowledge
    policy: Policy
    now: datetime
    memory: Memory
    edits: int | None = None  # the message that a press changes in place

    @property
    def today(self) -> date:
        """The day in Vietnam."""
        return self.now.astimezone(VIETNAM).date()

    def say(self, reply: Reply) -> None:
        """A new message, or the pressed one changed."""
        delivery: SendText | EditText = SendText(reply.html, reply.keyboard)
        if self.edits is not None:
            delivery = EditText(self.edits, reply.html, reply.keyboard)
            self.edits = None
        to_citizen(self.session, self.conversation, delivery, now=self.now)

    def attach(self, file: SendFile) -> None:
        to_citizen(self.session, self.conversation, file, now=self.now)

    def keep(self, **changes: object) -> None:
        self.memory = msgspec.structs.replace(self.memory, **changes)
        remember(self.conversation, self.memory)

    def note(self, kind: str, subject: str = "", **data: object) -> None:
        # Without the ORM: one a turn, and nobody looks at it in this transaction.
        self.session.connection().execute(
            INSERT_EVENT,
            {
                "kind": kind,
                "at": self.now,
                "conversation_id": self.conversation.id,
                "subject": subject,
                "data": data,
            },
        )


def find_conversation(session: Session, chat_id: int) -> Conversation | None:
    """The conversation of this private chat, locked for this transaction.

    The lock keeps one citizen's messages in order when several processes serve.
    """
    # A conversation is flushed when it is made: what else this transaction wrote can wait.
    with session.no_autoflush:
        return session.exec(FIND_CONVERSATION, params={"chat": chat_id}).one_or_none()


def get_conversation(session: Session, chat_id: int, now: datetime) -> Conversation:
    conversation = find_conversation(session, chat_id)
    if conversation is None:
        conversation = Conversation(chat_id=chat_id, created_at=now, last_at=now)
        session.add(conversation)
        session.flush()
    return conversation


def begin(
    session: Session, chat_id: int, at: datetime, knowledge: Knowledge, policy: Policy
) -> Turn:
    conversation = get_conversation(session, chat_id, at)
    conversation.last_at = at
    conversation.blocked_at = None
    return Turn(session, conversation, knowledge, policy, at, recall(conversation))


def remember_question(turn: Turn, text: str, decision: Matched) -> None:
    """What was asked and not answered; what was answered before stays, for a follow-up."""
    turn.keep(
        question=text,
        facets=decision.facets,
        candidates=tuple(c.id for c in decision.candidates),
        rejected=(),
        wants_officer=False,
    )
