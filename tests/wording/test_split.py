"""A text over Telegram's limit arrives whole, in valid pieces."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.rehearsal.markup import parse_html
from bot.wording.split import MARKUP_LIMIT, TEXT_LIMIT, split_html, utf16_length, visible_length

TAGS = ("b", "i", "code", "blockquote")
words = st.text(st.sampled_from("ăâ đêơư hồ sơ 😀🏠<>&\"'.,\n"), min_size=1, max_size=40)
escaped = words.map(html.escape)


def _wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tagged = st.tuples(st.sampled_from(TAGS), inner).map(lambda t: f"<{t[0]}>{t[1]}</{t[0]}>")
    linked = inner.map(lambda text: f'<a href="https://a.vn/?x=1&amp;y=2">{text}</a>')
    return st.one_of(tagged, linked, st.lists(inner, min_size=1, max_size=4).map("".join))


markup = st.lists(
    st.recursive(escaped, _wrapped, max_leaves=6), min_size=1, max_size=12
).map("\n\n".join)  # fmt: skip


def seen(text: str) -> str:
    """What a person reads, without the white space that a cut may take away."""
    return "".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


def open_tags(part: str) -> list[str]:
    """Tags that are opened and not closed, or closed and not opened; none when it is balanced."""
    opened: list[str] = []
    for closing, name in re.findall(r"<(/?)([a-z]+)[^>]*>", part):
        if not closing:
            opened.append(name)
        elif opened and opened[-1] == name:
            opened.pop()
        else:
            opened.append(f"/{name}")
    return opened


def check_parts(text: str, limit: int) -> None:
    parts = split_html(text, limit=limit)
    assert [part for part in parts if visible_length(part) > limit] == []
    assert [open_tags(part) for part in parts if open_tags(part)] == []
    if len(parts) > 1:
        assert [part for part in parts if not seen(part)] == []  # Telegram refuses an empty text
    assert "".join(seen(part) for part in parts) == seen(text)
    for part in parts:
        # What is left without tags and entities holds no half of either.
        rest = re.sub(r"<[^<>]+>|&(?:[a-z]+|#\w+);", "", part)
        assert not re.search(r"[<>&]", rest)


@settings(deadline=None)
@given(markup, st.integers(20, 200))
@example("<b>" + "a" * 100 + "</b>", 20)
@example("&amp;" * 50, 20)
@example("<b>" + "a" * 20 + " </b>", 20)
@example("<a href='https://a.vn'>" + "😀" * 40 + "</a>", 21)
def test_every_part_fits_is_valid_and_nothing_is_lost(text: str, limit: int) -> None:
    check_parts(text, limit)


@pytest.mark.parametrize(
    "text",
    [
        "một hai ba bốn. " * 900,
        "😀" * 5000,
        "<b>" + "hồ sơ\n" * 3000 + "</b>",
        "\n\n".join(f"<b>Mục {i}</b>\n{'giấy tờ &amp; bản sao ' * 30}" for i in range(40)),
        "<i>x</i> " * 3000,
        "&lt;" * 9000,
    ],
)
def test_long_texts_pass_the_parser_of_the_stand_in(text: str) -> None:
    """The real limits: each part is accepted as Telegram's HTML and is one message."""
    parts = split_html(text)
    check_parts(text, TEXT_LIMIT)
    for part in parts:
        shown, _entities = parse_html(part)
        assert 0 < utf16_length(shown) <= TEXT_LIMIT
        assert len(part) <= MARKUP_LIMIT + 100


def test_what_fits_is_left_alone() -> None:
    assert split_html("<b>a</b>\n\nb ") == ["<b>a</b>\n\nb "]
