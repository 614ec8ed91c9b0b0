"""The question that separates: it leaves out nobody's likely procedure, and staff see their mistakes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.checks import check_folder
from bot.catalogue.files import read_folder
from bot.catalogue.procedure import CHOICE_LIMIT, Catalogue, Choice, Question
from bot.catalogue.questions import CLOSE, find_question
from bot.settings import PROCEDURES
from bot.wording.render import render

TODAY = date(2026, 11, 23)
CATALOGUE = read_folder(PROCEDURES).catalogue()
SISTERS = ("cap-gcn-lan-dau-ho-gia-dinh-ca-nhan", "cap-lai-gcn-bi-mat", "cap-doi-gcn")


def made(name: str, *procedures: str) -> Question:
    ways = tuple(Choice(label=one[:CHOICE_LIMIT], procedure=one) for one in procedures)
    return Question(id=name, question="Việc nào?", options=ways)


def asks(*questions: Question, without: str = "") -> Catalogue:
    """The catalogue with these questions alone."""
    left = {key: value for key, value in CATALOGUE.procedures.items() if key != without}
    own = {question.id: question for question in questions}
    return CATALOGUE.model_copy(update={"procedures": left, "questions": own})


FIRST, LOST, WORN = SISTERS
TWO = made("con-hay-mat", LOST, WORN)
THREE = made("da-co", *SISTERS)

procedures = st.sampled_from(sorted(CATALOGUE.procedures))
questions = st.sampled_from(sorted(CATALOGUE.questions.values(), key=lambda one: one.id))
score = st.floats(0.0, 1.0)


@st.composite
def offers(draw: st.DrawFn) -> dict[str, float]:
    """Two to four scored procedures: sisters, strangers, or some of each."""
    sisters = sorted(draw(questions).procedures())
    chosen = draw(st.lists(st.sampled_from(sisters) | procedures, min_size=2, max_size=4))
    return {one: draw(score) for one in chosen}


@given(offers())
def test_an_asked_question_has_an_answer_for_whatever_is_likely_meant(
    scores: dict[str, float],
) -> None:
    question = find_question(scores, CATALOGUE)
    if question is None:
        return
    likely = {one for one, own in scores.items() if own >= max(scores.values()) - CLOSE}
    assert likely <= question.procedures() <= CATALOGUE.procedures.keys()
    assert len(question.procedures() & scores.keys()) >= 2
    assert 2 <= len(question.options) <= 4


@given(questions)
def test_every_question_can_come_up(question: Question) -> None:
    """Where just its procedures are meant, it is asked, or another that has them all."""
    asked = find_question(dict.fromkeys(question.procedures(), 0.5), CATALOGUE)
    assert asked is not None
    assert question.procedures() <= asked.procedures()


def test_among_questions_that_fit_the_shortest_is_asked() -> None:
    both = asks(THREE, TWO)
    assert find_question({LOST: 0.5, WORN: 0.5}, both) == TWO
    assert find_question({LOST: 0.5, WORN: 0.5, FIRST: 0.5}, both) == THREE


def test_what_is_far_behind_does_not_keep_the_question_from_being_asked() -> None:
    stranger = "dang-ky-ket-hon"
    assert find_question({LOST: 0.6, WORN: 0.5, stranger: 0.3}, asks(TWO)) == TWO
    assert find_question({LOST: 0.6, WORN: 0.5, stranger: 0.58}, asks(TWO)) is None
    assert find_question({stranger: 0.6, LOST: 0.3, WORN: 0.3}, asks(TWO)) is None


def test_one_sister_alone_does_not_bring_the_question_up() -> None:
    assert find_question({LOST: 0.6, "dang-ky-ket-hon": 0.3}, asks(TWO)) is None


def test_a_question_that_leads_to_a_withdrawn_procedure_is_not_asked() -> None:
    """A button that leads nowhere would be worse than a list of titles."""
    scores = {LOST: 0.5, WORN: 0.5}
    assert find_question(scores, asks(THREE)) == THREE
    assert find_question(scores, asks(THREE, without=FIRST)) is None


def test_every_procedure_is_an_answer_to_some_question() -> None:
    reached = set[str]().union(*(one.procedures() for one in CATALOGUE.questions.values()))
    assert set(CATALOGUE.procedures) <= reached


GOOD = """\
the-can-cuoc:
  question: Anh/chị đã có thẻ căn cước chưa?
  options:
    - {label: Chưa có, procedure: cap-the-can-cuoc-tu-14-tuoi}
    - {label: Bị mất, procedure: cap-lai-the-can-cuoc}
    - {label: Dưới 6 tuổi, procedure: cap-the-can-cuoc-duoi-14-tuoi, option: duoi-6}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("cap-lai-the-can-cuoc", "cap-lai-the", 5, "cap-lai-the"),
        ("duoi-6}", "duoi-7}", 6, "duoi-7"),
        ("Bị mất", "chưa có", 5, "chưa có"),
        ("cap-lai-the-can-cuoc", "cap-the-can-cuoc-tu-14-tuoi", 5, "cap-the-can-cuoc-tu-14-tuoi"),
        ("label: Bị mất", "nut: Bị mất", 5, "nut"),
        ("Bị mất", f"M{'ấ' * CHOICE_LIMIT}t", 5, str(CHOICE_LIMIT)),
        ("    - {label: Bị mất", "    - {label: Mất,", 5, "YAML"),
        ("question: Anh/chị", "question: Đối tượng", 2, "đối tượng"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert found(tmp_path, GOOD) == []
    assert old in GOOD
    findings = found(tmp_path, GOOD.replace(old, new))
    assert any(f":{line}: " in one and words in one for one in findings), findings


def test_a_question_about_one_procedure_belongs_to_that_procedure(tmp_path: Path) -> None:
    text = """\
may-tuoi:
  question: Cháu mấy tuổi?
  options:
    - {label: Dưới 6, procedure: cap-the-can-cuoc-duoi-14-tuoi, option: duoi-6}
    - {label: Từ 6, procedure: cap-the-can-cuoc-duoi-14-tuoi, option: tu-6-den-14}
"""
    (finding,) = found(tmp_path, text)
    assert finding.startswith("questions.yaml:3: ")
    assert "cases" in finding


def test_of_two_questions_about_the_same_the_second_is_pointed_at(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, GOOD + GOOD.replace("the-can-cuoc:", "lan-nua:"))
    assert finding.startswith("questions.yaml:7: ")
    assert "the-can-cuoc" in finding


def test_one_answer_or_five_are_refused(tmp_path: Path) -> None:
    one = "\n".join(GOOD.split("\n")[:4]) + "\n"
    assert "ít nhất 2" in found(tmp_path, one)[0]
    assert "nhiều nhất 4" in found(tmp_path, GOOD + GOOD.split("\n", 3)[3])[0]


def found(folder: Path, text: str) -> list[str]:
    """What the check says about `questions.yaml` beside the real procedures."""
    for path in PROCEDURES.iterdir():
        if not (folder / path.name).exists():
            (folder / path.name).symlink_to(path)
    file = folder / "questions.yaml"
    file.unlink()
    file.write_text(text)
    return [
        f"{one.path.name}:{one.line}: "
        + render("staff/finding.txt", code=one.code, facts=one.facts)
        for one in check_folder(folder, today=TODAY)[1]
        if one.path == file
    ]
