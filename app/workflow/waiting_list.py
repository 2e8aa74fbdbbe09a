"""The waiting list: patients who would take an earlier time are offered one that becomes free.

An offer keeps the slot for one patient for some hours; unanswered it goes to the next.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import AppointmentChanged, WaitingChanged
from app.records import SYSTEM
from app.storage.work import Storage, Work
from app.workflow.making import Order, give_up, make, offer, pass_on, slot_of_hold
from app.workflow.planned import visit_type
from app.workflow.session import Session
from scheduling.errors import AppointmentStatusError
from scheduling.places import Hold, Waiting, WaitingStatus
from scheduling.records import OCCUPYING, Appointment, CancelReason
from scheduling.rules import booking as rules


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """A wish with the patient's name and, while there is one, the slot offered."""

    waiting: Waiting
    patient_name: str = field(repr=False)
    offered: Hold | None


@dataclass(frozen=True, slots=True)
class WaitingFor:
    """What somebody waits for; empty ids are open. ``instead_of`` is given up once booked."""

    first_day: date
    last_day: date
    visit_type_id: str = ""
    practitioner_id: str = ""
    place_id: str = ""
    instead_of: str = ""


def join(session: Session, patient_id: str, wish: WaitingFor) -> Waiting:
    """Put a patient on the waiting list.

    Raises
    ------
    NotFoundError
        There is no such patient, kind of visit or appointment of the patient.
    """
    own = session.can(Permission.BOOK_OWN, patient_id)
    session.authorize(Permission.BOOK_OWN if own else Permission.BOOK, patient_id)
    with session.begin() as work:
        visit = visit_type(work, wish.visit_type_id)
        earlier = work.appointments.get(wish.instead_of) if wish.instead_of else None
        strange = wish.instead_of and (earlier is None or earlier.patient_id != patient_id)
        closed = own and visit is not None and not visit.self_bookable
        if work.patients.get(patient_id) is None or strange or closed:
            raise NotFoundError("There is no such patient, visit or appointment.")
        entry = Waiting(
            id=str(uuid.uuid4()),
            patient_id=patient_id,
            first_day=wish.first_day,
            last_day=wish.last_day,
            created_at=session.now(),
            practitioner_id=wish.practitioner_id,
            place_id=wish.place_id,
            visit_type_id=wish.visit_type_id,
            instead_of=wish.instead_of,
        )
        work.waiting.put(entry)
        work.note("waiting.joined", entry.id, patient_id=patient_id)
    session.publish(WaitingChanged(entry.id))
    return entry


def waiting(session: Session) -> tuple[WaitingEntry, ...]:
    """Return who waits and who has an offer, the longest waiting first."""
    session.authorize(Permission.BOOK)
    with session.begin() as work:
        pass_on(work, session.now())
        return tuple(_named(work, one) for one in work.waiting.open())


def my_waiting(session: Session) -> tuple[WaitingEntry, ...]:
    """Return the signed-in patient's own wishes and offers."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.SEE_OWN_APPOINTMENTS, patient_id)
    with session.begin() as work:
        pass_on(work, session.now())
        own = [one for one in work.waiting.open() if one.patient_id == patient_id]
        return tuple(_named(work, one) for one in own)


def accept(session: Session, waiting_id: str) -> Appointment:
    """Book the slot that is offered; the appointment it stands in for is cancelled.

    Raises
    ------
    AppointmentStatusError
        Nothing is offered any more.
    """
    with session.begin() as work:
        entry = work.waiting.get(waiting_id)
    patient_id = entry.patient_id if entry else ""
    own = session.can(Permission.BOOK_OWN, patient_id)
    session.authorize(Permission.BOOK_OWN if own else Permission.BOOK, patient_id)
    now = session.now()
    with session.begin() as work:
        pass_on(work, now)
        entry = _entry(work, waiting_id)
        kept = work.holds.get(entry.hold_id) if entry.hold_id else None
        if kept is None:
            raise AppointmentStatusError("That offer has run out. You stay on the waiting list.")
        work.holds.remove(kept.id)
        work.waiting.put(replace(entry, status=WaitingStatus.BOOKED, hold_id=""))
        _give_up_earlier(work, entry, session)
        order = Order(patient_id, session.actor.account_id, now, wish_id=entry.id)
        appointment = make(work, slot_of_hold(kept), order)
        work.note("appointment.booked", appointment.id, patient_id=patient_id, detail="waited")
    session.publish(AppointmentChanged(appointment.id))
    if entry.instead_of:
        session.publish(AppointmentChanged(entry.instead_of))
    session.publish(WaitingChanged(entry.id))
    return appointment


def decline(session: Session, waiting_id: str) -> Waiting:
    """Leave the offered slot to the next and go on waiting."""
    with session.begin() as work:
        entry = work.waiting.get(waiting_id)
    patient_id = entry.patient_id if entry else ""
    own = session.can(Permission.BOOK_OWN, patient_id)
    session.authorize(Permission.BOOK_OWN if own else Permission.BOOK, patient_id)
    with session.begin() as work:
        entry = _free_offer(work, _entry(work, waiting_id), session)
        work.note("waiting.declined", waiting_id, patient_id=patient_id)
    session.publish(WaitingChanged(waiting_id))
    return entry


def leave(session: Session, waiting_id: str) -> None:
    """Take a patient off the waiting list; a slot that was offered goes to the next."""
    with session.begin() as work:
        entry = work.waiting.get(waiting_id)
    patient_id = entry.patient_id if entry else ""
    own = session.can(Permission.BOOK_OWN, patient_id)
    session.authorize(Permission.BOOK_OWN if own else Permission.BOOK, patient_id)
    with session.begin() as work:
        entry = replace(_entry(work, waiting_id), status=WaitingStatus.WITHDRAWN)
        _free_offer(work, entry, session)
        work.note("waiting.left", waiting_id, patient_id=patient_id)
    session.publish(WaitingChanged(waiting_id))


def turn(storage: Storage, now: datetime) -> None:
    """Give offers that ran out to the next; the program does it by itself, in the background."""
    with storage.begin(SYSTEM) as work:
        pass_on(work, now)


def _free_offer(work: Work, entry: Waiting, session: Session) -> Waiting:
    """Keep the entry without its offer, and offer that slot to the next."""
    kept = work.holds.get(entry.hold_id) if entry.hold_id else None
    gone = entry.status is WaitingStatus.WITHDRAWN
    back = replace(entry, hold_id="", status=entry.status if gone else WaitingStatus.WAITING)
    if kept is not None:
        back = replace(back, declined=(*entry.declined, kept.starts))
        work.holds.remove(kept.id)
    work.waiting.put(back)
    if kept is not None:
        offer(work, slot_of_hold(kept), session.now())
    return back


def _give_up_earlier(work: Work, entry: Waiting, session: Session) -> None:
    before = work.appointments.get(entry.instead_of) if entry.instead_of else None
    if before is not None and before.status in OCCUPYING and before.starts > session.now():
        give_up(work, rules.cancel(before, session.now(), CancelReason.OTHER), session.now())


def _entry(work: Work, waiting_id: str) -> Waiting:
    entry = work.waiting.get(waiting_id)
    if entry is None or entry.status not in {WaitingStatus.WAITING, WaitingStatus.OFFERED}:
        raise NotFoundError("There is no such wish.")
    return entry


def _named(work: Work, entry: Waiting) -> WaitingEntry:
    patient = work.patients.get(entry.patient_id)
    kept = work.holds.get(entry.hold_id) if entry.hold_id else None
    return WaitingEntry(entry, patient.name if patient else "unknown patient", kept)
