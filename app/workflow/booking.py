"""Booking: working hours, free slots, appointments.

Where the clinic has a central server, a booking is provisional (status pending) until the server
has taken it; without a server this workstation is the authority and the booking is final.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import AppointmentChanged
from app.storage.work import Work
from app.workflow.making import PROPOSED, Order, give_up, make, pass_on, slot_of
from app.workflow.outgoing import send_availability
from app.workflow.planned import (
    anybody_works,
    busy_between,
    practitioner,
    read_plan,
    visit_type,
    with_only,
)
from app.workflow.session import Session
from scheduling.errors import OutsideHoursError
from scheduling.records import (
    Appointment,
    Availability,
    CancelReason,
    Practitioner,
    Slot,
    ends_after,
)
from scheduling.rules import booking as rules
from scheduling.rules.search import Wish, search
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


def have_hours(session: Session, practitioner_ids: Collection[str]) -> bool:
    """Whether one of these practitioners has working hours at all; of all where none is named."""
    _may_look(session)
    with session.begin() as work:
        hours = work.availabilities.all()
    return anybody_works(hours, practitioner_ids, session.today())


def add_availability(
    session: Session,
    *,
    practitioner_id: str,
    weekday: int,
    starts: time,
    ends: time,
    slot_minutes: int,
) -> Availability:
    """Add weekly working hours, in wall time of the practitioner's own zone; 00:00 ends the day.

    Hours at a place, for some visits or on one day only: `planning.put_hours`.
    """
    _may_edit_hours(session, practitioner_id)
    if not ends_after(ends, starts) or slot_minutes < 5:
        raise OutsideHoursError("Working hours need a start before their end, and slots of 5 min.")
    with session.begin() as work:
        who = practitioner(work, practitioner_id)
        availability = Availability(
            id=str(uuid.uuid4()),
            practitioner_id=practitioner_id,
            weekday=weekday,
            starts=starts,
            ends=ends,
            slot_minutes=slot_minutes,
            from_day=session.today(who.zone),
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
    """Return the free slots of one practitioner for plain visits within [starts, ends)."""
    _may_look(session)
    with session.begin() as work:
        who = practitioner(work, practitioner_id)
        return apart(_free(work, [who], starts, ends, session.now()))


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
        found = _free(work, fitting, start, start + HORIZON, session.now())
    by_person = (apart(slot for slot in found if slot.practitioner_id == one.id) for one in fitting)
    return tuple(sorted(slot for slots in by_person for slot in slots))[:limit]


def find(
    session: Session,
    starts: datetime,
    ends: datetime,
    *,
    visit_type_id: str = "",
    practitioner_ids: Iterable[str] = (),
    place_ids: Iterable[str] = (),
    resource_ids: Iterable[str] = (),
    limit: int = 200,
) -> tuple[Slot, ...]:
    """Return the first free slots for a kind of visit; no ids mean anybody, anywhere, anything.

    A scanner or room asked for is the only one of its kind that is looked at.
    Patients are offered only what they may book themselves, after the lead time of the visit.
    """
    _may_look(session)
    patient, now = not session.can(Permission.SEE_CALENDAR), session.now()
    with session.begin() as work:
        visit = visit_type(work, visit_type_id)
        if patient and visit is not None and not visit.self_bookable:
            return ()
        lead = timedelta(minutes=visit.lead_minutes if visit and patient else 0)
        wish = Wish(
            starts, ends, now, visit, frozenset(practitioner_ids), frozenset(place_ids), lead
        )
        plan, busy = read_plan(work, starts, ends), busy_between(work, starts, ends, now)
    return search(with_only(plan, frozenset(resource_ids)), busy, wish).first(limit)


def book(
    session: Session,
    slot: Slot,
    patient_id: str,
    reason: str = "",
    *,
    by_assistant: bool = False,
    hold_id: str = "",
) -> Appointment:
    """Book a slot after a person's confirming click; notices and envelope go in with it.

    ``hold_id`` names the hold of the same person that is used up by it.

    Raises
    ------
    OutsideHoursError, SlotTakenError
        See `scheduling.rules.booking.check_bookable`.
    """
    own = session.can(Permission.BOOK_OWN, patient_id)
    session.authorize(Permission.BOOK_OWN if own else Permission.BOOK, patient_id)
    now, account_id = session.now(), session.actor.account_id
    with session.begin() as work:
        held = work.holds.get(hold_id) if hold_id else None
        mine = held is not None and held.account_id == account_id
        order = Order(
            patient_id,
            account_id,
            now,
            own,
            reason,
            without=hold_id if mine else "",
            by_assistant=by_assistant,
        )
        appointment = make(work, slot, order)
        if mine:
            work.holds.remove(hold_id)
        work.note(
            "appointment.booked",
            appointment.id,
            patient_id=patient_id,
            detail=PROPOSED if by_assistant else "",
        )
    session.publish(AppointmentChanged(appointment.id))
    return appointment


def cancel(
    session: Session,
    appointment_id: str,
    because: CancelReason | None = None,
    *,
    by_assistant: bool = False,
) -> Appointment:
    """Cancel an appointment; the slot is free again at once and the patient is told.

    A patient gives the notice the visit asks for. Whoever waits for the time is offered it.

    Raises
    ------
    AppointmentStatusError, TooLateError
        It has begun, its status does not allow it, or a patient is too late.
    """
    with session.begin() as work:
        before = work.appointments.get(appointment_id)
    patient_id = before.patient_id if before else ""
    own = session.can(Permission.CANCEL_OWN_APPOINTMENT, patient_id)
    session.authorize(
        Permission.CANCEL_OWN_APPOINTMENT if own else Permission.CANCEL_APPOINTMENT, patient_id
    )
    now = session.now()
    with session.begin() as work:
        before = work.appointments.get(appointment_id)
        if before is None:
            raise NotFoundError("There is no such appointment.")
        if own:
            rules.check_notice(before, work.visit_types.get(before.visit_type_id), now)
        usual = CancelReason.PORTAL if own else CancelReason.OTHER
        appointment = rules.cancel(before, now, because or usual)
        if appointment is before:
            return before
        give_up(work, appointment, now, by_assistant=by_assistant)
        pass_on(work, now)
        work.note(
            "appointment.cancelled",
            appointment_id,
            patient_id=appointment.patient_id,
            detail=", ".join([appointment.cancelled_because, *([PROPOSED] * by_assistant)]),
        )
    session.publish(AppointmentChanged(appointment_id))
    return appointment


def alternatives(session: Session, appointment_id: str, limit: int = 3) -> tuple[Slot, ...]:
    """Return the free slots nearest to an appointment that was lost or has to be moved."""
    with session.begin() as work:
        lost = work.appointments.get(appointment_id)
    patient_id = lost.patient_id if lost else ""
    own = session.can(Permission.BOOK_OWN, patient_id)
    session.authorize(Permission.BOOK_OWN if own else Permission.BOOK, patient_id)
    if lost is None:
        raise NotFoundError("There is no such appointment.")
    now = session.now()
    starts, ends = lost.starts - rules.HORIZON, lost.ends + rules.HORIZON
    with session.begin() as work:
        plan, busy = read_plan(work, starts, ends), busy_between(work, starts, ends, now)
        visit = work.visit_types.get(lost.visit_type_id)
    lead = timedelta(minutes=visit.lead_minutes if visit and own else 0)
    when = rules.When(now, lead)
    return rules.nearest_free(slot_of(lost), plan, busy, visit, when, count=limit)


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
    work: Work, who: Iterable[Practitioner], starts: datetime, ends: datetime, now: datetime
) -> tuple[Slot, ...]:
    ids = frozenset(one.id for one in who)
    plan, busy = read_plan(work, starts, ends), busy_between(work, starts, ends, now)
    found = search(plan, busy, Wish(starts, ends, now, practitioner_ids=ids))
    return found.first(len(found)) if ids else ()


def _named(work: Work, appointments: tuple[Appointment, ...]) -> tuple[CalendarEntry, ...]:
    entries = []
    for appointment in appointments:
        patient = work.patients.get(appointment.patient_id)
        with_whom = work.practitioners.get(appointment.practitioner_id)
        entries.append(
            CalendarEntry(
                appointment,
                patient.name if patient else "unknown patient",
                with_whom.name if with_whom else "unknown practitioner",
            )
        )
    return tuple(entries)


def _may_look(session: Session) -> None:
    staff = session.can(Permission.SEE_CALENDAR)
    wanted = Permission.SEE_CALENDAR if staff else Permission.SEE_OWN_APPOINTMENTS
    session.authorize(wanted, session.actor.patient_id)


def _may_edit_hours(session: Session, practitioner_id: str) -> None:
    own = practitioner_id == session.actor.practitioner_id
    session.authorize(Permission.EDIT_AVAILABILITY if own else Permission.EDIT_ANY_AVAILABILITY)
