"""How well one procedure answers a question: a handful of shares between 0 and 1, no verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from msgspec import Struct
from rapidfuzz import fuzz

from bot.matching.reading import Reading
from bot.matching.talk import Talk, likeness, talk_of_all

NAMES = ("title", "official")
STANDING = (1.0,) * 4 + tuple(8 / (8 + after) for after in range(1, 60))
DETAILED = 3  # things said; "căn cước" alone cannot tell a new card from a lost one
RULED_OUT = 4  # conflicts that a "no" is worth: "không liên thông", "sinh trong nước"
HEARD = 0.6  # of a word's weight goes to what it may mean as well

RANKING_FEATURES = (
    "coverage",  # how much of what was said the procedure knows, in any of its fields
    "said",  # how much of what was said its best single phrase has
    "meant",  # how much of that phrase was said
    "title",  # how much of its title was said
    "pairs",  # how many neighbouring words stay neighbours ("tách hộ" is not "hộ … tách")
    "exact",  # a whole phrase of two or more words was said
    "marks",  # typed marks agree ("bán đất", not "bản đồ đất")
    "conflict",  # the question says "đổi", the procedure "cấp lại"
    "unasked",  # the procedure is the one abroad, and nobody spoke of abroad
    "kin",  # related to what the conversation is about
    "fuzzy",  # likeness of letters with the best phrase
    "typical",  # how much what was said is this procedure's own talk, and no other's
    "order",  # neighbours in the best phrase that are neighbours in the question
    "talk",  # how much the whole message sounds like what people say of it
    "contrast",  # the same, with the words that set it apart from others
    "missing",  # the most telling thing that was said and that the procedure lacks
    "spread",  # of a list of names: how many provinces have it; a rarity is asked for less
)


class Phrase(Struct):
    """One way to name a procedure."""

    field: str
    text: str
    words: tuple[str, ...]
    terms: tuple[str, ...]
    bag: frozenset[str]
    pairs: tuple[str, ...]  # neighbouring terms
    qualifiers: frozenset[str]
    bare: bool = True  # nothing was padding or asked for a side
    mass: float = 1.0  # the weight of its terms, known once the whole catalogue is

    def standing(self, term: str) -> float:
        """How much the place of its word says: a name begins with its matter and narrows it down.

        In "chứng thực chữ ký người dịch mà người dịch không phải là cộng tác viên …" the last
        words are a case of the first.
        """
        if self.field not in NAMES:
            return 1.0
        return STANDING[min(self.terms.index(term), len(STANDING) - 1)]


@dataclass
class Profile:
    """One procedure as the index holds it."""

    weights: dict[str, float]
    phrases: tuple[Phrase, ...]
    marks: frozenset[str]  # its words as they are marked
    sector: str = ""
    spread: float = 0.0  # of a name in a list: from 0 for one code to about 1 for one a province
    counts: dict[str, int] = field(default_factory=dict)  # how many of its texts say a term
    typical: dict[str, float] = field(default_factory=dict)
    gram_weights: Mapping[str, float] = field(default_factory=dict)  # in all phrases, shared
    contrast: Mapping[str, float] = field(default_factory=dict)  # learned: what sets its talk apart

    def weigh(self, weights: Mapping[str, float]) -> None:
        """Weigh the phrases; a query meets hundreds of them."""
        for phrase in self.phrases:
            if phrase.field in NAMES:
                parts = [weights[term] * phrase.standing(term) for term in phrase.bag]
            else:
                parts = [weights[term] for term in phrase.bag]
            phrase.mass = sum(parts) or 1.0

    @cached_property
    def names(self) -> tuple[Phrase, ...]:
        """The title, and the official name where that is another."""
        return tuple(one for one in self.phrases if one.field in NAMES)

    @cached_property
    def title(self) -> Phrase | None:
        return next((one for one in self.phrases if one.field == "title"), None)

    @cached_property
    def talk(self) -> Talk:
        """What people say of it; worked out when a question first comes near."""
        return talk_of_all((phrase.words for phrase in self.phrases), self.gram_weights)

    @cached_property
    def qualifiers(self) -> frozenset[str]:
        """What the procedure's own names say (its aliases may speak of more)."""
        return frozenset().union(*(one.qualifiers for one in self.names))


@dataclass(frozen=True)
class Query:
    """A reading with the weight of each of its terms."""

    reading: Reading
    weights: dict[str, float]
    pairs: dict[str, float]
    defaults: dict[str, str]
    related: dict[str, tuple[str, ...]]  # said term → terms that it may mean as well
    talk: Talk

    @cached_property
    def mass(self) -> float:
        return sum(self.weights.values()) or 1.0

    @cached_property
    def pair_mass(self) -> float:
        return sum(self.pairs.values()) or 1.0

    @cached_property
    def detail(self) -> float:
        """From 0, where one thing is named and nothing of it said, to 1."""
        return max(0.0, min(1.0, (len(self.weights) - 1) / (DETAILED - 1)))

    @cached_property
    def qualifiers(self) -> dict[str, set[str]]:
        """What it says by group: {"act": {"again"}}."""
        return _by_group(self.reading.qualifiers)

    @cached_property
    def ruled_out(self) -> set[str]:
        """The groups of which it says "no": "chỉ khai sinh thôi, không liên thông"."""
        return {group for group, values in self.qualifiers.items() if values == {"no"}}

    def by_rarity(self) -> list[tuple[str, float]]:
        """Terms and pairs, the telling ones first."""
        pairs = [(pair, 0.6 * weight) for pair, weight in self.pairs.items()]
        meant = [
            (other, HEARD * self.weights[said])
            for said, others in self.related.items()
            for other in others
        ]
        return sorted([*self.weights.items(), *pairs, *meant], key=lambda item: -item[1])

    def heard_by(self, there: Mapping[str, float]) -> dict[str, float]:
        """The weights, where a term that the procedure lacks may mean one that it has."""
        if not self.related:
            return self.weights
        heard = dict(self.weights)
        for said, others in self.related.items():
            other = next((one for one in others if one in there), None)
            if said not in there and other is not None and other not in heard:
                heard[other] = HEARD * self.weights[said]
                heard[said] -= heard[other]
        return heard


@dataclass
class Match:
    """One compared candidate."""

    at: int
    features: dict[str, float]
    best: Phrase | None
    conflicts: tuple[str, ...] = ()
    score: float = field(default=0.0)

    def why(self) -> tuple[str, ...]:
        """Short evidence for officers and editors."""
        named = [f"{self.best.field}:{self.best.text}"] if self.best else []
        shares = [f"{name}:{self.features[name]:.2f}" for name in ("coverage", "said", "meant")]
        return (*named, *shares, *(f"conflict:{name}" for name in self.conflicts))


def compare(query: Query, profile: Profile, at: int, kin: Sequence[Profile] = ()) -> Match:
    """The features of one candidate, all but the fuzzy one."""
    heard = query.heard_by(profile.weights)
    said, meant, best = _best_phrase(heard, query.mass, profile)
    conflicts, unasked = _qualifier_clash(query, best, profile)
    talk = likeness(query.talk, profile.talk)
    features = {
        "coverage": _share(heard, query.mass, profile.weights),
        "said": said,
        "meant": meant,
        "title": _title(heard, profile),
        "pairs": _share(query.pairs, query.pair_mass, profile.weights),
        "exact": float(meant > 0.999 and best is not None and len(best.terms) > 1),
        "marks": _marks(query, profile),
        "conflict": float(sum(RULED_OUT if one in query.ruled_out else 1 for one in conflicts)),
        "unasked": float(unasked),
        "kin": max((kinship(profile, other) for other in kin), default=0.0),
        "fuzzy": 0.0,
        "typical": _share(heard, query.mass, profile.typical),
        "order": _order(query, best),
        "talk": talk,
        "contrast": talk + query.detail * likeness(query.talk, profile.contrast),
        "missing": max(
            [w for term, w in heard.items() if term not in profile.weights], default=0.0
        ),
        "spread": profile.spread,
    }
    return Match(at, features, best, conflicts)


def _share(wanted: dict[str, float], mass: float, there: dict[str, float]) -> float:
    return sum([w * there[term] for term, w in wanted.items() if term in there]) / mass


def _best_phrase(
    heard: dict[str, float], mass: float, profile: Profile
) -> tuple[float, float, Phrase | None]:
    """The phrase that question and procedure share most of, with both shares."""
    said = frozenset(heard)
    best, best_of_both, best_share = None, 0.0, 0.0
    for phrase in profile.phrases:
        common = said & phrase.bag
        if not common:
            continue
        shared = sum([heard[term] for term in common])
        both = shared / (mass + phrase.mass)  # half the harmonic mean of the two shares
        if both > best_of_both:
            best, best_of_both, best_share = phrase, both, shared / mass
    if best is None:
        return 0.0, 0.0, None
    return best_share, _covered(heard, best), best


def _covered(heard: dict[str, float], phrase: Phrase) -> float:
    """How much of the phrase was said."""
    common = heard.keys() & phrase.bag
    return min(1.0, sum([heard[term] * phrase.standing(term) for term in common]) / phrase.mass)


def _order(query: Query, best: Phrase | None) -> float:
    if best is None or not best.pairs:
        return 0.0
    return sum([pair in query.pairs for pair in best.pairs]) / len(best.pairs)


def _title(heard: dict[str, float], profile: Profile) -> float:
    title = profile.title
    if title is None:
        return 0.0
    return _covered(heard, title)


def _marks(query: Query, profile: Profile) -> float:
    """Share of typed marks that agree, among words that both have; 0.5 where nothing is typed."""
    both = [
        term.marked in profile.marks
        for term in query.reading.terms
        if term.marked != term.text and term.text in profile.weights and term.marked
    ]
    return sum(both) / len(both) if both and query.reading.marked else 0.5


def _qualifier_clash(
    query: Query, best: Phrase | None, profile: Profile
) -> tuple[tuple[str, ...], int]:
    """Groups in which question and procedure say different things, and those it says unasked.

    A silent procedure is the ordinary one: "khai tử lưu động" is not answered by "khai tử".
    """
    names = profile.qualifiers | (best.qualifiers if best else frozenset())
    said = query.qualifiers
    if not names and not said:
        return (), 0
    own = _by_group(names)
    conflicts, unasked = [], 0
    for group in own.keys() | said.keys():
        ordinary = {query.defaults[group]} if group in query.defaults else set()
        values, asked = own.get(group, ordinary), said.get(group, set())
        if asked and values and not asked & values:
            conflicts.append(group)
        elif not asked and ordinary and not ordinary & values:
            unasked += 1
    return tuple(sorted(conflicts)), unasked


def _by_group(qualifiers: Iterable[str]) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for one in qualifiers:
        group, _, value = one.partition("=")
        groups.setdefault(group, set()).add(value)
    return groups


def kinship(one: Profile, other: Profile) -> float:
    """How close two procedures are: the same one 1, the same sector at least 0.3.

    The rest is what their titles share, or their official names: "Xoá thế chấp sổ đỏ" has little of
    "Đăng ký thế chấp nhà đất", and officially both are about the registration of a security.
    """
    if one is other:
        return 1.0
    shared = max((_overlap(*pair) for pair in zip(one.names, other.names, strict=False)), default=0)
    return min(1.0, 0.3 * (one.sector == other.sector) + 0.6 * shared)


def _overlap(one: Phrase, other: Phrase) -> float:
    """The share of the shorter name that the other has as well."""
    return len(one.bag & other.bag) / max(1, min(len(one.bag), len(other.bag)))


def with_fuzzy(query: Query, match: Match) -> None:
    """Add the likeness of letters; only worth its price for the few best."""
    if match.best is not None:
        said = " ".join(term.text for term in query.reading.terms)
        meant = " ".join(match.best.terms)
        match.features["fuzzy"] = fuzz.token_sort_ratio(said, meant) / 100
