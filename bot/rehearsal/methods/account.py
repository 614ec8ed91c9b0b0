"""Methods of the bot's own account: who it is, where updates go, inline answers."""

import re
from urllib.parse import urlsplit

import msgspec

from bot.rehearsal.methods.registry import Call, Request, method
from bot.rehearsal.refusals import QUERY_TOO_OLD, Json, bad_request
from bot.rehearsal.shapes import as_user
from bot.rehearsal.state import Webhook

LOCAL_HOSTS = {"127.0.0.1", "localhost"}
INLINE_RESULTS_LIMIT = 50


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
