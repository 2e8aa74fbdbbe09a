"""Wall-clock days as instants: whole arrays where the clock runs evenly, minute by minute else.

Instants are int64 microseconds since 1970 UTC, so that a quarter of work of fifty people is some
array additions. On a day near a change of the clock nothing is assumed: each cell is looked up by
`scheduling.rules.slots`, each closed minute by the clock itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from scheduling.records import MIDNIGHT, Availability
from scheduling.rules.slots import cell_start, clock, closing_of

Instants = npt.NDArray[np.int64]

MINUTE_US = 60_000_000
DAY_US = 24 * 60 * MINUTE_US
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = _EPOCH.toordinal()
_MICROSECOND = timedelta(microseconds=1)


def to_us(instant: datetime) -> int:
    """An aware instant as microseconds since 1970 UTC."""
    return (instant - _EPOCH) // _MICROSECOND


def from_us(instant_us: int) -> datetime:
    """The aware UTC instant of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=instant_us)


@lru_cache(maxsize=65536)
def even_offset_us(zone: str, day: date) -> int | None:
    """What the zone's clock is ahead of UTC on that local day; None if that changes near it."""
    offsets = {one for near in (-1, 0, 1) for one in _offsets(zone, day.toordinal() + near)}
    return offsets.pop() // _MICROSECOND if len(offsets) == 1 else None


def starts_us(
    availability: Availability,
    zone: str,
    first: date,
    last: date,
    *,
    length: timedelta,
    closed_days: frozenset[date] = frozenset(),
) -> Instants:
    """When visits of that length may begin from the first to the last local day, in order.

    Every ``slot_minutes`` from the opening; a visit ends by the closing at the latest and the
    clock stays inside it for its whole length.
    """
    step = timedelta(minutes=availability.slot_minutes)
    opens, closes = _of_day_us(availability.starts), _closing_us(availability.ends)
    cells = np.arange(opens, closes - length // _MICROSECOND + 1, step // _MICROSECOND)
    latest = last if availability.until is None else min(last, availability.until)
    even, odd = [], []
    for day, midnight in _midnights(zone, availability.weekday, first, last):
        if not availability.from_day <= day <= latest or day in closed_days:
            continue
        if midnight is None:
            odd += [*_odd_starts(availability, day, zone, length)]
        else:
            even.append(midnight)
    found = (np.array(even, np.int64)[:, None] + cells[None, :]).ravel()
    return np.sort(np.concatenate([found, np.array(odd, np.int64)])) if odd else found


def closed_spans(
    first: date, last: date, starts: time | None, ends: time | None, zone: str
) -> Iterator[tuple[int, int]]:
    """The instants at which the clock shows one of the days, at a time from starts to ends.

    Whole days without ``starts`` and ``ends``. Near a change of the clock to the minute.
    """
    opens = 0 if starts is None else _of_day_us(starts)
    closes = DAY_US if ends is None else _closing_us(ends)
    for number in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(number)
        offset = even_offset_us(zone, day)
        if offset is None:
            yield from _odd_spans(zone, day, opens, closes)
        else:
            midnight = _midnight_us(day) - offset
            yield midnight + opens, midnight + closes


def united(spans: Iterable[tuple[int, int]]) -> tuple[Instants, Instants]:
    """Starts and ends of the union of spans: sorted, without overlaps."""
    pairs = np.array([*spans], np.int64).reshape(-1, 2)
    if len(pairs) == 0:
        return pairs[:, 0], pairs[:, 1]
    pairs = pairs[pairs[:, 0].argsort()]
    reach = np.maximum.accumulate(pairs[:, 1])
    opening = np.concatenate([[True], pairs[1:, 0] > reach[:-1]])
    closing = np.concatenate([opening[1:], [True]])
    return pairs[opening, 0], reach[closing]


def meets(
    starts: Instants, ends: Instants, spans: tuple[Instants, Instants]
) -> npt.NDArray[np.bool_]:
    """Whether each [start, end) overlaps one of the united spans."""
    if len(spans[0]) == 0:
        return np.zeros(len(starts), np.bool_)
    index = spans[1].searchsorted(starts, side="right")
    inside = index < len(spans[0])
    return inside & (spans[0][np.minimum(index, len(spans[0]) - 1)] < ends)


@lru_cache(maxsize=1024)
def _midnights(
    zone: str, weekday: int, first: date, last: date
) -> tuple[tuple[date, int | None], ...]:
    """Each such weekday with the instant its even clock starts from; None near a change."""
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    days = [day + timedelta(days=number) for number in range(0, (last - day).days + 1, 7)]
    offsets = [even_offset_us(zone, day) for day in days]
    return tuple(
        (day, None if offset is None else _midnight_us(day) - offset)
        for day, offset in zip(days, offsets, strict=True)
    )


def _odd_starts(
    availability: Availability, day: date, zone: str, length: timedelta
) -> Iterator[int]:
    wall = datetime.combine(day, availability.starts)
    closing = closing_of(day, availability.ends)
    while wall + length <= closing:
        begin = cell_start(wall, length, ZoneInfo(zone))
        if begin is not None:
            yield to_us(begin)
        wall += timedelta(minutes=availability.slot_minutes)


@lru_cache(maxsize=4096)
def _odd_spans(zone: str, day: date, opens_us: int, closes_us: int) -> tuple[tuple[int, int], ...]:
    """Runs of minutes of one local day, found by looking at its clock every minute."""
    known = ZoneInfo(zone)
    begin = datetime.combine(day, time(), UTC) - timedelta(hours=16)
    found: list[tuple[int, int]] = []
    for minute in range(56 * 60):
        instant = begin + timedelta(minutes=minute)
        wall = clock(instant, known)
        if wall.date() != day or not opens_us <= _of_day_us(wall.time()) < closes_us:
            continue
        at = to_us(instant)
        if found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + MINUTE_US)
        else:
            found.append((at, at + MINUTE_US))
    return tuple(found)


@lru_cache(maxsize=65536)
def _offsets(zone: str, ordinal: int) -> frozenset[timedelta]:
    """The offsets of a zone at every hour of a UTC day."""
    known = ZoneInfo(zone)
    begin = datetime.combine(date.fromordinal(ordinal), time(), UTC)
    hours = (begin + timedelta(hours=hour) for hour in range(25))
    return frozenset(hour.astimezone(known).utcoffset() or timedelta() for hour in hours)


def _midnight_us(day: date) -> int:
    return (day.toordinal() - _FIRST_DAY) * DAY_US


def _closing_us(at: time) -> int:
    return DAY_US if at == MIDNIGHT else _of_day_us(at)


def _of_day_us(at: time) -> int:
    seconds = (at.hour * 60 + at.minute) * 60 + at.second
    return seconds * 1_000_000 + at.microsecond
