"""Planes along the grid, slices counted, overlays where they belong."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.viewer.canvas.conftest import phantom
from viewer.canvas.captions import geometry_badge, position_lines, scale_bar_mm
from viewer.canvas.framing import frame_view
from viewer.canvas.layers import outline_patch
from viewer.canvas.stage import (
    Stage,
    grid_planes,
    heat_layer_of,
    outlines_of,
    stage_of,
    tilt_degrees,
)
from viewer.canvas.state import ViewState
from viewer.geometry.planes import PlaneKind, orientation_letters
from viewer.records import Geometry, GeometryKind, Volume


def turned(degrees: float) -> Volume:
    """The phantom turned about the patient's left-right axis."""
    base, angle = phantom(), math.radians(degrees)
    turn = np.eye(4)
    turn[1:3, 1:3] = [
        [math.cos(angle), -math.sin(angle)],
        [math.sin(angle), math.cos(angle)],
    ]
    return Volume(base.voxels, turn @ base.affine, base.geometry)


def test_a_tilted_acquisition_is_shown_in_its_own_slices() -> None:
    volume = turned(15.0)
    plane = grid_planes(volume)[PlaneKind.AXIAL]
    slice_axis = volume.affine[:3, 2] / 5.0
    assert abs(float(np.dot(plane.normal, slice_axis))) == pytest.approx(1.0)
    assert tilt_degrees(plane, PlaneKind.AXIAL) == pytest.approx(15.0)
    assert len(orientation_letters(plane).top) == 2


def test_a_grid_without_right_angles_keeps_the_planes_of_the_patient() -> None:
    base = phantom()
    sheared = base.affine.copy()
    sheared[1, 2] = 1.0
    plane = grid_planes(Volume(base.voxels, sheared, base.geometry))[PlaneKind.AXIAL]
    assert plane.normal == (0.0, 0.0, 1.0)


@pytest.mark.parametrize(("kind", "count"), [("axial", 20), ("coronal", 40), ("sagittal", 50)])
def test_every_slice_is_reached_and_counted_once(stage: Stage, kind: str, count: int) -> None:
    plane = PlaneKind(kind)
    cursor = stage.stepped(plane, stage.first_state().cursor_mm, -1000)
    seen = []
    for _ in range(count):
        seen.append(stage.slice_of(plane, cursor))
        cursor = stage.stepped(plane, cursor, 1)
    assert seen == [(number, count) for number in range(1, count + 1)]
    assert stage.slice_of(plane, cursor) == (count, count)


def test_without_geometry_there_is_one_plane_and_no_millimetre() -> None:
    stage = stage_of(phantom(GeometryKind.UNKNOWN))
    lines = position_lines(stage, PlaneKind.AXIAL, stage.first_state())
    assert list(stage.planes) == [PlaneKind.AXIAL, PlaneKind.NATIVE]
    assert not any("mm" in line for line in lines)
    assert geometry_badge(stage.volume.geometry) == "geometry unknown: no mm"


def test_position_is_named_towards_the_head() -> None:
    stage = stage_of(phantom())
    state = ViewState((1.0, 1.0, 25.0), stage.window)
    assert "H 25.0 mm" in position_lines(stage, PlaneKind.AXIAL, state)[1]


def test_regularised_geometry_says_its_error() -> None:
    badge = geometry_badge(Geometry(GeometryKind.REGULARISED, 1.234))
    assert badge == "regularised, max corner error 1.234 mm"


def test_scale_bar_is_the_longest_round_length_that_fits() -> None:
    assert scale_bar_mm(0.5, 120.0) == 50
    assert scale_bar_mm(10.0, 0.1) == 0


def test_an_outline_is_cut_only_where_the_plane_meets_it(stage: Stage) -> None:
    labels = np.zeros((20, 40, 50), np.uint8)
    labels[14:17, 6:12, 36:44] = 3
    (outline,) = outlines_of(labels, stage.volume.affine)
    state = stage.first_state()
    state.move_cursor(stage.volume.to_mm((40, 9, 15)))
    framing = frame_view(stage, PlaneKind.AXIAL, state, 200, 160)
    patch = outline_patch(outline, framing)
    assert outline.value == 3
    assert patch is not None
    x, y = framing.to_px(stage.volume.to_mm((39.5, 8.5, 15)))
    assert patch.area.contains(x, y)
    assert patch.pixels.max() == 255
    state.move_cursor(stage.volume.to_mm((40, 9, 2)))
    away = frame_view(stage, PlaneKind.AXIAL, state, 200, 160)
    assert outline_patch(outline, away) is None


def test_heat_keeps_its_values_to_one_step_in_255(stage: Stage) -> None:
    heat = np.linspace(0.0, 1.0, 20 * 40 * 50, dtype=np.float16).reshape(20, 40, 50)
    kept = heat_layer_of(heat, stage.volume.affine).cutter.voxels / 255.0
    assert np.abs(kept - heat.astype(np.float64)).max() <= 0.5 / 255.0 + 1e-6


def test_a_point_is_taken_to_the_slice_that_is_named(stage: Stage) -> None:
    middle = stage.first_state().cursor_mm
    for k in (0, 3, 19):
        there = stage.snap(middle, k)
        assert stage.slice_of(PlaneKind.NATIVE, there)[0] == k + 1
        assert stage.volume.to_index(there)[:2] == pytest.approx(
            stage.volume.to_index(stage.snap(middle))[:2]
        )
