"""Booking: working hours, free slots, appointments.

Where the clinic has a central server, a booking is provisional (status pending) until the server
has taken it; without a server this workstation is the authority and the booking is final.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import AppointmentChanged
from app.storage.work import Work
from app.workflow.outgoing import send_appointment, send_availability
from app.workflow.session import Session
from app.workflow.settings import has_server
from app.workflow.telling import tell
from scheduling.errors import OutsideHoursError
from scheduling.records import (
    Appointment,
    Availability,
    NoticeKind,
    Practitioner,
    Slot,
)
from scheduling.rules import booking as rules
from scheduling.rules.occupancy import busy_of
from scheduling.rules.search import Plan, Wish, search
from scheduling.rules.slots import apart

HORIZON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An appointment with the names a page shows."""

    appointment: Appointment
    patient_name: str = field(repr=False)
    practitioner_name: str


def practitioners(session: Session) -> tuple[Practitioner, ...]:
    """Return the people who can be booked."""
    _may_look(session)
    with session.begin() as work:
        return work.practitioners.all()


def availabilities(session: Session, practitioner_id: str) -> tuple[Availability, ...]:
    """Return the weekly working hours of a practitioner."""
    _may_look(session)
    with session.begin() as work:
        return work.availabilities.of_practitioner(practitioner_id)


def add_availability(
    session: Session,
    *,
    practitioner_id: str,
    weekday: int,
    starts: time,
    ends: time,
    slot_minutes: int,
) -> Availability:
    """Add weekly working hours, in wall time of the practitioner's place."""
    _may_edit_hours(session, practitioner_id)
    if ends <= starts or slot_minutes < 5:
        raise OutsideHoursError("Working hours need a start before their end, and slots of 5 min.")
    with session.begin() as work:
        _practitioner(work, practitioner_id)
        availability = Availability(
            id=str(uuid.uuid4()),
            practitioner_id=practitioner_id,
            weekday=weekday,
            starts=starts,
            ends=ends,
            slot_minutes=slot_minutes,
            from_day=session.now().date(),
        )
        work.availabilities.put(availability)
        send_availability(work, availability, session.now(), active=True)
        work.note("availability.added", practitioner_id)
    return availability


def remove_availability(session: Session, practitioner_id: str, availability_id: str) -> None:
    """Take weekly working hours away; appointments already booked stay."""
    _may_edit_hours(session, practitioner_id)
    with session.begin() as work:
        for availability in work.availabilities.of_practitioner(practitioner_id):
            if availability.id == availability_id:
                work.availabilities.remove(availability_id)
                send_availability(work, availability, session.now(), active=False)
        work.note("availability.removed", practitioner_id)


def free_slots(
    session: Session, practitioner_id: str, starts: datetime, ends: datetime
) -> tuple[Slot, ...]:
    """Return the free slots of one practitioner that begin within [starts, ends)."""
    _may_look(session)
    with session.begin() as work:
        practitioner = _practitioner(work, practitioner_id)
        return _free(work, practitioner, starts, ends, session.now())


def find_slots(
    session: Session, specialty: str, practitioner_name: str, after: datetime, limit: int
) -> tuple[Slot, ...]:
    """Return the first free slots of anyone who fits; empty words fit everyone."""
    _may_look(session)
    start = max(after, session.now())
    with session.begin() as work:
        fitting = [
            one
            for one in work.practitioners.all()
            if specialty.casefold() in one.specialty.casefold()
            and practitioner_name.casefold() in one.name.casefold()
        ]
        found = [
            slot
            for one in fitting
            for slot in _free(work, one, start, start + HORIZON, session.now())[:limit]
        ]
    return tuple(sorted(found))[:limit]


def book(
    session: Session,
    slot: Slot,
    patient_id: str,
    reason: str = "",
    *,
    by_assistant: bool = False,
) -> Appointment:
    """Book a slot after a person's confirming click; notices and envelope go in with it."""
    own = session.can(Permission.BOOK_OWN, patient_id)
    session.authorize(Permission.BOOK_OWN if own else Permission.BOOK, patient_id)
    now = session.now()
    with session.begin() as work:
        practitioner = _practitioner(work, slot.practitioner_id)
        if work.patients.get(patient_id) is None:
            raise NotFoundError("There is no such patient record.")
        taken = work.appointments.between(
            slot.starts - HORIZON, slot.ends + HORIZON, practitioner.id
        )
        plan = Plan((practitioner,), work.availabilities.of_practitioner(practitioner.id))
        busy = [row for each in taken for row in busy_of(each, {})]
        rules.check_bookable(slot, plan, busy, None, rules.When(now))
        confirmed = not has_server(work)
        appointment = rules.new_appointment(
            slot,
            patient_id,
            appointment_id=str(uuid.uuid4()),
            booked_by=session.actor.account_id,
            reason=reason,
            confirmed=confirmed,
            now=now,
        )
        work.appointments.put(appointment)
        send_appointment(work, appointment if confirmed else rules.confirm(appointment), now)
        tell(
            work, appointment, NoticeKind.CONFIRMATION if confirmed else NoticeKind.PROVISIONAL, now
        )
        if confirmed:
            tell(work, appointment, NoticeKind.REMINDER, now)
        work.note(
            "appointment.booked",
            appointment.id,
            patient_id=patient_id,
            detail="proposed by the assistant, confirmed by a person" if by_assistant else "",
        )
    session.publish(AppointmentChanged(appointment.id))
    return appointment


def cancel(session: Session, appointment_id: str) -> Appointment:
    """Cancel an appointment; the slot is free again at once and the patient is told."""
    with session.begin() as work:
        before = work.appointments.get(appointment_id)
    patient_id = before.patient_id if before else ""
    own = session.can(Permission.CANCEL_OWN_APPOINTMENT, patient_id)
    session.authorize(
        Permission.CANCEL_OWN_APPOINTMENT if own else Permission.CANCEL_APPOINTMENT, patient_id
    )
    with session.begin() as work:
        before = work.appointments.get(appointment_id)
        if before is None:
            raise NotFoundError("There is no such appointment.")
        appointment = rules.cancel(before, session.now())
        work.appointments.put(appointment)
        send_appointment(work, appointment, session.now())
        tell(work, appointment, NoticeKind.CANCELLATION, session.now())
        work.note("appointment.cancelled", appointment_id, patient_id=appointment.patient_id)
    session.publish(AppointmentChanged(appointment_id))
    return appointment


def calendar(
    session: Session, starts: datetime, ends: datetime, practitioner_id: str = ""
) -> tuple[CalendarEntry, ...]:
    """Return the appointments that begin within [starts, ends), with names."""
    session.authorize(Permission.SEE_CALENDAR)
    with session.begin() as work:
        return _named(work, work.appointments.between(starts, ends, practitioner_id))


def my_appointments(session: Session) -> tuple[CalendarEntry, ...]:
    """Return the signed-in patient's own appointments."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.SEE_OWN_APPOINTMENTS, patient_id)
    with session.begin() as work:
        return _named(work, work.appointments.of_patient(patient_id))


def _free(
    work: Work, practitioner: Practitioner, starts: datetime, ends: datetime, now: datetime
) -> tuple[Slot, ...]:
    hours = work.availabilities.of_practitioner(practitioner.id)
    taken = work.appointments.between(starts - timedelta(days=1), ends, practitioner.id)
    busy = [row for each in taken for row in busy_of(each, {})]
    found = search(Plan((practitioner,), hours), busy, Wish(starts, ends, now))
    return apart(found.first(len(found)))


def _named(work: Work, appointments: tuple[Appointment, ...]) -> tuple[CalendarEntry, ...]:
    entries = []
    for appointment in appointments:
        patient = work.patients.get(appointment.patient_id)
        practitioner = work.practitioners.get(appointment.practitioner_id)
        entries.append(
            CalendarEntry(
                appointment,
                patient.name if patient else "unknown patient",
                practitioner.name if practitioner else "unknown practitioner",
            )
        )
    return tuple(entries)


def _practitioner(work: Work, practitioner_id: str) -> Practitioner:
    practitioner = work.practitioners.get(practitioner_id)
    if practitioner is None:
        raise NotFoundError("There is no such practitioner.")
    return practitioner


def _may_look(session: Session) -> None:
    staff = session.can(Permission.SEE_CALENDAR)
    wanted = Permission.SEE_CALENDAR if staff else Permission.SEE_OWN_APPOINTMENTS
    session.authorize(wanted, session.actor.patient_id)


def _may_edit_hours(session: Session, practitioner_id: str) -> None:
    own = practitioner_id == session.actor.practitioner_id
    session.authorize(Permission.EDIT_AVAILABILITY if own else Permission.EDIT_ANY_AVAILABILITY)
