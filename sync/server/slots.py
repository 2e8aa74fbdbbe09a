"""Free times as FHIR Slots, for whoever reads the clinic's calendar from outside.

They are never stored: the same search as at a workstation finds them in the kept Schedules,
absences and public holidays, beside everything that is held or leased. Source:
http://hl7.org/fhir/R4/slot.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar

import sqlalchemy as sa
from starlette.datastructures import QueryParams

from scheduling.places import Absence, Busy, Place, Resource, VisitType
from scheduling.records import Availability, Slot
from scheduling.rules.closures import public_holidays
from scheduling.rules.search import Plan, Wish, search
from scheduling.rules.spans import to_us
from sync.errors import WireError
from sync.server import database as db
from sync.server.leased import standing
from sync.server.outcomes import OutcomeError
from sync.server.requests import page_size
from sync.server.store import Store
from sync.server.tokens import Caller
from sync.wire.booking import availability_from_fhir
from sync.wire.datatypes import extension, instant, moment, reference
from sync.wire.people import practitioner_from_fhir
from sync.wire.places import (
    absence_from_fhir,
    is_absence,
    is_room,
    place_from_fhir,
    resource_from_fhir,
    visit_type_from_fhir,
)

LONGEST = timedelta(days=62)
_USUAL = timedelta(days=7)
_MARGIN = timedelta(days=1)
_EVERY = 100_000
_KNOWN = {"start", "schedule", "schedule.actor", "service-type", "status", "_count", "_format"}
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search for free times asks for; empty ids are open."""

    starts: datetime
    ends: datetime
    schedule_id: str
    practitioner_id: str
    visit_type_id: str
    count: int


def asked(query: QueryParams, now: datetime) -> Asked:
    """Return what is asked for, or answer 400: one period of two months at most."""
    unknown = set(query) - _KNOWN
    if unknown:
        _bad(f"cannot search Slots by {sorted(unknown)[0][:40]}")
    if query.get("status", "free") != "free":
        _bad("only free Slots are told")
    starts, ends = now, None
    for text in query.getlist("start"):
        prefix, at = text[:2], _moment(text[2:])
        if prefix in {"ge", "gt"}:
            starts = max(starts, at)
        elif prefix in {"le", "lt"}:
            ends = at if ends is None else min(ends, at)
        else:
            _bad("start is searched by ge, gt, le or lt")
    until = starts + _USUAL if ends is None else ends
    if until - starts > LONGEST:
        _bad("free times are told for two months at a time")
    return Asked(
        starts,
        until,
        _ident(query.get("schedule", ""), "Schedule"),
        _ident(query.get("schedule.actor", ""), "Practitioner"),
        query.get("service-type", ""),
        page_size(query),
    )


def free_slots(
    database: db.Database, store: Store, caller: Caller, wanted: Asked, now: datetime
) -> tuple[dict[str, Any], ...]:
    """Return the free times as Slot resources, in order of time."""
    if wanted.ends <= wanted.starts:
        return ()
    kept = _Kept(store, caller.clinic)
    visit = next((one for one in kept.visits if one.id == wanted.visit_type_id), None)
    if wanted.visit_type_id and (visit is None or not visit.active):
        return ()
    busy = _busy(database, caller, wanted)
    people = frozenset({wanted.practitioner_id} - {""})
    wish = Wish(wanted.starts, wanted.ends, now, visit, people)
    found = [
        (slot, hours.id)
        for hours in kept.hours
        if wanted.schedule_id in {"", hours.id}
        and wanted.practitioner_id in {"", hours.practitioner_id}
        for slot in search(replace(kept.plan(wanted), availabilities=(hours,)), busy, wish).first(
            wanted.count
        )
    ]
    told = {(one.starts, one.practitioner_id, one.place_id): (one, ident) for one, ident in found}
    return tuple(_slot(*told[key]) for key in sorted(told)[: wanted.count])


class _Kept:
    """What a clinic's server keeps of who works where; what cannot be read is left out."""

    def __init__(self, store: Store, clinic: str) -> None:
        def bodies(kind: str) -> list[dict[str, Any]]:
            entries = store.search(clinic, kind, count=_EVERY).entries
            return [one.body for one in entries if one.body.get("active", True)]

        schedules, locations = bodies("Schedule"), bodies("Location")
        self.people = tuple(_read(practitioner_from_fhir, bodies("Practitioner")))
        self.hours: tuple[Availability, ...] = tuple(
            _read(availability_from_fhir, [one for one in schedules if not is_absence(one)])
        )
        self.absences: tuple[Absence, ...] = tuple(
            _read(absence_from_fhir, [one for one in schedules if is_absence(one)])
        )
        sites = [one for one in locations if not is_room(one)]
        self.places: tuple[Place, ...] = tuple(_read(place_from_fhir, sites))
        things = [*bodies("Device"), *(one for one in locations if is_room(one))]
        self.things: tuple[Resource, ...] = tuple(_read(resource_from_fhir, things))
        self.visits: tuple[VisitType, ...] = tuple(
            _read(visit_type_from_fhir, bodies("HealthcareService"))
        )

    def plan(self, wanted: Asked) -> Plan:
        first, last = (wanted.starts - _MARGIN).date(), (wanted.ends + _MARGIN).date()
        closed = {place.id: public_holidays(place, first, last) for place in self.places}
        return Plan(self.people, self.hours, self.places, self.things, self.absences, closed)


def _read(read: Callable[[dict[str, Any]], R], bodies: Iterable[dict[str, Any]]) -> Iterator[R]:
    for body in bodies:
        try:
            yield read(body)
        except WireError:
            continue


def _busy(database: db.Database, caller: Caller, wanted: Asked) -> tuple[Busy, ...]:
    """What is held or leased to others around that time, by id without the type."""
    begin, end = to_us(wanted.starts - _MARGIN), to_us(wanted.ends + _MARGIN)
    column, lease = db.holding.c, db.lease.c
    held = sa.select(
        column.subject, column.starts_us, column.ends_us, column.capacity, column.share
    )
    around = (column.clinic == caller.clinic, column.starts_us < end, column.ends_us > begin)
    others = standing(caller.clinic).where(lease.device != caller.device)
    with database.read() as connection:
        rows = connection.execute(held.where(*around)).all()
        leases = connection.execute(
            others.where(lease.starts_us < end, lease.ends_us > begin)
        ).all()
    return (
        *(Busy(row.subject.partition("/")[2], *row[1:]) for row in rows),
        *(Busy(row.subject.partition("/")[2], row.starts_us, row.ends_us) for row in leases),
    )


def _slot(slot: Slot, schedule_id: str) -> dict[str, Any]:
    """Return the Slot resource of a free time; its id follows from what it is."""
    words = f"{schedule_id}|{slot.visit_type_id}|{instant(slot.starts)}|{instant(slot.ends)}"
    body: dict[str, Any] = {
        "resourceType": "Slot",
        "id": hashlib.sha256(words.encode()).hexdigest()[:32],
        "schedule": reference("Schedule", schedule_id),
        "status": "free",
        "start": instant(slot.starts),
        "end": instant(slot.ends),
        "extension": [extension("practitioner", valueString=slot.practitioner_id)],
    }
    if slot.place_id:
        body["extension"].append(extension("place", valueString=slot.place_id))
    return body


def _ident(text: str, kind: str) -> str:
    return text.removeprefix(f"{kind}/")


def _moment(text: str) -> datetime:
    try:
        return moment(text.replace(" ", "+"), "start")
    except WireError:
        _bad("start is no instant")


def _bad(words: str) -> NoReturn:
    raise OutcomeError(400, "invalid", words)
