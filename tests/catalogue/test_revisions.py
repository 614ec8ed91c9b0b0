"""Files become revisions; nothing changes without a new number; people's edits are never overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.catalogue import revisions
from bot.catalogue.procedure import Catalogue, Procedure, Sector, Source
from bot.catalogue.revisions import FROM_FILE, load, publish_files, published_number
from bot.storage.engine import migrate, open_engine
from bot.storage.tables import Publication, Revision

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
LAW = Source(kind="law", document="Luật Cư trú số 68/2020/QH14", as_of=date(2026, 7, 18))
SECTOR = Sector(id="cu-tru", name="Cư trú", order=1)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    migrate(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def make_procedure(name: str = "tach-ho", **changes: Any) -> Procedure:
    return Procedure.model_validate(
        {
            "id": name,
            "title": "Tách hộ",
            "official_name": "Tách hộ",
            "summary": "Ra một hộ riêng.",
            "sector": "cu-tru",
            "aliases": ["tách khẩu", {"text": "ra hộ riêng mần răng", "kind": "dialect"}],
            "fees": [
                {
                    "name": "Nộp trực tiếp",
                    "kind": "le_phi",
                    "state": "amount",
                    "amount": 10000,
                    "source": "luat",
                    "confidence": "high",
                }
            ],
            "reviewed_at": "2026-11-23",
            "review_due": "2027-02-28",
            **changes,
        }
    )


def make_catalogue(*procedures: Procedure) -> Catalogue:
    return Catalogue(
        procedures={procedure.id: procedure for procedure in procedures},
        sources={"luat": LAW},
        sectors={"cu-tru": SECTOR},
    )


def edit(session: Session, procedure: Procedure, *, origin: str = "console") -> None:
    """Somebody changes it elsewhere, and it is published."""
    content = procedure.model_dump_json(exclude_defaults=True)
    row = Revision(
        kind="procedure", key=procedure.id, content=content, origin=origin, created_at=NOW
    )
    session.add(row)
    session.flush()
    session.add(Publication(revision_id=row.id, at=NOW))
    session.flush()


def test_what_is_published_is_what_the_files_say(session: Session) -> None:
    catalogue = make_catalogue(make_procedure())
    published = publish_files(session, catalogue, now=NOW)
    assert published.number == 1
    assert published.changed == (
        ("procedure", "tach-ho"),
        ("sector", "cu-tru"),
        ("source", "luat"),
    )
    assert load(session, 1) == catalogue


def test_nothing_was_ever_published(session: Session) -> None:
    assert published_number(session) == 0
    assert load(session, 0).procedures == {}


def test_the_same_files_make_no_new_number(session: Session) -> None:
    publish_files(session, make_catalogue(make_procedure()), now=NOW)
    again = publish_files(session, make_catalogue(make_procedure()), now=NOW)
    assert (again.number, again.changed, again.conflicts) == (1, (), ())


def test_a_changed_file_is_one_revision_more_and_the_old_set_stays_readable(
    session: Session,
) -> None:
    publish_files(session, make_catalogue(make_procedure()), now=NOW)
    changed = make_catalogue(make_procedure(title="Tách hộ (tách khẩu)"))
    published = publish_files(session, changed, now=NOW)
    assert (published.number, published.changed) == (2, (("procedure", "tach-ho"),))
    assert load(session, 2).procedures["tach-ho"].title == "Tách hộ (tách khẩu)"
    assert load(session, 1).procedures["tach-ho"].title == "Tách hộ"


def test_a_file_that_is_gone_withdraws_its_procedure(session: Session) -> None:
    publish_files(session, make_catalogue(make_procedure(), make_procedure("gia-han")), now=NOW)
    published = publish_files(session, make_catalogue(make_procedure()), now=NOW)
    assert published.changed == (("procedure", "gia-han"),)
    assert list(load(session, 2).procedures) == ["tach-ho"]
    assert list(load(session, 1).procedures) == ["gia-han", "tach-ho"]


def test_a_withdrawn_procedure_can_come_back(session: Session) -> None:
    publish_files(session, make_catalogue(make_procedure()), now=NOW)
    publish_files(session, make_catalogue(), now=NOW)
    assert publish_files(session, make_catalogue(make_procedure()), now=NOW).number == 3
    assert list(load(session, 3).procedures) == ["tach-ho"]


def test_an_edit_by_people_is_not_overwritten_by_a_changed_file(session: Session) -> None:
    publish_files(session, make_catalogue(make_procedure()), now=NOW)
    edit(session, make_procedure(title="Sửa trên bảng"))
    published = publish_files(session, make_catalogue(make_procedure(title="Sửa tệp")), now=NOW)
    assert published.conflicts == (("procedure", "tach-ho"),)
    assert published.changed == ()
    assert load(session, published.number).procedures["tach-ho"].title == "Sửa trên bảng"


def test_an_edit_by_people_survives_when_its_file_is_gone(session: Session) -> None:
    publish_files(session, make_catalogue(make_procedure()), now=NOW)
    edit(session, make_procedure(title="Sửa trên bảng"))
    published = publish_files(session, make_catalogue(), now=NOW)
    assert published.conflicts == (("procedure", "tach-ho"),)
    assert "tach-ho" in load(session, published.number).procedures


def test_an_unchanged_file_does_not_quarrel_with_an_edit(session: Session) -> None:
    publish_files(session, make_catalogue(make_procedure()), now=NOW)
    edit(session, make_procedure(title="Sửa trên bảng"))
    published = publish_files(session, make_catalogue(make_procedure()), now=NOW)
    assert (published.changed, published.conflicts) == ((), ())


def test_one_conflict_does_not_hold_up_the_others(session: Session) -> None:
    both = (make_procedure(), make_procedure("gia-han"))
    publish_files(session, make_catalogue(*both), now=NOW)
    edit(session, make_procedure(title="Sửa trên bảng"))
    changed = (make_procedure(title="Sửa tệp"), make_procedure("gia-han", title="Gia hạn"))
    published = publish_files(session, make_catalogue(*changed), now=NOW)
    assert published.conflicts == (("procedure", "tach-ho"),)
    assert published.changed == (("procedure", "gia-han"),)
    now = load(session, published.number).procedures
    assert (now["tach-ho"].title, now["gia-han"].title) == ("Sửa trên bảng", "Gia hạn")


def test_a_revision_says_where_it_came_from_and_is_never_changed(session: Session) -> None:
    publish_files(session, make_catalogue(make_procedure()), now=NOW)
    first = {row.id: row.content for row in session.exec(select(Revision)).all()}
    publish_files(session, make_catalogue(make_procedure(title="Khác")), now=NOW)
    rows = session.exec(select(Revision)).all()
    assert {row.origin for row in rows} == {FROM_FILE}
    assert {row.id: row.content for row in rows if row.id in first} == first


def test_what_is_stored_is_small_and_stays_equal_for_equal_content(session: Session) -> None:
    """Defaults are left out, so that a new field of the model makes no revision of everything."""
    publish_files(session, make_catalogue(make_procedure()), now=NOW)
    row = session.exec(select(Revision).where(Revision.kind == "procedure")).one()
    assert "see_instead" not in row.content
    assert (
        row.content
        == revisions._contents(make_catalogue(make_procedure()))[("procedure", "tach-ho")]
    )
