"""Requests to Telegram over aiohttp: a third of the CPU of python-telegram-bot's stock transport.

The stock one (httpx) rescans its pool for every request and looks for a package that is not there
(encode/httpcore PR #1103, encode/httpx #3215). The URL holds the token, so it is never logged.
"""

from __future__ import annotations

import os
from typing import Any

import aiohttp
import msgspec
from telegram import Bot
from telegram.error import InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

# Not exported, though no `RequestData` can be made without it.
from telegram.request._requestparameter import RequestParameter

from bot.errors import SettingsError
from bot.settings import Settings

# `retry_after` is a timedelta from here on: the library's next default, and it warns until then.
os.environ.setdefault("PTB_TIMEDELTA", "1")

CONNECTIONS = 64
READ_TIMEOUT = 20.0  # seconds
WRITE_MEDIA_TIMEOUT = 60.0
CONNECT_TIMEOUT = 10.0
LONG_POLL = 25  # seconds Telegram may hold getUpdates when nothing happens


class AiohttpRequest(BaseRequest):
    """The transport of python-telegram-bot's `Bot`, on one aiohttp session."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return READ_TIMEOUT

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        try:
            return msgspec.json.decode(payload)
        except msgspec.DecodeError as error:
            raise TelegramError("Invalid server response") from error

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body; raises `NetworkError` if nothing left us, `TimedOut` if it may have."""
        if self._session is None:
            raise RuntimeError("this request object is not initialised")
        has_files = request_data is not None and request_data.contains_files
        write = WRITE_MEDIA_TIMEOUT if has_files else 0.0
        timeout = aiohttp.ClientTimeout(
            total=_given(read_timeout, READ_TIMEOUT)
            + _given(write_timeout, write)
            + CONNECT_TIMEOUT,
            sock_connect=_given(connect_timeout, CONNECT_TIMEOUT),
        )
        try:
            async with self._session.request(
                method, url, data=_body(request_data), timeout=timeout
            ) as response:
                return response.status, await response.read()
        # `from None`: the error's text holds the URL, and the URL holds the token.
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NetworkError(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TimedOut(type(error).__name__) from None


def _given(value: Any, default: float) -> float:
    return default if value is BaseRequest.DEFAULT_NONE or value is None else float(value)


def _body(data: RequestData | None) -> Any:
    if data is None:
        return None
    if not data.contains_files:
        return data.json_parameters
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form


class Updates:
    """getUpdates by hand: raw updates, and an offset that moves only when we say so."""

    def __init__(self, api: str, token: str) -> None:
        self._url = f"{api}/bot{token}/getUpdates"
        self._request = AiohttpRequest()

    async def open(self) -> None:
        await self._request.initialize()

    async def close(self) -> None:
        await self._request.shutdown()

    async def get(self, offset: int, allowed: tuple[str, ...]) -> list[dict[str, Any]]:
        """Waits for the next updates; raises python-telegram-bot's errors. Offset 0: the oldest."""
        wanted = {"timeout": LONG_POLL, "offset": offset, "allowed_updates": allowed}
        data = RequestData([RequestParameter.from_input(*field) for field in wanted.items()])
        found: Any = await self._request.post(
            self._url, data, read_timeout=LONG_POLL + READ_TIMEOUT
        )
        return list(found)


def make_bot(settings: Settings) -> Bot:
    """python-telegram-bot's `Bot` with our transport; `SettingsError` without a usable token."""
    token = settings.token.get_secret_value()
    if not token:
        raise SettingsError("MOTCUA_TOKEN is not set; get one from @BotFather, see .env.example")
    try:
        return Bot(
            token,
            base_url=f"{settings.telegram_api}/bot",
            base_file_url=f"{settings.telegram_api}/file/bot",
            request=AiohttpRequest(),
            get_updates_request=AiohttpRequest(),
        )
    except InvalidToken as error:
        raise SettingsError("MOTCUA_TOKEN does not look like a token (12345:ABC…)") from error
