"""One question in several messages, two in one, and no more than two questions back."""

from __future__ import annotations

from datetime import timedelta

from bot.dialogue.memory import IN_ONE_BREATH
from bot.storage.tables import Event, Ticket
from tests.support.office import Office

LATER = IN_ONE_BREATH + timedelta(seconds=1)


async def test_a_question_in_pieces_is_answered_as_one(office: Office) -> None:
    """Who announces a question is not told "not found"; every piece is read with those before."""
    lai = await office.citizen()
    assert "cứ nhắn" in (await office.asks(lai, "em muốn hỏi cái này")).text
    choices = await office.asks(lai, "cái vụ sổ đỏ")
    assert "📄 Hồ sơ" not in choices.labels
    await lai.says("bị mất ấy")
    card = await lai.waits_for_reply("Cấp lại sổ đỏ bị mất")
    assert "📄 Hồ sơ" in card.labels
    fee = await office.asks(lai, "làm lại mấy tiền")
    assert fee.text.startswith("Cấp lại sổ đỏ bị mất")
    assert fee.text.index("💰") < fee.text.index("📄")
    assert not office.rows(Ticket)


async def test_a_side_of_nothing_is_asked_about_and_then_told(office: Office) -> None:
    lai = await office.citizen()
    asked = await office.asks(lai, "hết bao nhiêu tiền rứa")
    assert asked.text.startswith("Anh/chị hỏi lệ phí của việc gì")
    card = await office.asks(lai, "đăng ký kết hôn ấy")
    assert card.text.startswith("Đăng ký kết hôn")
    assert card.text.index("💰") < card.text.index("📄")


async def test_the_third_vague_message_in_a_row_goes_to_a_person(office: Office) -> None:
    lai = await office.citizen()
    for vague in ("căn cước", "sổ đỏ"):
        assert "Gửi ngay" not in (await office.asks(lai, vague)).labels
        await office.time_passes(LATER)
    third = await office.asks(lai, "chứng thực")
    assert "Gửi ngay" in third.labels
    assert "«chứng thực»" in third.text
    assert len(office.rows(Event, Event.kind == "asked_back")) == 2


async def test_asking_of_what_counts_as_asking_back(office: Office) -> None:
    lai = await office.citizen()
    for vague in ("bao nhiêu tiền", "nộp ở mô"):
        assert "của việc gì" in (await office.asks(lai, vague)).text
        await office.time_passes(LATER)
    assert "Gửi ngay" in (await office.asks(lai, "mấy ngày có")).labels


async def test_an_answer_starts_the_count_again(office: Office) -> None:
    lai = await office.citizen()
    for said in ("căn cước", "sổ đỏ", "đăng ký kết hôn", "căn cước", "chứng thực"):
        assert "Gửi ngay" not in (await office.asks(lai, said)).labels
        await office.time_passes(LATER)


async def test_the_words_of_a_button_may_be_typed(office: Office) -> None:
    lai = await office.citizen()
    asked = await office.asks(lai, "căn cước bao nhiêu tiền")
    assert "Có rồi, nhưng mất, hỏng" in asked.labels
    card = await office.asks(lai, "mất, hỏng ạ")
    assert card.text.startswith("Làm lại thẻ căn cước bị mất")
    assert card.text.index("💰") < card.text.index("📄")


async def test_after_a_choice_the_talk_is_about_the_card(office: Office) -> None:
    """The choices are closed: "phí bao nhiêu" asks about what was chosen."""
    lai = await office.citizen()
    asked = await office.asks(lai, "căn cước")
    await lai.presses("Có rồi, nhưng mất, hỏng", message_id=asked.message_id)
    await office.button(lai, "📄 Hồ sơ")
    reply = await office.asks(lai, "phí bao nhiêu")
    assert reply.text.startswith("Làm lại thẻ căn cước bị mất")


async def test_two_questions_in_one_message_lead_to_both(office: Office) -> None:
    """The first is answered; the second stands below it as a button that opens its card."""
    lai = await office.citizen()
    await lai.says("Đăng ký kết hôn nộp ở đâu? Xin giấy xác nhận độc thân mất mấy ngày?")
    card = await lai.waits_for_reply("Đăng ký kết hôn")
    assert card.text.startswith("Đăng ký kết hôn")
    other = await lai.waits_for_reply("Anh/chị còn hỏi")
    (title,) = other.labels
    await lai.presses(title, message_id=other.message_id)
    opened = await office.button(lai, "📄 Hồ sơ")
    await office.settled()
    shown = next(line for line in await lai.chat() if line.message_id == other.message_id)
    assert shown.text.startswith(title)
    assert opened.text


async def test_sides_of_one_thing_are_one_question(office: Office) -> None:
    lai = await office.citizen()
    await lai.says("đăng ký kết hôn giấy tờ gì, bao tiền, mấy ngày")
    (reply,) = await office.silence(lai)
    assert reply.text.startswith("Đăng ký kết hôn")


async def test_going_in_circles_ends_at_a_person_however_fast(office: Office) -> None:
    lai = await office.citizen()
    for _ in range(6):
        reply = await office.asks(lai, "căn cước")
        if "Gửi ngay" in reply.labels:
            return
    raise AssertionError("asked back again and again")
