"""The model comes from questions and is the same each time."""

import json
from pathlib import Path

import pytest

from bot.matching.fitting import fit, newton, save, solve
from bot.matching.index import Index
from bot.matching.model import MODEL_PATH, Model, default_model, logistic
from bot.matching.scoring import RANKING_FEATURES

QUESTIONS = {
    "1.000001": ["mất bìa đỏ", "so do bi that lac", "làm lại sổ đỏ bị mất"],
    "1.000003": ["tách thửa", "cắt đất cho con", "gop thua"],
    "2.000001": ["đăng ký khai sinh", "lam giay khai sinh cho chau", "khai sinh"],
    "3.000002": ["gia hạn tạm trú", "tam tru het han"],
    "": ["xin visa", "giá vàng hôm nay", "bằng lái xe", "thời tiết", "bói toán", "xổ số"],
}


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    rows = [{"q": q, "codes": [code]} for code, texts in QUESTIONS.items() for q in texts]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def test_the_fit_is_reproducible(labelled: Path, index: Index, tmp_path: Path) -> None:
    model = fit([labelled], index)
    assert model == fit([labelled], index)
    save(model, tmp_path / "model.json")
    loaded = Model.load(tmp_path / "model.json")
    assert (loaded.ranking, loaded.answer_at) == (model["ranking"], model["answer_at"])
    assert model["fitted_on"]["procedures"] == len(index.entries)


def test_the_fit_knows_no_question(labelled: Path, index: Index) -> None:
    text = json.dumps(fit([labelled], index), ensure_ascii=False)
    assert not any(q in text for texts in QUESTIONS.values() for q in texts)


def test_the_model_of_the_package_is_complete() -> None:
    data = json.loads(MODEL_PATH.read_text(encoding="utf-8"))
    model = default_model()
    assert set(model.ranking) == set(RANKING_FEATURES)
    assert 0 < model.offer_at < model.answer_at < 1
    assert {"figures", "fitted_on"} <= set(data)


def test_a_linear_system_is_solved() -> None:
    assert solve([[4.0], [1.0, 3.0]], [1.0, 2.0]) == pytest.approx([1 / 11, 7 / 11])


def test_newton_finds_the_share() -> None:
    weights = newton([[1.0], [1.0], [1.0], [1.0]], [True, True, True, False])
    assert logistic(weights[0]) == pytest.approx(0.75)
