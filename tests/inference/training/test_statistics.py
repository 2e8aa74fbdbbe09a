"""The figures in a card mean what their names say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.training.calibrate import balance
from inference.training.statistics import (
    auroc,
    bootstrap,
    calibration_error,
    over_folds,
    reliability,
    wilson,
)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_auroc_is_the_share_of_pairs_in_the_right_order(cases: list[tuple[int, bool]]) -> None:
    score = np.array([float(s) for s, _ in cases])
    positive = np.array([p for _, p in cases])
    if positive.all() or not positive.any():
        return
    pairs = score[positive][:, None] - score[~positive][None, :]
    expected = (np.sign(pairs) + 1).mean() / 2
    assert auroc(score, positive) == pytest.approx(expected)


def test_calibrated_confidence_has_a_small_error_and_bragging_a_large_one() -> None:
    numbers = np.random.default_rng(5)
    chance = numbers.uniform(0.34, 1, 20_000)
    right = numbers.random(20_000) < chance
    assert calibration_error(chance, right) < 0.015
    bragging = np.minimum(1, chance + 0.2)
    assert calibration_error(bragging, right) > 0.12


def test_a_chance_given_for_even_odds_is_judged_at_even_odds() -> None:
    numbers = np.random.default_rng(5)
    lesion = numbers.random(20_000) < 0.9
    score = np.where(lesion, numbers.normal(1, 1, 20_000), numbers.normal(-1, 1, 20_000))
    chance = 1 / (1 + np.exp(-2 * score))
    assert calibration_error(chance, lesion) > 0.05
    assert calibration_error(chance, lesion, weights=balance(lesion)) < 0.03


def test_reliability_counts_every_case_once() -> None:
    confidence = np.array([0.0, 0.05, 0.31, 0.99, 1.0])
    bins = reliability(confidence, np.array([False, False, True, True, True]))
    assert sum(b["count"] for b in bins) == 5
    assert bins[-1] == {"low": 0.9, "high": 1.0, "count": 2, "confidence": 0.995, "accuracy": 1.0}


def test_fold_interval_is_students_over_five() -> None:
    mean, low, high = over_folds([0.9, 0.92, 0.94, 0.96, 0.98])
    assert mean == pytest.approx(0.94)
    assert high - mean == pytest.approx(2.7764 * 0.0316228 / np.sqrt(5), rel=1e-3)
    assert mean - low == pytest.approx(high - mean)


def test_bootstrap_interval_holds_the_figure_and_is_repeatable() -> None:
    numbers = np.random.default_rng(5)
    values = numbers.random(300)
    first = bootstrap(300, lambda chosen: float(values[chosen].mean()))
    assert first == bootstrap(300, lambda chosen: float(values[chosen].mean()))
    assert first[1] < first[0] < first[2]


def test_none_of_none_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 0.0, 1.0)
    share, low, high = wilson(5, 5)
    assert share == 1.0
    assert 0.5 < low < 0.7
    assert high == pytest.approx(1.0)
