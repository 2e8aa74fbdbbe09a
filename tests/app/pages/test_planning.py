"""An administrator plans: places, scanners and rooms, kinds of visit, closed days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.pages.planning import PlanningPage
from app.pages.planning_absences import AbsenceForm
from app.pages.planning_forms import PlaceForm, ThingForm, VisitForm
from app.workflow import booking, planning
from scheduling.places import ResourceKind
from tests.app.pages.test_desk import staffed
from tests.app.shell.driver import ADMIN, DESK, PASSWORD, Driver

__all__ = ["staffed"]


@pytest.fixture
def page(staffed: Driver) -> PlanningPage:
    staffed.enter(ADMIN)
    shown = staffed.visit("planning")
    assert isinstance(shown, PlanningPage)
    return shown


def add_place(driver: Driver, page: PlanningPage, **more: str) -> None:
    form = page.places.form
    assert isinstance(form, PlaceForm)
    form.name.setText("Lakeside")
    for name, text in more.items():
        field = getattr(form, name)
        (field.setEditText if name == "country" else field.setText)(text)
    driver.click("places.save", page)
    driver.settle()


def test_a_place_is_added_changed_and_ended(staffed: Driver, page: PlanningPage) -> None:
    add_place(staffed, page, country="france")
    (kept,) = planning.places(staffed.session)
    assert (kept.name, kept.zone, kept.country, kept.active) == (
        "Lakeside",
        "Europe/Paris",
        "FR",
        True,
    )
    add_place(staffed, page, name="Lakeside North")
    (kept,) = planning.places(staffed.session)
    assert kept.name == "Lakeside North"
    staffed.click("places.end", page)
    staffed.settle()
    assert not planning.places(staffed.session)[0].active
    assert page.places.end.text() == "Use again"


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [("name", "  ", "name"), ("zone", "Mars/Base", "time zone"), ("country", "Fr", "country")],
)
def test_a_place_that_cannot_be_is_refused_in_words(
    staffed: Driver, page: PlanningPage, field: str, text: str, why: str
) -> None:
    add_place(staffed, page, **{field: text})
    assert planning.places(staffed.session) == ()
    assert why in page.places._error.text()
    assert page.places._error.isVisible()


def test_a_scanner_needs_a_place_and_a_kind_of_visit_may_need_a_scanner(
    staffed: Driver, page: PlanningPage
) -> None:
    staffed.click("planning.things", page)
    things = page.things.form
    assert isinstance(things, ThingForm)
    things.name.setText("Scanner 1")
    staffed.click("things.save", page)
    assert "add that first" in page.things._error.text()
    add_place(staffed, page)
    things.name.setText("Scanner 1")
    staffed.click("things.save", page)
    staffed.settle()
    (scanner,) = planning.resources(staffed.session)
    assert (scanner.kind, scanner.capacity) == (ResourceKind.SCANNER, 1)
    staffed.click("planning.visits", page)
    visits = page.visits.form
    assert isinstance(visits, VisitForm)
    visits.name.setText("MRI head")
    visits.minutes.setValue(45)
    visits.before.setValue(10)
    visits.needs[ResourceKind.SCANNER].setChecked(True)
    visits.by_patients.setChecked(False)
    staffed.click("visits.save", page)
    staffed.settle()
    (visit,) = planning.visit_types(staffed.session)
    assert (visit.minutes, visit.before_minutes, visit.needs, visit.self_bookable) == (
        45,
        10,
        (ResourceKind.SCANNER,),
        False,
    )


@pytest.fixture
def day(staffed: Driver) -> date:
    """A day on which one visit is booked."""
    desk = staffed.workstation.clinic.sign_in(DESK, PASSWORD)
    (slot,) = booking.find_slots(desk, "", "", desk.now() + timedelta(days=3), 1)
    booking.book(desk, slot, "p1")
    staffed.workstation.clinic.sign_out()
    return slot.starts.date()


def test_leave_says_how_many_visits_fall_on_it_and_is_taken_back(
    staffed: Driver, day: date, page: PlanningPage
) -> None:
    staffed.click("planning.absences", page)
    form = page.absences.form
    assert isinstance(form, AbsenceForm)
    form.first.setDate(form.first.date().addDays((day - form._today()).days))
    form.last.setDate(form.first.date())
    form.subject.setCurrentIndex(form.subject.findText("Iris Moreau (leave)"))
    staffed.click("absences.save", page)
    staffed.settle()
    assert "1 visit is booked then" in staffed.window.news.text
    (kept,) = planning.absences(staffed.session)
    assert (kept.first_day, kept.starts) == (day, None)
    staffed.click("absences.end", page)
    staffed.settle()
    assert planning.absences(staffed.session) == ()


def test_days_that_end_before_they_begin_are_refused(staffed: Driver, page: PlanningPage) -> None:
    form = page.absences.form
    assert isinstance(form, AbsenceForm)
    form.last.setDate(form.first.date().addDays(-1))
    staffed.click("absences.save", page)
    assert "ends after it begins" in page.absences._error.text()


def test_only_an_administrator_has_the_page(staffed: Driver) -> None:
    staffed.enter(DESK)
    assert "planning" not in staffed.rail()
