"""What cannot be told truly is refused, and what people would not understand is pointed at."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.catalogue.checks import LEGAL_NUMBER, check_folder
from bot.catalogue.files import Finding
from bot.catalogue.plain import fold
from bot.settings import PROCEDURES
from bot.wording import card_checks
from bot.wording.card_checks import check_cards
from bot.wording.render import render
from tests.support.office import TODAY

MOST_ASKED = (
    "cap-gcn-lan-dau-ho-gia-dinh-ca-nhan",
    "cap-doi-gcn",
    "cap-lai-gcn-bi-mat",
    "chuyen-muc-dich-su-dung-dat",
    "chuyen-nhuong-quyen-su-dung-dat",
    "dang-ky-khai-sinh",
    "dang-ky-thuong-tru",
    "tach-thua-hop-thua",
    "tang-cho-quyen-su-dung-dat",
    "thua-ke-quyen-su-dung-dat",
)
SOURCES = {
    "luat": {"kind": "law", "document": "Luật Cư trú số 68/2020/QH14", "as_of": "2026-07-18"},
    "cong": {"kind": "portal", "document": "Cổng Dịch vụ công", "as_of": "2026-07-18"},
    "nghe": {"kind": "practice", "document": "Nghe kể", "as_of": "2026-07-18"},
}
SECTORS = {
    "cu-tru": {"order": "1", "name": "Cư trú"},
    "dat-dai": {"order": "2", "name": "Đất đai"},
}
SURE = {"source": "luat", "confidence": "high"}
WORDS = {
    "say_instead": {"xuất trình": "cho xem", "thẩm quyền": "quyền giải quyết"},
    "links": ["nếu"],
}
Book = dict[str, dict[str, object]]


def make_procedure(name: str, **changes: object) -> dict[str, object]:
    """A procedure without fault; `None` leaves a field out."""
    fields: dict[str, object] = {
        "id": name,
        "code": "1.010038",
        "title": "Tách hộ",
        "official_name": "Tách hộ",
        "summary": "Vẫn ở chỗ cũ mà ra một hộ riêng.",
        "sector": "cu-tru",
        "aliases": [f"{name} cách {i}" for i in range(8)],
        "documents": [{"name": "Tờ khai", **SURE}],
        "fees": [{"name": "Lệ phí", "kind": "le_phi", "state": "amount", "amount": "5000", **SURE}],
        "time_limits": [{"value": "5", **SURE}],
        "channels": [{"kind": "in_person", "place": "Công an xã"}],
        "legal_bases": [{"source": "cong"}, {"source": "nghe"}],
        "reviewed_at": "2026-11-23",
        "review_due": "2027-02-28",
    }
    return {key: value for key, value in (fields | changes).items() if value is not None}


Check = Callable[..., list[Finding]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """What the check says about these procedures, by the words and sources given."""

    def run(*procedures: dict[str, object], sources: object = SOURCES) -> list[Finding]:
        for name, content in (
            ("sources", sources),
            ("sectors", SECTORS),
            ("plain_words", WORDS),
            *((f"{p['sector']}/{p['id']}", p) for p in procedures),
        ):
            file = tmp_path / f"{name}.yaml"
            file.parent.mkdir(exist_ok=True)
            file.write_text(yaml.dump(content, allow_unicode=True, sort_keys=False))
        return check_folder(tmp_path, today=TODAY)[1]

    return run


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def fee(**changes: object) -> list[dict[str, object]]:
    fields = {"name": "Lệ phí", "kind": "le_phi", "state": "free", **SURE, **changes}
    return [{key: value for key, value in fields.items() if value is not None}]


CASES = [
    {
        "id": "ai",
        "question": "Ai nộp?",
        "options": [
            {"id": "minh", "label": "Tự mình nộp"},
            {"id": "thay", "label": "Người khác nộp"},
        ],
    }
]


def test_a_procedure_without_fault_is_let_through(check: Check) -> None:
    assert check(make_procedure("tach-ho")) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sector": "dat-dai", "fees": fee(source="cong")}, "free_by_portal"),
        ({"fees": fee(source="nghe", confidence="low")}, "free_without_source"),
        ({"fees": fee(state="amount", amount="8")}, "fee_small"),
        ({"fees": None}, "empty"),
        ({"documents": None}, "empty"),
        ({"legal_bases": None}, "empty"),
        ({"documents": [{"name": "Đơn", "source": "sach", "confidence": "low"}]}, "no_source"),
        ({"documents": [{"name": "Đơn", **SURE, "source": "nghe"}]}, "sure_without_document"),
        ({"documents": [{"name": "Đơn", **SURE, "condition": "nếu có"}]}, "mandatory_condition"),
        ({"documents": [{"name": "Đơn", **SURE, "when": ["la"]}]}, "no_option"),
        ({"aliases": ["một"]}, "few_aliases"),
        ({"aliases": [f"cách {i}" for i in range(8)] + ["Cach 1!"]}, "alias_twice"),
        ({"related": ["khong-co"]}, "no_procedure"),
        ({"related": ["tach-ho"]}, "points_to_itself"),
        ({"see_instead": [{"condition": "Khác", "procedure": "tach-ho"}]}, "points_to_itself"),
    ],
)
def test_what_cannot_be_told_truly_is_refused(
    check: Check, changes: dict[str, object], code: str
) -> None:
    refused = [f for f in check(make_procedure("tach-ho", **changes)) if not f.warning]
    assert codes(refused) == [code]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"review_due": "2026-11-22"}, "review_passed"),
        ({"summary": "Phải xuất trình căn cước."}, "official_word"),
        ({"steps": ["Xuất trình căn cước"]}, "official_word"),
        ({"summary": "chữ " * 33}, "long_sentence"),
        ({"conditions": ["chữ " * 33]}, "long_sentence"),
        ({"fees": fee() + fee()}, "fee_named_twice"),
        (
            {
                "documents": [
                    {"name": "Sổ (gốc)", **SURE, "mandatory": "false", "condition": "nếu có"}
                ]
            },
            "double_brackets",
        ),
        (
            {"channels": [{"kind": "online", "place": "Cổng (đặt lịch)", "url": "https://x.vn"}]},
            "double_brackets",
        ),
        (
            {"cases": CASES, "fees": fee(condition="nếu người khác nộp", when=["thay"])},
            "condition_repeats",
        ),
    ],
)
def test_what_reads_badly_is_pointed_at(
    check: Check, changes: dict[str, object], code: str
) -> None:
    findings = check(make_procedure("tach-ho", **changes))
    assert codes(findings) == [code]
    assert findings[0].warning


def test_an_official_word_may_stand_in_brackets(check: Check) -> None:
    assert check(make_procedure("tach-ho", summary="Cho xem (xuất trình) căn cước.")) == []


def test_two_short_sentences_are_not_one_long_one(check: Check) -> None:
    assert check(make_procedure("tach-ho", summary=f"{'chữ ' * 20}. {'chữ ' * 20}.")) == []


def test_a_person_in_ha_tinh_may_vouch_for_a_free_service(check: Check) -> None:
    verified = fee(source="nghe", verified_by="Một Cửa Cẩm Bình, 2/12/2026")
    assert check(make_procedure("tach-ho", fees=verified)) == []


def test_a_procedure_may_be_without_its_national_code(check: Check) -> None:
    """A code that nobody verified is left out: `motcua catalogue todo` asks for it."""
    assert check(make_procedure("tach-ho", code=None)) == []


@pytest.mark.parametrize("said", ["Bìa đỏ mất!", "bia do mat", "BÌA  ĐỎ, MẤT"])
def test_an_alias_belongs_to_one_procedure_however_it_is_typed(check: Check, said: str) -> None:
    first = make_procedure("mot", aliases=["bìa đỏ mất", *(f"một {i}" for i in range(8))])
    second = make_procedure("hai", aliases=[said, *(f"hai {i}" for i in range(8))])
    taken = check(first, second)
    assert codes(taken) == ["alias_taken"]
    assert taken[0].facts["other"] in {"mot", "hai"}


def test_two_may_share_an_alias_when_each_tells_when_the_other_is_right(check: Check) -> None:
    def shares(name: str, other: str) -> dict[str, object]:
        see = [{"condition": "Việc kia", "procedure": other}]
        return make_procedure(
            name, aliases=["mất sổ", *(f"{name} {i}" for i in range(8))], see_instead=see
        )

    assert check(shares("mot", "hai"), shares("hai", "mot")) == []


@pytest.mark.parametrize(
    ("changes", "line", "code", "warning"),
    [
        ({"document": "Luật Cư trú 2020"}, 15, "legal_number", False),
        ({"document": "Nghị định 151/25/NĐ-CP"}, 15, "legal_number", False),
        ({"effective_to": "2026-11-22"}, 17, "source_expired", True),
        ({}, 13, "source_unused", True),
    ],
)
def test_a_source_is_checked_on_its_line(
    check: Check, changes: dict[str, str], line: int, code: str, warning: bool
) -> None:
    law = {"kind": "law", "document": "Nghị định 151/2025/NĐ-CP", "as_of": "2026-07-18"}
    used = [{"source": key} for key in ("cong", "nghe", *(["moi"] if changes else []))]
    findings = check(
        make_procedure("tach-ho", legal_bases=used), sources={**SOURCES, "moi": law | changes}
    )
    assert [(f.path.name, f.line, f.code, f.warning) for f in findings] == [
        ("sources.yaml", line, code, warning)
    ]


@pytest.mark.parametrize(
    "number",
    [
        "Luật Cư trú số 68/2020/QH14",
        "Nghị quyết 66.7/2025/NQ-CP",
        "Thông tư 01/2019/TT-BLĐTBXH",
        "Quyết định 5230/QĐ-BCA-C06",
        "Quyết định 62/2025/QĐ-UBND tỉnh Hà Tĩnh",
        "Pháp lệnh 02/2020/UBTVQH14",
        "Công văn 1153/BNNMT-QLĐĐ",
    ],
)
def test_the_numbers_of_vietnamese_law_are_known(number: str) -> None:
    assert LEGAL_NUMBER.search(number)


@pytest.mark.parametrize(
    "number",
    ["151/25/NĐ-CP", "151/2025/ND-CP", "151/2025", "Nghị định 151/2025/NĐCP", "151-2025-NĐ-CP"],
)
def test_a_malformed_number_is_known(number: str) -> None:
    assert not LEGAL_NUMBER.search(number)


def test_a_card_that_does_not_fit_a_screen_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    folder, _ = check_folder(PROCEDURES, today=TODAY)
    monkeypatch.setattr(card_checks, "CARD_LIMIT", 500)
    found = list(check_cards(folder))
    assert found
    assert {finding.code for finding in found} == {"card_too_long"}
    assert found[0].path.parent.parent == PROCEDURES


# The published catalogue itself.

FOLDER, FINDINGS = check_folder(PROCEDURES, today=TODAY)


def test_the_catalogue_is_clean_without_a_single_reminder() -> None:
    assert [(f.path.name, f.line, f.code) for f in FINDINGS] == []
    assert list(check_cards(FOLDER)) == []


@pytest.mark.parametrize("procedure", MOST_ASKED)
def test_what_is_asked_most_is_known_by_thirty_ways_of_asking(procedure: str) -> None:
    assert len({fold(alias.text) for alias in FOLDER.procedures[procedure].aliases}) >= 30


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 1)])
def test_the_deadlines_that_we_know_of_raise_a_flag_in_time(day: date) -> None:
    """Identity card discount and land money: 31/12/2026 and 1/1/2027; land decree: 1/3/2027."""
    assert any(day >= p.review_due for p in FOLDER.procedures.values())
    assert FOLDER.procedures["cap-lai-the-can-cuoc"].review_due <= date(2026, 12, 31)
    assert FOLDER.procedures["tinh-lai-tien-su-dung-dat-nq254"].review_due <= date(2026, 12, 31)
    assert FOLDER.procedures["cap-doi-gcn"].review_due <= date(2027, 3, 1)


CODE_AT = {"finding": 1, "Finding": 2, "PydanticCustomError": 0}  # which argument is the code


def raised_codes() -> set[str]:
    """The code of every finding that our code makes."""
    found = set()
    for file in (PROCEDURES.parent / "bot").glob("*/*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                at = CODE_AT.get(name, len(node.args))
                found |= {a.value for a in node.args[at : at + 1] if isinstance(a, ast.Constant)}
    return {str(code) for code in found}


@pytest.mark.parametrize("code", sorted(raised_codes()))
def test_every_finding_has_words(code: str) -> None:
    words = render("staff/finding.txt", code=code, facts=defaultdict(str))
    assert "ghi chưa đúng" not in words
