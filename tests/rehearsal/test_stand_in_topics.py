"""Forum topics as officers and bots know them."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.rehearsal.people import People, Topic
from bot.rehearsal.state import GROUP_ID

Api = Callable[..., Coroutine[Any, Any, Any]]

NOT_FOUND = (400, "Bad Request: message thread not found")


@pytest.fixture
async def topic(api: Api, people: People) -> Topic:
    await api("createForumTopic", chat_id=GROUP_ID, name="🟡 HT-0001", icon_color=0xFFD67E)
    return await people.officers.waits_for_topic("HT-0001")


async def test_a_topic_has_the_id_of_its_service_message(
    api: Api, people: People, topic: Topic
) -> None:
    [created] = await people.officers.in_topic(topic)
    assert (created.message_id, created.kind) == (topic.id, "service")
    update = (await api("getUpdates"))[-1]["message"]
    assert update["forum_topic_created"] == {"name": "🟡 HT-0001", "icon_color": 0xFFD67E}
    assert (update["message_id"], update["message_thread_id"]) == (topic.id, topic.id)


async def test_what_an_officer_writes_looks_like_a_reply_to_the_topic(
    api: Api, people: People, topic: Topic
) -> None:
    note = await people.officers.writes(topic, "ghi chú")
    await people.officers.named("Cán bộ Đức").replies(topic, note.message_id, "trả lời")
    plain, reply = [update["message"] for update in (await api("getUpdates"))[-2:]]
    assert plain["is_topic_message"] is True
    assert plain["reply_to_message"]["message_id"] == plain["message_thread_id"] == topic.id
    assert "forum_topic_created" in plain["reply_to_message"]
    assert reply["reply_to_message"]["message_id"] == note.message_id
    assert (reply["message_thread_id"], reply["from"]["first_name"]) == (topic.id, "Cán bộ Đức")


async def test_general_has_no_thread_but_its_replies_do(api: Api, people: People) -> None:
    first = await people.officers.writes(None, "chung")
    await people.officers.replies(None, first.message_id, "đáp")
    plain, reply = [update["message"] for update in await api("getUpdates")]
    assert "message_thread_id" not in plain
    assert reply["message_thread_id"] == first.message_id
    assert "is_topic_message" not in reply


async def test_the_bot_writes_where_it_is_told(api: Api, refused: Api, topic: Topic) -> None:
    sent = await api("sendMessage", chat_id=GROUP_ID, text="a", message_thread_id=topic.id)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic.id, True)
    reply = {"message_id": sent["message_id"]}
    replied = await api("sendMessage", chat_id=GROUP_ID, text="b", reply_parameters=reply)
    assert replied["message_thread_id"] == topic.id
    for thread in (1, 99):
        params = {"chat_id": GROUP_ID, "text": "c", "message_thread_id": thread}
        assert await refused("sendMessage", **params) == NOT_FOUND


async def test_closing_and_reopening(api: Api, refused: Api, people: People, topic: Topic) -> None:
    where = {"chat_id": GROUP_ID, "message_thread_id": topic.id}
    await people.officers.closes(topic)
    assert "forum_topic_closed" in (await api("getUpdates", offset=-1))[0]["message"]
    closed = (400, "Bad Request: TOPIC_CLOSED")
    assert await refused("sendMessage", **where, text="a") == closed
    not_modified = (400, "Bad Request: TOPIC_NOT_MODIFIED")
    assert await refused("closeForumTopic", **where) == not_modified
    assert await api("reopenForumTopic", **where)
    assert await api("sendMessage", **where, text="a")
    assert await refused("editForumTopic", **where, name="🟡 HT-0001") == not_modified
    assert await api("editForumTopic", **where, name="✅ HT-0001")
    assert [one.name for one in await people.officers.topics()] == ["✅ HT-0001"]


async def test_a_deleted_topic_is_not_found(
    refused: Api, api: Api, people: People, topic: Topic
) -> None:
    where = {"chat_id": GROUP_ID, "message_thread_id": topic.id}
    before = len(await api("getUpdates"))
    await people.officers.deletes(topic)
    assert len(await api("getUpdates")) == before
    assert await refused("sendMessage", **where, text="a") == NOT_FOUND
    assert await refused("editForumTopic", **where, name="b") == NOT_FOUND
    assert await refused("deleteForumTopic", **where) == NOT_FOUND


async def test_rights_are_needed(refused: Api, api: Api, people: People, topic: Topic) -> None:
    await people.officers.set_rights(can_manage_topics=False, can_pin_messages=False)
    update = (await api("getUpdates", offset=-1))[0]["my_chat_member"]
    assert update["old_chat_member"]["can_manage_topics"] is True
    assert update["new_chat_member"]["can_manage_topics"] is False
    no_rights = (400, "Bad Request: not enough rights to manage topics")
    assert await refused("createForumTopic", chat_id=GROUP_ID, name="b") == no_rights
    pin = await refused("pinChatMessage", chat_id=GROUP_ID, message_id=topic.id)
    assert pin == (400, "Bad Request: not enough rights to manage pinned messages in the chat")
    member = await api("getChatMember", chat_id=GROUP_ID, user_id=1)
    assert (member["status"], member["can_manage_topics"]) == ("administrator", False)


async def test_pinning_tells_everybody(api: Api, people: People, topic: Topic) -> None:
    sent = await api("sendMessage", chat_id=GROUP_ID, text="thẻ", message_thread_id=topic.id)
    assert await api("pinChatMessage", chat_id=GROUP_ID, message_id=sent["message_id"])
    update = (await api("getUpdates", offset=-1))[0]["message"]
    assert update["pinned_message"]["text"] == "thẻ"
    [pinned] = [line for line in await people.officers.in_topic(topic) if line.pinned]
    assert pinned.text == "thẻ"
    assert await api("unpinChatMessage", chat_id=GROUP_ID, message_id=sent["message_id"])


async def test_copying_hides_who_wrote_it(
    api: Api, refused: Api, people: People, topic: Topic
) -> None:
    ba = await people.citizen("Bà Lài")
    photo = await ba.sends("photo", caption="sổ đỏ của tôi")
    source = {"from_chat_id": ba.id, "message_id": photo.message_id}
    where = {"chat_id": GROUP_ID, "message_thread_id": topic.id}
    copy = await api("copyMessage", **where, **source)
    assert [*copy] == ["message_id"]
    renamed = await api("copyMessage", **where, **source, caption="ảnh <b>1</b>", parse_mode="HTML")
    await api("forwardMessage", **where, **source)
    _, plain, captioned, forwarded = await people.officers.in_topic(topic)
    assert (plain.message_id, plain.text, plain.author.is_bot) == (
        copy["message_id"],
        "sổ đỏ của tôi",
        True,
    )
    assert (captioned.message_id, captioned.html) == (renamed["message_id"], "ảnh <b>1</b>")
    assert (plain.forwarded_from, forwarded.forwarded_from) == (None, "Bà Lài")
    missing = await refused("copyMessage", **where, from_chat_id=ba.id, message_id=77)
    assert missing == (400, "Bad Request: message to copy not found")
    service = await refused(
        "copyMessage", chat_id=ba.id, from_chat_id=GROUP_ID, message_id=topic.id
    )
    assert service == (400, "Bad Request: message can't be copied")


async def test_a_group_moves_with_its_topics(
    answer: Api, api: Api, people: People, topic: Topic
) -> None:
    officers = people.officers
    new_id = await officers.migrates()
    body = await answer("sendMessage", chat_id=GROUP_ID, text="a", message_thread_id=topic.id)
    assert body["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert body["parameters"] == {"migrate_to_chat_id": new_id}
    told = [update["message"] for update in (await api("getUpdates"))[-2:]]
    assert told[0]["migrate_to_chat_id"] == told[1]["chat"]["id"] == new_id
    assert told[1]["migrate_from_chat_id"] == told[0]["chat"]["id"] == GROUP_ID
    assert await api("sendMessage", chat_id=new_id, text="a", message_thread_id=topic.id)
    assert [one.name for one in await officers.topics()] == ["🟡 HT-0001"]


async def test_names_and_icons(refused: Api, api: Api) -> None:
    long = await refused("createForumTopic", chat_id=GROUP_ID, name="a" * 129)
    assert long == (400, "Bad Request: topic name is too long")
    icons = await api("getForumTopicIconStickers")
    made = await api(
        "createForumTopic",
        chat_id=GROUP_ID,
        name="a" * 128,
        icon_custom_emoji_id=icons[0]["custom_emoji_id"],
    )
    assert made["icon_custom_emoji_id"] == icons[0]["custom_emoji_id"]
