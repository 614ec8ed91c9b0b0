"""What citizens ask in a storm and under load: the catalogue's own titles and aliases."""

from __future__ import annotations

from datetime import date
from math import gcd

from bot.catalogue.checks import check_folder
from bot.settings import PROCEDURES


def catalogue_questions() -> list[str]:
    """Every title and alias, always in the same order; neighbours are about different things."""
    folder, _ = check_folder(PROCEDURES, today=date.today())  # noqa: DTZ011
    texts = [
        text
        for procedure in folder.procedures.values()
        for text in (procedure.title, *(alias.text for alias in procedure.aliases))
    ]
    # A stride that shares no factor with their number visits each once.
    stride = next(n for n in range(97, 10_000) if gcd(n, len(texts)) == 1)
    return [texts[i * stride % len(texts)] for i in range(len(texts))]
