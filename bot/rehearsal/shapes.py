"""People and their standing as the Bot API shows them."""

from bot.rehearsal.refusals import Json
from bot.rehearsal.state import Member, User

ADMIN_FLAGS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_send_welcome_messages",
    "can_manage_topics",
)


def as_user(user: User) -> Json:
    """A person as the Bot API shows them."""
    shown: Json = {"id": user.id, "is_bot": user.is_bot, "first_name": user.first_name}
    if user.username:
        shown["username"] = user.username
    if user.language_code and not user.is_bot:
        shown["language_code"] = user.language_code
    return shown


def as_member(user: User, member: Member) -> Json:
    """Somebody's standing in a group as the Bot API shows it."""
    shown: Json = {"status": member.status, "user": as_user(user)}
    if member.status == "creator":
        shown["is_anonymous"] = False
    elif member.status == "administrator":
        shown |= dict.fromkeys(ADMIN_FLAGS, False)
        shown |= {"can_manage_chat": True, **member.rights}
    elif member.status == "kicked":
        shown["until_date"] = 0
    return shown
