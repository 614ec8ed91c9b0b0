"""What a message means that goes on with what was said before: a detail, a sister, a correction.

"Vậy cấp lại thì sao" asks for a sister of what was spoken of, "bị mất ấy" picks one of the open
choices, "khai sinh rồi" asks for nothing, and "thuế" is the tax of the sale that was spoken of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.matching.conversation import (
    CLEARLY_APART,
    SAID_IN_ONE,
    WHAT_TO_BRING,
    Context,
    asks_for_nothing,
    carries_on,
    is_about,
    joined,
    mends_purpose,
    names_other,
    side_asked,
    stands_in,
    subject_of,
    tells_detail,
    tells_of_state,
    tells_purpose,
    told_apart,
)
from bot.matching.decision import (
    LISTED,
    MOST_CHOICES,
    Answer,
    Choices,
    Found,
    NoMatch,
    decide,
    is_named,
)
from bot.matching.facets import Facet
from bot.matching.index import Candidate, Index
from bot.matching.lexicon import is_concept
from bot.matching.reading import Reading
from bot.matching.scoring import Match

SISTERS = 0.4  # kinship of "đăng ký lại khai sinh" and "trích lục hộ tịch"
SURE = 0.65  # a score; below it a sister that nobody asked for is asked about
LIKELY = 0.45  # a score; what shares a word and little else is below it
LEAST_NEAR = 0.2  # share of a detail that its procedure speaks of: "con của em gái" of "con nuôi"
MOST_TERMS_OF_A_DETAIL = 6  # "cháu là con của chị gái tôi, ở cùng xã"; longer ones ask anew
MOST_TERMS_BESIDE_A_SIDE = 3
MOST_TOLD_BESIDE = 2  # terms: "đóng thuế"
UNSURE = 0.6  # a confidence; below it the first of the choices is wrong as often as right
SHORTEST_DETAIL = 3  # words; "tách", "bị mất" say what to do
LITTLE_BESIDE = 0.8  # weight of what is said and the procedure does not speak of
LITTLE = 0.5  # of the confidence that an answer needs: it means next to nothing by itself
NAMED = 0.3  # share of the name of a matter of others that is said, for the message to be about it
TOLD_APART = "told-apart"  # among the reasons: what was said points at one of the open choices
DETAIL = "detail"  # among the reasons: it tells more of what was spoken of
TOGETHER = "together"  # among the reasons: the message was read with the one before


@dataclass(frozen=True)
class Heard:
    """One message in its conversation."""

    text: str
    reading: Reading
    context: Context
    index: Index

    @cached_property
    def spoken_of(self) -> str:
        """The procedure that was spoken of; empty where none was, or where it is gone."""
        one = self.context.procedure or ""
        return one if one in self.index else ""

    @cached_property
    def still_open(self) -> tuple[str, ...]:
        """The choices shown before that are still there."""
        return tuple(one for one in dict.fromkeys(self.context.candidates) if one in self.index)

    @cached_property
    def other_case(self) -> frozenset[str]:
        """What sets the message apart from what was spoken of; only where something was."""
        return _other_case(self.reading, self.spoken_of, self.index)

    @cached_property
    def title(self) -> Reading:
        """Its title; only where one was spoken of."""
        return self.index.title(self.spoken_of)

    @cached_property
    def with_title(self) -> Found:
        """What the message means when it is read with that title."""
        title = self.index.entry(self.spoken_of).title
        return decide(self.index.read(joined(title, self.text)), self.index, self.context)

    @cached_property
    def side(self) -> tuple[Facet, ...]:
        """What is asked for, or what was asked for before."""
        return side_asked(self.reading, self.context)

    def about(self, procedure: str, why: str) -> Answer:
        """The answer that this procedure is meant, for a reason that needs no model."""
        facets = self.side or self.context.facets or WHAT_TO_BRING
        return Answer(procedure, (self.index.certain(procedure, why),), facets, 1.0, (why,))

    def as_one(self, both: Found) -> Found:
        """What it means together with what was said before, for the side that it asks for."""
        return replace(both, facets=self.side or both.facets, why=(*both.why, TOGETHER))


def continued(heard: Heard, alone: Found) -> Found | None:
    """What the message means as a part of the conversation; None where it stands by itself.

    `alone` is what it means without what was said before. First comes what corrects, then what is no
    request or a part of a name; the rest is read with what it may go on with. (A message that is an
    alias word for word is a request: of these only the second may change what it means.)
    """
    return _instead(heard, alone) or in_talk(heard, alone) or _together(heard, alone)


def in_talk(heard: Heard, alone: Found) -> Found | None:
    """What a name or a fact means that would be another matter if nothing had been said before.

    "Tạm trú" picks "Gia hạn tạm trú" where that is offered; "khai sinh rồi" is no request.
    """
    spoken_of = heard.spoken_of
    if heard.context.candidates:
        picked = _picked_by_name(heard, alone)
        return heard.about(picked, TOLD_APART) if picked else None
    if not spoken_of or heard.other_case:
        return None
    if _is_part_of(heard, alone, spoken_of) or tells_only(heard, alone):
        return heard.about(spoken_of, DETAIL)
    if is_named(alone) and isinstance(alone, Choices):
        return _which_of_a_name(heard, alone.procedures)
    return None


def tells_only(heard: Heard, alone: Found) -> bool:
    """Whether the message tells something of the case, and asks for nothing."""
    reading, index = heard.reading, heard.index
    if not index.said_whole(reading):  # "để quên căn cước ở quán" is an alias
        is_elsewhere = isinstance(alone, NoMatch) and _stands_alone(reading, alone, index)
        if tells_detail(reading) and not is_elsewhere:
            return True
        if tells_purpose(reading) or mends_purpose(reading, index.read(heard.context.question)):
            return True
    # A death may be a new matter, unless it plainly is one of others: "bố mất rồi" alone.
    is_fact = is_named(alone) or isinstance(alone, NoMatch)
    return is_fact and reading.said == reading.things and tells_of_state(reading)


def _is_part_of(heard: Heard, alone: Found, procedure: str) -> bool:
    """Whether the message is a part of this title, and not itself the name of another procedure."""
    row = heard.reading.row
    if not row or not stands_in(row, heard.index.title(procedure).row):
        return False
    return not isinstance(alone, Answer) or not heard.index.is_name(alone.procedure, row)


def _picked_by_name(heard: Heard, alone: Found) -> str | None:
    """The open choice of which the name is said, whatever else has that name."""
    if isinstance(alone, Answer) and alone.procedure in heard.still_open:
        return None
    if not is_named(alone):
        return None
    if isinstance(alone, Choices):
        there = [one for one in heard.still_open if one in alone.procedures]
    else:
        there = [one for one in heard.still_open if _is_part_of(heard, alone, one)]
    return there[0] if len(there) == 1 else None


def _which_of_a_name(heard: Heard, sharing: Sequence[str]) -> Found | None:
    """Of those that share a name, the one that alone speaks of this: "công chứng" of a gift."""
    if heard.spoken_of in sharing or heard.reading.said <= heard.title.said:
        return heard.about(heard.spoken_of, DETAIL)
    index = heard.index
    is_told = not heard.reading.facets and _first(heard.with_title) == heard.spoken_of
    if is_told and all(index.speaks_of(heard.spoken_of, one) for one in heard.reading.said):
        return heard.about(heard.spoken_of, DETAIL)
    speaking = [
        [one for one in sharing if one in index and index.speaks_of(one, thing)]
        for thing in heard.title.things
    ]
    near = {ones[0] for ones in speaking if len(ones) == 1}
    return heard.about(near.pop(), TOGETHER) if len(near) == 1 else None


def _together(heard: Heard, alone: Found) -> Found | None:
    """The message read with what it goes on with, where that tells more than the message alone."""
    if not carries_on(heard.reading):
        return None
    context, index = heard.context, heard.index
    pointed_at = told_apart(heard.reading, context.candidates, index)
    if pointed_at is not None and isinstance(alone, NoMatch):
        # "Thừa kế" alone is a question for a court; beside "Thừa kế đất" it picks that.
        return heard.about(pointed_at, TOLD_APART)
    if _stands_alone(heard.reading, alone, index):
        return None
    if context.still_asked:
        both = decide(index.read(joined(context.still_asked, heard.text)), index, context)
        is_new = _is_new(heard, alone)
        if pointed_at is not None and not is_new and _first(both) in context.candidates:
            return heard.about(pointed_at, TOLD_APART)
        if isinstance(alone, Answer) or not context.unanswered:
            return None
        return _read_as(both, heard, alone)
    if isinstance(alone, Answer) or not heard.spoken_of:
        return None
    return _kin(heard, alone)


def _is_new(heard: Heard, alone: Found) -> bool:
    """Whether it is clear by itself, whichever choices are open: "đăng ký tạm trú cho công nhân".

    "Sổ gốc cũng mất" is said of a birth as of a marriage.
    """
    first = _first(alone)
    if isinstance(alone, NoMatch) or first is None or first in heard.context.candidates:
        return False
    return not heard.reading.said.isdisjoint(subject_of(heard.index.title(first)))


def _read_as(both: Found, heard: Heard, alone: Found) -> Found | None:
    """Two messages as one, unless the later says more clearly what is meant, or names another thing."""
    clear = (NoMatch, Choices, Answer)
    here, there = clear.index(type(both)), clear.index(type(alone))
    if here < there or (here == there and both.confidence <= alone.confidence):
        return None
    if both.candidates and names_other(heard.reading, both.candidates[0].id, heard.index):
        return None
    if isinstance(both, Answer) and both.procedure in heard.context.candidates:
        picked = heard.index.among(heard.reading, (both.procedure,))[0]
        is_told = heard.index.said_in_one(heard.reading, picked) >= SAID_IN_ONE
        if not is_told and not heard.reading.qualifiers:
            return None  # the choices are still open: "mã số 12345" picks none of them
    return heard.as_one(both)


def _stands_alone(reading: Reading, alone: Found, index: Index) -> bool:
    """Whether it names a thing in full, or asks for what others handle or for the law itself."""
    if not isinstance(alone, NoMatch):
        return is_named(alone)
    if "substance" in reading.cues or alone.why[-1:] == (f"elsewhere:{alone.elsewhere}",):
        return True
    sets_apart = bool(reading.qualifiers)  # "với người nước ngoài": of what was spoken of
    best = index.match(reading).elsewhere[:1] if alone.elsewhere and not sets_apart else ()
    return any(one.features["title"] >= NAMED for one in best)


# Corrections


def _instead(heard: Heard, alone: Found) -> Found | None:
    """What is meant in place of what was spoken of: "à nhầm, mất chứ không phải hỏng" of a sổ đỏ."""
    reading, index = heard.reading, heard.index
    takes_back = "correction" in reading.cues or bool(reading.denied)
    if not takes_back or not (reading.terms or reading.denied) or not heard.spoken_of:
        return None
    if isinstance(alone, Answer) or _stands_alone(reading, alone, index):
        return None
    if reading.terms and reading.said <= heard.title.said:
        # "Không phải mất, bị rách", where it is for both.
        return heard.about(heard.spoken_of, DETAIL)
    subject = [row for term, row in subject_of(heard.title).items() if term not in reading.denied]
    whole = index.read(joined(" ".join(subject), heard.text))
    others = [one for one in _kin_of(whole, heard) if _id(one, index) != heard.spoken_of]
    if not reading.denied & heard.title.said and not heard.reading.things - heard.title.said:
        found = decide(whole, index)
        if isinstance(found, Answer) and index.kinship(found.procedure, heard.spoken_of) >= SISTERS:
            return heard.as_one(found)
        others = [one for one in others if index.said_in_one(reading, one) >= SAID_IN_ONE]
    return _which(others, None, heard) if others else None


# Sisters and details of what was spoken of


def _kin(heard: Heard, alone: Found) -> Found | None:
    """Of what was spoken of: its sister ("vậy cấp lại thì sao"), or a detail of it."""
    sisters = _sisters(heard, alone)
    is_its_own = not sisters or _id(sisters[0], heard.index) == heard.spoken_of
    beside = _beside(heard, alone) if is_its_own else None
    if beside is not None:
        return heard.about(beside, TOGETHER)
    if not sisters:
        is_detail = _tells_of(heard, alone) or _adds(heard, alone) or _tells_little(heard, alone)
        if heard.other_case:
            return None
        return heard.about(heard.spoken_of, DETAIL) if is_detail else _perhaps(heard, alone)
    if is_its_own:
        return heard.about(heard.spoken_of, DETAIL)
    shown = tuple(map(heard.index.candidate, sisters))
    if shown[0].score < SURE and not heard.other_case and asks_for_nothing(heard.reading):
        return _ask_with_this(shown, shown[0].score, (TOGETHER,), heard)
    return _which(sisters, heard.with_title, heard)


def _perhaps(heard: Heard, alone: Found) -> Found | None:
    """What asks for nothing and might be another matter: ask, what was spoken of first."""
    is_open = isinstance(alone, Choices) and not is_named(alone)
    if not is_open or not asks_for_nothing(heard.reading):
        return None
    first = heard.index.title(alone.candidates[0].id)
    if _is_unclear(alone, heard.index) and not heard.reading.said & first.said:
        return heard.about(heard.spoken_of, DETAIL)
    return _ask_with_this(alone.candidates, alone.confidence, alone.why, heard)


def _ask_with_this(
    others: Sequence[Candidate], confidence: float, why: tuple[str, ...], heard: Heard
) -> Choices:
    """Which is meant: what was spoken of, or one of the others."""
    this = heard.index.certain(heard.spoken_of, DETAIL)
    shown = (this, *(one for one in others if one.id != this.id))
    ids = tuple(one.id for one in shown[:MOST_CHOICES])
    return Choices(ids, shown, heard.side, confidence, why)


def _which(sisters: list[Match], found: Found | None, heard: Heard) -> Found:
    """The sister that is clearly meant, or that was found as well; else which of them."""
    shown = tuple(map(heard.index.candidate, sisters))
    first = shown[0]
    if len(sisters) == 1 or _is_apart(*sisters[:2]):
        return Answer(first.id, shown, heard.side, first.score, (TOGETHER,))
    others = {one.id for one in shown} - {heard.spoken_of}
    if isinstance(found, Answer) and found.procedure in others:
        return replace(found, facets=heard.side, why=(*found.why, TOGETHER))
    ids = tuple(one.id for one in shown[:MOST_CHOICES])
    return Choices(ids, shown, heard.side, first.score, (TOGETHER,))


def _is_apart(first: Match, second: Match) -> bool:
    """Whether the first is clearly meant; not where both are called so ("mất giấy khai sinh")."""
    is_shared = bool(first.best and second.best and first.best.words == second.best.words)
    return first.score - second.score >= CLEARLY_APART and not is_shared


def _sisters(heard: Heard, alone: Found) -> list[Match]:
    """The procedures on the same subject that the message speaks of, the likeliest first."""
    if not _compares(heard, alone):
        return []
    subject = " ".join(subject_of(heard.title).values())
    whole = heard.index.read(joined(subject, heard.text))
    return [one for one in _kin_of(whole, heard) if _fits(one, heard)]


def _compares(heard: Heard, alone: Found) -> bool:
    """Whether the message asks for something beside what was spoken of: "còn cấp đổi"."""
    reading, index = heard.reading, heard.index
    if not 0 < len(reading.terms) <= MOST_TERMS_OF_A_DETAIL:
        return False
    if reading.cues & {"continuation", "likewise"}:
        return True
    first = _first(alone)
    is_kin = first is not None and index.kinship(first, heard.spoken_of) >= SISTERS
    is_unclear = _is_unclear(alone, index)
    if heard.other_case:
        return is_kin or is_unclear
    is_open = isinstance(alone, NoMatch) or (is_unclear and not heard.reading.things)
    is_elsewhere = isinstance(alone, NoMatch) and bool(alone.elsewhere)
    return len(reading.terms) <= 2 and (is_kin or is_open) and not is_elsewhere


def _kin_of(whole: Reading, heard: Heard) -> list[Match]:
    """Those likely meant that are kin of what was spoken of, or that itself."""
    index = heard.index
    return [
        match
        for match in index.match(whole).ours[:LISTED]
        if index.candidate(match).score >= LIKELY
        and index.kinship(_id(match, index), heard.spoken_of) >= SISTERS
    ]


def _fits(match: Match, heard: Heard) -> bool:
    """Whether the message speaks of this one, and what it says of another case fits.

    A sister says it in one name or alias: some of fifty aliases has almost any word.
    """
    reading, index, one = heard.reading, heard.index, _id(match, heard.index)
    if _other_case(reading, one, index):
        return False
    if one == heard.spoken_of:
        is_said = is_about(reading, one, index, by_name=True)
    else:
        is_said = index.said_in_one(reading, match) >= SAID_IN_ONE
    is_named = bool(heard.other_case & index.title(one).qualifiers)
    return is_said or (is_named and not names_other(reading, one, index, by_name=True))


def _other_case(reading: Reading, procedure: str, index: Index) -> frozenset[str]:
    """What sets the message apart from a procedure: "8 tuổi" where that is for grown-ups."""
    of_it = index.title(procedure).qualifiers
    groups = {one.partition("=")[0] for one in of_it}
    said = reading.qualifiers - of_it
    return frozenset(one for one in said if one.partition("=")[0] in groups)


def asked_beside(heard: Heard) -> Answer | None:
    """A side of what was spoken of that has a leaflet of its own: "thuế có phải đóng không" of a sale."""
    if not heard.spoken_of or not heard.reading.terms:
        return None
    beside = _beside(heard, decide(heard.reading, heard.index))
    return heard.about(beside, TOGETHER) if beside else None


def _beside(heard: Heard, alone: Found) -> str | None:
    """What goes with what was spoken of and has a leaflet of its own: "thuế" of a sale."""
    reading, index, title = heard.reading, heard.index, heard.title
    told = {one for one in reading.said if index.tells(one)}
    rows = (reading.row[term.at : term.at + term.length] for term in reading.terms)
    # "Xoá" is a word of "Xoá thế chấp", which is one term.
    is_repeated = all(word in title.row for row in rows for word in row)
    is_other = bool(told) and told.isdisjoint(title.said | index.lexicon.plain)
    if isinstance(alone, Answer) or is_repeated or not is_other or len(told) > MOST_TOLD_BESIDE:
        return None
    titles = [(one.id, index.title(one.id)) for one in alone.candidates[:MOST_CHOICES]]
    found = [one for one, other in titles if told <= other.said and other.things & title.things]
    return found[0] if len(found) == 1 else None


def _tells_of(heard: Heard, alone: Found) -> bool:
    """Whether the message speaks of the procedure by its names, and alone of no other."""
    reading, spoken_of = heard.reading, heard.spoken_of
    if not (reading.terms or reading.facets or reading.qualifiers):
        return False
    if len(reading.terms) > MOST_TERMS_OF_A_DETAIL or isinstance(heard.with_title, NoMatch):
        return False
    is_more = bool(reading.said - heard.title.said)
    is_of_other = not _is_unclear(alone, heard.index) and _first(alone) != spoken_of
    is_found = _first(heard.with_title) == spoken_of and not (is_more and is_of_other)
    return is_found and is_about(reading, spoken_of, heard.index, by_name=True)


def _adds(heard: Heard, alone: Found) -> bool:
    """Whether a message that means nothing alone tells more of what was spoken of."""
    reading, index, both = heard.reading, heard.index, heard.with_title
    if not (isinstance(alone, NoMatch) and isinstance(both, Answer)):
        return False
    is_near = index.covered(reading, heard.spoken_of) >= LEAST_NEAR or bool(reading.qualifiers)
    asks = bool(reading.facets) and not alone.elsewhere  # "bao giờ thì họ gọi"
    most = MOST_TERMS_OF_A_DETAIL if is_near else MOST_TERMS_BESIDE_A_SIDE if asks else 0
    fits = both.procedure == heard.spoken_of and len(reading.terms) <= most
    return fits and "wish" not in reading.cues and not names_other(reading, heard.spoken_of, index)


def _tells_little(heard: Heard, alone: Found) -> bool:
    """Whether the message names and asks nothing, and hardly tells anything: "bố tôi già yếu"."""
    reading, index = heard.reading, heard.index
    is_unsure = isinstance(alone, Choices) and alone.confidence < UNSURE
    if not is_unsure and alone.candidates:
        return False
    if reading.facets or reading.qualifiers or "wish" in reading.cues:
        return False
    if len(reading.words) < SHORTEST_DETAIL or any(map(is_concept, reading.said)):
        return False
    beside = [one for one in reading.said if not index.speaks_of(heard.spoken_of, one)]
    return sum(map(index.weight, beside)) <= LITTLE_BESIDE


def _is_unclear(alone: Found, index: Index) -> bool:
    """Whether a message means next to nothing by itself."""
    return isinstance(alone, NoMatch) or alone.confidence < LITTLE * index.model.answer_at


def _first(found: Found) -> str | None:
    return found.candidates[0].id if found.candidates else None


def _id(match: Match, index: Index) -> str:
    return index.entries[match.at].id
