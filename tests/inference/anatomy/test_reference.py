"""Published ranges: inside their ages, for the right sex, and never without the caution."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.measure.reference import Norm, at_age, said, standing
from inference.measure.reference_tables import BRAIN_SHARE, LATERAL_VENTRICLES, NORMS
from inference.pipeline.anatomy_compared import compared
from inference.pipeline.anatomy_outcome import AnatomyOutcome, StructureVolume


def test_a_woman_of_70_with_the_mean_brain_share_is_at_the_50th_percentile() -> None:
    norm = next(n for n in NORMS if n.sex == "F")
    place = standing(NORMS, BRAIN_SHARE, at_age(norm.mean, 20), 70, "F")
    assert place is not None
    assert place.percentile == pytest.approx(50)
    assert place.low < place.value < place.high


@pytest.mark.parametrize(
    ("sex", "low", "high", "mean"),
    [
        # Means of the same people by decade, straight from the table of OASIS-1.
        ("F", 18, 29, 0.849),
        ("F", 60, 69, 0.792),
        ("F", 80, 94, 0.732),
        ("M", 18, 29, 0.844),
        ("M", 70, 79, 0.742),
        ("M", 80, 90, 0.696),
    ],
)
def test_the_curve_runs_through_the_means_of_the_decades(
    sex: str, low: int, high: int, mean: float
) -> None:
    norm = next(n for n in NORMS if n.sex == sex)
    middle = at_age(norm.mean, (low + high) / 2 - norm.centre_age)
    assert middle == pytest.approx(mean, abs=0.02)


@pytest.mark.parametrize(
    ("sex", "age", "median", "high"),
    [
        # Median and 97.5 % of the same people by decade, straight from the table of IXI.
        ("F", 25, 10.4, 21.0),
        ("F", 65, 19.6, 39.3),
        ("F", 76, 24.8, 53.0),
        ("M", 25, 12.4, 26.1),
        ("M", 45, 16.3, 34.7),
        ("M", 65, 25.2, 56.4),
    ],
)
def test_ventricles_follow_the_decades_and_widen_upwards(
    sex: str, age: float, median: float, high: float
) -> None:
    place = standing(NORMS, LATERAL_VENTRICLES, median, age, sex)
    assert place is not None
    assert 30 < place.percentile < 70
    assert place.high == pytest.approx(high, rel=0.35)
    assert place.high - median > median - place.low > 0


def test_outside_the_ages_measured_nothing_is_said() -> None:
    assert standing(NORMS, BRAIN_SHARE, 0.8, 12, "F") is None
    assert standing(NORMS, BRAIN_SHARE, 0.7, 97, "M") is None
    assert "No published range" in said(None)


@pytest.mark.parametrize(("age", "sex"), [(None, "F"), (50, ""), (50, "O")])
def test_without_age_or_sex_nothing_is_said(age: float | None, sex: str) -> None:
    assert standing(NORMS, BRAIN_SHARE, 0.8, age, sex) is None


@pytest.mark.parametrize("quantity", ["left hippocampus", "grey matter", "white matter"])
def test_quantities_without_a_verified_source_have_no_range(quantity: str) -> None:
    assert standing(NORMS, quantity, 3.5, 50, "F") is None


@given(st.floats(18, 90), st.sampled_from("FM"), st.floats(0.4, 0.95), st.floats(0.001, 0.05))
def test_more_brain_is_a_higher_percentile(age: float, sex: str, value: float, more: float) -> None:
    less, greater = (standing(NORMS, BRAIN_SHARE, v, age, sex) for v in (value, value + more))
    assert less is not None
    assert greater is not None
    assert less.percentile <= greater.percentile
    assert 0 <= less.percentile <= 100


@given(st.floats(18, 90), st.sampled_from("FM"), st.floats(0.4, 0.95))
def test_every_percentile_names_its_source_and_that_the_method_is_another(
    age: float, sex: str, value: float
) -> None:
    sentence = said(standing(NORMS, BRAIN_SHARE, value, age, sex))
    assert "doi:" in sentence
    assert "another method" in sentence


def test_every_shipped_norm_has_a_source_and_a_positive_spread_at_all_its_ages() -> None:
    bounds = {BRAIN_SHARE: (0.5, 0.95), LATERAL_VENTRICLES: (1.6, 4.4)}
    for norm in NORMS:
        assert "doi:" in norm.source
        assert norm.method
        low, high = bounds[norm.quantity]
        for age in range(int(norm.first_age), int(norm.last_age) + 1):
            assert low < at_age(norm.mean, age - norm.centre_age) < high
            assert at_age(norm.spread, age - norm.centre_age) > 0.005


def test_a_norm_of_no_sex_is_refused() -> None:
    with pytest.raises(ValueError, match="one sex"):
        dataclasses.replace(NORMS[0], sex="")
    with pytest.raises(ValueError, match="ages"):
        Norm("x", "F", 40, 30, 35, (1.0,), (1.0,), 5, "m", "s")


def outcome(left: float | None = 9.0) -> AnatomyOutcome:
    volumes = [
        StructureVolume("brain without ventricles", "", 1150.0, 0.80),
        StructureVolume("lateral ventricle", "right", 8.0, 0.005),
    ]
    if left is not None:
        volumes.append(StructureVolume("lateral ventricle", "left", left, 0.006))
    return AnatomyOutcome("", tuple(volumes))


def test_a_measured_head_is_compared_in_what_has_a_range_that_fits() -> None:
    places = {place.quantity: place for place in compared(outcome(), 60, "F")}
    assert BRAIN_SHARE not in places
    assert places[LATERAL_VENTRICLES].value == 17.0
    assert 40 < places[LATERAL_VENTRICLES].percentile < 60


def test_a_withheld_side_leaves_the_ventricles_without_a_percentile() -> None:
    assert compared(outcome(left=None), 60, "F") == ()
    assert compared(AnatomyOutcome("Not measured, because of a doubt."), 60, "F") == ()
    assert compared(outcome(), 7, "M") == ()
