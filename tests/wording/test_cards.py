"""Every procedure, for every answer to its questions, in every facet: the words that people will see."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest

from bot.catalogue.checks import check_folder
from bot.catalogue.procedure import Catalogue, FeeState, Procedure, ProcedureKind
from bot.matching.facets import Facet
from bot.rehearsal.markup import parse_html
from bot.settings import PROCEDURES
from bot.wording.buttons import DATA_LIMIT
from bot.wording.cards import CARD_LIMIT, Reply, card, detail, no_answer
from bot.wording.split import TEXT_LIMIT, visible_length
from tests.support.office import TODAY


def read_catalogue() -> Catalogue:
    folder, _findings = check_folder(PROCEDURES, today=TODAY)
    return folder.catalogue()


CATALOGUE = read_catalogue()
# A heading with nothing below it, brackets with nothing inside, a separator with nothing beside it.
EMPTY = re.compile(r"[:(]\s*(\n\n|\Z)|\(\s*\)|: ·|· ·|·\s*(\n|\Z)|\.\. ?[^.]")


def answers(procedure: Procedure) -> Iterator[frozenset[str]]:
    """Nothing answered, and every combination of answers, "I do not know" among them."""
    yield frozenset()
    per_case = [[*(o.id for o in case.options), no_answer(case)] for case in procedure.cases]
    if per_case:
        yield from map(frozenset, itertools.product(*per_case))


def replies(procedure: Procedure) -> Iterator[Reply]:
    for options in answers(procedure):
        yield card(procedure, CATALOGUE, options=options)
        for facet in Facet:
            yield card(procedure, CATALOGUE, asked=(facet,), options=options)
            yield detail(procedure, CATALOGUE, facet, options=options)


@pytest.mark.slow
@pytest.mark.parametrize("procedure", CATALOGUE.procedures.values(), ids=lambda p: p.id)
def test_nothing_is_over_a_limit_empty_or_unescaped(procedure: Procedure) -> None:
    for reply in replies(procedure):
        text, _ = parse_html(reply.html)  # raises where Telegram would refuse
        assert visible_length(reply.html) <= TEXT_LIMIT
        assert "None" not in text
        assert "{" not in text
        assert not EMPTY.search(text), text
        assert "\n\n\n" not in reply.html
        for button in itertools.chain(*reply.keyboard):
            assert len(button.data.encode()) <= DATA_LIMIT
            assert button.label.strip()


@pytest.mark.parametrize("procedure", CATALOGUE.procedures.values(), ids=lambda p: p.id)
def test_the_first_screen_is_one_screen(procedure: Procedure) -> None:
    for options in answers(procedure):
        html = card(procedure, CATALOGUE, options=options).html
        assert visible_length(html) <= CARD_LIMIT


@pytest.mark.parametrize("procedure", CATALOGUE.procedures.values(), ids=lambda p: p.id)
def test_whatever_else_is_asked_the_conditions_and_the_papers_are_in_the_answer(
    procedure: Procedure,
) -> None:
    """No button leads to the conditions, and much to tell is no reason to leave out the papers."""
    for others in ((), (Facet.STEPS,), (Facet.STEPS, Facet.LEGAL_BASIS)):
        asked = (Facet.DOCUMENTS, Facet.CONDITIONS, *others)
        html = card(procedure, CATALOGUE, asked=asked).html
        assert "📄" in html or procedure.kind is ProcedureKind.EXPLAINER
        assert "<b>Điều kiện, lưu ý:</b>" in html
        assert "Các bước" in html or Facet.STEPS not in asked  # or where they are
        assert "giấy khác (bấm" not in html or visible_length(html) <= CARD_LIMIT


@pytest.mark.parametrize("procedure", CATALOGUE.procedures.values(), ids=lambda p: p.id)
def test_a_side_that_is_asked_alone_is_whole_in_the_answer(procedure: Procedure) -> None:
    for facet in (Facet.CONDITIONS, Facet.STEPS, Facet.LEGAL_BASIS):
        _title, *whole, _source = detail(procedure, CATALOGUE, facet).html.split("\n\n")
        assert "\n\n".join(whole) in card(procedure, CATALOGUE, asked=(facet,)).html


def test_a_card_that_no_screen_takes_still_tells_what_to_bring_and_to_pay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.wording.cards.CARD_LIMIT", 100)
    html = card(CATALOGUE.procedures["cap-lai-gcn-bi-mat"], CATALOGUE).html
    assert all(sign in html for sign in ("📄", "💰", "⏱", "📍"))


def test_a_fee_that_nobody_verified_is_never_a_number() -> None:
    """No figure that the catalogue does not hold appears as money in any answer about fees."""
    for procedure in CATALOGUE.procedures.values():
        known = {f"{fee.amount:,}".replace(",", ".") for fee in procedure.fees if fee.amount}
        written = " ".join(
            f"{fee.formula} {fee.exemption} {fee.note} {fee.name} {fee.condition}"
            for fee in procedure.fees
        )
        shown = detail(procedure, CATALOGUE, Facet.FEE).html
        for amount in re.findall(r"([\d.]+) ?đ\b", shown):
            assert amount in known or amount in written, (procedure.id, amount)
        if all(fee.state in (FeeState.UNKNOWN, FeeState.BY_RESOLUTION) for fee in procedure.fees):
            assert "⚠️" in shown
