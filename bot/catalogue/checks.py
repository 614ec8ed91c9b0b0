"""What must be true of the catalogue as a whole, beyond the shape of one file.

A wrong fee costs a poor person a day's trip, so what cannot be told truly is refused here. Whether it is
told plainly is looked at in `plain`; whether a card fits a screen, in `bot.wording.card_checks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot.catalogue.files import Finding, Folder, Page, UnreadableError, read_folder, read_page
from bot.catalogue.plain import PlainWords, check_plain, fold
from bot.catalogue.procedure import (
    Confidence,
    FeeState,
    Procedure,
    ProcedureKind,
    Source,
    SourceKind,
)
from bot.catalogue.questions import check_questions

MIN_ALIASES = 8
SMALLEST_FEE = 500  # đồng; no fee is smaller, so "8" was meant as 8.000
# Here the portal says "Miễn phí" where the provincial council sets a fee: 49 of 49 land procedures.
PORTAL_IS_WRONG_ABOUT_FEES = frozenset({"dat-dai", "ho-tich", "xay-dung"})
ISSUERS = (
    r"QH\d+|UBTVQH\d+|NQ-UBTVQH\d+|NQ-CP|NĐ-CP|NQ-HĐND|QĐ-TTg|QĐ-[A-ZĐ]+(-[A-ZĐ]\d*)*"
    r"|TT-[A-ZĐ]+|TTLT-[A-ZĐ-]+|(?!ND-|QD-)[A-ZĐ]+-[A-ZĐ]+"
)
# "151/2025/NĐ-CP", "66.7/2025/NQ-CP", "858/QĐ-BTP"; a year has four digits.
LEGAL_NUMBER = re.compile(rf"(?<!\S)\d+(\.\d+)?/((19|20)\d\d/)?({ISSUERS})(?![\w/])")


def check_folder(root: Path, *, today: date) -> tuple[Folder, list[Finding]]:
    """The folder as read, and every finding in the order of files and lines."""
    folder = read_folder(root)
    words, findings = PlainWords.read(root / "plain_words.yaml")
    findings += folder.findings
    findings += _check_sources(folder, today=today)
    for procedure in folder.procedures.values():
        page = folder.pages[procedure.id]
        findings += check_procedure(procedure, page, folder, today=today)
        findings += check_plain(procedure, page, words)
    findings += _shared_aliases(folder)
    findings += check_questions(folder, words)
    return folder, sorted(findings, key=lambda f: (str(f.path), f.line))


def check_procedure(
    procedure: Procedure, page: Page, folder: Folder, *, today: date
) -> Iterator[Finding]:
    yield from _check_place(procedure, page, folder)
    yield from _check_references(procedure, page, folder)
    yield from _check_facts(procedure, page, folder)
    yield from _check_fees(procedure, page, folder)
    if (count := len(procedure.aliases)) < MIN_ALIASES:
        yield page.finding(("aliases",), "few_aliases", count=count, min=MIN_ALIASES)
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
    for name in ("documents", "fees", "time_limits", "legal_bases", "simplified"):
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
        if to == procedure.id:
            yield page.finding(place, "points_to_itself", id=to)
        elif to not in folder.procedures:
            yield page.finding(place, "no_procedure", id=to)


def _check_facts(procedure: Procedure, page: Page, folder: Folder) -> Iterator[Finding]:
    if procedure.kind is ProcedureKind.PROCEDURE:
        for name in ("documents", "fees", "time_limits", "channels", "legal_bases"):
            if not getattr(procedure, name):
                yield page.finding((name,), "empty", field=name)
    for i, document in enumerate(procedure.documents):
        if document.mandatory and document.condition:
            yield page.finding(("documents", i), "mandatory_condition", document=document.name)
    for name in ("documents", "fees", "time_limits"):
        for i, fact in enumerate(getattr(procedure, name)):
            source = folder.sources.get(fact.source)
            unread = source is not None and source.kind is SourceKind.PRACTICE
            if unread and fact.confidence is Confidence.HIGH and not fact.verified_by:
                yield page.finding((name, i, "confidence"), "sure_without_document")


def _check_fees(procedure: Procedure, page: Page, folder: Folder) -> Iterator[Finding]:
    for i, fee in enumerate(procedure.fees):
        if fee.amount is not None and fee.amount < SMALLEST_FEE:
            yield page.finding(("fees", i, "amount"), "fee_small", amount=fee.amount)
        source = folder.sources.get(fee.source)
        if fee.state is not FeeState.FREE or source is None or fee.verified_by:
            continue
        if source.kind is SourceKind.PRACTICE:
            yield page.finding(("fees", i, "state"), "free_without_source", fee=fee.name)
        elif source.kind is SourceKind.PORTAL and procedure.sector in PORTAL_IS_WRONG_ABOUT_FEES:
            yield page.finding(("fees", i, "state"), "free_by_portal", fee=fee.name)


def _check_sources(folder: Folder, *, today: date) -> Iterator[Finding]:
    try:
        page = read_page(folder.root / "sources.yaml")
    except (UnreadableError, FileNotFoundError):
        return  # already a finding of the folder
    used: set[str] = set()
    for procedure in folder.procedures.values():
        used |= {fact.source for fact in procedure.facts()}
        used |= {basis.source for basis in procedure.legal_bases}
        used |= {delta.source for delta in procedure.simplified}
    for key, source in folder.sources.items():
        yield from _check_source(page, key, source, today=today)
        if key not in used:
            yield page.finding((key,), "source_unused", warning=True, key=key)


def _check_source(page: Page, key: str, source: Source, *, today: date) -> Iterator[Finding]:
    if source.kind is SourceKind.LAW and not LEGAL_NUMBER.search(source.document):
        yield page.finding((key, "document"), "legal_number", key=key, value=source.document)
    if source.effective_to is not None and source.effective_to < today:
        facts = {"key": key, "to": source.effective_to}
        yield page.finding((key, "effective_to"), "source_expired", warning=True, **facts)


def _shared_aliases(folder: Folder) -> Iterator[Finding]:
    """An alias that belongs to two procedures answers nobody.

    Two may share one when each says in `see_instead` when the other is right: then the bot asks which.
    """
    owner: dict[str, str] = {}
    for procedure in folder.procedures.values():
        page = folder.pages[procedure.id]
        own: set[str] = set()
        for i, alias in enumerate(procedure.aliases):
            said = fold(alias.text)
            other = owner.setdefault(said, procedure.id)
            if said in own:
                yield page.finding(("aliases", i), "alias_twice", alias=alias.text)
            elif other != procedure.id and not _tells_apart(folder, procedure.id, other):
                yield page.finding(("aliases", i), "alias_taken", alias=alias.text, other=other)
            own.add(said)


def _tells_apart(folder: Folder, one: str, other: str) -> bool:
    def points(start: str, end: str) -> bool:
        return any(to.procedure == end for to in folder.procedures[start].see_instead)

    return points(one, other) and points(other, one)
