"""Why a message was understood as it was: for officers, editors and whoever mends the lexicon."""

from __future__ import annotations

from typing import Any

from bot.matching.decision import SmallTalk, decision_features
from bot.matching.index import Index
from bot.matching.understanding import understand

SHOWN = 3  # candidates; the first and what came close


def explained(text: str, index: Index) -> dict[str, Any]:
    """The words as read with their weights, the best candidates feature by feature, the verdict."""
    reading = index.read(text)
    decision = understand(text, index=index)
    matches = index.match(reading)
    verdict: dict[str, Any] = {"decision": type(decision).__name__, "why": list(decision.why)}
    if not isinstance(decision, SmallTalk):
        verdict["confidence"] = round(decision.confidence, 4)
    if matches.ours:
        verdict["features"] = _rounded(decision_features(reading, matches, index))
    return {
        "words": " ".join(reading.row),
        "terms": {term.text: round(index.weight(term.text), 3) for term in reading.terms},
        "facets": list(reading.facets),
        "qualifiers": sorted(reading.qualifiers),
        "cues": sorted(reading.cues),
        "candidates": [
            {
                "id": index.matter(match.at) or index.id_of(match),
                "score": round(match.score, 3),
                "phrase": f"{match.best.field}: {match.best.text}" if match.best else "",
                "conflicts": list(match.conflicts),
                "features": _rounded(match.features),
            }
            for match in (*matches.ours[:SHOWN], *matches.elsewhere[:1])
        ],
        "verdict": verdict,
    }


def _rounded(features: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in features.items() if value}
