"""What a conversation is about: small, kept in its row, gone when it is over."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from bot.matching.decision import Context
from bot.matching.facets import Facet
from bot.storage.tables import Conversation

IN_ONE_BREATH = timedelta(minutes=2)  # "em muốn hỏi" / "cái vụ sổ đỏ" / "bị mất ấy" is one question


class Estimating(msgspec.Struct, frozen=True, omit_defaults=True):
    """An estimate under way: what was answered so far, by question."""

    procedure: str
    answers: dict[str, str] = {}
    repeated: bool = False  # the question was asked a second time


class Way(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of the choices as shown: the words on its button, and where it leads."""

    label: str
    procedure: str
    option: str = ""  # of the procedure's cases, where the answer settles one


class Memory(msgspec.Struct, frozen=True, omit_defaults=True):
    question: str = ""  # the last question in the citizen's words
    procedure: str | None = None  # what was answered last
    facets: tuple[Facet, ...] = ()  # what was asked about it
    candidates: tuple[str, ...] = ()  # ids in the order of the last decision
    ways: tuple[Way, ...] = ()  # the choices as shown
    rejected: tuple[str, ...] = ()  # answered "Chưa đúng"
    clarifications: int = 0  # how often we asked back in a row
    unanswered: str = ""  # what was said and led to no answer yet
    unanswered_at: datetime | None = None  # when its last message was written
    pieces: int = 0  # messages that went on with it and were not counted as asked back
    options: tuple[str, ...] = ()  # answers to the questions of `procedure`
    estimating: Estimating | None = None
    commune: str = ""  # where the citizen lives or wants to hand in, as said
    awaits_place: bool = False  # we asked for the commune
    wants_officer: bool = False  # said /canbo before saying what about
    album: str = ""  # the last album we answered, so that ten photos get one answer

    def context(self, at: datetime) -> Context:
        """For reading a message of this moment with what was said before."""
        since = self.unanswered_at
        is_fresh = since is not None and at - since <= IN_ONE_BREATH
        return Context(
            procedure=self.procedure,
            facets=self.facets,
            candidates=tuple(way.procedure for way in self.ways),
            labels=tuple(way.label for way in self.ways),
            question=self.question,
            unanswered=self.unanswered if is_fresh else "",
        )

    def offered(self, procedure: str) -> tuple[Way, ...]:
        """The choices that lead to this procedure."""
        return tuple(way for way in self.ways if way.procedure == procedure)

    def chosen(self, procedure: str) -> frozenset[str]:
        return frozenset(self.options) if procedure == self.procedure else frozenset()


_decoder = msgspec.json.Decoder(Memory)


def recall(conversation: Conversation) -> Memory:
    return _decoder.decode(conversation.memory) if conversation.memory else Memory()


def remember(conversation: Conversation, memory: Memory) -> None:
    conversation.memory = msgspec.json.encode(memory)
