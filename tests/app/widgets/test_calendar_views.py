"""The views of the calendar: where blocks stand, and how few are painted of how many."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.widgets.agenda import Agenda
from app.widgets.calendar_blocks import Band, Block, Column, Drop, lanes, week_of
from app.widgets.calendar_canvas import MORE, CalendarCanvas
from app.widgets.month_grid import MonthGrid
from app.widgets.time_grid import TimeGrid

DAY = date(2026, 3, 3)
MANY = 10_000


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def block(key: str, starts: datetime, ends: datetime, subject: str = "") -> Block:
    return Block(key, starts, ends, key, "accent", subject=subject)


def week(subject: str = "") -> list[Column]:
    return [Column(day, f"{day:%d}", subject) for day in week_of(DAY)]


def crowd(days: Sequence[date], count: int = MANY) -> list[Block]:
    """Visits of half an hour over those days, many at once."""
    return [
        block(
            f"{n}",
            at(8, 0, day) + (begin := timedelta(minutes=30 * (n % 20))),
            at(8, 30, day) + begin,
        )
        for n in range(count)
        for day in (days[n % len(days)],)
    ]


def shown(qtbot: QtBot, view: CalendarCanvas, width: int = 1366, height: int = 768) -> None:
    view.resize(width, height)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitExposed(view)


def grid(qtbot: QtBot, columns: Sequence[Column], blocks: Sequence[Block]) -> TimeGrid:
    made = TimeGrid(name="grid", says="Blocks")
    shown(qtbot, made)
    made.show_sheet(columns, blocks)
    return made


def middle(rect: QRectF) -> QPoint:
    return rect.center().toPoint()


def test_blocks_at_the_same_time_stand_side_by_side() -> None:
    found = lanes(
        [
            block("a", at(9), at(10)),
            block("b", at(9, 30), at(10, 30)),
            block("c", at(10), at(11)),
            block("d", at(12), at(13)),
        ]
    )
    assert found == {"a": (0, 2), "b": (1, 2), "c": (0, 2), "d": (0, 1)}


def test_a_click_chooses_the_block_under_it_and_arrows_walk_on(qtbot: QtBot) -> None:
    made = grid(qtbot, week(), [block("a", at(9), at(10)), block("b", at(11), at(12))])
    with qtbot.waitSignal(made.chosen) as caught:
        here = middle(made.rect_of("a"))
        qtbot.mouseClick(made.viewport(), Qt.MouseButton.LeftButton, pos=here)
    assert caught.args == ["a"]
    with qtbot.waitSignal(made.chosen) as caught:
        qtbot.keyClick(made, Qt.Key.Key_Down)
    assert caught.args == ["b"]


def test_left_and_right_walk_to_the_neighbouring_day(qtbot: QtBot) -> None:
    next_day = DAY + timedelta(days=1)
    blocks = [block("a", at(9), at(10)), block("b", at(9, 0, next_day), at(10, 0, next_day))]
    made = grid(qtbot, week(), blocks)
    made.select("a")
    qtbot.keyClick(made, Qt.Key.Key_Right)
    assert made.current == "b"
    qtbot.keyClick(made, Qt.Key.Key_Left)
    assert made.current == "a"


def test_enter_opens_the_chosen_block(qtbot: QtBot) -> None:
    made = grid(qtbot, week(), [block("a", at(9), at(10))])
    made.select("a")
    with qtbot.waitSignal(made.opened) as caught:
        qtbot.keyClick(made, Qt.Key.Key_Return)
    assert caught.args == ["a"]


def test_blocks_of_a_day_never_overlap_on_screen(qtbot: QtBot) -> None:
    blocks = [block(str(n), at(9, 10 * (n % 5)), at(10 + n % 3)) for n in range(4)]
    made = grid(qtbot, week(), blocks)
    rects = [made.rect_of(one.key) for one in blocks]
    for number, rect in enumerate(rects):
        assert not rect.isEmpty()
        assert not any(rect.intersects(other) for other in rects[number + 1 :])


def test_people_of_one_day_stand_in_columns_of_their_own(qtbot: QtBot) -> None:
    columns = [Column(DAY, name, name) for name in ("iris", "paul")]
    made = grid(
        qtbot, columns, [block("a", at(9), at(10), "paul"), block("b", at(9), at(10), "iris")]
    )
    assert made.rect_of("b").right() < made.rect_of("a").left()


def test_what_has_no_room_is_counted_and_leads_to_its_day(qtbot: QtBot) -> None:
    made = grid(qtbot, week(), [block(str(n), at(9), at(10)) for n in range(40)])
    counted = [one for one in made._placed.values() if one.block.key.startswith(MORE)]
    hidden = 40 - (len(made._placed) - len(counted))
    assert [one.block.text for one in counted] == [f"+{hidden}"]
    with qtbot.waitSignal(made.zoomed) as caught:
        here = middle(made.rect_of(counted[0].block.key))
        qtbot.mouseClick(made.viewport(), Qt.MouseButton.LeftButton, pos=here)
    assert caught.args == [DAY.isoformat()]


def test_short_visits_do_not_cover_each_other(qtbot: QtBot) -> None:
    blocks = [block(str(n), at(9, 5 * n), at(9, 5 * n + 5)) for n in range(4)]
    made = grid(qtbot, week(), blocks)
    rects = [one.rect for one in made._placed.values()]
    assert len(rects) == 4
    for number, rect in enumerate(rects):
        assert not any(rect.intersects(other) for other in rects[number + 1 :])


def test_hours_open_as_wide_as_anybody_works(qtbot: QtBot) -> None:
    made = TimeGrid(name="grid", says="Blocks")
    shown(qtbot, made)
    made.show_sheet(week(), [], [Band(at(6, 30), at(20, 15), "working")])
    assert made._hours == (6, 21)


def _views(qtbot: QtBot) -> list[tuple[CalendarCanvas, int]]:
    """Each view full of ten thousand blocks, and the most it may paint at 1366 x 768."""
    month = [DAY.replace(day=1) + timedelta(days=n - 6) for n in range(42)]
    people = [Column(DAY, str(n), str(n)) for n in range(50)]
    everybody = [
        block(
            f"{n}",
            at(8) + (begin := timedelta(minutes=3 * (n // 50))),
            at(8, 3) + begin,
            str(n % 50),
        )
        for n in range(MANY)
    ]
    hours, side, cells, lines = (
        TimeGrid(name="week", says="Week"),
        TimeGrid(name="day", says="Day"),
        MonthGrid(name="month", says="Month"),
        Agenda(name="agenda", says="Agenda"),
    )
    for one in (hours, side, cells, lines):
        shown(qtbot, one)
    hours.show_sheet(week(), crowd(week_of(DAY)))
    side.show_sheet(people, everybody)
    cells.show_month(month, 3, DAY, crowd(month), {})
    lines.show_list(DAY, crowd(month), "")
    return [(hours, 7 * 4 * 40), (side, 9 * 3 * 40), (cells, 42 * 6), (lines, 24)]


def test_of_ten_thousand_blocks_only_those_in_view_are_painted(qtbot: QtBot) -> None:
    for view, most in _views(qtbot):
        view.viewport().grab()
        assert 0 < view.painted <= most, view.objectName()


@pytest.mark.slow
def test_ten_thousand_blocks_repaint_within_a_frame(qtbot: QtBot) -> None:
    for view, _ in _views(qtbot):
        spent = []
        for _ in range(20):
            view.verticalScrollBar().setValue(view.verticalScrollBar().value() + 20)
            begin = time.process_time()
            view.viewport().grab()
            spent.append((time.process_time() - begin) * 1000)
        begin = time.process_time()
        view._arrange()
        laid_ms = (time.process_time() - begin) * 1000
        median = sorted(spent)[len(spent) // 2]
        print(  # noqa: T201 - the figure is what this is for
            f"{view.objectName():7} {view.painted:5} painted of {MANY}: {median:.1f} ms to repaint"
            f" (processor), {laid_ms:.0f} ms to place all"
        )
        assert view.painted
        assert median < 33


def test_a_canvas_is_one_widget_however_much_it_shows(qtbot: QtBot) -> None:
    made = grid(qtbot, week(), [])
    before = len(made.findChildren(QWidget))
    made.show_sheet(week(), crowd(week_of(DAY)))
    assert len(made.findChildren(QWidget)) == before


def test_a_block_dragged_to_another_day_of_the_month_keeps_its_time(qtbot: QtBot) -> None:
    days = [date(2026, 2, 23) + timedelta(days=number) for number in range(42)]
    month = MonthGrid(name="month", says="Month")
    shown(qtbot, month)
    month.show_month(days, 3, DAY, [replace(block("a", at(9), at(9, 30)), movable=True)], {})
    there = middle(month._cell(days.index(DAY + timedelta(days=9))))
    view, left = month.viewport(), Qt.MouseButton.LeftButton
    with qtbot.waitSignal(month.dropped) as caught:
        qtbot.mousePress(view, left, pos=middle(month.rect_of("a")))
        qtbot.mouseMove(view, there)
        qtbot.mouseRelease(view, left, pos=there)
    later = DAY + timedelta(days=9)
    assert caught.args == [Drop("a", at(9, 0, later), at(9, 30, later), "")]
    with qtbot.assertNotEmitted(month.dropped):
        qtbot.mouseClick(view, left, pos=middle(month.rect_of("a")))
