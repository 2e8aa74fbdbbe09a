"""Free times of many practitioners at many places, with everything a visit needs.

A time is free if the practitioner works then at that place for that visit, neither they nor the
place is away, it is no public holiday there, and the visit with its buffers fits beside what is
held of the practitioner and of one resource of each kind needed. Lead time and horizon bound it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice, repeat
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from scheduling.places import Absence, Busy, Place, Resource, ResourceKind, VisitType
from scheduling.records import Availability, Practitioner, Slot
from scheduling.rules.closures import away
from scheduling.rules.occupancy import Diary, Spans
from scheduling.rules.slots import LEAD
from scheduling.rules.spans import MINUTE_US, Instants, from_us, meets, starts_us, to_us

_NEVER: Spans = (np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class Plan:
    """Who works where and when; ``holidays`` by place id."""

    practitioners: tuple[Practitioner, ...]
    availabilities: tuple[Availability, ...]
    places: tuple[Place, ...] = ()
    resources: tuple[Resource, ...] = ()
    absences: tuple[Absence, ...] = ()
    holidays: Mapping[str, frozenset[date]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for: visits wholly within [starts, ends), aware instants.

    Without ``visit`` a visit takes ``slot_minutes`` of the hours it lies in and needs nothing else.
    Empty sets of ids are open. ``lead`` is the least time from ``now`` to the start.
    """

    starts: datetime
    ends: datetime
    now: datetime
    visit: VisitType | None = None
    practitioner_ids: frozenset[str] = frozenset()
    place_ids: frozenset[str] = frozenset()
    lead: timedelta = LEAD


@dataclass(frozen=True, slots=True)
class _Run:
    """Free starts of one practitioner at one place for visits of one length."""

    practitioner_id: str
    place_id: str
    minutes: int
    starts: Instants


class FreeTimes:
    """The times found; slots are made only when asked for, in order of time."""

    def __init__(self, runs: list[_Run], seen: _Seen) -> None:
        self._runs = [run for run in runs if len(run.starts)]
        self._seen = seen

    def __len__(self) -> int:
        return sum(len(run.starts) for run in self._runs)

    def first(self, limit: int) -> tuple[Slot, ...]:
        """The first so many slots by start, then practitioner."""
        return self._made(list(islice(self._places(), limit)))

    def nearest(self, wanted: datetime, count: int) -> tuple[Slot, ...]:
        """The slots that start nearest to a time, in order of time; one for each start."""
        every = dict(reversed([*self._places()]))
        wanted_us = to_us(wanted)
        near = sorted(every, key=lambda at: (abs(at - wanted_us), at))[:count]
        return self._made([(at, every[at]) for at in sorted(near)])

    def same(self, slot: Slot) -> Slot | None:
        """The slot of the same times, practitioner and place, or None if it is not free.

        Its resources are those of the slot given where they are free.
        """
        start, end = to_us(slot.starts), to_us(slot.ends)
        for run in self._runs:
            same = (run.practitioner_id, run.place_id) == (slot.practitioner_id, slot.place_id)
            if same and start + run.minutes * MINUTE_US == end and start in run.starts:
                return self._made([(start, run)], frozenset(slot.resource_ids))[0]
        return None

    def _places(self) -> Iterator[tuple[int, _Run]]:
        if not self._runs:
            return
        runs = sorted(self._runs, key=lambda run: (run.practitioner_id, run.place_id, run.minutes))
        starts = np.concatenate([run.starts for run in runs])
        owner = np.repeat(np.arange(len(runs)), [len(run.starts) for run in runs])
        for index in np.argsort(starts, kind="stable"):
            yield int(starts[index]), runs[owner[index]]

    def _made(
        self, places: Sequence[tuple[int, _Run]], wanted: frozenset[str] = frozenset()
    ) -> tuple[Slot, ...]:
        visit = self._seen.wish.visit
        chosen: dict[tuple[str, int], Iterator[tuple[str, ...]]] = {}
        for key in {(run.place_id, run.minutes) for _, run in places}:
            mine = [at for at, run in places if (run.place_id, run.minutes) == key]
            chosen[key] = self._seen.chosen(*key, np.array(mine, np.int64), wanted)
        return tuple(
            Slot(
                from_us(at),
                from_us(at + run.minutes * MINUTE_US),
                run.practitioner_id,
                run.place_id,
                visit.id if visit else "",
                next(chosen[run.place_id, run.minutes]),
            )
            for at, run in places
        )


def search(plan: Plan, busy: Iterable[Busy], wish: Wish) -> FreeTimes:
    """Every free time that fits the wish.

    Parameters
    ----------
    busy
        What is held already: of appointments (`busy_of`) and of slots kept for others.
    """
    seen = _Seen(plan, Diary(busy), wish)
    hours: dict[tuple[str, str, int], list[Availability]] = defaultdict(list)
    for one in plan.availabilities:
        if _serves(one, wish):
            minutes = wish.visit.minutes if wish.visit else one.slot_minutes
            hours[one.practitioner_id, one.place_id, minutes].append(one)
    runs = []
    for practitioner in plan.practitioners:
        if wish.practitioner_ids and practitioner.id not in wish.practitioner_ids:
            continue
        for (practitioner_id, place_id, minutes), found in hours.items():
            if practitioner_id == practitioner.id and seen.open_place(place_id):
                runs.append(seen.run(practitioner, place_id, minutes, found))
    return FreeTimes(seen.served(runs), seen)


def _serves(availability: Availability, wish: Wish) -> bool:
    if wish.place_ids and availability.place_id not in wish.place_ids:
        return False
    wanted = wish.visit.id if wish.visit else ""
    return not availability.visit_type_ids or wanted in availability.visit_type_ids


class _Seen:
    """One search: the plan read on the clocks of its places."""

    def __init__(self, plan: Plan, diary: Diary, wish: Wish) -> None:
        self.wish = wish
        self._plan = plan
        self._diary = diary
        self._places = {place.id: place for place in plan.places}
        self._away: dict[str, Mapping[str, Spans]] = {}
        self._things: dict[tuple[str, ResourceKind], list[Resource]] = defaultdict(list)
        for thing in plan.resources:
            if thing.active:
                self._things[thing.place_id, thing.kind].append(thing)
        visit = wish.visit
        self._before = visit.before_minutes * MINUTE_US if visit else 0
        self._after = visit.after_minutes * MINUTE_US if visit else 0
        self._earliest = max(to_us(wish.starts), to_us(wish.now + wish.lead))
        self._latest = to_us(wish.ends)
        if visit:
            self._horizon = to_us(wish.now + timedelta(days=visit.horizon_days))
        else:
            self._horizon = self._latest

    def open_place(self, place_id: str) -> bool:
        """Whether visits happen there; hours without a place are the practitioner's own."""
        return not place_id or (place_id in self._places and self._places[place_id].active)

    def run(
        self, practitioner: Practitioner, place_id: str, minutes: int, hours: list[Availability]
    ) -> _Run:
        zone = self._places[place_id].zone if place_id else practitioner.zone
        length = timedelta(minutes=minutes)
        first, last = (
            at.astimezone(ZoneInfo(zone)).date() for at in (self.wish.starts, self.wish.ends)
        )
        holidays = self._plan.holidays.get(place_id, frozenset())
        found = [
            starts_us(
                one,
                zone,
                first,
                last,
                length=length,
                closed_days=frozenset() if one.on_holidays else holidays,
            )
            for one in hours
        ]
        starts = np.sort(np.concatenate(found))
        starts = starts[np.diff(starts, prepend=-1) != 0]
        ends = starts + minutes * MINUTE_US
        kept = (starts >= self._earliest) & (ends <= self._latest) & (starts <= self._horizon)
        starts = starts[kept]
        closed = self._closed(zone)
        for subject in (practitioner.id, place_id):
            ends = starts + minutes * MINUTE_US
            starts = starts[~meets(starts, ends, closed.get(subject, _NEVER))]
        starts = starts[self._free_of(practitioner.id, starts, minutes)]
        return _Run(practitioner.id, place_id, minutes, starts)

    def served(self, runs: Iterable[_Run]) -> list[_Run]:
        """The runs without starts at which a resource that is needed is not free."""
        needs = self.wish.visit.needs if self.wish.visit else ()
        by_place: dict[tuple[str, int], list[_Run]] = defaultdict(list)
        for run in runs:
            by_place[run.place_id, run.minutes].append(run)
        kept = []
        for (place_id, minutes), same in by_place.items():
            starts = np.concatenate([run.starts for run in same])
            free = np.ones(len(starts), np.bool_)
            for kind in needs:
                things = self._things[place_id, kind]
                free[free] = self._choice(things, starts[free], minutes) >= 0
            parts = np.split(free, np.cumsum([len(run.starts) for run in same])[:-1])
            kept += [
                replace(run, starts=run.starts[part]) for run, part in zip(same, parts, strict=True)
            ]
        return kept

    def chosen(
        self, place_id: str, minutes: int, starts: Instants, wanted: frozenset[str]
    ) -> Iterator[tuple[str, ...]]:
        """One free resource of each kind needed for each start that is free, wanted ones first."""
        ids = []
        for kind in self.wish.visit.needs if self.wish.visit else ():
            things = sorted(self._things[place_id, kind], key=lambda one: one.id not in wanted)
            ids.append([things[index].id for index in self._choice(things, starts, minutes)])
        return zip(*ids, strict=True) if ids else repeat((), len(starts))

    def _choice(
        self, things: Sequence[Resource], starts: Instants, minutes: int
    ) -> npt.NDArray[np.intp]:
        """Which of the resources is the first that is free at each start; -1 where none is."""
        choice = np.full(len(starts), -1)
        for index, thing in enumerate(things):
            left = np.flatnonzero(choice < 0)
            choice[left[self._thing_free(thing, starts[left], minutes)]] = index
        return choice

    def _thing_free(self, thing: Resource, starts: Instants, minutes: int) -> npt.NDArray[np.bool_]:
        ends = starts + minutes * MINUTE_US
        place = self._places.get(thing.place_id)
        closed = self._closed(place.zone).get(thing.id, _NEVER) if place else _NEVER
        taken = self._diary.taken(
            thing.id, starts - self._before, ends + self._after, thing.capacity
        )
        return ~taken & ~meets(starts, ends, closed)

    def _free_of(
        self, practitioner_id: str, starts: Instants, minutes: int
    ) -> npt.NDArray[np.bool_]:
        ends = starts + minutes * MINUTE_US
        free = ~self._diary.taken(practitioner_id, starts - self._before, ends + self._after)
        visit = self.wish.visit
        if visit is not None and visit.capacity > 1:
            groups = self._diary.open_groups(practitioner_id, visit)
            free |= np.isin(starts, np.array(sorted(groups), np.int64))
        return free

    def _closed(self, zone: str) -> Mapping[str, Spans]:
        if zone not in self._away:
            known = ZoneInfo(zone)
            first, last = (at.astimezone(known).date() for at in (self.wish.starts, self.wish.ends))
            self._away[zone] = away(self._plan.absences, zone, first, last)
        return self._away[zone]
