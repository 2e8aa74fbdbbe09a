"""Who and what is held when, and whether one more fits: the rule against double booking.

The same rule stands in the workstation's database (app.storage.occupancy) and in the server's
transaction (sync.server.holding); the tests hold the three against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from scheduling.places import Busy, Hold, VisitType, fits
from scheduling.records import OCCUPYING, Appointment
from scheduling.rules.spans import MINUTE_US, Instants, meets, to_us, united

Spans = tuple[Instants, Instants]


def busy_of(appointment: Appointment, capacities: Mapping[str, int]) -> tuple[Busy, ...]:
    """What an appointment holds: nothing unless its status occupies.

    Parameters
    ----------
    capacities
        By resource id; a resource not named takes one visit at a time.
    """
    if appointment.status not in OCCUPYING:
        return ()
    starts, ends = to_us(appointment.starts), to_us(appointment.ends)
    begins = starts - appointment.before_minutes * MINUTE_US
    until = ends + appointment.after_minutes * MINUTE_US
    share = share_of(appointment.visit_type_id, appointment.capacity, starts, ends)
    person = Busy(
        appointment.practitioner_id, begins, until, appointment.capacity, share, appointment.id
    )
    things = (
        Busy(one, begins, until, capacities.get(one, 1), "", appointment.id)
        for one in appointment.resource_ids
    )
    return (person, *things)


def busy_of_hold(
    hold: Hold, visit: VisitType | None, capacities: Mapping[str, int]
) -> tuple[Busy, ...]:
    """What a slot kept for somebody holds, as if it were booked."""
    starts, ends = to_us(hold.starts), to_us(hold.ends)
    before, after, capacity = (
        (visit.before_minutes, visit.after_minutes, visit.capacity) if visit else (0, 0, 1)
    )
    begins, until = starts - before * MINUTE_US, ends + after * MINUTE_US
    share = share_of(hold.visit_type_id, capacity, starts, ends)
    person = Busy(hold.practitioner_id, begins, until, capacity, share, hold.id)
    things = (
        Busy(one, begins, until, capacities.get(one, 1), "", hold.id) for one in hold.resource_ids
    )
    return (person, *things)


def share_of(visit_type_id: str, capacity: int, starts_us: int, ends_us: int) -> str:
    """What visits must have in common to be one group; empty where no group is."""
    return f"{visit_type_id}@{starts_us}-{ends_us}" if capacity > 1 else ""


class Diary:
    """What is held, by subject, made ready for asking about many times at once."""

    def __init__(self, busy: Iterable[Busy]) -> None:
        self._rows: dict[str, list[Busy]] = defaultdict(list)
        for row in busy:
            self._rows[row.subject_id].append(row)
        self._full: dict[tuple[str, int], Spans] = {}

    def taken(
        self, subject_id: str, starts: Instants, ends: Instants, capacity: int = 1
    ) -> npt.NDArray[np.bool_]:
        """Whether one more visit of no group does not fit at each [start, end)."""
        return meets(starts, ends, self._full_spans(subject_id, capacity))

    def open_groups(self, subject_id: str, visit: VisitType) -> frozenset[int]:
        """When a group of that type begins that has room for one more, in microseconds."""
        rows = self._rows.get(subject_id, ())
        found = set()
        for share in {row.share for row in rows if row.share}:
            kind, _, span = share.rpartition("@")
            starts, _, ends = span.partition("-")
            if kind != visit.id or int(ends) - int(starts) != visit.minutes * MINUTE_US:
                continue
            begins = int(starts) - visit.before_minutes * MINUTE_US
            until = int(ends) + visit.after_minutes * MINUTE_US
            if fits(Busy(subject_id, begins, until, visit.capacity, share), rows):
                found.add(int(starts))
        return frozenset(found)

    def _full_spans(self, subject_id: str, capacity: int) -> Spans:
        key = (subject_id, capacity)
        if key not in self._full:
            rows = self._rows.get(subject_id, [])
            if capacity == 1 or all(row.capacity == 1 or row.share for row in rows):
                self._full[key] = united(row[1:3] for row in rows)
            else:
                self._full[key] = united(_full(rows, capacity))
        return self._full[key]


def _full(rows: Sequence[Busy], capacity: int) -> Iterator[tuple[int, int]]:
    """Spans at which one more of that capacity does not fit; a group is full for all others."""
    edges = sorted((at, begins, row) for row in rows for begins, at in enumerate(row[2:0:-1]))
    there: list[Busy] = []
    for (at, begins, row), (until, _, _) in pairwise(edges):
        if begins:
            there.append(row)
        else:
            there.remove(row)
        grouped = any(one.share for one in there)
        limit = min([capacity, *(one.capacity for one in there)])
        if until > at and there and (grouped or len(there) >= limit):
            yield at, until
