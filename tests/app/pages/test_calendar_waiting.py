"""The waiting list at the desk and in a patient's own hands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.pages.calendar import CalendarPage
from app.pages.my_health import MyHealthPage
from app.workflow import booking, waiting_list
from app.workflow.waiting_list import WaitingFor
from scheduling.places import WaitingStatus
from scheduling.records import Appointment
from tests.app.pages.test_desk import calendar, staffed
from tests.app.pages.test_patient import matched
from tests.app.shell.driver import DESK, DOCTOR, PASSWORD, PATIENT, Driver

__all__ = ["matched", "staffed"]


def said(inside: QWidget) -> str:
    return "\n".join(one.text() for one in inside.findChildren(QLabel) if one.isVisibleTo(inside))


def a_month(now) -> WaitingFor:
    return WaitingFor(now.date(), now.date() + timedelta(days=30))


@pytest.fixture
def page(staffed: Driver) -> CalendarPage:
    staffed.enter(DESK)
    shown = calendar(staffed)
    assert shown._sheet is not None
    return shown


def booked(driver: Driver, page: CalendarPage) -> Appointment:
    assert page._sheet is not None
    visit = booking.book(driver.session, page._sheet.slots[0], "p1")
    driver.until(lambda: len(page.entries) == 1)
    driver.settle()
    return visit


def test_the_desk_puts_somebody_on_the_list_and_takes_them_off(
    staffed: Driver, page: CalendarPage
) -> None:
    staffed.click("calendar.waiting", page)
    staffed.settle()
    staffed.until(lambda: "Nobody waits" in said(page.side.waiting))
    staffed.click("waiting.add", page)
    staffed.settle()
    panel = page.side.wish
    assert panel.patients.patient is not None
    staffed.click("wish.join", page)
    staffed.settle()
    assert page.side.is_shown(page.side.waiting)
    staffed.until(lambda: "Canary, Zoe" in said(page.side.waiting))
    staffed.until(lambda: "Waiting" in said(page.side.waiting))
    staffed.click("waiting.leave", page)
    staffed.settle()
    assert waiting_list.waiting(staffed.session) == ()
    staffed.until(lambda: "Nobody waits" in said(page.side.waiting))


def test_days_that_end_before_they_begin_are_refused(staffed: Driver, page: CalendarPage) -> None:
    page.side.show_wish()
    staffed.settle()
    form = page.side.wish.form
    form.last.setDate(form.first.date().addDays(-1))
    staffed.click("wish.join", page)
    assert page.side.wish._error.isVisible()


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_a_freed_time_is_offered_and_answered_at_the_desk(
    staffed: Driver, page: CalendarPage, answer: str
) -> None:
    visit = booked(staffed, page)
    session = staffed.session
    wish = waiting_list.join(session, "p1", a_month(session.now()))
    booking.cancel(session, visit.id)
    staffed.click("calendar.waiting", page)
    staffed.settle()
    staffed.until(lambda: "Offered" in said(page.side.waiting))
    staffed.until(lambda: "Kept until" in said(page.side.waiting))
    staffed.click(f"waiting.{answer}", page)
    staffed.settle()
    left = [one.waiting for one in waiting_list.waiting(session)]
    if answer == "accept":
        assert left == []
        assert [one.appointment.id for one in page.entries] == [wish.id]
    else:
        assert [one.status for one in left] == [WaitingStatus.WAITING]
        assert page.entries == ()


def test_an_earlier_time_is_waited_for_instead_of_a_booked_one(
    staffed: Driver, page: CalendarPage
) -> None:
    visit = booked(staffed, page)
    menu = page.moves.menu(page.entries[0])
    (wait,) = [one for one in menu.actions() if one.text().startswith("Wait for an earlier")]
    wait.trigger()
    staffed.settle()
    staffed.click("wish.join", page)
    staffed.settle()
    (entry,) = waiting_list.waiting(staffed.session)
    assert entry.waiting.instead_of == visit.id
    assert entry.waiting.patient_id == "p1"


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_a_patient_sees_the_offer_and_answers_it(matched: Driver, answer: str) -> None:
    session = matched.workstation.clinic.sign_in(DOCTOR, PASSWORD)
    start = session.now() + timedelta(days=3)
    slots = booking.find_slots(session, "", "", start, 2)
    visit = booking.book(session, slots[0], "p1")
    later = booking.book(session, replace_day(slots[0], 7), "p1")
    wish = waiting_list.join(session, "p1", replace(a_month(session.now()), instead_of=later.id))
    booking.cancel(session, visit.id)
    matched.workstation.clinic.sign_out()
    matched.enter(PATIENT)
    page = matched.page
    assert isinstance(page, MyHealthPage)
    matched.until(lambda: "A time has become free for you" in said(page.waiting))
    matched.until(lambda: "given up" in said(page.waiting))
    button = matched.find(QPushButton, f"my-waiting.{answer}.{wish.id}", page)
    button.click()
    matched.settle()
    mine = {one.appointment.id: one.appointment for one in booking.my_appointments(matched.session)}
    if answer == "accept":
        assert mine[wish.id].starts == visit.starts
        assert mine[later.id].status == "cancelled"
        assert page.waiting.isHidden()
    else:
        assert wish.id not in mine
        matched.until(lambda: "You wait for a time" in said(page.waiting))


def replace_day(slot, days):
    by = timedelta(days=days)
    return replace(slot, starts=slot.starts + by, ends=slot.ends + by)
