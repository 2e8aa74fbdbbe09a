"""Appointments moved, made longer, attended and cancelled on the calendar; and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu

from app.pages.calendar import CalendarPage
from app.pages.calendar_list import write_list
from app.widgets.calendar_blocks import Drop
from app.workflow import booking
from scheduling.records import Appointment, AppointmentStatus, CancelReason
from tests.app.pages.test_desk import calendar, staffed
from tests.app.shell.driver import DESK, Driver

__all__ = ["staffed"]


@pytest.fixture
def page(staffed: Driver) -> CalendarPage:
    """The desk at a week of the doctor, two visits in it."""
    staffed.enter(DESK)
    shown = calendar(staffed)
    assert shown._sheet is not None
    slots = shown._sheet.slots
    for slot in (slots[0], slots[2]):
        booking.book(staffed.session, slot, "p1")
    staffed.until(lambda: len(shown.entries) == 2)
    staffed.settle()
    return shown


def drop(page: CalendarPage, visit: Appointment, by: timedelta, longer: timedelta) -> None:
    block = page.grid.block(visit.id)
    assert block is not None
    assert block.movable
    page._dropped(
        Drop(visit.id, block.starts + by, block.ends + by + longer, visit.practitioner_id)
    )


def visits(page: CalendarPage) -> list[Appointment]:
    return [one.appointment for one in page.entries]


def test_a_drag_moves_the_visit_and_ctrl_z_takes_it_back(
    staffed: Driver, page: CalendarPage
) -> None:
    first, _ = visits(page)
    drop(page, first, timedelta(minutes=30), timedelta())
    staffed.until(lambda: first.starts + timedelta(minutes=30) in {v.starts for v in visits(page)})
    assert "Moved" in page.steps._undo.toolTip()
    staffed.click("calendar.undo", page)
    staffed.until(lambda: first.starts in {v.starts for v in visits(page)})
    staffed.settle()
    assert not page.steps._undo.isEnabled()


def test_a_drag_of_the_edge_makes_the_visit_longer(staffed: Driver, page: CalendarPage) -> None:
    first, _ = visits(page)
    drop(page, first, timedelta(), timedelta(minutes=15))
    staffed.until(lambda: visits(page)[0].ends == first.ends + timedelta(minutes=15))
    assert visits(page)[0].starts == first.starts


def test_a_drop_on_a_taken_time_is_refused_with_the_nearest_free_ones(
    staffed: Driver, page: CalendarPage
) -> None:
    first, second = visits(page)
    drop(page, first, second.starts - first.starts, timedelta())
    staffed.settle()
    assert {v.starts for v in visits(page)} == {first.starts, second.starts}
    assert page.side.is_shown(page.side.elsewhere)
    assert page.side.elsewhere._why.text()
    assert page.grid.ghost is None
    staffed.click("calendar.move_to", page.side.elsewhere)
    staffed.until(lambda: first.starts not in {v.starts for v in visits(page)})


def test_a_drop_outside_the_hours_is_refused_and_nothing_lost(
    staffed: Driver, page: CalendarPage
) -> None:
    first, second = visits(page)
    drop(page, first, timedelta(hours=8), timedelta())
    staffed.settle()
    assert {v.starts for v in visits(page)} == {first.starts, second.starts}
    assert page.side.is_shown(page.side.elsewhere)
    assert page.side.elsewhere._times.count() == 3


def test_a_visit_longer_than_the_gap_is_refused(staffed: Driver, page: CalendarPage) -> None:
    first, _ = visits(page)
    drop(page, first, timedelta(), timedelta(hours=1))
    staffed.settle()
    assert visits(page)[0].ends == first.ends
    assert page.side.is_shown(page.side.elsewhere)


def texts(menu: QMenu) -> list[str]:
    return [one.text() for one in menu.actions()]


def test_the_menu_offers_what_follows_from_the_status(staffed: Driver, page: CalendarPage) -> None:
    entry = page.entries[0]
    assert texts(page.moves.menu(entry)) == [
        "Arrived",
        "Did not come",
        "Reschedule…",
        "Wait for an earlier time…",
        "Cancel because",
    ]
    over = replace(
        entry, appointment=replace(entry.appointment, status=AppointmentStatus.FULFILLED)
    )
    assert texts(page.moves.menu(over)) == ["Nothing can be changed any more"]


def test_an_arrival_is_written_down_and_taken_back(staffed: Driver, page: CalendarPage) -> None:
    begins = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=1)
    visit = replace(visits(page)[0], id="now", starts=begins, ends=begins + timedelta(minutes=5))
    storage = staffed.workstation.clinic.storage
    assert storage is not None
    with storage.begin(staffed.session.actor) as work:
        work.appointments.put(visit)
    page._go_today()
    staffed.until(lambda: "now" in {v.id for v in visits(page)})
    entry = page._entry("now")
    assert entry is not None
    page.moves.attend(entry, AppointmentStatus.ARRIVED)
    staffed.until(lambda: AppointmentStatus.ARRIVED in {v.status for v in visits(page)})
    staffed.click("calendar.undo", page)
    staffed.until(lambda: AppointmentStatus.ARRIVED not in {v.status for v in visits(page)})


def test_a_cancellation_keeps_its_reason(staffed: Driver, page: CalendarPage) -> None:
    entry = page.entries[0]
    page.moves.cancel(entry, CancelReason.WEATHER)
    staffed.until(lambda: len(page.entries) == 1)
    storage = staffed.workstation.clinic.storage
    assert storage is not None
    with storage.begin(staffed.session.actor) as work:
        kept = work.appointments.get(entry.appointment.id)
    assert kept is not None
    assert kept.cancelled_because == CancelReason.WEATHER


def test_reschedule_offers_free_times_to_choose_from(staffed: Driver, page: CalendarPage) -> None:
    page.moves.offer(page.entries[0])
    staffed.settle()
    assert page.side.is_shown(page.side.elsewhere)
    assert not page.side.elsewhere._why.isVisible()
    assert page.side.elsewhere._times.count() == 6


def test_the_list_of_what_is_shown_is_saved(
    staffed: Driver, page: CalendarPage, tmp_path: Path
) -> None:
    write_list(page, page.scope(), tmp_path / "list.pdf")
    staffed.until(lambda: "Saved list.pdf" in staffed.window.news.text)
    assert (tmp_path / "list.pdf").read_bytes().startswith(b"%PDF")


def test_a_walk_in_is_booked_beside_the_rules_for_a_reason(
    staffed: Driver, page: CalendarPage
) -> None:
    first, _ = visits(page)
    block = page.grid.block(first.id)
    assert block is not None
    evening = block.starts.replace(hour=17, minute=0)
    who = first.practitioner_id
    page._beyond(Drop("", evening, evening + timedelta(minutes=30), who))
    staffed.settle()
    page.side.booking.patients.found.setCurrentRow(0)
    staffed.click("calendar.book", page)
    staffed.settle()
    assert "needs a reason" in page.side.booking._error.text()
    staffed.type("calendar.why", "sent by the emergency room", page)
    staffed.click("calendar.book", page)
    staffed.until(lambda: len(page.entries) == 3)
    assert "sent by the emergency room" in {one.exception for one in visits(page)}
