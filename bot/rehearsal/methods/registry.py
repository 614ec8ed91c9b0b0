"""Where the methods are entered, and how their parameters are read.

A parameter that a method does not have is refused: Telegram ignores it, and the mistake would
be found by a citizen.
"""

import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

from bot.rehearsal.refusals import Json, bad_request
from bot.rehearsal.world import World


class Request(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The parameters of one method; the class is named like the method."""


class Upload(msgspec.Struct):
    """A file in a multipart request."""

    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True)
class Call:
    """What a method needs besides its parameters."""

    world: World
    files: Mapping[str, Upload] = field(default_factory=dict)


Handler = Callable[[Call, Any], Any]
AnyRequest = TypeVar("AnyRequest", bound=Request)


class Method(msgspec.Struct, frozen=True):
    """One entry of the table."""

    name: str
    shape: type[Request]
    run: Handler
    texts: frozenset[str]


METHODS: dict[str, Method] = {}


def method(
    shape: type[AnyRequest],
) -> Callable[[Callable[[Call, AnyRequest], Any]], Callable[[Call, AnyRequest], Any]]:
    """Enter a function as the Bot API method that its request class is named after."""

    def enter(run: Callable[[Call, AnyRequest], Any]) -> Callable[[Call, AnyRequest], Any]:
        name = shape.__name__[0].lower() + shape.__name__[1:]
        texts = frozenset(f.name for f in msgspec.structs.fields(shape) if _is_text(f.type))
        METHODS[name.lower()] = Method(name, shape, run, texts)
        return run

    return enter


def _is_text(kind: Any) -> bool:
    options = get_args(kind) if get_origin(kind) in {Union, types.UnionType} else (kind,)
    return {*options} <= {str, types.NoneType}


def read_request(entry: Method, params: Json) -> Any:
    """The typed parameters; text where something else is meant is read as JSON, as in forms."""
    read = {name: _value(entry, name, value) for name, value in params.items()}
    try:
        return msgspec.convert(read, entry.shape)
    except msgspec.ValidationError as error:
        raise bad_request(_sentence(str(error))) from None


def _value(entry: Method, name: str, value: Any) -> Any:
    if not isinstance(value, str):
        # A form of PTB writes a number where a text is meant (phone numbers); so do people.
        return str(value) if name in entry.texts and isinstance(value, int) else value
    if name in entry.texts:
        return value
    if name == "chat_id" and not re.fullmatch(r"-?\d+", value):
        return value
    try:
        return msgspec.json.decode(_python_to_json(value).encode())
    except msgspec.DecodeError:
        raise bad_request(f"can't parse {name} JSON object") from None


def _python_to_json(value: str) -> str:
    """Forms come with True as well as true; Telegram takes both."""
    return {"True": "true", "False": "false", "": "null"}.get(value, value)


def _sentence(error: str) -> str:
    missing = re.match(r"Object missing required field `(\w+)`(?! - at)", error)
    if missing:
        return {
            "chat_id": "chat_id is empty",
            "text": "message text is empty",
            "message_id": "message identifier is not specified",
        }.get(missing[1], f'parameter "{missing[1]}" is required')
    unknown = re.match(r"Object contains unknown field `(\w+)`", error)
    if unknown:
        return f'unknown parameter "{unknown[1]}" (refused by the rehearsal, not by Telegram)'
    return f"can't parse parameters: {error}"
