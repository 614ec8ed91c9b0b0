"""Revisions: every state of every subject, and which set of them is published.

A file never overwrites an edit made by people: where both changed, the edit stays and the conflict
is returned for a person to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.catalogue.procedure import Catalogue, Procedure, Question, Sector, Source
from bot.storage.tables import Publication, Revision

M = TypeVar("M", bound=BaseModel)
FROM_FILE = "file"
WITHDRAWN = ""
Subject = tuple[str, str]  # kind and key: ("procedure", "cap-doi-gcn")


@dataclass(frozen=True)
class Published:
    number: int
    changed: tuple[Subject, ...]
    conflicts: tuple[Subject, ...]  # edited by people and changed in the files


def publish_files(session: Session, catalogue: Catalogue, *, now: datetime) -> Published:
    """Makes revisions of what changed in the files, and publishes when there is something new."""
    wanted = _contents(catalogue)
    newest = _newest(session)
    from_files = _newest(session, origin=FROM_FILE)
    changed, conflicts = [], []
    for subject in sorted(wanted.keys() | from_files.keys()):
        content = wanted.get(subject, WITHDRAWN)
        last = from_files.get(subject)
        if last is not None and last.content == content:
            continue
        current = newest.get(subject)
        if current is not None and current.origin != FROM_FILE:
            conflicts.append(subject)
            continue
        kind, key = subject
        session.add(Revision(kind=kind, key=key, content=content, origin=FROM_FILE, created_at=now))
        changed.append(subject)
    if changed:
        _publish(session, now)
    return Published(published_number(session), tuple(changed), tuple(conflicts))


def published_number(session: Session) -> int:
    """The number of the published set; 0 when nothing was ever published."""
    return session.exec(select(func.max(Publication.number))).one() or 0


def load(session: Session, number: int) -> Catalogue:
    """The catalogue of this published set; an empty one for number 0."""
    publication = session.get(Publication, number)
    rows = _newest(session, up_to=publication.revision_id) if publication else {}
    return Catalogue(
        procedures=_models(rows, "procedure", Procedure),
        sources=_models(rows, "source", Source),
        sectors=_models(rows, "sector", Sector),
        questions=_models(rows, "question", Question),
    )


def _contents(catalogue: Catalogue) -> dict[Subject, str]:
    kinds: dict[str, dict[str, BaseModel]] = {
        "procedure": dict(catalogue.procedures),
        "source": dict(catalogue.sources),
        "sector": dict(catalogue.sectors),
        "question": dict(catalogue.questions),
    }
    return {
        (kind, key): model.model_dump_json(exclude_defaults=True)
        for kind, models in kinds.items()
        for key, model in models.items()
    }


def _publish(session: Session, now: datetime) -> None:
    session.flush()
    newest = session.exec(select(func.max(Revision.id))).one()
    session.add(Publication(revision_id=newest, at=now))
    session.flush()


def _newest(
    session: Session, *, origin: str | None = None, up_to: int | None = None
) -> dict[Subject, Revision]:
    query = select(func.max(Revision.id)).group_by(col(Revision.kind), col(Revision.key))
    if origin is not None:
        query = query.where(Revision.origin == origin)
    if up_to is not None:
        query = query.where(col(Revision.id) <= up_to)
    rows = session.exec(
        select(Revision).where(col(Revision.id).in_(query)).order_by(col(Revision.id))
    )
    return {(row.kind, row.key): row for row in rows}


def _models(rows: dict[Subject, Revision], kind: str, model: type[M]) -> dict[str, M]:
    return {
        key: model.model_validate_json(row.content)
        for (row_kind, key), row in rows.items()
        if row_kind == kind and row.content != WITHDRAWN
    }
