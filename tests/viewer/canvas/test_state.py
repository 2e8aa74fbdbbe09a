"""One state, many views."""

from __future__ import annotations

import pytest

from viewer.canvas.framing import frame_view
from viewer.canvas.stage import Stage
from viewer.canvas.state import ViewState
from viewer.geometry.planes import PlaneKind
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
