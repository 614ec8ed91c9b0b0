"""Logging for the whole process. The token is in every URL to Telegram, so it is taken out here, last."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from typing import Any

# No word boundary before the digits: in a URL the token follows "bot" without a gap.
TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{8,}")
REDACTED = "[token]"


class RedactingFormatter(logging.Formatter):
    """Redacts the finished line, so that messages, arguments and tracebacks are all covered."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, REDACTED)
        return TOKEN.sub(REDACTED, line)


def frames(error: BaseException) -> str:
    """Where it happened, without the exception's text: that may hold a citizen's words."""
    return "".join(traceback.format_tb(error.__traceback__))


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """The last words of a process go through the same redaction as all others."""
    logging.getLogger(__name__).critical("uncaught", exc_info=(kind, error, trace))


def set_up(*, secrets: tuple[str, ...] = (), level: int = logging.INFO) -> None:
    """One handler on the root; libraries that log URLs or every request are kept quiet."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(secrets))
    sys.excepthook = _log_uncaught
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "aiohttp.access", "uvicorn.access", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
