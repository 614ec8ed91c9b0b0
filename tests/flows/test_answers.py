"""A citizen asks, and gets what is needed: by the door, through Telegram, into the database."""

from __future__ import annotations

import pytest

from bot.storage.tables import Event, Incoming, Outbox, OutboxState
from tests.support.office import Office

LOST = "bìa đỏ nhà tôi bị mất, làm lại thế nào"


async def test_lost_certificate_is_answered_with_an_honest_fee(office: Office) -> None:
    """The fee was asked, nobody verified it: it is on top, it is no number, and it says where to ask."""
    lai = await office.citizen()
    reply = await office.asks(lai, "mat bia do lam lai het bao nhieu tien")
    lines = reply.text.split("\n")
    assert lines[0] == "Cấp lại sổ đỏ bị mất"
    fee = next(line for line in lines if line.startswith("💰"))
    assert lines.index(fee) < next(i for i, line in enumerate(lines) if line.startswith("📄"))
    assert "HĐND tỉnh quy định" in fee
    assert "hỏi nơi nộp hồ sơ" in fee
    assert "0 đ" not in reply.text
    assert {"💰 Lệ phí", "📄 Hồ sơ", "👤 Hỏi cán bộ", "✘ Chưa đúng"} <= set(reply.labels)


@pytest.mark.parametrize(
    "question",
    [
        "đăng ký kết hôn ở xã Cẩm Bình thì nộp ở đâu",
        "toi o xa cam binh, dang ky ket hon nop o dau",
        "em ở Cẩm Bình, đăng ký kết hôn cần nộp ở đâu ạ",
    ],
)
async def test_who_says_where_they_live_is_answered_for_there(
    office: Office, question: str
) -> None:
    lai = await office.citizen()
    reply = await office.asks(lai, question)
    assert reply.text.startswith("Đăng ký kết hôn")
    assert "Một Cửa xã Cẩm Bình" in reply.text


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("tach thua cho con can giay to gi", "Tách thửa"),
        ("thu tuc len tho cu", "thổ cư"),
        ("khai sinh cho con moi de", "khai sinh"),
        ("đất nhà tôi bị hàng xóm lấn 2m", "Hoà giải"),
    ],
)
async def test_everyday_questions_lead_to_their_procedure(
    office: Office, question: str, title: str
) -> None:
    """Answered with it, or asked back with it among the choices."""
    hung = await office.citizen("Anh Hùng")
    reply = await office.asks(hung, question)
    assert title.lower() in " ".join((reply.text, *reply.labels)).lower()


async def test_small_weather_is_not_a_procedure(office: Office) -> None:
    """An off-topic question gets no card; it is offered to an officer."""
    lai = await office.citizen()
    reply = await office.asks(lai, "hôm nay trời có mưa không")
    assert "Gửi ngay" in reply.labels
    assert "📄 Hồ sơ" not in reply.labels


async def test_details_open_in_the_same_message(office: Office) -> None:
    lai = await office.citizen()
    card = await office.asks(lai, LOST)
    await lai.presses("Thời hạn")
    await office.settled()
    shown = next(line for line in await lai.chat() if line.message_id == card.message_id)
    assert shown.edited
    assert "Niêm yết ở xã: 15 ngày" in shown.text
    assert "khung trung ương" in shown.text
    assert "‹ Tóm tắt" in shown.labels


async def test_follow_up_is_read_with_the_conversation(office: Office) -> None:
    lai = await office.citizen()
    await office.asks(lai, LOST)
    await lai.says("thế còn phí?")
    reply = await lai.waits_for_reply()
    assert reply.text.startswith("Cấp lại sổ đỏ bị mất")
    assert reply.text.index("💰") < reply.text.index("📄")


async def test_not_right_leads_to_the_next_candidate_then_to_an_officer(office: Office) -> None:
    lai = await office.citizen()
    first = await office.asks(lai, LOST)
    await lai.presses("Chưa đúng", message_id=first.message_id)
    second = await lai.waits_for_reply("Vậy có phải việc này")
    await lai.presses("Chưa đúng", message_id=second.message_id)
    third = await office.button(lai, "Gửi ngay")
    assert LOST in third.text


async def test_a_redelivered_update_has_no_second_effect(office: Office) -> None:
    """Telegram may deliver twice; the citizen is answered once."""
    lai = await office.citizen()
    await office.asks(lai, LOST)
    await office.people.redeliver()
    await office.settled()
    assert len(office.rows(Outbox, Outbox.state == OutboxState.SENT)) == 1
    assert len(office.rows(Event, Event.kind == "answered")) == 1
    assert len(office.rows(Incoming)) == 1


async def test_start_says_who_keeps_what_and_offers_examples(office: Office) -> None:
    lai = await office.citizen()
    reply = await office.asks(lai, "/start")
    assert "Một Cửa" in reply.text
    assert "lưu tin nhắn" in reply.text
    await lai.presses("mất bìa đỏ làm lại thế nào")
    answer = await lai.waits_for_reply("Cấp lại sổ đỏ")
    assert "📄 Hồ sơ" in answer.labels


async def test_browse_goes_from_sector_to_card(office: Office) -> None:
    lai = await office.citizen()
    await office.asks(lai, "/linhvuc")
    await lai.presses("Đất đai")
    page = await lai.waits_for_reply("trang 1/")
    await lai.presses("Sau ›", message_id=page.message_id)
    page = await lai.waits_for_reply("trang 2/")
    await lai.presses(page.labels[0], message_id=page.message_id)
    card = await office.button(lai, "📄 Hồ sơ")
    assert card.text.startswith(page.labels[0])


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("voice", "tin thoại"),
        ("photo", "ảnh"),
        ("document", "tệp"),
        ("sticker", "cần hỏi việc gì"),
        ("location", "vị trí"),
        ("contact", "số điện thoại"),
    ],
)
async def test_every_kind_of_message_has_an_answer(office: Office, kind: str, word: str) -> None:
    lai = await office.citizen()
    await lai.sends(kind)
    assert word in (await lai.waits_for_reply()).text


async def test_an_album_is_answered_once(office: Office) -> None:
    lai = await office.citizen()
    await lai.sends_album(3)
    said = await office.silence(lai)
    assert len(said) == 1


async def test_an_edited_question_is_asked_again(office: Office) -> None:
    lai = await office.citizen()
    question = await lai.says("hom nay troi mua khong")
    await lai.waits_for_reply()
    await lai.edits(question.message_id, LOST)
    reply = await lai.waits_for_reply("Cấp lại sổ đỏ")
    assert reply.labels
