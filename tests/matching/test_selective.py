"""Confidence that sorts right from wrong is worth something; the figures say how much."""

import pytest

from bot.matching.selective import Judgement, Point, interval, risk_curve, selective_figures

GOOD = [Judgement(0.9, True, True), Judgement(0.8, True, True), Judgement(0.1, False, False)]
BAD = [Judgement(0.1, True, True), Judgement(0.2, True, True), Judgement(0.9, False, False)]


def test_the_area_is_small_where_mistakes_come_last() -> None:
    good, bad = selective_figures(GOOD), selective_figures(BAD)
    assert good["aurc"] == pytest.approx(1 / 9, abs=1e-4)
    assert good["augrc"] == pytest.approx(1 / 9, abs=1e-4)
    assert bad["aurc"] == pytest.approx((1 + 1 / 2 + 1 / 3) / 3, abs=1e-4)


def test_strangers_below_the_line_are_refused() -> None:
    assert selective_figures(GOOD)["out_of_scope_recall_at_95"] == 1.0
    assert selective_figures(BAD)["out_of_scope_recall_at_95"] == 0.0


def test_nothing_counted_is_null() -> None:
    assert set(selective_figures([]).values()) == {None}
    assert interval([]) is None


def test_the_interval_holds_the_share_and_is_the_same_each_time() -> None:
    hits = [True] * 80 + [False] * 20
    low, high = interval(hits) or (1.0, 0.0)
    assert low < 0.8 < high
    assert interval(hits) == [low, high]


def test_the_curve_goes_from_the_surest_question_to_all() -> None:
    assert risk_curve([Judgement(0.1, False, True), Judgement(0.9, True, True)]) == [
        Point(0.5, 0.0),
        Point(1.0, 0.5),
    ]
    assert risk_curve([]) == []
