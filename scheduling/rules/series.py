"""Recurring visits: the same wall time again, whatever the clock did in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling.records import Slot
from scheduling.rules.slots import cell_start, clock

LONGEST = 104
"""The most visits of one series: two years of weeks."""


def repeated(first: Slot, zone: str, *, every_days: int, count: int) -> Iterator[Slot]:
    """The first slot and its repetitions at the same wall time of the zone, in order.

    A repetition that the clock skips is left out, as no such time exists.

    Raises
    ------
    ValueError
        ``every_days`` or ``count`` is less than 1, or the series would be longer than `LONGEST`.
    """
    if every_days < 1 or not 1 <= count <= LONGEST:
        raise ValueError(f"a series is 1 to {LONGEST} visits, a day or more apart")
    known, length = ZoneInfo(zone), first.ends - first.starts
    wall = clock(first.starts, known)
    for number in range(count):
        begin = cell_start(wall + timedelta(days=every_days * number), length, known)
        if begin is not None:
            yield replace(first, starts=begin, ends=begin + length, resource_ids=())


def shifted(slot: Slot, zone: str, *, old: datetime, new: datetime) -> Slot | None:
    """The slot moved on the wall clock as far as from ``old`` to ``new``; None if skipped."""
    known, length = ZoneInfo(zone), slot.ends - slot.starts
    wall = clock(slot.starts, known) + (clock(new, known) - clock(old, known))
    begin = cell_start(wall, length, known)
    return None if begin is None else replace(slot, starts=begin, ends=begin + length)
