"""New, gone, larger, smaller or the same: by volumes beyond their error, after registration."""

from __future__ import annotations

import numpy as np
import pytest

from inference.measure.change import Marked, change_of, changes
from inference.records import Change, ChangeKind
from tests.inference.heads import ball, pose

SHAPE = (30, 110, 110)
AFFINE = np.array([[2.0, 0, 0, -110], [0, 2.0, 0, -110], [0, 0, 5.0, -72], [0, 0, 0, 1]])
MOTION = pose((12.0, -9.0, 6.0), (8.0, -5.0, 11.0))
"""Patient space of the current study to that of the prior."""


def _marked(*balls: tuple[tuple[float, float, float], float], motion: np.ndarray | None = None):
    labels = np.zeros(SHAPE, dtype=np.uint8)
    for value, (centre, radius) in enumerate(balls, start=1):
        place = np.array([*centre, 1.0]) if motion is None else motion @ np.array([*centre, 1.0])
        labels[ball(place[:3], radius, AFFINE, SHAPE)] = value
    return Marked(labels, AFFINE)


def _one(now: Marked, then: Marked, days: int | None = 92) -> Change:
    (change,) = changes(now, then, MOTION, days)
    return change


LEFT, RIGHT = (40.0, -20.0, 10.0), (-40.0, 30.0, -10.0)


def test_a_lesion_that_grew_is_larger_by_its_volumes() -> None:
    change = _one(_marked((LEFT, 18)), _marked((LEFT, 12), motion=MOTION))
    assert change.kind is ChangeKind.LARGER
    assert change.now_ml == pytest.approx(4 / 3 * np.pi * 18**3 / 1000, rel=0.06)
    assert change.percent == pytest.approx(100 * (18**3 / 12**3 - 1), rel=0.2)
    assert change.product_now_mm2 > change.product_then_mm2
    assert "Larger: 24" in change.words
    assert "92 days before" in change.words


def test_a_lesion_that_shrank_is_smaller() -> None:
    change = _one(_marked((LEFT, 11)), _marked((LEFT, 18), motion=MOTION))
    assert change.kind is ChangeKind.SMALLER
    assert (change.percent or 0) < -60


def test_a_difference_within_the_error_is_called_unchanged() -> None:
    change = _one(_marked((LEFT, 15)), _marked((LEFT, 15.4), motion=MOTION))
    assert change.kind is ChangeKind.UNCHANGED
    assert abs(change.now_ml - change.then_ml) < change.error_ml


def test_what_was_not_marked_is_new_and_what_is_not_marked_any_more_is_gone() -> None:
    now, then = _marked((LEFT, 12)), _marked((RIGHT, 14), motion=MOTION)
    told = {one.kind: one for one in changes(now, then, MOTION, 30)}
    assert set(told) == {ChangeKind.NEW, ChangeKind.GONE}
    assert told[ChangeKind.NEW].percent is None
    assert "nothing marked here 30 days before" in told[ChangeKind.NEW].words
    assert "nothing is now" in told[ChangeKind.GONE].words
    assert _one(now, _marked()).kind is ChangeKind.NEW


def test_without_the_registration_the_same_lesion_would_be_new() -> None:
    """The claim above can go red: it is the motion that brings the two together."""
    now, then = _marked((LEFT, 6)), _marked((LEFT, 6), motion=MOTION)
    assert _one(now, then).kind is ChangeKind.UNCHANGED
    kinds = {one.kind for one in changes(now, then, np.eye(4))}
    assert kinds == {ChangeKind.NEW, ChangeKind.GONE}


def test_pieces_that_ran_together_are_compared_as_one() -> None:
    near = (52.0, -20.0, 10.0)
    far = (20.0, -20.0, 10.0)
    then = _marked((near, 9), (far, 9), motion=MOTION)
    now = _marked(((36.0, -20.0, 10.0), 26))
    change = _one(now, then)
    assert change.values == (1,)
    assert change.values_then == (1, 2)
    assert change.kind is ChangeKind.LARGER


def test_a_place_the_prior_does_not_show_is_not_called_new() -> None:
    then = _marked((RIGHT, 14), motion=MOTION)
    short = Marked(then.labels[:10], AFFINE)
    kinds = {one.kind for one in changes(_marked(((40.0, -20.0, 40.0), 10)), short, MOTION)}
    assert ChangeKind.UNSEEN in kinds
    assert ChangeKind.NEW not in kinds


def test_other_slices_of_the_same_lesion_are_no_growth() -> None:
    """The prior has slices of another thickness, in another plane."""
    affine = np.array([[0, 0, 4.0, -70], [1.5, 0, 0, -110], [0, -1.5, 0, 90], [0, 0, 0, 1]])
    shape = (36, 130, 150)
    labels = ball((MOTION @ np.array([*LEFT, 1.0]))[:3], 15, affine, shape).astype(np.uint8)
    assert _one(_marked((LEFT, 15)), Marked(labels, affine)).kind is ChangeKind.UNCHANGED


def test_each_finding_finds_its_change() -> None:
    now = _marked((LEFT, 12), (RIGHT, 9))
    told = changes(now, _marked((RIGHT, 9), motion=MOTION), MOTION)
    assert change_of(1, told).kind is ChangeKind.NEW
    assert change_of(2, told).kind is ChangeKind.UNCHANGED
    assert change_of(3, told) is None
    assert change_of(2, told).brief == "unchanged within error"
