"""Methods that change, pin, mark or delete a message, and that answer a pressed button."""

from bot.rehearsal.keyboards import read_inline
from bot.rehearsal.methods.registry import Call, Request, method
from bot.rehearsal.refusals import NOT_MODIFIED, QUERY_TOO_OLD, Json, bad_request
from bot.rehearsal.state import Chat, Post
from bot.rehearsal.texts import (
    CAPTION_LIMIT,
    read_message,
    read_text,
    too_long_answer,
)
from bot.rehearsal.world import World

DELETABLE_SECONDS = 48 * 3600
# The free reactions of Telegram; any other emoji is refused with REACTION_INVALID.
EMOJI = (
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 "
    "🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 "
    "🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
)
REACTIONS = frozenset(EMOJI.split())


class One(Request, kw_only=True):
    """What names one message."""

    chat_id: int | str
    message_id: int


class EditMessageText(One, kw_only=True):
    """https://core.telegram.org/bots/api#editmessagetext"""

    text: str
    parse_mode: str | None = None
    entities: list[Json] | None = None
    link_preview_options: Json | None = None
    reply_markup: Json | None = None


class EditMessageCaption(One, kw_only=True):
    """https://core.telegram.org/bots/api#editmessagecaption"""

    caption: str = ""
    parse_mode: str | None = None
    caption_entities: list[Json] | None = None
    show_caption_above_media: bool = False
    reply_markup: Json | None = None


class EditMessageReplyMarkup(One, kw_only=True):
    """https://core.telegram.org/bots/api#editmessagereplymarkup"""

    reply_markup: Json | None = None


class DeleteMessage(One, kw_only=True):
    """https://core.telegram.org/bots/api#deletemessage"""


class DeleteMessages(Request, kw_only=True):
    """https://core.telegram.org/bots/api#deletemessages"""

    chat_id: int | str
    message_ids: list[int]


class SetMessageReaction(One, kw_only=True):
    """https://core.telegram.org/bots/api#setmessagereaction"""

    reaction: list[Json] | None = None
    is_big: bool = False


class PinChatMessage(One, kw_only=True):
    """https://core.telegram.org/bots/api#pinchatmessage"""

    disable_notification: bool = False


class UnpinChatMessage(Request, kw_only=True):
    """https://core.telegram.org/bots/api#unpinchatmessage"""

    chat_id: int | str
    message_id: int | None = None


class AnswerCallbackQuery(Request, kw_only=True):
    """https://core.telegram.org/bots/api#answercallbackquery"""

    callback_query_id: str
    text: str | None = None
    show_alert: bool = False
    url: str | None = None
    cache_time: int = 0


@method(EditMessageText)
def edit_message_text(call: Call, r: EditMessageText) -> Json:
    """Other words, and other buttons or none."""
    post = _to_edit(call.world, r)
    text, entities = read_message(
        r.text, parse_mode=r.parse_mode, entities=r.entities, find_user=call.world.find_user
    )
    if "text" not in post.content:
        raise bad_request("there is no text in the message to edit")
    content: Json = {"text": text} | ({"entities": entities} if entities else {})
    return _change(call.world, post, content, read_inline(r.reply_markup))


@method(EditMessageCaption)
def edit_message_caption(call: Call, r: EditMessageCaption) -> Json:
    """Another caption."""
    post = _to_edit(call.world, r)
    if not {"photo", "document", "voice"} & post.content.keys():
        raise bad_request("there is no caption in the message to edit")
    text, entities = read_text(
        r.caption,
        parse_mode=r.parse_mode,
        entities=r.caption_entities,
        limit=CAPTION_LIMIT,
        find_user=call.world.find_user,
    )
    kept = {k: v for k, v in post.content.items() if "caption" not in k}
    content = kept | ({"caption": text} if text else {})
    content |= {"caption_entities": entities} if entities else {}
    return _change(call.world, post, content, read_inline(r.reply_markup))


@method(EditMessageReplyMarkup)
def edit_message_reply_markup(call: Call, r: EditMessageReplyMarkup) -> Json:
    """Other buttons under the same words."""
    post = _to_edit(call.world, r)
    return _change(call.world, post, post.content, read_inline(r.reply_markup))


@method(DeleteMessage)
def delete_message(call: Call, r: DeleteMessage) -> bool:
    """Take one message away."""
    chat = call.world.chat_for_bot(r.chat_id)
    post = call.world.post(chat, r.message_id, "message to delete not found")
    if not _may_delete(call.world, chat, post):
        raise bad_request("message can't be deleted for everyone")
    call.world.delete(post)
    return True


@method(DeleteMessages)
def delete_messages(call: Call, r: DeleteMessages) -> bool:
    """Take several messages away; those that cannot be found are passed over."""
    chat = call.world.chat_for_bot(r.chat_id)
    for message_id in r.message_ids:
        post = chat.posts.get(message_id)
        if post and not post.deleted and _may_delete(call.world, chat, post):
            call.world.delete(post)
    return True


@method(SetMessageReaction)
def set_message_reaction(call: Call, r: SetMessageReaction) -> bool:
    """The bot's own reaction to a message; none takes it back."""
    chat = call.world.chat_for_bot(r.chat_id)
    post = call.world.post(chat, r.message_id, "message to react not found")
    reaction = r.reaction or []
    if len(reaction) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(one.get("type") != "emoji" or one.get("emoji") not in REACTIONS for one in reaction):
        raise bad_request("REACTION_INVALID")
    post.reactions[call.world.bot.id] = reaction
    call.world.touch(post)
    return True


@method(PinChatMessage)
def pin_chat_message(call: Call, r: PinChatMessage) -> bool:
    """Pin a message; everybody sees a service message about it."""
    world = call.world
    chat = _chat_to_pin(world, r.chat_id)
    post = world.post(chat, r.message_id, "message to pin not found")
    if post.id not in chat.pinned:
        chat.pinned.append(post.id)
        shown = world.show(post, with_reply=False)
        world.service(chat, world.bot, {"pinned_message": shown}, topic_id=post.topic)
        world.touch(post)
    return True


@method(UnpinChatMessage)
def unpin_chat_message(call: Call, r: UnpinChatMessage) -> bool:
    """Unpin one message, or the one pinned last."""
    chat = _chat_to_pin(call.world, r.chat_id)
    message_id = r.message_id or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    call.world.touch(chat.posts[message_id])
    return True


@method(AnswerCallbackQuery)
def answer_callback_query(call: Call, r: AnswerCallbackQuery) -> bool:
    """Stop the clock on a pressed button, with or without words."""
    world = call.world
    query = world.state.callbacks.get(r.callback_query_id)
    if query is None or world.now() - query.born > world.state.settings.callback_deadline:
        raise bad_request(QUERY_TOO_OLD)
    refusal = too_long_answer(r.text)
    if refusal:
        raise refusal
    query.answered = True
    query.text, query.show_alert, query.url = r.text, r.show_alert, r.url
    world.tell("callback", {"id": query.id, "text": r.text, "show_alert": r.show_alert})
    return True


def _to_edit(world: World, r: One) -> Post:
    chat = world.chat_for_bot(r.chat_id)
    post = world.post(chat, r.message_id, "message to edit not found")
    if post.author != world.bot.id or "forward_origin" in post.extra:
        raise bad_request("message can't be edited")
    return post


def _change(world: World, post: Post, content: Json, markup: Json | None) -> Json:
    if content == post.content and markup == post.markup:
        raise bad_request(NOT_MODIFIED)
    world.change(post, content=content, markup=markup)
    return world.show(post)


def _may_delete(world: World, chat: Chat, post: Post) -> bool:
    if "forum_topic_created" in post.content:
        return False
    if post.author == world.bot.id or world.bot_may(chat, "can_delete_messages"):
        is_young = world.now() - post.date < DELETABLE_SECONDS
        return is_young or chat.type != "private"
    return False


def _chat_to_pin(world: World, chat_id: int | str) -> Chat:
    chat = world.chat_for_bot(chat_id)
    if not world.bot_may(chat, "can_pin_messages"):
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return chat
