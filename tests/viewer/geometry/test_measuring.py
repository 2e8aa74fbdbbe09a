"""Numbers of annotations against independent references, to 1e-6."""

from __future__ import annotations

import math

import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.viewer.geometry.conftest import drawn
from viewer.geometry.gate import SlicePlace, assess
from viewer.geometry.measuring import Measured, measure
from viewer.geometry.planes import rotation_about
from viewer.geometry.regularise import regularise
from viewer.records import AnnotationKind, Geometry, GeometryKind, Vector3, Volume

TURNS = {
    "straight": np.eye(3),
    "oblique": rotation_about((1.0, 0.0, 0.0), 0.35),
    "double oblique": rotation_about((1.0, 0.0, 0.0), 0.35) @ rotation_about((0.0, 1.0, 0.0), -0.5),
}


def volume(turn: np.ndarray, spacing: tuple[float, float, float] = (0.5, 0.9, 3.1)) -> Volume:
    voxels = np.random.default_rng(5).integers(-300, 900, (20, 40, 50)).astype(np.int16)
    affine = np.eye(4)
    affine[:3, :3] = turn @ np.diag(spacing)
    affine[:3, 3] = (-12.0, 7.0, 33.0)
    return Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0))


def sheared() -> Volume:
    """A gantry-tilted stack, resampled once to a regular grid."""
    voxels = np.random.default_rng(6).integers(0, 900, (16, 40, 50)).astype(np.int16)
    places = [
        SlicePlace((0.0, 0.4 * k, 3.0 * k), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.9, 0.5))
        for k in range(16)
    ]
    stack = assess(places, 40, 50)
    grid, affine = regularise(voxels, stack)
    return Volume(grid, affine, stack.geometry)


VOLUMES = {**{name: volume(turn) for name, turn in TURNS.items()}, "regularised": sheared()}


def plane_of(held: Volume, across: int) -> tuple[Vector3, Vector3]:
    """Unit vectors of the grid plane across an axis."""
    one, other = (way for way in range(3) if way != across)
    axes = held.affine[:3, :3] / np.linalg.norm(held.affine[:3, :3], axis=0)
    return tuple(map(float, axes[:, one])), tuple(map(float, axes[:, other]))


@pytest.mark.parametrize("name", VOLUMES)
def test_a_length_between_voxels_is_that_of_simpleitk(name: str) -> None:
    held = VOLUMES[name]
    image = SimpleITK.GetImageFromArray(held.voxels)
    image.SetSpacing(held.spacing_mm)
    image.SetOrigin(tuple(map(float, held.affine[:3, 3])))
    axes = held.affine[:3, :3] / np.array(held.spacing_mm)
    image.SetDirection(tuple(map(float, axes.ravel())))
    for one, other in (
        ((3, 5, 2), (41, 30, 2)),
        ((7, 9, 1), (7, 9, 14)),
        ((1, 2, 3), (30, 20, 10)),
    ):
        truth = math.dist(
            image.TransformIndexToPhysicalPoint(one), image.TransformIndexToPhysicalPoint(other)
        )
        found = measure(drawn(AnnotationKind.LENGTH, [held.to_mm(one), held.to_mm(other)]), held)
        assert found.value("length").number == pytest.approx(truth, rel=1e-6)


@pytest.mark.parametrize("across", range(3))
@pytest.mark.parametrize("name", VOLUMES)
@pytest.mark.parametrize("kind", ["rectangle", "ellipse", "freehand"])
def test_region_statistics_are_those_of_a_mask_in_numpy(name: str, across: int, kind: str) -> None:
    """The voxels of the slice whose centre lies inside, in every plane of the grid."""
    held = VOLUMES[name]
    right, down = plane_of(held, across)
    one, other = (way for way in range(3) if way != across)
    shape = np.array(held.voxels.shape)[::-1]
    low, high = shape * 0.2317, shape * 0.7093
    index = np.zeros((2, 3))
    index[:, one] = low[one], high[one]
    index[:, other] = low[other], high[other]
    index[:, across] = shape[across] // 2
    start, end = (held.to_mm(tuple(point)) for point in index)
    corners = [start, end]
    if kind == "freehand":
        middle = index.mean(axis=0)
        middle[one] = high[one]
        tail = index[0].copy()
        tail[other] = high[other]
        corners = [start, held.to_mm(tuple(middle)), held.to_mm(tuple(tail))]
    found = measure(drawn(AnnotationKind(kind), corners, right, down), held)

    grid = np.stack(np.indices(held.voxels.shape), axis=-1)[..., ::-1]
    a, b = grid[..., one], grid[..., other]
    centre, half = (low + high) / 2, (high - low) / 2
    if kind == "rectangle":
        inside = (abs(a - centre[one]) <= half[one]) & (abs(b - centre[other]) <= half[other])
    elif kind == "ellipse":
        inside = ((a - centre[one]) / half[one]) ** 2 + (
            (b - centre[other]) / half[other]
        ) ** 2 <= 1
    else:
        inside = _in_triangle(a, b, index[:, one], index[:, other])
    inside &= grid[..., across] == shape[across] // 2
    taken = held.voxels[inside].astype(np.float64)
    assert found.value("count").number == taken.size > 20
    assert found.value("mean").number == pytest.approx(taken.mean(), rel=1e-9)
    assert found.value("SD").number == pytest.approx(taken.std(), rel=1e-9)
    assert found.value("min").number == taken.min()
    assert found.value("max").number == taken.max()
    assert found.method == "voxels whose centre lies inside"


def _in_triangle(a, b, ends, heights):
    """Between three edges, by the signs of cross products: (a0, b0), (a1, middle), (a0, b1)."""
    corners = [
        (ends[0], heights[0]),
        (ends[1], heights.mean()),
        (ends[0], heights[1]),
    ]
    sides = []
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        sides.append((x1 - x0) * (b - y0) - (y1 - y0) * (a - x0) > 0)
    return np.logical_and.reduce(sides)


@pytest.mark.parametrize("name", VOLUMES)
def test_areas_are_the_textbook_ones(name: str) -> None:
    held = VOLUMES[name]
    right, down = plane_of(held, 2)
    origin = np.array(held.to_mm((10, 10, 5)))
    far = tuple(map(float, origin + 8.0 * np.array(right) + 5.0 * np.array(down)))
    points = [tuple(map(float, origin)), far]
    box = measure(drawn(AnnotationKind.RECTANGLE, points, right, down), held)
    assert box.value("area").number == pytest.approx(40.0, rel=1e-9)
    assert box.value("perimeter").number == pytest.approx(26.0, rel=1e-9)
    oval = measure(drawn(AnnotationKind.ELLIPSE, points, right, down), held)
    assert oval.value("area").number == pytest.approx(math.pi * 4.0 * 2.5, rel=1e-9)
    turns = np.linspace(0, 2 * math.pi, 200_001)
    walked = np.hypot(*np.diff([4 * np.cos(turns), 2.5 * np.sin(turns)], axis=1)).sum()
    assert oval.value("perimeter").number == pytest.approx(walked, rel=1e-6)


def test_an_oblique_region_samples_between_voxels_and_says_so() -> None:
    """In a field that grows evenly, the mean of a region is the value in its middle."""
    held = volume(np.eye(3), (1.0, 1.0, 1.0))
    k, j, i = np.indices((20, 40, 50))
    ramp = Volume((10.0 * i + 3.0 * j - 7.0 * k).astype(np.float32), held.affine, held.geometry)
    turn = rotation_about((1.0, 0.0, 0.0), 0.3)
    right, down = (tuple(map(float, turn[:, way])) for way in (0, 1))
    centre = np.array(ramp.to_mm((25, 20, 10)))
    points = [
        tuple(map(float, centre + sign * (6 * turn[:, 0] + 4 * turn[:, 1]))) for sign in (-1, 1)
    ]
    found = measure(drawn(AnnotationKind.RECTANGLE, points, right, down), ramp)
    assert found.method.startswith("interpolated")
    assert found.value("mean").number == pytest.approx(10.0 * 25 + 3.0 * 20 - 7.0 * 10, abs=0.5)


def test_a_region_beside_the_volume_has_an_area_and_no_made_up_statistics() -> None:
    held = VOLUMES["straight"]
    far = drawn(AnnotationKind.RECTANGLE, [(900.0, 900.0, 33.0), (910.0, 905.0, 33.0)])
    found = measure(far, held)
    assert found.value("area").number == pytest.approx(50.0)
    assert found.method == "no voxel centre lies inside"
    with pytest.raises(KeyError):
        found.value("mean")


def test_a_regularised_series_says_where_its_millimetres_come_from() -> None:
    found = measure(drawn(AnnotationKind.LENGTH, [(0, 0, 0), (3, 4, 0)]), VOLUMES["regularised"])
    assert found.value("length").number == pytest.approx(5.0)
    assert "resampled to a regular grid" in found.calibration


def test_a_cobb_angle_may_pass_ninety_degrees() -> None:
    up, down = math.radians(60.0), math.radians(-55.0)
    points = [
        (0.0, 0.0, 0.0),
        (math.cos(up), math.sin(up), 0.0),
        (math.cos(down), math.sin(down) + 9.0, 0.0),
        (0.0, 9.0, 0.0),
    ]
    found = measure(drawn(AnnotationKind.COBB, points, mm_per_px=1e-3), VOLUMES["straight"])
    assert found.value("Cobb angle").number == pytest.approx(115.0)


coordinates = st.floats(-80.0, 80.0)
points = st.tuples(coordinates, coordinates)


@settings(max_examples=60, deadline=None)
@given(points, points, points, points, st.floats(0.05, 2.0))
def test_a_click_half_a_pixel_off_stays_within_the_bound(a, b, da, db, mm_per_px) -> None:
    """Both ends moved by half a pixel each way: the length changes by no more than it says."""
    held = VOLUMES["straight"]
    ends = [(*a, 33.0), (*b, 33.0)]
    before = measure(drawn(AnnotationKind.LENGTH, ends, mm_per_px=mm_per_px), held)
    shift = [np.clip(np.array(d) / 80.0, -1, 1) * 0.5 * mm_per_px for d in (da, db)]
    moved = [(end[0] + off[0], end[1] + off[1], 33.0) for end, off in zip(ends, shift, strict=True)]
    after = measure(drawn(AnnotationKind.LENGTH, moved, mm_per_px=mm_per_px), held)
    _within(before, after, "length")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(points, min_size=3, max_size=3, unique=True), st.lists(points, min_size=3, max_size=3)
)
def test_an_angle_changes_by_no_more_than_it_says(corners, shifts) -> None:
    held = VOLUMES["straight"]
    flat = [(*one, 33.0) for one in corners]
    before = measure(drawn(AnnotationKind.ANGLE, flat, mm_per_px=0.4), held)
    moved = [
        (x + 0.2 * dx / 80.0, y + 0.2 * dy / 80.0, 33.0)
        for (x, y), (dx, dy) in zip(corners, shifts, strict=True)
    ]
    _within(before, measure(drawn(AnnotationKind.ANGLE, moved, mm_per_px=0.4), held), "angle")


def _within(before: Measured, after: Measured, name: str) -> None:
    one = before.value(name)
    assert one.bound is not None
    assert abs(after.value(name).number - one.number) <= one.bound + 1e-9
