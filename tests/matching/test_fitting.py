"""The model comes from questions and is the same each time."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.matching.contrast import OUTSIDE
from bot.matching.decision import Answer
from bot.matching.fitting import fit, save
from bot.matching.index import Index
from bot.matching.judging import FEWEST, MOST_WRONG, Judged, thresholds
from bot.matching.labels import read_labels
from bot.matching.lexicon import Lexicon
from bot.matching.model import MODEL_PATH, Model, TargetError, default_model
from bot.matching.profiles import Entry
from bot.matching.regression import regress
from bot.matching.samples import ALL, fold_of, taught
from bot.matching.scoring import RANKING_FEATURES
from bot.matching.understanding import understand

OUR_QUESTIONS = Path(__file__).parents[1] / "data" / "questions.yaml"
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


def test_the_fit_is_the_same_whatever_model_is_installed(
    labelled: Path, index: Index, tmp_path: Path
) -> None:
    installed = default_model()
    upside_down = {name: -weight for name, weight in installed.ranking.items()}
    other = replace(installed, ranking=upside_down, answer_at=0.01)
    for name, model in (("here", installed), ("there", other)):
        save(fit([labelled], index.with_model(model)), tmp_path / name)
    assert (tmp_path / "here").read_bytes() == (tmp_path / "there").read_bytes()


def test_the_fit_knows_no_question(labelled: Path, index: Index) -> None:
    model = fit([labelled], index)
    assert model.pop("contrasts") == index.contrasts()  # learned from the catalogue alone
    text = json.dumps(model, ensure_ascii=False)
    assert not any(q in text for texts in QUESTIONS.values() for q in texts)


def test_a_question_of_ours_is_judged_by_what_the_others_teach(
    labelled: Path, index: Index
) -> None:
    words = taught([labelled], index)
    (licence,) = [talk for talk in read_labels(labelled) if talk[0].question == "bằng lái xe"]
    assert "lai" in words[ALL][OUTSIDE]
    assert "lai" not in words[fold_of(licence)][OUTSIDE]
    assert taught([], index) == {ALL: index.contrasts()}


def test_our_own_questions_are_enough_for_a_fit(labelled: Path, index: Index) -> None:
    model = fit([], index, own=[labelled])
    assert model == fit([], index, own=[labelled])
    assert model["figures"]["questions"] > 0


def test_a_list_of_names_is_ranked_by_weights_of_its_own(lexicon: Lexicon) -> None:
    model = replace(default_model(), ranking={"said": 1.0}, names={"title": 1.0})
    names = [Entry("a", "1", "Đăng ký kết hôn"), Entry("b", "2", "Đăng ký khai sinh")]
    listed = Index.build(names, lexicon, model)
    told = Index.build([replace(names[0], aliases=("cưới",)), names[1]], lexicon, model)
    assert listed.model.ranking == {"title": 1.0}
    assert listed.with_model(model).model.ranking == {"title": 1.0}
    assert told.model.ranking == {"said": 1.0}


def test_the_model_of_the_package_is_complete() -> None:
    data = json.loads(MODEL_PATH.read_text(encoding="utf-8"))
    model = default_model()
    assert set(model.ranking) == set(RANKING_FEATURES)
    assert 0 < model.offer_at < model.answer_at < 1
    assert {"figures", "fitted_on"} <= set(data)


def test_the_model_of_the_package_has_lines_to_choose_from() -> None:
    model = default_model()
    own = model.aiming_at(MOST_WRONG)
    assert (own.answer_at, own.offer_at) == (model.answer_at, model.offer_at)
    assert model.aiming_at(None) == model
    targets = [line.most_wrong for line in model.lines]
    assert targets == sorted(targets)
    assert len(targets) > 3


def judged(file: str, right: int, wrong: int, confidence: float) -> list[Judged]:
    """Questions of one file that a model answers with this confidence."""
    hits = [True] * right + [False] * wrong
    return [Judged(True, hit, True, confidence, 1.0, file=file) for hit in hits]


def test_easy_questions_buy_no_mistakes_in_hard_ones() -> None:
    hard = [*judged("hard", 80, 0, 0.9), *judged("hard", 12, 8, 0.6)]
    easy = judged("easy", 10 * FEWEST, 0, 0.9)
    together = [replace(one, file="one") for one in (*hard, *easy)]
    assert thresholds(together, MOST_WRONG)[0] <= 0.6  # 8 of 1,100 would be rare enough
    assert 0.6 < thresholds([*hard, *easy], MOST_WRONG)[0] <= 0.9


def test_more_care_never_answers_more() -> None:
    lines = default_model().lines
    answer_at = [line.answer_at for line in lines]
    answered = [line.right + line.wrong for line in lines]
    assert answer_at == sorted(answer_at, reverse=True)
    assert answered == sorted(answered)
    assert all(line.wrong <= line.most_wrong for line in lines)


def test_a_target_between_two_lines_takes_the_careful_one() -> None:
    model = default_model()
    first, second = model.lines[:2]
    assert model.line_for((first.most_wrong + second.most_wrong) / 2) == first
    assert model.line_for(0.99) == model.lines[-1]


def test_a_target_out_of_reach_is_refused_with_the_least_that_is_not() -> None:
    model = default_model()
    with pytest.raises(TargetError, match=rf"0\.0001; the least is {model.lines[0].most_wrong}"):
        model.aiming_at(0.0001)
    with pytest.raises(TargetError, match="motcua fit"):
        replace(model, lines=()).aiming_at(0.03)


def test_a_careful_bot_asks_back_where_another_answers(catalogue_index: Index) -> None:
    """What it answers the other answers as well, and the same."""
    texts = [row.question for talk in read_labels(OUR_QUESTIONS) for row in talk][::5]
    lines = default_model().lines
    careful, bold = (
        [understand(text, index=catalogue_index.with_model(model)) for text in texts]
        for model in (default_model().aiming_at(one.most_wrong) for one in (lines[0], lines[-1]))
    )
    answers = [(a, b) for a, b in zip(careful, bold, strict=True) if isinstance(a, Answer)]
    assert all(isinstance(b, Answer) and a.procedure == b.procedure for a, b in answers)
    assert len(answers) < sum(isinstance(one, Answer) for one in bold)


def test_the_regression_finds_what_decides_and_leaves_noise_alone() -> None:
    rows = [[float(a), float(b), 0.0] for a in (0, 1) for b in (0, 1) for _ in range(40)]
    logit = regress(("a", "b", "still"), rows, [a > 0.5 for a, _, _ in rows])
    sure = logit.probability({"a": 1.0, "b": 0.0, "still": 0.0})
    assert sure > 0.8
    assert logit.probability({"a": 0.0, "b": 1.0, "still": 0.0}) < 0.2
    assert abs(logit.weights["b"]) < 0.01 < 1.0 < logit.weights["a"]
    assert logit.weights["still"] == 0.0


def test_the_regression_is_not_moved_by_the_scale_of_a_feature() -> None:
    rows = [[float(a), 5.0 + b] for a in (0, 1) for b in (0, 1) for _ in range(30)]
    wide = [[1000 * a, b] for a, b in rows]
    right = [a > 0.5 for a, _ in rows]
    one, other = (regress(("a", "b"), table, right) for table in (rows, wide))
    for a, b in rows[::30]:
        narrow = one.probability({"a": a, "b": b})
        assert other.probability({"a": 1000 * a, "b": b}) == pytest.approx(narrow, abs=0.03)


def test_without_rows_nothing_is_learnt() -> None:
    assert regress(("a",), [], []).probability({"a": 1.0}) == 0.5
