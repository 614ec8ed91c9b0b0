"""How well one procedure answers a question: a handful of shares between 0 and 1, no verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz

from bot.matching.reading import Reading

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
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to name a procedure."""

    field: str
    text: str
    terms: tuple[str, ...]
    qualifiers: frozenset[str]


@dataclass
class Profile:
    """One procedure as the index holds it."""

    weights: dict[str, float]
    phrases: tuple[Phrase, ...]
    marks: dict[str, set[str]]
    sector: str = ""

    def qualifiers(self) -> frozenset[str]:
        """What the procedure's own names say (its aliases may speak of more)."""
        own = [one.qualifiers for one in self.phrases if one.field in ("title", "official")]
        return frozenset().union(*own)


@dataclass(frozen=True)
class Query:
    """A reading with the weight of each of its terms."""

    reading: Reading
    weights: dict[str, float]
    pairs: dict[str, float]
    defaults: dict[str, str]
    weight_of: Callable[[str], float]

    @cached_property
    def mass(self) -> float:
        return sum(self.weights.values()) or 1.0

    def by_rarity(self) -> list[tuple[str, float]]:
        """Terms and pairs, the telling ones first."""
        both = [*self.weights.items(), *((pair, 0.6 * w) for pair, w in self.pairs.items())]
        return sorted(both, key=lambda item: -item[1])


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
    said, meant, best = _best_phrase(query, profile)
    conflicts, unasked = _qualifier_clash(query, best, profile)
    features = {
        "coverage": _share(query.weights, profile.weights),
        "said": said,
        "meant": meant,
        "title": _title(query, profile),
        "pairs": _share(query.pairs, profile.weights),
        "exact": float(meant > 0.999 and best is not None and len(best.terms) > 1),
        "marks": _marks(query, profile),
        "conflict": float(len(conflicts)),
        "unasked": float(unasked),
        "kin": max((_kinship(profile, other) for other in kin), default=0.0),
        "fuzzy": 0.0,
    }
    return Match(at, features, best, conflicts)


def _share(wanted: dict[str, float], there: dict[str, float]) -> float:
    mass = sum(wanted.values())
    return sum(w * there.get(term, 0.0) for term, w in wanted.items()) / mass if mass else 0.0


def _best_phrase(query: Query, profile: Profile) -> tuple[float, float, Phrase | None]:
    best: tuple[float, float, float, Phrase | None] = (0.0, 0.0, 0.0, None)
    for phrase in profile.phrases:
        shared = sum(query.weights.get(term, 0.0) for term in set(phrase.terms))
        if not shared:
            continue
        said, meant = shared / query.mass, shared / _mass(query, phrase.terms)
        together = 2 * said * meant / (said + meant)
        if together > best[0]:
            best = (together, said, meant, phrase)
    return best[1], best[2], best[3]


def _mass(query: Query, terms: Iterable[str]) -> float:
    return sum(query.weight_of(term) for term in set(terms)) or 1.0


def _title(query: Query, profile: Profile) -> float:
    title = next((one for one in profile.phrases if one.field == "title"), None)
    if title is None:
        return 0.0
    shared = sum(query.weights.get(term, 0.0) for term in set(title.terms))
    return shared / _mass(query, title.terms)


def _marks(query: Query, profile: Profile) -> float:
    """Share of typed marks that agree, among words that both have; 0.5 where nothing is typed."""
    both = [
        term.marked in profile.marks[term.text]
        for term in query.reading.terms
        if term.marked != term.text and term.text in profile.marks and term.marked
    ]
    return sum(both) / len(both) if both and query.reading.marked else 0.5


def _qualifier_clash(
    query: Query, best: Phrase | None, profile: Profile
) -> tuple[tuple[str, ...], int]:
    """Groups in which question and procedure say different things, and those it says unasked.

    A silent procedure is the ordinary one: "khai tử lưu động" is not answered by "khai tử".
    """
    own = _by_group(profile.qualifiers() | (best.qualifiers if best else frozenset()))
    said = _by_group(query.reading.qualifiers)
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


def _kinship(one: Profile, other: Profile) -> float:
    """How close two procedures are: the same one 1, the same sector at least 0.3."""
    if one is other:
        return 1.0
    here = {term for phrase in one.phrases[:1] for term in phrase.terms}
    there = {term for phrase in other.phrases[:1] for term in phrase.terms}
    shared = len(here & there) / max(1, min(len(here), len(there)))
    return min(1.0, 0.3 * (one.sector == other.sector) + 0.6 * shared)


def with_fuzzy(query: Query, match: Match) -> None:
    """Add the likeness of letters; only worth its price for the few best."""
    if match.best is not None:
        said = " ".join(term.text for term in query.reading.terms)
        meant = " ".join(match.best.terms)
        match.features["fuzzy"] = fuzz.token_sort_ratio(said, meant) / 100
