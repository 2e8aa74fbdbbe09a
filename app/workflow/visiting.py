"""What becomes of a booked visit: moved, arrived, fulfilled, missed; visits beyond the rules."""

from __future__ import annotations

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import AppointmentChanged
from app.workflow.making import PROPOSED, Order, keep, offer, pass_on, shift, slot_of
from app.workflow.outgoing import send_appointment
from app.workflow.planned import practitioner, visit_type
from app.workflow.session import Session
from scheduling.errors import AppointmentStatusError, OutsideHoursError
from scheduling.records import Appointment, AppointmentStatus, Slot
from scheduling.rules import booking as rules

_LATE = rules.EARLY
"""How long after its start a visit may still be written down."""


def reschedule(
    session: Session,
    appointment_id: str,
    slot: Slot,
    *,
    hold_id: str = "",
    exactly: bool = False,
    by_assistant: bool = False,
) -> Appointment:
    """Move an appointment to a free slot; the patient is told, the old time is offered.

    With a server the new time is provisional until the server has taken it; refused, the old
    one stands. A patient gives the notice the visit asks for; the clinic may make it longer or
    shorter as well. ``exactly`` asks for the scanners and rooms of the slot and no others.

    Raises
    ------
    OutsideHoursError, SlotTakenError, AppointmentStatusError, TooLateError
        The appointment stays as it is.
    """
    with session.begin() as work:
        before = work.appointments.get(appointment_id)
    patient_id = before.patient_id if before else ""
    own = session.can(Permission.BOOK_OWN, patient_id)
    session.authorize(Permission.BOOK_OWN if own else Permission.BOOK, patient_id)
    now, account_id = session.now(), session.actor.account_id
    with session.begin() as work:
        before = work.appointments.get(appointment_id)
        if before is None:
            raise NotFoundError("There is no such appointment.")
        if before.starts <= now:
            raise AppointmentStatusError("A visit that has begun is not moved. Book a new one.")
        if own:
            rules.check_notice(before, work.visit_types.get(before.visit_type_id), now)
        held = work.holds.get(hold_id) if hold_id else None
        if held is not None and held.account_id == account_id:
            work.holds.remove(hold_id)
        order = Order(
            patient_id,
            account_id,
            now,
            own,
            any_length=not own,
            exactly=exactly,
            by_assistant=by_assistant,
        )
        appointment = shift(work, before, slot, order)
        offer(work, slot_of(before), now)
        pass_on(work, now)
        detail = PROPOSED if by_assistant else ""
        work.note("appointment.moved", appointment_id, patient_id=patient_id, detail=detail)
    session.publish(AppointmentChanged(appointment_id))
    return appointment


def attend(session: Session, appointment_id: str, status: AppointmentStatus) -> Appointment:
    """Write down that a patient arrived, was seen or did not come; or take an arrival back.

    Raises
    ------
    AppointmentStatusError
        It does not follow from the present status, or it is too early to say.
    """
    session.authorize(Permission.RECORD_ATTENDANCE)
    if status is AppointmentStatus.CANCELLED:
        raise AppointmentStatusError("A cancellation has its own reasons and rules.")
    now = session.now()
    with session.begin() as work:
        before = work.appointments.get(appointment_id)
        if before is None:
            raise NotFoundError("There is no such appointment.")
        if status is AppointmentStatus.BOOKED and before.status is AppointmentStatus.PENDING:
            raise AppointmentStatusError("The server has not confirmed that appointment yet.")
        appointment = rules.attend(before, status, now)
        if appointment is before:
            return before
        work.appointments.put(appointment)
        send_appointment(work, appointment, now)
        work.note(
            "appointment.attended",
            appointment_id,
            patient_id=appointment.patient_id,
            detail=status.value,
        )
    session.publish(AppointmentChanged(appointment_id))
    return appointment


def overbook(session: Session, slot: Slot, patient_id: str, why: str) -> Appointment:
    """Book a walk-in or an extra visit whatever the hours and bookings say, for a stated reason.

    It counts for every later booking: nothing is booked beside it by the rules.

    Raises
    ------
    OutsideHoursError
        No reason is given, or the visit would lie in the past.
    """
    session.authorize(Permission.OVERBOOK)
    now = session.now()
    if not why.strip():
        raise OutsideHoursError("A visit outside the rules needs a reason.")
    if slot.ends <= now or slot.starts < now - _LATE:
        raise OutsideHoursError("That time has passed.")
    with session.begin() as work:
        practitioner(work, slot.practitioner_id)
        visit = visit_type(work, slot.visit_type_id)
        order = Order(patient_id, session.actor.account_id, now)
        appointment = keep(work, slot, order, visit, exception=why.strip()[:200])
        work.note(
            "appointment.overbooked",
            appointment.id,
            patient_id=patient_id,
            detail=appointment.exception,
        )
    session.publish(AppointmentChanged(appointment.id))
    return appointment
