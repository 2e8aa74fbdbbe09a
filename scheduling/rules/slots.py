"""Working slots: weekly wall-time availability made into instants.

Availability is kept in wall time ("Mondays 09:00 to 12:00") because that is what people mean;
slots are instants in UTC because that is what can be compared. Between the two stands the clock
of the practitioner's zone, which twice a year skips or repeats part of a day.

The rule: an availability is cut into cells of ``slot_minutes`` on the wall clock. A cell is a
slot if some instant starts it from which the clock stays inside the cell for its whole length;
if the repeated hour offers two such instants, the first. So a cell cut by skipped time is
dropped, a cell in repeated time is offered once, cells never overlap, and no slot ever reaches
outside the availability. All arithmetic is done in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.records import MIDNIGHT, Availability, Practitioner, Slot

LEAD = timedelta(hours=1)
"""The least time between now and an offered slot."""


def working_slots(
    availabilities: Iterable[Availability],
    practitioner: Practitioner,
    starts: datetime,
    ends: datetime,
) -> tuple[Slot, ...]:
    """Every slot the practitioner works that lies within [starts, ends), taken or not.

    Parameters
    ----------
    availabilities
        Those of other practitioners are ignored.
    starts, ends
        Aware instants.

    Returns
    -------
    tuple of Slot
        In order of time, each once, in UTC. Two availabilities that overlap give slots
        that overlap.

    Raises
    ------
    zoneinfo.ZoneInfoNotFoundError
        The practitioner's zone is not an IANA name.
    """
    zone = ZoneInfo(practitioner.zone)
    first, last = starts.astimezone(zone).date(), ends.astimezone(zone).date()
    found = {
        slot
        for availability in availabilities
        if availability.practitioner_id == practitioner.id
        for day in days_of(availability, first, last)
        for slot in _slots_of_day(availability, day, zone)
        if starts <= slot.starts and slot.ends <= ends
    }
    return tuple(sorted(found))


def apart(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """The slots of one practitioner without overlaps: of overlapping ones the earlier is kept."""
    kept: list[Slot] = []
    for slot in sorted(slots):
        if not kept or slot.starts >= kept[-1].ends:
            kept.append(slot)
    return tuple(kept)


def days_of(availability: Availability, first: date, last: date) -> Iterator[date]:
    """Local days from first to last on which the availability holds."""
    day = max(first, availability.from_day)
    last = last if availability.until is None else min(last, availability.until)
    day += timedelta(days=(availability.weekday - day.weekday()) % 7)
    while day <= last:
        yield day
        day += timedelta(days=7)


def _slots_of_day(availability: Availability, day: date, zone: ZoneInfo) -> Iterator[Slot]:
    """The slots of one availability on one local day."""
    length = timedelta(minutes=availability.slot_minutes)
    wall = datetime.combine(day, availability.starts)
    closing = closing_of(day, availability.ends)
    while wall + length <= closing:
        begin = cell_start(wall, length, zone)
        if begin is not None:
            yield Slot(begin, begin + length, availability.practitioner_id)
        wall += length


def closing_of(day: date, ends: time) -> datetime:
    """When hours of a day end on the wall clock; 00:00 is the midnight after it."""
    return datetime.combine(day + timedelta(days=ends == MIDNIGHT), ends)


def cell_start(wall: datetime, length: timedelta, zone: ZoneInfo) -> datetime | None:
    """The first instant that starts the cell [wall, wall + length), or None if there is none."""
    for fold in (0, 1):
        begin = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if clock(begin, zone) == wall and _stays_inside(begin, wall, length, zone):
            return begin
    return None


def _stays_inside(begin: datetime, wall: datetime, length: timedelta, zone: ZoneInfo) -> bool:
    """Whether the clock shows only times of the cell from ``begin`` on for ``length``."""
    if clock(begin + length, zone) == wall + length:
        return True
    minutes = (begin + timedelta(minutes=each) for each in range(length // timedelta(minutes=1)))
    return all(wall <= clock(each, zone) < wall + length for each in minutes)


def clock(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the wall clock shows at that instant, without a zone."""
    return instant.astimezone(zone).replace(tzinfo=None)
