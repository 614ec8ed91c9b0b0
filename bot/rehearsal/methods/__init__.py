"""The Bot API's methods, one module a subject; importing this package enters them all."""

from bot.rehearsal.methods import account, changing, chats, sending, topics
from bot.rehearsal.methods.registry import METHODS, Call, Upload, read_request

__all__ = [
    "METHODS",
    "Call",
    "Upload",
    "account",
    "changing",
    "chats",
    "read_request",
    "sending",
    "topics",
]
