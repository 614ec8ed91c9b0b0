"""Text and entities written as HTML again, for the transcript and the page."""

from collections.abc import Iterable
from html import escape

from bot.rehearsal.refusals import Json

WRITTEN_AS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote expandable",
}


def to_html(text: str, entities: Iterable[Json] = ()) -> str:
    """Text and entities as HTML again, escaped, for the transcript and the page."""
    units = text.encode("utf-16-le", "surrogatepass")
    spans = [(e["offset"], e["offset"] + e["length"], e) for e in entities]
    edges = sorted({0, len(units) // 2, *(s[0] for s in spans), *(s[1] for s in spans)})
    written: list[str] = []
    stack: list[tuple[int, int, Json]] = []
    for here, there in zip(edges, [*edges[1:], edges[-1]], strict=True):
        reopened = _close(stack, here, written)
        opening = sorted((s for s in spans if s[0] == here), key=lambda s: -s[1])
        for span in [*reopened, *opening]:
            written.append(_opening(span[2]))
            stack.append(span)
        piece = units[here * 2 : there * 2].decode("utf-16-le", "surrogatepass")
        written.append(escape(piece))
    return "".join(written)


def _close(
    stack: list[tuple[int, int, Json]], here: int, written: list[str]
) -> list[tuple[int, int, Json]]:
    """Close what ends here, with all that stands above it; returns what must open again."""
    reopened: list[tuple[int, int, Json]] = []
    while any(span[1] <= here for span in stack):
        span = stack.pop()
        written.append(_closing(span[2]))
        if span[1] > here:
            reopened.insert(0, span)
    return reopened


def _opening(entity: Json) -> str:
    kind = entity["type"]
    if kind == "text_link":
        return f'<a href="{escape(entity["url"])}">'
    if kind == "text_mention":
        return f'<a href="tg://user?id={entity["user"]["id"]}">'
    if kind == "custom_emoji":
        return f'<tg-emoji emoji-id="{escape(entity["custom_emoji_id"])}">'
    if kind == "pre" and "language" in entity:
        return f'<pre><code class="language-{escape(entity["language"])}">'
    return f"<{WRITTEN_AS[kind]}>" if kind in WRITTEN_AS else ""


def _closing(entity: Json) -> str:
    kind = entity["type"]
    if kind in {"text_link", "text_mention"}:
        return "</a>"
    if kind == "custom_emoji":
        return "</tg-emoji>"
    if kind == "pre" and "language" in entity:
        return "</code></pre>"
    return f"</{WRITTEN_AS[kind].split()[0]}>" if kind in WRITTEN_AS else ""
