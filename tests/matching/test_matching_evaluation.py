"""The figures are counted as they are described."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.matching.decision import Answer, Choices, Decision, Intent, NoMatch, SmallTalk
from bot.matching.evaluation import Outcome, Report, evaluate
from bot.matching.facets import Facet
from bot.matching.index import Candidate, Index
from bot.matching.labels import LabelError, Row, read_labels

ONE, TWO = Candidate("one", "1", "Một", 0.9), Candidate("two", "2", "Hai", 0.5)
BOTH = (ONE, TWO)
DOCUMENTS, FEE = (Facet.DOCUMENTS,), (Facet.FEE,)


def answer(procedure: str, facets: tuple[Facet, ...] = ()) -> Answer:
    return Answer(procedure, BOTH, facets, 0.9, ())


def choices(*procedures: str) -> Choices:
    return Choices(procedures, BOTH, (), 0.5, ())


NOTHING = NoMatch((), (), 0.1, ())
TALK = SmallTalk(Intent.THANKS)


def outcome(decision: Decision, *accepted: str, row: Row | None = None) -> Outcome:
    ranking = () if isinstance(decision, SmallTalk) else decision.candidates
    return Outcome(row or Row("câu hỏi"), frozenset(accepted), decision, ranking, 1.0)


@pytest.mark.parametrize(
    ("decision", "accepted", "kind"),
    [
        (answer("one"), ["one"], "right"),
        (answer("one"), ["two"], "wrong"),
        (choices("one", "two"), ["two"], "offered"),
        (choices("one", "two"), ["three"], "missed"),
        (NOTHING, ["one"], "missed"),
        (TALK, ["one"], "missed"),
        (answer("one"), [], "answered_wrongly"),
        (choices("one", "two"), [], "asked_back"),
        (NOTHING, [], "held"),
        (TALK, [], "held"),
    ],
)
def test_every_outcome_has_one_kind(decision: Decision, accepted: list[str], kind: str) -> None:
    assert outcome(decision, *accepted).kind == kind


def test_shares_are_of_rows_inside_and_outside_the_catalogue() -> None:
    report = Report(
        (
            outcome(answer("one"), "one"),
            outcome(answer("one"), "two"),
            outcome(choices("one", "two"), "two"),
            outcome(NOTHING, "one"),
            outcome(answer("one")),
            outcome(TALK),
        )
    ).as_dict()
    wanted = {
        "rows": 6,
        "in_catalogue": 4,
        "out_of_catalogue": 2,
        "right": 0.25,
        "offered": 0.25,
        "wrong": 0.25,
        "missed": 0.25,
        "hit@1": 0.25,
        "hit@3": 0.75,
        "hit@5": 0.75,
        "mrr": 0.5,
        "answered_wrongly": 0.5,
        "asked_back": 0.0,
        "held": 0.5,
    }
    assert {key: report[key] for key in wanted} == wanted
    assert report["groups"]["with_diacritics"]["rows"] == 6


def test_answering_asking_back_and_sending_away_are_counted_by_themselves() -> None:
    report = Report(
        (
            outcome(answer("one"), "one"),
            outcome(answer("one")),
            outcome(choices("one", "two"), "two"),
            outcome(choices("one", "two"), "three"),
            outcome(choices("one", "two")),
            outcome(NOTHING, "one"),
        )
    ).as_dict()
    wanted = {
        "answered": 0.3333,
        "risk": 0.5,
        "asked_back_inside": 0.5,
        "asking_back_success": 0.5,
        "false_escalation": 0.25,
    }
    assert {key: report[key] for key in wanted} == wanted


def test_an_id_that_a_list_does_not_know_leaves_the_code(index: Index) -> None:
    """The national list has no ids of ours; a row that names one is found there by its code."""
    row = Row("mất bìa", codes=("1.000001",), ids=("no-such-id",))
    assert row.right(index.entries) == {"cap-lai-so-do"}


def test_facets_are_counted_where_they_are_labelled() -> None:
    labelled = Row("câu", facets=(Facet.FEE, Facet.DEADLINE))
    report = Report(
        (
            outcome(answer("one", (*FEE, *DOCUMENTS)), "one", row=labelled),
            outcome(answer("one", DOCUMENTS), "one"),
        )
    ).as_dict()
    assert (report["facet_precision"], report["facet_recall"]) == (0.5, 0.5)


def test_nothing_counted_is_null() -> None:
    report = Report(()).as_dict()
    assert (report["rows"], report["right"], report["p50_ms"]) == (0, None, None)


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_files_are_asked_by_id_code_and_conversation(tmp_path: Path, index: Index) -> None:
    file = write(
        tmp_path / "rows.jsonl",
        {"q": "mất bìa đỏ", "codes": ["1.000001"], "group": "folk"},
        {"q": "tang cho dat", "codes": ["9.999999"], "ids": ["tang-cho"], "group": "folk"},
        {"q": "xin visa", "codes": ["9.999999"]},
        {
            "id": "talk",
            "turns": [
                {"q": "đăng ký tạm trú", "codes": ["3.000001"]},
                {"q": "bao nhiêu tiền", "codes": ["3.000001"], "facets": ["fee"]},
            ],
        },
    )
    report = evaluate([file], index).as_dict()
    assert (report["rows"], report["in_catalogue"], report["held"]) == (5, 4, 1.0)
    assert (report["hit@1"], report["facet_recall"]) == (1.0, 1.0)
    assert set(report["groups"]) == {
        "conversations",
        "folk",
        "with_diacritics",
        "without_diacritics",
    }
    assert report["groups"]["conversations"]["right"] == 1.0


def test_our_own_questions_are_read_by_kind(tmp_path: Path, index: Index) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "plain: [{q: mất bìa đỏ, want: cap-lai-so-do}]\ntalk: [{q: cảm ơn nhé, want: thanks}]\n"
        "far: [{q: giá vàng, want: null}]\n",
        encoding="utf-8",
    )
    report = evaluate([file], index).as_dict()
    assert set(report["groups"]) >= {"plain", "talk", "far"}
    assert (report["in_catalogue"], report["right"], report["held"]) == (1, 1.0, 1.0)


@pytest.mark.parametrize("text", ["plain: [{q: a}]", "plain: 1", "- a", "a: [", ""])
def test_bad_yaml_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LabelError, match=r"own\.yaml:1: expected rows"):
        list(read_labels(file))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"codes": []}, "`q`"),
        ({"q": 1}, "`q`"),
        ({"q": "a", "codes": "1"}, "`codes` must be a list"),
        ({"q": "a", "facets": ["price"]}, "'price' is not a valid Facet"),
        ({"turns": []}, "`turns`"),
        ([1], "expected an object"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: Any, says: str) -> None:
    file = write(tmp_path / "rows.jsonl", {"q": "a"}, row)
    with pytest.raises(LabelError, match=r"rows\.jsonl:2: ") as raised:
        list(read_labels(file))
    assert says in raised.value.message


def test_bad_json_and_missing_files_are_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"q": "a"}\n{q}\n', encoding="utf-8")
    with pytest.raises(LabelError, match=r"rows\.jsonl:2: is not JSON"):
        list(read_labels(file))
    with pytest.raises(LabelError, match="cannot be read"):
        list(read_labels(tmp_path / "none.jsonl"))
