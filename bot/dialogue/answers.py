"""Answering, and asking back: what a decision of the matcher becomes in a conversation."""

from __future__ import annotations

from bot.desk import tickets
from bot.desk.tickets import Reason
from bot.dialogue import replies
from bot.dialogue.handover import propose
from bot.dialogue.offers import make_offer
from bot.dialogue.turn import Turn, remember_question
from bot.dialogue.whereabouts import my_commune
from bot.matching.decision import Answer, Choices

MAX_CLARIFICATIONS = 2  # then a human: asking a third time drives people away (rasa #7510)


def give_answer(turn: Turn, text: str, decision: Answer) -> None:
    same = decision.procedure == turn.memory.procedure
    turn.keep(
        question=text,
        procedure=decision.procedure,
        facets=decision.facets,
        candidates=tuple(c.id for c in decision.candidates),
        offered=(),
        labels=(),
        rejected=(),
        clarifications=0,
        options=turn.memory.options if same else (),
    )
    facets = [facet.value for facet in decision.facets]
    turn.note("answered", decision.procedure, facets=facets, confidence=decision.confidence)
    turn.say(replies.answered(decision, turn.knowledge, turn.memory, commune=my_commune(turn)))


def ask_back(turn: Turn, text: str, decision: Choices) -> None:
    asked = turn.memory.clarifications
    remember_question(turn, text, decision)
    if asked >= MAX_CLARIFICATIONS and tickets.find_open(turn.session, turn.conversation) is None:
        propose(turn, text, decision, Reason.UNSURE)
        return
    offer = make_offer(decision, turn.knowledge.catalogue)
    turn.keep(
        offered=tuple(way.procedure for way in offer.ways),
        labels=tuple(way.label for way in offer.ways),
        facets=decision.facets,
        clarifications=asked + 1,
    )
    turn.note("asked_back", offer.asked, data=list(decision.procedures))
    turn.say(replies.choices(offer, question=text, again=asked > 0))
