from pathlib import Path

import pytest

from bot.catalogue.files import read_folder
from bot.knowledge import Knowledge, Tables, make_knowledge
from bot.matching.index import Index
from bot.matching.lexicon import Lexicon
from bot.matching.profiles import Entry

LEXICON = Path(__file__).parents[2] / "procedures" / "lexicon.yaml"

ENTRIES = (
    Entry(
        "cap-lai-so-do",
        "1.000001",
        "Cấp lại sổ đỏ bị mất",
        official_name="Cấp lại Giấy chứng nhận do bị mất",
        aliases=("mất bìa đỏ", "sổ đỏ thất lạc", "bìa đất bị trộm"),
        documents=("Đơn đăng ký biến động",),
        sector="dat-dai",
    ),
    Entry(
        "cap-doi-so-do",
        "1.000002",
        "Cấp đổi sổ đỏ",
        official_name="Cấp đổi Giấy chứng nhận quyền sử dụng đất",
        aliases=("sổ đỏ rách", "đổi bìa cũ lấy bìa mới"),
        sector="dat-dai",
    ),
    Entry(
        "tach-thua",
        "1.000003",
        "Tách thửa, hợp thửa",
        aliases=("tách sổ cho con", "cắt đất", "gộp hai thửa"),
        sector="dat-dai",
    ),
    Entry(
        "tang-cho", "1.000004", "Tặng cho đất", aliases=("cha mẹ cho con đất",), sector="dat-dai"
    ),
    Entry("mua-ban", "1.000004", "Mua bán đất", aliases=("sang tên bìa đỏ",), sector="dat-dai"),
    Entry(
        "khai-sinh",
        "2.000001",
        "Đăng ký khai sinh",
        aliases=("làm giấy khai sinh cho cháu", "con mới sinh"),
        documents=("Giấy chứng sinh",),
        sector="ho-tich",
    ),
    Entry(
        "khai-sinh-nuoc-ngoai",
        "2.000002",
        "Khai sinh có yếu tố nước ngoài",
        aliases=("khai sinh con lai",),
        sector="ho-tich",
    ),
    Entry(
        "khai-tu",
        "2.000003",
        "Đăng ký khai tử",
        aliases=("báo tử", "người nhà mất làm giấy gì"),
        sector="ho-tich",
    ),
    Entry("ket-hon", "2.000004", "Đăng ký kết hôn", aliases=("cưới vợ",), sector="ho-tich"),
    Entry(
        "tam-tru",
        "3.000001",
        "Đăng ký tạm trú",
        aliases=("ở trọ làm giấy", "khai tạm trú"),
        sector="cu-tru",
    ),
    Entry("gia-han-tam-tru", "3.000002", "Gia hạn tạm trú", sector="cu-tru"),
    Entry("xoa-tam-tru", "3.000003", "Xoá đăng ký tạm trú", sector="cu-tru"),
    Entry(
        "can-cuoc-mat",
        "4.000001",
        "Làm lại thẻ căn cước bị mất",
        aliases=("mất căn cước",),
        sector="can-cuoc",
    ),
    Entry(
        "sao-y",
        "5.000001",
        "Chứng thực bản sao từ bản chính",
        aliases=("sao y bản chính", "photo công chứng"),
        sector="chung-thuc",
    ),
    Entry(
        "ho-kinh-doanh",
        "6.000001",
        "Đăng ký thành lập hộ kinh doanh",
        aliases=("mở quán", "giấy phép kinh doanh"),
        sector="kinh-doanh",
    ),
)


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return Lexicon.load(LEXICON)


@pytest.fixture(scope="session")
def index(lexicon: Lexicon) -> Index:
    return Index.build(ENTRIES, lexicon)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """What the bot knows of our own catalogue."""
    root = LEXICON.parent
    return make_knowledge(read_folder(root).catalogue(), Tables.load(root))


@pytest.fixture(scope="session")
def catalogue_index(knowledge: Knowledge) -> Index:
    return knowledge.index
