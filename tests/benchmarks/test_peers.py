"""The benchmark measures what it says: without the peers' packages, on a catalogue of four."""

from itertools import combinations, pairwise
from pathlib import Path

import pytest

from bot.matching.profiles import Entry
from tests.benchmarks.peers.engines import MATCHER, folded
from tests.benchmarks.peers.measuring import Catalogue, Measured, measure_here
from tests.benchmarks.peers.padding import padded
from tests.benchmarks.peers.picture import draw, lines, x_of, y_of
from tests.benchmarks.peers.questions import Asked, asked_of, read_rows
from tests.benchmarks.peers.report import growth, overview, report

ENTRIES = (
    Entry("khai-sinh", "1.1", "Đăng ký khai sinh", aliases=("làm giấy khai sinh cho cháu",)),
    Entry("khai-tu", "1.2", "Đăng ký khai tử", aliases=("báo tử",)),
    Entry("giay-phep", "1.3", "Cấp giấy phép bán lẻ rượu cho hộ kinh doanh", other_codes=("1.4",)),
    Entry("tham-dinh", "1.5", "Thẩm định dự án tại khu công nghiệp do Bộ Xây dựng thực hiện"),
)
ASKED = (Asked("lam giay khai sinh", frozenset({0})), Asked("khai tử", frozenset({1})))
WITHOUT_PACKAGES = (
    MATCHER,
    "rapidfuzz token_set_ratio",
    "rapidfuzz WRatio",
    "SQLite FTS5 unicode61",
    "SQLite FTS5 trigram",
)


def measured(
    engine: str, ranks: tuple[int | None, ...], ms: float = 1.0, catalogue: str = "small"
) -> Measured:
    entries = 4 if catalogue == "small" else 400
    return Measured(engine, catalogue, entries, ranks, (ms,) * len(ranks), 0.5, 12.3)


@pytest.mark.parametrize("engine", WITHOUT_PACKAGES)
def test_an_engine_finds_an_entry_by_its_title_and_by_its_alias(engine: str) -> None:
    found = measure_here(engine, Catalogue("small", ENTRIES, ASKED))
    assert found.ranks == (1, 1)
    assert len(found.milliseconds) == 2


def test_near_duplicates_are_new_names_and_the_same_each_time() -> None:
    """A copy that has the name of a right answer would be counted as a mistake."""
    many = padded(ENTRIES, 400)
    names = [folded(one.title) for one in many]
    assert many[:4] == list(ENTRIES)
    assert len(set(names)) == len(many) == 400
    assert many == padded(ENTRIES, 400)
    assert len({one.id for one in many}) == 400
    assert not any(one.code for one in many[4:])


def test_a_near_duplicate_keeps_the_act() -> None:
    acts = ("dang ky khai sinh", "dang ky khai tu", "cap giay phep ban le", "tham dinh")
    assert all(folded(one.title).startswith(acts) for one in padded(ENTRIES, 200))


def test_a_list_too_short_for_the_size_is_said_so() -> None:
    with pytest.raises(ValueError, match="1 names make no more than"):
        padded(ENTRIES[:1], 100_000)


def test_rows_are_right_by_id_or_any_code(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(
        '{"q": "xin giấy phép", "codes": ["1.4"]}\n'
        '{"q": "làm giấy", "codes": ["1.3"], "ids": ["khai-sinh"]}\n'
        '{"q": "trời mưa", "codes": []}\n',
        encoding="utf-8",
    )
    asked = asked_of(read_rows([file]), ENTRIES)
    assert {one.text: one.right for one in asked} == {"xin giấy phép": {2}, "làm giấy": {0}}


def test_without_files_our_own_questions_are_asked() -> None:
    rows = read_rows([])
    assert len(rows) >= 400
    assert rows == read_rows([])


def test_the_table_says_how_far_ours_is_from_the_best_peer() -> None:
    peers = [measured("a", (1, None, None, None)), measured("b", (1, 1, 2, None), ms=918.4)]
    words = report([measured(MATCHER, (1, 1, 3, 1), ms=0.123), *peers])
    assert "small: 4 entries, 4 questions" in words
    assert f"| {MATCHER} | **.750** (" in words
    assert "| 1.000 | 1.000 | .833 | 0.12 | 0.12 | 0.50 | 12 |" in words
    assert "| .750 | .750 | .625 | 918 | 918 |" in words
    assert "hit@1 +25.0 points against the best peer (b)" in words


def test_the_overview_has_every_catalogue_beside_the_others() -> None:
    small, large = measured("a", (1, None)), measured("a", (2, None), catalogue="large")
    row = "| a | **.500**, .500, 1.0 ms | **.000**, .500, 1.0 ms |"
    assert overview([small, large]).splitlines()[2:] == [row]


def test_growth_is_of_the_questions_that_both_were_asked() -> None:
    small = measured(MATCHER, (1,) * 4)
    slow_later = (1.0, 1.0, 9.0, 9.0)
    small = Measured(MATCHER, "small", 4, small.ranks, slow_later, 0.5, 1.0)
    large = measured(MATCHER, (1, 1), ms=2.0, catalogue="large")
    assert growth(small, large).endswith("from 4 to 400 entries the median time grows 2.00 times")


CROWD = [
    measured(name, (1, None, 1) if at % 2 else (1, 1, None), ms, catalogue)
    for at, name in enumerate((MATCHER, "bm25s", "tantivy", "SQLite FTS5", "TF-IDF", "WRatio"))
    for ms, catalogue in ((0.5 + at / 10, "small"), (0.7 + at / 5, "large"))
]


def test_no_label_of_the_picture_covers_another_or_a_mark() -> None:
    drawn = lines(CROWD)
    assert not any(a.label.covers(b.label) for a, b in combinations(drawn, 2))
    within = [
        (line.engine, mark)
        for line in drawn
        for other in drawn
        for mark in other.marks
        if line.label.left < mark.x < line.label.left + line.label.width
        and line.label.top < mark.y < line.label.top + line.label.height
    ]
    assert within == []


def test_the_axes_are_logarithmic_and_upwards() -> None:
    steps = [x_of(ms) for ms in (0.1, 1, 10, 100)]
    widths = {round(right - left) for left, right in pairwise(steps)}
    assert len(widths) == 1
    assert y_of(0.9) < y_of(0.1)


def test_the_picture_names_every_engine_and_suits_dark_pages() -> None:
    picture = draw([*CROWD, measured(f"{MATCHER}, search alone", (1, 1, 1))])
    assert all(f">{one.engine}</text>" in picture for one in CROWD)
    assert "search alone" not in picture
    assert "prefers-color-scheme: dark" in picture
