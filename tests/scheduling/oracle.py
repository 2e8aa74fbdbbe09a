"""Free times found by looking at every minute, knowing nothing of spans, arrays or offsets.

Beside it random clinics around the days when the clock changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from scheduling.places import Absence, Place, Resource, ResourceKind, VisitType
from scheduling.records import Appointment, AppointmentStatus, Availability, Practitioner, Slot
from scheduling.rules.search import Plan, Wish
from tests.scheduling.test_slots import ALL, DAY, LONG_AGO, MINUTE, clock_faces

HOLDING = {AppointmentStatus.PENDING, AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED}


@dataclass(frozen=True)
class Situation:
    plan: Plan
    appointments: tuple[Appointment, ...]
    wish: Wish

    @property
    def capacities(self) -> dict[str, int]:
        return {one.id: one.capacity for one in self.plan.resources}


def situation(random: Random) -> Situation:
    """A clinic of two places, three people, some resources and a full diary."""
    zone, change = random.choice(ALL)
    starts = change - DAY / 2
    zones = (zone, zone if random.random() < 0.5 else random.choice(ALL)[0])
    places = tuple(Place(f"pl-{n}", f"Place {n}", zones[n]) for n in (0, 1))
    resources = tuple(
        Resource(f"{kind}-{n}-{m}", f"pl-{n}", kind, kind, random.choice([1, 1, 2]))
        for n in (0, 1)
        for kind in ResourceKind
        for m in range(random.choice([0, 1, 2, 2]))
    )
    visit = _visit(random)
    people = tuple(Practitioner(f"dr-{n}", f"Dr {n}", "", zone) for n in range(3))
    hours = tuple(_hours(random, n, starts.date()) for n in range(random.randint(2, 9)))
    absences = tuple(
        _absence(random, n, starts.date(), [*people, *places, *resources])
        for n in range(random.choice([0, 0, 1, 2, 3]))
    )
    day = starts.date() + random.randint(0, 1) * DAY
    plan = Plan(
        people, hours, places, resources, absences, {"pl-0": frozenset({day})} if visit else {}
    )
    now = starts + random.randint(-300, 300) * MINUTE
    lead = random.choice([0, 30, 60]) * MINUTE
    wish = Wish(starts, starts + DAY, now, visit, lead=lead)
    if random.random() < 0.2:
        wish = replace(wish, practitioner_ids=frozenset({"dr-0"}))
    empty = Situation(plan, (), wish)
    return replace(empty, appointments=_appointments(random, empty))


def _visit(random: Random) -> VisitType | None:
    if random.random() < 0.15:
        return None
    return VisitType(
        "mri",
        "MRI",
        random.choice([20, 30, 45, 60]),
        before_minutes=random.choice([0, 0, 5, 15]),
        after_minutes=random.choice([0, 0, 10]),
        capacity=random.choice([1, 1, 3]),
        needs=tuple(kind for kind in ResourceKind if random.random() < 0.45),
    )


def _hours(random: Random, n: int, day: date) -> Availability:
    opens = random.randint(0, 20 * 12) * 5
    closes = min(opens + random.randint(6, 120) * 5, 23 * 60 + 59)
    return Availability(
        f"av-{n}",
        random.choice(["dr-0", "dr-0", "dr-1", "dr-2"]),
        (day.weekday() + random.choice([0, 0, 1, 1, 5])) % 7,
        time(*divmod(opens, 60)),
        time() if closes % 11 == 0 else time(*divmod(max(closes, opens + 30), 60)),
        random.choice([10, 15, 30, 45]),
        LONG_AGO,
        place_id=random.choice(["", "pl-0", "pl-0", "pl-0", "pl-1"]),
        visit_type_ids=random.choice([(), (), ("mri",), ("other",)]),
        on_holidays=random.random() < 0.3,
    )


def _absence(random: Random, n: int, day: date, subjects: list) -> Absence:
    first = day + timedelta(days=random.randint(-1, 1))
    last = first + timedelta(days=random.randint(0, 2))
    whole = random.random() < 0.3
    opens = random.randint(0, 22 * 60)
    starts, ends = time(*divmod(opens, 60)), time(*divmod(opens + random.randint(5, 90), 60))
    ends = time() if opens % 11 == 0 else ends
    span = (None, None) if whole else (starts, ends)
    return Absence(f"ab-{n}", random.choice(subjects).id, first, last, *span)


def _appointments(random: Random, empty: Situation) -> tuple[Appointment, ...]:
    """Some at times that are worked, some in groups, some anywhere."""
    plan, visit = empty.plan, empty.wish.visit
    worked = list(_worked(empty))
    made: list[Appointment] = []
    for n in range(random.randint(0, 10)):
        begin = empty.wish.starts + random.randint(-10, 280) * 5 * MINUTE
        length = visit.minutes if visit and random.random() < 0.6 else random.randint(1, 90)
        who = random.choice(plan.practitioners).id
        group = visit is not None and visit.capacity > 1 and random.random() < 0.7
        if worked and random.random() < 0.6:
            hours, length, begin = random.choice(worked)
            who = hours.practitioner_id
        rooms = random.sample(plan.resources, min(len(plan.resources), random.randint(0, 2)))
        used = tuple(one.id for one in rooms)
        if made and random.random() < 0.4:
            begin, length, used = made[-1].starts, _length(made[-1]), made[-1].resource_ids
            who = random.choice([who, made[-1].practitioner_id])
        made.append(
            Appointment(
                f"t-{n}",
                "p",
                who,
                begin,
                begin + length * MINUTE,
                random.choice([*HOLDING, *HOLDING, *AppointmentStatus]),
                "x",
                begin,
                resource_ids=used,
                before_minutes=random.choice([0, 0, 5]),
                after_minutes=random.choice([0, 0, 10]),
                visit_type_id="mri" if group else random.choice(["", "mri"]),
                capacity=3 if group else 1,
            )
        )
    return tuple(made)


def _length(appointment: Appointment) -> int:
    return (appointment.ends - appointment.starts) // MINUTE


def free_times(case: Situation) -> set[tuple[datetime, datetime, str, str]]:
    """Start, end, practitioner and place of everything free, minute by minute."""
    return {
        (begin, begin + length * MINUTE, hours.practitioner_id, hours.place_id)
        for hours, length, begin in _worked(case)
        if _untaken(case, hours, length, begin)
    }


def _worked(case: Situation) -> Iterator[tuple[Availability, int, datetime]]:
    wish, visit = case.wish, case.wish.visit
    for hours in case.plan.availabilities:
        wanted = visit.id if visit else ""
        if hours.visit_type_ids and wanted not in hours.visit_type_ids:
            continue
        if wish.practitioner_ids and hours.practitioner_id not in wish.practitioner_ids:
            continue
        length = visit.minutes if visit else hours.slot_minutes
        for begin in _begins(case, hours, length):
            early = begin < wish.now + wish.lead
            late = visit is not None and begin > wish.now + timedelta(days=visit.horizon_days)
            if begin >= wish.starts and begin + length * MINUTE <= wish.ends and not early | late:
                yield hours, length, begin


def _begins(case: Situation, hours: Availability, length: int) -> Iterator[datetime]:
    zone = zone_at(case.plan, hours)
    faces = clock_faces(zone, case.wish.starts, case.wish.ends)
    shown = faces_by_instant(zone, case.wish.starts, case.wish.ends)
    for wall in sorted(faces):
        opening = datetime.combine(wall.date(), hours.starts)
        closing = datetime.combine(wall.date(), hours.ends)
        if hours.ends == time():
            closing += timedelta(days=1)
        inside = opening <= wall and wall + length * MINUTE <= closing
        grid = (wall - opening) % (hours.slot_minutes * MINUTE) == timedelta()
        free_day = hours.on_holidays or wall.date() not in case.plan.holidays.get(
            hours.place_id, ()
        )
        if not (inside and grid and free_day and wall.weekday() == hours.weekday):
            continue
        for instant in faces[wall]:
            run = [shown.get(instant + k * MINUTE) for k in range(length)]
            if all(face is not None and wall <= face < wall + length * MINUTE for face in run):
                yield instant
                break


def zone_at(plan: Plan, hours: Availability) -> str:
    places = {one.id: one.zone for one in plan.places}
    people = {one.id: one.zone for one in plan.practitioners}
    return places[hours.place_id] if hours.place_id else people[hours.practitioner_id]


@cache
def faces_by_instant(zone: str, starts: datetime, ends: datetime) -> Mapping[datetime, datetime]:
    faces = clock_faces(zone, starts, ends)
    return {instant: wall for wall, instants in faces.items() for instant in instants}


def _untaken(case: Situation, hours: Availability, length: int, begin: datetime) -> bool:
    plan, visit = case.plan, case.wish.visit
    zone = zone_at(plan, hours)
    minutes = [begin + k * MINUTE for k in range(length)]
    if any(_is_away(plan, {hours.practitioner_id, hours.place_id}, zone, one) for one in minutes):
        return False
    before, after = (visit.before_minutes, visit.after_minutes) if visit else (0, 0)
    busy = [begin + k * MINUTE for k in range(-before, length + after)]
    group = visit if visit and visit.capacity > 1 else None
    end = begin + length * MINUTE
    for minute in busy:
        there = holders(case, hours.practitioner_id, minute)
        together = group is not None and all(
            (one.visit_type_id, one.starts, one.ends) == (group.id, begin, end) and one.capacity > 1
            for one in there
        )
        most = min([group.capacity, *(one.capacity for one in there)]) if group else 1
        if there and not (together and len(there) < most):
            return False
    return all(
        any(_thing_free(case, one, zone, busy, minutes) for one in _things(plan, kind, hours))
        for kind in (visit.needs if visit else ())
    )


def _things(plan: Plan, kind: ResourceKind, hours: Availability) -> list[Resource]:
    return [one for one in plan.resources if (one.kind, one.place_id) == (kind, hours.place_id)]


def _thing_free(
    case: Situation, thing: Resource, zone: str, busy: list[datetime], minutes: list[datetime]
) -> bool:
    return all(len(holders(case, thing.id, one)) < thing.capacity for one in busy) and not any(
        _is_away(case.plan, {thing.id}, zone, one) for one in minutes
    )


def holders(case: Situation, subject: str, minute: datetime) -> list[Appointment]:
    return [
        one
        for one in case.appointments
        if one.status in HOLDING and subject in {one.practitioner_id, *one.resource_ids}
        if (span := held(one))[0] <= minute < span[1]
    ]


def held(one: Appointment) -> tuple[datetime, datetime]:
    """From preparation to clearing up."""
    return one.starts - one.before_minutes * MINUTE, one.ends + one.after_minutes * MINUTE


def _is_away(plan: Plan, subjects: set[str], zone: str, minute: datetime) -> bool:
    wall = minute.astimezone(ZoneInfo(zone))
    return any(
        one.subject_id in subjects
        and one.first_day <= wall.date() <= one.last_day
        and (one.starts is None or one.starts <= wall.time())
        and (one.ends is None or one.ends == time() or wall.time() < one.ends)
        for one in plan.absences
    )


def key(slot: Slot) -> tuple[datetime, datetime, str, str]:
    return slot.starts, slot.ends, slot.practitioner_id, slot.place_id
