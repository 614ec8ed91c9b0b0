"""Methods of what people see before they write: menu of commands, name, descriptions."""

import re

import msgspec

from bot.rehearsal.methods.registry import Call, Request, method
from bot.rehearsal.refusals import Json, bad_request

COMMANDS_LIMIT = 100
TEXT_LIMITS = {"name": 64, "description": 512, "short_description": 120}


class BotCommand(msgspec.Struct, forbid_unknown_fields=True):
    """One line of the menu."""

    command: str
    description: str


class CommandScope(Request, kw_only=True):
    """For whom a menu is."""

    scope: Json | None = None
    language_code: str = ""


class SetMyCommands(CommandScope, kw_only=True):
    """https://core.telegram.org/bots/api#setmycommands"""

    commands: list[BotCommand]


class GetMyCommands(CommandScope, kw_only=True):
    """https://core.telegram.org/bots/api#getmycommands"""


class DeleteMyCommands(CommandScope, kw_only=True):
    """https://core.telegram.org/bots/api#deletemycommands"""


class SetMyName(Request, kw_only=True):
    """https://core.telegram.org/bots/api#setmyname"""

    name: str = ""
    language_code: str = ""


class GetMyName(Request, kw_only=True):
    """https://core.telegram.org/bots/api#getmyname"""

    language_code: str = ""


class SetMyDescription(Request, kw_only=True):
    """https://core.telegram.org/bots/api#setmydescription"""

    description: str = ""
    language_code: str = ""


class GetMyDescription(Request, kw_only=True):
    """https://core.telegram.org/bots/api#getmydescription"""

    language_code: str = ""


class SetMyShortDescription(Request, kw_only=True):
    """https://core.telegram.org/bots/api#setmyshortdescription"""

    short_description: str = ""
    language_code: str = ""


class GetMyShortDescription(Request, kw_only=True):
    """https://core.telegram.org/bots/api#getmyshortdescription"""

    language_code: str = ""


@method(SetMyCommands)
def set_my_commands(call: Call, r: SetMyCommands) -> bool:
    """The menu for one scope and language."""
    if len(r.commands) > COMMANDS_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for one in r.commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", one.command.lstrip("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(one.description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    call.world.state.commands[_scope_key(call, r)] = [
        {"command": one.command.lstrip("/"), "description": one.description} for one in r.commands
    ]
    return True


@method(GetMyCommands)
def get_my_commands(call: Call, r: GetMyCommands) -> list[Json]:
    """The menu of exactly this scope and language."""
    return call.world.state.commands.get(_scope_key(call, r), [])


@method(DeleteMyCommands)
def delete_my_commands(call: Call, r: DeleteMyCommands) -> bool:
    """No menu of its own for this scope and language."""
    call.world.state.commands.pop(_scope_key(call, r), None)
    return True


def _scope_key(call: Call, r: CommandScope) -> str:
    scope = r.scope or {"type": "default"}
    needs = {
        "default": set(),
        "all_private_chats": set(),
        "all_group_chats": set(),
        "all_chat_administrators": set(),
        "chat": {"chat_id"},
        "chat_administrators": {"chat_id"},
        "chat_member": {"chat_id", "user_id"},
    }.get(scope.get("type", ""))
    if needs is None or needs != scope.keys() - {"type"}:
        raise bad_request("can't parse BotCommandScope: wrong type or fields")
    if "chat_id" in needs:
        call.world.chat_for_bot(scope["chat_id"])
    return f"{msgspec.json.encode(scope, order='deterministic').decode()} {r.language_code}"


@method(SetMyName)
def set_my_name(call: Call, r: SetMyName) -> bool:
    """The name shown above the chat."""
    return _set_text(call, "name", r.name, r.language_code)


@method(GetMyName)
def get_my_name(call: Call, r: GetMyName) -> Json:
    """The name shown above the chat."""
    return {"name": _text(call, "name", r.language_code) or call.world.bot.first_name}


@method(SetMyDescription)
def set_my_description(call: Call, r: SetMyDescription) -> bool:
    """What an empty chat shows."""
    return _set_text(call, "description", r.description, r.language_code)


@method(GetMyDescription)
def get_my_description(call: Call, r: GetMyDescription) -> Json:
    """What an empty chat shows."""
    return {"description": _text(call, "description", r.language_code)}


@method(SetMyShortDescription)
def set_my_short_description(call: Call, r: SetMyShortDescription) -> bool:
    """What the profile shows."""
    return _set_text(call, "short_description", r.short_description, r.language_code)


@method(GetMyShortDescription)
def get_my_short_description(call: Call, r: GetMyShortDescription) -> Json:
    """What the profile shows."""
    return {"short_description": _text(call, "short_description", r.language_code)}


def _set_text(call: Call, what: str, text: str, language: str) -> bool:
    if len(text) > TEXT_LIMITS[what]:
        raise bad_request(f"{what.replace('_', ' ')} is too long")
    call.world.state.texts[f"{what} {language}"] = text
    return True


def _text(call: Call, what: str, language: str) -> str:
    texts = call.world.state.texts
    return texts.get(f"{what} {language}") or texts.get(f"{what} ", "")
