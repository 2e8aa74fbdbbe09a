"""Recurring visits: a series is made, moved and cancelled whole or from one visit on."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import AppointmentChanged
from app.storage.work import Work
from app.workflow.making import (
    Order,
    checked,
    give_up,
    make,
    offer,
    own_hold,
    pass_on,
    shift,
    slot_of,
)
from app.workflow.planned import zone_of
from app.workflow.session import Session
from scheduling.errors import OutsideHoursError, SlotTakenError
from scheduling.records import OCCUPYING, Appointment, CancelReason, Slot
from scheduling.rules import booking as rules
from scheduling.rules.series import repeated, shifted


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of a series that is planned; ``refusal`` says why it cannot be booked, or is empty.

    ``instead`` are the nearest times that could.
    """

    slot: Slot
    refusal: str = ""
    instead: tuple[Slot, ...] = ()


def preview(
    session: Session, first: Slot, *, every_days: int, count: int, hold_id: str = ""
) -> tuple[Occurrence, ...]:
    """Return the times of a series as they would be booked, each with what speaks against it.

    ``hold_id`` names a hold of the same person, which is in nobody's way.
    """
    session.authorize(Permission.BOOK)
    account_id = session.actor.account_id
    with session.begin() as work:
        mine = own_hold(work, hold_id, account_id)
        order = Order("", account_id, session.now(), without=mine)
        slots = repeated(first, zone_of(work, first), every_days=every_days, count=count)
        return tuple(_tried(work, slot, order) for slot in slots)


def book_series(
    session: Session,
    slots: tuple[Slot, ...],
    patient_id: str,
    reason: str = "",
    *,
    hold_id: str = "",
) -> tuple[Appointment, ...]:
    """Book all the slots as one series, or none; a hold of the same person is used up by it.

    Raises
    ------
    OutsideHoursError, SlotTakenError
        One of them cannot be booked; `preview` says which and what could be taken instead.
    """
    session.authorize(Permission.BOOK, patient_id)
    order = Order(
        patient_id,
        session.actor.account_id,
        session.now(),
        reason=reason,
        series_id=str(uuid.uuid4()),
    )
    with session.begin() as work:
        mine = own_hold(work, hold_id, order.booked_by)
        made = tuple(make(work, slot, replace(order, without=mine)) for slot in sorted(slots))
        if mine:
            work.holds.remove(mine)
        work.note(
            "series.booked", order.series_id, patient_id=patient_id, detail=f"{len(made)} visits"
        )
    for one in made:
        session.publish(AppointmentChanged(one.id))
    return made


def move_rest(session: Session, appointment_id: str, slot: Slot) -> tuple[Appointment, ...]:
    """Move a visit of a series to a slot and all later ones as far on the wall clock, or none.

    Raises
    ------
    OutsideHoursError, SlotTakenError
        One of them cannot be moved; all stay as they are.
    """
    session.authorize(Permission.BOOK)
    now = session.now()
    with session.begin() as work:
        rest = _rest(work, appointment_id)
        zone = zone_of(work, slot)
        order = Order(rest[0].patient_id, session.actor.account_id, now)
        moved = []
        backwards = slot.starts > rest[0].starts
        for one in reversed(rest) if backwards else rest:
            new = shifted(slot_of(one), zone, old=rest[0].starts, new=slot.starts)
            if new is None:
                raise OutsideHoursError("One of the visits would fall in a skipped hour.")
            target = Slot(
                new.starts,
                new.ends,
                slot.practitioner_id,
                slot.place_id,
                slot.visit_type_id,
                one.resource_ids,
            )
            moved.append(shift(work, one, target, order))
        for one in rest:
            offer(work, slot_of(one), now)
        pass_on(work, now)
        work.note("series.moved", rest[0].series_id, patient_id=order.patient_id)
    for one in moved:
        session.publish(AppointmentChanged(one.id))
    return tuple(sorted(moved, key=lambda one: one.starts))


def cancel_rest(
    session: Session, appointment_id: str, because: CancelReason
) -> tuple[Appointment, ...]:
    """Cancel a visit of a series and all later ones; those that have begun stay."""
    session.authorize(Permission.CANCEL_APPOINTMENT)
    now = session.now()
    with session.begin() as work:
        rest = _rest(work, appointment_id)
        gone = tuple(rules.cancel(one, now, because) for one in rest)
        for one in gone:
            give_up(work, one, now)
        pass_on(work, now)
        work.note(
            "series.cancelled",
            rest[0].series_id,
            patient_id=rest[0].patient_id,
            detail=f"{len(gone)} visits, {because.value}",
        )
    for one in gone:
        session.publish(AppointmentChanged(one.id))
    return gone


def _tried(work: Work, slot: Slot, order: Order) -> Occurrence:
    try:
        return Occurrence(checked(work, slot, order))
    except SlotTakenError as error:
        return Occurrence(slot, str(error), error.alternatives)
    except OutsideHoursError as error:
        return Occurrence(slot, str(error))


def _rest(work: Work, appointment_id: str) -> tuple[Appointment, ...]:
    """The visit and the later ones of its series that still stand."""
    chosen = work.appointments.get(appointment_id)
    if chosen is None or not chosen.series_id:
        raise NotFoundError("There is no such series.")
    rest = tuple(
        one
        for one in work.appointments.of_series(chosen.series_id)
        if one.starts >= chosen.starts and one.status in OCCUPYING
    )
    if not rest:
        raise NotFoundError("No visit of this series is left.")
    return rest
