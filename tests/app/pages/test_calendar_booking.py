"""A kind of visit booked on the calendar: found, kept, repeated, side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from app.pages.calendar import CalendarPage
from app.pages.calendar_bar import SEVERAL
from app.pages.calendar_span import View
from app.records import SYSTEM
from app.widgets.calendar_blocks import Block, Drop
from app.workflow import booking, leasing, planning
from app.workflow.leasing import LeasedTime, LeaseStatus
from scheduling.places import Place, Resource, ResourceKind, VisitType
from scheduling.records import Availability, Practitioner
from tests.app.shell.driver import ADMIN, DESK, PASSWORD, Driver
from viewer.records import Patient

IRIS, JON = "iris", "jon"
SCANNERS = ("mr-1", "mr-2")


@pytest.fixture
def site(driver: Driver) -> Driver:
    """Two practitioners and two scanners at one place; MRI takes half an hour and a scanner."""
    admin = driver.workstation.clinic.sign_in(ADMIN, PASSWORD)
    storage = driver.workstation.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        work.patients.put(Patient("p1", "Canary, Zoe", "MRN-1", date(1970, 1, 2)))
        for ident, name in ((IRIS, "Iris Moreau"), (JON, "Jon Weber")):
            work.practitioners.put(Practitioner(ident, name, "Radiology", "Europe/Paris"))
    planning.put_place(admin, Place("lake", "Lakeside", "Europe/Paris"))
    for ident in SCANNERS:
        scanner = Resource(ident, "lake", ResourceKind.SCANNER, f"Scanner {ident[-1]}")
        planning.put_resource(admin, scanner)
    planning.put_visit_type(
        admin, VisitType("mri", "MRI head", 30, 5, 5, needs=(ResourceKind.SCANNER,))
    )
    for who in (IRIS, JON):
        for weekday in range(7):
            hours = Availability(
                f"{who}-{weekday}",
                who,
                weekday,
                time(9),
                time(12),
                30,
                date(2026, 1, 1),
                place_id="lake",
            )
            planning.put_hours(admin, hours)
    driver.workstation.clinic.sign_out()
    return driver


@pytest.fixture
def page(site: Driver) -> CalendarPage:
    """The desk at tomorrow of Iris, looking for an MRI."""
    site.enter(DESK)
    shown = site.visit("calendar", practitioner_id=IRIS)
    assert isinstance(shown, CalendarPage)
    shown._step(1)
    site.settle()
    shown.filters.kind.setCurrentIndex(shown.filters.kind.findData("mri"))
    site.settle()
    return shown


def first_free(page: CalendarPage) -> Block:
    return next(one for one in page.grid._blocks if one.hollow)


def kept_blocks(page: CalendarPage) -> list[Block]:
    return [one for one in page.grid._blocks if one.key == "kept"]


def day_of(site: Driver, page: CalendarPage, day: date, *subjects: str) -> None:
    """Show the day of these side by side."""
    page._day = day
    page.filters.who.setCurrentIndex(page.filters.who.findData(SEVERAL))
    site.settle()
    choices = page.side.beside.list
    for number in range(choices.count()):
        item = choices.item(number)
        if item.data(Qt.ItemDataRole.UserRole) in subjects:
            item.setCheckState(Qt.CheckState.Checked)
    site.settle()


def test_a_kind_of_visit_is_kept_when_its_time_is_clicked_and_booked_with_its_scanner(
    site: Driver, page: CalendarPage
) -> None:
    free = first_free(page)
    page.grid._choose(free)
    site.settle()
    panel = page.side.booking
    assert panel.keeping.hold is not None
    assert panel.keeping._left.text().startswith("Kept for you for ")
    assert "MRI head" in panel._what.text()
    assert "Scanner 1" in panel._what.text()
    assert [one.starts for one in kept_blocks(page)] == [free.starts]
    site.click("calendar.book", page)
    site.settle()
    (entry,) = page.entries
    booked = entry.appointment
    assert (booked.visit_type_id, booked.resource_ids, booked.starts) == (
        "mri",
        ("mr-1",),
        free.starts,
    )
    assert kept_blocks(page) == []
    with site.session.begin() as work:
        assert work.holds.standing(site.session.now()) == ()


def test_closing_the_panel_gives_the_time_back(site: Driver, page: CalendarPage) -> None:
    free = first_free(page)
    page.grid._choose(free)
    site.settle()
    page.clear_choice()
    site.settle()
    with site.session.begin() as work:
        assert work.holds.standing(site.session.now()) == ()
    assert kept_blocks(page) == []
    assert first_free(page).starts == free.starts


def test_a_time_kept_too_long_is_told_and_can_still_be_booked(
    site: Driver, page: CalendarPage
) -> None:
    page.grid._choose(first_free(page))
    site.settle()
    keeping = page.side.booking.keeping
    assert keeping.hold is not None
    keeping.hold = replace(keeping.hold, expires_at=site.session.now() - timedelta(seconds=1))
    keeping.tick()
    site.settle()
    assert "No longer kept" in keeping._left.text()
    assert kept_blocks(page) == []


def test_free_times_are_listed_and_one_is_taken(site: Driver, page: CalendarPage) -> None:
    site.click("calendar.find", page)
    site.settle()
    finding = page.side.finding
    scanner = finding.things[ResourceKind.SCANNER]
    scanner.setCurrentIndex(scanner.findData("mr-2"))
    site.settle()
    times = finding.times.list
    assert times.count() > 5
    assert "Scanner 2" in times.item(1).text()
    times.itemActivated.emit(times.item(1))
    site.settle()
    assert page.side.is_shown(page.side.booking)
    hold = page.side.booking.keeping.hold
    assert hold is not None
    assert hold.resource_ids == ("mr-2",)


def test_a_series_names_what_does_not_fit_and_takes_another_time_instead(
    site: Driver, page: CalendarPage
) -> None:
    free = first_free(page)
    week = timedelta(days=7)
    with site.session.begin() as work:
        work.patients.put(Patient("p2", "Other, Ole"))
    taken = booking.find(
        site.session,
        free.starts + week,
        free.ends + week,
        visit_type_id="mri",
        practitioner_ids=[IRIS],
    )
    booking.book(site.session, taken[0], "p2")
    page.grid._choose(free)
    site.settle()
    page.side.booking.patients.found.setCurrentRow(0)
    site.click("calendar.repeat", page)
    site.settle()
    series = page.side.series
    assert [bool(one.refusal) for one in series._found] == [False, True, False, False]
    assert series.book.text() == "Book 3 visits"
    instead = site.find(QComboBox, "series.instead.1", page)
    instead.setCurrentIndex(1)
    assert series.book.text() == "Book 4 visits"
    site.click("series.book", page)
    site.settle()
    with site.session.begin() as work:
        made = work.appointments.of_patient("p1")
    assert len(made) == 4
    assert len({one.series_id for one in made}) == 1
    assert made[0].starts == free.starts


def test_people_and_scanners_stand_side_by_side_in_the_day(
    site: Driver, page: CalendarPage
) -> None:
    free = first_free(page)
    page.grid._choose(free)
    site.settle()
    site.click("calendar.book", page)
    site.settle()
    day_of(site, page, free.starts.date(), IRIS, JON, "mr-1", "mr-2")
    assert page._view is View.DAY
    assert [one.subject for one in page.grid.columns] == [IRIS, JON, "mr-1", "mr-2"]
    (visit,) = [one.appointment.id for one in page.entries]
    keys = [one.key for one in page.grid._blocks if one.key.startswith(visit)]
    assert keys == [visit, f"{visit}@mr-1"]


@pytest.mark.parametrize(("column", "who", "scanner"), [(JON, JON, "mr-1"), ("mr-2", IRIS, "mr-2")])
def test_a_visit_dragged_to_another_column_changes_hands(
    site: Driver, page: CalendarPage, column: str, who: str, scanner: str
) -> None:
    free = first_free(page)
    page.grid._choose(free)
    site.settle()
    site.click("calendar.book", page)
    site.settle()
    day_of(site, page, free.starts.date(), IRIS, JON, "mr-1", "mr-2")
    block = page.grid.block(page.entries[0].appointment.id)
    assert block is not None
    page._dropped(Drop(f"{block.key}@mr-1", block.starts, block.ends, column))
    site.settle()
    (entry,) = page.entries
    assert (entry.appointment.practitioner_id, entry.appointment.resource_ids) == (who, (scanner,))


@pytest.mark.parametrize("column", [JON, "mr-2"])
def test_a_visit_dragged_to_whoever_or_whatever_is_busy_stays(
    site: Driver, page: CalendarPage, column: str
) -> None:
    with site.session.begin() as work:
        work.patients.put(Patient("p2", "Other, Ole"))
    free = first_free(page)
    mine, theirs = (
        booking.find(
            site.session,
            free.starts,
            free.ends,
            visit_type_id="mri",
            practitioner_ids=[who],
            resource_ids=[scanner],
        )[0]
        for who, scanner in ((IRIS, "mr-1"), (JON, "mr-2"))
    )
    visit = booking.book(site.session, mine, "p1")
    booking.book(site.session, theirs, "p2")
    site.settle()
    day_of(site, page, free.starts.date(), IRIS, JON, "mr-1", "mr-2")
    page._dropped(Drop(visit.id, free.starts, free.ends, column))
    site.settle()
    now = {one.appointment.id: one.appointment for one in page.entries}[visit.id]
    assert (now.practitioner_id, now.resource_ids) == (IRIS, ("mr-1",))
    assert page.side.is_shown(page.side.elsewhere)


def test_a_walk_in_is_of_the_chosen_kind_and_takes_a_scanner_that_is_not_in_use(
    site: Driver, page: CalendarPage
) -> None:
    free = first_free(page)
    page.grid._choose(free)
    site.settle()
    site.click("calendar.book", page)
    site.settle()
    for beside, scanner in ((timedelta(), "mr-2"), (timedelta(hours=9), "mr-1")):
        drop = Drop("", free.starts + beside, free.ends + beside, IRIS)
        page._beyond(drop)
        site.settle()
        slot = page.side.booking.slot
        assert slot is not None
        assert (slot.visit_type_id, slot.resource_ids) == ("mri", (scanner,))
        assert slot.ends - slot.starts == timedelta(minutes=30)
    with site.session.begin() as work:
        work.patients.put(Patient("p2", "Other, Ole"))
    page.side.booking.patients.look()
    site.settle()
    page.side.booking.patients.found.setCurrentRow(1)
    page.side.booking.why.setText("sent by the emergency room")
    site.click("calendar.book", page)
    site.settle()
    assert {one.appointment.exception for one in page.entries} == {"", "sent by the emergency room"}


def test_leased_times_are_marked_and_a_clock_that_is_wrong_is_told(
    site: Driver, page: CalendarPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page.offline.isHidden()
    free = first_free(page)
    leased = LeasedTime("Iris Moreau", free.starts, free.ends + timedelta(hours=1), IRIS)
    other = LeasedTime("Jon Weber", free.starts, free.ends, JON)
    status = LeaseStatus(50, leased.ends, (leased, other))
    monkeypatch.setattr(leasing, "status", lambda _: status)
    page.refresh()
    site.settle()
    assert not page.offline.isHidden()
    marked = [one for one in page.grid._bands if one.kind == "leased"]
    assert {(one.subject, one.starts) for one in marked} >= {(IRIS, free.starts)}
    status = LeaseStatus(50, None, (), "The clock of this workstation went back.")
    page.refresh()
    site.settle()
    assert "clock" in page.offline._words.text()
