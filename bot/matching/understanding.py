"""What a message wants, read with the conversation: by itself, or as a part of what was said before.

"Vậy cấp lại thì sao" asks for a sister of what was spoken of, "bị mất ấy" picks one of the open
choices, "cái vụ sổ đỏ" and then "mất rồi" are one question in two messages.
"""

from __future__ import annotations

from dataclasses import replace

from bot.matching.conversation import (
    NO_CONTEXT,
    WHAT_TO_BRING,
    Context,
    carries_on,
    clauses,
    find_intent,
    find_pick,
    is_about,
    joined,
    names_other,
    says_nothing,
    side_asked,
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
from bot.matching.index import Index
from bot.matching.intents import Intent
from bot.matching.reading import Reading

STILL_OPEN = "still-open"  # among the reasons: the choices shown before are asked again
TOGETHER = "together"  # among the reasons: the message was read with the one before


def understand(text: str, *, index: Index, context: Context = NO_CONTEXT) -> Decision:
    """What the message wants, read with the conversation. Never raises, for any string."""
    reading = index.read(text)
    picked = find_pick(reading, context, index.lexicon)
    if picked is not None and picked in index:
        return _about(picked, reading, context, index, "picked")
    whole = index.said_whole(reading)
    if whole is not None:
        matches = index.match(reading)[:LISTED]
        return named(whole, tuple(map(index.candidate, matches)), reading.facets, index)
    intent = find_intent(reading, index.lexicon)
    if intent is not None:
        return SmallTalk(intent, (f"intent:{intent}",))
    if _goes_on(reading, index):
        still_open = tuple(one for one in dict.fromkeys(context.candidates) if one in index)
        if len(still_open) > 1:
            return _ask_again(still_open, reading, index)
        if context.procedure is not None and context.procedure in index:
            return _about(context.procedure, reading, context, index, "follow-up")
    alone = decide(reading, index, context)
    together = _together(text, reading, alone, index, context)
    if together is not None:
        return together
    if says_nothing(reading) and not isinstance(alone, Answer):
        return _of_what(reading)
    return _with_others(text, reading, alone, index)


def _of_what(reading: Reading) -> Decision:
    """Something is wanted, and not said of what: to be asked, not to be looked for."""
    if reading.facets:
        return NoMatch((), reading.facets, 0.0, ("of-what",), of_what=True)
    return SmallTalk(Intent.OPENING, ("says-nothing",))


def _together(
    text: str, reading: Reading, alone: Found, index: Index, context: Context
) -> Found | None:
    """The message read with what it goes on with, where that tells more than the message alone."""
    if not carries_on(reading) or alone.why[-1:] == ("whole",):
        return None
    pointed_at = told_apart(reading, context.candidates, index)
    if pointed_at is not None:
        return _about(pointed_at, reading, context, index, "told-apart")
    if isinstance(alone, Answer):
        return None
    if context.unanswered:
        both = decide(index.read(joined(context.unanswered, text)), index, context)
        return _read_as(both, reading, alone, index, context)
    if context.procedure is not None and context.procedure in index:
        return _kin(text, reading, alone, index, context)
    return None


def _kin(text: str, reading: Reading, alone: Found, index: Index, context: Context) -> Found | None:
    """Of what was spoken of: a detail of it, or its sister ("vậy cấp lại thì sao")."""
    title = index.entry(context.procedure or "").title
    both = decide(index.read(joined(title, text)), index, context)
    if isinstance(both, NoMatch):
        return None
    first = both.candidates[0].id
    if first != context.procedure:
        is_sister = is_about(reading, first, index)
        return _read_as(both, reading, alone, index, context) if is_sister else None
    if is_about(reading, first, index) or _adds(reading, alone, both, index):
        return _about(first, reading, context, index, "detail")
    return None


def _adds(reading: Reading, alone: Found, both: Found, index: Index) -> bool:
    """Whether a message that means nothing alone tells more of what was spoken of."""
    fits = isinstance(alone, NoMatch) and isinstance(both, Answer)
    wishes = "wish" in reading.cues
    return fits and not wishes and not names_other(reading, both.candidates[0].id, index)


def _read_as(
    both: Found, reading: Reading, alone: Found, index: Index, context: Context
) -> Found | None:
    """Two messages as one, unless the later says more clearly what is meant, or names another thing."""
    clear = (NoMatch, Choices, Answer)
    here, there = clear.index(type(both)), clear.index(type(alone))
    if here < there or (here == there and both.confidence <= alone.confidence):
        return None
    if both.candidates and names_other(reading, both.candidates[0].id, index):
        return None
    facets = side_asked(reading, context) or both.facets
    return replace(both, facets=facets, why=(*both.why, TOGETHER))


def unanswered(context: Context, text: str, decision: Choices | NoMatch) -> str:
    """What is left without an answer, to be read with the next message."""
    goes_on = {TOGETHER, STILL_OPEN} & {*decision.why}
    return joined(context.unanswered if goes_on else "", text)


def _with_others(text: str, reading: Reading, decision: Found, index: Index) -> Found:
    """The decision, with the other procedures that other clauses of the message ask for."""
    parts = [index.read(clause) for clause in clauses(text, reading, index.lexicon)]
    asking = [one for one in parts if one.terms and (one.facets or "wish" in one.cues)]
    found = [decide(one, index) for one in asking] if len(asking) > 1 else []
    asked = {one.procedure: one for one in found if isinstance(one, Answer)}
    if len(asked) < 2 or (isinstance(decision, Answer) and decision.procedure not in asked):
        return decision
    first = decision if isinstance(decision, Answer) else next(iter(asked.values()))
    others = tuple(one for one in asked if one != first.procedure)
    return replace(first, facets=reading.facets or first.facets, also=others)


def _goes_on(reading: Reading, index: Index) -> bool:
    """Whether the message only asks for another side of what was spoken of: "bao nhiêu tiền"."""
    telling = [t for t in reading.terms if index.weight(t.text) > 0.5 and index.knows(t.text)]
    return bool(reading.facets) and not (telling or reading.qualifiers) and len(reading.terms) <= 3


def _about(procedure: str, reading: Reading, context: Context, index: Index, why: str) -> Answer:
    facets = side_asked(reading, context) or context.facets or WHAT_TO_BRING
    return Answer(procedure, (index.certain(procedure, why),), facets, 1.0, (why,))


def _ask_again(still_open: tuple[str, ...], reading: Reading, index: Index) -> Choices:
    """The choices that are still open, now for the side that was asked for."""
    shown = tuple(index.certain(one, STILL_OPEN) for one in still_open)
    return Choices(still_open, shown, reading.facets, 1.0, (STILL_OPEN,))
