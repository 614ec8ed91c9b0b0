"""Cuts a text at Telegram's limits: 4096 UTF-16 units of what is seen, never inside a tag."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

TEXT_LIMIT = (
    4096  # telegram.constants.MessageLimit.MAX_TEXT_LENGTH; this floor does not import telegram
)
MARKUP_LIMIT = 9000  # Telegram also limits the markup's size (tdlib/telegram-bot-api #374)
TOKEN = re.compile(r"<[^>]+>|&[#\w]+;|\n+|[^<&\s]+|[^\S\n]+|[<&]")


def utf16_length(text: str) -> int:
    """How long Telegram thinks a text is: letters beyond the basic plane count twice."""
    return len(text.encode("utf-16-le")) // 2


def visible_length(markup: str) -> int:
    """The length of an HTML text as Telegram counts it, after its tags are taken out."""
    return utf16_length(html.unescape(re.sub(r"<[^>]+>", "", markup)))


def split_html(markup: str, *, limit: int = TEXT_LIMIT) -> list[str]:
    """The text in as few messages as need be, cut between blocks, else lines, else words.

    A tag that is open at a cut is closed before it and opened again after it.
    """
    if visible_length(markup) <= limit and len(markup) <= MARKUP_LIMIT:
        return [markup]
    for separator in ("\n\n", "\n"):
        parts = _pack(_blocks(markup, separator), separator, limit)
        if all(visible_length(part) <= limit for part in parts):
            return parts
    return _cut_words(markup, limit)


def _blocks(markup: str, separator: str) -> Iterator[str]:
    """Pieces between separators; a separator inside an open tag does not count."""
    held: list[str] = []
    for piece in markup.split(separator):
        held.append(piece)
        block = separator.join(held)
        if not _open_tags(block):
            yield block
            held = []
    if held:
        yield separator.join(held)


def _pack(blocks: Iterator[str], separator: str, limit: int) -> list[str]:
    parts: list[str] = []
    for block in blocks:
        longer = f"{parts[-1]}{separator}{block}" if parts else block
        if parts and visible_length(longer) <= limit and len(longer) <= MARKUP_LIMIT:
            parts[-1] = longer
        else:
            parts.append(block)
    return [part.strip() for part in parts if _has_text(part)]


def _has_text(markup: str) -> bool:
    """A message of tags and blanks only is refused by Telegram."""
    return bool(html.unescape(re.sub(r"<[^>]+>", "", markup)).strip())


def _open_tags(markup: str) -> list[str]:
    """The tags (as written) that are opened and not closed."""
    opened: list[str] = []
    for tag in re.findall(r"<[^>]+>", markup):
        if not tag.startswith("</"):
            opened.append(tag)
        elif opened:
            opened.pop()
    return opened


def _closing(tags: list[str]) -> str:
    return "".join(f"</{re.split(r'[ >]', tag[1:])[0]}>" for tag in reversed(tags))


def _cut_words(markup: str, limit: int) -> list[str]:
    parts: list[str] = []
    part, seen = "", 0  # counted as it grows: 4,000 times "&" took seconds otherwise
    for token in _short_tokens(markup, limit):
        size = visible_length(token)
        if seen + size > limit or len(part) + len(token) > MARKUP_LIMIT:
            tags = _open_tags(part)
            parts.append(part.rstrip() + _closing(tags))
            token = token.lstrip()
            part, seen = "".join(tags) + token, visible_length(token)
        else:
            part, seen = part + token, seen + size
    return [p for p in (*parts, part) if _has_text(p)]


def _short_tokens(markup: str, limit: int) -> Iterator[str]:
    """Tags, entities and words; a word longer than a message is cut by force."""
    for token in TOKEN.findall(markup):
        if token[0] in "<&" or utf16_length(token) <= limit:
            yield token
        else:
            size = limit // 2  # safe even if every letter counts twice
            yield from (token[i : i + size] for i in range(0, len(token), size))
