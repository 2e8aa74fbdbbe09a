"""The rest of a series on the calendar: tried, moved, taken back, cancelled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from app.pages.calendar import CalendarPage
from app.workflow import booking, repeating
from scheduling.records import OCCUPYING, Appointment
from tests.app.pages.test_calendar_booking import IRIS, first_free, page, site
from tests.app.shell.driver import Driver
from viewer.records import Patient

__all__ = ["page", "site"]

WEEK = timedelta(days=7)


def visits(site: Driver) -> tuple[Appointment, ...]:
    with site.session.begin() as work:
        return tuple(one for one in work.appointments.of_patient("p1") if one.status in OCCUPYING)


def words(inside: QWidget) -> str:
    return "\n".join(one.text() for one in inside.findChildren(QLabel))


@pytest.fixture
def made(site: Driver, page: CalendarPage) -> tuple[Appointment, ...]:
    """Three visits a week apart, the first one chosen on the calendar."""
    free = first_free(page)
    slots = booking.find(
        site.session, free.starts, free.ends, visit_type_id="mri", practitioner_ids=[IRIS]
    )
    tried = repeating.preview(site.session, slots[0], every_days=7, count=3)
    found = repeating.book_series(site.session, tuple(one.slot for one in tried), "p1")
    site.until(lambda: len(page.entries) == 1)
    site.settle()
    page._chosen(found[0].id)
    site.settle()
    return found


def test_the_details_of_one_visit_lead_to_the_rest_of_its_series(
    site: Driver, page: CalendarPage, made: tuple[Appointment, ...]
) -> None:
    panel = page.side.appointment
    assert panel.rest.isVisibleTo(panel)
    assert "one of a series" in words(panel)
    menu = page.moves.menu(page.entries[0])
    offered = [one.text() for one in menu.actions()]
    assert offered[-2:] == ["Move this and the later ones…", "Cancel this and the later ones…"]


def test_the_rest_moves_an_hour_and_ctrl_z_puts_every_visit_back(
    site: Driver, page: CalendarPage, made: tuple[Appointment, ...]
) -> None:
    page.side.show_moving(page.entries[0])
    site.settle()
    panel = page.side.moving
    assert not panel.move_all.isEnabled()
    panel.time.setTime(panel.time.time().addSecs(3600))
    site.settle()
    assert panel.move_all.text() == "Move 3 visits"
    site.click("rest.move", page)
    site.settle()
    hour = timedelta(hours=1)
    assert [one.starts - hour for one in visits(site)] == [one.starts for one in made]
    site.click("calendar.undo", page)
    site.settle()
    assert [one.starts for one in visits(site)] == [one.starts for one in made]


def test_a_visit_that_does_not_fit_stays_or_takes_another_time(
    site: Driver, page: CalendarPage, made: tuple[Appointment, ...]
) -> None:
    with site.session.begin() as work:
        work.patients.put(Patient("p2", "Other, Ole"))
    second, hour = made[1], timedelta(hours=1)
    taken = booking.find(
        site.session,
        second.starts + hour,
        second.ends + hour,
        visit_type_id="mri",
        practitioner_ids=[IRIS],
    )
    booking.book(site.session, taken[0], "p2")
    page.side.show_moving(page.entries[0])
    panel = page.side.moving
    panel.time.setTime(panel.time.time().addSecs(3600))
    site.settle()
    assert panel.move_all.text() == "Move 2 visits"
    assert "Does not fit" in words(panel)
    site.find(QComboBox, f"rest.instead.{second.id}", panel).setCurrentIndex(1)
    assert panel.move_all.text() == "Move 3 visits"
    site.find(QComboBox, f"rest.instead.{second.id}", panel).setCurrentIndex(0)
    site.click("rest.move", page)
    site.settle()
    by = [after.starts - before.starts for after, before in zip(visits(site), made, strict=True)]
    assert by == [hour, timedelta(), hour]


def test_this_and_the_later_visits_are_named_and_cancelled(
    site: Driver, page: CalendarPage, made: tuple[Appointment, ...]
) -> None:
    page.side.show_ending(page.entries[0])
    site.settle()
    assert page.side.ending.cancel_all.text() == "Cancel 3 visits"
    site.click("rest.cancel", page)
    site.settle()
    assert visits(site) == ()
    assert page.entries == ()
