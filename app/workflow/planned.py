"""What is planned and what is held, read once for a search or a booking; no act of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.errors import NotFoundError
from app.storage.work import Work
from scheduling.places import Busy, VisitType
from scheduling.records import Availability, Practitioner, Slot
from scheduling.rules.closures import public_holidays
from scheduling.rules.occupancy import busy_of_hold
from scheduling.rules.search import Plan
from scheduling.rules.spans import to_us
from sync.leasing import LeaseBook
from sync.wire.values import parse

LEASES = "leases"
LEASED = "leased"
_MARGIN = timedelta(days=1)
"""More than a buffer: what is held near the edge of a window counts in it."""


def read_plan(work: Work, starts: datetime, ends: datetime) -> Plan:
    """Return who works where, with the public holidays of the window."""
    places = work.places.all()
    days = {
        place.id: tuple(at.astimezone(ZoneInfo(place.zone)).date() for at in (starts, ends))
        for place in places
    }
    return Plan(
        work.practitioners.all(),
        work.availabilities.all(),
        places,
        work.resources.all(),
        work.absences.all(),
        {place.id: public_holidays(place, *days[place.id]) for place in places},
    )


def anybody_works(
    hours: Iterable[Availability], practitioner_ids: Collection[str], today: date
) -> bool:
    """Whether one of these people has working hours today or later; of all where none is named."""
    return any(
        (not practitioner_ids or one.practitioner_id in practitioner_ids)
        and (one.until is None or one.until >= today)
        for one in hours
    )


def with_only(plan: Plan, resource_ids: frozenset[str]) -> Plan:
    """Return the plan without the other resources of the kinds that are asked for by id."""
    kinds = {one.kind for one in plan.resources if one.id in resource_ids}
    kept = (one for one in plan.resources if one.kind not in kinds or one.id in resource_ids)
    return replace(plan, resources=tuple(kept)) if kinds else plan


def busy_between(
    work: Work, starts: datetime, ends: datetime, now: datetime, *, without: Collection[str] = ()
) -> tuple[Busy, ...]:
    """Return what appointments and holds keep busy; those ``without`` are left out.

    Holds count until they run out, on this workstation only. Time that the server keeps for other
    workstations is busy here.
    """
    rows = work.occupancy.between(starts - _MARGIN, ends + _MARGIN)
    sizes, visits = capacities(work), {one.id: one for one in work.visit_types.all()}
    held = (
        row
        for hold in work.holds.standing(now)
        for row in busy_of_hold(hold, visits.get(hold.visit_type_id), sizes)
    )
    elsewhere = kept_elsewhere(work)
    return tuple(row for row in (*rows, *held, *elsewhere) if row.appointment_id not in without)


def lease_book(work: Work) -> LeaseBook:
    """Return what this workstation knows of leased time."""
    stored = work.settings.get(LEASES)
    return _book_of(stored) if stored else LeaseBook()


@lru_cache(maxsize=2)
def _book_of(stored: str) -> LeaseBook:
    """Read what was stored; it is asked for at every search and seldom changes."""
    return parse(LeaseBook, stored)


def kept_elsewhere(work: Work) -> tuple[Busy, ...]:
    """Return the time the server keeps for other workstations, by the last that is known."""
    return tuple(
        Busy(one.subject_id, to_us(one.starts), to_us(one.ends), 1, LEASED)
        for one in lease_book(work).others
    )


def capacities(work: Work) -> Mapping[str, int]:
    """Return how many visits each resource takes at once."""
    return {one.id: one.capacity for one in work.resources.all()}


def visit_type(work: Work, visit_type_id: str) -> VisitType | None:
    """Return the visit type, or None for a plain visit.

    Raises
    ------
    NotFoundError
        There is no such type, or it is offered no more.
    """
    if not visit_type_id:
        return None
    found = work.visit_types.get(visit_type_id)
    if found is None or not found.active:
        raise NotFoundError("There is no such kind of visit.")
    return found


def practitioner(work: Work, practitioner_id: str) -> Practitioner:
    """Return the practitioner, or raise NotFoundError."""
    found = work.practitioners.get(practitioner_id)
    if found is None:
        raise NotFoundError("There is no such practitioner.")
    return found


def zone_of(work: Work, slot: Slot) -> str:
    """Return the IANA zone in which a slot's days are meant."""
    place = work.places.get(slot.place_id) if slot.place_id else None
    return place.zone if place else practitioner(work, slot.practitioner_id).zone
