"""What may stand under a message: inline keyboards, and the keyboards of the type box."""

from typing import Any, TypeVar

import msgspec

from bot.rehearsal.refusals import Json, bad_request

BUTTON_DATA_BYTES = 64
BUTTONS_PER_ROW = 8
BUTTONS = 100

Shape = TypeVar("Shape", bound=msgspec.Struct)


class _Strict(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class InlineButton(_Strict, kw_only=True):
    """A button under a message; exactly one of the fields after `text` says what it does."""

    text: str
    callback_data: str | None = None
    url: str | None = None
    switch_inline_query: str | None = None
    switch_inline_query_current_chat: str | None = None
    copy_text: dict[str, str] | None = None
    web_app: dict[str, str] | None = None
    style: str | None = None
    icon_custom_emoji_id: str | None = None


class InlineKeyboard(_Strict, kw_only=True):
    """Buttons under a message."""

    inline_keyboard: list[list[InlineButton]]


class ReplyButton(_Strict, kw_only=True):
    """A button in place of the person's keyboard."""

    text: str
    request_contact: bool = False
    request_location: bool = False
    style: str | None = None
    icon_custom_emoji_id: str | None = None


class ReplyKeyboard(_Strict, kw_only=True):
    """Buttons in place of the person's keyboard."""

    keyboard: list[list[ReplyButton | str]]
    is_persistent: bool = False
    resize_keyboard: bool = False
    one_time_keyboard: bool = False
    input_field_placeholder: str | None = None
    selective: bool = False


class RemoveKeyboard(_Strict, kw_only=True):
    """Takes the person's special keyboard away."""

    remove_keyboard: bool
    selective: bool = False


class ForceReply(_Strict, kw_only=True):
    """Opens a reply to this message at the person's side."""

    force_reply: bool
    input_field_placeholder: str | None = None
    selective: bool = False


ACTIONS = (
    "callback_data",
    "url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
    "web_app",
)


def read_inline(markup: Json | None) -> Json | None:
    """The inline keyboard as messages carry it, None when there is nothing to show."""
    if not markup:
        return None
    keyboard = _convert(markup, InlineKeyboard)
    rows = [row for row in keyboard.inline_keyboard if row]
    for row in rows:
        for button in row:
            _check(button)
    # Telegram folds longer rows and cuts longer keyboards without a word; a bot that counts on
    # that shows its people something else than it meant, so it is refused here.
    if any(len(row) > BUTTONS_PER_ROW for row in rows):
        raise bad_request("inline keyboard row is too long")
    if sum(map(len, rows)) > BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": msgspec.to_builtins(rows)} if rows else None


def read_any(markup: Json | None) -> tuple[Json | None, Json | None]:
    """The inline keyboard and the type box's keyboard that a new message brings."""
    if not markup:
        return None, None
    if "inline_keyboard" in markup:
        return read_inline(markup), None
    shapes: dict[str, type[msgspec.Struct]] = {
        "keyboard": ReplyKeyboard,
        "remove_keyboard": RemoveKeyboard,
        "force_reply": ForceReply,
    }
    for key, shape in shapes.items():
        if key in markup:
            return None, msgspec.to_builtins(_convert(markup, shape))
    raise bad_request("object expected as reply markup")


def _convert(markup: Any, shape: type[Shape]) -> Shape:
    try:
        return msgspec.convert(markup, shape)
    except msgspec.ValidationError as error:
        raise bad_request(f"can't parse reply keyboard markup JSON object: {error}") from None


def _check(button: InlineButton) -> None:
    if not button.text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    actions = [name for name in ACTIONS if getattr(button, name) is not None]
    if len(actions) != 1:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    data = button.callback_data
    if data is not None and not 1 <= len(data.encode()) <= BUTTON_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if button.url is not None and not button.url.startswith(("http://", "https://", "tg://")):
        raise bad_request("BUTTON_URL_INVALID")
