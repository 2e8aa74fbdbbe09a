from __future__ import annotations

import numpy as np
import pytest

from viewer.geometry.gate import SlicePlace, assess
from viewer.geometry.regularise import regularise
from viewer.records import GeometryKind

ROWS, COLUMNS = 40, 30


def places(positions, row=(1.0, 0.0, 0.0), column=(0.0, 1.0, 0.0), spacing=(0.9, 0.5)):
    return [SlicePlace(tuple(map(float, p)), row, column, spacing) for p in positions]


def straight(depths, lean=0.0):
    return [(3.0 + lean * z, -7.0, z) for z in depths]


def test_evenly_stacked_slices_are_regular():
    stack = assess(places(straight(np.arange(10) * 6.5)), ROWS, COLUMNS)
    assert stack.geometry.kind is GeometryKind.REGULAR
    assert stack.geometry.max_corner_error_mm < 1e-9
    assert np.linalg.norm(stack.affine[:3, 2]) == pytest.approx(6.5)
    assert stack.affine[:3, 3] == pytest.approx([3.0, -7.0, 0.0])
    assert stack.affine[0, 0] == pytest.approx(0.5)
    assert stack.affine[1, 1] == pytest.approx(0.9)


def test_slices_are_ordered_by_place_whatever_order_they_came_in():
    depths = [6.0, 0.0, 9.0, 3.0]
    assert assess(places(straight(depths)), ROWS, COLUMNS).order == (1, 3, 0, 2)


@pytest.mark.parametrize("degrees", [20, 45, 70])
def test_oblique_spacing_is_measured_along_the_normal(degrees):
    tilt = np.radians(degrees)
    column = (0.0, float(np.cos(tilt)), float(np.sin(tilt)))
    normal = np.cross((1.0, 0.0, 0.0), column)
    stack = assess(places([normal * 3.0 * k for k in range(8)], column=column), ROWS, COLUMNS)
    assert stack.geometry.kind is GeometryKind.REGULAR
    assert np.linalg.norm(stack.affine[:3, 2]) == pytest.approx(3.0)


def test_small_disagreement_is_regular_with_a_note():
    positions = straight(np.arange(6) * 3.0)
    positions[3] = (positions[3][0], positions[3][1], positions[3][2] + 0.006)
    geometry = assess(places(positions), ROWS, COLUMNS).geometry
    assert geometry.kind is GeometryKind.REGULAR
    assert 1e-3 < geometry.max_corner_error_mm <= 1e-2
    assert geometry.note


def test_a_sheared_stack_is_resampled_with_its_true_error():
    stack = assess(places(straight(np.arange(11) * 3.0, lean=0.4)), ROWS, COLUMNS)
    assert stack.geometry.kind is GeometryKind.REGULARISED
    assert stack.geometry.max_corner_error_mm == pytest.approx(6.0)
    assert "shifted" in stack.geometry.note


def test_resampling_puts_a_sheared_ramp_where_it_belongs():
    positions = straight(np.arange(9) * 2.0, lean=0.5)
    x = np.arange(COLUMNS) * 0.5
    voxels = np.stack([np.tile(1000 + p[0] + x, (ROWS, 1)) for p in positions])
    stack = assess(places(positions), ROWS, COLUMNS)
    regular, affine = regularise(voxels, stack)
    k, j, i = np.nonzero(regular > 900)
    truth = 1000 + (affine @ np.array([i, j, k, np.ones_like(i)]))[0]
    assert np.abs(regular[k, j, i] - truth).max() < 1e-6
    assert regular.shape[2] > COLUMNS


def test_a_missing_slice_is_filled_and_told():
    depths = np.delete(np.arange(10) * 3.0, 4)
    stack = assess(places(straight(depths)), ROWS, COLUMNS)
    assert stack.geometry.kind is GeometryKind.REGULARISED
    assert "1 slice(s) are missing" in stack.geometry.note
    voxels = np.broadcast_to(depths[:, None, None], (9, ROWS, COLUMNS)).astype(np.float32)
    regular, affine = regularise(voxels, stack)
    assert regular[:, 0, 0] == pytest.approx(np.arange(10) * 3.0)
    assert affine[2, 2] == pytest.approx(3.0)


def test_two_spacings_in_one_stack_are_resampled():
    depths = np.concatenate([np.arange(5) * 3.0, 12.0 + np.arange(1, 5) * 5.0])
    stack = assess(places(straight(depths)), ROWS, COLUMNS)
    assert stack.geometry.kind is GeometryKind.REGULARISED
    voxels = np.broadcast_to(depths[:, None, None], (9, ROWS, COLUMNS)).astype(np.float32)
    regular, affine = regularise(voxels, stack)
    assert regular[:, 0, 0] == pytest.approx(np.arange(len(regular)) * affine[2, 2], abs=1e-4)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ({"position": None}, "0020,0032"),
        ({"along_row": None}, "0020,0037"),
        ({"spacing_mm": None}, "0028,0030"),
        ({"along_row": (0.0, 1.0, 0.0)}, "perpendicular"),
        ({"position": (float("nan"), 0.0, 0.0)}, "0020,0032"),
    ],
)
def test_what_a_slice_does_not_say_makes_the_geometry_unknown(spoil, reason):
    good = {
        "position": (0.0, 0.0, 0.0),
        "along_row": (1.0, 0.0, 0.0),
        "along_column": (0.0, 1.0, 0.0),
        "spacing_mm": (1.0, 1.0),
    }
    geometry = assess([SlicePlace(**(good | spoil))] * 3, ROWS, COLUMNS).geometry
    assert geometry.kind is GeometryKind.UNKNOWN
    assert reason in geometry.note


def test_a_single_slice_has_no_millimetres():
    geometry = assess(places(straight([0.0])), ROWS, COLUMNS).geometry
    assert geometry.kind is GeometryKind.UNKNOWN


def test_the_gate_would_catch_spacing_taken_from_thickness():
    """The broken variant: an affine built with a 5 mm thickness is 31.5 mm off at the far end."""
    depths = np.arange(22) * 6.5
    stack = assess(places(straight(depths)), ROWS, COLUMNS)
    wrong = stack.affine[2, 3] + np.arange(22) * 5.0
    assert np.abs(wrong - depths).max() > 31.0
    assert np.abs(stack.affine[2, 3] + np.arange(22) * stack.affine[2, 2] - depths).max() < 1e-9
