"""What to do with a message: answer, ask back, say that nothing was found, or make small talk.

A score is not a decision. Two fitted probabilities decide: that the first candidate is meant, and
that one of the first four is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.matching.conversation import NO_CONTEXT, Context, near, side_asked
from bot.matching.facets import Facet
from bot.matching.index import Candidate, Index, Matches
from bot.matching.intents import Intent
from bot.matching.lexicon import is_concept
from bot.matching.reading import Reading
from bot.matching.scoring import Match

__all__ = [
    "Answer",
    "Choices",
    "Context",
    "Decision",
    "Intent",
    "NoMatch",
    "SmallTalk",
    "decide",
]

MOST_CHOICES = 4  # four buttons fit a small phone
LISTED = 10
WHOLE = "whole"  # among the reasons: a name or an alias was said word for word
CLEAR_MATTER = 0.45  # of the best score; "họp cựu học sinh" is no "chuyển trường cho học sinh"


@dataclass(frozen=True)
class Answer:
    """One procedure is meant."""

    procedure: str
    candidates: tuple[Candidate, ...]
    facets: tuple[Facet, ...]
    confidence: float
    why: tuple[str, ...]
    also: tuple[str, ...] = ()  # asked for in the same message: "…, và đăng ký thường trú nữa"


@dataclass(frozen=True)
class Choices:
    """Two to four procedures may be meant; ask which."""

    procedures: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    facets: tuple[Facet, ...]
    confidence: float
    why: tuple[str, ...]


@dataclass(frozen=True)
class NoMatch:
    """Nothing in the catalogue answers this; a person should."""

    candidates: tuple[Candidate, ...]
    facets: tuple[Facet, ...]
    confidence: float
    why: tuple[str, ...]
    elsewhere: str = ""  # the matter of others that it is about, where that is clear
    of_what: bool = False  # "hết bao nhiêu tiền": a side was asked for, of nothing that was named


@dataclass(frozen=True)
class SmallTalk:
    """A greeting, a thank-you, a wish for a person: no question about a procedure."""

    intent: Intent
    why: tuple[str, ...] = ()


Found = Answer | Choices | NoMatch  # what a search leads to
Decision = Found | SmallTalk


def is_named(found: Found) -> bool:
    """Whether a procedure's name or alias was said word for word, and nothing else."""
    return found.why[-1:] == (WHOLE,)


def decide(reading: Reading, index: Index, context: Context = NO_CONTEXT) -> Found:
    """Search and judge."""
    if reading.said and all(one.isdecimal() for one in reading.said):
        # "2016" stands in some alias, and means none.
        return NoMatch((), reading.facets, 0.0, ("nothing-shared",))
    takes_back = "correction" in reading.cues  # "à không, ý tôi là …": what was said is not meant
    matches = index.match(reading, () if takes_back else near(context))
    candidates = tuple(map(index.candidate, matches.ours[:LISTED]))
    if not matches.ours:
        return NoMatch((), reading.facets, 0.0, ("nothing-shared",))
    core = index.said_core(reading)
    if core and not (_is_fact(reading, context) or _is_contradicted(core, matches)):
        return named(core, candidates, side_asked(reading, context), index)
    features = decision_features(reading, matches, index)
    confidence = index.model.confident(features)
    scope = index.model.in_scope(features)
    facets = side_asked(reading, context)
    why = (*matches.ours[0].why(), f"confidence:{confidence:.2f}", f"scope:{scope:.2f}")
    if confidence >= index.model.answer_at:
        return Answer(candidates[0].id, candidates, facets, confidence, why)
    offered = tuple(one.id for one in candidates[:MOST_CHOICES])
    if scope >= index.model.offer_at and len(offered) > 1:
        return Choices(offered, candidates, facets, confidence, why)
    about = _matter(matches.elsewhere[0], index) if features["rival"] > 0 else ""
    return NoMatch(candidates, facets, confidence, why, about)


def _is_fact(reading: Reading, context: Context) -> bool:
    """Whether a talk is told what happened, and asked nothing: "bố mất rồi" after "sang tên đất".

    An alias word for word is a request all the same, and does not come here.
    """
    tells = bool(reading.things) and reading.things <= reading.lexicon.facts
    return context.is_open and tells and not reading.facets


def _is_contradicted(core: Sequence[int], matches: Matches) -> bool:
    """Whether what is said beside the name rules it out: "không bán tạp hoá nữa"."""
    found = [one for one in (*matches.ours, *matches.elsewhere) if one.at in core]
    return bool(found) and all(one.conflicts for one in found)


def _matter(match: Match, index: Index) -> str:
    """The matter of others, where so much of it was said that it can be named."""
    return index.matter(match.at) if match.score >= CLEAR_MATTER * index.model.perfect else ""


def named(
    owners: Sequence[int],
    candidates: tuple[Candidate, ...],
    facets: tuple[Facet, ...],
    index: Index,
) -> Found:
    """What a message is that says a name or an alias and nothing else; which, where several share it."""
    ids = tuple(index.entries[at].id for at in owners if not index.matter(at))
    if not ids:
        matter = index.matter(owners[0])
        return NoMatch(candidates, facets, 0.0, (f"elsewhere:{matter}",), matter)
    rest = tuple(one for one in candidates if one.id not in ids)
    shown = (*(_shown(one, candidates, index) for one in ids), *rest)
    why = (*shown[0].why, WHOLE)
    if len(ids) > 1:
        return Choices(ids[:MOST_CHOICES], shown, facets, 1.0, why)
    return Answer(ids[0], shown, facets, 1.0, why)


def _shown(procedure: str, candidates: Sequence[Candidate], index: Index) -> Candidate:
    found = next((one for one in candidates if one.id == procedure), None)
    return found or index.certain(procedure, WHOLE)


DECISION_FEATURES = (
    "score",
    "meant",
    "title",
    "conflict",
    "unasked",
    "margin",  # to the second, where that is not another life of the same procedure
    "apart",  # to the next that is no sister: how sure the matter is, whichever sister is meant
    "talk",  # how much the whole message sounds like what people say of it
    "talk_margin",
    "contrast",
    "contrast_margin",
    "closer",  # how much liker in letters the first is than the second
    "splits",  # what was said and only one of these two knows: it tells them apart
    "known",  # share of what was said that the catalogue has a word for
    "named",  # a thing with a name of its own is shared ("sổ đỏ"), not only plain words
    "stray",  # things with a name of their own that the procedure does not know: "passport"
    "clash",  # said things that only other procedures speak of
    "attached",  # a telling word beside the known ones that the procedure lacks: "ghi chú kết hôn"
    "rival",  # how far a matter that others handle is ahead
    "rival_said",  # how much more of what was said its best phrase has
    "rival_coverage",
    "rival_talk",
    "rival_contrast",
    "foreign",  # how much more it sounds like what nobody here handles than like the first
    "long",  # how much it is a letter; what the next five are worth depends on it
    "long_contrast",
    "long_contrast_margin",
    "long_apart",
    "long_rival",
    "long_foreign",
)
OF_A_LETTER = ("contrast", "contrast_margin", "apart", "rival", "foreign")
SHORT = 12  # words: "đăng ký tạm trú cho con đi học xa cần những gì"
LETTER = 40  # words; longer ones are no more of a letter
RIVALRY = ("said", "coverage", "talk", "contrast")
NO_RIVALRY = {"rival": 0.0, **{f"rival_{name}": 0.0 for name in RIVALRY}}
FAR_AHEAD = 0.5  # in ranking units; further makes no difference
CLEARLY_AHEAD = 1.5  # the same, of procedures on other subjects
SAME_SUBJECT = 0.5  # kinship of "đăng ký khai sinh" and "đăng ký lại khai sinh" is above it


def decision_features(reading: Reading, matches: Matches, index: Index) -> dict[str, float]:
    """What the two probabilities are computed from."""
    first = matches.ours[0]
    second = next((o for o in matches.ours[1:] if not index.same_code(o.at, first.at)), None)
    behind = second.features if second else {}
    weights = {term.text: index.weight(term.text) for term in reading.terms}
    mass = sum(weights.values()) or 1.0
    there = {term for term in weights if index.has(first, term)}
    lacking = {term: weight for term, weight in weights.items() if term not in there}
    features = {
        "score": first.score,
        **{name: first.features[name] for name in ("meant", "title", "conflict", "unasked")},
        "margin": first.score - (second.score if second else 0.0),
        "apart": _apart(matches.ours, index),
        "talk": first.features["talk"],
        "talk_margin": first.features["talk"] - behind.get("talk", 0.0),
        "contrast": first.features["contrast"],
        "contrast_margin": first.features["contrast"] - behind.get("contrast", 0.0),
        "closer": first.features["fuzzy"] - behind.get("fuzzy", 0.0),
        "splits": min(1.0, _splitting(weights, there, second, index) / 3.0),
        "known": sum(weight for term, weight in weights.items() if index.knows(term)) / mass,
        "named": float(any(is_concept(term) for term in there)),
        "stray": min(1.0, sum(w for term, w in lacking.items() if is_concept(term)) / 2.0),
        "clash": min(1.0, sum(lacking.values()) / 4.0),
        "attached": min(1.0, index.attached(reading, first) / 2.0),
        **(_rivalry(first, matches.elsewhere) if index.elsewhere else NO_RIVALRY),
        "foreign": matches.outside - first.features["contrast"],
    }
    long = max(0.0, min(1.0, (len(reading.words) - SHORT) / (LETTER - SHORT)))
    return {**features, "long": long, **{f"long_{n}": long * features[n] for n in OF_A_LETTER}}


def _apart(ours: Sequence[Match], index: Index) -> float:
    """How far the first is ahead of all that are on another subject."""
    first = index.id_of(ours[0])
    others = (o for o in ours[1:] if index.kinship(first, index.id_of(o)) < SAME_SUBJECT)
    other = next(others, None)
    return min(CLEARLY_AHEAD, ours[0].score - (other.score if other else 0.0))


def _splitting(
    weights: dict[str, float], there: set[str], second: Match | None, index: Index
) -> float:
    """The weight of what only one of the first two knows."""
    if second is None:
        return 0.0
    return sum(w for term, w in weights.items() if (term in there) != index.has(second, term))


def _rivalry(first: Match, elsewhere: Sequence[Match]) -> dict[str, float]:
    """How the likeliest matter of others compares with our first candidate."""
    if not elsewhere:
        return {"rival": -FAR_AHEAD, **{f"rival_{name}": -1.0 for name in RIVALRY}}
    best = elsewhere[0]
    return {
        "rival": max(-FAR_AHEAD, min(FAR_AHEAD, best.score - first.score)),
        **{f"rival_{name}": best.features[name] - first.features[name] for name in RIVALRY},
    }
