"""Recurring visits: a series is made, moved and cancelled whole or from one visit on."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
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
    movable,
    offer,
    own_hold,
    pass_on,
    shift,
    slot_of,
)
from app.workflow.planned import zone_of
from app.workflow.session import Session
from scheduling.errors import AppointmentStatusError, OutsideHoursError, SlotTakenError
from scheduling.records import OCCUPYING, Appointment, CancelReason, Slot
from scheduling.rules import booking as rules
from scheduling.rules.series import repeated, shifted

_SKIPPED = "The clock skips that hour on this day."


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of a series that is planned; ``refusal`` says why it cannot be booked, or is empty.

    ``instead`` are the nearest times that could.
    """

    slot: Slot
    refusal: str = ""
    instead: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """Where a visit of a series would go with the others; ``refusal`` and ``instead`` as above."""

    before: Appointment
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
        slots = {one.id: _target(work, one, rest[0], slot) for one in rest}
        if None in slots.values():
            raise OutsideHoursError(_SKIPPED)
        found = {ident: target for ident, target in slots.items() if target is not None}
        moved = _moved(work, rest, found, Order(rest[0].patient_id, session.actor.account_id, now))
    for one in moved:
        session.publish(AppointmentChanged(one.id))
    return moved


def rest_of(session: Session, appointment_id: str) -> tuple[Appointment, ...]:
    """Return a visit of a series and the later ones that still stand."""
    session.authorize(Permission.BOOK)
    with session.begin() as work:
        return _rest(work, appointment_id)


def preview_rest(session: Session, appointment_id: str, slot: Slot) -> tuple[Shift, ...]:
    """Return where `move_rest` would put each visit, and what speaks against it."""
    session.authorize(Permission.BOOK)
    with session.begin() as work:
        rest = _rest(work, appointment_id)
        order = Order(
            rest[0].patient_id,
            session.actor.account_id,
            session.now(),
            together=frozenset(one.id for one in rest),
        )
        return tuple(_tried_to_move(work, one, rest[0], slot, order) for one in rest)


def move_each(session: Session, targets: Mapping[str, Slot]) -> tuple[Appointment, ...]:
    """Move visits of one series, each to a slot of its own, or none; also back again.

    Raises
    ------
    OutsideHoursError, SlotTakenError, AppointmentStatusError
        One of them cannot be moved; all stay as they are.
    """
    session.authorize(Permission.BOOK)
    now = session.now()
    with session.begin() as work:
        found = [work.appointments.get(ident) for ident in targets]
        visits = sorted((one for one in found if one is not None), key=lambda one: one.starts)
        series = {one.series_id for one in visits}
        if len(visits) != len(targets) or len(series) != 1 or "" in series:
            raise NotFoundError("There is no such series.")
        order = Order(visits[0].patient_id, session.actor.account_id, now)
        moved = _moved(work, tuple(visits), targets, order)
    for one in moved:
        session.publish(AppointmentChanged(one.id))
    return moved


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


def _target(work: Work, one: Appointment, first: Appointment, slot: Slot) -> Slot | None:
    """Where a visit goes when the first of them goes to a slot; None if the clock skips it."""
    new = shifted(slot_of(one), zone_of(work, slot), old=first.starts, new=slot.starts)
    if new is None:
        return None
    return replace(slot, starts=new.starts, ends=new.ends, resource_ids=one.resource_ids)


def _moved(
    work: Work, visits: tuple[Appointment, ...], slots: Mapping[str, Slot], order: Order
) -> tuple[Appointment, ...]:
    """Move them in an order in which none is in the way of the next; offer what they leave."""
    if any(one.starts <= order.now for one in visits):
        raise AppointmentStatusError("A visit that has begun is not moved. Book a new one.")
    moved = [shift(work, one, slots[one.id], order) for one in _in_turn(visits, slots)]
    for one in visits:
        offer(work, slot_of(one), order.now)
    pass_on(work, order.now)
    work.note("series.moved", visits[0].series_id, patient_id=order.patient_id)
    return tuple(sorted(moved, key=lambda one: one.starts))


def _in_turn(visits: Iterable[Appointment], slots: Mapping[str, Slot]) -> list[Appointment]:
    """Those that go to a later time from the last on, then the others from the first on."""
    ordered = sorted(visits, key=lambda one: one.starts)
    later = [one for one in ordered if slots[one.id].starts > one.starts]
    return [*reversed(later), *(one for one in ordered if one not in later)]


def _tried_to_move(
    work: Work, one: Appointment, first: Appointment, slot: Slot, order: Order
) -> Shift:
    target = _target(work, one, first, slot)
    if target is None:
        return Shift(one, slot_of(one), _SKIPPED)
    if one.starts <= order.now:
        return Shift(one, target, "It has begun.")
    try:
        return Shift(one, movable(work, one, target, order))
    except SlotTakenError as error:
        return Shift(one, target, str(error), error.alternatives)
    except OutsideHoursError as error:
        return Shift(one, target, str(error))


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
