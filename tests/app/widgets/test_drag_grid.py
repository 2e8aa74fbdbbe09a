"""Blocks dragged and nudged: where they would be dropped, and that nothing changes before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.widgets.calendar_blocks import Band, Column, Drop
from app.widgets.drag_grid import DragGrid
from tests.app.widgets.test_calendar_views import DAY, at, block, middle, shown, week

ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def grid(qtbot: QtBot) -> DragGrid:
    made = DragGrid(name="grid", says="Blocks")
    shown(qtbot, made)
    visits = [
        replace(block("a", at(9), at(9, 30)), movable=True),
        block("fixed", at(11), at(12)),
    ]
    made.show_sheet(week(), visits, [Band(at(8, 10), at(16), "working", step=20)])
    return made


def drag(qtbot: QtBot, grid: DragGrid, begin: QPoint, by: QPoint) -> None:
    view = grid.viewport()
    qtbot.mousePress(view, LEFT, pos=begin)
    qtbot.mouseMove(view, begin + by / 2)
    qtbot.mouseMove(view, begin + by)
    qtbot.mouseRelease(view, LEFT, pos=begin + by)


def hours(grid: DragGrid, count: float) -> QPoint:
    return QPoint(0, round(count * grid._hour_px()))


def test_a_block_dragged_down_is_dropped_where_visits_begin(qtbot: QtBot, grid: DragGrid) -> None:
    with qtbot.waitSignal(grid.dropped) as caught:
        drag(qtbot, grid, middle(grid.rect_of("a")), hours(grid, 1))
    assert caught.args == [Drop("a", at(10, 10), at(10, 40), "")]


def test_a_block_dragged_across_is_dropped_on_that_day(qtbot: QtBot, grid: DragGrid) -> None:
    with qtbot.waitSignal(grid.dropped) as caught:
        drag(qtbot, grid, middle(grid.rect_of("a")), QPoint(round(grid._column_px()), 0))
    (drop,) = caught.args
    assert drop.starts == at(9, 0, DAY + timedelta(days=1))


def test_the_lower_edge_makes_it_longer(qtbot: QtBot, grid: DragGrid) -> None:
    rect = grid.rect_of("a")
    edge = QPoint(int(rect.center().x()), int(rect.bottom()) - 3)
    with qtbot.waitSignal(grid.dropped) as caught:
        drag(qtbot, grid, edge, hours(grid, 0.5))
    assert caught.args == [Drop("a", at(9), at(10), "")]


def test_a_click_drops_nothing_and_what_is_fixed_stays(qtbot: QtBot, grid: DragGrid) -> None:
    with qtbot.assertNotEmitted(grid.dropped):
        qtbot.mouseClick(grid.viewport(), LEFT, pos=middle(grid.rect_of("a")))
        drag(qtbot, grid, middle(grid.rect_of("fixed")), hours(grid, 1))


def test_keys_drag_as_well_and_enter_drops(qtbot: QtBot, grid: DragGrid) -> None:
    grid.select("a")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(grid, key, ALT)
    qtbot.keyClick(grid, Qt.Key.Key_Up, ALT | Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(grid.dropped) as caught:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    next_day = DAY + timedelta(days=1)
    assert caught.args == [Drop("a", at(9, 30, next_day), at(9, 55, next_day), "")]


def test_esc_puts_it_back(qtbot: QtBot, grid: DragGrid) -> None:
    grid.select("a")
    qtbot.keyClick(grid, Qt.Key.Key_Down, ALT)
    assert grid.ghost is not None
    with qtbot.assertNotEmitted(grid.dropped):
        qtbot.keyClick(grid, Qt.Key.Key_Escape)
        assert grid.ghost is None


def test_dropped_in_anothers_column_it_is_theirs(qtbot: QtBot, grid: DragGrid) -> None:
    people = [Column(DAY, name, name) for name in ("iris", "paul")]
    mine = replace(block("a", at(9), at(9, 30), "iris"), movable=True)
    grid.show_sheet(people, [mine])
    grid.select("a")
    qtbot.keyClick(grid, Qt.Key.Key_Right, ALT)
    assert grid.ghost is not None
    assert grid.ghost.subject == "paul"


def test_a_double_click_on_the_ground_says_when(qtbot: QtBot, grid: DragGrid) -> None:
    rect = grid.rect_of("fixed")
    below = QPoint(int(rect.center().x()), int(rect.bottom()) + round(grid._hour_px() / 8))
    with qtbot.waitSignal(grid.ground) as caught:
        qtbot.mouseDClick(grid.viewport(), LEFT, pos=below)
    assert caught.args == [Drop("", at(12), at(12, 30), "")]
