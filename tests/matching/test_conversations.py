"""Our own conversations, turn after turn: a floor for every kind, and every side that is asked for."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.knowledge import Knowledge
from bot.matching.conversation import NO_CONTEXT
from bot.matching.decision import Answer, Choices, Decision, NoMatch, SmallTalk
from bot.matching.evaluation import follow

FILE = Path(__file__).parents[1] / "data" / "conversations.yaml"
TALKS: dict[str, list[list[dict[str, Any]]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))

# kind → least share of turns that are right, least share that are right or offered
FLOORS = {
    "follow_up": (0.92, 0.97),
    "sister": (0.80, 0.94),
    "correction": (0.75, 0.95),
    "change_of_subject": (0.80, 0.95),
    "in_pieces": (0.75, 0.95),
    "typed_choice": (0.65, 0.90),
    "several": (0.75, 0.95),
    "asked_back": (0.05, 0.90),
    "detail": (0.85, 0.95),
    "mended": (1.0, 1.0),
}
LEAST_SIDES = 0.95


def verdict(decision: Decision, turn: dict[str, Any]) -> str:
    wanted = turn["want"] if isinstance(turn["want"], list) else [turn["want"]]
    if turn.get("asked"):
        is_asked = isinstance(decision, Choices) and set(wanted) <= set(decision.procedures)
        return "right" if is_asked else "wrong"
    also = (turn["also"],) if "also" in turn else ()
    match decision:
        case Answer(procedure=procedure):
            return "right" if procedure in wanted and decision.also == also else "wrong"
        case Choices(procedures=procedures):
            return "offered" if set(wanted) & set(procedures) else "missed"
        case NoMatch():
            held = ("of_what" in wanted) if decision.of_what else (None in wanted)
            return "right" if held else "missed"
        case SmallTalk(intent=intent):
            return "right" if str(intent) in wanted else "wrong"


def turns(kind: str, knowledge: Knowledge) -> Iterator[tuple[dict[str, Any], Decision]]:
    for talk in TALKS[kind]:
        context = NO_CONTEXT
        for turn in talk:
            decision = knowledge.understand(turn["q"], context)
            context = follow(context, turn["q"], decision)
            yield turn, decision


@pytest.mark.parametrize("kind", FLOORS)
def test_every_kind_keeps_its_floor(kind: str, knowledge: Knowledge) -> None:
    said = [(turn["q"], verdict(decision, turn)) for turn, decision in turns(kind, knowledge)]
    found = Counter(one for _, one in said)
    not_right = [one for one in said if one[1] != "right"]
    least_right, least_helped = FLOORS[kind]
    assert found["right"] >= least_right * len(said), not_right
    assert found["right"] + found["offered"] >= least_helped * len(said), not_right


def test_the_sides_that_are_asked_for_are_read(knowledge: Knowledge) -> None:
    asked = read = both = 0
    for kind in TALKS:
        for turn, decision in turns(kind, knowledge):
            sides = set(turn.get("sides", ()))
            if sides and not isinstance(decision, SmallTalk):
                asked += len(sides)
                read += len(decision.facets)
                both += len(sides & set(decision.facets))
    assert both >= LEAST_SIDES * asked
    assert both >= LEAST_SIDES * read


def test_there_are_many_and_every_kind_has_a_floor() -> None:
    assert sum(map(len, TALKS.values())) >= 90
    assert FLOORS.keys() == TALKS.keys()
