"""Layouts of one to twenty-five cells: what lies where, whose it is, and which one is active."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.viewer.canvas.conftest import phantom
from tests.viewer.canvas.test_slice_view import has_colour, picture
from viewer.canvas import colours
from viewer.canvas.captions import Caption
from viewer.canvas.grid import MOST, ViewGrid
from viewer.canvas.mouse import LEFT_WINDOWS
from viewer.canvas.slice_view import SliceView
from viewer.canvas.stage import Overlays, Stage, outlines_of, stage_of
from viewer.canvas.state import ViewState
from viewer.canvas.touched import SERIES_MIME
from viewer.geometry.planes import ORTHOGONAL, PlaneKind
from viewer.records import GeometryKind

ONE = Caption(("Adams, Ann", "A1"), ("T1",))
SAME = Caption(("Adams, Ann", "A1"), ("T2", "2019"))
OTHER = Caption(("Baker, Ben", "B2"), ("T1",))


@pytest.fixture
def grid(qtbot: QtBot) -> ViewGrid:
    made = ViewGrid()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    return made


def fill(grid: ViewGrid, cell: int, stage: Stage, caption: Caption = ONE, uid: str = "1") -> None:
    grid.show_in(cell, uid, stage, stage.first_state(), caption, PlaneKind.NATIVE)


@pytest.mark.parametrize(("rows", "columns"), list(itertools.product(range(1, MOST + 1), repeat=2)))
def test_every_layout_has_its_cells_row_by_row_on_a_regular_net(
    grid: ViewGrid, rows: int, columns: int
) -> None:
    grid.set_layout(rows, columns)
    QApplication.processEvents()
    assert len(grid.cells) == rows * columns
    assert all(view.isVisible() for view in grid.cells)
    assert grid.volume.isHidden()
    places = [view.pos() for view in grid.cells]
    assert places == sorted(places, key=lambda at: (at.y(), at.x()))
    assert len({at.x() for at in places}) == columns
    assert len({at.y() for at in places}) == rows
    wide, high = {view.width() for view in grid.cells}, {view.height() for view in grid.cells}
    assert max(wide) - min(wide) <= 1
    assert max(high) - min(high) <= 1


@pytest.mark.parametrize("shape", [(0, 1), (1, 0), (6, 1), (1, 6)])
def test_there_is_no_other_layout(grid: ViewGrid, shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no layout"):
        grid.set_layout(*shape)


def test_a_smaller_layout_lets_go_of_what_it_no_longer_shows(grid: ViewGrid, stage: Stage) -> None:
    grid.set_layout(2, 2)
    for cell in range(4):
        fill(grid, cell, stage)
    hidden = grid.cells[3]
    grid.set_layout(1, 2)
    assert hidden.isHidden()
    assert hidden.stage is None
    assert grid.cells[1].stage is stage


def test_the_planes_come_back_with_the_3d_view(grid: ViewGrid, stage: Stage) -> None:
    grid.set_layout(3, 3)
    assert grid.slices == {}
    grid.set_planes()
    grid.show_stage(stage, stage.first_state(), ONE, "1")
    assert [view.kind for view in grid.cells] == [
        PlaneKind.AXIAL,
        PlaneKind.SAGITTAL,
        PlaneKind.CORONAL,
    ]
    assert set(grid.slices) == set(ORTHOGONAL)
    assert not grid.volume.isHidden()


def test_cells_of_one_series_are_zoomed_apart_and_scroll_together(
    grid: ViewGrid, stage: Stage, state: ViewState
) -> None:
    grid.set_layout(1, 2)
    for cell in (0, 1):
        grid.show_in(cell, "1", stage, state, ONE, PlaneKind.NATIVE)
    one, other = grid.cells
    QTest.keyClick(one, Qt.Key.Key_End)
    assert stage.slice_of(PlaneKind.NATIVE, state.cursor_mm)[0] == 20
    state.zoom(one.pose_name, 3.0)
    here, there = one.framing(), other.framing()
    assert here is not None
    assert there is not None
    assert here.plane.position_mm == there.plane.position_mm
    assert here.mm_per_px == pytest.approx(there.mm_per_px / 3.0)


def test_a_stack_and_a_reformat_stand_side_by_side(qtbot: QtBot, grid: ViewGrid) -> None:
    """The slice as acquired and the plane of the grid: the same pixels on the screen."""
    stage = stage_of(phantom())
    state = stage.first_state()
    state.move_cursor(stage.volume.to_mm((40, 9, 15)))
    state.set_bare(bare=True)
    grid.set_layout(1, 2)
    grid.show_in(0, "1", stage, state, ONE, PlaneKind.NATIVE)
    grid.show_in(1, "1", stage, state, ONE, PlaneKind.AXIAL)
    qtbot.waitUntil(lambda: not any(view.waits for view in grid.cells))
    one, other = (picture(view)[6:-6, 6:-6] for view in grid.cells)
    wide = min(one.shape[1], other.shape[1])
    assert one.max() > 100
    assert np.array_equal(one[:, :wide], other[:, :wide])


def test_a_plane_that_cannot_be_cut_says_so(grid: ViewGrid) -> None:
    stage = stage_of(phantom(GeometryKind.UNKNOWN))
    grid.set_layout(1, 1)
    grid.show_in(0, "1", stage, stage.first_state(), ONE, PlaneKind.CORONAL)
    assert grid.cells[0].framing() is None
    assert "does not say where its slices lie" in grid.cells[0].notice


def test_two_patients_at_once_wear_frames_of_their_own(grid: ViewGrid, stage: Stage) -> None:
    grid.set_layout(1, 3)
    fill(grid, 0, stage, ONE)
    fill(grid, 1, stage, SAME, "2")
    assert [view.frame_colour for view in grid.cells] == [None, None, None]
    fill(grid, 2, stage, OTHER, "3")
    worn = [view.frame_colour for view in grid.cells]
    assert worn == [colours.PATIENTS[0], colours.PATIENTS[0], colours.PATIENTS[1]]
    QApplication.processEvents()
    grid.cells[2].take_turn()
    assert has_colour(grid.cells[2], colours.PATIENTS[1])
    assert not has_colour(grid.cells[2], colours.PATIENTS[0])


def test_the_frames_go_with_the_second_patient(grid: ViewGrid, stage: Stage) -> None:
    grid.set_layout(1, 2)
    fill(grid, 0, stage, ONE)
    fill(grid, 1, stage, OTHER, "2")
    grid.clear_cell(1, "Drag a series here")
    assert [view.frame_colour for view in grid.cells] == [None, None]
    assert grid.cells[1].notice == "Drag a series here"


def test_a_smaller_layout_takes_the_frames_off_too(grid: ViewGrid, stage: Stage) -> None:
    grid.set_layout(1, 2)
    fill(grid, 0, stage, ONE)
    fill(grid, 1, stage, OTHER, "2")
    grid.set_layout(1, 1)
    assert grid.cells[0].frame_colour is None


def test_the_cell_last_clicked_is_the_active_one(qtbot: QtBot, grid: ViewGrid) -> None:
    grid.set_layout(2, 2)
    assert grid.active is grid.cells[0]
    with qtbot.waitSignal(grid.active_changed):
        QTest.mouseClick(grid.cells[3], Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    assert grid.active is grid.cells[3]
    assert [view.active for view in grid.cells] == [False, False, False, True]
    grid.set_layout(1, 1)
    assert grid.active is grid.cells[0]
    assert not grid.cells[0].active, "one cell needs no mark"


def test_the_active_cell_keeps_its_mark_when_the_keyboard_is_elsewhere(grid: ViewGrid) -> None:
    grid.set_layout(1, 2)
    QTest.mouseClick(grid.cells[1], Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    grid.cells[1].clearFocus()
    edges = [picture(view)[100, :4].max() for view in grid.cells]
    assert edges[0] == 0
    assert edges[1] > 100


def mime(kind: str, text: str) -> QMimeData:
    made = QMimeData()
    made.setData(kind, text.encode())
    return made


def drop(view: SliceView, carried: QMimeData) -> bool:
    """Drag something over a view and let it go there; whether the view would have it."""
    enter = QDragEnterEvent(
        QPoint(20, 20),
        Qt.DropAction.CopyAction,
        carried,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter.ignore()
    QApplication.sendEvent(view, enter)
    event = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.CopyAction,
        carried,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, event)
    return enter.isAccepted()


def test_a_series_dropped_on_a_cell_is_told_with_its_cell(qtbot: QtBot, grid: ViewGrid) -> None:
    grid.set_layout(2, 3)
    with qtbot.waitSignal(grid.series_dropped) as heard:
        assert drop(grid.cells[4], mime(SERIES_MIME, "1.2.840.99"))
    assert heard.args == [4, "1.2.840.99"]


def test_nothing_else_is_taken(qtbot: QtBot, grid: ViewGrid) -> None:
    grid.set_layout(1, 1)
    with qtbot.assertNotEmitted(grid.series_dropped):
        assert not drop(grid.cells[0], mime("text/plain", "1.2.840.99"))


@pytest.mark.parametrize("cell", [0, 5])
def test_double_click_shows_any_cell_alone_and_all_again(grid: ViewGrid, cell: int) -> None:
    grid.set_layout(2, 3)
    view = grid.cells[cell]
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton)
    assert [one.isVisible() for one in grid.cells] == [one is view for one in grid.cells]
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton)
    assert all(one.isVisible() for one in grid.cells)


def test_overlays_reach_every_cell_of_their_series_and_no_other(
    grid: ViewGrid, stage: Stage
) -> None:
    grid.set_layout(1, 3)
    fill(grid, 0, stage, uid="1")
    fill(grid, 1, stage, uid="2")
    fill(grid, 2, stage, uid="1")
    labels = np.ones((20, 40, 50), np.uint8)
    laid = Overlays(outlines_of(labels, stage.volume.affine))
    grid.show_overlays(laid, "1")
    assert [view.overlays is laid for view in grid.cells] == [True, False, True]


def test_views_made_later_know_the_tool_the_layers_and_the_buttons(grid: ViewGrid) -> None:
    class Nothing:
        name = "nothing"

        def press(self, at: object) -> bool: ...
        def move(self, at: object) -> bool: ...
        def release(self, at: object) -> bool: ...
        def double_click(self, at: object) -> bool: ...
        def cancel(self) -> None: ...

    tool, layers = Nothing(), ()
    grid.set_tool(tool)
    grid.set_painted(layers)
    grid.set_mouse(LEFT_WINDOWS)
    grid.set_layout(5, 5)
    assert all(view.tool is tool for view in grid.cells)
    assert all(view.painted is layers for view in grid.cells)
    assert all(view.mouse is LEFT_WINDOWS for view in grid.cells)
