"""A patient books the own appointments, and only what the clinic opened."""

from __future__ import annotations

from datetime import date, time

import pytest

from app.pages.my_booking import MyBookingPage
from app.workflow import booking, planning, waiting_list
from scheduling.places import Place, VisitType
from scheduling.records import Availability
from tests.app.pages.test_patient import matched
from tests.app.shell.driver import ADMIN, PASSWORD, PATIENT, Driver

__all__ = ["matched"]


@pytest.fixture
def page(matched: Driver) -> MyBookingPage:
    admin = matched.workstation.clinic.sign_in(ADMIN, PASSWORD)
    planning.put_place(admin, Place("lake", "Lakeside", "Europe/Paris"))
    planning.put_visit_type(admin, VisitType("talk", "Consultation", 20))
    planning.put_visit_type(admin, VisitType("mri", "MRI head", 30, self_bookable=False))
    (doctor,) = booking.practitioners(admin)
    for day in range(7):
        hours = Availability(
            f"h{day}", doctor.id, day, time(9), time(12), 20, date(2026, 1, 1), place_id="lake"
        )
        planning.put_hours(admin, hours)
    matched.workstation.clinic.sign_out()
    matched.enter(PATIENT)
    shown = matched.visit("my_booking")
    assert isinstance(shown, MyBookingPage)
    matched.settle()
    return shown


def texts(box) -> list[str]:
    return [box.itemText(number) for number in range(box.count())]


def test_a_patient_books_a_kind_of_visit_that_was_opened(
    matched: Driver, page: MyBookingPage
) -> None:
    assert texts(page.kind) == ["Consultation", "Plain visit"]
    times = page.times.list
    assert not page.book.isEnabled()
    times.itemClicked.emit(times.item(1))
    matched.settle()
    assert page.keeping.hold_id
    assert page.slot is not None
    chosen = page.slot
    matched.click("my-booking.book", page)
    matched.settle()
    (mine,) = booking.my_appointments(matched.session)
    assert (mine.appointment.visit_type_id, mine.appointment.starts) == ("talk", chosen.starts)
    with matched.session.begin() as work:
        assert work.holds.standing(matched.session.now()) == ()


def test_a_patient_joins_the_waiting_list_and_leaves_it(
    matched: Driver, page: MyBookingPage
) -> None:
    matched.click("my-booking.join", page)
    matched.settle()
    (entry,) = waiting_list.my_waiting(matched.session)
    assert (entry.waiting.patient_id, entry.waiting.visit_type_id) == ("p1", "talk")
    matched.until(page.waiting.isVisible)
    matched.click(f"my-waiting.leave.{entry.waiting.id}", page)
    matched.settle()
    assert waiting_list.my_waiting(matched.session) == ()


def test_leaving_the_workstation_gives_the_kept_time_back(
    matched: Driver, page: MyBookingPage
) -> None:
    times = page.times.list
    times.itemClicked.emit(times.item(1))
    matched.settle()
    session = matched.session
    page.leave()
    matched.settle()
    with session.begin() as work:
        assert work.holds.standing(session.now()) == ()
