"""What may become of an appointment, and when a slot may become one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from scheduling.errors import (
    AppointmentStatusError,
    OutsideHoursError,
    SlotTakenError,
    TooLateError,
)
from scheduling.places import Busy, VisitType
from scheduling.records import Appointment, AppointmentStatus, CancelReason, Slot
from scheduling.rules.search import Plan, Wish, search

TRANSITIONS: Mapping[AppointmentStatus, frozenset[AppointmentStatus]] = MappingProxyType(
    {
        AppointmentStatus.PENDING: frozenset(
            {
                AppointmentStatus.BOOKED,
                AppointmentStatus.ARRIVED,
                AppointmentStatus.NOSHOW,
                AppointmentStatus.CANCELLED,
            }
        ),
        AppointmentStatus.BOOKED: frozenset(
            {AppointmentStatus.ARRIVED, AppointmentStatus.NOSHOW, AppointmentStatus.CANCELLED}
        ),
        AppointmentStatus.ARRIVED: frozenset(
            {AppointmentStatus.FULFILLED, AppointmentStatus.BOOKED}
        ),
        AppointmentStatus.FULFILLED: frozenset(),
        AppointmentStatus.CANCELLED: frozenset(),
        AppointmentStatus.NOSHOW: frozenset({AppointmentStatus.ARRIVED}),
    }
)
"""From each status, those that may follow. A cancelled appointment never comes back; somebody who
was marked as arrived by mistake is booked again, and a patient who comes late has arrived."""

EARLY = timedelta(hours=12)
"""How long before the start somebody may arrive."""

HORIZON = timedelta(days=28)
"""How far to either side the nearest free slots are looked for."""

_MOVABLE = frozenset({AppointmentStatus.PENDING, AppointmentStatus.BOOKED})


@dataclass(frozen=True, slots=True)
class When:
    """The present moment, aware, and the least time from it to what is booked."""

    now: datetime
    lead: timedelta = timedelta()


def check_bookable(
    slot: Slot, plan: Plan, busy: Collection[Busy], visit: VisitType | None, when: When
) -> Slot:
    """The slot if it can be booked, with one free resource of each kind the visit needs.

    Raises
    ------
    OutsideHoursError
        The time has passed, is too near or too far, or nobody works there then for that visit.
    SlotTakenError
        Something needed is held; ``alternatives`` holds the nearest free slots.
    """
    if slot.starts <= when.now:
        raise OutsideHoursError("That time has passed.")
    wish = _wish(slot.starts, slot.ends, slot, visit, when)
    if search(plan, (), wish).same(slot) is None:
        raise OutsideHoursError(_why_not(slot, plan, visit, when))
    free = search(plan, busy, wish).same(slot)
    if free is None:
        nearest = nearest_free(slot, plan, busy, visit, when)
        raise SlotTakenError("That time has just been taken.", nearest)
    return free


def nearest_free(
    wanted: Slot,
    plan: Plan,
    busy: Collection[Busy],
    visit: VisitType | None,
    when: When,
    *,
    count: int = 3,
) -> tuple[Slot, ...]:
    """Up to ``count`` free slots of the same practitioner nearest to a time, in order of time.

    Looks ``HORIZON`` to either side; of two equally near, the earlier is preferred.
    """
    wish = _wish(wanted.starts - HORIZON, wanted.starts + HORIZON, wanted, visit, when)
    return search(plan, busy, wish).nearest(wanted.starts, count)


def _wish(
    starts: datetime, ends: datetime, slot: Slot, visit: VisitType | None, when: When
) -> Wish:
    who, where = frozenset({slot.practitioner_id}), frozenset({slot.place_id})
    return Wish(starts, ends, when.now, visit, who, where, when.lead)


def _why_not(slot: Slot, plan: Plan, visit: VisitType | None, when: When) -> str:
    names = {one.id: one.name for one in plan.practitioners}
    if slot.starts < when.now + when.lead:
        return "That time is too near to be booked."
    if visit is not None and slot.starts > when.now + timedelta(days=visit.horizon_days):
        return f"“{visit.name}” is booked up to {visit.horizon_days} days ahead."
    return f"{names.get(slot.practitioner_id, 'The practitioner')} has no such slot."


def new_appointment(
    slot: Slot,
    patient_id: str,
    *,
    appointment_id: str,
    booked_by: str,
    reason: str,
    confirmed: bool,
    now: datetime,
    visit: VisitType | None = None,
) -> Appointment:
    """The appointment made of a slot: booked if ``confirmed``, else pending.

    Pending is what a workstation that cannot reach the server may promise at most.
    """
    return Appointment(
        id=appointment_id,
        patient_id=patient_id,
        practitioner_id=slot.practitioner_id,
        starts=slot.starts,
        ends=slot.ends,
        status=AppointmentStatus.BOOKED if confirmed else AppointmentStatus.PENDING,
        booked_by=booked_by,
        created_at=now,
        reason=reason,
        place_id=slot.place_id,
        resource_ids=slot.resource_ids,
        **_of_visit(visit),
    )


def move(appointment: Appointment, slot: Slot, visit: VisitType | None) -> Appointment:
    """The appointment at another slot, its sequence one higher; the same slot is no change.

    Raises
    ------
    AppointmentStatusError
        It is neither pending nor booked.
    """
    if appointment.status not in _MOVABLE:
        raise AppointmentStatusError(f"An appointment that is {appointment.status} stays.")
    moved = replace(
        appointment,
        practitioner_id=slot.practitioner_id,
        starts=slot.starts,
        ends=slot.ends,
        place_id=slot.place_id,
        resource_ids=slot.resource_ids,
        exception="",
        **_of_visit(visit),
    )
    if moved == appointment:
        return appointment
    return replace(moved, sequence=appointment.sequence + 1)


def check_notice(appointment: Appointment, visit: VisitType | None, now: datetime) -> None:
    """Return if a patient may still cancel or move the appointment.

    Raises
    ------
    TooLateError
        The visit type asks for more notice.
    """
    notice = timedelta(minutes=visit.notice_minutes if visit else 0)
    if now > appointment.starts - notice:
        hours = notice // timedelta(hours=1)
        raise TooLateError(
            f"Less than {hours} hours before the visit it is changed by telephone only."
            if hours
            else "It is too late to change this visit here. Please call."
        )


def _of_visit(visit: VisitType | None) -> dict[str, Any]:
    """What an appointment keeps of its visit type: later changes of the type leave it alone."""
    if visit is None:
        return {}
    return {
        "visit_type_id": visit.id,
        "before_minutes": visit.before_minutes,
        "after_minutes": visit.after_minutes,
        "capacity": visit.capacity,
    }


def confirm(appointment: Appointment) -> Appointment:
    """The pending appointment, booked; a booked one is returned as it is.

    Raises
    ------
    AppointmentStatusError
        It is neither pending nor booked.
    """
    return change_status(appointment, AppointmentStatus.BOOKED)


def cancel(
    appointment: Appointment, now: datetime, because: CancelReason | None = None
) -> Appointment:
    """The appointment, cancelled; one already cancelled is returned as it is.

    Raises
    ------
    AppointmentStatusError
        It has begun, or its status does not allow it.
    """
    cancelled = change_status(appointment, AppointmentStatus.CANCELLED)
    if cancelled is appointment:
        return appointment
    if now >= appointment.starts:
        raise AppointmentStatusError("An appointment that has begun cannot be cancelled.")
    return replace(cancelled, cancelled_because=because.value if because else "")


def attend(appointment: Appointment, status: AppointmentStatus, now: datetime) -> Appointment:
    """The appointment with what became of the visit: arrived, fulfilled, noshow, or booked again.

    Raises
    ------
    AppointmentStatusError
        It is too early to say, or does not follow from the present status.
    """
    changed = change_status(appointment, status)
    if changed is appointment:
        return appointment
    if status is AppointmentStatus.NOSHOW and now < appointment.starts:
        raise AppointmentStatusError("Nobody has missed a visit that has not begun.")
    if status is AppointmentStatus.ARRIVED and now < appointment.starts - EARLY:
        raise AppointmentStatusError("That visit is on another day.")
    return changed


def change_status(appointment: Appointment, status: AppointmentStatus) -> Appointment:
    """The appointment in another status, its sequence one higher (RFC 5546 section 2.1.4).

    The same status again is no change and keeps the sequence.

    Raises
    ------
    AppointmentStatusError
        `TRANSITIONS` does not allow it.
    """
    if status is appointment.status:
        return appointment
    if status not in TRANSITIONS[appointment.status]:
        raise AppointmentStatusError(
            f"An appointment that is {appointment.status} cannot become {status}."
        )
    return replace(appointment, status=status, sequence=appointment.sequence + 1)
