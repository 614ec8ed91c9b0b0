"""What people mean by the name of a place.

They name places as these were before 1 July 2025: 208 older communes, wards and towns, and districts
that are no more. An older unit that went whole to a new one leads there; a name that was divided or
given again to another place is never guessed: it comes back with its candidates, to be asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from rapidfuzz.distance import OSA

from bot.catalogue.communes import DISTRICTS, Commune, ReadingWords, Unit, UnitKind, What
from bot.catalogue.spelling import Word, read_words

SHORTEST_SLIP = 7  # letters; "cảm ơn" is one letter from Cẩm Sơn
SHORTEST_SLIP_WITH_KIND = 4  # "thị trấn Nghèo" can only be a place


class Why(StrEnum):
    """Why a name does not tell one commune."""

    DIVIDED = "divided"  # the older unit went to several
    REUSED = "reused"  # a unit of today bears the name of another that went elsewhere
    SAME_SPELLING = "same_spelling"  # equal without marks, or with its number left out
    DISTRICT = "district"  # a district of old; the candidates are only those that bear its name
    SEVERAL = "several"  # the text names several places
    MISSPELT = "misspelt"  # no place is called so; the candidates are one letter away


@dataclass(frozen=True)
class Candidate:
    commune: Commune
    formerly: Unit | None = None  # the older unit that was named; None = the commune's own name
    what: What | None = None  # which share of a divided unit


@dataclass(frozen=True)
class Found:
    commune: Commune
    formerly: Unit | None = None


@dataclass(frozen=True)
class Ambiguous:
    name: str  # as the lists spell it; as typed when it is misspelt
    why: Why
    candidates: tuple[Candidate, ...]  # may be empty for a district


@dataclass(frozen=True)
class Unknown:
    text: str


@dataclass(frozen=True)
class Mention:
    """A place within a longer text: `text[start:end]`."""

    start: int
    end: int
    place: Found | Ambiguous


@dataclass(frozen=True)
class _Named:
    """One thing that bears a name: a commune of today, an older unit, or a district."""

    unit: Unit
    words: tuple[Word, ...]
    leads_to: tuple[Candidate, ...]

    @property
    def is_old(self) -> bool:
        return any(candidate.formerly for candidate in self.leads_to)

    @property
    def is_district(self) -> bool:
        return self.unit.kind in DISTRICTS


Key = tuple[str, ...]


@dataclass(frozen=True)
class _Said:
    """A possible place: words[first:last], of which the name starts at `name`."""

    first: int
    name: int
    last: int
    kind: UnitKind | None
    named: tuple[_Named, ...]


@dataclass(frozen=True)
class NameReader:
    """Reads names of places in what people write."""

    communes: tuple[Commune, ...]
    districts: tuple[Unit, ...]
    province: str
    reading: ReadingWords

    def is_name(self, text: str) -> bool:
        """Whether some place of today or of old is called so."""
        return _key(read_words(text)) in self._names

    def find(self, text: str) -> Found | Ambiguous | Unknown:
        """The place that this text names, when it was asked for one: marks and case do not matter."""
        words = read_words(text)
        bare = self._without_fillers(words)
        for asked in (words, bare):  # "Đan Trường" begins like "dân"
            said = self._said_at(asked, 0)
            era, last = self._era(asked, said.last, text) if said else ("", 0)
            if said and self._tells_nothing(asked[last:]):
                return _resolve(said, asked, era)
        places = list(dict.fromkeys(mention.place for mention in self.find_in(text)))
        if not places:
            return self._one_letter_away(text, bare)
        return places[0] if len(places) == 1 else _several(places)

    def find_in(self, text: str) -> tuple[Mention, ...]:
        """The places named within a longer text; everyday words that look like one are left out."""
        words = read_words(text)
        found: list[Mention] = []
        i = 0
        while i < len(words):
            said = self._said_at(words, i)
            if said is None or not self._is_meant(words, said):
                i += 1
                continue
            era, i = self._era(words, said.last, text)
            place = _resolve(said, words, era)
            found.append(Mention(words[said.first].start, words[i - 1].end, place))
        return tuple(_without_context(text, found))

    def without(self, text: str) -> str:
        """The text without the places that it names; as it is where it names nothing else."""
        words, rest = read_words(text), text
        for mention in reversed(self.find_in(text)):
            before = [word for word in words if word.end <= mention.start]
            length = self._ends(before, "beside", is_exact=False)
            start = before[-length].start if length else mention.start
            rest = f"{rest[:start]} {rest[mention.end :]}"
        return rest if any(map(str.isalnum, rest)) else text

    def _one_letter_away(self, text: str, words: Sequence[Word]) -> Ambiguous | Unknown:
        """The names that a slip of one letter would explain ("thị trấn Nghèo"), to be confirmed."""
        kind, spoken = next(self._kinds_at(words, 0), (None, 0))
        typed = "".join(_key(words[spoken:]))
        shortest = SHORTEST_SLIP_WITH_KIND if kind else SHORTEST_SLIP
        if len(typed) < shortest or len(words) - spoken > self._longest_name:
            return Unknown(text)
        near = [
            named
            for key, all_named in self._names.items()
            if OSA.distance(typed, "".join(key), score_cutoff=1) <= 1
            for named in all_named
            if kind is None or named.unit.kind is kind
        ]
        candidates = _merge(candidate for named in near for candidate in named.leads_to)
        return Ambiguous(text, Why.MISSPELT, candidates) if candidates else Unknown(text)

    # The names, and the words around them, made ready for reading once.

    @cached_property
    def _names(self) -> dict[Key, tuple[_Named, ...]]:
        names: dict[Key, list[_Named]] = defaultdict(list)
        for named in _all_named(self.communes, self.districts):
            names[_key(named.words)].append(named)
        return {key: tuple(named) for key, named in names.items()}

    @cached_property
    def _longest_name(self) -> int:
        return max(map(len, self._names), default=0)

    @cached_property
    def _kinds(self) -> dict[str, list[tuple[UnitKind, tuple[Word, ...]]]]:
        kinds = defaultdict(list)
        for kind, texts in self.reading.kinds.items():
            for spoken in _longest_first(texts):
                kinds[spoken[0].folded].append((kind, spoken))
        return dict(kinds)

    @cached_property
    def _phrases(self) -> dict[str, tuple[tuple[Word, ...], ...]]:
        lists = ("old", "new", "locators", "beside", "fillers", "not_after", "not_before")
        return {name: _longest_first(getattr(self.reading, name)) for name in lists}

    @cached_property
    def _province(self) -> Key:
        return _key(read_words(self.province))

    @cached_property
    def _ordinary(self) -> frozenset[Key]:
        return frozenset(_key(read_words(name)) for name in self.reading.ordinary)

    @cached_property
    def _words_without_marks(self) -> frozenset[Key]:
        return frozenset(_key(read_words(name)) for name in self.reading.words_without_marks)

    def _said_at(self, words: Sequence[Word], first: int) -> _Said | None:
        """The longest name that starts here, with or without the word of its kind."""
        for kind, length in self._kinds_at(words, first):
            if said := self._name_at(words, first + length, kind):
                return replace(said, first=first)
        return self._name_at(words, first, None)

    def _kinds_at(self, words: Sequence[Word], first: int) -> Iterator[tuple[UnitKind, int]]:
        """The words of a kind that start here, and how many they are."""
        starting = self._kinds.get(words[first].folded, ()) if first < len(words) else ()
        for kind, spoken in starting:
            if _agree(words[first : first + len(spoken)], spoken):
                yield kind, len(spoken)

    def _name_at(self, words: Sequence[Word], name: int, kind: UnitKind | None) -> _Said | None:
        for last in range(min(name + self._longest_name, len(words)), name, -1):
            key = _key(words[name:last])
            if key == self._province and kind not in DISTRICTS:
                return None  # the whole province, unless "thành phố" stands before it
            if named := self._names.get(key):
                return _Said(name, name, last, kind, named)
        return None

    def _is_meant(self, words: Sequence[Word], said: _Said) -> bool:
        """Whether a citizen who wrote these words meant the place, not the words."""
        typed = words[said.name : said.last]
        agreeing = [named for named in said.named if _agree(typed, named.words)]
        if any(named.unit.kind is said.kind for named in said.named):
            # "xã cẫm bình" is a slip of the tone; "xa hộ đó" is not, for it has no "xã".
            return bool(agreeing) or any(word.has_marks for word in words[said.first : said.name])
        if not agreeing:
            return False
        is_exact = any(_equal(typed, named.words) for named in agreeing)
        if not is_exact and any(word.has_marks for word in typed):
            return False  # half with marks, half without: "nhóm hộ do"
        before, after = words[: said.first], words[said.last :]
        if self._ends(before, "not_after", is_exact) or self._starts(after, "not_before", is_exact):
            return False
        if _key(typed) in self._words_without_marks and not is_exact:
            return False
        return _key(typed) not in self._ordinary or self._ends(before, "locators", is_exact) > 0

    def _ends(self, words: Sequence[Word], phrases: str, is_exact: bool) -> int:
        """How many words at the end are one of these phrases; typed marks must be theirs."""
        same = _equal if is_exact else _agree
        found = (p for p in self._phrases[phrases] if same(words[-len(p) :], p))
        return len(next(found, ()))

    def _starts(self, words: Sequence[Word], phrases: str, is_exact: bool) -> int:
        same = _equal if is_exact else _agree
        found = (p for p in self._phrases[phrases] if same(words[: len(p)], p))
        return len(next(found, ()))

    def _era(self, words: Sequence[Word], last: int, text: str) -> tuple[str, int]:
        """Whether "cũ" or "mới" follows, and the word after it.

        Unless it is "cũ" with its mark, it must end a phrase: in "ở Trần Phú mới làm sổ" it means
        "just now", and "tran phu cu lam" may be "cứ làm".
        """
        for era in ("old", "new"):
            length = self._starts(words[last:], era, is_exact=False)
            rest = text[words[last + length - 1].end :].lstrip(" ") if length else ""
            is_old = era == "old" and self._starts(words[last:], era, is_exact=True)
            if length and (is_old or not rest[:1].isalnum()):
                return era, last + length
        return "", last

    def _without_fillers(self, words: Sequence[Word]) -> Sequence[Word]:
        """The words without politeness and "ở" around them."""
        while length := self._starts(words, "fillers", False) or self._starts(
            words, "locators", False
        ):
            words = words[length:]
        while length := self._ends(words, "fillers", False):
            words = words[:-length]
        return words

    def _tells_nothing(self, words: Sequence[Word]) -> bool:
        """Whether what follows a place is only the old district it lay in, or politeness."""
        rest = self._without_fillers(words)
        said = self._said_at(rest, 0)
        if said is None:
            return not rest
        return said.last == len(rest) and any(named.is_district for named in said.named)


def _all_named(communes: Iterable[Commune], districts: Iterable[Unit]) -> Iterator[_Named]:
    """Everything that bears a name, an older divided unit once with all that it went to."""
    divided: dict[Unit, list[Candidate]] = defaultdict(list)
    for commune in communes:
        for name in (commune.name, *commune.also):
            yield _Named(commune, read_words(name), (Candidate(commune),))
        for old in commune.whole():
            yield _Named(old, read_words(old.name), (Candidate(commune, old),))
        for part in commune.parts:
            old = Unit(kind=part.kind, name=part.name)
            divided[old].append(Candidate(commune, old, part.what))
    for old, parts in divided.items():
        yield _Named(old, read_words(old.name), tuple(parts))
    for district in districts:
        within = _key(read_words(district.name))
        bearers = (c for c in communes if _contains(_key(read_words(c.name)), within))
        yield _Named(district, read_words(district.name), tuple(Candidate(c) for c in bearers))


def _resolve(said: _Said, words: Sequence[Word], era: str) -> Found | Ambiguous:
    """What the name means: the kind, the marks and the era that were said narrow it down."""
    typed = words[said.name : said.last]
    named = _narrow(said, typed)
    if era == "old":
        named = [n for n in named if n.is_old or n.is_district] or named
    elif era == "new":
        named = [n for n in named if not n.is_old and not n.is_district] or named
    candidates = _merge(candidate for n in named for candidate in n.leads_to)
    if len(candidates) == 1 and not any(n.is_district for n in named):
        return Found(candidates[0].commune, candidates[0].formerly)
    return Ambiguous(named[0].unit.name, _why(named), candidates)


def _narrow(said: _Said, typed: Sequence[Word]) -> list[_Named]:
    """Those that agree with the typed marks and kind; all of either where the two disagree."""
    by_marks = [n for n in said.named if _agree(typed, n.words)]
    by_kind = [n for n in said.named if n.unit.kind is said.kind]
    both = [n for n in by_marks if n in by_kind]
    either = list(dict.fromkeys(by_marks + by_kind)) or list(said.named)
    if by_kind and said.kind not in DISTRICTS:
        either = [n for n in either if not n.is_district]
    return both or either


def _merge(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """One candidate a commune, those first that bear the name themselves."""
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        known = best.get(candidate.commune.id)
        if known is None or (known.formerly and not candidate.formerly):
            best[candidate.commune.id] = candidate
    return tuple(sorted(best.values(), key=lambda candidate: candidate.formerly is not None))


def _why(named: Sequence[_Named]) -> Why:
    if any(n.is_district for n in named):
        return Why.DISTRICT
    if len({_marks(n.words) for n in named}) > 1:
        return Why.SAME_SPELLING
    if any(len(n.leads_to) > 1 for n in named):
        return Why.DIVIDED
    return Why.REUSED if any(n.is_old for n in named) else Why.SAME_SPELLING


def _several(places: Iterable[Found | Ambiguous]) -> Found | Ambiguous:
    candidates = _merge(candidate for place in places for candidate in _candidates(place))
    names = ", ".join(
        place.name if isinstance(place, Ambiguous) else place.commune.name for place in places
    )
    return Ambiguous(names, Why.SEVERAL, candidates)


def _candidates(place: Found | Ambiguous) -> tuple[Candidate, ...]:
    if isinstance(place, Found):
        return (Candidate(place.commune, place.formerly),)
    return place.candidates


def _without_context(text: str, found: Sequence[Mention]) -> Iterator[Mention]:
    """Drops a district that only tells where the commune beside it lies ("Cẩm Bình, Cẩm Xuyên")."""
    beside: set[Mention] = set()
    for one, other in pairwise(found):
        is_adjacent = not any(letter.isalnum() for letter in text[one.end : other.start])
        if is_adjacent and _is_district(one.place) != _is_district(other.place):
            beside.add(one if _is_district(one.place) else other)
    return (mention for mention in found if mention not in beside)


def _is_district(place: Found | Ambiguous) -> bool:
    return isinstance(place, Ambiguous) and place.why is Why.DISTRICT


def _key(words: Iterable[Word]) -> Key:
    return tuple(word.folded for word in words)


def _marks(words: Iterable[Word]) -> Key:
    return tuple(word.marked for word in words)


def _agree(typed: Sequence[Word], words: Sequence[Word]) -> bool:
    """The same words, where the marks that were typed are the right ones."""
    return _key(typed) == _key(words) and all(
        not one.has_marks or one.marked == other.marked
        for one, other in zip(typed, words, strict=True)
    )


def _equal(typed: Sequence[Word], words: Sequence[Word]) -> bool:
    return _marks(typed) == _marks(words)


def _contains(name: Key, part: Key) -> bool:
    return any(name[i : i + len(part)] == part for i in range(len(name) - len(part) + 1))


def _longest_first(texts: Iterable[str]) -> tuple[tuple[Word, ...], ...]:
    return tuple(sorted((read_words(text) for text in texts), key=lambda phrase: -len(phrase)))
