"""A plain list of procedures, `{"code", "name"}` a line, to measure the matcher on without a catalogue."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bot.errors import UsageError
from bot.matching.profiles import Entry
from bot.matching.text import words


class Listed(msgspec.Struct):
    code: str
    name: str


def read_names(path: Path) -> list[Entry]:
    """One entry a name; provincial copies of one title are one entry with several codes."""
    codes: dict[tuple[str, ...], list[Listed]] = {}
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    for number, line in enumerate(lines, start=1):
        try:
            listed = msgspec.json.decode(line, type=Listed)
        except msgspec.DecodeError as error:
            raise UsageError(
                f'{path}:{number}: {error}; a line is {{"code": "…", "name": "…"}}'
            ) from error
        codes.setdefault(tuple(word.folded for word in words(listed.name)), []).append(listed)
    return [_entry(copies) for copies in codes.values()]


def _entry(copies: list[Listed]) -> Entry:
    first, *others = copies
    return Entry(
        id=first.code,
        code=first.code,
        title=first.name,
        other_codes=tuple(other.code for other in others),
    )
