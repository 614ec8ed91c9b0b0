"""Telegram's HTML, read as strictly as Telegram reads it.

A bot that sends a wrong tag loses the whole answer, so the stand-in must refuse the same tags
with the same sentence and byte offset. The reader follows TDLib's own step by step.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.rehearsal.refusals import Json

SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TAGS = {*SIMPLE, "a", "code", "pre", "blockquote", "tg-emoji"}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,8})|#(\d{1,8})|(lt|gt|amp|quot));?")
NAMED_REFERENCES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
SPECIAL = re.compile("[<&]")
SPACE = " \t\r\n\0\v"


class MarkupError(ValueError):
    """The HTML cannot be read; the sentence is Telegram's."""


def utf16_length(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Plain text and its entities, or `MarkupError`."""
    if "<" not in source and "&" not in source:
        return source, []
    reader = _Reader(source)
    reader.read()
    return "".join(reader.written), _in_order(reader.entities)


@dataclass
class _Open:
    tag: str
    argument: str
    offset: int
    piece: int


@dataclass
class _Reader:
    source: str
    at: int = 0
    length: int = 0
    written: list[str] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def read(self) -> None:
        while self.at < len(self.source):
            if self._here() == "<":
                self._tag()
            elif self._here() == "&":
                self._write(self._reference())
            else:
                self._write(self._skip_plain())
        if self.open:
            raise MarkupError(
                f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"'
            )

    def _here(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""

    def _write(self, text: str) -> None:
        self.written.append(text)
        self.length += utf16_length(text)

    def _byte(self, at: int) -> int:
        return len(self.source[:at].encode())

    def _reference(self) -> str:
        """The character that `&…;` stands for; a lone `&` is itself."""
        match = REFERENCE.match(self.source, self.at)
        character = "&"
        if match:
            hexadecimal, decimal, name = match.groups()
            number = int(hexadecimal, 16) if hexadecimal else int(decimal or 0)
            if name:
                character = NAMED_REFERENCES[name]
            elif not 0 < number <= 0x10FFFF or 0xD800 <= number <= 0xDFFF:
                match = None
            else:
                character = chr(number)
        self.at = match.end() if match else self.at + 1
        return character

    def _tag(self) -> None:
        begin = self.at
        self.at += 1
        if self._here() == "/":
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _skip(self, stop: str) -> str:
        begin = self.at
        while self._here() and self._here() not in stop:
            self.at += 1
        return self.source[begin : self.at]

    def _skip_plain(self) -> str:
        special = SPECIAL.search(self.source, self.at)
        begin, self.at = self.at, special.start() if special else len(self.source)
        return self.source[begin : self.at]

    def _skip_space(self) -> None:
        while self._here() and self._here() in SPACE:
            self.at += 1

    def _start_tag(self, begin: int) -> None:
        tag = self._skip(SPACE + ">").lower()
        if not self._here():
            raise MarkupError(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if tag not in TAGS:
            raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        argument = ""
        while True:
            self._skip_space()
            if self._here() == ">":
                break
            name, value = self._attribute(tag, begin)
            argument = _argument(tag, name, value) or argument
        if tag == "span" and argument != "spoiler":
            raise MarkupError(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}'
            )
        self.at += 1
        self.open.append(_Open(tag, argument, self.length, len(self.written)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str | None]:
        name = self._skip(SPACE + "=>/\"'")
        unclosed = f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}'
        if not name:
            if not self._here():
                raise MarkupError(unclosed)
            raise MarkupError(
                f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(begin)}'
            )
        self._skip_space()
        if not self._here():
            raise MarkupError(unclosed)
        if self._here() != "=":
            return name, None
        self.at += 1
        self._skip_space()
        if not self._here():
            raise MarkupError(unclosed)
        value = self._quoted() if self._here() in "'\"" else self._token()
        if not self._here():
            raise MarkupError(f"Unclosed start tag at byte offset {self._byte(begin)}")
        return name, value

    def _quoted(self) -> str:
        quote = self._here()
        self.at += 1
        value = ""
        while self._here() and self._here() != quote:
            if self._here() == "&":
                value += self._reference()
            else:
                value += self._here()
                self.at += 1
        self.at += 1
        return value

    def _token(self) -> str:
        begin = self.at
        while self._here().isascii() and (self._here().isalnum() or self._here() in (".", "-")):
            self.at += 1
        if self._here() and self._here() not in SPACE + ">":
            raise MarkupError(f"Unexpected end of name token at byte offset {self._byte(begin)}")
        return self.source[begin : self.at].lower()

    def _end_tag(self, begin: int) -> None:
        if not self.open:
            raise MarkupError(f"Unexpected end tag at byte offset {self._byte(begin)}")
        self.at += 1
        tag = self._skip(SPACE + ">")
        self._skip_space()
        if self._here() != ">":
            raise MarkupError(f"Unclosed end tag at byte offset {self._byte(begin)}")
        opened = self.open[-1]
        if tag and tag.lower() != opened.tag:
            raise MarkupError(
                f"Unmatched end tag at byte offset {self._byte(begin)}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        self.at += 1
        self.open.pop()
        if self.length > opened.offset:
            self._add(opened)

    def _add(self, opened: _Open) -> None:
        covered = {"offset": opened.offset, "length": self.length - opened.offset}
        kind: Json | None
        match opened.tag:
            case "a":
                kind = link_entity(opened.argument or "".join(self.written[opened.piece :]))
            case "tg-emoji":
                kind = {"type": "custom_emoji", "custom_emoji_id": opened.argument}
            case "blockquote":
                kind = {"type": "expandable_blockquote" if opened.argument else "blockquote"}
            case "pre" | "code":
                kind = self._code(opened, covered)
            case simple:
                kind = {"type": SIMPLE[simple]}
        if opened.tag in {"pre", "code"}:
            # Nothing may stand inside code; what did was added before it and not earlier.
            self.entities = [e for e in self.entities if e["offset"] < opened.offset]
        if kind:
            # Bold within bold is bold once.
            self.entities = [
                e for e in self.entities if e["offset"] < opened.offset or e["type"] != kind["type"]
            ]
            self.entities.append({**kind, **covered})

    def _code(self, opened: _Open, covered: Json) -> Json:
        """`<pre><code class="language-…">` is one entity, whichever of the two closes last."""
        last = self.entities[-1] if self.entities else {}
        same = all(last.get(key) == value for key, value in covered.items())
        if opened.tag == "pre":
            if same and last["type"] == "code" and "language" in last:
                return {"type": "pre", "language": last["language"]}
            return {"type": "pre"}
        if same and last["type"] == "pre" and opened.argument:
            return {"type": "pre", "language": opened.argument}
        return {"type": "code", **({"language": opened.argument} if opened.argument else {})}


def _argument(tag: str, name: str, value: str | None) -> str:
    if value is None:
        return "1" if (tag, name) == ("blockquote", "expandable") else ""
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case ("code", "class") if value.startswith("language-"):
            return value[9:]
        case ("span", "class") if value.startswith("tg-"):
            return value[3:]
        case _:
            return ""


def link_entity(address: str) -> Json | None:
    """The entity of a link, or None where Telegram silently leaves only the text."""
    mention = re.fullmatch(r"tg://user\?id=(\d+)", address.strip())
    if mention:
        return {"type": "text_mention", "user_id": int(mention[1])}
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in {"http", "https", "tg", "ton"} or re.search(r"\s", address):
        return None
    if parts.scheme in {"http", "https"}:
        if "." not in host.strip("."):
            return None
        return {"type": "text_link", "url": parts._replace(path=parts.path or "/").geturl()}
    return {"type": "text_link", "url": address}


def _in_order(entities: list[Json]) -> list[Json]:
    """Outer before inner; only `pre` may keep a language."""
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    # What closed last encloses what covers the same letters; code is always innermost.
    entities.reverse()
    return sorted(entities, key=lambda e: (e["offset"], -e["length"], e["type"] in {"code", "pre"}))
