"""What people ask that none of our procedures answers goes to a person, who is told what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue.elsewhere import Matter, read_matters
from bot.catalogue.files import read_folder
from bot.catalogue.pages import BadFileError
from bot.settings import PROCEDURES

PROCEDURES_OF_OURS = read_folder(PROCEDURES).procedures


def read(folder: Path, text: str) -> tuple[Matter, ...]:
    (folder / "elsewhere.yaml").write_text(text, encoding="utf-8")
    return read_matters(folder, PROCEDURES_OF_OURS)


def test_the_matters_of_others_are_read(tmp_path: Path) -> None:
    (matter,) = read(tmp_path, "- name: Đổi bằng lái\n  said: [bằng lái hết hạn]\n")
    assert (matter.name, matter.said) == ("Đổi bằng lái", ("bằng lái hết hạn",))


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (
            "- name: Bằng lái\n  said: [đổi bằng]\n- name: Lái xe\n  said: [ĐỔI BẰNG]\n",
            4,
            "matter_twice",
        ),
        (
            "- name: Bằng lái\n  said:\n    - đổi bằng\n    - tách thửa cho con\n",
            4,
            "matter_is_ours",
        ),
    ],
)
def test_a_matter_that_is_ours_or_stands_twice_is_refused_by_its_line(
    tmp_path: Path, text: str, line: int, code: str
) -> None:
    with pytest.raises(BadFileError) as raised:
        read(tmp_path, text)
    assert [(one.line, one.code) for one in raised.value.findings] == [(line, code)]


def test_none_of_the_matters_kept_is_ours() -> None:
    assert len(read_matters(PROCEDURES, PROCEDURES_OF_OURS)) > 300
