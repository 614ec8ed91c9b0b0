"""What to do with a message: answer, ask back, say that nothing was found, or make small talk.

A score is not a decision. Two fitted probabilities decide: that the first candidate is meant, and
that one of the first four is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.matching.conversation import NO_CONTEXT, Context, near, side_asked
from bot.matching.facets import Facet
from bot.matching.index import Candidate, Index
from bot.matching.intents import Intent
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
SHORT_QUESTION = 5  # terms
ODDS_SCALE = 4.0  # the scale that the ranking is fitted with
CLEAR_MARGIN = 0.4  # in ranking units; "sổ đỏ rách" and "mất sổ đỏ" lie further apart


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
    of_what: bool = False  # "hết bao nhiêu tiền": a side was asked for, of nothing that was named


@dataclass(frozen=True)
class SmallTalk:
    """A greeting, a thank-you, a wish for a person: no question about a procedure."""

    intent: Intent
    why: tuple[str, ...] = ()


Found = Answer | Choices | NoMatch  # what a search leads to
Decision = Found | SmallTalk


def decide(reading: Reading, index: Index, context: Context = NO_CONTEXT) -> Found:
    """Search and judge."""
    takes_back = "correction" in reading.cues  # "à không, ý tôi là …": what was said is not meant
    matches = index.match(reading, () if takes_back else near(context))
    candidates = tuple(index.candidate(match) for match in matches[:LISTED])
    if not matches:
        return NoMatch((), reading.facets, 0.0, ("nothing-shared",))
    core = index.said_core(reading)
    if core is not None:
        return named(core, candidates, side_asked(reading, context), index)
    features = decision_features(reading, matches, index)
    confidence = index.model.confident(features)
    scope = index.model.in_scope(features)
    facets = side_asked(reading, context)
    why = (*matches[0].why(), f"confidence:{confidence:.2f}", f"scope:{scope:.2f}")
    if confidence >= index.model.answer_at:
        return Answer(candidates[0].id, candidates, facets, confidence, why)
    offered = tuple(one.id for one in candidates[:MOST_CHOICES])
    if scope >= index.model.offer_at and len(offered) > 1:
        return Choices(offered, candidates, facets, confidence, why)
    return NoMatch(candidates, facets, confidence, why)


def named(
    at: int, candidates: tuple[Candidate, ...], facets: tuple[Facet, ...], index: Index
) -> Answer:
    """The answer to a message that is a name or an alias of one procedure, word for word."""
    procedure = index.entries[at].id
    first = next((one for one in candidates if one.id == procedure), None)
    first = first or index.certain(procedure, "whole")
    rest = tuple(one for one in candidates if one.id != procedure)
    return Answer(procedure, (first, *rest), facets, 1.0, (*first.why, "whole"))


DECISION_FEATURES = (
    "coverage",
    "said",
    "meant",
    "title",
    "pairs",
    "exact",
    "marks",
    "conflict",
    "unasked",
    "fuzzy",
    "kin",
    "typical",
    "order",
    "missing",
    "score",
    "margin",
    "odds",  # the share that the ranking gives to the first, were one of them right
    "tie",  # the second is as good as the first: ask
    "lead",  # before the fifth: whether the first four stand out
    "known",  # share of what was said that the catalogue has a word for
    "mass",  # how much was said at all: "giấy" is not much
    "length",
    "substance",
    "attached",  # a telling word beside the known ones that the procedure lacks: "ghi chú kết hôn"
    "named",  # a thing with a name of its own is shared ("sổ đỏ"), not only plain words
    "asked",  # a side of a procedure was asked for: papers, fee, place
    "both",  # much was said of the procedure, and little else
    "stray",  # things with a name of their own that the procedure does not know: "passport"
    "clash",  # said things that only other procedures speak of
    "gap",  # what the procedure lacks of a short question; in a long letter it tells little
)


def decision_features(reading: Reading, matches: Sequence[Match], index: Index) -> dict[str, float]:
    """What the two probabilities are computed from."""
    first = matches[0]
    weights = {term.text: index.weight(term.text) for term in reading.terms}
    mass = sum(weights.values()) or 1.0
    known = sum(weight for term, weight in weights.items() if index.knows(term))
    rest = [match for match in matches[1:] if not index.same_code(match.at, first.at)]
    margin = first.score - (rest[0].score if rest else 0.0)
    others = [first, *rest[:9]]
    return first.features | {
        "score": first.score,
        "margin": margin,
        "odds": 1.0 / sum(math.exp(ODDS_SCALE * (one.score - first.score)) for one in others),
        "tie": max(0.0, 1.0 - margin / CLEAR_MARGIN),
        "lead": first.score - (matches[4].score if len(matches) > 4 else 0.0),
        "known": known / mass,
        "mass": min(1.0, known / 4.0),
        "length": min(1.0, len(weights) / 15.0),
        "substance": float("substance" in reading.cues),
        "named": float(any(one.startswith("@") and index.has(first, one) for one in weights)),
        "asked": float(bool(reading.facets)),
        "both": first.features["coverage"] * first.features["meant"],
        "attached": min(1.0, index.attached(reading, first) / 2.0),
        "stray": _stray(weights, index, first),
        "clash": min(1.0, (mass - sum(w for t, w in weights.items() if index.has(first, t))) / 4.0),
        "gap": (1.0 - first.features["coverage"]) if len(weights) <= SHORT_QUESTION else 0.0,
    }


def _stray(weights: dict[str, float], index: Index, first: Match) -> float:
    """The weight of named things that the first candidate lacks, up to 1."""
    lacking = [w for t, w in weights.items() if t.startswith("@") and not index.has(first, t)]
    return min(1.0, sum(lacking) / 2.0)
