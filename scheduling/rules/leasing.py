"""Which free time a workstation keeps for itself, so that it may book there for good offline.

Of each stretch of working hours the last free cells, as many as the share says: mornings fill
first, so what is kept back is what is least asked for. What is kept already stays kept, and is
given back when more than one cell beyond the share. Blocks reach over the longest buffers where
those are free, and take one free scanner or room of each kind that visits there need.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling.places import Busy, VisitType
from scheduling.rules.opening import Shade, Stretch, stretches
from scheduling.rules.search import Plan
from scheduling.rules.slots import LEAD
from scheduling.rules.spans import MINUTE_US, from_us, to_us

Cell = tuple[int, int]
_UTC = ZoneInfo("UTC")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Share:
    """How much is kept: ``percent`` of the free cells between two instants, of some people.

    No ids: of everybody.
    """

    percent: int
    starts: datetime
    ends: datetime
    practitioner_ids: frozenset[str] = frozenset()


def choose(
    plan: Plan,
    busy: Iterable[Busy],
    held: Iterable[Busy],
    visits: Sequence[VisitType],
    share: Share,
) -> tuple[Busy, ...]:
    """Return the blocks to keep, as times of practitioners and resources.

    Parameters
    ----------
    busy
        What is booked, and what others keep.
    held
        What this workstation keeps already.
    """
    if share.percent <= 0:
        return ()
    taken, mine = _by_subject(busy), _by_subject(held)
    kept: defaultdict[str, list[Cell]] = defaultdict(list)
    visits_of = _visits_by_hours(plan, visits)
    for stretch, away in _working(plan, share):
        kinds = visits_of[stretch.source_id]
        before = max((one.before_minutes for one in kinds), default=0) * MINUTE_US
        after = max((one.after_minutes for one in kinds), default=0) * MINUTE_US
        who = stretch.practitioner_id
        rows = _near(taken[who], stretch, before + after)
        free = [cell for cell in _cells(stretch, share) if not _meets(cell, (*away, *rows))]
        for starts, ends in _joined(_chosen(free, mine[who], share.percent)):
            reach = (starts - before, ends + after)
            met = _meets(reach, rows) or _meets(reach, kept[who])
            span = (starts, ends) if met else reach
            kept[who].append(span)
            for thing in _things(plan, stretch, kinds, span, taken, mine, kept):
                kept[thing].append(span)
    return tuple(Busy(who, *span) for who, spans in kept.items() for span in spans)


def _working(plan: Plan, share: Share) -> Iterator[tuple[Stretch, list[Cell]]]:
    """Hours worked in that time, each with what takes from it."""
    first, last = (at.astimezone(_UTC).date() for at in (share.starts, share.ends))
    known = stretches(plan, first - _DAY, last + _DAY, share.practitioner_ids)
    away: defaultdict[tuple[str, str], list[Cell]] = defaultdict(list)
    for one in known:
        if one.shade in {Shade.AWAY, Shade.CLOSED}:
            span = (to_us(one.starts), to_us(one.ends))
            away[one.practitioner_id, one.place_id].append(span)
    for one in known:
        if one.shade is Shade.WORKING and one.slot_minutes:
            who, where = one.practitioner_id, one.place_id
            there = away[who, where] if where else []
            yield one, [*away[who, ""], *there]


def _near(rows: Iterable[Cell], stretch: Stretch, margin_us: int) -> list[Cell]:
    begin, end = to_us(stretch.starts) - margin_us, to_us(stretch.ends) + margin_us
    return [row for row in rows if row[0] < end and begin < row[1]]


def _cells(stretch: Stretch, share: Share) -> Iterator[Cell]:
    step = stretch.slot_minutes * MINUTE_US
    earliest, latest = to_us(share.starts + LEAD), to_us(share.ends)
    start, end = to_us(stretch.starts), to_us(stretch.ends)
    while start + step <= end:
        if start >= earliest and start + step <= latest:
            yield start, start + step
        start += step


def _chosen(free: Sequence[Cell], mine: Sequence[Cell], percent: int) -> list[Cell]:
    """The cells to keep: those kept already first, then the latest."""
    wanted = (len(free) * percent + 50) // 100
    kept = [cell for cell in free if any(s <= cell[0] and cell[1] <= e for s, e in mine)]
    if len(kept) > wanted + 1 or not wanted:
        return kept[len(kept) - wanted :] if wanted else []
    rest = [cell for cell in free if cell not in kept]
    more = max(0, wanted - len(kept))
    return sorted([*kept, *rest[len(rest) - more :]])


def _joined(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Cells that touch, as one."""
    starts = ends = 0
    for begin, end in cells:
        if begin != ends:
            if ends:
                yield starts, ends
            starts = begin
        ends = end
    if ends:
        yield starts, ends


def _things(
    plan: Plan,
    stretch: Stretch,
    visits: Iterable[VisitType],
    span: Cell,
    taken: Mapping[str, Sequence[Cell]],
    mine: Mapping[str, Sequence[Cell]],
    kept: Mapping[str, Sequence[Cell]],
) -> Iterator[str]:
    """One free resource of each kind needed there; one that is kept already comes first."""
    needed = {kind for visit in visits for kind in visit.needs}
    first, last = (from_us(at).date() for at in span)
    shut = {
        one.subject_id
        for one in plan.absences
        if one.first_day - _DAY <= last and first <= one.last_day + _DAY
    }
    for kind in sorted(needed):
        fitting = [
            one
            for one in plan.resources
            if one.kind is kind
            and one.place_id == stretch.place_id
            and one.active
            and one.id not in shut
            and not _meets(span, taken[one.id])
            and not _meets(span, kept[one.id])
        ]
        fitting.sort(key=lambda one: (not _meets(span, mine[one.id]), one.id))
        if fitting:
            yield fitting[0].id


def _visits_by_hours(plan: Plan, visits: Iterable[VisitType]) -> dict[str, list[VisitType]]:
    active = [one for one in visits if one.active]
    return {
        hours.id: [
            one for one in active if not hours.visit_type_ids or one.id in hours.visit_type_ids
        ]
        for hours in plan.availabilities
    }


def _by_subject(rows: Iterable[Busy]) -> defaultdict[str, list[Cell]]:
    found: defaultdict[str, list[Cell]] = defaultdict(list)
    for row in rows:
        found[row.subject_id].append((row.starts_us, row.ends_us))
    return found


def _meets(cell: Cell, spans: Iterable[Cell]) -> bool:
    return any(start < cell[1] and cell[0] < end for start, end in spans)
