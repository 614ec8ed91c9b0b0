"""What a message means that goes on with what was said before: a name, a fact, a piece of a question.

"Bị mất ấy" picks one of the open choices, "khai sinh rồi" asks for nothing, and "thuế" is the tax of the
sale that was spoken of. What is asked of sisters and details stands in `sisters`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.matching.conversation import (
    SAID_IN_ONE,
    WHAT_TO_BRING,
    asks_for_nothing,
    asks_for_paper,
    carries_on,
    joined,
    mends_purpose,
    names_other,
    stands_in,
    subject_of,
    tells_detail,
    tells_of_state,
    tells_purpose,
    told_apart,
)
from bot.matching.decision import Answer, Choices, Found, NoMatch, decide, is_named
from bot.matching.heard import (
    DETAIL,
    TOGETHER,
    TOLD_APART,
    Heard,
    first_of,
    is_unsure,
    stands_alone,
)
from bot.matching.index import SISTERS
from bot.matching.sisters import instead, kin


def continued(heard: Heard, alone: Found) -> Found | None:
    """What the message means as a part of the conversation; None where it stands by itself.

    `alone` is what it means without what was said before. First comes what corrects, then what is no
    request or a part of a name; the rest is read with what it may go on with. (A message that is an
    alias word for word is a request: of these only the second may change what it means.)
    """
    return instead(heard, alone) or in_talk(heard, alone) or _together(heard, alone)


def in_talk(heard: Heard, alone: Found) -> Found | None:
    """What a name or a fact means that would be another matter if nothing had been said before.

    "Tạm trú" picks "Gia hạn tạm trú" where that is offered; "khai sinh rồi" is no request.
    """
    spoken_of = heard.spoken_of
    if heard.context.candidates:
        picked = _picked_by_name(heard, alone)
        if picked is not None:
            return heard.about(picked, TOLD_APART)
        left = _left_over(heard, alone)
        if len(left) == 1:
            return heard.about(left[0], TOLD_APART)
        return heard.ask_again(left, heard.side) if left else None
    if not spoken_of or heard.other_case:
        return None
    if _asks_for_its_paper(heard):
        return replace(heard.about(spoken_of, DETAIL), facets=WHAT_TO_BRING)
    is_part = _is_part_of(heard, alone, spoken_of) or _is_for(heard, alone)
    if is_part or tells_only(heard, alone):
        return heard.about(spoken_of, DETAIL)
    if is_named(alone) and isinstance(alone, Choices):
        return _which_of_a_name(heard, alone.procedures)
    return None


def tells_only(heard: Heard, alone: Found) -> bool:
    """Whether the message tells something of the case, and asks for nothing."""
    reading, index = heard.reading, heard.index
    if not index.said_whole(reading):  # "để quên căn cước ở quán" is an alias
        is_elsewhere = isinstance(alone, NoMatch) and stands_alone(reading, alone, index)
        if tells_detail(reading) and not is_elsewhere:
            return True
        if tells_purpose(reading):
            return True
        if mends_purpose(reading) and tells_purpose(index.read(heard.context.question)):
            return True
    # A death may be a new matter, unless it plainly is one of others: "bố mất rồi" alone.
    is_fact = is_named(alone) or isinstance(alone, NoMatch)
    return is_fact and reading.said == reading.things and tells_of_state(reading)


def _is_part_of(heard: Heard, alone: Found, procedure: str) -> bool:
    """Whether the message is a part of this title, and not itself the name of another procedure.

    What asks for a side may stand beside it where the title begins so ("khai sinh ở đâu" of a child from
    abroad), or where the name is of a stranger ("trích lục ở mô" of a marriage is no map of a plot).
    """
    reading, index, title = heard.reading, heard.index, heard.index.title(procedure)
    row = reading.row
    if not row or (isinstance(alone, Answer) and index.is_name(alone.procedure, row)):
        return False
    if stands_in(row, title.row):
        return True
    if not isinstance(alone, Answer) or not is_named(alone):
        return False
    if not reading.span or not stands_in(reading.span, title.row):
        return False
    begins = bool(reading.facets) and title.row[: len(reading.span)] == reading.span
    return begins or index.kinship(alone.procedure, procedure) < SISTERS


def _asks_for_its_paper(heard: Heard) -> bool:
    """Whether it asks if a paper of what was spoken of must be brought: "cần giấy độc thân không"."""
    reading, index = heard.reading, heard.index
    asks_more = bool(reading.facets or reading.qualifiers or reading.said & index.lexicon.plain)
    if asks_more or not reading.things:  # "cần đổi căn cước không", "cần căn cước không, mấy tiền"
        return False
    is_known = all(index.speaks_of(heard.spoken_of, one) for one in reading.things)
    return is_known and asks_for_paper(reading)


def _is_for(heard: Heard, alone: Found) -> bool:
    """Whether what was spoken of is for a matter of others: "đi xuất khẩu lao động" of a criminal record."""
    reading, index = heard.reading, heard.index
    if not (isinstance(alone, NoMatch) and alone.elsewhere and reading.things):
        return False
    if reading.things <= heard.title.said:
        return True
    if any(reading.things <= index.title(one.id).said for one in alone.candidates):
        return False  # "thừa kế" after a gift: "Thừa kế đất" is another procedure of ours
    speaks = (index.speaks_of(heard.spoken_of, one, by_name=True) for one in reading.things)
    return asks_for_nothing(reading) and all(speaks)


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


def _left_over(heard: Heard, alone: Found) -> list[str]:
    """The open choices that are left when one of them is over: "khai sinh rồi"; none where none is."""
    said, index = heard.reading.said, heard.index
    is_over = bool(said) and said == heard.reading.things and tells_of_state(heard.reading)
    if not is_over or not isinstance(alone, Answer) or alone.procedure not in heard.still_open:
        return []
    left = [one for one in heard.still_open if not said <= index.title(one).said]
    return [] if alone.procedure in left else left  # "căn cước mất rồi" is lost, and not over


def _which_of_a_name(heard: Heard, sharing: Sequence[str]) -> Found | None:
    """Of those that share a name, the one that alone speaks of this: "công chứng" of a gift."""
    if heard.spoken_of in sharing or heard.reading.said <= heard.title.said:
        return heard.about(heard.spoken_of, DETAIL)
    index = heard.index
    is_told = not heard.reading.facets and first_of(heard.with_title) == heard.spoken_of
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
    if stands_alone(heard.reading, alone, index):
        return None
    if context.still_asked:
        both = decide(index.read(joined(context.still_asked, heard.text)), index, context)
        is_new = _is_new(heard, alone)
        if pointed_at is not None and not is_new and first_of(both) in context.candidates:
            return heard.about(pointed_at, TOLD_APART)
        if isinstance(alone, Answer) or not context.unanswered:
            return None
        return _read_as(both, heard, alone)
    if not heard.spoken_of or (isinstance(alone, Answer) and _is_new(heard, alone)):
        return None
    return kin(heard, alone)


def _is_more_of_elsewhere(both: Found, heard: Heard, alone: Found) -> bool:
    """Whether it names nothing and goes on with what others handle: "báo công an ở mô" of a blow."""
    is_theirs = isinstance(both, NoMatch) and bool(both.elsewhere)
    return is_theirs and is_unsure(alone) and not (heard.reading.things or heard.context.candidates)


def _is_new(heard: Heard, alone: Found) -> bool:
    """Whether it is clear by itself, whatever was said before: "đăng ký tạm trú cho công nhân".

    "Sổ gốc cũng mất" is said of a birth as of a marriage.
    """
    first = first_of(alone)
    if isinstance(alone, NoMatch) or first is None or first in heard.context.candidates:
        return False
    subject = subject_of(heard.index.title(first))
    return not subject or not heard.reading.said.isdisjoint(subject)


def _read_as(both: Found, heard: Heard, alone: Found) -> Found | None:
    """Two messages as one, unless the later says more clearly what is meant, or names another thing."""
    if _is_more_of_elsewhere(both, heard, alone):
        return heard.as_one(both)
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
