"""Of what was spoken of: its sister, a detail of it, or what is meant in its place.

"Vậy cấp lại thì sao" asks for a sister, "bố tôi già yếu" tells a detail, "à nhầm, mất chứ không phải
hỏng" takes one back for another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.matching.conversation import (
    CLEARLY_APART,
    SAID_IN_ONE,
    asks_for_nothing,
    is_about,
    joined,
    names_other,
    subject_of,
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
from bot.matching.heard import (
    DETAIL,
    TOGETHER,
    Heard,
    first_of,
    is_unclear,
    is_unsure,
    other_case,
    stands_alone,
)
from bot.matching.index import SISTERS, Candidate
from bot.matching.lexicon import is_concept
from bot.matching.reading import Reading
from bot.matching.scoring import Match

SURE = 0.65  # a score; below it a sister that nobody asked for is asked about
LIKELY = 0.45  # a score; what shares a word and little else is below it
LEAST_NEAR = 0.2  # share of a detail that its procedure speaks of: "con của em gái" of "con nuôi"
MOST_TERMS_OF_A_DETAIL = 6  # "cháu là con của chị gái tôi, ở cùng xã"; longer ones ask anew
MOST_TERMS_BESIDE_A_SIDE = 3
MOST_TOLD_BESIDE = 2  # terms: "đóng thuế"
SHORTEST_DETAIL = 3  # words; "tách", "bị mất" say what to do
LITTLE_BESIDE = 0.8  # weight of what is said and the procedure does not speak of


def instead(heard: Heard, alone: Found) -> Found | None:
    """What is meant in place of what was spoken of: "à nhầm, mất chứ không phải hỏng" of a sổ đỏ."""
    reading, index = heard.reading, heard.index
    takes_back = "correction" in reading.cues or bool(reading.denied)
    if not takes_back or not (reading.terms or reading.denied) or not heard.spoken_of:
        return None
    if isinstance(alone, Answer) or stands_alone(reading, alone, index):
        return None
    if reading.terms and reading.said <= heard.title.said:
        # "Không phải mất, bị rách", where it is for both.
        return heard.about(heard.spoken_of, DETAIL)
    subject = [row for term, row in heard.subject.items() if term not in reading.denied]
    whole = index.read(joined(" ".join(subject), heard.text))
    others = [one for one in _kin_of(whole, heard) if index.id_of(one) != heard.spoken_of]
    if not reading.denied & heard.title.said and not heard.reading.things - heard.title.said:
        found = decide(whole, index)
        if isinstance(found, Answer) and index.kinship(found.procedure, heard.spoken_of) >= SISTERS:
            return heard.as_one(found)
        others = [one for one in others if index.said_in_one(reading, one) >= SAID_IN_ONE]
    return _which(others, None, heard) if others else None


def kin(heard: Heard, alone: Found) -> Found | None:
    """Of what was spoken of: its sister ("vậy cấp lại thì sao"), or a detail of it."""
    sisters = _sisters(heard, alone)
    is_its_own = not sisters or heard.index.id_of(sisters[0]) == heard.spoken_of
    beside = _beside(heard, alone) if is_its_own else None
    if beside is not None:
        return heard.about(beside, TOGETHER)
    if not sisters:
        return None if heard.other_case else _detail(heard, alone)
    if is_its_own:
        return heard.about(heard.spoken_of, DETAIL)
    shown = tuple(map(heard.index.candidate, sisters))
    if shown[0].score < SURE and not heard.other_case and asks_for_nothing(heard.reading):
        return _ask_with_this(shown, shown[0].score, (TOGETHER,), heard)
    return _which(sisters, heard.with_title, heard)


def _detail(heard: Heard, alone: Found) -> Found | None:
    """What a message is that no sister is meant by."""
    is_detail = (
        _tells_of(heard, alone)
        or _adds(heard, alone)
        or _tells_little(heard, alone)
        or (_is_act(heard.reading) and isinstance(alone, NoMatch))
    )
    return heard.about(heard.spoken_of, DETAIL) if is_detail else _perhaps(heard, alone)


def _perhaps(heard: Heard, alone: Found) -> Found | None:
    """What asks for nothing and might be another matter: ask, what was spoken of first."""
    is_open = isinstance(alone, Choices) and not is_named(alone)
    if not is_open or not asks_for_nothing(heard.reading):
        return None
    first = heard.index.title(alone.candidates[0].id)
    if is_unclear(alone, heard.index) and heard.reading.said.isdisjoint(subject_of(first)):
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
    subject = " ".join(heard.subject.values())
    whole = heard.index.read(joined(subject, heard.text))
    found = [one for one in _kin_of(whole, heard) if _fits(one, heard)]
    things = heard.reading.things
    if things and things <= heard.index.lexicon.facts and not heard.reading.qualifiers:
        # "Vợ mất rồi": the land of the dead, and no lost paper.
        return [one for one in found if things <= _title(one, heard).said]
    return found


def _title(match: Match, heard: Heard) -> Reading:
    return heard.index.title(heard.index.id_of(match))


def _compares(heard: Heard, alone: Found) -> bool:
    """Whether the message asks for something beside what was spoken of: "còn cấp đổi"."""
    reading, index = heard.reading, heard.index
    if not 0 < len(reading.terms) <= MOST_TERMS_OF_A_DETAIL:
        return False
    if reading.cues & {"continuation", "likewise"}:
        return True
    first = first_of(alone)
    is_kin = first is not None and index.kinship(first, heard.spoken_of) >= SISTERS
    # An answer comes here only where its subject was not said.
    means_little = is_unclear(alone, index) or isinstance(alone, Answer)
    if heard.other_case:
        return is_kin or means_little
    is_open = isinstance(alone, NoMatch) or (means_little and not heard.reading.things)
    is_elsewhere = isinstance(alone, NoMatch) and bool(alone.elsewhere) and not _is_act(reading)
    return len(reading.terms) <= 2 and (is_kin or is_open) and not is_elsewhere


def _is_act(reading: Reading) -> bool:
    """Whether it says what to do and not with what: "đổi hay cấp lại", of whatever was spoken of."""
    return bool(reading.said) and reading.said <= reading.lexicon.plain


def _kin_of(whole: Reading, heard: Heard) -> list[Match]:
    """Those likely meant that are kin of what was spoken of, or that itself."""
    index = heard.index
    return [
        match
        for match in index.match(whole).ours[:LISTED]
        if index.candidate(match).score >= LIKELY
        and index.kinship(index.id_of(match), heard.spoken_of) >= SISTERS
    ]


def _fits(match: Match, heard: Heard) -> bool:
    """Whether the message speaks of this one, and what it says of another case fits.

    A sister says it in one name or alias: some of fifty aliases has almost any word.
    """
    reading, index, one = heard.reading, heard.index, heard.index.id_of(match)
    if other_case(reading, one, index):
        return False
    if one == heard.spoken_of:
        is_said = is_about(reading, one, index, by_name=True)
    else:
        is_said = index.said_in_one(reading, match) >= SAID_IN_ONE
    is_named = bool(heard.other_case & index.title(one).qualifiers)
    return is_said or (is_named and not names_other(reading, one, index, by_name=True))


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
    no_matter = title.said | index.lexicon.plain | index.lexicon.facts
    is_other = bool(told) and told.isdisjoint(no_matter)
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
    is_of_other = not is_unclear(alone, heard.index) and first_of(alone) != spoken_of
    is_found = first_of(heard.with_title) == spoken_of and not (is_more and is_of_other)
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
    if not is_unsure(alone) and alone.candidates:
        return False
    if reading.facets or reading.qualifiers or "wish" in reading.cues:
        return False
    if len(reading.words) < SHORTEST_DETAIL or any(map(is_concept, reading.said)):
        return False
    beside = [one for one in reading.said if not index.speaks_of(heard.spoken_of, one)]
    return sum(map(index.weight, beside)) <= LITTLE_BESIDE
