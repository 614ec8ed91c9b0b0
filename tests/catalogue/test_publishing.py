"""What the bot starts with: files that pass their checks, else what was published before."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import prepare
from bot.errors import CatalogueError
from bot.settings import PROCEDURES, Settings
from bot.storage.engine import Database, open_engine

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A small catalogue of its own."""
    folder = tmp_path / "procedures"
    (folder / "can-cuoc").mkdir(parents=True)
    for path in PROCEDURES.glob("*.yaml"):
        shutil.copy(path, folder)
    (folder / "questions.yaml").unlink()  # they lead to procedures that are not here
    shutil.copy(PROCEDURES / "can-cuoc" / "cap-tai-khoan-dinh-danh-muc-2.yaml", folder / "can-cuoc")
    file = folder / "can-cuoc" / "cap-tai-khoan-dinh-danh-muc-2.yaml"
    lines = file.read_text().split("see_instead:")
    file.write_text(
        lines[0] + lines[1][lines[1].index("\nsector:") + 1 :] if lines[1:] else lines[0]
    )
    text = file.read_text()
    file.write_text(text[: text.index("related:")] + text[text.index("reviewed_at:") :])
    return Settings(
        _env_file=None,
        procedures_dir=folder,
        DATABASE_URL=f"sqlite:///{tmp_path / 'x.sqlite3'}",
    )


def test_broken_files_leave_the_published_set_answering(settings: Settings) -> None:
    """One bad file must not take the service down."""
    database = Database(open_engine(settings.database_url))
    prepare(settings, database, now=NOW)
    file = next(settings.procedures_dir.glob("can-cuoc/*.yaml"))
    good = file.read_text()
    file.write_text(good.replace("title:", "tittle:"))
    reader = prepare(settings, database, now=NOW)
    with database.transaction() as session:
        knowledge = reader.current(session)
    assert knowledge.revision == 1
    assert file.stem in knowledge.catalogue.procedures
    database.close()


def test_a_changed_file_becomes_the_next_revision(settings: Settings) -> None:
    database = Database(open_engine(settings.database_url))
    prepare(settings, database, now=NOW)
    file = next(settings.procedures_dir.glob("can-cuoc/*.yaml"))
    file.write_text(file.read_text().replace("title: ", "title: Thử ", 1))
    reader = prepare(settings, database, now=NOW)
    with database.transaction() as session:
        knowledge = reader.current(session)
    assert knowledge.revision == 2
    assert knowledge.catalogue.procedures[file.stem].title.startswith("Thử ")
    database.close()


def test_nothing_to_answer_with_refuses_to_start(settings: Settings) -> None:
    database = Database(open_engine(settings.database_url))
    file = next(settings.procedures_dir.glob("can-cuoc/*.yaml"))
    file.write_text("id: x\n")
    with pytest.raises(CatalogueError, match="motcua catalogue check"):
        prepare(settings, database, now=NOW)
    database.close()
