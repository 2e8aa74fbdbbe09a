"""Turned planes, thick cuts, slices as acquired, and series that scroll together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from scipy import ndimage

from tests.viewer.canvas.conftest import phantom
from viewer.canvas.captions import Caption, look_lines, position_lines
from viewer.canvas.framing import Framing, crossing_lines, frame_view
from viewer.canvas.layers import cut_patch
from viewer.canvas.linking import CursorLink
from viewer.canvas.slice_view import SliceView
from viewer.canvas.stage import Stage, stage_of
from viewer.canvas.state import ViewState
from viewer.geometry.planes import ORTHOGONAL, Plane, PlaneKind, rotation_about
from viewer.geometry.slab import Slab, SlabMode
from viewer.records import Geometry, GeometryKind, Volume


def noise(spacing: tuple[float, float, float] = (2.0, 2.0, 5.0)) -> Volume:
    voxels = np.random.default_rng(7).integers(0, 4000, (20, 40, 50)).astype(np.int16)
    affine = np.diag([*spacing, 1.0])
    affine[:3, 3] = (-49.0, -39.0, -50.0)
    return Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0))


def native_size(plane: Plane, columns: int, rows: int, mm_per_px: float) -> Framing:
    return Framing(plane, columns, rows, mm_per_px)


def test_a_slice_of_the_stack_is_the_plane_of_the_reformat() -> None:
    stage = stage_of(noise())
    state = stage.first_state()
    for k in (0, 7, 19):
        state.move_cursor(stage.volume.to_mm((25, 20, k)))
        pictures = [
            cut_patch(
                stage.cutter, frame_view(stage, kind, state, 300, 240), (0, 0, 299, 239), 1
            ).pixels
            for kind in (PlaneKind.NATIVE, PlaneKind.AXIAL)
        ]
        assert np.array_equal(*pictures)
    centre = stage.volume.to_mm((24.5, 19.5, 7.0))
    exact = native_size(stage.planes[PlaneKind.NATIVE].through(centre), 50, 40, 2.0)
    cut = cut_patch(stage.cutter, exact, (0, 0, 49, 39), 1).pixels
    assert np.array_equal(cut, stage.volume.voxels[7])


def test_turning_planes_leaves_the_view_they_are_turned_in() -> None:
    stage = stage_of(phantom())
    state = stage.first_state()
    before = frame_view(stage, PlaneKind.AXIAL, state, 300, 300)
    others = [PlaneKind.CORONAL, PlaneKind.SAGITTAL]
    state.tilt_planes(others, before.plane.normal, math.radians(30.0))
    after = frame_view(stage, PlaneKind.AXIAL, state, 300, 300)
    assert after.plane == before.plane
    lines = {kind: (x, y) for kind, x, y in crossing_lines(stage, PlaneKind.AXIAL, state, after)}
    x, y = lines[PlaneKind.CORONAL]  # it lay along the screen's x and turned from right to down
    assert math.degrees(math.atan2(y, x)) % 180.0 == pytest.approx(30.0)
    x, y = lines[PlaneKind.SAGITTAL]
    assert math.degrees(math.atan2(y, x)) % 180.0 == pytest.approx(120.0)
    assert "oblique" in position_lines(stage, PlaneKind.CORONAL, state)[0]


def test_a_turned_plane_scrolls_along_its_own_normal_and_stays_inside() -> None:
    stage = stage_of(phantom())
    state = stage.first_state()
    state.tilt_planes([PlaneKind.AXIAL], (1.0, 0.0, 0.0), math.radians(20.0))
    plane, extent = stage.plane_of(PlaneKind.AXIAL, state)
    start = np.array(state.cursor_mm)
    moved = np.array(stage.stepped(PlaneKind.AXIAL, state.cursor_mm, 2, state)) - start
    assert moved == pytest.approx(2 * extent.step_mm * np.array(plane.normal))
    end = stage.stepped(PlaneKind.AXIAL, state.cursor_mm, 1000, state)
    assert float(np.dot(plane.normal, end)) == pytest.approx(extent.last_mm)
    number, count = stage.slice_of(PlaneKind.AXIAL, end, state)
    assert number == count


def test_straightening_brings_the_slices_back() -> None:
    stage = stage_of(noise())
    state = stage.first_state()
    before = frame_view(stage, PlaneKind.CORONAL, state, 200, 200)
    state.tilt_planes([PlaneKind.CORONAL], (0.0, 0.0, 1.0), 0.3)
    assert frame_view(stage, PlaneKind.CORONAL, state, 200, 200) != before
    state.straighten()
    assert frame_view(stage, PlaneKind.CORONAL, state, 200, 200) == before


@pytest.mark.parametrize("mode", SlabMode)
@pytest.mark.parametrize("kind", ORTHOGONAL)
def test_a_slab_is_the_slices_within_its_thickness(mode: SlabMode, kind: PlaneKind) -> None:
    """Against numpy over the same slices, at voxel centres of a grid with equal spacing."""
    stage = stage_of(noise((2.0, 2.0, 2.0)))
    axis = {PlaneKind.AXIAL: 0, PlaneKind.CORONAL: 1, PlaneKind.SAGITTAL: 2}[kind]
    slices, rows, columns = stage.volume.voxels.shape
    middle = [columns // 2, rows // 2, slices // 2]
    size = {0: (columns, rows), 1: (columns, slices), 2: (rows, slices)}[axis]
    state = ViewState(stage.volume.to_mm(tuple(middle)), stage.window)
    plane = frame_view(stage, kind, state, 10, 10).plane
    centre = [(columns - 1) / 2, (rows - 1) / 2, (slices - 1) / 2]
    at = middle[2 - axis]
    centre[2 - axis] = at
    exact = native_size(plane.through(stage.volume.to_mm(tuple(centre))), *size, 2.0)
    slab = Slab(mode, 8.0)
    cut = cut_patch(stage.cutter, exact, (0, 0, size[0] - 1, size[1] - 1), 1, slab=slab).pixels
    taken = np.take(stage.volume.voxels, range(at - 2, at + 3), axis)
    expected = {
        SlabMode.MIP: taken.max(axis),
        SlabMode.MINIP: taken.min(axis),
        SlabMode.MEAN: np.rint(taken.mean(axis)),
    }[mode]
    if axis:  # head up on the screen
        expected = expected[::-1]
    assert np.array_equal(cut, expected)


@pytest.mark.parametrize("mode", SlabMode)
def test_an_oblique_slab_is_what_interpolation_says(mode: SlabMode) -> None:
    volume = noise((2.0, 2.0, 2.0))
    stage = stage_of(Volume(volume.voxels.astype(np.float32), volume.affine, volume.geometry))
    plane = Plane(volume.to_mm((25, 20, 10)), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)).turned(
        rotation_about((1.0, 0.0, 0.0), 0.4) @ rotation_about((0.0, 1.0, 0.0), 0.2)
    )
    framing = Framing(plane, 9, 7, 1.3)
    cut = cut_patch(stage.cutter, framing, (0, 0, 8, 6), 1, slab=Slab(mode, 8.0)).pixels
    points = np.array(
        [
            [
                np.array(framing.to_mm(x, y)) + depth * np.array(plane.normal)
                for y in range(7)
                for x in range(9)
            ]
            for depth in np.linspace(-4.0, 4.0, 9)
        ]
    )
    index = (points - volume.affine[:3, 3]) / 2.0
    values = ndimage.map_coordinates(volume.voxels.astype(float), index[..., ::-1].T, order=1)
    combined = {"MIP": values.max(1), "MinIP": values.min(1), "mean": values.mean(1)}[mode.value]
    assert cut.ravel() == pytest.approx(combined, abs=0.5)


def test_a_thick_turned_cut_is_coarse_while_it_moves_and_fine_at_rest(qtbot: QtBot) -> None:
    stage = stage_of(noise((2.0, 2.0, 2.0)))
    state = stage.first_state()
    state.tilt_planes([PlaneKind.AXIAL], (1.0, 0.0, 0.0), 0.3)
    view = SliceView(PlaneKind.AXIAL)
    qtbot.addWidget(view)
    view.resize(400, 400)
    view.show_stage(stage, state, Caption())
    state.set_slab(Slab(SlabMode.MIP, 8.0))

    def columns() -> int:
        framing = view.framing()
        assert framing is not None
        shown = view.layers.gray(stage, framing, state)
        assert shown is not None
        assert shown[1].width() == pytest.approx(400, abs=60)
        return shown[0].width()

    moving = columns()
    assert moving <= 115
    qtbot.waitUntil(lambda: not view.layers.hurried)
    assert columns() >= 190
    state.straighten()
    assert columns() >= 340, "along the grid it is fine at once"


@pytest.mark.parametrize("coarser", [2, 4])
def test_a_coarse_cut_lies_where_the_fine_one_does(coarser: int) -> None:
    stage = stage_of(phantom())
    state = stage.first_state()
    state.move_cursor(stage.volume.to_mm((40, 9, 15)))
    framing = frame_view(stage, PlaneKind.CORONAL, state, 300, 240)
    middles = []
    for step in (1, coarser):
        patch = cut_patch(stage.cutter, framing, (10, 20, 290, 230), step)
        rows, columns = np.nonzero(patch.pixels > 500)
        area = patch.area
        middles.append(
            (
                area.left() + (columns.mean() + 0.5) * area.width() / patch.pixels.shape[1],
                area.top() + (rows.mean() + 0.5) * area.height() / patch.pixels.shape[0],
            )
        )
    assert middles[1] == pytest.approx(middles[0], abs=0.75 * coarser)


def test_a_cursor_led_outside_by_another_series_is_said(stage: Stage, state: ViewState) -> None:
    state.move_cursor((0.0, 0.0, 500.0))
    assert "Outside the images" in position_lines(stage, PlaneKind.AXIAL, state)[1]
    state.move_cursor(stage.volume.to_mm((25, 20, 19)))
    assert "Slice 20 of 20" in position_lines(stage, PlaneKind.AXIAL, state)[1]


def test_the_corner_tells_what_is_unusual_about_a_picture(stage: Stage, state: ViewState) -> None:
    assert look_lines(state, state.pose("axial")) == ()
    state.set_slab(Slab(SlabMode.MIP, 10.0))
    state.toggle_inverted()
    state.turn("axial", 1)
    state.flip("axial", sideways=True)
    (words,) = look_lines(state, state.pose("axial"))
    assert "MIP 10 mm · inverted" in words
    assert "turned 90°" in words


def moved(by: tuple[float, float, float]) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, 3] = by
    return matrix


def test_registered_series_scroll_together_both_ways(stage: Stage) -> None:
    one, other = stage.first_state(), stage.first_state()
    link = CursorLink()
    link.add("one", one)
    link.add("other", other)
    one.move_cursor((1.0, 2.0, 3.0))
    assert other.cursor_mm != (1.0, 2.0, 3.0), "nothing is linked before a transform is known"
    link.connect("one", "other", moved((10.0, 0.0, -5.0)))
    one.move_cursor((0.0, 0.0, 0.0))
    assert other.cursor_mm == pytest.approx((10.0, 0.0, -5.0))
    other.move_cursor((0.0, 0.0, 0.0))
    assert one.cursor_mm == pytest.approx((-10.0, 0.0, 5.0))
    link.remove("other")
    one.move_cursor((9.0, 9.0, 9.0))
    assert other.cursor_mm == (0.0, 0.0, 0.0)


def test_a_shift_by_hand_keeps_two_series_together(stage: Stage) -> None:
    one, other = stage.first_state(), stage.first_state()
    link = CursorLink()
    link.add("one", one)
    link.add("other", other)
    other.move_cursor((0.0, 0.0, 40.0))
    one.move_cursor((0.0, 0.0, 0.0))
    link.hold_together("one", "other")
    one.move_cursor((5.0, 0.0, 1.0))
    assert other.cursor_mm == pytest.approx((5.0, 0.0, 41.0))


def rigid(turn: float, by: tuple[float, float, float]) -> np.ndarray:
    matrix = moved(by)
    matrix[:3, :3] = rotation_about((0.0, 0.6, 0.8), turn)
    return matrix


def test_one_registered_series_brings_its_whole_study_along(stage: Stage) -> None:
    """Current T1, prior T1 registered to it, prior T2 in the prior's frame; a stranger stays."""
    names = ("now", "prior T1", "prior T2", "stranger")
    states = {name: stage.first_state() for name in names}
    link = CursorLink()
    for name in names:
        link.add(name, states[name])
    there = rigid(0.3, (4.0, -8.0, 15.0))
    link.connect("now", "prior T1", there)
    link.connect("prior T1", "prior T2", np.eye(4))
    stays = states["stranger"].cursor_mm
    states["now"].move_cursor((10.0, -20.0, 5.0))
    expected = (there @ np.array([10.0, -20.0, 5.0, 1.0]))[:3]
    assert states["prior T2"].cursor_mm == pytest.approx(expected)
    states["prior T2"].move_cursor((1.0, 2.0, 3.0))
    back = (np.linalg.inv(there) @ np.array([1.0, 2.0, 3.0, 1.0]))[:3]
    assert states["now"].cursor_mm == pytest.approx(back)
    assert states["stranger"].cursor_mm == stays
    link.remove("prior T1")
    states["now"].move_cursor((0.0, 0.0, 0.0))
    assert states["prior T2"].cursor_mm == pytest.approx(there[:3, 3])
    link.disconnect("now", "prior T1")
    states["now"].move_cursor((9.0, 9.0, 9.0))
    assert states["prior T2"].cursor_mm == pytest.approx(there[:3, 3])


def test_what_the_reader_holds_together_comes_before_the_long_way(stage: Stage) -> None:
    link = CursorLink()
    states = {name: stage.first_state() for name in "abc"}
    for name, state in states.items():
        link.add(name, state)
    link.connect("a", "b", moved((1.0, 0.0, 0.0)))
    link.connect("b", "c", moved((1.0, 0.0, 0.0)))
    assert link.transform("a", "c") == pytest.approx(moved((2.0, 0.0, 0.0)))
    link.connect("a", "c", moved((50.0, 0.0, 0.0)))
    assert link.transform("a", "c") == pytest.approx(moved((50.0, 0.0, 0.0)))
    assert link.transform("a", "a") == pytest.approx(np.eye(4))
    assert link.transform("a", "nobody") is None
