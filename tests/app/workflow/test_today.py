"""Today is the day in the time zone of the clinic or of whose calendar it is, not of UTC."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.bootstrap import Workstation
from app.records import SYSTEM, WorklistFilter
from app.workflow import booking, configuring, worklist
from app.workflow.calendar_sheet import Scope, look
from app.workflow.session import Session
from app.workflow.settings import day_in
from scheduling.records import Availability
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, enter
from tests.app.workflow.samples import STUDY_UID, put_study

AFTER_MIDNIGHT_IN_BERLIN = datetime(2031, 11, 27, 23, 59, tzinfo=UTC)
EVENING_IN_NEW_YORK = datetime(2031, 11, 28, 1, 0, tzinfo=UTC)


def at_clinic(clinic: Workstation, zone: str, who: str, moment: datetime) -> Session:
    admin = enter(clinic, ADMIN)
    configuring.save_settings(admin, replace(configuring.clinic_settings(admin), zone=zone))
    return replace(enter(clinic, who), clock=lambda: moment)


def live_in(clinic: Workstation, zone: str) -> str:
    """Every practitioner lives there; return one."""
    storage = clinic.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        for one in work.practitioners.all():
            work.practitioners.put(replace(one, zone=zone))
            who = one.id
    return who


@pytest.mark.parametrize(
    ("zone", "moment", "today"),
    [
        ("Europe/Berlin", AFTER_MIDNIGHT_IN_BERLIN, date(2031, 11, 28)),
        ("America/New_York", EVENING_IN_NEW_YORK, date(2031, 11, 27)),
        ("UTC", EVENING_IN_NEW_YORK, date(2031, 11, 28)),
        ("nowhere", EVENING_IN_NEW_YORK, date(2031, 11, 28)),
    ],
)
def test_a_moment_falls_on_the_day_of_its_zone(zone: str, moment: datetime, today: date) -> None:
    assert day_in(zone, moment) == today


@pytest.mark.parametrize(
    ("zone", "moment", "today"),
    [
        ("Europe/Berlin", AFTER_MIDNIGHT_IN_BERLIN, date(2031, 11, 28)),
        ("America/New_York", EVENING_IN_NEW_YORK, date(2031, 11, 27)),
    ],
)
def test_today_is_the_clinics_day_and_a_places_own_there(
    clinic: Workstation, zone: str, moment: datetime, today: date
) -> None:
    session = at_clinic(clinic, zone, DESK, moment)
    assert session.today() == today
    assert session.today("Asia/Tokyo") == date(2031, 11, 28)


@pytest.mark.parametrize(
    ("zone", "moment", "today"),
    [
        ("Europe/Berlin", AFTER_MIDNIGHT_IN_BERLIN, date(2031, 11, 28)),
        ("America/New_York", EVENING_IN_NEW_YORK, date(2031, 11, 27)),
    ],
)
def test_new_hours_hold_from_today_where_the_practitioner_works(
    clinic: Workstation, zone: str, moment: datetime, today: date
) -> None:
    who = live_in(clinic, zone)
    desk = at_clinic(clinic, "UTC", DESK, moment)
    made = booking.add_availability(
        desk, practitioner_id=who, weekday=4, starts=time(9), ends=time(12), slot_minutes=30
    )
    assert made.from_day == today


def test_hours_that_end_today_are_hours_until_the_day_is_over_there(clinic: Workstation) -> None:
    desk = at_clinic(clinic, "America/New_York", DESK, EVENING_IN_NEW_YORK)
    who, today = live_in(clinic, "America/New_York"), date(2031, 11, 27)
    with desk.begin() as work:
        for one in work.availabilities.all():
            work.availabilities.remove(one.id)
        work.availabilities.put(
            Availability("last", who, 3, time(9), time(12), 30, today, until=today)
        )
    assert booking.have_hours(desk, [who])
    assert look(desk, Scope(today, today, who)).hours
    later = replace(desk, clock=lambda: EVENING_IN_NEW_YORK + timedelta(hours=4))
    assert not booking.have_hours(later, [who])
    assert not look(later, Scope(today, today, who)).hours


def test_the_worklist_of_today_is_that_of_the_clinics_day(clinic: Workstation) -> None:
    reader = enter(clinic, DOCTOR)
    put_study(reader)
    study_day = date(2031, 11, 27)
    with reader.begin() as work:
        study = work.studies.get(STUDY_UID)
        assert study is not None
        work.studies.put(replace(study, study_date=study_day))
    evening = EVENING_IN_NEW_YORK
    session = at_clinic(clinic, "America/New_York", DOCTOR, evening)
    assert worklist.listed(session, wanted=WorklistFilter(last_days=1)).entries
    assert not worklist.listed(
        at_clinic(clinic, "UTC", DOCTOR, evening), wanted=WorklistFilter(last_days=1)
    ).entries
