"""What may become of an appointment, and when a slot may become one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from scheduling.errors import AppointmentStatusError, OutsideHoursError, SlotTakenError
from scheduling.records import (
    Appointment,
    AppointmentStatus,
    Availability,
    Practitioner,
    Slot,
)
from scheduling.rules.slots import nearest_free, occupies, working_slots

TRANSITIONS: Mapping[AppointmentStatus, frozenset[AppointmentStatus]] = MappingProxyType(
    {
        AppointmentStatus.PENDING: frozenset(
            {AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED}
        ),
        AppointmentStatus.BOOKED: frozenset(
            {AppointmentStatus.ARRIVED, AppointmentStatus.NOSHOW, AppointmentStatus.CANCELLED}
        ),
        AppointmentStatus.ARRIVED: frozenset({AppointmentStatus.FULFILLED}),
        AppointmentStatus.FULFILLED: frozenset(),
        AppointmentStatus.CANCELLED: frozenset(),
        AppointmentStatus.NOSHOW: frozenset(),
    }
)
"""From each status, those that may follow. A cancelled appointment never comes back."""


def check_bookable(
    slot: Slot,
    availabilities: Collection[Availability],
    taken: Collection[Appointment],
    practitioner: Practitioner,
    now: datetime,
) -> None:
    """Return if the slot can be booked.

    Raises
    ------
    OutsideHoursError
        The time has passed, or it is not one of the practitioner's slots.
    SlotTakenError
        An occupying appointment overlaps; ``alternatives`` holds the nearest free slots.
    """
    if slot.starts <= now:
        raise OutsideHoursError("That time has passed.")
    worked = working_slots(availabilities, practitioner, slot.starts, slot.ends)
    if slot not in worked:
        raise OutsideHoursError(f"{practitioner.name} has no such slot.")
    if any(
        occupies(each, practitioner.id) and each.starts < slot.ends and slot.starts < each.ends
        for each in taken
    ):
        nearest = nearest_free(slot.starts, availabilities, taken, practitioner, now)
        raise SlotTakenError("That time has just been taken.", nearest)


def new_appointment(
    slot: Slot,
    patient_id: str,
    *,
    appointment_id: str,
    booked_by: str,
    reason: str,
    confirmed: bool,
    now: datetime,
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
    )


def confirm(appointment: Appointment) -> Appointment:
    """The pending appointment, booked; a booked one is returned as it is.

    Raises
    ------
    AppointmentStatusError
        It is neither pending nor booked.
    """
    return change_status(appointment, AppointmentStatus.BOOKED)


def cancel(appointment: Appointment, now: datetime) -> Appointment:
    """The appointment, cancelled; one already cancelled is returned as it is.

    Raises
    ------
    AppointmentStatusError
        It has begun, or its status does not allow it.
    """
    cancelled = change_status(appointment, AppointmentStatus.CANCELLED)
    if cancelled is not appointment and now >= appointment.starts:
        raise AppointmentStatusError("An appointment that has begun cannot be cancelled.")
    return cancelled


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
