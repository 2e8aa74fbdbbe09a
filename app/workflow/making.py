"""Appointments made, moved and given up inside an open transaction; no act of its own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.errors import NotFoundError
from app.storage.work import Work
from app.workflow.leasing import is_covered, leave_alone
from app.workflow.outgoing import send_appointment
from app.workflow.planned import busy_between, read_plan, visit_type, zone_of
from app.workflow.settings import has_server
from app.workflow.telling import heard_at, tell, tell_offer
from app.workflow.timekeeping import known_time
from scheduling.errors import OutsideHoursError, SlotTakenError
from scheduling.places import Hold, VisitType, WaitingStatus
from scheduling.records import OCCUPYING, Appointment, AppointmentStatus, NoticeKind, Slot
from scheduling.rules import booking as rules
from scheduling.rules.waiting import next_waiting, offered_until

_NO_HORIZON = 36_500
PROPOSED = "proposed by the assistant, confirmed by a person"
"""What the audit trail says of an act that came of a conversation."""


@dataclass(frozen=True, slots=True)
class Order:
    """Who books what for whom; ``own`` is a patient who books for the own person.

    ``any_length``: the slot says how long the visit takes, not its type or the hours.
    ``exactly``: the scanners and rooms of the slot or none.
    ``without`` is a hold or appointment in nobody's way, ``together`` are those moved with it.
    ``wish_id`` is the wish on the waiting list that it comes of, whose id the appointment keeps.
    ``by_assistant``: the assistant proposed it, and a person's click confirmed it.
    """

    patient_id: str
    booked_by: str
    now: datetime
    own: bool = False
    reason: str = ""
    series_id: str = ""
    without: str = ""
    together: frozenset[str] = frozenset()
    any_length: bool = False
    exactly: bool = False
    wish_id: str = ""
    by_assistant: bool = False

    @property
    def left_out(self) -> frozenset[str]:
        """Every hold and appointment that is in nobody's way."""
        return self.together | ({self.without} if self.without else set())


def checked(work: Work, slot: Slot, order: Order) -> Slot:
    """Return the slot with its resources if it can be booked, or raise what `book` raises."""
    visit = visit_type(work, slot.visit_type_id)
    lead = timedelta(minutes=visit.lead_minutes) if visit and order.own else timedelta()
    if visit is not None and order.own and not visit.self_bookable:
        raise NotFoundError("This kind of visit is booked by the clinic.")
    if order.any_length:
        visit = _as_long_as(slot, visit)
    starts, ends = slot.starts - rules.HORIZON, slot.ends + rules.HORIZON
    plan = read_plan(work, starts, ends)
    busy = busy_between(work, starts, ends, order.now, without=order.left_out)
    when = rules.When(order.now, lead)
    free = rules.check_bookable(slot, plan, busy, visit, when)
    if order.exactly and set(free.resource_ids) != set(slot.resource_ids):
        raise SlotTakenError("That scanner or room is not free for this visit then.")
    return free


def own_hold(work: Work, hold_id: str, account_id: str) -> str:
    """Return the id of a hold that this person has, or an empty text."""
    held = work.holds.get(hold_id) if hold_id else None
    return hold_id if held is not None and held.account_id == account_id else ""


def _as_long_as(slot: Slot, visit: VisitType | None) -> VisitType:
    """The kind of visit, of that length; whole minutes, five at least."""
    minutes = max(5, round((slot.ends - slot.starts) / timedelta(minutes=1)))
    if visit is None:
        return VisitType("", "Visit", minutes, horizon_days=_NO_HORIZON)
    return replace(visit, minutes=minutes)


def make(work: Work, slot: Slot, order: Order) -> Appointment:
    """Book a slot that can be booked, with notices and envelope, and return the appointment."""
    return keep(work, checked(work, slot, order), order, visit_type(work, slot.visit_type_id))


def keep(
    work: Work, slot: Slot, order: Order, visit: VisitType | None, *, exception: str = ""
) -> Appointment:
    """Book the slot as it is; the database has the last word unless there is an exception."""
    _require_patient(work, order.patient_id)
    if not exception:
        _require_apart(work, slot, order)
    confirmed = not has_server(work)
    appointment = replace(
        rules.new_appointment(
            slot,
            order.patient_id,
            appointment_id=order.wish_id or str(uuid.uuid4()),
            booked_by=order.booked_by,
            reason=order.reason,
            confirmed=confirmed,
            now=order.now,
            visit=visit,
        ),
        series_id=order.series_id,
        exception=exception,
    )
    if not (confirmed or exception) and is_covered(work, appointment, order.now):
        appointment = rules.confirm(appointment)
    work.appointments.put(appointment)
    _send_and_tell(work, appointment, NoticeKind.CONFIRMATION, order)
    return appointment


def movable(work: Work, before: Appointment, slot: Slot, order: Order) -> Slot:
    """Return the slot with its resources if the appointment can be moved there, or raise."""
    alone = replace(order, without=before.id)
    free = checked(work, slot, alone)
    _require_apart(work, free, alone)
    return free


def shift(work: Work, before: Appointment, slot: Slot, order: Order) -> Appointment:
    """Move an appointment to a slot that can be booked; the time it leaves is not offered yet."""
    free = movable(work, before, slot, order)
    moved = rules.move(before, free, visit_type(work, free.visit_type_id))
    if moved is before:
        return before
    if has_server(work):
        moved = replace(moved, status=AppointmentStatus.PENDING)
        leave_alone(work, before)
    work.appointments.put(moved)
    _send_and_tell(work, moved, NoticeKind.CHANGE, order)
    return moved


def give_up(
    work: Work, cancelled: Appointment, now: datetime, *, by_assistant: bool = False
) -> None:
    """Keep a cancellation, tell of it, and offer the freed time to whoever waits for it."""
    work.appointments.put(cancelled)
    send_appointment(work, cancelled, now, by_assistant=by_assistant)
    tell(work, cancelled, NoticeKind.CANCELLATION, now)
    offer(work, slot_of(cancelled), now)


def slot_of(appointment: Appointment) -> Slot:
    """Return the slot an appointment was booked as."""
    return Slot(
        appointment.starts,
        appointment.ends,
        appointment.practitioner_id,
        appointment.place_id,
        appointment.visit_type_id,
        appointment.resource_ids,
    )


def offer(work: Work, slot: Slot, now: datetime) -> None:
    """Keep a freed slot for whoever waits longest for it, if it can still be booked."""
    if offered_until(slot, now) is None:
        return
    zone = zone_of(work, slot)
    chosen = next_waiting(work.waiting.open(), slot, zone)
    if chosen is None:
        return
    until = offered_until(slot, now, heard_at(work, chosen.patient_id, zone, now))
    if until is None:
        return
    try:
        free = checked(work, slot, Order(chosen.patient_id, "", now))
    except (NotFoundError, OutsideHoursError, SlotTakenError):
        return
    hold = Hold(
        id=str(uuid.uuid4()),
        account_id="",
        practitioner_id=free.practitioner_id,
        starts=free.starts,
        ends=free.ends,
        expires_at=until,
        place_id=free.place_id,
        visit_type_id=free.visit_type_id,
        resource_ids=free.resource_ids,
        patient_id=chosen.patient_id,
    )
    work.holds.put(hold)
    work.waiting.put(replace(chosen, status=WaitingStatus.OFFERED, hold_id=hold.id))
    tell_offer(work, chosen, hold, now)
    work.note("waiting.offered", chosen.id, patient_id=chosen.patient_id)


def slot_of_hold(hold: Hold) -> Slot:
    """Return the slot that is kept."""
    return Slot(
        hold.starts,
        hold.ends,
        hold.practitioner_id,
        hold.place_id,
        hold.visit_type_id,
        hold.resource_ids,
    )


def pass_on(work: Work, now: datetime) -> None:
    """Offer to the next what was not answered in time; whoever was asked waits on.

    A clock that leapt makes no answer late.
    """
    now = known_time(work, now)
    for entry in work.waiting.open():
        hold = work.holds.get(entry.hold_id) if entry.hold_id else None
        if entry.status is not WaitingStatus.OFFERED or (hold and hold.expires_at > now):
            continue
        missed = (hold.starts,) if hold else ()
        back = replace(entry, status=WaitingStatus.WAITING, hold_id="")
        work.waiting.put(replace(back, declined=(*entry.declined, *missed)))
        if hold is not None:
            work.holds.remove(hold.id)
            offer(work, slot_of_hold(hold), now)
    work.holds.drop_expired(now)


def _send_and_tell(work: Work, appointment: Appointment, kind: NoticeKind, order: Order) -> None:
    """Send what is asked of the server as decided; tell the patient what is certain so far."""
    now, proposed = order.now, order.by_assistant
    if appointment.status is AppointmentStatus.PENDING:
        send_appointment(work, rules.confirm(appointment), now, by_assistant=proposed)
        tell(work, appointment, NoticeKind.PROVISIONAL, now)
        return
    send_appointment(work, appointment, now, by_assistant=proposed)
    tell(work, appointment, kind, now)
    tell(work, appointment, NoticeKind.REMINDER, now)


def _require_patient(work: Work, patient_id: str) -> None:
    if work.patients.get(patient_id) is None:
        raise NotFoundError("There is no such patient record.")


def _require_apart(work: Work, slot: Slot, order: Order) -> None:
    """Nobody is in two rooms at once."""
    for one in work.appointments.of_patient(order.patient_id):
        overlaps = one.starts < slot.ends and slot.starts < one.ends
        if overlaps and one.status in OCCUPYING and one.id not in order.left_out:
            raise SlotTakenError("The patient has another appointment at that time.")
