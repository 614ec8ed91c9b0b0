"""Answering, and asking back: what a decision of the matcher becomes in a conversation."""

from __future__ import annotations

from bot.desk import tickets
from bot.desk.tickets import Reason
from bot.dialogue import replies
from bot.dialogue.handover import propose
from bot.dialogue.memory import Memory
from bot.dialogue.offers import make_offer
from bot.dialogue.turn import Turn, remember_question
from bot.dialogue.whereabouts import my_commune
from bot.matching.conversation import joined
from bot.matching.decision import Answer, Choices, NoMatch
from bot.matching.heard import TOGETHER, TOLD_APART
from bot.matching.understanding import PICKED

MAX_CLARIFICATIONS = 2  # then a human: asking a third time drives people away (rasa #7510)
MOST_PIECES = 3  # messages that people cut one question into; more is a conversation in circles


def give_answer(turn: Turn, text: str, decision: Answer) -> None:
    memory = turn.memory
    options = memory.options if decision.procedure == memory.procedure else ()
    candidates = tuple(c.id for c in decision.candidates)
    if {PICKED, TOLD_APART} & {*decision.why}:  # "bị mất" answers our question, it asks none
        text, candidates = joined(memory.question, text), memory.candidates
    if PICKED in decision.why:
        options += _settled(memory, decision.procedure)
    turn.keep(
        question=text,
        procedure=decision.procedure,
        facets=decision.facets,
        candidates=candidates,
        ways=(),
        rejected=(),
        clarifications=0,
        unanswered="",
        pieces=0,
        options=options,
    )
    facets = [facet.value for facet in decision.facets]
    turn.note("answered", decision.procedure, facets=facets, confidence=decision.confidence)
    turn.say(replies.answered(decision, turn.knowledge, turn.memory, commune=my_commune(turn)))
    if decision.also:
        turn.say(replies.asked_also(decision.also, turn.knowledge.catalogue))


def _settled(memory: Memory, procedure: str) -> tuple[str, ...]:
    """The case that was answered together with the choice."""
    ways = memory.offered(procedure)
    return (ways[0].option,) if len(ways) == 1 and ways[0].option else ()


def ask_back(turn: Turn, text: str, decision: Choices) -> None:
    asked = turn.memory.clarifications
    is_piece = TOGETHER in decision.why and asked > 0 and turn.memory.pieces < MOST_PIECES - 1
    remember_question(turn, text, decision)
    if not is_piece and _asked_enough(turn):
        propose(turn, text, decision, Reason.UNSURE)
        return
    offer = make_offer(decision, turn.knowledge.catalogue)
    turn.keep(
        ways=offer.ways,
        facets=decision.facets,
        clarifications=asked if is_piece else asked + 1,
        pieces=turn.memory.pieces + is_piece,
    )
    turn.note("asked_back", offer.asked, data=list(decision.procedures))
    turn.say(
        replies.choices(
            offer, turn.knowledge.catalogue, question=text, again=asked > 0 and not is_piece
        )
    )


def ask_of_what(turn: Turn, text: str, decision: NoMatch) -> None:
    """ "Hết bao nhiêu tiền", and nothing was spoken of: a person asks "of what?", not an officer."""
    remember_question(turn, text, decision)
    if _asked_enough(turn):
        propose(turn, text, decision, Reason.UNSURE)
        return
    turn.keep(clarifications=turn.memory.clarifications + 1)
    turn.note("asked_of_what")
    turn.say(replies.plain("of_what", facet=decision.facets[0].value))


def _asked_enough(turn: Turn) -> bool:
    asked = turn.memory.clarifications >= MAX_CLARIFICATIONS
    return asked and tickets.find_open(turn.session, turn.conversation) is None
