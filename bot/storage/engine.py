"""The database: opened, migrated, one transaction a service. All SQLite-only words stand here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, event
from sqlmodel import Session, create_engine

T = TypeVar("T")
MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_TIMEOUT_MS = 10_000  # another process may hold SQLite's one write lock: `motcua` commands do
POSTGRESQL_THREADS = 8


def open_engine(url: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql+psycopg://…`."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    # hide_parameters: an error's text must not carry a citizen's words into the log.
    engine = create_engine(url, connect_args={"check_same_thread": False}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Python's driver would begin transactions by its own rules: we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: Telegram is told "received" right after commit, so a commit must survive a power cut.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    # A transaction that reads first and writes later would fail with "database is locked" halfway.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def migrate(engine: Engine) -> None:
    """Brings the database to the newest shape; makes it if there is none."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


class Database:
    """Runs services: each call is one transaction, committed when the service returns.

    SQLite has one writer, so one thread serves it and nobody waits for a lock; PostgreSQL gets several.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        is_sqlite = engine.dialect.name == "sqlite"
        self._threads = ThreadPoolExecutor(
            1 if is_sqlite else POSTGRESQL_THREADS, thread_name_prefix="database"
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back when the block raises."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def call(self, service: Callable[[Session], T]) -> T:
        """`service(session)` in one transaction, in this thread."""
        with self.transaction() as session:
            return service(session)

    async def run(self, service: Callable[[Session], T]) -> T:
        """`service(session)` in one transaction, in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.call, service)

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        self.engine.dispose()
