"""The page stands on its own: no addresses from elsewhere, live events, nobody's HTML."""

import asyncio
import json
import re
from pathlib import Path

import aiohttp

from bot.rehearsal.people import People
from bot.rehearsal.stage import STATIC


async def test_the_page_and_its_files_are_served(base_url: str) -> None:
    async with aiohttp.ClientSession(base_url) as session:
        for path, kind in (
            ("/", "text/html"),
            ("/stage.css", "text/css"),
            ("/stage.js", "text/javascript"),
        ):
            async with session.get(path) as response:
                assert (response.status, response.content_type) == (200, kind)
        async with session.get("/") as response:
            assert "default-src 'self'" in response.headers["Content-Security-Policy"]


def test_nothing_comes_from_elsewhere() -> None:
    for file in (Path(STATIC / name) for name in ("stage.html", "stage.css", "stage.js")):
        assert not re.search(r"https?://|//cdn|@import|url\(", file.read_text())


def test_every_field_of_the_page_has_a_name() -> None:
    html = (STATIC / "stage.html").read_text()
    for field in re.findall(r"<(?:input|textarea|select)[^>]*>", html):
        name = re.search(r'id="([\w-]+)"', field)
        assert name, field
        wrapped = re.search(rf'<label[^>]*>[^<]*<select id="{name[1]}"', html)
        assert f'for="{name[1]}"' in html or wrapped, field
    for button in re.findall(r"<button[^>]*>[^<]{0,2}</button>", html):
        assert "aria-label" in button


async def test_events_carry_whole_lines_and_escape_people(base_url: str, people: People) -> None:
    async with (
        aiohttp.ClientSession(base_url) as session,
        session.get("/events") as response,
    ):
        assert response.content_type == "text/event-stream"
        await response.content.readuntil(b"\n\n")
        await (await people.citizen("Bà Lài")).says("<b>không đậm</b> & <script>")
        raw = await asyncio.wait_for(response.content.readuntil(b"\n\n"), 5)
    event, data = raw.decode().strip().split("\n")
    line = json.loads(data.removeprefix("data: "))
    assert event == "event: message"
    assert line["html"] == "&lt;b&gt;không đậm&lt;/b&gt; &amp; &lt;script&gt;"
