"""Questions of writers who knew the list of procedures and nothing else of this project.

The model is fitted to `lived.jsonl` and `asked.jsonl` too. `unseen.jsonl` and `letters.jsonl` are measured
only: whoever reads them to mend something has new ones written.
"""

from pathlib import Path

import pytest

from bot.matching.evaluation import Report, evaluate
from bot.matching.index import Index
from bot.matching.labels import read_labels
from bot.matching.text import words

DATA = Path(__file__).parents[1] / "data"

# file → least share right; right or offered; most share wrong; answered though it is not ours
BARS = {
    "lived": (0.90, 0.97, 0.03, 0.02),
    "unseen": (0.82, 0.96, 0.03, 0.03),
    "letters": (0.64, 0.93, 0.03, 0.02),
}


@pytest.mark.parametrize("name", [*BARS, "asked"])
def test_labels_name_procedures_that_there_are(name: str, catalogue_index: Index) -> None:
    """A label that was renamed away would count as a question for nobody."""
    rows = [row for talk in read_labels(DATA / f"{name}.jsonl") for row in talk]
    assert {one for row in rows for one in row.ids if one not in catalogue_index} == set()


def test_what_is_measured_was_not_learned_from() -> None:
    def read(name: str) -> set[tuple[str, ...]]:
        rows = [row for talk in read_labels(DATA / f"{name}.jsonl") for row in talk]
        return {tuple(word.folded for word in words(row.question)) for row in rows}

    assert not (read("lived") | read("asked")) & (read("unseen") | read("letters"))


@pytest.fixture(scope="module", params=BARS)
def asked(request: pytest.FixtureRequest, catalogue_index: Index) -> tuple[str, Report]:
    return request.param, evaluate([DATA / f"{request.param}.jsonl"], catalogue_index)


def test_lived_words_are_understood(asked: tuple[str, Report]) -> None:
    name, report = asked
    figures = report.as_dict()
    right, helped, wrong, answered = BARS[name]
    assert figures["right"] >= right
    assert figures["right"] + figures["offered"] >= helped
    assert figures["wrong"] <= wrong
    assert figures["answered_wrongly"] <= answered


def test_no_way_of_writing_is_left_behind(asked: tuple[str, Report]) -> None:
    """Without marks, typed badly, in dialect, as a story: the right one is at least offered."""
    kinds = asked[1].as_dict()["groups"]
    helped = {kind: one["right"] + one["offered"] for kind, one in kinds.items() if "lived" in kind}
    assert len(helped) == 5
    assert min(helped.values()) >= 0.85, helped
