"""The one question that separates: what to ask when several procedures may be meant.

Somebody who is unsure of the official words is helped more by "Đã có sổ đỏ chưa?" than by four titles.
Staff keep the questions (`procedures/questions.yaml`); which of them is asked is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.catalogue.files import QUESTIONS, Finding, Folder, Page, UnreadableError, read_page
from bot.catalogue.plain import PlainWords, check_text, fold
from bot.catalogue.procedure import Catalogue, Choice, Question

# Of a perfect score. What lies further behind the first is hardly ever meant: of 249 times that the
# right one was among the offered, leaving the others out lost three; with 0.1 one, asking less often.
CLOSE = 0.06
FEWEST = 2  # of the offered among the answers; a question with one of them is about something else


def find_question(scores: Mapping[str, float], catalogue: Catalogue) -> Question | None:
    """The question that has an answer for every procedure that is likely meant, or None.

    `scores` are those of the procedures that would be offered. Where several questions fit, the one
    that leaves out least is asked, and of those the shortest.
    """
    likely = {one for one, score in scores.items() if score >= max(scores.values()) - CLOSE}

    def fits(question: Question) -> bool:
        ways = question.procedures()
        if not likely <= ways or len(ways & scores.keys()) < FEWEST:
            return False
        return ways <= catalogue.procedures.keys()  # one may have been withdrawn since

    def worth(question: Question) -> tuple[float, int]:
        return sum(scores.get(one, 0.0) for one in question.procedures()), -len(question.options)

    return max(filter(fits, catalogue.questions.values()), key=worth, default=None)


def check_questions(folder: Folder, words: PlainWords) -> Iterator[Finding]:
    """What is wrong with `questions.yaml`, and what people would not understand in it."""
    if not folder.questions:
        return
    try:
        page = read_page(folder.root / QUESTIONS)
    except UnreadableError:
        return  # already a finding of the folder
    asked: dict[frozenset[tuple[str, str | None]], str] = {}
    for question in folder.questions.values():
        yield from check_text(page, (question.id, "question"), question.question, words)
        yield from _check_choices(question, page, folder, words)
        other = asked.setdefault(frozenset(map(_way, question.options)), question.id)
        if other != question.id:
            yield page.finding((question.id,), "question_twice", warning=True, other=other)


def _check_choices(
    question: Question, page: Page, folder: Folder, words: PlainWords
) -> Iterator[Finding]:
    if len(question.procedures()) < FEWEST:
        yield page.finding((question.id, "options"), "question_of_one")
    labels: set[str] = set()
    ways: set[tuple[str, str | None]] = set()
    for i, choice in enumerate(question.options):
        place = (question.id, "options", i)
        procedure = folder.procedures.get(choice.procedure)
        yield from check_text(page, (*place, "label"), choice.label, words)
        if procedure is None:
            yield page.finding((*place, "procedure"), "no_procedure", id=choice.procedure)
        elif choice.option is not None and choice.option not in procedure.options():
            facts: dict[str, Any] = {"id": procedure.id, "option": choice.option}
            yield page.finding((*place, "option"), "no_option_there", **facts)
        if fold(choice.label) in labels:
            yield page.finding((*place, "label"), "label_twice", label=choice.label)
        if _way(choice) in ways or (choice.procedure, None) in ways:
            yield page.finding((*place, "procedure"), "way_twice", id=choice.procedure)
        labels.add(fold(choice.label))
        ways.add(_way(choice))


def _way(choice: Choice) -> tuple[str, str | None]:
    return choice.procedure, choice.option
