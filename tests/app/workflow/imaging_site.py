"""A site with a scanner, a room and a kind of visit, for claims about booking."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from app.bootstrap import Workstation
from app.workflow import admitting, booking, planning
from app.workflow.session import Session
from scheduling.places import Place, Resource, ResourceKind, VisitType
from scheduling.records import Availability, Slot
from tests.app.workflow import conftest
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR
from tests.app.workflow.samples import PATIENT_ID, match, put_study
from viewer.records import Patient

MRI = VisitType("mri", "MRI head", 30, 5, 5, needs=(ResourceKind.SCANNER,), notice_minutes=24 * 60)
LAKE = Place("lake", "Lakeside", "Europe/Paris")
OTHER_ID = "other"


def enter(clinic: Workstation, name: str) -> Session:
    """Sign in while the others stay, as if each had a workstation of their own."""
    return replace(conftest.enter(clinic, name), ended=threading.Event())


def open_site(clinic: Workstation) -> str:
    """Give the clinic a site where its doctor does MRI every day; return the practitioner's id."""
    first = conftest.enter(clinic, DOCTOR)
    put_study(first)
    if admitting.unmatched_patients(first):
        match(clinic)
    doctor = enter(clinic, DOCTOR)
    with doctor.begin() as work:
        work.patients.put(Patient(OTHER_ID, "Other, Ole"))
    admin = enter(clinic, ADMIN)
    planning.put_place(admin, LAKE)
    planning.put_resource(admin, Resource("mr-1", "lake", ResourceKind.SCANNER, "Scanner 1"))
    planning.put_visit_type(admin, MRI)
    for day in range(7):
        planning.put_hours(enter(clinic, DESK), hours(doctor.actor.practitioner_id, day))
    return doctor.actor.practitioner_id


def hours(practitioner_id: str, day: int) -> Availability:
    return Availability(
        f"h-{practitioner_id}-{day}",
        practitioner_id,
        day,
        time(9),
        time(12),
        10,
        date(2026, 1, 1),
        place_id="lake",
    )


def free(session: Session, days_ahead: int = 3, count: int = 200) -> tuple[Slot, ...]:
    """Free MRI times of one day some days ahead."""
    noon = (session.now() + timedelta(days=days_ahead)).replace(hour=0, minute=0)
    return booking.find(session, noon, noon + timedelta(days=1), visit_type_id="mri", limit=count)


def book(session: Session, patient_id: str = PATIENT_ID, days_ahead: int = 3):
    return booking.book(session, free(session, days_ahead)[0], patient_id)


def at(session: Session, moment: datetime) -> Session:
    """The same person at another time."""
    return replace(session, clock=lambda: moment.astimezone(UTC))
