"""A mistake in the lexicon is named by line, with what to do."""

from pathlib import Path

import pytest

from bot.matching.facets import Facet
from bot.matching.index import Index
from bot.matching.lexicon import Lexicon, LexiconError
from bot.matching.phrases import Kind, Pattern, Phrase, PhraseTable
from bot.matching.profiles import Entry
from bot.matching.reading import read
from bot.matching.text import words


def load(tmp_path: Path, text: str) -> Lexicon:
    path = tmp_path / "lexicon.yaml"
    path.write_text(text, encoding="utf-8")
    return Lexicon.load(path)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("padding:\n  - (một|hai\n", 2, "every ( needs one )"),
        ("padding:\n  - một)\n", 2, "a bracket too many"),
        ("padding:\n  - (một)?\n", 2, "may come out empty"),
        ("padding: một\n", 1, "expected a list"),
        ("frames:\n  fee: [phí]\n  price: [giá]\n", 3, "unknown name 'price'"),
        ("frame:\n  fee: [phí]\n", 1, "unknown section 'frame'"),
        ("teencode:\n  ko: không\n  ko: có\n", 3, "written twice"),
        ("abbreviations:\n  sđ: {means: sổ đỏ}\n", 2, "near"),
        ("padding:\n  - [a\n", 3, "is not YAML"),
        ("- một\n", 1, "name: value"),
        ("concepts:\n  sổ đỏ: [bìa]\nrelated:\n  chia đất: [sổ đỏ]\n", 4, "add it to `concepts`"),
        ("plain:\n  - sổ đỏ\n", 2, "is not a concept"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(LexiconError, match=r"lexicon\.yaml") as raised:
        load(tmp_path, text)
    assert (raised.value.line, says in raised.value.message) == (line, True), raised.value


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="cannot be read"):
        Lexicon.load(tmp_path / "none.yaml")


def test_an_empty_lexicon_still_reads(tmp_path: Path) -> None:
    lexicon = load(tmp_path, "")
    assert [term.text for term in read("làm sổ đỏ", lexicon).terms] == ["lam", "so", "do"]


@pytest.mark.parametrize("asked", ["khi mô có sổ", "khi mo co so"])
def test_a_dialect_word_in_a_pattern_is_heard_with_and_without_marks(
    tmp_path: Path, asked: str
) -> None:
    lexicon = load(tmp_path, "dialect:\n  mô: đâu\nframes:\n  deadline: [khi mô có]\n")
    assert read(asked, lexicon).facets == (Facet.DEADLINE,)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("cần giấy gì", 3),
        ("cần giấy tờ gì", 4),
        ("phải giấy gì", 3),
        ("phải giấy tờ gì ạ", 4),
        ("giấy tờ gì", 0),
        ("cần phải giấy gì", 0),
        ("cần tờ gì", 0),
    ],
)
def test_a_pattern_stands_for_all_its_texts(text: str, length: int) -> None:
    pattern = Pattern.parse("(cần|phải) giấy (tờ)? gì")
    table = PhraseTable([Phrase(pattern, Kind.FRAME, "documents")])
    found = table.all_in(words(text), marked=True)[0]
    assert (found[0].length if found else 0) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("năm 1997", 2),
        ("nam 97", 2),
        ("50.000 đồng", 3),
        ("8 nghìn", 2),
        ("1.500.000 đồng", 4),
        ("năm ngoái", 0),
        ("nghìn", 0),
    ],
)
def test_a_pattern_may_take_any_number(text: str, length: int) -> None:
    patterns = ("năm <số>", "<số> (<số>)? (<số>)? (đồng|nghìn)")
    table = PhraseTable(Phrase(Pattern.parse(one), Kind.PADDING) for one in patterns)
    found = table.all_in(words(text), marked="đ" in text or "ì" in text)[0]
    assert (found[0].length if found else 0) == length


def test_a_number_tells_nothing_of_marks() -> None:
    """ "Nam 80 tuổi" is no year, in a message whose writer types marks."""
    table = PhraseTable([Phrase(Pattern.parse("năm <số>"), Kind.PADDING)])
    assert not table.all_in(words("trợ cấp cho nam 80"), marked=True)[3]
    assert table.all_in(words("từ năm 80"), marked=True)[1]
    assert table.all_in(words("tu nam 80"), marked=False)[1]


def test_numbers_do_not_fill_the_memory() -> None:
    table = PhraseTable([Phrase(Pattern.parse("<số> (<số>)? đồng"), Kind.PADDING)])
    for number in range(1000):
        table.all_in(words(f"{number} {number + 1}"), marked=True)
    assert len(table._begin[True].then) == 1


def names_in(table: PhraseTable, text: str) -> set[str]:
    return {one.name for _, here in table.found(words(text), marked=True) for one in here}


def test_patterns_that_begin_alike_keep_apart() -> None:
    patterns = {"giấy": "(giấy tờ|giấy)", "phép": "giấy (phép)? (gì)?", "nợ": "(giấy) nợ"}
    table = PhraseTable(Phrase(Pattern.parse(p), Kind.FRAME, name) for name, p in patterns.items())
    assert names_in(table, "giấy") == {"giấy", "phép"}
    assert names_in(table, "giấy tờ gì") == {"giấy", "phép"}
    assert names_in(table, "giấy phép gì") == {"giấy", "phép"}
    assert names_in(table, "giấy nợ") == {"giấy", "phép", "nợ"}
    assert [one.length for one in table.all_in(words("giấy phép gì"), marked=True)[0]] == [
        3,
        2,
        1,
        1,
    ]


DEATHS = """
concepts:
  chết: [qua đời, từ trần]
  khai tử: [báo tử]
related:
  chết: [khai tử]
"""


def test_who_says_one_thing_may_mean_the_other(tmp_path: Path) -> None:
    entries = [Entry("khai-tu", "1", "Khai tử"), Entry("tach-ho", "2", "Tách hộ")]
    index = Index.build(entries, load(tmp_path, DEATHS))
    assert [one.id for one in index.search("ông nội qua đời")] == ["khai-tu"]


def test_what_has_the_word_itself_comes_before_what_is_related(tmp_path: Path) -> None:
    entries = [Entry("khai-tu", "1", "Khai tử"), Entry("tro-cap", "2", "Trợ cấp khi từ trần")]
    index = Index.build(entries, load(tmp_path, DEATHS))
    assert [one.id for one in index.search("ông nội qua đời")] == ["tro-cap", "khai-tu"]


def test_a_plain_concept_tells_less_than_a_thing(tmp_path: Path) -> None:
    text = "concepts:\n  sổ đỏ: [bìa đỏ]\n  mất: [thất lạc]\nplain: [mất]\n"
    entries = [Entry("mat-xe", "1", "Mất xe"), Entry("so-do", "2", "Sổ đỏ")]
    index = Index.build(entries, load(tmp_path, text))
    assert index.search("bìa đỏ thất lạc")[0].id == "so-do"


def test_an_extension_by_staff_is_understood(tmp_path: Path) -> None:
    lexicon = load(tmp_path, "concepts:\n  sổ đỏ: [bìa (đỏ|đất)]\ndialect:\n  mô: đâu\n")
    assert read("bìa đất", lexicon).terms[0].text == read("sổ đỏ", lexicon).terms[0].text
