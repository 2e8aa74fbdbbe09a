"""What a calendar reads: the days asked for and nothing else, in the zone of whom it is about."""

from __future__ import annotations

import time as clock
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from app.bootstrap import Workstation
from app.records import SYSTEM
from app.workflow.calendar_sheet import Scope, look
from app.workflow.session import Session
from scheduling.places import Absence, Place
from scheduling.records import (
    Appointment,
    AppointmentStatus,
    Availability,
    Channel,
    Notice,
    NoticeKind,
    NoticeState,
    Practitioner,
)
from scheduling.rules.opening import Shade
from tests.app.workflow.conftest import CHEAP, DESK, DOCTOR, enter, found_with_people
from viewer.records import Patient

MONDAY = date(2031, 3, 3)
IRIS, PAUL = "iris", "paul"


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def visit(key: str, starts: datetime, who: str = IRIS, **more: str) -> Appointment:
    return Appointment(
        key,
        more.get("patient_id", "p1"),
        who,
        starts,
        starts + timedelta(minutes=30),
        AppointmentStatus(more.get("status", "booked")),
        "x",
        at(MONDAY, 0),
        place_id=more.get("place_id", ""),
    )


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Workstation]:
    workstation = Workstation(tmp_path / "home", cost=CHEAP)
    found_with_people(workstation)
    enter(workstation, DESK)
    storage = workstation.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        work.places.put(Place("lyon", "Lyon", "Europe/Paris", "FR"))
        work.practitioners.put(Practitioner(IRIS, "Iris", "Neurology", "Europe/Paris"))
        work.practitioners.put(Practitioner(PAUL, "Paul", "Radiology", "America/New_York"))
        work.patients.put(Patient("p1", "Canary, Zoé"))
        work.patients.put(Patient("p2", "Finch, Al"))
        for who in (IRIS, PAUL):
            hours = Availability(f"h-{who}", who, 0, time(9), time(12), 30, MONDAY, place_id="lyon")
            work.availabilities.put(hours)
    yield workstation
    workstation.close()


def put(clinic: Workstation, *visits: Appointment) -> None:
    storage = clinic.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        for one in visits:
            work.appointments.put(one)


@pytest.fixture
def desk(clinic: Workstation) -> Session:
    return enter(clinic, DESK)


def keys(session: Session, scope: Scope) -> list[str]:
    return [one.appointment.id for one in look(session, scope).entries]


def test_only_the_days_asked_for_are_read_and_nothing_cancelled(
    clinic: Workstation, desk: Session
) -> None:
    put(
        clinic,
        visit("before", at(MONDAY - timedelta(days=1), 10)),
        visit("within", at(MONDAY, 10)),
        visit("gone", at(MONDAY, 11), status="cancelled"),
        visit("after", at(MONDAY + timedelta(days=1), 10)),
    )
    assert keys(desk, Scope(MONDAY, MONDAY)) == ["within"]


def test_practitioner_place_and_patient_each_narrow_it(clinic: Workstation, desk: Session) -> None:
    put(
        clinic,
        visit("a", at(MONDAY, 10), place_id="lyon"),
        visit("b", at(MONDAY, 10), PAUL, patient_id="p2"),
    )
    assert keys(desk, Scope(MONDAY, MONDAY, practitioner_id=PAUL)) == ["b"]
    assert keys(desk, Scope(MONDAY, MONDAY, place_id="lyon")) == ["a"]
    assert keys(desk, Scope(MONDAY, MONDAY, patient="zoe")) == ["a"]


def test_days_are_those_of_the_person_or_place_asked_for(
    clinic: Workstation, desk: Session
) -> None:
    put(clinic, visit("late", at(MONDAY + timedelta(days=1), 3), PAUL))
    asked = Scope(MONDAY, MONDAY, practitioner_id=PAUL)
    assert look(desk, asked).zone == "America/New_York"
    assert keys(desk, asked) == ["late"]
    at_lyon = Scope(MONDAY, MONDAY, practitioner_id=PAUL, place_id="lyon")
    assert look(desk, at_lyon).zone == "Europe/Paris"


def test_hours_leave_and_free_times_come_with_it(clinic: Workstation, desk: Session) -> None:
    storage = clinic.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        work.absences.put(Absence("leave", IRIS, MONDAY, MONDAY, time(9), time(11)))
    put(clinic, visit("a", at(MONDAY, 10), place_id="lyon"))
    sheet = look(desk, Scope(MONDAY, MONDAY, practitioner_id=IRIS, free=True))
    assert {one.shade for one in sheet.stretches} == {Shade.WORKING, Shade.AWAY}
    assert [one.starts for one in sheet.slots] == [at(MONDAY, 10, 30)]


def test_a_message_that_did_not_arrive_is_told_to_those_who_may_know(
    clinic: Workstation, desk: Session
) -> None:
    put(clinic, visit("a", at(MONDAY, 10)), visit("b", at(MONDAY, 11)))
    storage = clinic.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        for key, state in (("a", NoticeState.UNDELIVERED), ("b", NoticeState.DELIVERED)):
            due = at(MONDAY, 1)
            work.notices.put(
                Notice(
                    key, key, NoticeKind.REMINDER, 0, Channel.SMS, "+33", "", "", due, due, state
                )
            )
    assert look(desk, Scope(MONDAY, MONDAY)).troubled == {"a"}
    doctor = enter(clinic, DOCTOR)
    assert look(doctor, Scope(MONDAY, MONDAY)).troubled == frozenset()


def test_where_nothing_lies_ahead_the_next_time_is_named(
    clinic: Workstation, desk: Session
) -> None:
    put(clinic, visit("a", at(MONDAY, 10)))
    sheet = look(desk, Scope(MONDAY - timedelta(days=7), MONDAY - timedelta(days=1)))
    assert sheet.entries == ()
    assert sheet.later == at(MONDAY, 10)


@pytest.mark.slow
def test_a_week_among_ten_thousand_appointments_is_read_at_once(
    clinic: Workstation, desk: Session
) -> None:
    days = [MONDAY + timedelta(days=7 * n // 5) for n in range(250)]
    put(
        clinic,
        *(
            visit(f"{day}-{n}-{who}", at(day, 6) + timedelta(minutes=30 * n), who)
            for day in dict.fromkeys(days)
            for n in range(20)
            for who in (IRIS, PAUL)
        ),
    )
    week = Scope(MONDAY, MONDAY + timedelta(days=6), free=True)
    spent = []
    for _ in range(5):
        begin = clock.process_time()
        sheet = look(desk, week)
        spent.append((clock.process_time() - begin) * 1000)
    print(f"{len(sheet.entries)} of 10000 appointments in {min(spent):.0f} ms (processor)")  # noqa: T201
    assert 0 < len(sheet.entries) < 400
    assert min(spent) < 250
