"""Painting on a label map: round in the patient on every grid, taken back to the last voxel."""

from __future__ import annotations

import itertools
import math
import zlib

import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from viewer.geometry.labelling import (
    Brush,
    apply,
    between_slices,
    box_of,
    change_of,
    from_bytes,
    paint,
    revert,
    to_bytes,
    volume_ml,
)
from viewer.geometry.planes import rotation_about
from viewer.records import Geometry, GeometryKind, LabelChange, Vector3, Volume

SHAPE = (18, 40, 50)
TURN = rotation_about((1.0, 0.0, 0.0), 0.35) @ rotation_about((0.0, 1.0, 0.0), -0.5)


def volume(turn: np.ndarray, spacing: tuple[float, float, float] = (0.5, 0.9, 3.1)) -> Volume:
    voxels = np.random.default_rng(7).integers(0, 900, SHAPE).astype(np.int16)
    affine = np.eye(4)
    affine[:3, :3] = turn @ np.diag(spacing)
    affine[:3, 3] = (-12.0, 7.0, 33.0)
    return Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0))


def mirrored() -> Volume:
    """A grid of negative determinant, as NIfTI files have."""
    held = volume(TURN)
    affine = held.affine.copy()
    affine[:3, 0] *= -1.0
    return Volume(held.voxels, affine, held.geometry)


def sheared() -> Volume:
    held = volume(TURN)
    affine = held.affine.copy()
    affine[:3, 2] += 0.4 * affine[:3, 1]
    return Volume(held.voxels, affine, held.geometry)


VOLUMES = {
    "straight": volume(np.eye(3)),
    "double oblique": volume(TURN),
    "mirrored": mirrored(),
    "sheared": sheared(),
}


@pytest.fixture(params=VOLUMES)
def held(request: pytest.FixtureRequest) -> Volume:
    return VOLUMES[request.param]


def places(held: Volume) -> np.ndarray:
    """LPS+ mm of every voxel, one at a time, shape (slices, rows, columns, 3)."""
    k, j, i = np.indices(held.voxels.shape)
    at = np.stack([i, j, k, np.ones_like(i)], axis=-1).astype(float)
    return np.einsum("rc,kjic->kjir", held.affine, at)[..., :3]


def painted(held: Volume, path: list[Vector3], brush: Brush) -> np.ndarray:
    labels = np.zeros(held.voxels.shape, np.uint8)
    found = paint(labels, held, path, brush)
    assert not labels.any()
    if found is not None:
        (k, j, i), new = found
        labels[k : k + new.shape[0], j : j + new.shape[1], i : i + new.shape[2]] = new
    return labels


def normal_of(held: Volume, across: int) -> Vector3:
    """The unit normal of the grid's own planes across an axis (0 columns, 1 rows, 2 slices)."""
    one, other = (held.affine[:3, way] for way in range(3) if way != across)
    normal = np.cross(one, other)
    x, y, z = normal / np.linalg.norm(normal)
    return float(x), float(y), float(z)


def test_a_ball_is_every_voxel_within_its_radius_and_no_other(held: Volume) -> None:
    centre = held.to_mm((24.3, 19.8, 8.6))
    found = painted(held, [centre], Brush(6.0, 3))
    truth = np.linalg.norm(places(held) - np.array(centre), axis=-1) <= 6.0
    assert np.array_equal(found == 3, truth)
    assert np.count_nonzero(truth) > 400


def test_a_ball_is_the_one_simpleitk_finds_by_physical_points() -> None:
    held = VOLUMES["double oblique"]
    image = SimpleITK.GetImageFromArray(held.voxels)
    image.SetSpacing(held.spacing_mm)
    image.SetOrigin(tuple(map(float, held.affine[:3, 3])))
    image.SetDirection(tuple(map(float, (held.affine[:3, :3] / held.spacing_mm).ravel())))
    centre = held.to_mm((24.3, 19.8, 8.6))
    found = painted(held, [centre], Brush(4.0, 1))
    truth = np.zeros_like(found)
    for k, j, i in np.ndindex(*held.voxels.shape):
        if math.dist(image.TransformIndexToPhysicalPoint((i, j, k)), centre) <= 4.0:
            truth[k, j, i] = 1
    assert np.array_equal(found, truth)


@pytest.mark.parametrize("across", range(3))
def test_a_disc_is_one_slice_thick_and_round_in_every_plane_of_the_grid(
    held: Volume, across: int
) -> None:
    at = [24.0, 19.0, 8.0]
    at[(across + 1) % 3] += 0.37
    centre = held.to_mm(tuple(at))
    found = painted(held, [centre], Brush(5.0, 1, normal=normal_of(held, across)))
    axis = 2 - across
    level = int(at[across])
    away = places(held) - np.array(centre)
    truth = np.zeros_like(found, dtype=bool)
    chosen = [slice(None)] * 3
    chosen[axis] = slice(level, level + 1)
    truth[tuple(chosen)] = np.linalg.norm(away, axis=-1)[tuple(chosen)] <= 5.0
    assert np.array_equal(found == 1, truth)
    assert np.count_nonzero(truth) > 8


@pytest.mark.parametrize("across", range(3))
@pytest.mark.parametrize("radius_mm", [0.05, 4.0])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_halfway_between_two_slices_a_disc_takes_the_higher_one(
    held: Volume, across: int, radius_mm: float, sign: float
) -> None:
    """One slice, the same for a small and a large brush, from whichever side one looks."""
    at = [24.0, 19.0, 8.0]
    at[across] += 0.5
    x, y, z = (sign * part for part in normal_of(held, across))
    found = painted(held, [held.to_mm(tuple(at))], Brush(radius_mm, 1, normal=(x, y, z)))
    levels = np.flatnonzero(np.moveaxis(found, 2 - across, 0).any(axis=(1, 2)))
    assert levels.tolist() == [int(at[across]) + 1]


def test_a_disc_on_an_oblique_plane_has_no_holes() -> None:
    """Seen along the grid axis nearest to its normal, every column within it has a voxel."""
    held = volume(np.eye(3), (1.0, 1.0, 1.0))
    normal = rotation_about((1.0, 0.0, 0.0), 0.5) @ np.array([0.0, 0.0, 1.0])
    centre = held.to_mm((25, 20, 9))
    found = painted(held, [centre], Brush(8.0, 1, normal=tuple(map(float, normal))))
    shadow = found.any(axis=0)
    j, i = np.indices(shadow.shape)
    x, y = i - 25.0, j - 20.0
    z = -(normal[0] * x + normal[1] * y) / normal[2]
    within = np.sqrt(x**2 + y**2 + z**2) <= 7.0
    assert shadow[within].all()
    assert (found.sum(axis=0)[within] <= 2).all()


def test_a_stroke_is_every_voxel_within_the_radius_of_its_path(held: Volume) -> None:
    path = [held.to_mm(at) for at in ((10, 10, 5), (35, 14, 8), (30, 30, 12))]
    found = painted(held, path, Brush(3.5, 2))
    nearest, where = np.full(held.voxels.shape, np.inf), places(held)
    for start, end in itertools.pairwise(path):
        for share in np.linspace(0.0, 1.0, 301):
            at = np.array(start) * (1 - share) + np.array(end) * share
            nearest = np.minimum(nearest, ((where - at) ** 2).sum(axis=-1))
    nearest = np.sqrt(nearest)
    assert (found[nearest <= 3.5] == 2).all()
    assert (found[nearest > 3.5 + 1e-3] == 0).all()


def test_steps_of_a_stroke_make_the_same_as_the_whole(held: Volume) -> None:
    """However fast the hand moves and however often it is asked."""
    brush = Brush(4.0, 1)
    path = [held.to_mm(at) for at in ((10, 10, 5), (20, 12, 6), (35, 14, 8), (30, 30, 12))]
    whole = painted(held, path, brush)
    steps = np.zeros_like(whole)
    for start, end in itertools.pairwise(path):
        steps |= painted(held, [start, end], brush)
    assert np.array_equal(whole, steps)


def test_a_brush_smaller_than_a_voxel_paints_the_voxel_under_it(held: Volume) -> None:
    found = painted(held, [held.to_mm((24.4, 19.4, 8.4))], Brush(0.05, 1))
    assert np.argwhere(found).tolist() == [[8, 19, 24]]


def test_a_thin_stroke_leaves_no_gap() -> None:
    held = VOLUMES["straight"]
    brush = Brush(0.05, 1, normal=(0.0, 0.0, 1.0))
    found = painted(held, [held.to_mm((5, 5, 3)), held.to_mm((40, 30, 3))], brush)
    pieces = SimpleITK.ConnectedComponent(SimpleITK.GetImageFromArray(found), True)
    assert SimpleITK.GetArrayFromImage(pieces).max() == 1
    assert found[3, 5, 5] == found[3, 30, 40] == 1


def test_a_brush_held_to_a_range_paints_only_voxels_in_it(held: Volume) -> None:
    centre = held.to_mm((24, 19, 8))
    free = painted(held, [centre], Brush(6.0, 1))
    bound = painted(held, [centre], Brush(6.0, 1, between=(200, 500)))
    wanted = (free == 1) & (held.voxels >= 200) & (held.voxels <= 500)
    assert np.array_equal(bound == 1, wanted)
    assert 0 < np.count_nonzero(bound) < np.count_nonzero(free)


def test_the_eraser_takes_away_and_adds_nothing(held: Volume) -> None:
    labels = np.zeros(held.voxels.shape, np.uint8)
    labels[8, 15:20, 20:30] = 4
    centre = held.to_mm((24, 19, 8))
    found = paint(labels, held, [centre], Brush(3.0, 0))
    assert found is not None
    (k, j, i), new = found
    after = labels.copy()
    after[k : k + new.shape[0], j : j + new.shape[1], i : i + new.shape[2]] = new
    near = np.linalg.norm(places(held) - np.array(centre), axis=-1) <= 3.0
    assert np.array_equal(after == 4, (labels == 4) & ~near)
    assert set(np.unique(after)) <= {0, 4}


def test_a_brush_for_one_label_leaves_the_others(held: Volume) -> None:
    labels = np.random.default_rng(1).integers(0, 4, held.voxels.shape).astype(np.uint8)
    found = paint(labels, held, [held.to_mm((24, 19, 8))], Brush(6.0, 9, only=0))
    assert found is not None
    (k, j, i), new = found
    old = labels[k : k + new.shape[0], j : j + new.shape[1], i : i + new.shape[2]]
    assert (new == 9).any()
    assert (old[new == 9] == 0).all()
    assert np.array_equal(new[new != 9], old[new != 9])


@pytest.mark.parametrize("at", [(-500.0, 0.0, 0.0), (0.0, 0.0, 900.0)])
def test_beside_the_volume_nothing_is_painted(held: Volume, at: Vector3) -> None:
    assert paint(np.zeros(held.voxels.shape, np.uint8), held, [at], Brush(4.0, 1)) is None


def test_at_the_edge_of_the_volume_the_brush_is_cut_off(held: Volume) -> None:
    centre = held.to_mm((0, 0, 0))
    found = painted(held, [centre], Brush(5.0, 1))
    truth = np.linalg.norm(places(held) - np.array(centre), axis=-1) <= 5.0
    assert np.array_equal(found == 1, truth)


# Changes

maps = st_numpy.arrays(np.uint8, (4, 5, 6), elements=st.integers(0, 3))


@settings(max_examples=120, deadline=None)
@given(maps, maps)
def test_a_change_can_be_made_taken_back_kept_and_read_again(before, after) -> None:
    change = change_of(before, after, "1", "2")
    if change is None:
        assert np.array_equal(before, after)
        return
    labels = before.copy()
    read = from_bytes(to_bytes(change), change.id, "1", "2")
    apply(labels, read)
    assert np.array_equal(labels, after)
    revert(labels, read)
    assert np.array_equal(labels, before)
    assert (read.corner, read.before.shape) == (change.corner, change.before.shape)


def test_a_change_is_no_larger_than_what_differs() -> None:
    before = np.zeros((9, 9, 9), np.uint8)
    after = before.copy()
    after[3:5, 2, 6:9] = 1
    change = change_of(before, after, "1", "2")
    assert change is not None
    assert change.corner == (3, 2, 6)
    assert change.after.shape == (2, 1, 3)


def test_taking_a_stroke_back_leaves_what_was_done_beside_it() -> None:
    """A later stroke elsewhere in the same box stays."""
    empty = np.zeros((1, 6, 6), np.uint8)
    first = empty.copy()
    first[0, 0, 0] = first[0, 5, 5] = 1
    change = change_of(empty, first, "1", "2")
    assert change is not None
    labels = first.copy()
    labels[0, 2, 2] = 7
    revert(labels, change)
    assert np.argwhere(labels).tolist() == [[0, 2, 2]]


def test_a_change_of_another_map_is_refused() -> None:
    box = np.ones((3, 3, 3), np.uint8)
    with pytest.raises(ValueError, match="beyond"):
        apply(np.zeros((4, 4, 4), np.uint8), LabelChange("a", "1", "2", (2, 2, 2), box * 0, box))


def _stored() -> bytes:
    box = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)
    return to_bytes(LabelChange("a", "1", "2", (1, 2, 3), box, box[::-1]))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_bytes_are_refused_or_read_as_the_same(data) -> None:
    """Cut short, changed, or nothing of the kind: a ValueError, never another stroke's shape."""
    stored = bytearray(_stored())
    if data.draw(st.booleans()):
        stored = stored[: data.draw(st.integers(0, len(stored) - 1))]
    else:
        at = data.draw(st.integers(28, len(stored) - 1))
        stored[at] ^= data.draw(st.integers(1, 255))
    try:
        found = from_bytes(bytes(stored), "a", "1", "2")
    except ValueError:
        return
    whole = from_bytes(_stored(), "a", "1", "2")
    assert np.array_equal(found.before, whole.before)
    assert np.array_equal(found.after, whole.after)


def test_a_small_file_cannot_ask_for_much_memory() -> None:
    bomb = _stored()[:28] + zlib.compress(bytes(50_000_000))
    with pytest.raises(ValueError, match="cut short"):
        from_bytes(bomb, "a", "1", "2")


# Filling in


def ball(centre: tuple[float, float, float], radius: float) -> np.ndarray:
    k, j, i = np.indices((21, 41, 41))
    return (k - centre[0]) ** 2 + (j - centre[1]) ** 2 + (i - centre[2]) ** 2 <= radius**2


@pytest.mark.parametrize("axis", range(3))
def test_between_two_discs_of_a_cone_the_outlines_grow_evenly(axis: int) -> None:
    labels = np.zeros((41, 41, 41), np.uint8)
    j, i = np.indices((41, 41))
    away = np.hypot(j - 20.0, i - 20.0)
    turned = np.moveaxis(labels, axis, 0)
    turned[5][away <= 4.0] = 1
    turned[15][away <= 14.0] = 1
    filled = np.moveaxis(between_slices(labels, 1, axis), axis, 0)
    for k in range(5, 16):
        radius = math.sqrt(np.count_nonzero(filled[k]) / math.pi)
        assert radius == pytest.approx(k - 1.0, abs=0.6)
    assert not filled[:5].any()
    assert not filled[16:].any()


def test_a_ball_painted_every_third_slice_is_filled_almost_whole() -> None:
    truth = ball((10, 20, 20), 9.0)
    labels = np.zeros(truth.shape, np.uint8)
    labels[1::3] = truth[1::3] * np.uint8(1)
    filled = between_slices(labels, 1, 0) == 1
    both = np.count_nonzero(filled & truth)
    assert 2 * both / (np.count_nonzero(filled) + np.count_nonzero(truth)) > 0.95


def test_filling_in_keeps_painted_slices_other_labels_and_the_map_it_was_given() -> None:
    labels = np.zeros((11, 30, 30), np.uint8)
    labels[2, 5:20, 5:20] = 1
    labels[8, 10:25, 10:25] = 1
    labels[5, 12:14, 12:14] = 2
    given_ = labels.copy()
    filled = between_slices(labels, 1, 0)
    assert np.array_equal(labels, given_)
    assert np.array_equal(filled[[2, 8]], labels[[2, 8]])
    assert np.array_equal(filled == 2, labels == 2)
    assert all((filled[k] == 1).any() for k in range(3, 8))


def test_filling_in_measures_in_millimetres() -> None:
    """On pixels of 1 x 4 mm the shape in the middle of a bar and a square is nearer in x."""
    labels = np.zeros((3, 40, 40), np.uint8)
    labels[0, 18:22, 4:36] = 1
    labels[2, 4:36, 4:36] = 1
    even = between_slices(labels, 1, 0)[1]
    long = between_slices(labels, 1, 0, (1.0, 4.0, 3.0))[1]
    assert not np.array_equal(even, long)
    assert np.count_nonzero(even) > 0


def test_a_slice_painted_to_its_edges_is_filled_in_too() -> None:
    labels = np.zeros((5, 8, 8), np.uint8)
    labels[0] = labels[4] = 1
    assert (between_slices(labels, 1, 0) == 1).all()


def test_one_painted_slice_or_none_has_nothing_between() -> None:
    labels = np.zeros((5, 8, 8), np.uint8)
    assert not between_slices(labels, 1, 0).any()
    labels[2, 3, 3] = 1
    assert np.array_equal(between_slices(labels, 1, 0), labels)


# Size


def test_millilitres_come_from_the_real_voxel(held: Volume) -> None:
    labels = np.zeros(held.voxels.shape, np.uint8)
    labels[2:6, 3:9, 4:20] = 5
    assert volume_ml(labels, 5, held.affine) == pytest.approx(
        4 * 6 * 16 * 0.5 * 0.9 * 3.1 / 1000.0, rel=1e-9
    )


def test_a_painted_ball_has_the_volume_of_a_ball() -> None:
    held = volume(TURN, (0.5, 0.6, 1.0))
    labels = painted(held, [held.to_mm((25, 20, 9))], Brush(7.0, 1))
    assert volume_ml(labels, 1, held.affine) == pytest.approx(
        4 / 3 * math.pi * 7.0**3 / 1000.0, rel=0.02
    )


def test_a_box_of_nothing_is_none() -> None:
    assert box_of(np.zeros((2, 2, 2), bool)) is None
