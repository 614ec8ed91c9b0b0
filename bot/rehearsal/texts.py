"""Text as Telegram keeps it: parsed, trimmed, measured, with links and commands found."""

import re
from collections.abc import Callable

from bot.rehearsal.markup import MarkupError, link_entity, parse_html, utf16_length
from bot.rehearsal.refusals import Json, Refusal, bad_request

MESSAGE_LIMIT = 4096
CAPTION_LIMIT = 1024
CALLBACK_ANSWER_LIMIT = 200
ENTITIES_LIMIT = 100
FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]])"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w/<>])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/<])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z]\w{3,31})\b"
    r"|(?<!\w)(?P<hashtag>#\w*[^\W\d]\w*)"
)
UNTOUCHED = {"code", "pre", "text_link", "text_mention", "custom_emoji"}

Text = tuple[str, list[Json]]
FindUser = Callable[[int], Json | None]


def read_text(
    source: str,
    *,
    parse_mode: str | None = None,
    entities: list[Json] | None = None,
    limit: int = MESSAGE_LIMIT,
    find_user: FindUser | None = None,
) -> Text:
    """Text and entities as they will be shown; refuses what Telegram refuses."""
    text, given = _parse(source, parse_mode, entities)
    text, given = _trim(text, given)
    given = _with_users(given, find_user)[:ENTITIES_LIMIT]
    if utf16_length(text) > limit:
        raise bad_request(
            "message is too long" if limit == MESSAGE_LIMIT else "message caption is too long"
        )
    return text, with_found(text, given)


def read_message(
    source: str, *, parse_mode: str | None, entities: list[Json] | None, find_user: FindUser
) -> Text:
    """The text of a message, which must not be empty."""
    text = read_text(source, parse_mode=parse_mode, entities=entities, find_user=find_user)
    if not text[0]:
        raise bad_request("message text is empty")
    return text


def _parse(source: str, parse_mode: str | None, entities: list[Json] | None) -> Text:
    if not parse_mode:
        return source, _checked(source, entities or [])
    if parse_mode.lower() != "html":
        # Only HTML is played here; Markdown would be a second reader that the bot never uses.
        raise bad_request("unsupported parse_mode")
    try:
        return parse_html(source)
    except MarkupError as error:
        raise bad_request(f"can't parse entities: {error}") from None


def _checked(text: str, entities: list[Json]) -> list[Json]:
    length = utf16_length(text)
    for entity in entities:
        if not {"type", "offset", "length"} <= entity.keys():
            raise bad_request("can't parse MessageEntity: type, offset and length are required")
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        if not 0 <= begin < end <= length:
            raise bad_request(f"entity beginning at UTF-16 offset {begin} ends after the text")
    kept = [e for e in entities if e["type"] != "text_link" or link_entity(e.get("url", ""))]
    return sorted(kept, key=lambda e: (e["offset"], -e["length"]))


def _with_users(entities: list[Json], find_user: FindUser | None) -> list[Json]:
    """A mention of somebody unknown silently stays plain text, as in Telegram."""
    kept = []
    for entity in entities:
        if "user_id" not in entity:
            kept.append(entity)
        elif find_user and (user := find_user(entity["user_id"])):
            kept.append({**{k: v for k, v in entity.items() if k != "user_id"}, "user": user})
    return kept


def _trim(text: str, entities: list[Json]) -> Text:
    """Space at both ends goes, and with it what only covered space."""
    left = len(text) - len(text.lstrip())
    trimmed = text.strip()
    if len(trimmed) == len(text):
        return text, entities
    length, shift = utf16_length(trimmed), utf16_length(text[:left])
    kept = []
    for entity in entities:
        begin = max(0, entity["offset"] - shift)
        end = min(length, entity["offset"] + entity["length"] - shift)
        if begin < end:
            kept.append({**entity, "offset": begin, "length": end - begin})
    return trimmed, kept


def with_found(text: str, given: list[Json]) -> list[Json]:
    """Adds the commands, links, mentions and hashtags that Telegram finds by itself."""
    if not any(sign in text for sign in "/@#"):
        return given
    found = list(given)
    for match in FOUND.finditer(text):
        entity = {
            "type": match.lastgroup,
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
        }
        if not any(_clashes(entity, other) for other in given):
            found.append(entity)
    return sorted(found, key=lambda e: (e["offset"], -e["length"]))


def _clashes(new: Json, old: Json) -> bool:
    begin, end = new["offset"], new["offset"] + new["length"]
    old_begin, old_end = old["offset"], old["offset"] + old["length"]
    if end <= old_begin or old_end <= begin:
        return False
    nested = (old_begin <= begin and end <= old_end) or (begin <= old_begin and old_end <= end)
    return old["type"] in UNTOUCHED or not nested


def too_long_answer(text: str | None) -> Refusal | None:
    """The refusal of a callback's answer that does not fit, if it does not."""
    if text and utf16_length(text) > CALLBACK_ANSWER_LIMIT:
        return bad_request("MESSAGE_TOO_LONG")
    return None
