"""A message as the matcher reads it: repaired words, what they ask for, what is left to look up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.matching.facets import Facet, in_order
from bot.matching.lexicon import VAGUE, Lexicon
from bot.matching.phrases import Found, Kind, has_marks
from bot.matching.text import (
    CLAUSE_END,
    Typed,
    Word,
    is_syllable,
    marks_in,
    split_glued,
    split_words,
    undo_telex,
    undo_vni,
    words,
)
from bot.matching.usage import Usage

MOST_REPAIRS = 8  # a message of noise is not worth more
DENIAL = "denial"  # among the cues: "chứ không phải"
DENIED = "denied"  # "không phải" at the beginning of a clause
BARE_DENIAL = 2  # words; a longer one begins with "à" or "nhầm"
WISH = "wish"  # "muốn"
DOING = "doing"  # what is about to be done: "làm căn cước cho xong"
BUT = ("ma2", "ma")  # "mà", with its mark or without any; "mã" and "má" are other words
SHORT_FORMS = (4, 3, 2)  # letters: "cccd", "hkd", "dk"
SHORTEST_REPAIRED = 4  # "giaý", "khau": shorter words have too many neighbours


@dataclass(frozen=True)
class Vocabulary:
    """The words that the catalogue and the lexicon know."""

    known: frozenset[str] = frozenset()
    usage: Usage = field(default_factory=Usage)
    spellings: Mapping[str, Collection[str]] = field(default_factory=dict)  # the lexicon's, by fold

    def forms(self, folded: str) -> set[str]:
        """The marked forms in which the catalogue and the lexicon write a word."""
        return {*self.usage.alone.get(folded, ()), *self.spellings.get(folded, ())}

    def spelt(self, typed: Typed) -> str:
        """The marked form of the word with these marks; without marks where nobody here has it."""
        forms = self.forms(typed.folded)
        return next((one for one in forms if marks_in(one) == typed.marks), typed.folded)

    @cached_property
    def repairable(self) -> list[str]:
        return sorted(one for one in self.known if len(one) >= 3 and not one.isdigit())


class Term(Struct, frozen=True, gc=False):
    """One thing to look up: a folded word, or "@…" for a concept; `marked` as it was typed."""

    text: str
    marked: str = ""
    at: int = 0  # its place among the words
    length: int = 1  # words it was made from

    @property
    def edges(self) -> frozenset[int]:
        """Where it begins and ends; neighbours share one."""
        return frozenset((self.at, self.at + self.length))

    def surrounds(self, at: int, length: int) -> bool:
        """Whether the words from there are a part of it, and not the whole."""
        is_inside = self.at <= at and at + length <= self.at + self.length
        return is_inside and length < self.length


class Reading(Struct, frozen=True, dict=True):
    """What was read in a message."""

    words: tuple[Word, ...]
    terms: tuple[Term, ...]
    facets: tuple[Facet, ...]
    vague: bool  # no side was asked for clearly: "làm thế nào" at most
    marked: bool  # the writer types marks
    qualifiers: frozenset[str]  # what separates sister procedures: "act=again", "abroad=yes" …
    lexicon: Lexicon
    likely: tuple[Word, ...]  # with restored marks
    denied: frozenset[str] = frozenset()  # terms that were said only to deny them

    @cached_property
    def row(self) -> tuple[str, ...]:
        """The words without their marks."""
        return tuple([word.folded for word in self.words])

    @cached_property
    def span(self) -> tuple[str, ...]:
        """The row from the first term to the last, without what asks before and after."""
        begins = min([one.at for one in self.terms], default=0)
        return self.row[begins : max([one.at + one.length for one in self.terms], default=0)]

    @cached_property
    def said(self) -> frozenset[str]:
        """The terms, each once."""
        return frozenset([term.text for term in self.terms])

    @cached_property
    def things(self) -> frozenset[str]:
        """Those that are things with a name of their own: "sổ đỏ", not "mất"."""
        return frozenset(filter(self.lexicon.is_thing, self.said))

    @cached_property
    def cues(self) -> frozenset[str]:
        """What the message says about itself or the law: "substance", "correction" …

        Not within a longer name: "thế" carries on, and "thế chấp" does not.
        """
        found = self.lexicon.cues.found(self.likely, marked=self.marked)
        return frozenset(
            one.name
            for at, here in found
            for one in here
            if not any(term.surrounds(at, one.length) for term in self.terms)
        )


NO_WORDS = Vocabulary()


def read(text: str, lexicon: Lexicon, vocabulary: Vocabulary = NO_WORDS) -> Reading:
    """Read a message, or a phrase of the catalogue: both go the same way."""
    typed = retyped(words(text), lexicon, vocabulary)
    row = repair(typed, lexicon, vocabulary)
    marked = has_marks(typed)  # "mat gpxd": what is written out of a short form was not typed
    likely = row if marked else vocabulary.usage.restored(row)
    terms, facets, vague = _take_out_frames(row, likely, lexicon, marked)
    qualifiers = lexicon.qualifiers.said_in(likely, marked=marked)
    return Reading(row, terms, facets, vague, marked, qualifiers, lexicon, likely)


def without_denied(text: str, reading: Reading) -> str:
    """The text without what is said not to be meant: "chứ không phải bản sao" to the clause's end."""
    first, *further = [one for one in CLAUSE_END.split(text) if one.strip()]
    told = [_without_denied(first, reading, is_only=not further)]
    return ", ".join([*told, *(_without_denied(one, reading) for one in further)])


def _without_denied(clause: str, reading: Reading, *, is_only: bool = False) -> str:
    """The clause up to its denial; "chứ không phải cấp đổi" alone says what it is about all the same.

    "Không phải" denies where a clause begins with it and does not ask ("không phải đổi căn cước à"),
    in an only clause after "à". What follows "mà" is meant again, unless it is wished for in spite of
    it: "không phải chủ đất mà muốn làm sổ đỏ".
    """
    row, lexicon = words(clause), reading.lexicon
    cues = lexicon.cues.all_in(row, marked=reading.marked)
    found = lexicon.phrases.all_in(row, marked=reading.marked)
    asks = lexicon.asks(row)
    again = [at for at, one in enumerate(row) if one.marked in BUT and at + 1 < len(row)]
    is_told = bool(again) or not is_only
    denials = (
        (at, one.length)
        for at, here in enumerate(cues)
        for one in here
        if (one.name == DENIAL and (at or is_told))
        or (one.name == DENIED and at == 0 and not asks and (one.length > BARE_DENIAL or is_told))
    )
    begins, length = next(denials, (0, 0))
    if not length or any(one.kind.is_name and one.length > length for one in found[begins]):
        return clause  # "không phải xin phép" is a name
    after = next((at + 1 for at in again if at >= begins + length), None)
    if after is None:
        after = _resumes(cues, found, begins + length)
    elif {one.name for one in cues[after]} & {WISH, DOING}:
        return clause
    raw = split_words(clause)
    return " ".join([*raw[:begins], *raw[after:]])


def _resumes(cues: Sequence[Sequence[Found]], found: Sequence[Sequence[Found]], at: int) -> int:
    """Where something is wished for or asked after what is denied; the end where nothing is."""
    while at < len(found):
        phrase = _phrase_at(found, at) if found[at] else None
        is_asked = phrase is not None and phrase.kind is Kind.FRAME
        if is_asked or any(one.name == WISH for one in cues[at]):
            return at
        at += phrase.length if phrase else 1
    return at


def _take_out_frames(
    row: Sequence[Word], likely: Sequence[Word], lexicon: Lexicon, marked: bool
) -> tuple[tuple[Term, ...], tuple[Facet, ...], bool]:
    """What is left to look up, the sides asked for, and whether they were only hinted at."""
    found = lexicon.phrases.all_in(likely, marked=marked)
    terms: list[Term] = []
    clear: set[Facet] = set()
    vague: set[Facet] = set()
    at = 0
    while at < len(row):
        phrase = _phrase_at(found, at) if found[at] else None
        if phrase is None:
            terms.append(Term(row[at].folded, row[at].marked, at))
            at += 1
            continue
        if phrase.kind is Kind.COMPOUND:
            for place in range(at, at + phrase.length):
                terms.append(Term(row[place].folded, row[place].marked, place))
        elif phrase.kind is Kind.CONCEPT:
            terms.append(Term(phrase.name, "", at, phrase.length))
        elif phrase.kind is Kind.FRAME:
            asked = vague if phrase.name.endswith(VAGUE) else clear
            asked.update(map(Facet, phrase.name.removesuffix(VAGUE).split("+")))
        at += phrase.length
    return tuple(terms), in_order(clear or vague), not clear


def _phrase_at(found: Sequence[Sequence[Found]], at: int) -> Found | None:
    """The longest phrase here that does not cut a weightier one in two: "làm hộ" in "làm hộ nghèo"."""
    for phrase in found[at]:
        if phrase.length == 1 or not _cuts_a_weightier(phrase, found, at):
            return phrase
    return None


def _cuts_a_weightier(phrase: Found, found: Sequence[Sequence[Found]], at: int) -> bool:
    """Whether a weightier phrase begins inside these words and ends after them."""
    end = at + phrase.length
    return any(
        inside + other.length > end and _is_weightier(other, phrase)
        for inside in range(at + 1, end)
        for other in found[inside]
    )


def _is_weightier(one: Found, other: Found) -> bool:
    """A name outweighs what asks; of two names, or beside what hardly asks, the longer one does.

    "Con cần" is padding, and a vague question, before "cần công chứng giấy tờ không".
    """
    longer = one.length > other.length
    if one.kind.is_name:
        return one.kind > other.kind or (longer and other.kind.is_name)
    hardly_asks = other.kind is Kind.PADDING or other.name.endswith(VAGUE)
    return longer and hardly_asks and one.kind is Kind.FRAME


def retyped(row: Sequence[Word], lexicon: Lexicon, vocabulary: Vocabulary) -> Sequence[Word]:
    """The words that keys meant when the keyboard was off; a catalogue is typed as it is meant."""
    return [_retyped(one, lexicon, vocabulary) for one in row] if vocabulary.known else row


def repair(typed: Sequence[Word], lexicon: Lexicon, vocabulary: Vocabulary) -> tuple[Word, ...]:
    """The words meant: short forms written out, glue split, typos mended."""
    if not vocabulary.known and lexicon.rewritten.isdisjoint([one.marked for one in typed]):
        return tuple(typed)  # as in most texts of a catalogue
    row: list[Word] = []
    left = MOST_REPAIRS
    for at, one in enumerate(typed):
        meant = None
        if one.marked in lexicon.rewritten and not _is_itself(typed, at, lexicon):
            meant = _written_out(one, lexicon, typed)
        if meant is None and left and vocabulary.known and _is_odd(one.folded, vocabulary):
            meant = _mended(one.folded, lexicon, vocabulary)
            left -= 1
        if meant is None:
            row.append(one)
        else:
            row += meant
    return tuple(row)


def _retyped(one: Word, lexicon: Lexicon, vocabulary: Vocabulary) -> Word:
    """The word that keys meant when the keyboard was off; "gas" is a word that we write ourselves."""
    if (
        is_syllable(one.folded)
        or one.marked in lexicon.shorthand
        or one.marked in vocabulary.forms(one.folded)
    ):
        return one
    typed = undo_telex(one.folded) or undo_vni(one.folded)
    if typed is None:
        return one
    typed = typed._replace(marks=typed.marks | marks_in(one.marked))  # "giâys": half of it worked
    return Word(typed.folded, vocabulary.spelt(typed))


def _is_itself(row: Sequence[Word], at: int, lexicon: Lexicon) -> bool:
    """Whether a short form is a word here: "hong" is "không", and "hồng" in "so hong"."""
    if not at or len(row[at].folded) < 3 or not is_syllable(row[at].folded):
        return False
    beside, _ = lexicon.phrases.all_in(row[at - 1 : at + 1], marked=False)
    return any(one.length == 2 and one.kind.is_name for one in beside)


def _written_out(one: Word, lexicon: Lexicon, around: Sequence[Word]) -> tuple[Word, ...] | None:
    short = lexicon.shorthand.get(one.marked)
    if short and (not short.near or any(other.folded in short.near for other in around)):
        return short.words
    return lexicon.dialect.get(one.marked) if one.has_marks else None


def _is_odd(folded: str, vocabulary: Vocabulary) -> bool:
    """Whether nobody here writes this word: no syllable, not known, no number."""
    known = folded in vocabulary.known or folded.isdecimal() or "." in folded
    return not (known or is_syllable(folded))


def _mended(folded: str, lexicon: Lexicon, vocabulary: Vocabulary) -> tuple[Word, ...] | None:
    glued = split_glued(folded, vocabulary.known, vocabulary.usage.has_pair)
    if glued:
        return tuple(Word(one, one) for one in glued)
    return _begun_short(folded, lexicon, vocabulary) or _nearest(folded, vocabulary)


def _begun_short(folded: str, lexicon: Lexicon, vocabulary: Vocabulary) -> tuple[Word, ...] | None:
    """A short form with the rest glued to it: "dkkethon" is "đăng ký kết hôn".

    Of the short forms that are written without marks, those that are clear without their context.
    """
    for length in SHORT_FORMS:
        short = lexicon.shorthand.get(folded[:length])
        if short is None or short.near or is_syllable(folded[:length]):
            continue
        rest = split_glued(folded[length:], vocabulary.known, vocabulary.usage.has_pair)
        if rest:
            return (*short.words, *(Word(one, one) for one in rest))
    return None


def _nearest(folded: str, vocabulary: Vocabulary) -> tuple[Word, ...] | None:
    """The known word one slip away ("giáayy", "thuơng")."""
    if not SHORTEST_REPAIRED <= len(folded) <= 10 or not folded.isalpha():
        return None
    found = process.extractOne(folded, vocabulary.repairable, scorer=OSA.distance, score_cutoff=1)
    return (Word(found[0], found[0]),) if found else None
