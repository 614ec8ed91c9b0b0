"""What must be true of the catalogue as a whole, beyond the shape of one file.

A wrong fee costs a poor person a day's trip, so what cannot be told truly is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot.catalogue.files import Finding, Folder, Page, read_folder
from bot.catalogue.procedure import (
    FeeState,
    Procedure,
    ProcedureKind,
    Source,
    SourceKind,
)

MIN_ALIASES = 5
LONG_SENTENCE_WORDS = 40  # beyond this a reader on a small phone loses the thread
LEGAL_NUMBER = re.compile(
    r"\b\d+(\.\d+)?/(\d{4}/)?(QH\d+|UBTVQH\d+|NQ-CP|NĐ-CP|TT-[A-ZĐ]+|TTLT-[A-ZĐ-]+|NQ-HĐND|QĐ-[A-ZĐ]+|"
    r"QĐ-TTg|NQ-UBTVQH\d+|[A-ZĐ]+-[A-ZĐ]+)\b"
)


def check_folder(root: Path, *, today: date) -> tuple[Folder, list[Finding]]:
    """The folder as read, and every finding in the order of files and lines."""
    folder = read_folder(root)
    findings = list(folder.findings)
    for key, source in folder.sources.items():
        findings += _check_source(folder, key, source)
    for procedure in folder.procedures.values():
        page = folder.pages[procedure.id]
        findings += check_procedure(procedure, page, folder, today=today)
    findings += _shared_aliases(folder)
    return folder, sorted(findings, key=lambda f: (str(f.path), f.line))


def check_procedure(
    procedure: Procedure, page: Page, folder: Folder, *, today: date
) -> Iterator[Finding]:
    yield from _check_place(procedure, page, folder)
    yield from _check_references(procedure, page, folder)
    yield from _check_facts(procedure, page, folder)
    yield from _check_words(procedure, page)
    if procedure.review_due < today:
        yield page.finding(("review_due",), "review_passed", warning=True, due=procedure.review_due)


def _check_place(procedure: Procedure, page: Page, folder: Folder) -> Iterator[Finding]:
    if page.path.stem != procedure.id:
        yield page.finding(("id",), "id_not_file", id=procedure.id, file=page.path.name)
    if page.path.parent.name != procedure.sector:
        yield page.finding(("sector",), "sector_not_folder", folder=page.path.parent.name)
    if procedure.sector not in folder.sectors:
        yield page.finding(("sector",), "no_sector", sector=procedure.sector)


def _check_references(procedure: Procedure, page: Page, folder: Folder) -> Iterator[Finding]:
    for name in ("documents", "fees", "time_limits", "legal_bases"):
        for i, fact in enumerate(getattr(procedure, name)):
            if fact.source not in folder.sources:
                yield page.finding((name, i, "source"), "no_source", source=fact.source)
    options = procedure.options()
    for name in ("documents", "fees", "time_limits", "channels"):
        for i, part in enumerate(getattr(procedure, name)):
            for option in set(part.when) - set(options):
                yield page.finding((name, i, "when"), "no_option", option=option)
    pointers = [(("related", i), to) for i, to in enumerate(procedure.related)]
    pointers += [(("see_instead", i), to.procedure) for i, to in enumerate(procedure.see_instead)]
    for place, to in pointers:
        if to not in folder.procedures:
            yield page.finding(place, "no_procedure", id=to)


def _check_facts(procedure: Procedure, page: Page, folder: Folder) -> Iterator[Finding]:
    for i, fee in enumerate(procedure.fees):
        source = folder.sources.get(fee.source)
        if fee.state is FeeState.FREE and source and source.kind is SourceKind.PRACTICE:
            yield page.finding(("fees", i, "state"), "free_without_source", fee=fee.name)
    if procedure.kind is ProcedureKind.PROCEDURE:
        for name in ("code", "documents", "fees", "time_limits", "channels", "legal_bases"):
            if not getattr(procedure, name):
                yield page.finding((name,), "empty", field=name)
    for i, document in enumerate(procedure.documents):
        if document.mandatory and document.condition:
            yield page.finding(("documents", i), "mandatory_condition", document=document.name)
    known = (f for f in procedure.fees if f.amount is not None and f.amount < 500)
    for fee in known:
        yield page.finding(("fees", procedure.fees.index(fee)), "fee_small", amount=fee.amount)


def _check_words(procedure: Procedure, page: Page) -> Iterator[Finding]:
    if len(procedure.aliases) < MIN_ALIASES:
        yield page.finding(
            ("aliases",), "few_aliases", count=len(procedure.aliases), min=MIN_ALIASES
        )
    for name in ("summary", "use_when"):
        for sentence in re.split(r"[.;:]\s", getattr(procedure, name)):
            if len(sentence.split()) > LONG_SENTENCE_WORDS:
                yield page.finding(
                    (name,), "long_sentence", warning=True, words=len(sentence.split())
                )


def _check_source(folder: Folder, key: str, source: Source) -> Iterator[Finding]:
    if source.kind is SourceKind.LAW and not LEGAL_NUMBER.search(source.document):
        yield Finding(
            folder.root / "sources.yaml", 1, "legal_number", {"key": key, "value": source.document}
        )


def _shared_aliases(folder: Folder) -> Iterator[Finding]:
    """An alias that belongs to two procedures answers nobody: the bot would have to guess."""
    owner: dict[str, str] = {}
    for procedure in folder.procedures.values():
        page = folder.pages[procedure.id]
        for i, alias in enumerate(procedure.aliases):
            said = " ".join(alias.text.lower().split())
            other = owner.setdefault(said, procedure.id)
            if other != procedure.id:
                yield page.finding(("aliases", i), "alias_taken", alias=alias.text, other=other)
            elif said in {" ".join(a.text.lower().split()) for a in procedure.aliases[:i]}:
                yield page.finding(("aliases", i), "alias_twice", alias=alias.text)
