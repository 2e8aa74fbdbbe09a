"""The same two lesions on grids that lie in every awkward way: never a wrong side or volume."""

from __future__ import annotations

import numpy as np
import pytest

from inference.errors import NotComparableError
from inference.measure.change import Marked, changes
from inference.measure.extent import centre_mm, diameters, volume_ml
from inference.records import ChangeKind
from tests.inference.heads import ball, pose

SHAPE = (40, 100, 100)
LEFT, RIGHT = np.array([40.0, -20.0, 10.0]), np.array([-40.0, 30.0, -10.0])
NOW_MM, THEN_MM = 17.0, 12.0
MOTION = pose((6.0, -4.0, 3.0), (4.0, -3.0, 6.0))


def grid(
    columns: tuple[float, float, float] = (2.0, 0, 0),
    rows: tuple[float, float, float] = (0, 2.0, 0),
    slices: tuple[float, float, float] = (0, 0, 4.0),
    shape: tuple[int, int, int] = SHAPE,
) -> np.ndarray:
    """An affine with these steps whose middle is the origin of patient space."""
    affine = np.eye(4)
    affine[:3, :3] = np.stack([columns, rows, slices], axis=1)
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape[::-1]) - 1) / 2)
    return affine


GRIDS = {
    "straight": grid(),
    "columns stored the other way": grid(columns=(-2.0, 0, 0)),
    "rows stored the other way": grid(rows=(0, -2.0, 0)),
    "slices stored the other way": grid(slices=(0, 0, -4.0)),
    "all stored the other way": grid((-2.0, 0, 0), (0, -2.0, 0), (0, 0, -4.0)),
    "slices sheared by a tilted gantry": grid(slices=(0, 1.6, 4.0)),
    "slices sheared to the side": grid(slices=(1.2, 0, 4.0)),
    "pixels sheared within the slice": grid(rows=(0.7, 2.0, 0)),
    "sagittal": grid((0, 2.0, 0), (0, 0, -2.0), (4.0, 0, 0)),
    "fine pixels, thick slices": grid((1.6, 0, 0), (0, 1.6, 0), (0, 0, 5.5)),
    "coarse pixels, thin slices": grid((2.4, 0, 0), (0, 2.4, 0), (0, 0, 3.0)),
}


def marked(affine: np.ndarray, *balls: tuple[np.ndarray, float], motion: np.ndarray) -> Marked:
    labels = np.zeros(SHAPE, dtype=np.uint8)
    for value, (centre, radius) in enumerate(balls, start=1):
        labels[ball((motion @ [*centre, 1.0])[:3], radius, affine, SHAPE)] = value
    return Marked(labels, affine)


def sphere_ml(radius_mm: float) -> float:
    return 4 / 3 * np.pi * radius_mm**3 / 1000


def told_of(now: Marked, then: Marked) -> dict[str, tuple[ChangeKind, float, float]]:
    """By the side of each change in the current patient's space: kind and both volumes."""
    back = np.linalg.inv(MOTION)
    found = {}
    for one in changes(now, then, MOTION):
        if one.values:
            x = centre_mm(np.isin(now.labels, one.values), now.affine)[0]
        else:
            there = centre_mm(np.isin(then.labels, one.values_then), then.affine)
            x = (back @ [*there, 1.0])[0]
        found["left" if x > 0 else "right"] = (one.kind, one.now_ml, one.then_ml)
    return found


@pytest.mark.parametrize("there", GRIDS)
@pytest.mark.parametrize("here", ["straight", "pixels sheared within the slice", "sagittal"])
def test_each_lesion_keeps_its_side_its_volumes_and_its_fate_on_any_pair_of_grids(
    here: str, there: str
) -> None:
    now = marked(GRIDS[here], (LEFT, NOW_MM), motion=np.eye(4))
    then = marked(GRIDS[there], (LEFT, THEN_MM), (RIGHT, NOW_MM), motion=MOTION)
    told = told_of(now, then)
    assert set(told) == {"left", "right"}
    kind, now_ml, then_ml = told["left"]
    assert kind is ChangeKind.LARGER
    assert now_ml == pytest.approx(sphere_ml(NOW_MM), rel=0.06)
    assert then_ml == pytest.approx(sphere_ml(THEN_MM), rel=0.08)
    kind, now_ml, then_ml = told["right"]
    assert (kind, now_ml) == (ChangeKind.GONE, 0.0)
    assert then_ml == pytest.approx(sphere_ml(NOW_MM), rel=0.06)


@pytest.mark.parametrize("there", GRIDS)
def test_a_lesion_that_is_as_it_was_is_unchanged_on_any_pair_of_grids(there: str) -> None:
    now = marked(GRIDS["straight"], (LEFT, NOW_MM), motion=np.eye(4))
    then = marked(GRIDS[there], (LEFT, NOW_MM), motion=MOTION)
    [change] = changes(now, then, MOTION)
    assert change.kind is ChangeKind.UNCHANGED, change.words


def test_every_slice_stored_twice_half_as_far_apart_is_the_same_lesion() -> None:
    now = marked(GRIDS["straight"], (LEFT, NOW_MM), motion=np.eye(4))
    affine = now.affine.copy()
    affine[:3, 2] /= 2
    affine[:3, 3] -= affine[:3, 2] / 2
    doubled = Marked(now.labels.repeat(2, axis=0), affine)
    [change] = changes(now, doubled, np.eye(4))
    assert change.kind is ChangeKind.UNCHANGED
    assert change.then_ml == pytest.approx(change.now_ml)


def test_slices_that_all_lie_at_one_place_are_not_compared() -> None:
    now = marked(GRIDS["straight"], (LEFT, NOW_MM), motion=np.eye(4))
    flat = now.affine.copy()
    flat[:3, 2] = 0
    for pair in ((now, Marked(now.labels, flat)), (Marked(now.labels, flat), now)):
        with pytest.raises(NotComparableError, match="have no extent"):
            changes(*pair, np.eye(4))


@pytest.mark.parametrize(
    "way",
    [np.diag([-1.0, 1, 1, 1]), np.diag([1.3, 1, 1, 1]), np.diag([np.nan, 1, 1, 1])],
    ids=["mirrored", "stretched", "no numbers"],
)
def test_a_map_that_mirrors_or_stretches_the_patient_is_not_believed(way: np.ndarray) -> None:
    now = marked(GRIDS["straight"], (LEFT, NOW_MM), motion=np.eye(4))
    then = marked(GRIDS["straight"], (RIGHT, NOW_MM), motion=np.eye(4))
    with pytest.raises(NotComparableError, match="mirrored or stretched"):
        changes(now, then, way)


def test_without_any_lesion_there_is_nothing_to_tell() -> None:
    none = marked(GRIDS["straight"], motion=np.eye(4))
    assert changes(none, none, np.eye(4)) == ()
    some = marked(GRIDS["sagittal"], (LEFT, NOW_MM), motion=np.eye(4))
    assert [one.kind for one in changes(none, some, np.eye(4))] == [ChangeKind.GONE]
    assert [one.kind for one in changes(some, none, np.eye(4))] == [ChangeKind.NEW]


def test_a_place_the_prior_does_not_show_is_neither_new_nor_gone() -> None:
    now = marked(GRIDS["straight"], (LEFT, NOW_MM), motion=np.eye(4))
    affine = GRIDS["straight"].copy()
    affine[0, 3] -= 120.0
    [change] = changes(now, Marked(np.zeros(SHAPE, np.uint8), affine), np.eye(4))
    assert change.kind is ChangeKind.UNSEEN


@pytest.mark.parametrize("name", GRIDS)
def test_volume_and_diameters_are_those_of_the_ball_on_any_grid(name: str) -> None:
    affine = GRIDS[name]
    mask = marked(affine, (LEFT, NOW_MM), motion=np.eye(4)).labels == 1
    assert volume_ml(mask, affine) == pytest.approx(sphere_ml(NOW_MM), rel=0.06)
    both = diameters(mask, affine)
    assert both.longest_mm == pytest.approx(2 * NOW_MM, abs=2.5)
    assert both.across_mm == pytest.approx(2 * NOW_MM, abs=3.5)
