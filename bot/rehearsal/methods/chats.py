"""Methods that ask about chats, members and files."""

import mimetypes

from bot.rehearsal.methods.registry import Call, Request, method
from bot.rehearsal.refusals import Json, bad_request
from bot.rehearsal.shapes import as_member
from bot.rehearsal.state import Member

DOWNLOAD_LIMIT = 20 * 1024 * 1024


class OneChat(Request, kw_only=True):
    """What names one chat."""

    chat_id: int | str


class GetChat(OneChat, kw_only=True):
    """https://core.telegram.org/bots/api#getchat"""


class GetChatAdministrators(OneChat, kw_only=True):
    """https://core.telegram.org/bots/api#getchatadministrators"""


class GetChatMemberCount(OneChat, kw_only=True):
    """https://core.telegram.org/bots/api#getchatmembercount"""


class GetChatMember(OneChat, kw_only=True):
    """https://core.telegram.org/bots/api#getchatmember"""

    user_id: int


class LeaveChat(OneChat, kw_only=True):
    """https://core.telegram.org/bots/api#leavechat"""


class GetFile(Request, kw_only=True):
    """https://core.telegram.org/bots/api#getfile"""

    file_id: str


@method(GetChat)
def get_chat(call: Call, r: GetChat) -> Json:
    """All that may be known of a chat."""
    world = call.world
    chat = world.chat(r.chat_id)
    if chat.type != "private":
        world.chat_for_bot(r.chat_id)
    elif not world.user(chat.id).started:
        raise bad_request("chat not found")
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    shown = world.show_chat(chat) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }
    pinned = [chat.posts[one] for one in chat.pinned if not chat.posts[one].deleted]
    if pinned:
        shown["pinned_message"] = world.show(pinned[-1], with_reply=False)
    return shown


@method(GetChatAdministrators)
def get_chat_administrators(call: Call, r: GetChatAdministrators) -> list[Json]:
    """Those who run a group, other bots left out."""
    chat = call.world.chat_for_bot(r.chat_id)
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    return [
        as_member(call.world.user(user_id), member)
        for user_id, member in chat.members.items()
        if member.status in {"creator", "administrator"}
    ]


@method(GetChatMemberCount)
def get_chat_member_count(call: Call, r: GetChatMemberCount) -> int:
    """How many belong to a chat."""
    chat = call.world.chat_for_bot(r.chat_id)
    present = [m for m in chat.members.values() if m.status not in {"left", "kicked"}]
    return len(present) if chat.type != "private" else 2


@method(GetChatMember)
def get_chat_member(call: Call, r: GetChatMember) -> Json:
    """How somebody stands in a chat."""
    chat = call.world.chat_for_bot(r.chat_id)
    user = call.world.user(r.user_id)
    if chat.type == "private":
        return as_member(user, Member())
    return as_member(user, chat.members.get(user.id, Member(status="left")))


@method(LeaveChat)
def leave_chat(call: Call, r: LeaveChat) -> bool:
    """The bot goes."""
    chat = call.world.chat_for_bot(r.chat_id)
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.members[call.world.bot.id] = Member(status="left")
    call.world.tell("chat", {"chat_id": chat.id})
    return True


@method(GetFile)
def get_file(call: Call, r: GetFile) -> Json:
    """A path from which the file can be downloaded for a while."""
    world = call.world
    stored = world.state.files.get(r.file_id)
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if stored.declared_size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    extension = mimetypes.guess_extension(stored.mime_type) or ".bin"
    stored.path = f"files/{stored.unique_id}-{world.new_id()}{extension}"
    stored.path_born = world.now()
    return {
        "file_id": stored.id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.declared_size,
        "file_path": stored.path,
    }
