"""One process on one SQLite file: two pollers would fight, two senders would send twice."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from bot.errors import UsageError


@contextmanager
def single_process(url: URL) -> Iterator[None]:
    """Holds the database for this process; `UsageError` when another one holds it.

    The lock dies with the process, also with SIGKILL.
    """
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        yield
        return
    path = Path(f"{url.database}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                f"another motcua runs on {url.database}; stop it, or use PostgreSQL"
            ) from error
        yield
