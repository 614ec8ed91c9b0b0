"""A catalogue made large by near-duplicates: names that differ from a real one in a place, a body, a trade.

A national list grows in this way: the same act for another trade, by another agency, for others, in
another place. So a copy swaps one or two such words of a real name for their like ("do công an tỉnh
cấp" for "do sở nội vụ cấp"), and where a name has none, or by the toss of a coin, adds for whom and
where. The act itself stays. No copy has the folded name of another entry, and none is a right answer.
The dice are seeded: everybody gets the same catalogue from the same list.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator, Sequence

from bot.matching.profiles import Entry
from tests.benchmarks.peers.engines import folded

SEED = 4
FRUITLESS = 2_000  # copies in a row that were there already: the list is too short for the size

PLACES = (
    "khu kinh tế", "khu công nghiệp", "khu công nghệ cao", "khu chế xuất", "khu vực biên giới",
    "khu bảo tồn", "vùng đệm", "vùng nước cảng biển", "vùng đồng bằng", "vùng ven biển", "hải đảo",
    "khu phố cổ", "khu đô thị", "nông thôn", "miền núi", "làng nghề", "cửa khẩu", "cảng cá",
    "cảng hàng không", "ga đường sắt", "chợ đầu mối", "trung tâm thương mại", "khu du lịch",
)  # fmt: skip
BODIES = (
    "bộ tài chính", "bộ xây dựng", "bộ y tế", "bộ nội vụ", "bộ công an", "bộ quốc phòng",
    "bộ ngoại giao", "bộ tư pháp", "bộ công thương", "bộ khoa học và công nghệ",
    "bộ giáo dục và đào tạo", "bộ nông nghiệp và môi trường", "bộ văn hóa, thể thao và du lịch",
    "sở tài chính", "sở xây dựng", "sở y tế", "sở nội vụ", "sở tư pháp", "sở công thương",
    "sở khoa học và công nghệ", "sở giáo dục và đào tạo", "sở nông nghiệp và môi trường",
    "ủy ban nhân dân cấp xã", "ủy ban nhân dân cấp tỉnh", "công an cấp xã", "công an cấp tỉnh",
    "ban quản lý khu kinh tế", "cơ quan thuế", "cơ quan hải quan", "bảo hiểm xã hội",
    "ngân hàng nhà nước", "kho bạc nhà nước", "cơ quan đại diện", "tòa án nhân dân",
)  # fmt: skip
PEOPLE = (
    "cá nhân", "tổ chức", "hộ gia đình", "hộ kinh doanh", "doanh nghiệp", "hợp tác xã",
    "người nước ngoài", "người cao tuổi", "người khuyết tật", "trẻ em", "học sinh", "sinh viên",
    "người lao động", "công chức", "viên chức", "thương binh", "bệnh binh", "cựu chiến binh",
    "doanh nghiệp nhà nước", "tổ chức tôn giáo", "cơ sở giáo dục", "cơ sở y tế", "nhà đầu tư",
)  # fmt: skip
TRADES = (
    "thủy sản", "trồng trọt", "chăn nuôi", "thú y", "lâm nghiệp", "xăng dầu", "hóa chất", "phân bón",
    "thuốc lá", "rượu", "điện lực", "khoáng sản", "tài nguyên nước", "viễn thông", "bưu chính",
    "báo chí", "xuất bản", "quảng cáo", "điện ảnh", "thể thao", "du lịch", "lữ hành", "khách sạn",
    "vận tải", "đường bộ", "đường sắt", "đường thủy nội địa", "hàng hải", "hàng không", "bảo hiểm",
    "chứng khoán", "kế toán", "kiểm toán", "thẩm định giá", "đấu giá", "công chứng", "luật sư",
    "giám định", "mỹ phẩm", "trang thiết bị y tế", "khám bệnh, chữa bệnh", "an toàn thực phẩm",
    "giáo dục nghề nghiệp", "mầm non", "tiểu học", "trung học", "đại học", "ngoại ngữ",
)  # fmt: skip
THINGS = (
    "nhà ở", "công trình", "nhà xưởng", "tàu cá", "xe ô tô",
    "xe máy", "máy móc", "thiết bị", "phương tiện", "dự án", "sản phẩm", "hàng hóa", "nguyên liệu",
    "giống cây trồng", "giống vật nuôi", "thuốc", "vắc xin", "tài liệu", "di vật", "tác phẩm",
    "phần mềm", "nhãn hiệu", "sáng chế", "chi nhánh", "văn phòng đại diện",
)  # fmt: skip
KINDS = (PLACES, BODIES, PEOPLE, TRADES, THINGS)
KIND_OF = {word: kind for kind in KINDS for word in kind}
SWAPPED = re.compile(
    rf"\b(?:{'|'.join(map(re.escape, sorted(KIND_OF, key=len, reverse=True)))})\b", re.IGNORECASE
)


def padded(entries: Sequence[Entry], size: int) -> list[Entry]:
    """The entries and near-duplicates of them, `size` in all."""
    return [*entries, *_copies(entries, size - len(entries))]


def _copies(entries: Sequence[Entry], wanted: int) -> Iterator[Entry]:
    dice = random.Random(SEED)
    taken = {folded(text) for one in entries for text in (one.title, one.official_name)}
    made = fruitless = 0
    while made < wanted:
        one = dice.choice(entries)
        name = near_duplicate(one.official_name or one.title, dice)
        key = folded(name)
        fruitless = fruitless + 1 if key in taken else 0
        if fruitless > FRUITLESS:
            raise ValueError(f"{len(entries)} names make no more than {made} near-duplicates")
        if not fruitless:
            taken.add(key)
            made += 1
            yield Entry(f"near-{made}", "", name)


def near_duplicate(name: str, dice: random.Random) -> str:
    """The name for another place, body, group, trade or thing."""
    name = unicodedata.normalize("NFC", name)
    found = list(SWAPPED.finditer(name))
    some = dice.sample(found, min(len(found), dice.choice((1, 2))))
    for one in sorted(some, key=lambda found: -found.start()):
        name = name[: one.start()] + _other(one.group(), dice) + name[one.end() :]
    if not found or dice.random() < 0.5:
        name = f"{name} {_scope(dice)}"
    return name


def _other(word: str, dice: random.Random) -> str:
    kind = KIND_OF[word.lower()]
    other = dice.choice([one for one in kind if one != word.lower()])
    return other.capitalize() if word[0].isupper() else other


def _scope(dice: random.Random) -> str:
    return dice.choice(
        (
            f"đối với {dice.choice(PEOPLE)} trong lĩnh vực {dice.choice(TRADES)}",
            f"của {dice.choice(PEOPLE)} tại {dice.choice(PLACES)}",
            f"trong lĩnh vực {dice.choice(TRADES)} thuộc thẩm quyền của {dice.choice(BODIES)}",
            f"tại {dice.choice(PLACES)} do {dice.choice(BODIES)} thực hiện",
        )
    )
