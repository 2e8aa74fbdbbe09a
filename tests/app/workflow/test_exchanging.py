"""Claims about calendars of other programs: out without patients, in as proposals, kept up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import vobject

from app.bootstrap import Workstation
from app.errors import ForbiddenError, NotFoundError, WorkstationError
from app.workflow import auditing, booking, exchanging, planning
from app.workflow.configuring import clinic_settings, save_settings
from app.workflow.session import Session
from scheduling.errors import UnreadableCalendarError
from scheduling.records import Appointment
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, PATIENT, enter
from tests.app.workflow.samples import PATIENT_ID, first_slot, give_hours, match, put_study
from tests.scheduling.radicale_box import radicale


@pytest.fixture
def ready(clinic: Workstation) -> Workstation:
    put_study(enter(clinic, DOCTOR))
    match(clinic)
    give_hours(clinic)
    return clinic


@pytest.fixture
def visit(ready: Workstation) -> Appointment:
    desk = enter(ready, DESK)
    return booking.book(desk, first_slot(desk), PATIENT_ID, "a mass on the left")


def calendar_of(session: Session, write: Callable[[str], object], *times: datetime) -> None:
    """Write a calendar file with one hour of each time."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:e{number}@elsewhere\r\nDTSTAMP:20270101T000000Z\r\n"
        f"DTSTART:{at:%Y%m%dT%H%M%SZ}\r\nDTEND:{at + timedelta(hours=1):%Y%m%dT%H%M%SZ}\r\n"
        "SUMMARY:Dentist\r\nEND:VEVENT\r\n"
        for number, at in enumerate(times)
    )
    write(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{events}END:VCALENDAR\r\n")


def test_a_calendar_goes_out_without_patients_and_is_audited(
    ready: Workstation, visit: Appointment
) -> None:
    desk = enter(ready, DESK)
    whole = exchanging.export_calendar(desk, visit.practitioner_id)
    alone = exchanging.export_appointment(desk, visit.id)
    for text in (whole, alone):
        event = vobject.readOne(text).vevent
        assert event.dtstart.value.astimezone(UTC) == visit.starts
        assert "Canary" not in text
        assert PATIENT_ID not in text
        assert "mass" not in text
    own = exchanging.export_appointment(enter(ready, PATIENT), visit.id)
    assert vobject.readOne(own).vevent.uid.value == event.uid.value
    acts = [one.action for one in auditing.lines(enter(ready, ADMIN)).entries[:50]]
    assert {"calendar.exported", "appointment.exported"} <= set(acts)
    with pytest.raises(ForbiddenError):
        exchanging.export_calendar(enter(ready, PATIENT), visit.practitioner_id)


def test_a_file_becomes_leave_only_where_it_was_taken_and_tells_what_it_falls_on(
    ready: Workstation, visit: Appointment, tmp_path: Path
) -> None:
    doctor = enter(ready, DOCTOR)
    me = doctor.actor.practitioner_id
    path = tmp_path / "mine.ics"
    free = visit.starts + timedelta(days=3)
    calendar_of(doctor, path.write_text, visit.starts, free)
    shown = exchanging.read_calendar(doctor, me, path)
    assert [(one.starts, one.summary) for one in shown] == [
        (visit.starts, "Dentist"),
        (free, "Dentist"),
    ]
    assert planning.absences(doctor) == ()
    assert exchanging.take_proposals(doctor, me, shown[:1]) == (visit,)
    (kept,) = planning.absences(doctor)
    assert "Dentist" not in repr(kept)
    assert exchanging.read_calendar(doctor, me, path) == shown[1:]
    assert exchanging.take_proposals(doctor, me, shown[1:]) == ()
    assert len(planning.absences(doctor)) == 2
    stranger = replace(shown[0], absences=(replace(kept, subject_id="somebody-else"),))
    with pytest.raises(NotFoundError):
        exchanging.take_proposals(doctor, me, [stranger])
    path.write_text("no calendar")
    with pytest.raises(UnreadableCalendarError):
        exchanging.read_calendar(doctor, me, path)


def test_calendars_on_a_real_server_follow_the_clinic_and_survive_its_absence(
    ready: Workstation, visit: Appointment, tmp_path: Path
) -> None:
    admin = enter(ready, ADMIN)
    plain = clinic_settings(admin)
    storage = ready.clinic.storage
    assert storage is not None
    now = admin.now()
    with radicale(tmp_path) as box:
        save_settings(
            admin,
            replace(plain, caldav_url=box.url, caldav_user="clinic", caldav_password="s3cret"),
        )
        assert exchanging.publish_turn(storage, now) == ""
        (event,) = box.events(visit.practitioner_id).values()
        assert event.dtstart.value.astimezone(UTC) == visit.starts
        assert "Canary" not in event.serialize()
        booking.cancel(enter(ready, DESK), visit.id)
        assert exchanging.publish_turn(storage, now + timedelta(minutes=1)) == ""
        assert len(box.events(visit.practitioner_id)) == 1  # every few minutes only
        assert exchanging.publish_turn(storage, now + timedelta(minutes=3)) == ""
        with pytest.raises(KeyError):
            box.events(visit.practitioner_id)["absent"]
        assert box.events(visit.practitioner_id) == {}
    desk = enter(ready, DESK)
    booking.book(desk, first_slot(desk), PATIENT_ID)
    fault = exchanging.publish_turn(storage, now + timedelta(minutes=6))
    assert fault == "The calendar server cannot be reached."
    assert ready.background_turn(lambda _fraction, _text: None) is not None


def test_a_calendar_address_without_protection_is_not_saved(ready: Workstation) -> None:
    admin = enter(ready, ADMIN)
    with pytest.raises(WorkstationError, match="https"):
        save_settings(admin, replace(clinic_settings(admin), caldav_url="http://example.org/c"))
    desk = enter(ready, DESK)
    assert clinic_settings(desk).caldav_password == ""
