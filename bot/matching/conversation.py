"""Reading a message with what was said before: "thế còn phí?", "cái thứ hai", "à không, ý tôi là"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.matching.facets import Facet
from bot.matching.index import Index
from bot.matching.intents import Intent
from bot.matching.lexicon import NO_INTENT, Lexicon, is_concept
from bot.matching.phrases import Found
from bot.matching.reading import Reading
from bot.matching.text import CLAUSE_END, is_number, split_words, words

WHAT_TO_BRING = (Facet.DOCUMENTS,)  # what a clerk tells first to whoever says what he wants
MOST_WORDS_OF_A_PICK = 8  # "cái thứ hai, bản sao thôi"; longer messages are questions of their own
NEARLY_ALL = 2 / 3  # of the words of a typed answer, for it to be that button
MOST_TERMS_OF_A_REPLY = 12  # "cháu ở trong nước, là con của em gái"; longer ones tell it all again
MOST_UNANSWERED = 300  # characters that are read again with the next message
CLEARLY_APART = 0.4  # in ranking units: "bị mất" among "cấp lại" and "cấp đổi"
MOST_BESIDE_A_YES = 2  # words: "dạ đúng rồi em ơi"
SAID_IN_ONE = 0.5  # share of a message that a single name or alias of a procedure says
ABOUT_IT = 0.6  # share of a message that speaks of a procedure, for it to be about that
BEGINS_ANEW = ("wish", "change", "correction", "likewise")  # cues
MOST_QUESTIONS = 4  # clauses; a letter with more of them tells a story
POLITENESS = "politeness"  # "ạ", "cán bộ", "nhiều": beside an intent they change nothing


@dataclass(frozen=True)
class Context:
    """What the conversation is about: the last answer, the last choices as shown, the question."""

    procedure: str | None = None
    facets: tuple[Facet, ...] = ()
    candidates: tuple[str, ...] = ()
    question: str = ""
    labels: tuple[str, ...] = ()  # of the candidates: the words on their buttons ("Có rồi, bị mất")
    unanswered: str = ""  # what was said just before and led to no answer yet: "cái vụ sổ đỏ"

    @property
    def is_open(self) -> bool:
        """Whether something was shown before: who goes on need not be told what it is."""
        return bool(self.procedure or self.candidates)

    @property
    def still_asked(self) -> str:
        """What the next message may go on with: said before and not settled."""
        return self.unanswered or (self.question if self.candidates else "")


NO_CONTEXT = Context()


def near(context: Context) -> tuple[str, ...]:
    """The procedures that the next message is likely to be about or close to."""
    spoken_of = (context.procedure,) if context.procedure else ()
    return (*spoken_of, *context.candidates)


def may_pick(reading: Reading, context: Context) -> bool:
    """Whether choices are open and the message is short enough to pick one of them."""
    return bool(context.candidates) and len(reading.words) <= MOST_WORDS_OF_A_PICK


def by_number(reading: Reading, context: Context, lexicon: Lexicon) -> str | None:
    """The open choice that "cái thứ hai" or "2" picks, or None."""
    found = [one for here in _ordinals(reading, lexicon) for one in here]
    is_bare = all(one.length == 1 for one in found)  # "3" picks, "cháu 3 tuổi" tells something
    if is_bare and len(_without_fillers(reading, lexicon)) > len(found):
        return None
    names = {one.name for one in found}
    places = [len(context.candidates) if one == "last" else int(one) for one in names]
    if len(places) == 1 and places[0] <= len(context.candidates):
        return context.candidates[places[0] - 1]
    return None


def _ordinals(reading: Reading, lexicon: Lexicon) -> list[Sequence[Found]]:
    return lexicon.ordinals.all_in(reading.words, marked=reading.marked)


def _without_fillers(reading: Reading, lexicon: Lexicon) -> list[str]:
    return [word.folded for word in reading.words if word.folded not in lexicon.fillers]


def by_label(reading: Reading, context: Context, lexicon: Lexicon) -> str | None:
    """The one choice on whose button the message stands: "bị mất ạ" on "Có rồi, bị mất"."""
    pairs = zip(context.candidates, context.labels, strict=False)
    buttons = [(one, [word.folded for word in words(label)]) for one, label in pairs]
    said = [word.folded for word in reading.words]
    polite = _without_fillers(reading, lexicon)
    for meant in (said, polite):
        there = {one for one, label in buttons if meant and stands_in(meant, label)}
        if len(there) == 1:
            return there.pop()
    shown = {word for _, label in buttons for word in label}
    return _nearly(shown.intersection(said).union(polite), buttons)


def half_answers(reading: Reading, context: Context, lexicon: Lexicon) -> bool:
    """Whether the message stands on several buttons: "chưa" where two answers begin so."""
    labels = [[word.folded for word in words(label)] for label in context.labels]
    shown = {word for label in labels for word in label}
    polite = lexicon.fillers - shown
    said = [word.folded for word in reading.words if word.folded not in polite]
    return bool(said) and sum(stands_in(said, label) for label in labels) > 1


def _nearly(meant: set[str], buttons: Sequence[tuple[str, list[str]]]) -> str | None:
    """The one choice whose button has nearly all the words: "chưa, cháu còn nhỏ" for "bé còn nhỏ"."""
    shared = {one: len(meant.intersection(label)) for one, label in buttons}
    most = max(shared.values(), default=0)
    there = [one for one, count in shared.items() if count == most]
    return there[0] if len(there) == 1 and most >= NEARLY_ALL * len(meant) > 0 else None


def stands_in(row: Sequence[str], longer: Sequence[str]) -> bool:
    """Whether the row of words is a part of the longer one."""
    starts = range(len(longer) - len(row) + 1)
    return any(list(longer[at : at + len(row)]) == list(row) for at in starts)


def told_apart(reading: Reading, candidates: Sequence[str], index: Index) -> str | None:
    """The open choice that the message points at: "cấp lại ấy", "con tôi dưới 14 tuổi"."""
    if not candidates or len(reading.terms) > MOST_TERMS_OF_A_REPLY or not _tells(reading, index):
        return None
    fitting = _of_this_case(reading, candidates, index)
    if len(fitting) == 1:
        return None if names_other(reading, fitting[0], index) else fitting[0]
    matches = index.among(reading, candidates)
    if len(matches) < 2 or matches[0].conflicts:
        return None
    first = index.id_of(matches[0])
    is_apart = matches[0].score - matches[1].score >= CLEARLY_APART
    is_apart = is_apart and index.said_in_one(reading, matches[0]) >= SAID_IN_ONE
    return first if is_apart and is_about(reading, first, index, by_name=True) else None


def _of_this_case(reading: Reading, candidates: Sequence[str], index: Index) -> list[str]:
    """The choices whose title is for the case that the message tells: "trẻ dưới 14 tuổi"."""
    if not reading.qualifiers:
        return []
    known = [one for one in candidates if one in index]
    return [one for one in known if reading.qualifiers & index.title(one).qualifiers]


def is_about(reading: Reading, procedure: str, index: Index, *, by_name: bool = False) -> bool:
    """Whether the message speaks of this procedure, or at least of nothing else."""
    covered = index.covered(reading, procedure, by_name=by_name)
    return covered >= ABOUT_IT and not names_other(reading, procedure, index, by_name=by_name)


def names_other(reading: Reading, procedure: str, index: Index, *, by_name: bool = False) -> bool:
    """Whether the message names a thing that this procedure knows nothing of: "hộ chiếu"."""
    named = filter(is_concept, reading.said)
    return any(not index.speaks_of(procedure, one, by_name=by_name) for one in named)


def says_more(reading: Reading, earlier: Reading) -> bool:
    """Whether the message has a word, a side or a qualifier that was not said before it."""
    terms = reading.said - earlier.said
    sides = set(reading.facets) - set(earlier.facets)
    return bool(terms or sides or reading.qualifiers - earlier.qualifiers)


def subject_of(title: Reading) -> dict[str, str]:
    """What a procedure is about, without what sets it apart from its sisters: terms and words.

    Of "Làm thẻ căn cước lần đầu" it is "thẻ căn cước".
    """
    subject: dict[str, str] = {}
    for term in title.terms:
        row = title.likely[term.at : term.at + term.length]
        sets_apart = title.lexicon.qualifiers.said_in(row, marked=title.marked)
        is_thing = title.lexicon.is_thing(term.text)
        if is_thing and not sets_apart:
            subject[term.text] = " ".join(word.folded for word in row)
    return subject


def says_nothing(reading: Reading) -> bool:
    """Whether there are words, but none that says what it is about: "em muốn hỏi cái này"."""
    if reading.qualifiers:
        return False  # "bản sao": plain words that together tell something
    common = reading.lexicon.common
    return bool(reading.words) and reading.said <= common


def _tells(reading: Reading, index: Index) -> bool:
    return any(index.tells(term.text) for term in reading.terms) or bool(reading.qualifiers)


def asked_alone(reading: Reading) -> Facet | None:
    """The side for which the message stands that says only "giấy tờ ạ"."""
    polite = reading.lexicon.polite.all_in(reading.likely, marked=reading.marked)
    row = [word for word, here in zip(reading.likely, polite, strict=True) if not here]
    found = reading.lexicon.alone.all_in(row, marked=reading.marked)
    whole = (one.name for one in (found[0] if row else ()) if one.length == len(row))
    return next(map(Facet, whole), None)


def tells_purpose(reading: Reading) -> bool:
    """Whether the message begins with what something is for: "để mua đất"."""
    return _purpose_at(reading) == 0 and reading.cues.isdisjoint(BEGINS_ANEW)


def mends_purpose(reading: Reading) -> bool:
    """Whether it takes something back and says what it is for: "à không, ý tôi là để kết hôn"."""
    return "correction" in reading.cues and _purpose_at(reading) is not None


def _purpose_at(reading: Reading) -> int | None:
    """Where "để" stands before all that the message names; None where it asks for a side."""
    first = min((term.at for term in reading.terms), default=0)
    cues = reading.lexicon.cues.found(reading.likely[:first], marked=reading.marked)
    found = (at for at, here in cues for one in here if one.name == "purpose")
    return None if reading.facets else next(found, None)


def tells_of_state(reading: Reading) -> bool:
    """Whether it says how things are, or what is over: "đang thế chấp", "khai sinh rồi"."""
    if "wish" in reading.cues or reading.facets:
        return False
    row = reading.likely
    first = min((term.at for term in reading.terms), default=len(row))
    found = reading.lexicon.cues.found(row, marked=reading.marked)
    spans = [(one.name, at, at + one.length) for at, here in found for one in here]
    is_state = any(name == "state" and end <= first for name, _, end in spans)
    # "Em làm khai sinh rồi" is over, "giờ làm sổ đỏ luôn rồi" is not.
    begins = _after_politeness(reading)
    is_to_be_done = any(name == "doing" and begin > begins for name, begin, _ in spans)
    is_over = any(name == "done" and end == len(row) for name, _, end in spans)
    return is_state or (is_over and not is_to_be_done)


def _after_politeness(reading: Reading) -> int:
    """Where the message begins when "dạ em" is gone."""
    polite = reading.lexicon.polite.all_in(reading.likely, marked=reading.marked)
    at = 0
    while at < len(polite) and polite[at]:
        at += max(one.length for one in polite[at])
    return at


def asks_for_paper(reading: Reading) -> bool:
    """Whether it asks if something must be brought: "cần giấy độc thân không"."""
    if not reading.terms or not reading.lexicon.asks(reading.words) or "wish" in reading.cues:
        return False
    found = reading.lexicon.cues.found(reading.likely, marked=reading.marked)
    ends = {at + one.length for at, here in found for one in here if one.name == "need"}
    return reading.terms[0].at in ends


def tells_detail(reading: Reading) -> bool:
    """Whether the message only tells of a case, and asks nothing: "mệ 80 tuổi", "đất 300m2"."""
    if reading.facets or not reading.cues.isdisjoint(BEGINS_ANEW):
        return False
    details = reading.lexicon.details.all_in(reading.words, marked=reading.marked)
    told = {
        at + further
        for at, here in enumerate(details)
        for further in range(max((one.length for one in here), default=0))
    }
    told.update(at for at, one in enumerate(reading.words) if _is_measure(one.folded))
    named = {at for term in reading.terms for at in range(term.at, term.at + term.length)}
    return bool(told) and named <= told


def _is_measure(folded: str) -> bool:
    """Whether it is a number with its unit: "300m2"; "2" and "1.013978" are not."""
    return is_number(folded) and not folded.isdecimal()


def asks_for_nothing(reading: Reading) -> bool:
    """Whether the message has no request of its own, as far as one can hear."""
    doing = set() if "state" in reading.cues else {"doing"}  # "con tui đang làm bên Nhật"
    requests = {*BEGINS_ANEW, "continuation", *doing} & reading.cues
    return not (reading.facets or requests or reading.lexicon.asks(reading.words))


def carries_on(reading: Reading) -> bool:
    """Whether the message may go on with what was said before."""
    begins_anew = {"correction", "change"} & reading.cues
    return not begins_anew and len(reading.terms) <= MOST_TERMS_OF_A_REPLY


def side_asked(reading: Reading, context: Context) -> tuple[Facet, ...]:
    """What is asked for; "còn gia hạn thì sao" asks the same of another procedure."""
    if reading.facets:
        return reading.facets
    if "likewise" in reading.cues and "wish" not in reading.cues and context.facets:
        return context.facets
    goes_on = reading.cues & {"wish", "continuation", "change", "likewise"}
    return WHAT_TO_BRING if goes_on or context.is_open else ()


def joined(earlier: str, text: str) -> str:
    """Two messages as one; when it grows too long, only the later counts."""
    both = f"{earlier}, {text}" if earlier else text
    return both if len(both) <= MOST_UNANSWERED else text[:MOST_UNANSWERED]


def clauses(text: str, reading: Reading, lexicon: Lexicon) -> tuple[str, ...]:
    """The clauses of which several may ask; none where it is one question or a long letter."""
    parts = [one for part in CLAUSE_END.split(text) for one in _at_joints(part, reading, lexicon)]
    parts = [one for one in parts if one]
    return tuple(parts) if 2 <= len(parts) <= MOST_QUESTIONS else ()


def _at_joints(text: str, reading: Reading, lexicon: Lexicon) -> list[str]:
    """The text cut where another question may begin: "với lại", "còn muốn"."""
    raw = split_words(text)
    found = lexicon.cues.all_in(words(text), marked=reading.marked)
    joints = [max((one.length for one in here if one.name == "joint"), default=0) for here in found]
    parts: list[list[str]] = [[]]
    at = 0
    while at < len(raw):
        if joints[at]:
            parts.append([])
        else:
            parts[-1].append(raw[at])
        at += joints[at] or 1
    return [" ".join(part) for part in parts]


def find_intent(reading: Reading, lexicon: Lexicon) -> Intent | None:
    """The intent of a message that says little else."""
    covered: list[str] = []
    left, is_polite, at = 0, True, 0
    intents = lexicon.intents.all_in(reading.words, marked=reading.marked)
    polite = lexicon.polite.all_in(reading.words, marked=False)
    while at < len(reading.words):
        name, length = _meant_here(intents[at], polite[at])
        if name == NO_INTENT:
            is_polite = False
            row = reading.words[at : at + length]
            left += sum(word.folded not in lexicon.fillers for word in row)
        elif name != POLITENESS:
            covered += [name] * length
        at += length
    if not covered or left > len(covered):
        return None
    intent = _weightiest(covered, is_polite)
    if intent in YES_OR_NO:
        return None if _asks_or_tells(reading, covered) else intent
    # "Tạm vắng nộp ở đâu, số điện thoại là gì" asks for a side of a thing.
    return None if reading.facets and reading.things else intent


def _meant_here(intents: Sequence[Found], polite: Sequence[Found]) -> tuple[str, int]:
    """What begins at a word and how long it is: an intent, politeness or something else."""
    if intents:
        return intents[0].name, intents[0].length
    return (POLITENESS, polite[0].length) if polite else (NO_INTENT, 1)


YES_OR_NO = (Intent.YES, Intent.NO)
_POLITE = (Intent.GREETING, Intent.THANKS, Intent.GOODBYE, *YES_OR_NO)


def _weightiest(covered: list[str], is_polite: bool) -> Intent | None:
    """The request rather than the greeting before it; politeness only when it stands alone.

    A yes counts only where nothing else is said: "dạ không", "vâng em cảm ơn".
    """
    requests = [name for name in covered if Intent(name) not in _POLITE]
    if requests:
        return Intent(max(requests, key=requests.count))
    said = [name for name in covered if name != Intent.YES] or covered
    return Intent(max(said, key=said.count)) if is_polite else None


def _asks_or_tells(reading: Reading, covered: list[str]) -> bool:
    """Whether it is more than a yes or a no: "bao lâu thì có" asks, "được không" does as well."""
    return bool(reading.facets) or len(reading.words) > MOST_BESIDE_A_YES + len(covered)
