"""One state, many views."""

from __future__ import annotations

import pytest

from viewer.canvas.framing import frame_view
from viewer.canvas.stage import Stage
from viewer.canvas.state import ViewState
from viewer.geometry.planes import PlaneKind
from viewer.geometry.slab import Slab, SlabMode
from viewer.records import WindowLevel


def test_the_point_under_the_pointer_stays_when_zooming(stage: Stage, state: ViewState) -> None:
    before = frame_view(stage, PlaneKind.AXIAL, state, 400, 300)
    pointed = before.to_mm(310.0, 80.0)
    state.zoom(PlaneKind.AXIAL.value, 3.0, before.offset_mm(310.0, 80.0))
    after = frame_view(stage, PlaneKind.AXIAL, state, 400, 300)
    assert after.mm_per_px == pytest.approx(before.mm_per_px / 3.0)
    assert after.to_px(pointed) == pytest.approx((310.0, 80.0))


def test_zoom_and_pan_belong_to_one_view(stage: Stage, state: ViewState) -> None:
    before = frame_view(stage, PlaneKind.CORONAL, state, 400, 300)
    state.zoom(PlaneKind.AXIAL.value, 2.0)
    state.pan(PlaneKind.AXIAL.value, 5.0, 5.0)
    assert frame_view(stage, PlaneKind.CORONAL, state, 400, 300) == before


def test_panning_moves_the_image_with_the_hand(stage: Stage, state: ViewState) -> None:
    before = frame_view(stage, PlaneKind.AXIAL, state, 400, 300)
    point = before.to_mm(200.0, 100.0)
    state.pan(PlaneKind.AXIAL.value, 10 * before.mm_per_px, -4 * before.mm_per_px)
    after = frame_view(stage, PlaneKind.AXIAL, state, 400, 300)
    assert after.to_px(point) == pytest.approx((210.0, 96.0))


def test_a_window_never_loses_its_width(state: ViewState) -> None:
    state.drag_window(-50.0, 0.0)
    assert state.window.width > 0


def test_reset_brings_the_first_window_and_fit_back(state: ViewState) -> None:
    first = state.window
    state.set_window(WindowLevel(1.0, 2.0))
    state.zoom("axial", 4.0)
    state.reset()
    assert state.window == first
    assert state.pose("axial").zoom == 1.0


def test_a_listener_that_left_hears_nothing(state: ViewState) -> None:
    heard: list[int] = []
    leave = state.listen(lambda: heard.append(1))
    state.toggle_crosshair()
    leave()
    state.toggle_crosshair()
    assert heard == [1]


def test_zooming_keeps_flips_and_turns(stage: Stage, state: ViewState) -> None:
    state.flip("axial", sideways=True)
    state.turn("axial", 1)
    before = frame_view(stage, PlaneKind.AXIAL, state, 400, 300)
    state.zoom("axial", 2.0)
    after = frame_view(stage, PlaneKind.AXIAL, state, 400, 300)
    assert (after.plane.right, after.plane.down) == (before.plane.right, before.plane.down)


@pytest.mark.parametrize("act", ["turn right", "turn left", "flip sideways", "flip over"])
def test_what_is_in_the_middle_stays_there_when_turned_or_flipped(
    stage: Stage, state: ViewState, act: str
) -> None:
    state.zoom("axial", 3.0, (12.0, -7.0))
    state.pan("axial", 4.0, 9.0)
    state.turn("axial", 1)
    before = frame_view(stage, PlaneKind.AXIAL, state, 401, 301).plane.centre
    {
        "turn right": lambda: state.turn("axial", 1),
        "turn left": lambda: state.turn("axial", -1),
        "flip sideways": lambda: state.flip("axial", sideways=True),
        "flip over": lambda: state.flip("axial", sideways=False),
    }[act]()
    after = frame_view(stage, PlaneKind.AXIAL, state, 401, 301).plane.centre
    assert after == pytest.approx(before)


def test_four_quarter_turns_and_two_flips_are_nothing(state: ViewState) -> None:
    state.pan("axial", 3.0, 5.0)
    before = state.pose("axial")
    for _ in range(4):
        state.turn("axial", 1)
    for sideways in (True, True, False, False):
        state.flip("axial", sideways=sideways)
    assert state.pose("axial") == before


def test_reset_takes_back_all_that_was_done_to_the_picture(stage: Stage, state: ViewState) -> None:
    before = {kind: frame_view(stage, kind, state, 300, 300) for kind in stage.planes}
    cursor = state.cursor_mm
    state.turn("axial", 1)
    state.flip("coronal", sideways=True)
    state.tilt_planes([PlaneKind.SAGITTAL], (0.0, 0.0, 1.0), 0.4)
    state.set_slab(Slab(SlabMode.MIP, 10.0))
    state.toggle_inverted()
    state.reset()
    assert {kind: frame_view(stage, kind, state, 300, 300) for kind in stage.planes} == before
    assert (state.slab, state.inverted, state.cursor_mm) == (None, False, cursor)


def test_changing_sides_leaves_no_picture_off_to_one(state: ViewState) -> None:
    state.flip("axial", sideways=False)
    state.pan("axial", 30.0, 4.0)
    state.set_neurological(neurological=True)
    assert state.pose("axial").pan_mm == (0.0, 0.0)
    assert state.pose("axial").upside_down
    state.pan("axial", 30.0, 4.0)
    state.set_neurological(neurological=True)
    assert state.pose("axial").pan_mm == (30.0, 4.0), "nothing changed, nothing moves"
