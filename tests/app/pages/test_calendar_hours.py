"""Hours and leave edited by drag on the calendar, each taken back by an undo."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt

from app.pages.calendar import CalendarPage
from app.pages.calendar_hours import STRETCH, Choice
from app.widgets.calendar_blocks import Block, Drop
from app.workflow import booking, planning
from scheduling.records import Availability
from scheduling.rules.opening import Shade
from tests.app.pages.test_desk import calendar, staffed
from tests.app.shell.driver import DOCTOR, Driver

__all__ = ["staffed"]


@pytest.fixture
def page(staffed: Driver) -> CalendarPage:
    """The doctor at next week, editing the own hours."""
    staffed.enter(DOCTOR)
    shown = calendar(staffed)
    staffed.click("calendar.hours", shown)
    staffed.settle()
    return shown


def hours(driver: Driver) -> tuple[Availability, ...]:
    session = driver.session
    return booking.availabilities(session, session.actor.practitioner_id)


def choose(choices: list[Choice], words: str) -> None:
    (one,) = [one for one in choices if one.words.startswith(words)]
    one.do()


def first(page: CalendarPage) -> Block:
    return page.grid._blocks[0]


def painted(page: CalendarPage, *, begin: int, end: int) -> Drop:
    midnight = first(page).starts.replace(hour=0, minute=0)
    return Drop(
        "",
        midnight + timedelta(hours=begin),
        midnight + timedelta(hours=end),
        page.filters.practitioner_id,
    )


def test_hours_are_shown_to_be_dragged_and_nothing_else(
    staffed: Driver, page: CalendarPage
) -> None:
    assert {one.key.startswith(STRETCH) for one in page.grid._blocks} == {True}
    assert all(one.movable for one in page.grid._blocks)
    assert page.side.is_shown(page.side.hours)
    staffed.click("calendar.hours", page)
    staffed.settle()
    assert not page.grid.paints
    assert {one.key.startswith(STRETCH) for one in page.grid._blocks} == {False}


def test_a_drag_over_the_ground_paints_a_span(staffed: Driver, page: CalendarPage) -> None:
    dropped: list[Drop] = []
    page.grid.dropped.disconnect(page._dropped)
    page.grid.dropped.connect(dropped.append)
    rect = page.grid.rect_of(first(page).key)
    page.grid.verticalScrollBar().setValue(int(page.grid._hour_px() * 13))
    view, hour = page.grid.viewport(), page.grid._hour_px()
    begin = QPoint(int(rect.center().x()), int(page.grid._y(14) - page.grid._offset().y()) + 1)
    staffed.qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=begin)
    for part in (0.5, 1, 2):
        staffed.qtbot.mouseMove(view, begin + QPoint(0, round(hour * part)))
    end = begin + QPoint(0, round(hour * 2))
    staffed.qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    (drop,) = dropped
    assert (drop.key, drop.starts.time(), drop.ends.time()) == ("", time(14), time(16))
    assert drop.starts.date() == first(page).starts.date()


def test_painted_hours_are_weekly_or_of_that_day_and_taken_back(
    staffed: Driver, page: CalendarPage
) -> None:
    before = hours(staffed)
    for words, once in (("Every ", False), ("Only on ", True)):
        choose(page.editing.on_drop(painted(page, begin=14, end=16)), words)
        staffed.until(lambda: len(hours(staffed)) == len(before) + 1)
        staffed.settle()
        (new,) = set(hours(staffed)) - set(before)
        assert (new.starts, new.ends, new.slot_minutes) == (time(14), time(16), 30)
        assert (new.until == new.from_day) is once
        staffed.click("calendar.undo", page)
        staffed.until(lambda: set(hours(staffed)) == set(before))
        staffed.settle()


def test_hours_dragged_change_from_that_day_on(staffed: Driver, page: CalendarPage) -> None:
    before, block = hours(staffed), first(page)
    drop = Drop(block.key, block.starts, block.ends + timedelta(hours=1), block.subject)
    choose(page.editing.on_drop(drop), "Every week from")
    staffed.until(lambda: time(13) in {one.ends for one in hours(staffed)})
    (longer,) = [one for one in hours(staffed) if one.ends == time(13)]
    assert longer.from_day == block.starts.date()
    staffed.settle()
    staffed.click("calendar.undo", page)
    staffed.until(lambda: set(hours(staffed)) == set(before))


def test_hours_are_taken_out_of_one_day(staffed: Driver, page: CalendarPage) -> None:
    block, count = first(page), len(page.grid._blocks)
    choose(page.editing.on_block(block.key), "Not on")
    staffed.until(lambda: len(page.grid._blocks) == count - 1)
    assert block.starts.date() not in {one.starts.date() for one in page.grid._blocks}


def test_painted_leave_tells_of_booked_visits_and_is_taken_back(
    staffed: Driver, page: CalendarPage
) -> None:
    session = staffed.session
    block = first(page)
    slot = booking.free_slots(session, session.actor.practitioner_id, block.starts, block.ends)[0]
    booking.book(session, slot, "p1")
    staffed.settle()
    choose(page.editing.on_drop(painted(page, begin=9, end=12)), "Away on")
    staffed.until(lambda: planning.absences(session))
    staffed.until(lambda: "1 booked visit falls on it" in staffed.window.news.text)
    staffed.settle()
    assert page._sheet is not None
    number = [one.shade for one in page._sheet.stretches].index(Shade.AWAY)
    choose(page.editing.on_block(f"{STRETCH}{number}"), "Take this leave back")
    staffed.until(lambda: planning.absences(session) == ())
    staffed.settle()
    staffed.click("calendar.undo", page)
    staffed.until(lambda: planning.absences(session))


def test_a_span_over_midnight_is_refused(staffed: Driver, page: CalendarPage) -> None:
    before = hours(staffed)
    choose(page.editing.on_drop(painted(page, begin=22, end=25)), "Every ")
    staffed.settle()
    assert set(hours(staffed)) == set(before)
    assert "end on the day" in staffed.window.news.text


def test_hours_painted_to_the_end_of_the_day_end_at_24(staffed: Driver, page: CalendarPage) -> None:
    before = hours(staffed)
    choices = page.editing.on_drop(painted(page, begin=20, end=24))
    assert any("20:00–24:00" in one.words for one in choices)
    choose(choices, "Only on ")
    staffed.until(lambda: len(hours(staffed)) == len(before) + 1)
    staffed.settle()
    (new,) = set(hours(staffed)) - set(before)
    assert (new.starts, new.ends) == (time(20), time())
    (block,) = [one for one in page.grid._blocks if one.text == "20:00–24:00"]
    assert block.movable


def test_a_drag_of_an_edge_stops_at_midnight(staffed: Driver, page: CalendarPage) -> None:
    block = first(page)
    page.grid.select(block.key)
    alt = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
    for _ in range(24 * 12):
        staffed.qtbot.keyClick(page.grid, Qt.Key.Key_Down, alt)
    ghost = page.grid.ghost
    assert ghost is not None
    assert ghost.ends == block.starts.replace(hour=0, minute=0) + timedelta(days=1)
