"""How Telegram says no.

A refusal carries the code, the sentence and the parameters that Telegram itself would send,
because the bot decides by these sentences what to do next.
"""

from typing import Any

Json = dict[str, Any]


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error of ours
    """An answer `{"ok": false}`: error code, description and, rarely, parameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> Json:
        """What stands in the body of the HTTP answer."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(sentence: str, **parameters: int) -> Refusal:
    """400, the commonest refusal."""
    return Refusal(400, f"Bad Request: {sentence}", **parameters)


def forbidden(sentence: str) -> Refusal:
    """403: the person or the group does not want the bot."""
    return Refusal(403, f"Forbidden: {sentence}")


def too_many_requests(retry_after: int) -> Refusal:
    """429 with the number of seconds that the bot must be silent."""
    return Refusal(
        429, f"Too Many Requests: retry after {retry_after}", retry_after=max(1, retry_after)
    )


def migrated(new_chat_id: int) -> Refusal:
    """The group lives on under another id."""
    return bad_request(
        "group chat was upgraded to a supergroup chat", migrate_to_chat_id=new_chat_id
    )


NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
OTHER_POLLER = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
WEBHOOK_SET = "Conflict: terminated by setWebhook request"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)

# What a fault may be called by name; every sentence is Telegram's own.
NAMED: dict[str, tuple[int, str]] = {
    "blocked": (403, "Forbidden: bot was blocked by the user"),
    "deactivated": (403, "Forbidden: user is deactivated"),
    "kicked": (403, "Forbidden: bot was kicked from the supergroup chat"),
    "not_started": (403, "Forbidden: bot can't initiate conversation with a user"),
    "chat_not_found": (400, "Bad Request: chat not found"),
    "not_modified": (400, f"Bad Request: {NOT_MODIFIED}"),
    "edit_not_found": (400, "Bad Request: message to edit not found"),
    "copy_not_found": (400, "Bad Request: message to copy not found"),
    "cannot_delete": (400, "Bad Request: message can't be deleted for everyone"),
    "too_long": (400, "Bad Request: message is too long"),
    "cannot_parse": (
        400,
        'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0',
    ),
    "thread_not_found": (400, "Bad Request: message thread not found"),
    "topic_closed": (400, "Bad Request: TOPIC_CLOSED"),
    "topic_deleted": (400, "Bad Request: TOPIC_DELETED"),
    "topic_not_modified": (400, "Bad Request: TOPIC_NOT_MODIFIED"),
    "no_topic_rights": (400, "Bad Request: not enough rights to manage topics"),
    "query_too_old": (400, f"Bad Request: {QUERY_TOO_OLD}"),
    "button_data_invalid": (400, "Bad Request: BUTTON_DATA_INVALID"),
    "unauthorized": (401, "Unauthorized"),
    "not_found": (404, "Not Found"),
    "conflict": (409, OTHER_POLLER),
}
