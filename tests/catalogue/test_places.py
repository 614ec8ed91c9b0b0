"""People name places as they knew them: each name leads to today's commune, or is asked, never guessed."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.pages import BadFileError
from bot.catalogue.places import (
    Ambiguous,
    Commune,
    Found,
    Places,
    Unit,
    UnitKind,
    Unknown,
    What,
    Why,
)

PROCEDURES = Path(__file__).parents[2] / "procedures"
PLACES = Places.load(PROCEDURES)
KIND_WORDS = {kind: words[0] for kind, words in PLACES.names.reading.kinds.items()}
DISTRICT_NAMES = {district.name for district in PLACES.names.districts}


def without_marks(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


SPELLINGS = st.sampled_from(
    [str, str.lower, str.upper, without_marks, decomposed, lambda t: without_marks(t).lower()]
)
OLD_WHOLE = [(old, commune) for commune in PLACES.communes for old in commune.whole()]
OLD_DIVIDED = sorted({(p.kind, p.name) for commune in PLACES.communes for p in commune.parts})


def bears_another(old: Unit, commune: Commune) -> bool:
    """Whether another commune of today, or a district, bears the name of this older unit."""
    others = {other.name for other in PLACES.communes if other != commune}
    return old.name in others | DISTRICT_NAMES


def found(text: str) -> tuple[str, str | None]:
    place = PLACES.find(text)
    assert isinstance(place, Found), place
    return place.commune.name, place.formerly.name if place.formerly else None


def asked(text: str) -> tuple[Why, set[str]]:
    place = PLACES.find(text)
    assert isinstance(place, Ambiguous), place
    return place.why, {candidate.commune.name for candidate in place.candidates}


def mentioned(text: str) -> list[tuple[str, str]]:
    """What stands in the text, and the commune or why it is no single one."""
    return [
        (
            text[mention.start : mention.end],
            mention.place.commune.name
            if isinstance(mention.place, Found)
            else mention.place.why.value,
        )
        for mention in PLACES.find_in(text)
    ]


def test_there_are_69_communes_of_which_nine_are_wards() -> None:
    assert len({commune.id for commune in PLACES.communes}) == 69
    assert sum(commune.kind is UnitKind.PHUONG for commune in PLACES.communes) == 9
    assert PLACES.source.document.startswith("Nghị quyết 1665/NQ-UBTVQH15")
    assert [PLACES.get_commune(commune.id) for commune in PLACES.communes] == list(PLACES.communes)


@pytest.mark.parametrize(
    ("text", "commune", "formerly"),
    [
        ("xã Thạch Trị", "Đồng Tiến", "Thạch Trị"),
        ("thach tri", "Đồng Tiến", "Thạch Trị"),
        ("x.thach tri", "Đồng Tiến", "Thạch Trị"),
        ("Nghèn", "Can Lộc", "Nghèn"),
        ("nghen", "Can Lộc", "Nghèn"),
        ("tt nghen", "Can Lộc", "Nghèn"),
        ("phuong tran phu cu", "Thành Sen", "Trần Phú"),
        ("Trần Phú (cũ)", "Thành Sen", "Trần Phú"),
        ("phường Hà Huy Tập mới", "Hà Huy Tập", None),
        ("Thạch Hạ", "Trần Phú", "Thạch Hạ"),
        ("phuong thach ha", "Trần Phú", "Thạch Hạ"),
        ("xa thach ha", "Thạch Hà", None),
        ("thị trấn Thạch Hà", "Thạch Hà", "Thạch Hà"),
        ("xã Đức Thọ", "Đức Thọ", None),
        ("thị trấn Kỳ Đồng", "Kỳ Anh", "Kỳ Đồng"),
        ("xa ky anh", "Kỳ Anh", None),
        ("Thạch Quí", "Thành Sen", "Thạch Quý"),
        ("Hoà Lạc", "Đức Thọ", "Hòa Lạc"),
        ("XÃ CẪM BÌNH", "Cẩm Bình", None),  # the tone slips in speech
        ("sơn kim 2", "Sơn Kim 2", None),
        ("Sơn Kim I", "Sơn Kim 1", None),
        ("dạ em ở xã cẩm bình ạ", "Cẩm Bình", None),
        ("xã Cẩm Bình, huyện Cẩm Xuyên, tỉnh Hà Tĩnh", "Cẩm Bình", None),
        ("P. Thạch Quý, TP Hà Tĩnh", "Thành Sen", "Thạch Quý"),
        ("nhà tôi ở xã cẩm bình thì nộp ở mô", "Cẩm Bình", None),
        ("Thạch Trị hoặc Thạch Hội", "Đồng Tiến", None),
    ],
)
def test_a_place_is_found_as_people_say_it(text: str, commune: str, formerly: str | None) -> None:
    if "hoặc" in text:  # two older communes, one of today: the same office either way
        assert asked(text) == (Why.SEVERAL, {commune})
    else:
        assert found(text) == (commune, formerly)


@pytest.mark.parametrize(
    ("text", "why", "communes"),
    [
        ("Trần Phú", Why.REUSED, {"Trần Phú", "Thành Sen"}),
        ("phường hà huy tập", Why.REUSED, {"Hà Huy Tập", "Thành Sen"}),
        ("Đại Nài", Why.DIVIDED, {"Thành Sen", "Hà Huy Tập"}),
        ("dai nai cu", Why.DIVIDED, {"Thành Sen", "Hà Huy Tập"}),
        ("xã Kỳ Lợi", Why.DIVIDED, {"Vũng Áng", "Sông Trí", "Hoành Sơn"}),
        ("ky anh", Why.DISTRICT, {"Kỳ Anh"}),
        ("huyện Kỳ Anh", Why.DISTRICT, {"Kỳ Anh"}),
        ("TX Hồng Lĩnh", Why.DISTRICT, {"Bắc Hồng Lĩnh", "Nam Hồng Lĩnh"}),
        ("tp ha tinh", Why.DISTRICT, set()),
        ("thach ha", Why.DISTRICT, {"Thạch Hà", "Trần Phú"}),
        ("phường Thạch Hà", Why.SAME_SPELLING, {"Thạch Hà", "Trần Phú"}),
        ("son kim", Why.SAME_SPELLING, {"Sơn Kim 1", "Sơn Kim 2"}),
        ("ở Thạch Trị, có đất ở Kỳ Lạc", Why.SEVERAL, {"Đồng Tiến", "Kỳ Lạc"}),
        ("thi tran ngheo", Why.MISSPELT, {"Can Lộc"}),
        ("thach trii", Why.MISSPELT, {"Đồng Tiến"}),
    ],
)
def test_a_name_of_several_places_is_asked(text: str, why: Why, communes: set[str]) -> None:
    assert asked(text) == (why, communes)


@pytest.mark.parametrize("text", ["", "🙂", "vinh", "Hà Tĩnh", "cảm ơn", "làm sổ đỏ ở đâu", "xã"])
def test_no_place_is_unknown(text: str) -> None:
    assert PLACES.find(text) == Unknown(text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("tách thửa ở xã Cẩm Bình cần gì", "tách thửa cần gì"),
        ("tui quê Hương Khê, mần bìa đỏ răng", "tui quê , mần bìa đỏ răng"),
        ("xã Cẩm Bình", "xã Cẩm Bình"),  # nothing else is said
        ("có phải đóng tiền không", "có phải đóng tiền không"),  # not the commune Đồng Tiến
    ],
)
def test_a_message_is_read_without_where_the_citizen_lives(text: str, rest: str) -> None:
    assert PLACES.without(text).split() == rest.split()


def test_a_divided_unit_tells_where_its_land_went() -> None:
    place = PLACES.find("Kỳ Lợi")

    assert isinstance(place, Ambiguous)
    assert {c.commune.name: c.what for c in place.candidates} == {
        "Vũng Áng": What.LAND,
        "Sông Trí": What.PEOPLE,
        "Hoành Sơn": What.PEOPLE,
    }


@given(commune=st.sampled_from(PLACES.communes), spell=SPELLINGS)
def test_every_commune_is_found_by_its_kind_and_name(commune: Commune, spell) -> None:  # type: ignore[no-untyped-def]
    place = PLACES.find(spell(f"{KIND_WORDS[commune.kind]} {commune.name}"))

    if isinstance(place, Ambiguous):
        assert commune.name in {"Trần Phú", "Hà Huy Tập"}  # names given again
        assert commune in {candidate.commune for candidate in place.candidates}
    else:
        assert place == Found(commune)


@given(commune=st.sampled_from(PLACES.communes), spell=SPELLINGS)
def test_a_bare_name_finds_the_commune_or_is_asked(commune: Commune, spell) -> None:  # type: ignore[no-untyped-def]
    place = PLACES.find(spell(commune.name))

    if isinstance(place, Ambiguous):
        assert commune.name in DISTRICT_NAMES | {"Trần Phú", "Hà Huy Tập"}
        assert commune in {candidate.commune for candidate in place.candidates}
    else:
        assert place == Found(commune)


@given(pair=st.sampled_from(OLD_WHOLE), spell=SPELLINGS, before=st.sampled_from(["", "ở "]))
def test_every_older_unit_that_went_whole_leads_to_its_commune(pair, spell, before: str) -> None:  # type: ignore[no-untyped-def]
    old, commune = pair
    place = PLACES.find(spell(f"{before}{KIND_WORDS[old.kind]} {old.name} cũ"))

    assert isinstance(place, Found)
    assert (place.commune, place.formerly) == (commune, old)


@given(pair=st.sampled_from(OLD_WHOLE), spell=SPELLINGS)
def test_a_bare_older_name_is_asked_only_where_another_place_bears_it(pair, spell) -> None:  # type: ignore[no-untyped-def]
    old, commune = pair
    place = PLACES.find(spell(old.name))

    if isinstance(place, Found):
        assert place.commune == commune
        assert not bears_another(old, commune)
    else:
        assert isinstance(place, Ambiguous)
        assert bears_another(old, commune) or old.name == "Thạch Hạ"
        assert commune in {candidate.commune for candidate in place.candidates}


@given(
    name=st.sampled_from([*OLD_DIVIDED, *((d.kind, d.name) for d in PLACES.names.districts)]),
    spell=SPELLINGS,
)
def test_a_divided_unit_or_a_district_is_never_guessed(name: tuple[UnitKind, str], spell) -> None:  # type: ignore[no-untyped-def]
    kind, said = name

    assert isinstance(PLACES.find(spell(f"{KIND_WORDS[kind]} {said}")), Ambiguous)


@given(commune=st.sampled_from(PLACES.communes), spell=SPELLINGS)
def test_a_commune_with_its_kind_is_seen_in_every_sentence(commune: Commune, spell) -> None:  # type: ignore[no-untyped-def]
    said = spell(f"{KIND_WORDS[commune.kind]} {commune.name}")
    text = f"{spell('nhà tôi ở')} {said}, {spell('muốn tách thửa thì nộp ở mô')}"
    (mention,) = PLACES.find_in(text)

    assert text[mention.start : mention.end] == said


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("nhà tôi ở xã cẩm bình thì nộp ở mô", [("xã cẩm bình", "Cẩm Bình")]),
        ("em o ky anh vo vung ang lam", [("ky anh", "district"), ("vung ang", "Vũng Áng")]),
        ("mua đất ở thạch trị, thạch hà", [("thạch trị", "Đồng Tiến")]),
        ("đất ở huyện Cẩm Xuyên, xã Cẩm Lộc", [("xã Cẩm Lộc", "Cẩm Trung")]),
        ("ở Trần Phú mới làm sổ", [("Trần Phú", "reused")]),
        ("ở phường Trần Phú cũ làm sổ", [("phường Trần Phú cũ", "Thành Sen")]),
        ("o phuong tran phu cu lam so", [("phuong tran phu", "reused")]),
        ("ở phường Trần Phú cũ, làm sổ", [("phường Trần Phú cũ", "Thành Sen")]),
        ("quê hà linh thì nộp ở đâu", [("hà linh", "Hà Linh")]),
        ("nhà ở xa ho do", [("xa ho do", "Trần Phú")]),
        ("hồ sơ đất Kỳ Lợi", [("Kỳ Lợi", "divided")]),
    ],
)
def test_places_are_seen_in_a_sentence(text: str, places: list[tuple[str, str]]) -> None:
    assert mentioned(text) == places


@pytest.mark.parametrize(
    "text",
    [
        "nộp tiền điện ở đâu",
        "nop tien dien o dau",
        "chủ hộ đó có được không",
        "chu ho do co duoc khong",
        "dang ky van ban the chap",
        "chu ky hai ben",
        "đăng ký thường trú",
        "dang ky thuong tru cho con",
        "hợp đồng kinh tế",
        "hoat dong kinh doanh",
        "phai dong tien bao nhieu",
        "co dam bao khong",
        "quy dinh ban hanh",
        "phuong an dung hay sai",
        "chúc bác bình an",
        "liên minh hợp tác xã",
        "chị Mai Hoa cho em hỏi",
        "con em tên Hà Linh",
        "nhà ở đường Trần Phú",
        "vùng bắc Hà Tĩnh, nam Hà Tĩnh",
        "ở Hà Tĩnh thì sao",
        "mẫu đơn cấp xã Hà Tĩnh",
        "em cam on anh",
    ],
)
def test_everyday_words_are_no_places(text: str) -> None:
    assert mentioned(text) == []


@given(text=st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    PLACES.find(text)
    for mention in PLACES.find_in(text):
        assert 0 <= mention.start < mention.end <= len(text)


def test_an_office_says_what_is_not_known_of_it() -> None:
    assert PLACES.get_office("trung-tam-tinh").unknown() == ("phone", "hours")
    assert PLACES.get_office("dang-ky-dat-dai").unknown() == ("address", "phone", "hours")
    assert PLACES.get_office("cong-an-xa").unknown() == ("address", "phone")
    assert PLACES.get_office("mot-cua-truc-tuyen").unknown() == ()
    assert PLACES.get_office("dich-vu-cong-quoc-gia").unverified == ("phone",)


GOOD = """\
source: {document: d}
province: P
districts: []
reading: {kinds: {xa: [xã]}}
communes:
  - {name: An Bình, kind: xa, clause: 1, formed_from: {xa: [Cũ Một]}}
"""


@pytest.mark.parametrize(
    ("extra", "line", "code"),
    [
        ("  - {name: An Bình, kind: xa, clause: 2}\n", 7, "twice"),
        ("  - {name: B, kind: xa, clause: 2, formed_from: {xa: [Cũ Một]}}\n", 7, "twice"),
        (
            "  - {name: B, kind: xa, clause: 2, parts: [{kind: xa, name: Cũ Một, what: some}]}\n",
            7,
            "twice",
        ),
        ("  - {name: B, kind: huyen, clause: 2}\n", 7, "not_today"),
        ("  - {name: B, kind: ấp, clause: 2}\n", 7, "enum"),
        ("  - {name: B, kind: xa}\n", 7, "missing"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(
    tmp_path: Path, extra: str, line: int, code: str
) -> None:
    (tmp_path / "communes.yaml").write_text(GOOD + extra, encoding="utf-8")
    (tmp_path / "offices.yaml").write_text("[]\n", encoding="utf-8")

    with pytest.raises(BadFileError) as refused:
        Places.load(tmp_path)

    assert [(f.line, f.code) for f in refused.value.findings] == [(line, code)]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("name: x\n", 1, "not_list"),
        ("- {id: a, kind: online, name: A, document: d, confidence: sure}\n", 1, "enum"),
        (
            "- {id: a, kind: online, name: A, document: d, confidence: low}\n"
            "- {id: a, kind: online, name: A, document: d, confidence: low}\n",
            2,
            "twice",
        ),
        (
            "- {id: a, kind: land, name: A, unverified: [phone], document: d, confidence: low}\n",
            1,
            "no_field",
        ),
    ],
)
def test_a_wrong_list_of_offices_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, code: str
) -> None:
    (tmp_path / "communes.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "offices.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(BadFileError) as refused:
        Places.load(tmp_path)

    assert [(f.line, f.code) for f in refused.value.findings] == [(line, code)]
