"""When each practitioner works, is away or finds the place closed: what a calendar shades."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from scheduling.places import Absence
from scheduling.records import Availability
from scheduling.rules.search import Plan
from scheduling.rules.spans import closed_spans, from_us


class Shade(StrEnum):
    """What a stretch of time is to a practitioner."""

    WORKING = "working"
    HOLIDAY = "holiday"
    AWAY = "away"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time of one practitioner; instants are aware UTC.

    ``source_id`` is the availability (WORKING, HOLIDAY) or the absence (AWAY, CLOSED) it comes
    from. HOLIDAY are hours that fall out because the place keeps a public holiday. Visits begin
    every ``slot_minutes`` of WORKING hours.
    """

    practitioner_id: str
    starts: datetime
    ends: datetime
    shade: Shade
    source_id: str
    place_id: str = ""
    text: str = ""
    slot_minutes: int = 0


def stretches(
    plan: Plan, first: date, last: date, practitioner_ids: Iterable[str] = ()
) -> tuple[Stretch, ...]:
    """Working hours and what takes from them, from the first to the last local day.

    A closed place counts during the hours worked there. No ids: everybody of the plan. Of scanners
    and rooms, by id, maintenance; ``practitioner_id`` is theirs then.
    """
    wanted = frozenset(practitioner_ids) or {one.id for one in plan.practitioners}
    found: list[Stretch] = []
    for hours in plan.availabilities:
        if hours.practitioner_id in wanted:
            found += _of_hours(plan, hours, first, last)
    for practitioner in plan.practitioners:
        if practitioner.id in wanted:
            for absence in plan.absences:
                if absence.subject_id == practitioner.id:
                    found += _away(absence, practitioner.zone, first, last)
    zones = {one.id: one.zone for one in plan.places}
    for thing in plan.resources:
        for absence in plan.absences:
            if thing.id in wanted and absence.subject_id == thing.id:
                found += _away(absence, zones.get(thing.place_id, "UTC"), first, last)
    return tuple(sorted(found, key=lambda one: (one.starts, one.practitioner_id, one.shade)))


def _of_hours(plan: Plan, hours: Availability, first: date, last: date) -> Iterator[Stretch]:
    zone = _zone(plan, hours)
    closed = [one for one in plan.absences if hours.place_id and one.subject_id == hours.place_id]
    kept = plan.holidays.get(hours.place_id, frozenset())
    latest = last if hours.until is None else min(last, hours.until)
    day = max(first, hours.from_day)
    day += timedelta(days=(hours.weekday - day.weekday()) % 7)
    while day <= latest:
        falls_out = day in kept and not hours.on_holidays
        shade = Shade.HOLIDAY if falls_out else Shade.WORKING
        for begin, end in closed_spans(day, day, hours.starts, hours.ends, zone):
            starts, ends = from_us(int(begin)), from_us(int(end))
            who, where = hours.practitioner_id, hours.place_id
            yield Stretch(who, starts, ends, shade, hours.id, where, "", hours.slot_minutes)
            for absence in closed:
                for one in _away(absence, zone, day, day):
                    start, stop = max(one.starts, starts), min(one.ends, ends)
                    if start < stop:
                        yield Stretch(
                            who, start, stop, Shade.CLOSED, absence.id, where, absence.reason
                        )
        day += timedelta(days=7)


def _away(absence: Absence, zone: str, first: date, last: date) -> Iterator[Stretch]:
    begin, end = max(first, absence.first_day), min(last, absence.last_day)
    if begin > end:
        return
    for start, stop in closed_spans(begin, end, absence.starts, absence.ends, zone):
        yield Stretch(
            absence.subject_id,
            from_us(int(start)),
            from_us(int(stop)),
            Shade.AWAY,
            absence.id,
            text=absence.reason,
        )


def _zone(plan: Plan, hours: Availability) -> str:
    for place in plan.places:
        if place.id == hours.place_id:
            return place.zone
    for practitioner in plan.practitioners:
        if practitioner.id == hours.practitioner_id:
            return practitioner.zone
    return "UTC"
