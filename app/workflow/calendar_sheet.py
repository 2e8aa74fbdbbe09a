"""What a calendar page shows: appointments, free times, hours and absences of some days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.accounts.permissions import Permission
from app.storage.folding import found_in
from app.storage.work import Work
from app.workflow import booking
from app.workflow.booking import CalendarEntry
from app.workflow.planned import anybody_works, read_plan
from app.workflow.session import Session
from app.workflow.settings import read_settings
from scheduling.places import Place, Resource
from scheduling.records import OCCUPYING, Appointment, AppointmentStatus, Practitioner, Slot
from scheduling.rules.opening import Stretch, stretches
from scheduling.rules.search import Plan
from scheduling.rules.slots import apart

_AHEAD = timedelta(days=28)
_MOST_FREE = 5000


@dataclass(frozen=True, slots=True)
class Scope:
    """The local days of interest, both included, and whose; empty ids and words mean all.

    ``patient`` are words of a name. ``free`` asks for free times as well, for a kind of visit and
    with those scanners and rooms. ``subjects`` are people, scanners and rooms to stand side by
    side, in their order; with them no single practitioner is asked for.
    """

    first: date
    last: date
    practitioner_id: str = ""
    place_id: str = ""
    patient: str = ""
    free: bool = False
    visit_type_id: str = ""
    resource_ids: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was found.

    ``zone`` is the IANA zone the days are meant in: that of the place asked for, else that of
    the practitioner asked for, else the clinic's. ``later`` is the start of the next appointment
    or free time where none of what was found lies ahead. ``troubled`` are the appointments of
    which some message did not arrive, for those who may know. ``hours`` says whether any of the
    people asked for has working hours at all, in these days or others.
    """

    scope: Scope
    zone: str
    entries: tuple[CalendarEntry, ...]
    slots: tuple[Slot, ...]
    stretches: tuple[Stretch, ...]
    practitioners: tuple[Practitioner, ...]
    places: tuple[Place, ...]
    holidays: frozenset[date]
    troubled: frozenset[str] = frozenset()
    later: datetime | None = None
    things: tuple[Resource, ...] = ()
    hours: bool = True


def look(session: Session, scope: Scope) -> Sheet:
    """Return what is booked, free, worked and closed in some days; cancelled visits left out."""
    session.authorize(Permission.SEE_CALENDAR)
    with session.begin() as work:
        plan = _plan(work, scope)
        zone = _zone(work, plan, scope)
        starts, ends = _instants(scope, zone)
        entries = _entries(work, plan, scope, starts, ends)
        sees = session.can(Permission.SEE_NOTICES)
        troubled = work.notices.troubled(starts, ends) if sees else frozenset()
    slots = _free(session, plan, scope, starts, ends)
    sheet = Sheet(
        scope,
        zone,
        entries,
        slots,
        _seen(plan, scope),
        plan.practitioners,
        plan.places,
        frozenset().union(*plan.holidays.values()),
        troubled,
        things=plan.resources,
        hours=_have_hours(plan, scope, session.today(zone)),
    )
    now = session.now()
    if any(one >= now for one in _begins(entries, slots)):
        return sheet
    return replace(sheet, later=_next(session, plan, scope, max(ends, now)))


def booked(work: Work, scope: Scope) -> tuple[str, tuple[CalendarEntry, ...]]:
    """Return the zone of the days asked for and what is booked in them; asks for no right."""
    plan = _plan(work, scope)
    zone = _zone(work, plan, scope)
    return zone, _entries(work, plan, scope, *_instants(scope, zone))


def _next(session: Session, plan: Plan, scope: Scope, after: datetime) -> datetime | None:
    """The next appointment or free time after what is shown, in the four weeks that follow."""
    with session.begin() as work:
        entries = _entries(work, plan, scope, after, after + _AHEAD)
    slots = _free(session, plan, scope, after, after + _AHEAD)
    return min(_begins(entries, slots), default=None)


def _begins(entries: Iterable[CalendarEntry], slots: Iterable[Slot]) -> list[datetime]:
    booked = [one.appointment for one in entries]
    return [one.starts for one in booked if one.status in OCCUPYING] + [one.starts for one in slots]


def _plan(work: Work, scope: Scope) -> Plan:
    begin = datetime.combine(scope.first, time(), UTC) - timedelta(days=1)
    return read_plan(work, begin, datetime.combine(scope.last, time(), UTC) + timedelta(days=2))


def _seen(plan: Plan, scope: Scope) -> tuple[Stretch, ...]:
    """Hours and absences; of a place asked for only what concerns it."""
    ids = [scope.practitioner_id] if scope.practitioner_id else []
    if scope.subjects:
        people = [one.id for one in plan.practitioners if one.id in scope.subjects]
        ids = [*(people or (one.id for one in plan.practitioners)), *scope.subjects]
    found = stretches(plan, scope.first, scope.last, ids)
    return tuple(
        one
        for one in found
        if not (scope.place_id and one.place_id) or one.place_id == scope.place_id
    )


def _have_hours(plan: Plan, scope: Scope, today: date) -> bool:
    ids = [scope.practitioner_id] if scope.practitioner_id else []
    ids += [one.id for one in plan.practitioners if one.id in scope.subjects]
    return anybody_works(plan.availabilities, ids, today)


def _zone(work: Work, plan: Plan, scope: Scope) -> str:
    for place in plan.places:
        if place.id == scope.place_id:
            return place.zone
    for practitioner in plan.practitioners:
        if practitioner.id == scope.practitioner_id:
            return practitioner.zone
    return read_settings(work).zone


def _instants(scope: Scope, zone: str) -> tuple[datetime, datetime]:
    begin = datetime.combine(scope.first, time(), ZoneInfo(zone))
    end = datetime.combine(scope.last + timedelta(days=1), time(), ZoneInfo(zone))
    return begin.astimezone(UTC), end.astimezone(UTC)


def _entries(
    work: Work, plan: Plan, scope: Scope, starts: datetime, ends: datetime
) -> tuple[CalendarEntry, ...]:
    wanted = frozenset(scope.subjects)
    found = [
        one
        for one in work.appointments.between(starts, ends, scope.practitioner_id)
        if one.status is not AppointmentStatus.CANCELLED
        and (not scope.place_id or one.place_id == scope.place_id)
        and (not scope.subjects or not wanted.isdisjoint((one.practitioner_id, *one.resource_ids)))
    ]
    names = work.patients.names(one.patient_id for one in found)
    people = {one.id: one.name for one in plan.practitioners}
    entries = (_entry(one, names, people) for one in found)
    if not scope.patient.strip():
        return tuple(entries)
    return tuple(one for one in entries if found_in(one.patient_name, scope.patient))


def _entry(one: Appointment, names: dict[str, str], people: dict[str, str]) -> CalendarEntry:
    return CalendarEntry(
        one,
        names.get(one.patient_id, "unknown patient"),
        people.get(one.practitioner_id, "unknown practitioner"),
    )


def _free(
    session: Session, plan: Plan, scope: Scope, starts: datetime, ends: datetime
) -> tuple[Slot, ...]:
    if not scope.free or not session.can(Permission.BOOK):
        return ()
    ids = [one.id for one in plan.practitioners if scope.practitioner_id in {"", one.id}]
    ids = [one for one in ids if one in scope.subjects] or ids
    places = [scope.place_id] if scope.place_id else []
    things = [one.id for one in plan.resources if one.id in scope.subjects]
    found = booking.find(
        session,
        starts,
        ends,
        visit_type_id=scope.visit_type_id,
        practitioner_ids=ids,
        place_ids=places,
        resource_ids=[*scope.resource_ids, *things],
        limit=_MOST_FREE,
    )
    by_person = (apart(one for one in found if one.practitioner_id == each) for each in ids)
    return tuple(sorted(slot for slots in by_person for slot in slots))
