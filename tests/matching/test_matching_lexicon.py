"""A mistake in the lexicon is named by line, with what to do."""

from pathlib import Path

import pytest

from bot.matching.lexicon import Lexicon, LexiconError
from bot.matching.phrases import spellings
from bot.matching.reading import read


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


def test_a_pattern_spells_all_its_texts() -> None:
    assert spellings("(cần|phải) giấy (tờ)? gì") == (
        "cần giấy gì",
        "cần giấy tờ gì",
        "phải giấy gì",
        "phải giấy tờ gì",
    )


def test_an_extension_by_staff_is_understood(tmp_path: Path) -> None:
    lexicon = load(tmp_path, "concepts:\n  sổ đỏ: [bìa (đỏ|đất)]\ndialect:\n  mô: đâu\n")
    assert read("bìa đất", lexicon).terms[0].text == read("sổ đỏ", lexicon).terms[0].text
