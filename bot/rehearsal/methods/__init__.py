"""The Bot API's methods, one module a subject; importing this package enters them all."""

from bot.rehearsal.methods import account, changing, chats, copying, menu, sending, topics
from bot.rehearsal.methods.registry import METHODS, Call, Upload, read_request

__all__ = [
    "METHODS",
    "Call",
    "Upload",
    "account",
    "changing",
    "chats",
    "copying",
    "menu",
    "read_request",
    "sending",
    "topics",
]
