"""A question that fits a matter of others better than any procedure is answered by neither."""

import pytest

from bot.matching.decision import NoMatch, SmallTalk
from bot.matching.index import Index
from bot.matching.understanding import understand


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("bằng lái hết hạn thì đổi ở đâu", "lái xe"),
        ("bang lai het han", "lái xe"),
        ("làm hộ chiếu đi lao động", "hộ chiếu"),
        ("vợ chồng muốn ly hôn nộp đơn ở đâu", "hôn"),
    ],
)
def test_what_others_handle_is_named_and_not_answered(
    catalogue_index: Index, text: str, matter: str
) -> None:
    decision = understand(text, index=catalogue_index)
    assert isinstance(decision, NoMatch)
    assert matter in decision.elsewhere


def test_a_word_in_common_names_no_matter(catalogue_index: Index) -> None:
    """An officer reads the name in the title of a topic: better none than a wrong one."""
    text = "quy trình chuẩn bị chuyến du khảo đồng quê của hội cựu học sinh"
    decision = understand(text, index=catalogue_index)
    assert isinstance(decision, NoMatch)
    assert decision.elsewhere == ""


def test_a_letter_is_read_by_the_sentence_that_asks(catalogue_index: Index) -> None:
    letter = (
        "Kính gửi cán bộ. Gia đình tôi ở thôn 5 từ năm 1990, ba tôi đi bộ đội về thì khai hoang "
        "được mảnh vườn sau nhà, năm ngoái mưa bão nước ngập hỏng hết đồ đạc trong nhà. "
        "Nay tôi muốn hỏi thủ tục tách thửa đất cho con cần giấy tờ gì? Xin cảm ơn cán bộ nhiều."
    )
    decision = understand(letter, index=catalogue_index)
    assert not isinstance(decision, SmallTalk)
    assert decision.candidates[0].id == "tach-thua-hop-thua"


def test_no_matter_of_others_is_offered_or_counted(catalogue_index: Index) -> None:
    found = catalogue_index.search("đổi bằng lái xe")
    assert all(one.id in catalogue_index for one in found)
