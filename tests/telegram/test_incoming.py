"""What Telegram tells us, read once: every kind has a fate, and nothing unreadable gets further."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from aiogram.enums import ContentType
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import (
    AnyIncoming,
    GroupMoved,
    Kind,
    OfficerPressed,
    OfficerSaid,
    Pressed,
    Reachable,
    Said,
)
from bot.telegram.incoming import KINDS, SERVICE, callback_id, private_chat, read_update
from bot.wording.buttons import ClaimTicket, ShowCard

Json = dict[str, Any]
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DATE = int(NOW.timestamp())
LAI: Json = {"id": 1001, "is_bot": False, "first_name": "Bà Lài"}
TAM: Json = {"id": 2001, "is_bot": False, "first_name": "Cán bộ Tâm"}
BOT: Json = {"id": 7, "is_bot": True, "first_name": "Một Cửa"}
HERE: Json = {"id": 1001, "type": "private", "first_name": "Bà Lài"}
GROUP: Json = {"id": -100, "type": "supergroup", "title": "Cán bộ", "is_forum": True}
CHANNEL: Json = {"id": -200, "type": "channel", "title": "Tin"}
# What a person can send and the bot has one common answer to.
OTHER = {"checklist", "dice", "game", "giveaway", "giveaway_winners", "invoice", "live_photo"} | {
    "paid_media", "poll", "rich_message", "story"
}  # fmt: skip
MEMBERSHIP = {"migrate_to_chat_id"}  # read as `GroupMoved`
NO_FIELD = {"unknown", "any", "user_shared"}  # aiogram's own words, or gone from the Bot API


def private(**fields: Any) -> Json:
    return {"message_id": 5, "date": DATE, "chat": HERE, "from": LAI, **fields}


def group(**fields: Any) -> Json:
    return {"message_id": 9, "date": DATE, "chat": GROUP, "from": TAM, **fields}


def read(**update: Json) -> AnyIncoming | None:
    return read_update({"update_id": 1, **update}, now=NOW)


def officer(**fields: Any) -> OfficerSaid:
    said = read(message=group(**fields))
    assert isinstance(said, OfficerSaid)
    return said


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"text": "a"}, Kind.TEXT),
        ({"photo": [{}]}, Kind.PHOTO),
        ({"voice": {}}, Kind.VOICE),
        ({"audio": {}}, Kind.VOICE),
        ({"video": {}}, Kind.VIDEO),
        ({"video_note": {}}, Kind.VIDEO),
        ({"animation": {}, "document": {}}, Kind.VIDEO),
        ({"document": {}}, Kind.DOCUMENT),
        ({"sticker": {}}, Kind.STICKER),
        ({"location": {}}, Kind.LOCATION),
        ({"venue": {}, "location": {}}, Kind.LOCATION),
        ({"contact": {}}, Kind.CONTACT),
        ({"poll": {}}, Kind.OTHER),
        ({"dice": {}}, Kind.OTHER),
        ({"invented_in_2027": {}}, Kind.OTHER),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else str(value),
)
def test_every_kind_of_message(content: Json, kind: Kind) -> None:
    said = read(message=private(**content))
    assert said == Said(1001, 5, kind, content.get("text", ""), NOW, NOW)


def test_every_content_that_aiogram_knows_has_a_fate() -> None:
    """A new kind in the Bot API makes somebody decide: to answer, or to pass over."""
    decided = {*KINDS, *SERVICE, *OTHER, *MEMBERSHIP, *NO_FIELD}
    assert {kind.value for kind in ContentType} - decided == set()


@pytest.mark.parametrize("name", SERVICE)
@pytest.mark.parametrize("message", [private, group], ids=["private", "group"])
def test_service_messages_are_nobodys_words(name: str, message: Any) -> None:
    assert read(message=message(**{name: {}})) is None


def test_caption_album_and_edit() -> None:
    words = private(photo=[{}], caption="bìa đỏ", media_group_id="77", edit_date=DATE + 60)
    said = read(edited_message=words)
    later = datetime.fromtimestamp(DATE + 60, UTC)
    assert said == Said(1001, 5, Kind.PHOTO, "bìa đỏ", later, NOW, album="77", edited=True)


def test_topic_and_general_are_told_apart() -> None:
    """A plain reply in General carries a thread id too; only the mark tells a topic."""
    assert officer(text="a").topic_id is None
    assert officer(text="a", message_thread_id=3).topic_id is None
    assert officer(text="a", message_thread_id=3, is_topic_message=True).topic_id == 3


def test_a_reply_to_the_topics_first_message_is_no_reply() -> None:
    """Telegram shows every message of a topic as one; it must not go to the citizen."""
    topic = {"message_thread_id": 3, "is_topic_message": True}
    first = group(message_id=3, forum_topic_created={"name": "HT-0001"})
    assert officer(text="a", **topic, reply_to_message=first).reply_to is None
    assert officer(text="a", **topic, reply_to_message=group(message_id=4)).reply_to == 4
    assert officer(text="a", **topic).reply_to is None


def test_an_anonymous_administrator_is_an_officer_and_other_bots_are_nobody() -> None:
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    assert officer(text="a", **{"from": anonymous}, sender_chat=GROUP).officer_id == 1087968824
    assert read(message=group(text="a", **{"from": BOT})) is None
    assert read(message=private(text="a", **{"from": BOT})) is None


def test_channels_are_not_for_us() -> None:
    post = {"message_id": 5, "date": DATE, "chat": CHANNEL, "sender_chat": CHANNEL, "text": "a"}
    assert read(message=post) is None
    assert read(channel_post=post) is None


def test_a_group_that_moves() -> None:
    assert read(message=group(migrate_to_chat_id=-300)) == GroupMoved(-100, -300)
    assert read(message=group(chat={**GROUP, "id": -300}, migrate_from_chat_id=-100)) is None


@pytest.mark.parametrize(
    ("status", "blocked"), [("kicked", True), ("left", True), ("member", False)]
)
def test_blocking_and_coming_back(status: str, blocked: bool) -> None:
    change = {"chat": HERE, "from": LAI, "date": DATE, "new_chat_member": {"status": status}}
    assert read(my_chat_member=change) == Reachable(1001, blocked, NOW)
    assert read(my_chat_member={**change, "chat": GROUP}) is None


def test_presses_in_both_places() -> None:
    """The message may be too old to be shown: then only its chat and id are there, and date 0."""
    old = {"chat": HERE, "message_id": 5, "date": 0}
    press = {"id": "55", "from": LAI, "message": old, "data": "p:cap-doi-gcn"}
    assert read(callback_query=press) == Pressed(1001, 5, ShowCard("cap-doi-gcn"), NOW)
    card = group(**{"from": BOT}, message_thread_id=3, is_topic_message=True, text="HT-0001")
    taken = {"id": "56", "from": TAM, "message": card, "data": "T:1"}
    expected = OfficerPressed(-100, 3, 9, 2001, ClaimTicket(1), NOW)
    assert read(callback_query=taken) == expected


def test_a_press_that_is_not_ours_has_no_meaning_and_an_inline_one_no_place() -> None:
    press = {"id": "55", "from": LAI, "message": private(text="a"), "data": "old|button"}
    assert read(callback_query=press) == Pressed(1001, 5, None, NOW)
    assert read(callback_query={"id": "55", "from": LAI, "inline_message_id": "x"}) is None


@pytest.mark.parametrize(
    ("update", "chat"),
    [
        ({"message": private(text=5)}, 1001),
        ({"edited_message": private()}, 1001),
        ({"callback_query": {"message": private()}}, 1001),
        ({"message": group(text=5)}, None),
        ({"message": {"chat": "?"}}, None),
        ({"message": None}, None),
        ({}, None),
    ],
)
def test_whom_to_apologise_to_is_known_where_it_can_be_read(update: Json, chat: int | None) -> None:
    assert private_chat({"update_id": 1, **update}) == chat


NAMES = (
    "update_id message edited_message callback_query my_chat_member chat id from date edit_date "
    "text type data message_id new_chat_member is_bot reply_to_message sender_chat "
    "message_thread_id migrate_to_chat_id"
)
names = st.sampled_from(NAMES.split())
values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9), st.just("private")
)
junk = st.recursive(
    values,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=9)),
    max_leaves=12,
)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(names, junk, max_size=9))
def test_junk_raises_validation_error_and_nothing_else(update: Json) -> None:
    private_chat(update)
    callback_id(update)
    try:
        read_update(update, now=NOW)
    except msgspec.ValidationError:
        return


@pytest.mark.parametrize("date", [-1, 10**15, 1e300, "today", None])
def test_an_impossible_date_is_a_validation_error(date: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(message=private(text="a", date=date))
