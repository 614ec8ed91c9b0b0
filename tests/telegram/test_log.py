"""The token opens everything: it stands in no line of the log, whatever failed and wherever."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import aiohttp
import pytest
from telegram.error import NetworkError, TimedOut

from bot import log
from bot.telegram.transport import AiohttpRequest, Updates

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_0123456"
URL = f"https://api.telegram.org/bot{TOKEN}/sendMessage"
FILE = f"https://api.telegram.org/file/bot{TOKEN}/photos/1.jpg"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    log.set_up()
    written = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.handlers[:], root.level = before, level


@pytest.mark.parametrize("text", [URL, FILE, TOKEN, f"token={TOKEN}", f"('{TOKEN}',)"])
def test_a_token_is_taken_out_of_any_text(lines: io.StringIO, text: str) -> None:
    """Also without being told the token: it is known by its shape."""
    logging.getLogger("x").warning("failed: %s", text)
    assert "[token]" in lines.getvalue()
    assert "AAF-abc" not in lines.getvalue()


def test_tracebacks_with_their_causes_are_covered(lines: io.StringIO) -> None:
    try:
        try:
            raise aiohttp.InvalidURL(URL)
        except aiohttp.InvalidURL as error:
            raise RuntimeError(f"while asking {FILE}") from error
    except RuntimeError:
        logging.getLogger("x").exception("sender")
    written = lines.getvalue()
    assert "Traceback" in written
    assert "InvalidURL" in written
    assert "AAF-abc" not in written


def test_a_secret_without_the_shape_of_a_token_is_named(lines: io.StringIO) -> None:
    log.set_up(secrets=("mot-cua-2026",))
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(lines)
    logging.getLogger("x").error("wrong: mot-cua-2026")
    assert lines.getvalue().endswith("wrong: [token]\n")


@pytest.mark.parametrize("line", ["12:34:56 tick", "http://127.0.0.1:8080/telegram", "HT-0001: a"])
def test_what_is_no_token_stays(lines: io.StringIO, line: str) -> None:
    logging.getLogger("x").info(line)
    assert line in lines.getvalue()


def test_frames_tell_where_and_nothing_else() -> None:
    """A citizen's words in an exception do not reach the log of a failed update."""
    words = "số nhà 12"
    try:
        raise ValueError(words)
    except ValueError as error:
        told = log.frames(error)
    assert "test_log.py" in told
    assert words not in told


async def test_an_address_where_nobody_listens_means_nothing_was_sent(unused: str) -> None:
    request = AiohttpRequest()
    await request.initialize()
    with pytest.raises(NetworkError) as caught:
        await request.post(f"{unused}/bot{TOKEN}/sendMessage")
    await request.shutdown()
    assert not isinstance(caught.value, TimedOut)
    assert TOKEN not in repr(caught.value)
    assert caught.value.__cause__ is None


async def test_polling_where_nobody_listens_does_not_quote_the_token(unused: str) -> None:
    source = Updates(unused, TOKEN)
    await source.open()
    with pytest.raises(NetworkError) as caught:
        await source.get(0, ("message",))
    await source.close()
    assert TOKEN not in repr(caught.value)
