"""Our own questions: a floor for every kind, so that a change that steals questions is seen."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.matching.decision import Answer, Choices, SmallTalk
from bot.matching.facets import Facet
from bot.matching.index import Index
from bot.matching.understanding import understand
from bot.vietnamese import strip_marks
from tests.matching.compare import questions, verdict

ROOT = Path(__file__).parents[2] / "procedures"
SIDES = yaml.safe_load((ROOT.parent / "tests" / "data" / "sides.yaml").read_text("utf-8"))
QUESTIONS = questions()
RIGHT = {"right", "held"}
HELPED = {"right", "held", "offered"}

# kind → least share that is right, least share that is right or offered
FLOORS = {
    "plain": (0.70, 0.97),
    "no_marks": (0.64, 0.94),
    "telex": (0.52, 0.92),
    "chat": (0.56, 0.93),
    "dialect": (0.64, 0.93),
    "typo": (0.58, 0.90),
    "life": (0.72, 0.95),
    "near": (0.90, 0.90),
    "far": (0.75, 0.75),
    "talk": (0.95, 0.95),
}


def verdicts(kind: str, index: Index) -> Counter[str]:
    found: Counter[str] = Counter()
    for text, want in QUESTIONS[kind]:
        decision = understand(text, index=index)
        chosen: str | None = None
        offered: tuple[str, ...] = ()
        match decision:
            case Answer(procedure=procedure):
                chosen = procedure
            case SmallTalk(intent=intent):
                chosen = str(intent)
            case Choices(procedures=procedures):
                offered = procedures
        found[verdict(type(decision).__name__, chosen, list(offered), want)] += 1
    return found


@pytest.mark.parametrize("kind", FLOORS)
def test_every_kind_keeps_its_floor(kind: str, catalogue_index: Index) -> None:
    found = verdicts(kind, catalogue_index)
    least_right, least_helped = FLOORS[kind]
    assert sum(found[name] for name in RIGHT) >= least_right * found.total(), found
    assert sum(found[name] for name in HELPED) >= least_helped * found.total(), found


def test_every_procedure_is_asked_for(catalogue_index: Index) -> None:
    asked = {want for _, want in QUESTIONS["plain"]}
    assert asked == {entry.id for entry in catalogue_index.entries}


def test_there_are_many_and_every_kind_has_a_floor() -> None:
    assert sum(map(len, QUESTIONS.values())) >= 400
    assert FLOORS.keys() == QUESTIONS.keys()


@pytest.mark.parametrize(("spell", "least"), [(str, 0.97), (strip_marks, 0.93)])
def test_the_side_asked_for_is_read(
    catalogue_index: Index, spell: Callable[[str], str], least: float
) -> None:
    """With and without marks; a name that looks like a question asks for nothing."""
    asked = [(side, spell(text)) for side, texts in SIDES.items() for text in texts]
    read = [(side, text, catalogue_index.read(text).facets) for side, text in asked]
    misread = [
        text
        for side, text, facets in read
        if (facets if side == "none" else Facet(side) not in facets)
    ]
    assert len(misread) <= (1 - least) * len(asked), misread


def test_no_title_asks_for_a_side_that_it_does_not_name(catalogue_index: Index) -> None:
    asking = {
        entry.title for entry in catalogue_index.entries if catalogue_index.read(entry.title).facets
    }
    assert asking <= {
        "Xã xác nhận nhà đủ điều kiện nhập khẩu",
        "Tiền phải nộp khi chuyển đất lên thổ cư",
    }
