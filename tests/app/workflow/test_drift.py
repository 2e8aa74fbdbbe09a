"""The rule for drift: it finds what moved, and rarely cries wolf."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp

from app.workflow.drift import (
    FAR,
    FAR_REFUSED,
    REFERENCE,
    REFUSED,
    RISK,
    Verdict,
    compare,
    compare_shares,
    verdict,
)
from app.workflow.rates import Share

SCORES, SCANNERS = 12, 6


@pytest.fixture
def dice() -> np.random.Generator:
    """Dice that fall the same way whatever ran before."""
    return np.random.default_rng(20)


@pytest.mark.parametrize("count", [30, 80, 500])
@pytest.mark.parametrize("moved", [0.0, 0.4, 1.0])
def test_the_distance_is_scipys_and_the_p_value_is_close_to_its_exact_one(
    count: int, moved: float, dice: np.random.Generator
) -> None:
    before, later = dice.normal(0, 1, REFERENCE), dice.normal(moved, 1, count)
    known, ours = ks_2samp(before, later), compare(before, later)
    assert ours.distance == pytest.approx(known.statistic)
    assert ours.p == pytest.approx(known.pvalue, rel=0.25, abs=0.01)


def test_equal_values_make_the_p_value_too_large_rather_than_too_small(
    dice: np.random.Generator,
) -> None:
    before, later = dice.integers(0, 3, REFERENCE), dice.integers(0, 3, 60)
    shuffled = [
        compare(both[:REFERENCE], both[REFERENCE:]).distance
        for both in (dice.permutation(np.concatenate([before, later])) for _ in range(500))
    ]
    ours = compare(before, later)
    by_chance = float(np.mean([one >= ours.distance for one in shuffled]))
    assert ours.p >= by_chance - 0.02


def suspected(reference: np.ndarray, later: np.ndarray) -> int:
    """How many of the comparisons of one month are suspected; one column is one comparison."""
    compared = reference.shape[1]
    verdicts = []
    for one in range(compared):
        found = compare(reference[:, one], later[:, one])
        verdicts.append(verdict("score", found.distance, found.p, compared))
    return sum(one is Verdict.SUSPECTED for one in verdicts)


@pytest.mark.parametrize("count", [30, 100])
def test_without_drift_at_most_the_stated_share_of_months_raises_an_alarm(
    count: int, dice: np.random.Generator
) -> None:
    months = 150
    alarms = 0
    for _ in range(months):
        reference = dice.normal(0, 1, (REFERENCE, SCORES * SCANNERS))
        alarms += suspected(reference, dice.normal(0, 1, (count, SCORES * SCANNERS))) > 0
    low, _ = Share(alarms, months).interval
    assert low <= RISK


@pytest.mark.parametrize(("count", "moved"), [(30, 1.5), (60, 1.0), (200, 0.8)])
def test_a_scanner_whose_scores_moved_is_found(
    count: int, moved: float, dice: np.random.Generator
) -> None:
    found = 0
    for _ in range(40):
        reference = dice.normal(0, 1, (REFERENCE, SCORES * SCANNERS))
        later = dice.normal(0, 1, (count, SCORES * SCANNERS))
        later[:, 0] += moved
        found += suspected(reference, later) > 0
    assert found >= 32


def test_a_difference_that_does_not_matter_is_no_drift_however_sure() -> None:
    assert verdict("head", FAR - 0.01, 1e-12, 1) is Verdict.STEADY
    assert verdict("head", FAR, 1e-12, 72) is Verdict.SUSPECTED
    assert verdict("head", 0.9, RISK, 1) is Verdict.STEADY


def test_refusals_that_pile_up_are_found() -> None:
    found = compare_shares(Share(10, 110), Share(22, 50))
    assert found.distance == pytest.approx(22 / 50 - 10 / 110)
    assert verdict(REFUSED, found.distance, found.p, 72) is Verdict.SUSPECTED
    assert verdict(REFUSED, FAR_REFUSED - 0.01, 0.0, 1) is Verdict.STEADY
