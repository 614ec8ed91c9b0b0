"""Methods of the bot's own account: who it is, what its menu offers, where updates go."""

import re
from urllib.parse import urlsplit

import msgspec

from bot.rehearsal.methods.registry import Call, Request, method
from bot.rehearsal.refusals import QUERY_TOO_OLD, Json, bad_request
from bot.rehearsal.state import Webhook
from bot.rehearsal.world import as_user

LOCAL_HOSTS = {"127.0.0.1", "localhost"}
COMMANDS_LIMIT = 100
INLINE_RESULTS_LIMIT = 50
TEXT_LIMITS = {"name": 64, "description": 512, "short_description": 120}


class GetMe(Request, kw_only=True):
    """https://core.telegram.org/bots/api#getme"""


class LogOut(Request, kw_only=True):
    """https://core.telegram.org/bots/api#logout"""


class Close(Request, kw_only=True):
    """https://core.telegram.org/bots/api#close"""


class GetUpdates(Request, kw_only=True):
    """https://core.telegram.org/bots/api#getupdates"""

    offset: int = 0
    limit: int = 100
    timeout: float = 0
    allowed_updates: list[str] | None = None


class SetWebhook(Request, kw_only=True):
    """https://core.telegram.org/bots/api#setwebhook"""

    url: str
    ip_address: str | None = None
    max_connections: int = 40
    allowed_updates: list[str] | None = None
    drop_pending_updates: bool = False
    secret_token: str | None = None


class DeleteWebhook(Request, kw_only=True):
    """https://core.telegram.org/bots/api#deletewebhook"""

    drop_pending_updates: bool = False


class GetWebhookInfo(Request, kw_only=True):
    """https://core.telegram.org/bots/api#getwebhookinfo"""


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


class AnswerInlineQuery(Request, kw_only=True):
    """https://core.telegram.org/bots/api#answerinlinequery"""

    inline_query_id: str
    results: list[Json]
    cache_time: int = 300
    is_personal: bool = False
    next_offset: str = ""
    button: Json | None = None


@method(GetMe)
def get_me(call: Call, r: GetMe) -> Json:
    """Who the bot is."""
    return as_user(call.world.bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method(LogOut)
def log_out(call: Call, r: LogOut) -> bool:
    """Leave the cloud for a local server; here it only takes the webhook away."""
    call.world.state.webhook = Webhook()
    return True


@method(Close)
def close(call: Call, r: Close) -> bool:
    """The server forgets its connection; here there is none to forget."""
    return True


@method(GetUpdates)
async def get_updates(call: Call, r: GetUpdates) -> msgspec.Raw:
    """What happened, from `offset` on; waits up to `timeout` seconds for something to happen."""
    call.world.updates.allow(r.allowed_updates)
    waiting = await call.world.updates.poll(r.offset, r.limit, r.timeout)
    return msgspec.Raw(b"[" + b",".join(bytes(one.raw) for one in waiting) + b"]")


@method(SetWebhook)
def set_webhook(call: Call, r: SetWebhook) -> bool:
    """Push updates to an address on this machine; plain http is fine here."""
    state = call.world.state
    if r.url and (urlsplit(r.url).hostname or "") not in LOCAL_HOSTS:
        raise bad_request("bad webhook: the rehearsal pushes to 127.0.0.1 only")
    if r.secret_token and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", r.secret_token):
        raise bad_request("secret token contains unallowed characters")
    if not 1 <= r.max_connections <= 100:
        raise bad_request("max_connections must be between 1 and 100")
    if r.drop_pending_updates:
        call.world.updates.drop()
    call.world.updates.allow(r.allowed_updates)
    state.webhook = Webhook(
        url=r.url, secret_token=r.secret_token, max_connections=r.max_connections
    )
    call.world.updates.webhook_changed()
    return True


@method(DeleteWebhook)
def delete_webhook(call: Call, r: DeleteWebhook) -> bool:
    """Back to getUpdates."""
    if r.drop_pending_updates:
        call.world.updates.drop()
    call.world.state.webhook = Webhook()
    return True


@method(GetWebhookInfo)
def get_webhook_info(call: Call, r: GetWebhookInfo) -> Json:
    """Where updates go and what last went wrong there."""
    state = call.world.state
    info: Json = {
        "url": state.webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(state.updates),
    }
    if state.webhook.url:
        info["max_connections"] = state.webhook.max_connections
    if state.webhook.last_error_date:
        info["last_error_date"] = state.webhook.last_error_date
        info["last_error_message"] = state.webhook.last_error_message
    if state.allowed_updates:
        info["allowed_updates"] = state.allowed_updates
    return info


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


@method(AnswerInlineQuery)
def answer_inline_query(call: Call, r: AnswerInlineQuery) -> bool:
    """What somebody sees who types the bot's name in another chat."""
    world = call.world
    query = world.state.inlines.get(r.inline_query_id)
    if query is None or world.now() - query.born > world.state.settings.callback_deadline:
        raise bad_request(QUERY_TOO_OLD)
    if len(r.results) > INLINE_RESULTS_LIMIT:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [str(one.get("id", "")) for one in r.results]
    if len({*ids}) != len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    if any(not 1 <= len(one.encode()) <= 64 for one in ids):
        raise bad_request("RESULT_ID_INVALID")
    if any(not isinstance(one.get("type"), str) for one in r.results):
        raise bad_request("can't parse inline query result: type is required")
    query.answered, query.results, query.button = True, r.results, r.button
    world.tell("inline", {"id": query.id})
    return True
