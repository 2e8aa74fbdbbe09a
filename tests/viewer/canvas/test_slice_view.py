"""What the reader's hands do to a view, and what is painted."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.viewer.canvas.conftest import phantom
from viewer.canvas import colours, painting
from viewer.canvas.captions import Caption
from viewer.canvas.grid import ViewGrid
from viewer.canvas.slice_view import SliceView
from viewer.canvas.stage import Overlays, Stage, heat_layer_of, outlines_of, stage_of
from viewer.canvas.state import HeatMode, HeatStyle, ViewState
from viewer.geometry.planes import Letters, PlaneKind
from viewer.records import GeometryKind, WindowLevel


@pytest.fixture
def grid(qtbot: QtBot, stage: Stage, state: ViewState) -> ViewGrid:
    made = ViewGrid()
    qtbot.addWidget(made)
    made.resize(804, 604)
    made.show_stage(stage, state, Caption(("Test, Patient",), ("T1",)))
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: not any(view.waits for view in made.slices.values()))
    return made


@pytest.fixture
def axial(grid: ViewGrid) -> SliceView:
    return grid.slices[PlaneKind.AXIAL]


def wheel(view: SliceView, delta: int, keys: Qt.KeyboardModifier | None = None) -> None:
    at = QPointF(view.rect().center())
    event = QWheelEvent(
        at,
        view.mapToGlobal(at),
        QPoint(0, 0),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        keys or Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def drag(view: SliceView, button: Qt.MouseButton, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(view, button, pos=start)
    QTest.mouseMove(view, (start + end) / 2)
    for at in ((start + end) / 2, end):
        moved = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(at),
            QPointF(view.mapToGlobal(at)),
            Qt.MouseButton.NoButton,
            button,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(view, moved)
    QTest.mouseRelease(view, button, pos=end)


def picture(view: SliceView) -> np.ndarray:
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8)
    return pixels.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width(), 2::-1]


def has_colour(view: SliceView, colour: tuple[int, int, int]) -> bool:
    away = np.abs(picture(view).astype(int) - np.array(colour)).max(axis=2)
    return bool((away <= 12).any())


def test_one_notch_of_the_wheel_is_one_slice(
    axial: SliceView, stage: Stage, state: ViewState
) -> None:
    before, _ = stage.slice_of(PlaneKind.AXIAL, state.cursor_mm)
    wheel(axial, -120)
    after, _ = stage.slice_of(PlaneKind.AXIAL, state.cursor_mm)
    assert after == before + 1


def test_a_touchpad_loses_no_part_of_a_notch(
    axial: SliceView, stage: Stage, state: ViewState
) -> None:
    before, _ = stage.slice_of(PlaneKind.AXIAL, state.cursor_mm)
    for _ in range(9):
        wheel(axial, -40)
    after, _ = stage.slice_of(PlaneKind.AXIAL, state.cursor_mm)
    assert after == before + 3


def test_control_and_wheel_zoom_and_do_not_scroll(axial: SliceView, state: ViewState) -> None:
    cursor = state.cursor_mm
    wheel(axial, 120, Qt.KeyboardModifier.ControlModifier)
    assert state.pose("axial").zoom > 1.0
    assert state.cursor_mm == cursor


def test_home_and_end_reach_the_first_and_last_slice(
    axial: SliceView, stage: Stage, state: ViewState
) -> None:
    QTest.keyClick(axial, Qt.Key.Key_Home)
    assert stage.slice_of(PlaneKind.AXIAL, state.cursor_mm) == (1, 20)
    QTest.keyClick(axial, Qt.Key.Key_End)
    assert stage.slice_of(PlaneKind.AXIAL, state.cursor_mm) == (20, 20)


def test_a_click_moves_the_crosshair_of_all_views(grid: ViewGrid, state: ViewState) -> None:
    coronal = grid.slices[PlaneKind.CORONAL]
    before = grid.slices[PlaneKind.AXIAL].framing()
    QTest.mouseClick(coronal, Qt.MouseButton.LeftButton, pos=QPoint(100, 90))
    framing = coronal.framing()
    after = grid.slices[PlaneKind.AXIAL].framing()
    assert framing is not None
    assert framing.to_px(state.cursor_mm) == pytest.approx((100.0, 90.0), abs=10.0)
    assert before is not None
    assert after is not None
    assert after.plane.position_mm != before.plane.position_mm


def test_right_drag_changes_width_and_centre(axial: SliceView, state: ViewState) -> None:
    before = state.window
    drag(axial, Qt.MouseButton.RightButton, QPoint(100, 100), QPoint(160, 130))
    assert state.window.width > before.width
    assert state.window.centre > before.centre


def test_middle_drag_pans_this_view_only(axial: SliceView, state: ViewState) -> None:
    drag(axial, Qt.MouseButton.MiddleButton, QPoint(100, 100), QPoint(140, 100))
    right, down = state.pose("axial").pan_mm
    assert right > 0
    assert down == pytest.approx(0.0)
    assert state.pose("coronal").pan_mm == (0.0, 0.0)


def test_number_keys_choose_windows(axial: SliceView, stage: Stage, state: ViewState) -> None:
    QTest.keyClick(axial, Qt.Key.Key_3)
    assert state.window == stage.presets[2].window


def test_a_new_volume_is_never_cut_for_all_views_in_one_turn(
    qtbot: QtBot, grid: ViewGrid, stage: Stage
) -> None:
    grid.show_stage(stage, stage.first_state(), Caption())
    views = list(grid.slices.values())
    assert [view.waits for view in views] == [True] * 3
    assert picture(views[0])[4:-4, 4:-4].max() == 0
    qtbot.waitUntil(lambda: not any(view.waits for view in views))
    assert picture(views[0])[4:-4, 4:-4].max() > 0


def test_the_bright_cube_lies_left_front_up(grid: ViewGrid, stage: Stage, state: ViewState) -> None:
    """The cube is on the patient's left, in front, above: right on the screen and high up."""
    state.move_cursor(stage.volume.to_mm((40, 9, 15)))
    state.set_window(WindowLevel(500.0, 600.0))
    state.set_bare(bare=True)
    middles = {}
    for kind, view in grid.slices.items():
        shown = picture(view)[4:-4, 4:-4].min(axis=2)  # without the focus ring
        y, x = np.nonzero(shown > 200)
        middles[kind] = (x.mean() / shown.shape[1], y.mean() / shown.shape[0])
    assert middles[PlaneKind.AXIAL][0] > 0.5
    assert middles[PlaneKind.AXIAL][1] < 0.5
    assert middles[PlaneKind.CORONAL][0] > 0.5
    assert middles[PlaneKind.CORONAL][1] < 0.5
    assert middles[PlaneKind.SAGITTAL][0] < 0.5
    assert middles[PlaneKind.SAGITTAL][1] < 0.5


def test_letters_on_the_screen_are_those_of_the_plane(
    grid: ViewGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: dict[PlaneKind, Letters] = {}
    kinds = iter(grid.slices)
    now: list[PlaneKind] = []
    monkeypatch.setattr(painting, "letters", lambda _p, _a, edges: drawn.update({now[-1]: edges}))
    for kind in kinds:
        now.append(kind)
        grid.slices[kind].grab()
    assert drawn[PlaneKind.AXIAL] == Letters("R", "L", "A", "P")
    assert drawn[PlaneKind.CORONAL] == Letters("R", "L", "H", "F")
    assert drawn[PlaneKind.SAGITTAL] == Letters("A", "P", "H", "F")


def test_space_hides_everything_laid_over_the_image_while_held(
    axial: SliceView, stage: Stage, state: ViewState
) -> None:
    labels = np.zeros((20, 40, 50), np.uint8)
    labels[5:15, 10:30, 10:40] = 1
    axial.show_overlays(Overlays(outlines_of(labels, stage.volume.affine)))
    assert has_colour(axial, colours.FINDING)
    QTest.keyPress(axial, Qt.Key.Key_Space)
    assert not has_colour(axial, colours.FINDING)
    QTest.keyRelease(axial, Qt.Key.Key_Space)
    assert has_colour(axial, colours.FINDING)


def test_the_selected_finding_stands_out(axial: SliceView, stage: Stage, state: ViewState) -> None:
    labels = np.zeros((20, 40, 50), np.uint8)
    labels[5:15, 10:30, 10:40] = 2
    axial.show_overlays(Overlays(outlines_of(labels, stage.volume.affine)))
    assert not has_colour(axial, colours.SELECTED_FINDING)
    state.select(2)
    assert has_colour(axial, colours.SELECTED_FINDING)


def test_heat_is_a_line_then_a_wash_then_nothing(
    axial: SliceView, stage: Stage, state: ViewState
) -> None:
    heat = np.zeros((20, 40, 50), np.float16)
    heat[:, 10:30, 10:40] = 1.0
    axial.show_overlays(Overlays((), heat_layer_of(heat, stage.volume.affine)))
    state.toggle_crosshair()
    assert has_colour(axial, colours.CONTOUR)
    framing = axial.framing()
    assert framing is not None
    x, y = framing.to_px(stage.volume.to_mm((20, 20, 10)))
    state.set_heat(HeatStyle(HeatMode.WASH, 0.5, 1.0))
    washed = axial.grab().toImage().pixelColor(round(x), round(y))
    red, green, blue = (int(value) for value in colours.heat_table()[-1])
    assert washed == QColor(red, green, blue)
    state.set_heat(HeatStyle(HeatMode.OFF))
    plain = axial.grab().toImage().pixelColor(round(x), round(y))
    assert plain.red() == plain.green() == plain.blue()


def test_unknown_geometry_shows_the_stored_slices_and_no_other_plane(qtbot: QtBot) -> None:
    stage = stage_of(phantom(GeometryKind.UNKNOWN))
    grid = ViewGrid()
    qtbot.addWidget(grid)
    grid.show_stage(stage, stage.first_state(), Caption())
    assert grid.slices[PlaneKind.AXIAL].framing() is not None
    assert grid.slices[PlaneKind.CORONAL].framing() is None


def test_double_click_shows_one_view_and_brings_four_back(grid: ViewGrid, axial: SliceView) -> None:
    QTest.mouseDClick(axial, Qt.MouseButton.LeftButton)
    assert grid.alone is axial
    assert grid.volume.isHidden()
    QTest.mouseDClick(axial, Qt.MouseButton.LeftButton)
    assert grid.alone is None
    assert not grid.volume.isHidden()


def test_a_cleared_view_follows_its_old_state_no_more(axial: SliceView, state: ViewState) -> None:
    axial.clear("Opening…")
    wheel(axial, -120)
    QTest.keyClick(axial, Qt.Key.Key_End)
    assert axial.framing() is None


def test_every_view_says_itself_whose_images_it_shows_and_how(
    grid: ViewGrid, state: ViewState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Patient, series, plane, slice and its place in mm, window, zoom, geometry: in each view."""
    said: list[str] = []
    monkeypatch.setattr(painting, "text_block", lambda _p, _a, lines, *_, **__: said.extend(lines))
    for kind, view in grid.slices.items():
        said.clear()
        view.grab()
        words = "\n".join(said)
        for needed in ("Test, Patient", "T1", kind.value.capitalize(), "Slice ", " mm"):
            assert needed in words
        assert f"W {state.window.width:.0f}   L {state.window.centre:.0f}" in words
        assert "zoom" in words
        assert "max corner error 0.000 mm" in words
