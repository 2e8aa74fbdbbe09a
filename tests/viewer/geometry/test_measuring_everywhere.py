"""The same numbers however a grid is stored, however a view is turned, whatever the voxels hold."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.viewer.geometry.conftest import drawn
from viewer.geometry.measuring import Measured, measure
from viewer.geometry.planes import rotation_about
from viewer.geometry.regions import Region, inside
from viewer.records import (
    POINTS_OF,
    Annotation,
    AnnotationKind,
    Geometry,
    GeometryKind,
    Vector3,
    Volume,
)

REGIONS = (AnnotationKind.RECTANGLE, AnnotationKind.ELLIPSE, AnnotationKind.FREEHAND)
TURN = rotation_about((1.0, 0.0, 0.0), 0.35) @ rotation_about((0.0, 1.0, 0.0), -0.5)
STORED = tuple(itertools.product(itertools.permutations(range(3)), *[(1, -1)] * 3))
"""The 48 ways of storing a grid: the order of its axes and the sign of each."""

SHAPE = np.array([22, 18, 14])
SPACING = np.array([0.5, 0.9, 3.1])
ORIGIN = np.array([-12.0, 7.0, 33.0])


def vector(values: np.ndarray) -> Vector3:
    x, y, z = (float(one) for one in values)
    return x, y, z


def head() -> np.ndarray:
    """Values by (i, j, k) along patient-fixed axes of 0.5, 0.9 and 3.1 mm."""
    return np.random.default_rng(11).integers(-300, 900, tuple(SHAPE)).astype(np.int16)


def stored(order: tuple[int, int, int], signs: tuple[int, int, int], turn: np.ndarray) -> Volume:
    """The same head with its grid stored in another order and direction."""
    voxels = head().transpose(order)
    linear = (turn @ np.diag(SPACING))[:, list(order)]
    first = np.zeros(3)
    for axis, sign in enumerate(signs):
        if sign < 0:
            voxels = np.flip(voxels, axis)
            first[order[axis]] = SHAPE[order[axis]] - 1
    affine = np.eye(4)
    affine[:3, :3] = linear * np.array(signs)
    affine[:3, 3] = turn @ (SPACING * first) + ORIGIN
    grid = np.ascontiguousarray(voxels.transpose(2, 1, 0))
    return Volume(grid, affine, Geometry(GeometryKind.REGULAR, 0.0))


def place(turn: np.ndarray, index: np.ndarray) -> Vector3:
    return vector(turn @ (SPACING * index) + ORIGIN)


def corners_of(kind: AnnotationKind, across: int) -> np.ndarray:
    """Points of a region on a grid plane, by index, off every voxel centre."""
    one, other = (way for way in range(3) if way != across)
    low, high = SHAPE * 0.2317, SHAPE * 0.7093
    corners = [(low, low), (high, high)]
    if kind is AnnotationKind.FREEHAND:
        middle = (low + high) / 2
        corners = [(low, low), (high, middle), (middle, high)]
    index = np.zeros((len(corners), 3))
    for row, (a, b) in zip(index, corners, strict=True):
        row[one], row[other], row[across] = a[one], b[other], SHAPE[across] // 2
    return index


def poses(turn: np.ndarray, across: int) -> list[tuple[Vector3, Vector3]]:
    """The eight ways a plane is shown: flipped, upside down, turned by quarters."""
    one, other = (turn[:, way] for way in range(3) if way != across)
    found = []
    for a, b in itertools.product((1.0, -1.0), repeat=2):
        found += [(vector(a * one), vector(b * other)), (vector(b * other), vector(a * one))]
    return found


def truth(kind: AnnotationKind, across: int) -> np.ndarray:
    """The voxels inside, in the head's own array, by a rule written out once more."""
    one, other = (way for way in range(3) if way != across)
    index = np.stack(np.indices(tuple(SHAPE)), axis=-1)
    a, b = index[..., one] * SPACING[one], index[..., other] * SPACING[other]
    corners = corners_of(kind, across) * SPACING
    ends = corners[:, [one, other]]
    if kind is AnnotationKind.FREEHAND:
        sides = []
        for (x0, y0), (x1, y1) in zip(ends, np.roll(ends, -1, axis=0), strict=True):
            sides.append((x1 - x0) * (b - y0) - (y1 - y0) * (a - x0) > 0)
        mask = np.logical_and.reduce(sides)
    else:
        centre, half = ends.mean(axis=0), np.abs(ends[1] - ends[0]) / 2
        x, y = np.abs(a - centre[0]) / half[0], np.abs(b - centre[1]) / half[1]
        mask = (x <= 1) & (y <= 1) if kind is AnnotationKind.RECTANGLE else x**2 + y**2 <= 1
    return head()[mask & (index[..., across] == SHAPE[across] // 2)].astype(np.float64)


@pytest.mark.parametrize("turn", [np.eye(3), TURN], ids=["straight", "double oblique"])
@pytest.mark.parametrize("kind", REGIONS)
@pytest.mark.parametrize("across", range(3))
def test_a_region_has_the_same_voxels_in_all_48_ways_of_storing_a_head_and_of_showing_it(
    kind: AnnotationKind, across: int, turn: np.ndarray
) -> None:
    taken = truth(kind, across)
    assert taken.size > 5
    points = [place(turn, index) for index in corners_of(kind, across)]
    ways = poses(turn, across)
    sizes = set()
    for number, (order, *signs) in enumerate(STORED):
        held = stored(order, tuple(signs), turn)
        for right, down in (ways[number % 8], ways[(number + 3) % 8]):
            found = measure(drawn(kind, points, right, down), held)
            assert found.method == "voxels whose centre lies inside"
            assert found.value("count").number == taken.size
            assert found.value("mean").number == pytest.approx(taken.mean(), rel=1e-9)
            assert found.value("SD").number == pytest.approx(taken.std(), rel=1e-9)
            assert (found.value("min").number, found.value("max").number) == (
                taken.min(),
                taken.max(),
            )
            sizes.add((found.value("area").number, found.value("perimeter").number))
    areas, around = np.array(sorted(sizes)).T
    assert np.ptp(areas) < 1e-9 * areas[0]
    assert np.ptp(around) < 1e-9 * around[0]


@pytest.mark.parametrize("across", range(3))
def test_region_statistics_are_those_of_simpleitk_on_the_same_mask(across: int) -> None:
    """LabelStatisticsImageFilter divides by n - 1 for its sigma; the SD here divides by n."""
    held = stored((0, 1, 2), (1, 1, 1), TURN)
    kind = AnnotationKind.RECTANGLE
    index = corners_of(kind, across)
    points = [place(TURN, one) for one in index]
    found = measure(drawn(kind, points, *poses(TURN, across)[0]), held)
    low, high = np.ceil(index.min(axis=0)).astype(int), np.floor(index.max(axis=0)).astype(int)
    mask = np.zeros(held.voxels.shape, np.uint8)
    mask[low[2] : high[2] + 1, low[1] : high[1] + 1, low[0] : high[0] + 1] = 1
    statistics = SimpleITK.LabelStatisticsImageFilter()
    statistics.Execute(SimpleITK.GetImageFromArray(held.voxels), SimpleITK.GetImageFromArray(mask))
    count = statistics.GetCount(1)
    assert found.value("count").number == count
    assert found.value("mean").number == pytest.approx(statistics.GetMean(1), rel=1e-9)
    assert found.value("min").number == statistics.GetMinimum(1)
    assert found.value("max").number == statistics.GetMaximum(1)
    sigma = statistics.GetSigma(1) * math.sqrt((count - 1) / count)
    assert found.value("SD").number == pytest.approx(sigma, rel=1e-9)


# Oblique planes


def image_of(held: Volume) -> SimpleITK.Image:
    image = SimpleITK.GetImageFromArray(held.voxels)
    image.SetSpacing(held.spacing_mm)
    image.SetOrigin(vector(held.affine[:3, 3]))
    image.SetDirection(tuple(map(float, (held.affine[:3, :3] / held.spacing_mm).ravel())))
    return image


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 1.4), st.floats(0.1, 1.4), st.tuples(*[st.floats(0.2, 0.8)] * 3))
def test_a_sample_between_voxels_is_that_of_simpleitk(tip, roll, share) -> None:
    """A region smaller than the finest spacing is one sample, at its middle."""
    held = stored((0, 1, 2), (1, 1, 1), TURN)
    turn = rotation_about((1.0, 0.0, 0.0), tip) @ rotation_about((0.0, 0.0, 1.0), roll)
    right, down = vector(turn[:, 0]), vector(turn[:, 1])
    middle = np.array(held.to_mm(vector((SHAPE - 1) * np.array(share))))
    points = [vector(middle + sign * 0.1 * (turn[:, 0] + turn[:, 1])) for sign in (-1, 1)]
    found = measure(drawn(AnnotationKind.RECTANGLE, points, right, down), held)
    expected = image_of(held).EvaluateAtPhysicalPoint(vector(middle), SimpleITK.sitkLinear)
    assert found.value("count").number == 1
    assert found.value("mean").number == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert found.method.startswith("interpolated")


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 1.4), st.floats(0.1, 1.4), st.floats(1.0, 5.0), st.floats(1.0, 5.0))
def test_in_a_field_that_grows_evenly_an_oblique_rectangle_has_the_textbook_mean_and_spread(
    tip, roll, wide, high
) -> None:
    k, j, i = np.indices((20, 20, 20))
    ramp = Volume(
        (10.0 * i + 3.0 * j - 7.0 * k).astype(np.float32),
        np.eye(4),
        Geometry(GeometryKind.REGULAR, 0.0),
    )
    turn = rotation_about((1.0, 0.0, 0.0), tip) @ rotation_about((0.0, 0.0, 1.0), roll)
    middle = np.array([9.3, 9.1, 9.7])
    points = [
        vector(middle + sign * (wide * turn[:, 0] + high * turn[:, 1]) / 2) for sign in (-1, 1)
    ]
    found = measure(
        drawn(AnnotationKind.RECTANGLE, points, vector(turn[:, 0]), vector(turn[:, 1])), ramp
    )
    slope = np.array([10.0, 3.0, -7.0])
    assert found.value("mean").number == pytest.approx(slope @ middle, rel=1e-6, abs=1e-5)
    spread = 0.0
    for side, way in ((wide, turn[:, 0]), (high, turn[:, 1])):
        parts = math.ceil(side - 1e-9)
        spread += (slope @ way) ** 2 * side**2 * (1.0 - 1.0 / parts**2) / 12.0
    assert found.value("SD").number == pytest.approx(math.sqrt(spread), rel=1e-5, abs=1e-5)


# What holds for every kind

coordinate = st.floats(-40.0, 40.0)
flat_point = st.tuples(coordinate, coordinate)
kinds = st.sampled_from(sorted(AnnotationKind))


def flat(kind: AnnotationKind, pairs: list[tuple[float, float]]) -> Annotation:
    count = POINTS_OF[kind] or len(pairs)
    return drawn(kind, [(x, y, 0.0) for x, y in pairs[:count]])


@settings(max_examples=150, deadline=None)
@given(kinds, st.lists(flat_point, min_size=4, max_size=9), st.floats(-3.0, 3.0), flat_point)
def test_numbers_do_not_depend_on_how_the_patient_lies(kind, pairs, angle, shift) -> None:
    turn = rotation_about(vector(np.array([1.0, 2.0, -2.0]) / 3.0), angle)
    away = np.array([*shift, 17.0])
    held = Volume(head().transpose(2, 1, 0).copy(), np.diag([*SPACING, 1.0]), REGULAR)
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = turn @ np.diag(SPACING), away
    one = flat(kind, pairs)
    other = replace(
        one,
        points_mm=tuple(vector(turn @ np.array(point) + away) for point in one.points_mm),
        right=vector(turn @ np.array(one.right)),
        down=vector(turn @ np.array(one.down)),
    )
    before, after = measure(one, held), measure(other, Volume(held.voxels, affine, REGULAR))
    for quantity in before.values:
        if quantity.bound == 180.0 or (kind is AnnotationKind.COBB and _upright(one)):
            continue  # an arm as short as its error has no direction, an upright line no left end
        if quantity.unit in {"mm", "mm2", "deg"}:
            moved = after.value(quantity.name)
            assert moved.number == pytest.approx(quantity.number, rel=1e-6, abs=1e-5)
            assert moved.unit == quantity.unit


def _upright(one: Annotation) -> bool:
    """Whether a line of a Cobb angle runs straight down."""
    return any(abs(one.points_mm[at + 1][0] - one.points_mm[at][0]) < 1e-6 for at in (0, 2))


REGULAR = Geometry(GeometryKind.REGULAR, 0.0)
numbers = st.sampled_from([0.0, 1.5, -7.25, math.nan, math.inf, -math.inf, 3e38])


@settings(max_examples=150, deadline=None)
@given(
    kinds,
    st.lists(st.tuples(st.floats(-9, 30), st.floats(-9, 30)), min_size=4, max_size=7),
    st.lists(numbers, min_size=27, max_size=27),
    st.booleans(),
    st.sampled_from(sorted(GeometryKind)),
)
def test_no_number_is_ever_not_a_number_or_endless(kind, pairs, values, squeezed, known) -> None:
    """Whatever the voxels hold and however flat what was drawn; each bound is at least zero."""
    voxels = np.array(values, np.float32).reshape(3, 3, 3)
    affine = np.diag([8.0, 9.0, 3.0, 1.0])
    if squeezed:
        pairs = [pairs[0]] * len(pairs)
    found = measure(flat(kind, pairs), Volume(voxels, affine, Geometry(known, 0.0)))
    for quantity in found.values:
        assert math.isfinite(quantity.number)
        assert quantity.bound is None or (math.isfinite(quantity.bound) and quantity.bound >= 0.0)
        assert "nan" not in quantity.words()
    if known is GeometryKind.UNKNOWN:
        assert found.calibration == "not calibrated: pixels"
        assert {one.unit for one in found.values} <= {"px", "px2", "deg", "1"}


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        (AnnotationKind.RECTANGLE, [(1.5, 1.0, 0.0), (1.5, 7.0, 0.0)]),
        (AnnotationKind.ELLIPSE, [(1.5, 1.0, 0.0), (1.5, 7.0, 0.0)]),
        (AnnotationKind.ELLIPSE, [(0.0, 1.0, 0.0), (5e-324, 7.0, 0.0)]),
        (AnnotationKind.FREEHAND, [(1.5, 1.0, 0.0), (1.5, 7.0, 0.0), (1.5, 4.0, 0.0)]),
        (AnnotationKind.FREEHAND, [(0.0, 1.5, 0.0), (7.0, 1.5, 0.0), (3.0, 1.5 + 3e-16, 0.0)]),
    ],
)
def test_a_region_too_flat_to_hold_a_voxel_has_no_made_up_mean(
    kind: AnnotationKind, points: list[Vector3]
) -> None:
    held = Volume(np.zeros((2, 9, 9), np.int16), np.eye(4), REGULAR)
    found = measure(drawn(kind, points), held)
    assert found.value("area").number == pytest.approx(0.0, abs=1e-12)
    assert found.method == "no voxel centre lies inside"


def test_voxels_without_a_number_are_left_out_and_counted() -> None:
    voxels = np.full((1, 4, 4), 5.0, np.float32)
    voxels[0, 1, 1:3] = np.nan
    held = Volume(voxels, np.eye(4), REGULAR)
    found = measure(drawn(AnnotationKind.RECTANGLE, [(-0.5, -0.5, 0), (3.5, 3.5, 0)]), held)
    assert (found.value("mean").number, found.value("count").number) == (5.0, 14.0)
    assert found.method == "voxels whose centre lies inside, 2 without a number left out"


def test_a_probe_of_a_voxel_without_a_number_tells_none() -> None:
    voxels = np.array([[[1.0, np.nan], [np.inf, 4.0]]], np.float32)
    held = Volume(voxels, np.eye(4), REGULAR)
    told = [
        measure(drawn(AnnotationKind.PROBE, [(i, j, 0.0)]), held).values
        for j, i in np.ndindex(2, 2)
    ]
    assert [[one.number for one in values] for values in told] == [[1.0], [], [], [4.0]]


def test_the_mean_of_many_voxels_of_a_large_value_is_exact() -> None:
    """Summed in double precision: in single precision this would be off in the fourth digit."""
    voxels = np.full((1, 1200, 1200), 16_777_217 / 1.7, np.float32)
    voxels[0, ::2] += np.float32(3.0)
    held = Volume(voxels, np.eye(4), REGULAR)
    found = measure(drawn(AnnotationKind.RECTANGLE, [(-0.5, -0.5, 0), (1200, 1200, 0)]), held)
    values = [float(voxels[0, 0, 0]), float(voxels[0, 1, 0])]
    assert found.value("mean").number == pytest.approx(sum(values) / 2, rel=1e-12)
    assert found.value("SD").number == pytest.approx(abs(values[0] - values[1]) / 2, rel=1e-9)


# The bound


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([*REGIONS, AnnotationKind.BIDIRECTIONAL, AnnotationKind.COBB]),
    st.lists(flat_point, min_size=4, max_size=9),
    st.lists(st.tuples(*[st.floats(-0.5, 0.5)] * 2), min_size=9, max_size=9),
    st.floats(0.05, 3.0),
)
def test_half_a_pixel_at_every_point_stays_within_the_bound(kind, pairs, off, mm_per_px) -> None:
    held = Volume(np.zeros((2, 2, 2), np.int16), np.eye(4), REGULAR)
    one = replace(flat(kind, pairs), mm_per_px=mm_per_px)
    moved = replace(
        one,
        points_mm=tuple(
            (x + dx * mm_per_px, y + dy * mm_per_px, z)
            for (x, y, z), (dx, dy) in zip(one.points_mm, off, strict=False)
        ),
    )
    if kind is AnnotationKind.COBB and _turns_over(one, moved):
        return  # a line nearly upright has no left and right end
    before, after = measure(one, held), measure(moved, held)
    _within(before, after)


def _turns_over(one: Annotation, other: Annotation) -> bool:
    """Whether a line of a Cobb angle changed which of its ends is the left one."""
    ways = [
        [here.points_mm[at + 1][0] >= here.points_mm[at][0] for at in (0, 2)]
        for here in (one, other)
    ]
    return ways[0] != ways[1]


def _within(before: Measured, after: Measured) -> None:
    bounded = [one for one in before.values if one.bound is not None]
    assert bounded
    for quantity in bounded:
        change = abs(after.value(quantity.name).number - quantity.number)
        assert change <= (quantity.bound or 0.0) + 1e-6


def test_the_bound_is_reached_where_every_click_is_off_along_the_line() -> None:
    """Half a pixel right and down at one end, left and up at the other, for each line."""
    held = Volume(np.zeros((2, 2, 2), np.int16), np.eye(4), REGULAR)
    off = 0.5 * 0.8

    def crossed(away: float) -> Measured:
        ends = [(-away, -away), (10 + away, 10 + away), (-away, 6 + away), (6 + away, -away)]
        points = [(x, y, 0.0) for x, y in ends]
        return measure(drawn(AnnotationKind.BIDIRECTIONAL, points, mm_per_px=0.8), held)

    before, after = crossed(0.0), crossed(off)
    for name in ("long axis", "short axis", "product"):
        quantity = before.value(name)
        assert quantity.bound == pytest.approx(after.value(name).number - quantity.number)


def test_the_corners_own_error_widens_the_bound() -> None:
    line = [(0.0, 0.0, 0.0), (30.0, 0.0, 0.0)]
    voxels = np.zeros((2, 2, 2), np.int16)
    exact = measure(drawn(AnnotationKind.LENGTH, line), Volume(voxels, np.eye(4), REGULAR))
    noted = Geometry(GeometryKind.REGULAR, 0.009)
    rough = measure(drawn(AnnotationKind.LENGTH, line), Volume(voxels, np.eye(4), noted))
    gained = (rough.value("length").bound or 0) - (exact.value("length").bound or 0)
    assert gained == pytest.approx(2 * 0.009)


# Where a probe lies


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ((12.34, -5.0, 0.0), "at L 12.3 A 5.0 H 0.0 mm"),
        ((-3.0, 5.0, -7.77), "at R 3.0 P 5.0 F 7.8 mm"),
    ],
)
def test_a_probe_says_where_it_lies_in_the_patient(point: Vector3, words: str) -> None:
    held = Volume(np.zeros((2, 2, 2), np.int16), np.eye(4), REGULAR)
    assert measure(drawn(AnnotationKind.PROBE, [point]), held).method == words


def test_a_probe_without_calibration_says_its_pixel() -> None:
    held = Volume(
        np.arange(24).reshape(2, 3, 4),
        np.diag([0.5, 0.5, 1.0, 1.0]),
        Geometry(GeometryKind.UNKNOWN, 0.0),
    )
    found = measure(drawn(AnnotationKind.PROBE, [(1.0, 0.5, 1.0)]), held)
    assert found.method == "column 3, row 2, slice 2"
    assert found.value("value").number == 12 + 4 + 2


@settings(max_examples=60, deadline=None)
@given(st.lists(flat_point, min_size=3, max_size=9), st.lists(flat_point, min_size=20, max_size=20))
def test_inside_an_outline_is_where_a_ray_leaves_it_an_odd_number_of_times(corners, places) -> None:
    points = tuple((x, y, 0.0) for x, y in corners)
    region = Region(AnnotationKind.FREEHAND, points, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    shape = np.array(corners)
    for place_ in places:
        away = shape - np.array(place_)
        if _near_edge(away):
            continue
        after = np.roll(away, -1, axis=0)
        # Crossings of the ray to the right, by solving for where each edge meets it.
        crossed = 0
        for (x0, y0), (x1, y1) in zip(away, after, strict=True):
            if (y0 < 0) != (y1 < 0) and x0 + (x1 - x0) * (-y0) / (y1 - y0) > 0:
                crossed += 1
        flat_place = region.flat(np.array([*place_, 0.0]))
        assert bool(inside(region, flat_place[None])[0]) == bool(crossed % 2)


def _near_edge(away: np.ndarray) -> bool:
    """Whether the origin lies so near to an edge that rounding decides."""
    for one, other in zip(away, np.roll(away, -1, axis=0), strict=True):
        along = other - one
        length = float(along @ along)
        share = min(max(float(-one @ along) / length, 0.0), 1.0) if length > 0 else 0.0
        if np.linalg.norm(one + share * along) < 1e-6:
            return True
    return bool((np.abs(away[:, 1]) < 1e-9).any())
