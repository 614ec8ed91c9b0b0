"""The catalogue as the matcher holds it: words to procedures, a few candidates, the best first.

A query must not grow with the catalogue. Candidates come from an inverted index, rare words first
and within a budget; only the few best are compared phrase by phrase.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import chain, permutations

from msgspec import structs

from bot.matching.building import kept
from bot.matching.contrast import OUTSIDE, contrasts
from bot.matching.lexicon import Lexicon, is_concept
from bot.matching.model import Model, default_model
from bot.matching.profiles import FIELD_WEIGHTS, Entry, note_typical, pairs_of, profile_of
from bot.matching.reading import DENIAL, DENIED, Reading, Vocabulary, read, without_denied
from bot.matching.scoring import Match, Profile, Query, compare, kinship, with_fuzzy
from bot.matching.talk import Talk, gram_weights, likeness, talk_of, talk_of_all
from bot.matching.text import Word
from bot.matching.usage import Usage

POSTINGS_READ = 3000  # "cấp lại giấy phép" alone would touch a third of the national list
COMPARED = 40  # recall at 60 was .98 before bigrams; 40 keep it and cost a third less
RIVALS_COMPARED = 20  # of the matters of others; they must not crowd out a plain procedure of ours
FUZZY_COMPARED = 8
UNKNOWN_WEIGHT = 1.0  # a word that the catalogue lacks ("karaoke") tells as much as a rare one
CONCEPT_WEIGHT = 2.2  # a thing with a name of its own: "sổ đỏ"
PLAIN_WEIGHT = 0.5  # what is done and to whom: "mất", "con nhỏ"
LEAST_WHOLE = 0.7  # an alias of which only "giấy" is left when frames are gone names nothing
LEAST_TELLING = 0.3  # "giấy", "đất" stand in too many procedures
LEAST_CORE = 1.5  # "chứng thực" is too little to stand for "chứng thực giấy tờ ở đâu"
LONG_NAME = 3  # words: "anh cho em đất" is clear although "đất" alone tells little
AROUND = 4  # words of a name that may be read as asking: "đi làm" in "đi làm căn cước"
SISTERS = 0.4  # kinship of "đăng ký lại khai sinh" and "trích lục hộ tịch"
COMMON_WEIGHT = 0.25  # "tôi", "hôm nay": in every letter, in no title


@dataclass(frozen=True)
class Candidate:
    """One procedure that may be meant; `score` runs from 0 to 1 and compares across questions."""

    id: str
    code: str
    title: str
    score: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matches:
    """What was compared with a question, best first: our procedures, and matters of others."""

    ours: tuple[Match, ...]
    elsewhere: tuple[Match, ...] = ()
    outside: float = 0.0  # how much the message sounds like what nobody here handles


class Index:
    """Finds procedures for a text. Build one per published catalogue; it never changes."""

    def __init__(
        self,
        entries: Sequence[Entry],
        elsewhere: Sequence[Entry],
        lexicon: Lexicon,
        profiles: Sequence[Profile],
        usage: Usage,
        model: Model,
    ) -> None:
        self.entries = tuple(entries)
        self.elsewhere = tuple(elsewhere)  # their places come after those of the entries
        self.lexicon = lexicon
        self.model = model
        self._profiles = tuple(profiles)
        self._set_apart()
        self._postings = _postings(self._profiles)
        self._weights = _rarity(self._postings, len(self._profiles))
        words = {term for term in self._weights if " " not in term}
        weights = {word: self.weight(word) for word in words}
        self._gram_weights = gram_weights(p.words for one in self._profiles for p in one.phrases)
        for profile in self._profiles:
            profile.weigh(weights)
            profile.gram_weights = self._gram_weights
        note_typical(self._profiles)
        self._by_id = {entry.id: at for at, entry in enumerate(self.entries)}
        self._titles: dict[str, Reading] = {}
        self._by_code = _by_code(self.entries)
        self._by_words, self._by_terms, self._by_bare_terms = _Owners(), _Owners(), _Owners()
        for at, profile in enumerate(self._profiles):
            for phrase in profile.phrases:
                self._by_words.add(phrase.words, at)
                self._by_terms.add(phrase.terms, at)
                if phrase.bare:
                    self._by_bare_terms.add(phrase.terms, at)
        self._by_shared_terms = self._shared_terms()
        self._sharing: defaultdict[int, set[int]] = defaultdict(set)
        for owners in self._by_words.values():
            for one, other in permutations(owners, 2):
                self._sharing[one].add(other)
        known = frozenset(words) | frozenset(usage.alone) | lexicon.vocabulary | lexicon.common
        self.vocabulary = Vocabulary(known, usage, lexicon.spellings)

    def _shared_terms(self) -> dict[frozenset[str], tuple[int, ...]]:
        """The owners of the aliases that are shared, by what these say.

        Without a fact beside: in other words, "giấy chứng tử mất rồi" is a death to be registered.
        """
        shared = {}
        for phrase in chain.from_iterable(profile.phrases for profile in self._profiles):
            owners, said = self._by_words.get(phrase.words, ()), frozenset(phrase.terms)
            tells_beside = len(said) > 1 and not said.isdisjoint(self.lexicon.facts)
            if len(owners) > 1 and not tells_beside:
                shared[said] = owners
        return shared

    @classmethod
    @kept()
    def build(
        cls,
        entries: Sequence[Entry],
        lexicon: Lexicon,
        model: Model | None = None,
        *,
        elsewhere: Sequence[Entry] = (),
    ) -> Index:
        """The index of these entries, read with this lexicon; `elsewhere` are matters of others."""
        profiles: list[Profile] = []
        texts: list[tuple[Word, ...]] = []
        read_once = lru_cache(maxsize=1000)(partial(read, lexicon=lexicon))  # shared papers
        for entry in (*entries, *elsewhere):  # one after the other: what was read need not be kept
            readings = [(name, text, read_once(text)) for name, text in entry.fields() if text]
            profiles.append(profile_of(entry, readings))
            texts += [one.words for _, _, one in readings]
        usage = Usage.of(texts, lexicon.function_words)
        model = _for(entries, model or default_model())
        return cls(entries, elsewhere, lexicon, profiles, usage, model)

    def with_model(self, model: Model) -> Index:
        """The same catalogue, ranked and judged by another model."""
        other = copy(self)
        other.model = _for(self.entries, model)
        other._profiles = tuple(map(replace, self._profiles))
        other._set_apart()
        return other

    def _set_apart(self) -> None:
        for entry, profile in zip(self.entries, self._profiles, strict=False):
            profile.contrast = self.model.contrasts.get(entry.id, {})

    def contrasts(self, asked: Sequence[tuple[str, Sequence[str]]] = ()) -> dict[str, Talk]:
        """What sets the talk of each procedure apart, by its id; takes some seconds to learn.

        `asked` are questions as folded words with the procedure that they ask for, or OUTSIDE;
        where some are, the whole talk of what is outside comes with the rest.
        """
        weights, outside = self._gram_weights, len(self._profiles)
        phrases = [
            (at, talk_of(phrase.words, weights))
            for at, profile in enumerate(self._profiles)
            for phrase in profile.phrases
        ]
        places = {**self._by_id, OUTSIDE: outside}
        phrases += [(places[one], talk_of(said, weights)) for one, said in asked]
        strange = talk_of_all((said for one, said in asked if one == OUTSIDE), weights)
        *learned, beyond = contrasts([*(one.talk for one in self._profiles), strange], phrases)
        found = {entry.id: one for entry, one in zip(self.entries, learned, strict=False) if one}
        return {**found, OUTSIDE: _sum(strange, beyond)} if strange else found

    def read(self, text: str) -> Reading:
        """The message, read with this catalogue's vocabulary, without what it only denies."""
        reading = read(text, self.lexicon, self.vocabulary)
        if reading.cues.isdisjoint((DENIAL, DENIED)):
            return reading
        meant = read(without_denied(text, reading), self.lexicon, self.vocabulary)
        return structs.replace(meant, denied=reading.said - meant.said)

    def title(self, procedure: str) -> Reading:
        """The title of a procedure as a message is read; once, when a talk first comes to it."""
        found = self._titles.get(procedure)
        if found is None:
            found = self._titles[procedure] = self.read(self.entry(procedure).title)
        return found

    def is_name(self, procedure: str, row: Sequence[str]) -> bool:
        """Whether these folded words are the procedure's title or official name."""
        return any(one.words == tuple(row) for one in self._profiles[self._by_id[procedure]].names)

    def search(self, text: str, *, limit: int = 10) -> tuple[Candidate, ...]:
        """The procedures that the text may mean, the likeliest first."""
        return tuple(map(self.candidate, self.match(self.read(text)).ours[:limit]))

    def match(self, reading: Reading, near: Sequence[str] = ()) -> Matches:
        """The compared candidates, best first; kin of the entries `near` are preferred."""
        query = self._query(reading)
        kin = [self._profiles[self._by_id[one]] for one in near if one in self._by_id]
        named = self._named(reading)
        found = named or self._candidates(query)
        matches = [compare(query, self._profiles[at], at, kin) for at in found]
        for match in matches:
            match.score = self.model.rank(match.features) + (10.0 if named else 0.0)
        matches.sort(key=lambda match: (-match.score, match.at))
        refined = self._refined(query, matches)
        ours = tuple(match for match in refined if match.at < len(self.entries))
        elsewhere = tuple(match for match in refined if match.at >= len(self.entries))
        return Matches(ours, elsewhere, likeness(query.talk, self.model.contrasts.get(OUTSIDE, {})))

    def matter(self, at: int) -> str:
        """The matter of others at this place, by its name; empty for a procedure of ours."""
        return self.elsewhere[at - len(self.entries)].title if at >= len(self.entries) else ""

    def among(self, reading: Reading, procedures: Sequence[str]) -> list[Match]:
        """These procedures compared with the message, best first; ids it does not have are left out."""
        query = self._query(reading)
        found = [self._by_id[one] for one in dict.fromkeys(procedures) if one in self._by_id]
        matches = [compare(query, self._profiles[at], at) for at in found]
        for match in matches:
            match.score = self.model.rank(match.features)
        return self._refined(query, matches)

    def covered(self, reading: Reading, procedure: str, *, by_name: bool = False) -> float:
        """The share of what is said that this procedure speaks of; 1 where nothing is said."""
        weights = {term.text: self.weight(term.text) for term in reading.terms}
        known = [
            w for term, w in weights.items() if self.speaks_of(procedure, term, by_name=by_name)
        ]
        return sum(known) / (sum(weights.values()) or 1.0) if weights else 1.0

    def speaks_of(self, procedure: str, term: str, *, by_name: bool = False) -> bool:
        """Whether the procedure uses the term; by name: in a title or alias, not among its papers."""
        weight = self._profiles[self._by_id[procedure]].weights.get(term, 0.0)
        return weight >= FIELD_WEIGHTS["official"] if by_name else weight > 0.0

    def said_in_one(self, reading: Reading, match: Match) -> float:
        """The share of what is said that stands in the matched phrase, or in the title."""
        weights = {term.text: self.weight(term.text) for term in reading.terms}
        title = self._profiles[match.at].title
        bags = [one.bag for one in (match.best, title) if one]
        said = [sum(w for term, w in weights.items() if term in bag) for bag in bags]
        return max(said, default=0.0) / (sum(weights.values()) or 1.0)

    def kinship(self, one: str, other: str) -> float:
        """How close two procedures are, from 0 to 1; those that share an alias are sisters at least.

        A marriage registered anew has no word of "Xin bản sao giấy khai sinh, trích lục hộ tịch", and
        both are "mất giấy kết hôn".
        """
        at, there = self._by_id[one], self._by_id[other]
        least = SISTERS if there in self._sharing.get(at, ()) else 0.0
        return max(least, kinship(self._profiles[at], self._profiles[there]))

    def sharing(self, procedure: str) -> list[str]:
        """The procedures that share an alias with this one: "mất giấy kết hôn"."""
        found = sorted(self._sharing.get(self._by_id[procedure], ()))
        return [self.entries[at].id for at in found if not self.matter(at)]

    def tells(self, term: str) -> bool:
        """Whether the term says what a message is about; "giấy" and "con" do not."""
        return self.weight(term) > LEAST_TELLING

    def _refined(self, query: Query, matches: list[Match]) -> list[Match]:
        for match in matches[:FUZZY_COMPARED]:
            with_fuzzy(query, match)
            match.score += self.model.rank_weight("fuzzy") * match.features["fuzzy"]
        matches.sort(key=lambda match: (-match.score, match.at))
        return matches

    def _named(self, reading: Reading) -> list[int]:
        """The entries whose national code stands in the message."""
        return [at for one in reading.words for at in self._by_code.get(one.folded, ())]

    def said_whole(self, reading: Reading) -> tuple[int, ...]:
        """The entry of which the message says a whole name or alias and nothing else, or those that share it.

        Whoever writes an alias can rely on it: no weight overrules it.
        """
        return self._by_words.get(reading.row, ())

    def said_core(self, reading: Reading) -> tuple[int, ...]:
        """The same for what is left of the message when politeness and the frames are gone."""
        if not reading.terms:
            return ()
        said = tuple(term.text for term in reading.terms)
        told = sum(self.weight(term) for term in set(said))
        by_words, length = self._said_among(reading)
        if length >= LONG_NAME or (length and told >= LEAST_WHOLE):
            return by_words
        found = self._by_terms.only(said) if told >= LEAST_CORE else ()
        found = found or self._by_bare_terms.only(said)  # not "bán đất nộp ở đâu"
        found = found or self._by_shared_terms.get(reading.said, ())  # "mất khai sinh"
        return found if told >= LEAST_WHOLE else ()

    def _said_among(self, reading: Reading) -> tuple[tuple[int, ...], int]:
        """The owners and the length of the longest name or alias beside which nothing is said.

        Words that ask elsewhere may belong to it: "làm" in "làm sổ đỏ cần giấy tờ gì".
        """
        row = reading.row
        begins, ends = reading.terms[0].at, max(one.at + one.length for one in reading.terms)
        spans = [
            (begin, end)
            for begin in range(max(0, begins - AROUND), begins + 1)
            for end in range(ends, min(len(row), ends + AROUND) + 1)
        ]
        for begin, end in sorted(spans, key=lambda span: span[0] - span[1]):
            said = row[begin:end]
            if len(said) > 1 and said in self._by_words:
                return self._by_words[said], len(said)
        return (), 0

    def _query(self, reading: Reading) -> Query:
        terms = list(dict.fromkeys(term.text for term in reading.terms))
        others = self.lexicon.related
        return Query(
            reading=reading,
            weights={term: self.weight(term) for term in terms},
            pairs={pair: self.weight(pair) for pair in pairs_of(reading.terms)},
            defaults=self.lexicon.qualifiers.defaults,
            related={term: others[term] for term in terms if term in others},
            talk=talk_of(reading.row, self._gram_weights),
        )

    def weight(self, term: str) -> float:
        """How much a term tells: 1 for one that a single entry has, near 0 for "giấy"."""
        weight = self._weights.get(term, UNKNOWN_WEIGHT)
        if term in self.lexicon.plain:
            return min(weight, PLAIN_WEIGHT)
        if is_concept(term):
            weight *= CONCEPT_WEIGHT
        is_plain = term in self.lexicon.common or term[:1].isdecimal()  # "300m2" is a number, too
        return min(weight, COMMON_WEIGHT) if is_plain else weight

    def knows(self, term: str) -> bool:
        """Whether some entry uses the term."""
        return term in self._weights

    def _candidates(self, query: Query) -> list[int]:
        """The entries that share most with the query, by a rough count."""
        scores: dict[int, float] = {}
        left = POSTINGS_READ
        for term, weight in query.by_rarity():
            postings = self._postings.get(term, ())
            for at, field_weight in postings[: max(left, 0)]:
                scores[at] = scores.get(at, 0.0) + weight * field_weight
            left -= len(postings)
        best = sorted(scores, key=scores.__getitem__, reverse=True)
        ours = [at for at in best if at < len(self.entries)]
        elsewhere = [at for at in best if at >= len(self.entries)]
        return ours[:COMPARED] + elsewhere[:RIVALS_COMPARED]

    def candidate(self, match: Match) -> Candidate:
        """The match as others see it."""
        entry = self.entries[match.at]
        score = max(0.0, min(1.0, match.score / self.model.perfect))
        return Candidate(entry.id, entry.code, entry.title, round(score, 4), match.why())

    def id_of(self, match: Match) -> str:
        """The id of the procedure that was matched."""
        return self.entries[match.at].id

    def certain(self, procedure: str, why: str) -> Candidate:
        """The procedure as a candidate that needs no search; KeyError where there is none."""
        entry = self.entry(procedure)
        return Candidate(entry.id, entry.code, entry.title, 1.0, (why,))

    def same_code(self, one: int, other: int) -> bool:
        """Whether two entries share a national code (several lives of one procedure)."""
        codes = set(self.entries[one].codes) - {""}
        return bool(codes & set(self.entries[other].codes))

    def has(self, match: Match, term: str) -> bool:
        """Whether the candidate uses the term."""
        return term in self._profiles[match.at].weights

    def attached(self, reading: Reading, match: Match) -> float:
        """The weight of words that stand beside the matched ones and that the entry lacks."""
        there = self._profiles[match.at].weights
        phrase = set(match.best.terms) if match.best else set()
        edges = {at for one in reading.terms if one.text in phrase for at in one.edges}
        beside = (one for one in reading.terms if one.text not in there and edges & one.edges)
        return sum(self.weight(one.text) for one in beside)

    def __contains__(self, procedure: object) -> bool:
        return procedure in self._by_id

    def entry(self, procedure: str) -> Entry:
        """The entry of this id; KeyError where there is none."""
        return self.entries[self._by_id[procedure]]


def _for(entries: Sequence[Entry], model: Model) -> Model:
    """The model as it ranks these entries: by their names where nobody wrote how people say them."""
    return model if any(one.aliases for one in entries) else model.by_name()


def _postings(profiles: Sequence[Profile]) -> dict[str, list[tuple[int, float]]]:
    """Entries by term, those with few words first: where the budget ends, the plain ones are in."""
    postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for at in sorted(range(len(profiles)), key=lambda at: len(profiles[at].weights)):
        here = {weight: (at, weight) for weight in FIELD_WEIGHTS.values()}  # shared by all terms
        for term, weight in profiles[at].weights.items():
            postings[term].append(here[weight])
    return dict(postings)


def _rarity(postings: Mapping[str, Sequence[object]], entries: int) -> dict[str, float]:
    """The weight of each term: 1 for one that a single entry has."""
    counts = {term: len(found) for term, found in postings.items()}
    most = math.log1p(entries) or 1.0
    rarity = {count: math.log1p(entries / count) / most for count in set(counts.values())}
    return {term: rarity[count] for term, count in counts.items()}


def _sum(talk: Talk, learned: Talk) -> Talk:
    """Both together. Small weights stay: of so much talk they add up, and many are negative."""
    grams = {**talk, **learned}
    return {gram: round(talk.get(gram, 0.0) + learned.get(gram, 0.0), 2) for gram in grams}


class _Owners(dict[tuple[str, ...], tuple[int, ...]]):
    """The entries whose names and aliases say this."""

    def add(self, said: tuple[str, ...], at: int) -> None:
        owners = self.get(said, ())
        if at not in owners:
            self[said] = (*owners, at)

    def only(self, said: tuple[str, ...]) -> tuple[int, ...]:
        """The one entry; none where several say it in other words."""
        owners = self.get(said, ())
        return owners if len(owners) == 1 else ()


def _by_code(entries: Sequence[Entry]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, entry in enumerate(entries):
        for code in entry.codes:
            found.setdefault(code[:8], []).append(at)
    found.pop("", None)
    return found
