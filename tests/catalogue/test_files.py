"""What people write in YAML is read as they meant it, and every mistake is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue.files import Finding, UnreadableError, read_folder, read_page

SOURCES = """\
luat-cu-tru:
  kind: law
  document: Luật Cư trú số 68/2020/QH14
  as_of: 2026-07-18
"""
SECTORS = "cu-tru: {order: 1, name: Cư trú}\n"
PROCEDURE = """\
id: tach-ho
code: 1.010038
title: Tách hộ
official_name: Tách hộ
summary: Ra một hộ riêng.
sector: cu-tru
documents:
  - name: Tờ khai CT01
    source: luat-cu-tru
    confidence: high
reviewed_at: 2026-11-23
review_due: 2027-02-28
"""


def write_folder(root: Path, procedure: str = PROCEDURE, **files: str) -> Path:
    """A catalogue of one procedure; `files` are other files by name, without `.yaml`."""
    (root / "cu-tru").mkdir()
    written = {"sources": SOURCES, "sectors": SECTORS, "cu-tru/tach-ho": procedure, **files}
    for name, text in written.items():
        (root / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def told(findings: list[Finding]) -> list[tuple[str, int, str]]:
    return [(finding.path.name, finding.line, finding.code) for finding in findings]


def test_a_plain_scalar_is_text_until_the_model_says_otherwise(tmp_path: Path) -> None:
    """YAML alone would read the code as a number and lose its zeros."""
    folder = read_folder(write_folder(tmp_path))
    assert not folder.findings
    assert folder.procedures["tach-ho"].code == "1.010038"
    assert folder.sources["luat-cu-tru"].as_of.year == 2026
    assert folder.sectors["cu-tru"].id == "cu-tru"


def test_words_typed_apart_from_their_marks_are_put_together(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("name: ho\u0323 te\u0302n", encoding="utf-8")
    assert read_page(file).data == {"name": "h\u1ecd t\u00ean"}


@pytest.mark.parametrize("empty", ["", "~", "null"])
def test_an_empty_value_is_as_if_not_written(tmp_path: Path, empty: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(f"a: {empty}\nb: 'null'\n")
    assert read_page(file).data == {"b": "null"}


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("a: 1\nb: [1, 2\n", 3, "not_yaml"),
        ("a: 1\nb: câu: có hai chấm\n", 2, "not_yaml"),
        ("a: 1\nb: 2\na: 3\n", 3, "twice"),
        ("a:\n  x: 1\n  x: 2\n", 3, "twice"),
    ],
)
def test_an_unreadable_file_is_refused_where_it_breaks(
    tmp_path: Path, text: str, line: int, code: str
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableError) as refused:
        read_page(file)
    assert (refused.value.finding.line, refused.value.finding.code) == (line, code)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes("a: Tách hộ".encode("utf-16"))
    with pytest.raises(UnreadableError) as refused:
        read_page(file)
    assert refused.value.finding.code == "not_utf8"


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("title: Tách hộ", f"title: {'a' * 61}", 3, "string_too_long"),
        ("title: Tách hộ\n", "", 1, "missing"),
        ("    source: luat-cu-tru\n", "", 8, "missing"),
        ("    confidence: high\n", "", 8, "missing"),
        ("confidence: high", "confidence: sure", 10, "enum"),
        ("    source: luat-cu-tru\n", "    sauce: luat\n", 9, "extra_forbidden"),
        ("code: 1.010038", "code: 10038", 2, "string_pattern_mismatch"),
        ("    confidence: high\n", "    confidence: high\n    copies: hai\n", 11, "int_parsing"),
        ("review_due: 2027-02-28", "review_due: 30/2/2027", 12, "date_from_datetime_parsing"),
        ("documents:\n", "steps: một bước\ndocuments:\n", 7, "tuple_type"),
    ],
)
def test_a_wrong_field_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, code: str
) -> None:
    """Missing provenance and a title over 60 characters are among them."""
    assert PROCEDURE.count(old) == 1
    folder = read_folder(write_folder(tmp_path, PROCEDURE.replace(old, new)))
    assert ("tach-ho.yaml", line, code) in told(folder.findings)
    assert not folder.procedures


@pytest.mark.parametrize(
    ("fee", "code"),
    [
        ("state: amount, amount: 0", "greater_than"),
        ("state: amount", "fee_amount"),
        ("state: unknown, amount: 8000", "fee_amount"),
        ("state: free, amount: 8000", "fee_amount"),
        ("state: formula", "fee_formula"),
        ("state: free, formula: 0.5%", "fee_formula"),
    ],
)
def test_a_fee_says_one_thing(tmp_path: Path, fee: str, code: str) -> None:
    """A fee of 0 is never an amount: it is `free`, with its source."""
    line = f"  - {{name: Lệ phí, kind: le_phi, {fee}, source: luat-cu-tru, confidence: low}}\n"
    folder = read_folder(write_folder(tmp_path, f"{PROCEDURE}fees:\n{line}"))
    assert code in [finding.code for finding in folder.findings]
    assert folder.findings[0].line == 14


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    root = write_folder(tmp_path, **{"cu-tru/hong": "a: [", "cu-tru/la": "- một\n"})
    folder = read_folder(root)
    assert list(folder.procedures) == ["tach-ho"]
    assert {finding.code for finding in folder.findings} == {"not_yaml", "not_mapping"}


def test_an_id_belongs_to_one_file(tmp_path: Path) -> None:
    folder = read_folder(write_folder(tmp_path, **{"cu-tru/tach-khau": PROCEDURE}))
    assert told(folder.findings) == [("tach-khau.yaml", 1, "id_taken")]


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    assert told(read_folder(tmp_path).findings) == [
        ("sources.yaml", 1, "no_file"),
        ("sectors.yaml", 1, "no_file"),
    ]
