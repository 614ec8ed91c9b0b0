"""What a button means survives the way to the phone and back, within Telegram's 64 bytes."""

from __future__ import annotations

from datetime import date
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue.checks import check_folder
from bot.catalogue.procedure import Catalogue
from bot.matching.facets import Facet
from bot.settings import PROCEDURES
from bot.wording import buttons
from bot.wording.buttons import CODES, DATA_LIMIT, AnyPress, decode, encode

MANY_TICKETS = 9_999_999
LAST_DAY = date.max.toordinal()
SLUG = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)
VALUES = {
    str: st.one_of(st.just(""), SLUG),
    int: st.integers(-1, 2**60),
    Facet: st.sampled_from(Facet),
}
presses = st.sampled_from(list(CODES.values())).flatmap(
    lambda meaning: st.builds(
        meaning, **{name: VALUES[kind] for name, kind in get_type_hints(meaning).items()}
    )
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    folder, _findings = check_folder(PROCEDURES, today=date(2026, 11, 23))
    return folder.catalogue()


@settings(deadline=None)
@given(presses)
def test_every_press_comes_back_as_it_was(press: AnyPress) -> None:
    assert decode(encode(press)) == press


def test_every_meaning_has_a_letter_of_its_own() -> None:
    assert set(CODES.values()) == set(get_args(buttons.AnyPress))
    assert len(set(CODES.values())) == len(CODES)
    assert len(set(buttons.FACET_CODES.values())) == len(Facet)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_what_is_not_ours_means_nothing_and_never_fails(data: str) -> None:
    """An older version's button, another bot's, or a made-up one: a notice, no error."""
    press = decode(data)
    assert press is None or type(press) in CODES.values()


@pytest.mark.parametrize("data", ["", ":", "p", "p:a:b", "f:a:xx", "s:x", "s:1:2", "c:a:1", "?:1"])
def test_half_a_meaning_is_none(data: str) -> None:
    assert decode(data) is None


def test_every_button_that_the_catalogue_can_need_fits(catalogue: Catalogue) -> None:
    """All procedures with every facet, every option and a ticket number of seven digits."""
    needed: list[AnyPress] = [buttons.Browse(sector, 99) for sector in catalogue.sectors]
    for procedure in catalogue.procedures.values():
        own = procedure.id
        needed += [buttons.ShowCard(own), buttons.Right(own), buttons.Wrong(own)]
        needed += [buttons.SendCard(MANY_TICKETS, own)]
        needed += [buttons.ShowFacet(own, facet) for facet in Facet]
        needed += [buttons.Tick(own, 2 ** len(procedure.documents) - 1)]
        needed += [buttons.DueOn(own, LAST_DAY), buttons.RemindMe(own, LAST_DAY)]
        for number, case in enumerate(procedure.cases):
            needed += [
                buttons.ChooseOption(own, number, option) for option in range(-1, len(case.options))
            ]
    assert [p for p in needed if len(encode(p).encode()) > DATA_LIMIT] == []
    assert all(decode(encode(press)) == press for press in needed)
