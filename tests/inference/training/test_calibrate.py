"""Calibration is fitted on other folds, and its promises hold on cases it never saw."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from inference.training import calibrate
from inference.training.statistics import calibration_error


def _cases(count: int, heat: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return logits that are ``heat`` times too sure, and the true types."""
    numbers = np.random.default_rng(seed)
    true_logits = numbers.normal(0, 2, (count, 3))
    chances = special.softmax(true_logits, axis=-1)
    types = (numbers.random(count)[:, None] > chances.cumsum(1)).sum(1).clip(max=2) + 1
    return true_logits * heat, types


def test_temperature_undoes_overconfidence() -> None:
    logits, types = _cases(4000, 2.5, 1)
    assert calibrate.temperature(logits, types) == pytest.approx(2.5, rel=0.08)


def test_cross_fitted_probabilities_are_calibrated_on_their_own_fold() -> None:
    logits, types = _cases(6000, 2.5, 2)
    folds = np.arange(6000) % 5 + 1
    before = special.softmax(logits, axis=-1)
    after = calibrate.cross_probabilities(logits, types, folds)
    error_before = calibration_error(before.max(1), before.argmax(1) + 1 == types)
    error_after = calibration_error(after.max(1), after.argmax(1) + 1 == types)
    assert error_after < 0.03 < error_before


def test_a_fold_does_not_calibrate_itself() -> None:
    logits, types = _cases(1000, 1.0, 3)
    folds = np.repeat([1, 2], 500)
    first = calibrate.cross_probabilities(logits, types, folds)
    spoilt = types.copy()
    spoilt[:500] = 4 - spoilt[:500]
    again = calibrate.cross_probabilities(logits, spoilt, folds)
    assert np.array_equal(first[:500], again[:500])
    assert not np.array_equal(first[500:], again[500:])


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_conformal_sets_hold_the_truth_as_often_as_promised(coverage: float) -> None:
    logits, types = _cases(4000, 1.0, 4)
    threshold = calibrate.conformal_threshold(special.softmax(logits, axis=-1), types, coverage)
    fresh, truth = _cases(8000, 1.0, 5)
    held = special.softmax(fresh, axis=-1)[np.arange(8000), truth - 1] >= threshold
    assert held.mean() == pytest.approx(coverage, abs=0.02)


def test_logistic_finds_the_sign_and_balances_the_odds() -> None:
    numbers = np.random.default_rng(6)
    true = numbers.random(2000) < 0.1
    features = np.column_stack([true + numbers.normal(0, 0.7, 2000), numbers.normal(0, 1, 2000)])
    weights = calibrate.logistic(features, true)
    chance = calibrate.chances(weights, features)
    assert weights[1] > 5 * abs(weights[2])
    assert (chance[true] >= 0.5).mean() == pytest.approx((chance[~true] < 0.5).mean(), abs=0.1)
