"""After the answer: ticking papers, due dates, places, costs."""

from __future__ import annotations

from bot.rehearsal.people import Citizen
from bot.storage.tables import Job, JobKind, Reminder
from tests.support.office import Office

LOST = "bìa đỏ nhà tôi bị mất, làm lại thế nào"


async def test_papers_can_be_ticked_and_the_missing_are_counted(office: Office) -> None:
    """The list lives in the chat: it needs no memory and reads well when forwarded."""
    lai = await office.citizen()
    await office.card_of(lai, "cap-lai-gcn-bi-mat")
    await lai.presses("📄 Hồ sơ")
    await lai.waits_for_reply("Hồ sơ gồm")
    await lai.presses("Tích giấy tờ")
    listed = await lai.waits_for_reply("Còn thiếu 1 giấy bắt buộc")
    assert "☐ Đơn đăng ký biến động" in listed.text
    await lai.presses("☐ Đơn đăng ký")
    ticked = await lai.waits_for_reply("Đã đủ giấy bắt buộc")
    assert "☑ Đơn đăng ký biến động" in ticked.text
    await lai.presses("☑ Đơn đăng ký")
    await lai.waits_for_reply("Còn thiếu 1 giấy")


async def test_a_separating_question_is_asked_by_buttons_and_remembered(office: Office) -> None:
    """Another answer gives other facts; the answer holds for the details too."""
    lai = await office.citizen()
    await office.card_of(lai, "chuyen-muc-dich-su-dung-dat")
    await lai.presses("Chưa có đất ở")
    card = await lai.waits_for_reply("Xin chuyển mục đích")
    assert "❓" not in card.text
    assert "Đã có đất ở" not in card.text
    assert "Chưa có đất ở" not in card.labels
    await lai.presses("Lệ phí")
    fees = await lai.waits_for_reply("Các khoản phải nộp")
    assert "100%" in fees.text
    assert "30%" not in fees.text


async def test_the_due_date_is_shown_with_its_count(office: Office) -> None:
    """Today by default, another day by a button; the count can be followed with a calendar."""
    lai = await office.citizen()
    await office.card_of(lai, "tach-thua-hop-thua")
    await lai.presses("Thời hạn")
    today = await lai.waits_for_reply("Nộp hôm nay")
    assert "không tính ngày nộp" in today.text
    await lai.presses("Nộp ngày khác")
    choice = await lai.waits_for_reply("Anh/chị định nộp ngày nào")
    day = choice.labels[0]
    await lai.presses(day)
    shown = await lai.waits_for_reply("→")
    assert day.split()[1] in shown.text


async def test_a_reminder_comes_with_a_calendar_file_and_is_deleted_after_use(
    office: Office,
) -> None:
    lai = await office.citizen()
    await office.card_of(lai, "tach-thua-hop-thua")
    await lai.presses("Thời hạn")
    await lai.waits_for_reply("Nộp hôm nay")
    await lai.presses("Nhắc tôi")
    await lai.waits_for_reply("Nhắc xong tôi xoá")
    await office.settled()
    files = [line for line in await lai.chat() if line.kind == "document"]
    assert len(files) == 1
    sent = await office.people.calls("sendDocument")
    assert "hen-tra.ics" in str(sent[0].answer)
    assert len(office.rows(Reminder)) == 1
    await office.grace_is_over()
    reminder = await lai.waits_for_reply("Hôm nay")
    assert "ngày trả kết quả" in reminder.text
    assert office.rows(Reminder) == []
    await lai.presses("Chưa có kết quả")
    await lai.waits_for_reply("Trễ hẹn")
    await lai.presses("Gửi phản ánh")
    offer = await office.button(lai, "Gửi ngay")
    assert "đến hẹn mà chưa có kết quả" in offer.text


async def test_a_reminder_can_be_stopped(office: Office) -> None:
    lai = await office.citizen()
    await office.card_of(lai, "tach-thua-hop-thua")
    await lai.presses("Thời hạn")
    await lai.waits_for_reply("Nộp hôm nay")
    await lai.presses("Nhắc tôi")
    await lai.waits_for_reply("Nhắc xong tôi xoá")
    await office.settled()
    await lai.presses("Thôi nhắc")
    await lai.waits_for_reply("đã xoá")
    assert office.rows(Reminder) == []
    assert office.rows(Job, Job.kind == JobKind.REMIND) == []


async def test_the_place_is_asked_once_and_remembered(office: Office) -> None:
    lai = await office.citizen()
    await office.card_of(lai, "cap-lai-gcn-bi-mat")
    await lai.presses("Nơi nộp")
    await lai.waits_for_reply("Nhắn tên xã, phường")
    reply = await office.asks(lai, "cam binh")
    assert "Một Cửa xã Cẩm Bình" in reply.text
    again = await office.asks(lai, "tách thửa đất nộp ở mô")
    assert "Một Cửa xã Cẩm Bình" in again.text


async def test_a_reused_name_is_asked_back_not_guessed(office: Office) -> None:
    """The old ward Trần Phú went to Thành Sen; the new ward Trần Phú is another place."""
    lai = await office.citizen()
    await office.card_of(lai, "cap-lai-gcn-bi-mat")
    await lai.presses("Nơi nộp")
    await lai.waits_for_reply("Nhắn tên xã, phường")
    asked = await office.asks(lai, "tran phu")
    assert {"phường Trần Phú", "phường Thành Sen"} <= set(asked.labels)
    await lai.presses("phường Thành Sen")
    await lai.waits_for_reply("Một Cửa phường Thành Sen")


async def test_the_ticket_carries_the_commune_and_no_name(office: Office) -> None:
    lai = await office.citizen()
    await office.asks(lai, "nhà tôi ở xã Cẩm Bình, con bò bị cướp mất tiêu rồi kêu ai")
    offer = await office.button(lai, "Gửi ngay")
    assert "Kèm theo: xã Cẩm Bình" in offer.text
    await lai.presses("Gửi ngay")
    topic = await office.officers.waits_for_topic()
    assert "xã Cẩm Bình" in topic.name


async def test_hotlines_say_what_is_unknown(office: Office) -> None:
    lai = await office.citizen()
    reply = await office.asks(lai, "/duongday")
    assert "18001096 (⚠️ chưa kiểm chứng)" in reply.text
    assert "Chưa có số điện thoại đã kiểm chứng" in reply.text


async def begin_estimate(office: Office, citizen: Citizen, procedure: str) -> None:
    """From the card to the first question of the estimate."""
    await office.card_of(citizen, procedure)
    await citizen.presses("💰 Lệ phí")
    await citizen.waits_for_reply("Các khoản phải nộp")
    await citizen.presses("Ước tính tiền")


async def test_the_cost_of_a_sale_is_estimated_step_by_step(office: Office) -> None:
    """2 % of 500 million is 10 million, 0,5 % is 2,5 million; what nobody knows is not in the sum."""
    lai = await office.citizen()
    await begin_estimate(office, lai, "chuyen-nhuong-quyen-su-dung-dat")
    await lai.waits_for_reply("khoảng bao nhiêu")
    await office.asks(lai, "khoảng 500tr")
    await lai.presses("Không phải")
    await lai.waits_for_reply("duy nhất")
    await lai.presses("Không phải")
    await lai.waits_for_reply("làm ở đâu")
    await lai.presses("Chứng thực ở xã")
    result = await lai.waits_for_reply("ước tính")
    assert "10.000.000 đ = 2% × 500.000.000 đ" in result.text
    assert "2.500.000 đ = 0,5% × 500.000.000 đ" in result.text
    assert "chưa gồm 2 khoản chưa rõ" in result.text
    assert "Nghị định 253/2026/NĐ-CP, Điều 57" in result.text
    assert "Chỉ là ước tính" in result.text


async def test_close_family_pays_no_income_tax_and_the_reason_is_said(office: Office) -> None:
    lai = await office.citizen()
    await begin_estimate(office, lai, "tang-cho-quyen-su-dung-dat")
    await lai.waits_for_reply("khoảng bao nhiêu")
    await office.asks(lai, "1 tỷ 2")
    await lai.presses("Phải")
    await lai.waits_for_reply("làm ở đâu")
    await lai.presses("Công chứng")
    result = await lai.waits_for_reply("ước tính")
    assert "miễn, vì người trong nhà" in result.text


async def test_another_question_ends_the_estimate(office: Office) -> None:
    """Nobody is held in a form: a question is a question."""
    lai = await office.citizen()
    await begin_estimate(office, lai, "chuyen-nhuong-quyen-su-dung-dat")
    await lai.waits_for_reply("khoảng bao nhiêu")
    reply = await office.card_of(lai, "cap-lai-gcn-bi-mat")
    assert reply.text.startswith("Cấp lại sổ đỏ bị mất")


async def test_the_cost_of_residential_land_stays_unknown_without_the_price_table(
    office: Office,
) -> None:
    lai = await office.citizen()
    await begin_estimate(office, lai, "chuyen-muc-dich-su-dung-dat")
    await lai.waits_for_reply("cùng thửa")
    await lai.presses("Không phải")
    await lai.waits_for_reply("bao nhiêu mét vuông")
    await office.asks(lai, "150m2")
    await lai.presses("Không rõ")
    await lai.waits_for_reply("đất nông nghiệp")
    await lai.presses("Không rõ")
    result = await lai.waits_for_reply("ước tính")
    assert "chưa tính được vì thiếu số (cách tính: 100%)" in result.text


async def test_an_answer_that_cannot_be_read_is_asked_for_once_more(office: Office) -> None:
    """ "500" of what? And "dạ phải" is as good as the button."""
    lai = await office.citizen()
    await begin_estimate(office, lai, "chuyen-nhuong-quyen-su-dung-dat")
    await lai.waits_for_reply("khoảng bao nhiêu")
    again = await office.asks(lai, "500")
    assert "Tôi chưa đọc được" in again.text
    await office.asks(lai, "500 triệu")
    family = await office.asks(lai, "không")
    assert "duy nhất" in family.text
