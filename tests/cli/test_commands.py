"""Commands do what they say; bad input gets one sentence and exit code 2."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.rehearsal.serving import serving
from bot.rehearsal.world import World

pytestmark = pytest.mark.slow  # each command is a process of its own
ROOT = Path(__file__).parents[2]


def motcua(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_ask_prints_the_reply() -> None:
    result = motcua("ask", "mat bia do lam lai het bao nhieu tien")
    assert result.returncode == 0
    assert "Cấp lại sổ đỏ bị mất" in result.stdout


def test_ask_explains_itself_as_json() -> None:
    result = motcua("ask", "mat bia do lam lai het bao nhieu tien", "--json")
    told = json.loads(result.stdout)
    assert told["decision"] == "answer"
    assert {"code", "id", "title", "score", "why"} <= told["candidates"][0].keys()
    assert told["facets"] == ["fee"]
    assert "HĐND tỉnh" in told["text"]
    assert told["buttons"]


def test_eval_prints_figures_and_draws_the_curve(tmp_path: Path) -> None:
    rows, picture = tmp_path / "rows.jsonl", tmp_path / "curve.svg"
    asked = [
        {"q": "làm giấy khai sinh cho con", "ids": ["dang-ky-khai-sinh"]},
        {"q": "giá vàng hôm nay"},
    ]
    rows.write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    result = motcua("eval", str(rows), "--picture", str(picture))
    assert "AURC" in result.stdout
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")


def test_eval_measures_what_a_citizen_gets(tmp_path: Path) -> None:
    """The bot reads an unclear message again without the place; so does its measure."""
    rows = tmp_path / "rows.jsonl"
    asked = {"q": "làm sổ đỏ ở xã Cẩm Bình", "ids": ["cap-gcn-lan-dau-ho-gia-dinh-ca-nhan"]}
    rows.write_text(json.dumps(asked), encoding="utf-8")
    result = motcua("eval", str(rows), "--json")
    assert json.loads(result.stdout)["right"] == 1.0


def test_catalogue_is_clean() -> None:
    result = motcua("catalogue", "check")
    assert result.returncode == 0, result.stdout


def test_catalogue_show_prints_a_card() -> None:
    result = motcua("catalogue", "show", "tach-thua-hop-thua")
    assert "<b>Tách thửa" in result.stdout


def test_a_wrong_fee_is_named_with_file_line_and_cure(tmp_path: Path) -> None:
    """The example of voice.md: 0 đ without a state is refused where it stands."""
    folder = tmp_path / "procedures"
    (folder / "dat-dai").mkdir(parents=True)
    for name in ("sources.yaml", "sectors.yaml"):
        (folder / name).write_text((ROOT / "procedures" / name).read_text())
    good = (ROOT / "procedures/dat-dai/tach-thua-hop-thua.yaml").read_text()
    bad = good.replace("    state: by_resolution\n", "    state: amount\n    amount: 0\n", 1)
    file = folder / "dat-dai" / "tach-thua-hop-thua.yaml"
    file.write_text(bad)
    line = bad[: bad.index("amount: 0")].count("\n") + 1
    result = motcua("catalogue", "check", MOTCUA_PROCEDURES_DIR=str(folder))
    assert result.returncode == 2
    assert f"tach-thua-hop-thua.yaml:{line}: " in result.stdout
    assert "state: free" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("catalogue", "show", "no-such-id"), "no procedure"),
        (("eval", "/no/such/file.jsonl"), "no/such/file"),
        (("eval", "README.md"), "README.md:1"),
        (("eval", os.devnull, "--picture", "/no/such/folder/curve.svg"), "cannot be written"),
        (("eval", "README.md", "--catalogue", "README.md"), "README.md:1"),
        (("run",), "MOTCUA_TOKEN"),
        (("rehearse", "--port", "99999999"), "port"),
        (("rehearse", "--port", "x"), "port"),
        (("ask",), "TEXT"),
        (("nonsense",), "nonsense"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(
    arguments: tuple[str, ...], word: str, tmp_path: Path
) -> None:
    result = motcua(*arguments, DATABASE_URL=f"sqlite:///{tmp_path}/x.sqlite3", MOTCUA_TOKEN="")
    assert result.returncode == 2
    assert word in result.stderr
    assert "Traceback" not in result.stderr


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    result = motcua("run", MOTCUA_GRACE_SECONDS="soon")
    assert result.returncode == 2
    assert "grace_seconds" in result.stderr


@pytest.mark.parametrize("arguments", [("run",), ("ask", "tach thua")])
def test_a_target_that_the_model_cannot_keep_is_refused(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    result = motcua(
        *arguments, MOTCUA_MOST_WRONG="0.0001", DATABASE_URL=f"sqlite:///{tmp_path}/x.sqlite3"
    )
    assert result.returncode == 2
    assert "MOTCUA_MOST_WRONG: the model cannot keep 0.0001; the least is" in result.stderr


def test_with_a_lower_target_for_wrong_answers_fewer_questions_are_answered() -> None:
    own = ("eval", "tests/data/questions.yaml", "--json")
    careful, bold = (
        json.loads(motcua(*own, MOTCUA_MOST_WRONG=target).stdout) for target in ("0.01", "0.08")
    )
    assert careful["answered"] < bold["answered"]
    assert careful["wrong"] <= bold["wrong"]


async def test_a_token_that_telegram_does_not_know_is_said_so(tmp_path: Path) -> None:
    async with serving(World()) as url:
        result = await asyncio.to_thread(
            motcua,
            "run",
            MOTCUA_TOKEN="1:wrong-token-of-somebody",
            MOTCUA_TELEGRAM_API=url,
            DATABASE_URL=f"sqlite:///{tmp_path}/x.sqlite3",
        )
    assert result.returncode == 2
    assert "Telegram does not know MOTCUA_TOKEN" in result.stderr
    assert "somebody" not in result.stderr


def test_doctor_names_what_is_missing(tmp_path: Path) -> None:
    result = motcua("doctor", MOTCUA_TOKEN="", DATABASE_URL=f"sqlite:///{tmp_path}/x.sqlite3")
    assert result.returncode == 2
    assert "✘ Token" in result.stdout
    assert "✔ Cơ sở dữ liệu" in result.stdout
