"""What a message wants, read with the conversation: by itself, or as a part of what was said before."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from bot.matching.continuing import continued, in_talk, tells_only
from bot.matching.conversation import (
    NO_CONTEXT,
    YES_OR_NO,
    Context,
    asked_alone,
    by_label,
    by_number,
    clauses,
    find_intent,
    half_answers,
    joined,
    may_pick,
    says_more,
    says_nothing,
    tells_detail,
    told_apart,
)
from bot.matching.decision import (
    LISTED,
    Answer,
    Choices,
    Decision,
    Found,
    NoMatch,
    SmallTalk,
    decide,
    named,
)
from bot.matching.heard import STILL_OPEN, TOGETHER, Heard
from bot.matching.index import Index
from bot.matching.intents import Intent
from bot.matching.reading import Reading
from bot.matching.sisters import asked_beside

PICKED = "picked"  # among the reasons: one of the choices shown before was named


def understand(text: str, *, index: Index, context: Context = NO_CONTEXT) -> Decision:
    """What the message wants, read with the conversation. Never raises, for any string."""
    reading = index.read(text)
    side = None if reading.facets else asked_alone(reading)
    if side is not None:
        reading = structs.replace(reading, terms=(), facets=(side,), vague=False)
    decision = _understand(Heard(text, reading, context, index))
    if isinstance(decision, Answer) and context.unanswered and not reading.facets:
        # "Hết bao nhiêu tiền", and then "tách thửa ấy".
        earlier = index.read(context.unanswered)
        return replace(decision, facets=earlier.facets or decision.facets)
    return decision


def _understand(heard: Heard) -> Decision:
    reading, context, index = heard.reading, heard.context, heard.index
    picked = _picked(heard)
    if picked is not None:
        return picked
    whole = index.said_whole(reading)
    if whole:
        matches = index.match(reading).ours[:LISTED]
        found = named(whole, tuple(map(index.candidate, matches)), reading.facets, index)
        return in_talk(heard, found) or found
    intent = find_intent(reading, index.lexicon)
    is_half = intent in YES_OR_NO and half_answers(reading, context, index.lexicon)
    if is_half and len(heard.still_open) > 1:
        return heard.ask_again(heard.still_open, context.facets)
    if intent is not None:
        return SmallTalk(intent, (f"intent:{intent}",))
    if _goes_on(heard):
        if len(heard.still_open) > 1:
            return heard.ask_again(heard.still_open, reading.facets)
        elsewhere = _of_elsewhere(heard)
        if elsewhere is not None:
            return elsewhere
        if heard.spoken_of:
            return asked_beside(heard) or heard.about(heard.spoken_of, "follow-up")
    return _searched(heard)


def _picked(heard: Heard) -> Answer | Choices | None:
    """The open choice that the message picks by its button or its number."""
    reading, context, index = heard.reading, heard.context, heard.index
    if not may_pick(reading, context):
        return None
    labelled = by_label(reading, context, index.lexicon)
    numbered = by_number(reading, context, index.lexicon) if labelled is None else None
    picked = labelled or numbered
    if picked is None or picked not in index:
        return None
    pointed_at = told_apart(reading, context.candidates, index) if numbered else None
    if pointed_at in (None, picked):
        return heard.about(picked, PICKED)
    # "Cái thứ hai, bản sao thôi", where the copy is the first: a number and a word that disagree.
    return heard.ask_again((picked, pointed_at), heard.side)


def _searched(heard: Heard) -> Decision:
    """What is found for a message that names nothing word for word and is no small talk."""
    reading, context, index = heard.reading, heard.context, heard.index
    still_open = heard.still_open
    if context.still_asked and not says_more(reading, heard.still_asked):
        # Said once more it is no surer: what we offered is not what the citizen said.
        heard = Heard(heard.text, reading, NO_CONTEXT, index)
    elsewhere = _of_elsewhere(heard) if tells_detail(reading) else None
    if elsewhere is not None:
        return elsewhere
    alone = decide(reading, index, heard.context)
    found = continued(heard, alone)
    if found is not None:
        return found
    if not isinstance(alone, Answer):
        if len(still_open) > 1 and (says_nothing(reading) or tells_only(heard, alone)):
            return heard.ask_again(still_open, heard.side)
        if says_nothing(reading):
            return _of_elsewhere(heard) or _of_what(reading)
    return _with_others(heard, alone)


def _goes_on(heard: Heard) -> bool:
    """Whether the message only asks for another side of what was spoken of: "làm lại mấy tiền"."""
    reading, index = heard.reading, heard.index
    if not reading.facets or len(reading.terms) > 3 or reading.things & index.lexicon.facts:
        return False
    if any(index.weight(t.text) > 0.5 and index.knows(t.text) for t in reading.terms):
        return False
    return reading.qualifiers <= heard.known and not index.said_core(reading)


def _of_elsewhere(heard: Heard) -> NoMatch | None:
    """More of what others handle and was asked for just before: "làm hộ chiếu", "bao nhiêu tiền"."""
    index, unanswered = heard.index, heard.context.unanswered
    before = index.read(unanswered)
    if not before.things or not (heard.reading.facets or tells_detail(heard.reading)):
        return None
    if heard.context.procedure and not index.said_core(before):
        return None  # a question about what was spoken of, rather than another matter
    both = decide(index.read(joined(unanswered, heard.text)), index)
    if not isinstance(both, NoMatch) or not both.elsewhere:
        return None
    return replace(both, facets=heard.reading.facets, why=(*both.why, TOGETHER))


def _of_what(reading: Reading) -> Decision:
    """Something is wanted, and not said of what: to be asked, not to be looked for."""
    if reading.facets:
        return NoMatch((), reading.facets, 0.0, ("of-what",), of_what=True)
    return SmallTalk(Intent.OPENING, ("says-nothing",))


def _with_others(heard: Heard, decision: Found) -> Found:
    """The decision, with the other procedures that other clauses of the message ask for."""
    reading, index = heard.reading, heard.index
    parts = [index.read(clause) for clause in clauses(heard.text, reading, index.lexicon)]
    asking = [one for one in parts if one.terms and (one.facets or "wish" in one.cues)]
    found = [decide(one, index) for one in asking] if len(asking) > 1 else []
    asked = {one.procedure: one for one in found if isinstance(one, Answer)}
    is_other = isinstance(decision, Answer) and decision.procedure not in asked
    if is_other or len(asked) < 2:
        return decision
    first, *others = asked.values()
    also = tuple(one.procedure for one in others)
    return replace(first, facets=reading.facets or first.facets, also=also)


def unanswered(context: Context, text: str, decision: Choices | NoMatch) -> str:
    """What is left without an answer, to be read with the next message."""
    goes_on = {TOGETHER, STILL_OPEN} & {*decision.why}
    return joined(context.unanswered if goes_on else "", text)
