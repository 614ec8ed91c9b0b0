"""Whether every card fits one screen: a check of the catalogue that needs the words of the cards."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from bot.catalogue.files import Finding, Folder
from bot.catalogue.procedure import Procedure
from bot.wording.cards import CARD_LIMIT, card, no_answer
from bot.wording.split import visible_length


def check_cards(folder: Folder) -> Iterator[Finding]:
    """One finding for each procedure whose card is too long for some person."""
    catalogue = folder.catalogue()
    for procedure in folder.procedures.values():
        for options in people(procedure):
            length = visible_length(card(procedure, catalogue, options=options).html)
            if length > CARD_LIMIT:
                page, named = folder.pages[procedure.id], _named(options)
                facts: dict[str, Any] = {"length": length, "limit": CARD_LIMIT, "options": named}
                yield page.finding(("summary",), "card_too_long", **facts)
                break


def people(procedure: Procedure) -> Iterator[frozenset[str]]:
    """Nothing answered yet, and every combination of answers, "I do not know" among them."""
    yield frozenset()
    answers = [[*(o.id for o in case.options), no_answer(case)] for case in procedure.cases]
    if answers:
        yield from map(frozenset, itertools.product(*answers))


def _named(options: frozenset[str]) -> str:
    return f" ({', '.join(sorted(options))})" if options else ""
