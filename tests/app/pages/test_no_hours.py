"""Where a doctor has no working hours, the calendars say so instead of asking for a free time."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from app.pages.calendar import CalendarPage
from app.pages.my_booking import MyBookingPage
from app.records import SYSTEM, Role
from app.workflow import admitting, booking
from app.workflow.signing_up import SignUp
from assistant.phrases import phrases
from tests.app.pages.test_desk import staffed
from tests.app.pages.test_patient import matched
from tests.app.shell.driver import ADMIN, DESK, DOCTOR, PASSWORD, PATIENT, Driver

__all__ = ["matched", "staffed"]


def shown(inside: QWidget) -> str:
    return " ".join(one.text() for one in inside.findChildren(QLabel) if one.isVisible())


def nothing(driver: Driver, **ids: str) -> str:
    """What stands beside the calendar where nothing is chosen."""
    page = driver.visit("calendar", **ids)
    assert isinstance(page, CalendarPage)
    return shown(driver.find(QWidget, "calendar.nothing", page))


def take_hours_away(driver: Driver) -> None:
    session = driver.workstation.clinic.sign_in(DOCTOR, PASSWORD)
    for one in booking.availabilities(session, session.actor.practitioner_id):
        booking.remove_availability(session, session.actor.practitioner_id, one.id)
    driver.workstation.clinic.sign_out()


def speak(driver: Driver, language: str) -> None:
    storage = driver.workstation.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        patient = work.patients.get("p1")
        assert patient is not None
        work.patients.put(replace(patient, language=language))


@pytest.mark.parametrize("who", [DESK, ADMIN, DOCTOR])
def test_the_calendar_says_that_a_doctor_has_no_hours_and_how_they_are_entered(
    driver: Driver, who: str
) -> None:
    driver.enter(who)
    said = nothing(driver)
    assert "No working hours yet" in said
    assert "Iris Moreau has no working hours in the calendar, so no time is free to book." in said
    assert "Enter them with “Working hours” above." in said
    assert "Click a free time" not in said


def test_a_doctor_reads_who_enters_the_hours_of_another_one(driver: Driver) -> None:
    admin = driver.workstation.clinic.sign_in(ADMIN, PASSWORD)
    other = SignUp(Role.DOCTOR, "Bo Lind", "bolind", PASSWORD, specialty="Neurology")
    theirs = admitting.add_staff(admin, other).practitioner_id
    driver.workstation.clinic.sign_out()
    driver.enter(DOCTOR)
    said = nothing(driver, practitioner_id=theirs)
    assert "Bo Lind has no working hours" in said
    assert "The doctor, the desk or an administrator can enter them." in said


def test_once_hours_are_entered_a_free_time_is_asked_for(driver: Driver) -> None:
    driver.enter(DOCTOR)
    assert "No working hours yet" in nothing(driver)
    session = driver.session
    booking.add_availability(
        session,
        practitioner_id=session.actor.practitioner_id,
        weekday=2,
        starts=time(9),
        ends=time(12),
        slot_minutes=30,
    )
    assert "Click a free time to book it" in nothing(driver)


def test_a_doctor_with_hours_is_booked_by_a_click(staffed: Driver) -> None:
    staffed.enter(DESK)
    assert "Click a free time to book it" in nothing(staffed)


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_patient_is_told_that_there_are_no_hours_and_who_enters_them(
    matched: Driver, language: str
) -> None:
    take_hours_away(matched)
    speak(matched, language)
    matched.enter(PATIENT)
    page = matched.visit("my_booking")
    assert isinstance(page, MyBookingPage)
    words = phrases(language)
    matched.until(lambda: words.say("booking.no_hours") in shown(page))
    assert words.say("booking.no_click") in shown(page)
    assert words.say("booking.click") not in shown(page)
    page.who.setCurrentIndex(1)
    matched.settle()
    assert words.say("booking.no_hours_of", who="Iris Moreau") in shown(page)


def test_a_patient_who_finds_a_free_time_is_asked_to_choose_it(matched: Driver) -> None:
    matched.enter(PATIENT)
    page = matched.visit("my_booking")
    matched.until(lambda: phrases("en").say("booking.click") in shown(page))
