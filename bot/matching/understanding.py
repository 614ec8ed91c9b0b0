"""What a message wants, read with the conversation: by itself, or as a part of what was said before.

"Vậy cấp lại thì sao" asks for a sister of what was spoken of, "bị mất ấy" picks one of the open
choices, "cái vụ sổ đỏ" and then "mất rồi" are one question in two messages.
"""

from __future__ import annotations

from dataclasses import replace

from bot.matching.conversation import (
    CLEARLY_APART,
    NO_CONTEXT,
    SAID_IN_ONE,
    WHAT_TO_BRING,
    YES_OR_NO,
    Context,
    by_label,
    by_number,
    carries_on,
    clauses,
    find_intent,
    half_answers,
    is_about,
    joined,
    may_pick,
    names_other,
    says_more,
    says_nothing,
    side_asked,
    subject_of,
    tells_purpose,
    told_apart,
)
from bot.matching.decision import (
    LISTED,
    MOST_CHOICES,
    Answer,
    Choices,
    Decision,
    Found,
    NoMatch,
    SmallTalk,
    decide,
    named,
)
from bot.matching.facets import Facet
from bot.matching.index import Index
from bot.matching.intents import Intent
from bot.matching.lexicon import is_concept
from bot.matching.profiles import Entry
from bot.matching.reading import Reading
from bot.matching.scoring import Match

SISTERS = 0.4  # kinship of "đăng ký lại khai sinh" and "trích lục hộ tịch"
LIKELY = 0.45  # a score; what shares a word and little else is below it
LEAST_NEAR = 0.2  # share of a detail that its procedure speaks of: "con của em gái" of "con nuôi"
MOST_TERMS_OF_A_DETAIL = 6  # "cháu là con của chị gái tôi, ở cùng xã"; longer ones ask anew
MOST_TERMS_BESIDE_A_SIDE = 3
UNSURE = 0.6  # a confidence; below it the first of the choices is wrong as often as right
SHORTEST_DETAIL = 3  # words; "tách", "bị mất" say what to do
LITTLE_BESIDE = 0.8  # weight of what is said and the procedure does not speak of
LITTLE = 0.5  # of the confidence that an answer needs: it means next to nothing by itself
NAMED = 0.3  # share of the name of a matter of others that is said, for the message to be about it
PICKED = "picked"  # among the reasons: one of the choices shown before was named
TOLD_APART = "told-apart"  # among the reasons: what was said points at one of them
STILL_OPEN = "still-open"  # among the reasons: the choices shown before are asked again
DETAIL = "detail"  # among the reasons: it tells more of what was spoken of
TOGETHER = "together"  # among the reasons: the message was read with the one before


def understand(text: str, *, index: Index, context: Context = NO_CONTEXT) -> Decision:
    """What the message wants, read with the conversation. Never raises, for any string."""
    reading = index.read(text)
    decision = _understand(text, reading, index, context)
    if isinstance(decision, Answer) and context.unanswered and not reading.facets:
        # "Hết bao nhiêu tiền", and then "tách thửa ấy".
        earlier = index.read(context.unanswered)
        return replace(decision, facets=earlier.facets or decision.facets)
    return decision


def _understand(text: str, reading: Reading, index: Index, context: Context) -> Decision:
    picked = _picked(reading, index, context)
    if picked is not None:
        return picked
    whole = index.said_whole(reading)
    if whole:
        matches = index.match(reading).ours[:LISTED]
        return named(whole, tuple(map(index.candidate, matches)), reading.facets, index)
    still_open = _still_open(context, index)
    intent = find_intent(reading, index.lexicon)
    if (
        intent in YES_OR_NO
        and len(still_open) > 1
        and half_answers(reading, context, index.lexicon)
    ):
        return _ask_again(still_open, context.facets, index)
    if intent is not None:
        return SmallTalk(intent, (f"intent:{intent}",))
    if _goes_on(reading, index):
        if len(still_open) > 1:
            return _ask_again(still_open, reading.facets, index)
        if context.procedure is not None and context.procedure in index:
            return _about(context.procedure, reading, context, index, "follow-up")
    return _searched(text, reading, index, context)


def _picked(reading: Reading, index: Index, context: Context) -> Answer | Choices | None:
    """The open choice that the message picks by its button or its number."""
    if not may_pick(reading, context):
        return None
    labelled = by_label(reading, context, index.lexicon)
    numbered = by_number(reading, context, index.lexicon) if labelled is None else None
    picked = labelled or numbered
    if picked is None or picked not in index:
        return None
    pointed_at = told_apart(reading, context.candidates, index) if numbered else None
    if pointed_at in (None, picked):
        return _about(picked, reading, context, index, PICKED)
    # "Cái thứ hai, bản sao thôi", where the copy is the first: a number and a word that disagree.
    return _ask_again((picked, pointed_at), side_asked(reading, context), index)


def _searched(text: str, reading: Reading, index: Index, context: Context) -> Decision:
    """What is found for a message that names nothing word for word and is no small talk."""
    if context.still_asked and not says_more(reading, index.read(context.still_asked)):
        # Said once more it is no surer: what we offered is not what the citizen said.
        context = NO_CONTEXT
    spoken_of = context.procedure or ""
    if spoken_of in index and not context.candidates and tells_purpose(reading):
        return _about(spoken_of, reading, context, index, DETAIL)
    alone = decide(reading, index, context)
    instead = _instead(text, reading, alone, index, context)
    together = instead or _together(text, reading, alone, index, context)
    if together is not None:
        return together
    if says_nothing(reading) and not isinstance(alone, Answer):
        still_open = _still_open(context, index)
        if len(still_open) > 1:
            return _ask_again(still_open, side_asked(reading, context), index)
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
    if not carries_on(reading):
        return None
    pointed_at = told_apart(reading, context.candidates, index)
    if pointed_at is not None and isinstance(alone, NoMatch):
        # "Thừa kế" alone is a question for a court; beside "Thừa kế đất" it picks that.
        return _about(pointed_at, reading, context, index, TOLD_APART)
    if _stands_alone(reading, alone, index):
        return None
    if context.still_asked:
        both = decide(index.read(joined(context.still_asked, text)), index, context)
        # "Đăng ký tạm trú cho công nhân" is clear by itself, whichever choices are open.
        is_new = not isinstance(alone, NoMatch) and _first(alone) not in context.candidates
        if pointed_at is not None and not is_new and _first(both) in context.candidates:
            return _about(pointed_at, reading, context, index, TOLD_APART)
        if isinstance(alone, Answer) or not context.unanswered:
            return None
        return _read_as(both, reading, alone, index, context)
    if isinstance(alone, Answer) or context.procedure is None or context.procedure not in index:
        return None
    return _kin(text, reading, alone, index, context)


def _instead(
    text: str, reading: Reading, alone: Found, index: Index, context: Context
) -> Answer | None:
    """What is meant in place of what was spoken of: "à nhầm, mất chứ không phải hỏng" of a sổ đỏ."""
    spoken_of = context.procedure
    if "correction" not in reading.cues or isinstance(alone, Answer) or not reading.terms:
        return None
    if _stands_alone(reading, alone, index):
        return None
    if spoken_of is None or spoken_of not in index:
        return None
    subject = subject_of(index.title(spoken_of))
    found = decide(index.read(joined(" ".join(subject.values()), text)), index)
    if not isinstance(found, Answer) or index.kinship(found.procedure, spoken_of) < SISTERS:
        return None
    return replace(found, facets=side_asked(reading, context), why=(*found.why, TOGETHER))


def _stands_alone(reading: Reading, alone: Found, index: Index) -> bool:
    """Whether it names a thing in full, or asks for what others handle or for the law itself."""
    if not isinstance(alone, NoMatch):
        return alone.why[-1:] == ("whole",)
    if "substance" in reading.cues or alone.why[-1:] == (f"elsewhere:{alone.elsewhere}",):
        return True
    sets_apart = bool(reading.qualifiers)  # "với người nước ngoài": of what was spoken of
    best = index.match(reading).elsewhere[:1] if alone.elsewhere and not sets_apart else ()
    return any(one.features["title"] >= NAMED for one in best)


def _first(found: Found) -> str | None:
    return found.candidates[0].id if found.candidates else None


def _kin(text: str, reading: Reading, alone: Found, index: Index, context: Context) -> Found | None:
    """Of what was spoken of: its sister ("vậy cấp lại thì sao"), or a detail of it."""
    spoken_of = index.entry(context.procedure or "")
    sisters = _sisters(text, reading, alone, spoken_of, index)
    both = decide(index.read(joined(spoken_of.title, text)), index, context)
    if not sisters:
        is_detail = _tells_of(spoken_of.id, reading, alone, both, index)
        is_detail = is_detail or _adds(reading, alone, both, index, context)
        is_detail = is_detail or _tells_little(reading, alone, spoken_of.id, index)
        is_detail = is_detail and not _other_case(reading, spoken_of, index)
        return _about(spoken_of.id, reading, context, index, DETAIL) if is_detail else None
    shown = tuple(map(index.candidate, sisters))
    if shown[0].id == spoken_of.id:
        return _about(spoken_of.id, reading, context, index, DETAIL)
    facets = side_asked(reading, context)
    if len(sisters) == 1 or _is_apart(*sisters[:2]):
        return Answer(shown[0].id, shown, facets, shown[0].score, (TOGETHER,))
    if isinstance(both, Answer) and both.procedure in {one.id for one in shown} - {spoken_of.id}:
        return replace(both, facets=facets, why=(*both.why, TOGETHER))
    ids = tuple(one.id for one in shown[:MOST_CHOICES])
    return Choices(ids, shown, facets, shown[0].score, (TOGETHER,))


def _is_apart(first: Match, second: Match) -> bool:
    """Whether the first is clearly meant; not where both are called so ("mất giấy khai sinh")."""
    is_shared = bool(first.best and second.best and first.best.words == second.best.words)
    return first.score - second.score >= CLEARLY_APART and not is_shared


def _sisters(
    text: str, reading: Reading, alone: Found, spoken_of: Entry, index: Index
) -> list[Match]:
    """The procedures on the same subject that the message speaks of, the likeliest first."""
    if not _compares(reading, alone, spoken_of, index):
        return []
    subject = subject_of(index.title(spoken_of.id))
    instead = _other_case(reading, spoken_of, index)
    whole = index.read(joined(" ".join(subject.values()), text))
    return [
        match
        for match in index.match(whole).ours[:LISTED]
        if index.candidate(match).score >= LIKELY
        and index.kinship(index.entries[match.at].id, spoken_of.id) >= SISTERS
        and _fits(match, spoken_of, reading, instead, index)
    ]


def _fits(
    match: Match, spoken_of: Entry, reading: Reading, instead: frozenset[str], index: Index
) -> bool:
    """Whether the message speaks of this one, and what it says `instead` fits.

    A sister says it in one name or alias: some of fifty aliases has almost any word.
    """
    entry = index.entries[match.at]
    if _other_case(reading, entry, index):
        return False
    if entry is spoken_of:
        is_said = is_about(reading, entry.id, index, by_name=True)
    else:
        is_said = index.said_in_one(reading, match) >= SAID_IN_ONE
    is_named = bool(instead & index.title(entry.id).qualifiers)
    return is_said or (is_named and not names_other(reading, entry.id, index, by_name=True))


def _other_case(reading: Reading, spoken_of: Entry, index: Index) -> frozenset[str]:
    """What sets the message apart from what was spoken of: "8 tuổi" where that is for grown-ups."""
    of_it = index.title(spoken_of.id).qualifiers
    groups = {one.partition("=")[0] for one in of_it}
    said = reading.qualifiers - of_it
    return frozenset(one for one in said if one.partition("=")[0] in groups)


def _tells_of(procedure: str, reading: Reading, alone: Found, both: Found, index: Index) -> bool:
    """Whether the message speaks of the procedure by its names, and alone of no other."""
    if not (reading.terms or reading.facets or reading.qualifiers):
        return False
    is_long = len(reading.terms) > MOST_TERMS_OF_A_DETAIL
    if is_long or isinstance(both, NoMatch) or _first(both) != procedure:
        return False
    title = {term.text for term in index.title(procedure).terms}
    is_more = bool({term.text for term in reading.terms} - title)
    is_of_other = not _is_unclear(alone, index) and _first(alone) != procedure
    return not (is_more and is_of_other) and is_about(reading, procedure, index, by_name=True)


def _compares(reading: Reading, alone: Found, spoken_of: Entry, index: Index) -> bool:
    """Whether the message asks for something beside what was spoken of: "còn cấp đổi"."""
    if not 0 < len(reading.terms) <= MOST_TERMS_OF_A_DETAIL:
        return False
    if reading.cues & {"continuation", "likewise"}:
        return True
    first = _first(alone)
    is_kin = first is not None and index.kinship(first, spoken_of.id) >= SISTERS
    is_unclear = _is_unclear(alone, index)
    if _other_case(reading, spoken_of, index):
        return is_kin or is_unclear
    names_nothing = not any(index.lexicon.is_thing(term.text) for term in reading.terms)
    is_open = isinstance(alone, NoMatch) or (is_unclear and names_nothing)
    is_elsewhere = isinstance(alone, NoMatch) and bool(alone.elsewhere)
    return len(reading.terms) <= 2 and (is_kin or is_open) and not is_elsewhere


def _is_unclear(alone: Found, index: Index) -> bool:
    """Whether a message means next to nothing by itself."""
    return isinstance(alone, NoMatch) or alone.confidence < LITTLE * index.model.answer_at


def _adds(reading: Reading, alone: Found, both: Found, index: Index, context: Context) -> bool:
    """Whether a message that means nothing alone tells more of what was spoken of."""
    if not (isinstance(alone, NoMatch) and isinstance(both, Answer)):
        return False
    spoken_of = context.procedure or ""
    is_near = index.covered(reading, spoken_of) >= LEAST_NEAR or bool(reading.qualifiers)
    asks = bool(reading.facets) and not alone.elsewhere  # "bao giờ thì họ gọi"
    most = MOST_TERMS_OF_A_DETAIL if is_near else MOST_TERMS_BESIDE_A_SIDE if asks else 0
    fits = both.procedure == spoken_of and len(reading.terms) <= most
    wishes = "wish" in reading.cues
    return fits and not wishes and not names_other(reading, spoken_of, index)


def _tells_little(reading: Reading, alone: Found, spoken_of: str, index: Index) -> bool:
    """Whether the message names and asks nothing, and hardly tells anything: "bố tôi già yếu"."""
    is_unsure = isinstance(alone, Choices) and alone.confidence < UNSURE
    if not is_unsure and alone.candidates:
        return False
    if reading.facets or reading.qualifiers or "wish" in reading.cues:
        return False
    terms = {term.text for term in reading.terms}
    if len(reading.words) < SHORTEST_DETAIL or any(map(is_concept, terms)):
        return False
    beside = [one for one in terms if not index.speaks_of(spoken_of, one)]
    return sum(map(index.weight, beside)) <= LITTLE_BESIDE


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
    if isinstance(both, Answer) and both.procedure in context.candidates:
        picked = index.among(reading, (both.procedure,))
        if index.said_in_one(reading, picked[0]) < SAID_IN_ONE and not reading.qualifiers:
            return None  # the choices are still open: "mã số 12345" picks none of them
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
    is_other = isinstance(decision, Answer) and decision.procedure not in asked
    if is_other or len(asked) < 2:
        return decision
    first, *others = asked.values()
    also = tuple(one.procedure for one in others)
    return replace(first, facets=reading.facets or first.facets, also=also)


def _goes_on(reading: Reading, index: Index) -> bool:
    """Whether the message only asks for another side of what was spoken of: "bao nhiêu tiền"."""
    telling = [t for t in reading.terms if index.weight(t.text) > 0.5 and index.knows(t.text)]
    return bool(reading.facets) and not (telling or reading.qualifiers) and len(reading.terms) <= 3


def _about(procedure: str, reading: Reading, context: Context, index: Index, why: str) -> Answer:
    facets = side_asked(reading, context) or context.facets or WHAT_TO_BRING
    return Answer(procedure, (index.certain(procedure, why),), facets, 1.0, (why,))


def _still_open(context: Context, index: Index) -> tuple[str, ...]:
    """The choices shown before that are still there."""
    return tuple(one for one in dict.fromkeys(context.candidates) if one in index)


def _ask_again(still_open: tuple[str, ...], facets: tuple[Facet, ...], index: Index) -> Choices:
    """The choices that are still open, now for the side that was asked for."""
    shown = tuple(index.certain(one, STILL_OPEN) for one in still_open)
    return Choices(still_open, shown, facets, 1.0, (STILL_OPEN,))
