"""Working hours changed on one day, from one day on, or ended: what is kept and what goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from scheduling.records import Availability

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HoursEdit:
    """Availabilities to keep, new or in place of those of the same id, and ids to remove."""

    kept: tuple[Availability, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Time:
    """A time of one local day."""

    day: date
    starts: time
    ends: time


def every_week(hours: Availability, at: Time) -> HoursEdit:
    """New hours like these, every week from that day on."""
    return HoursEdit((replace(_at(hours, at), from_day=at.day, until=None),))


def once(hours: Availability, at: Time) -> HoursEdit:
    """New hours like these, on that day only."""
    return HoursEdit((replace(_at(hours, at), from_day=at.day, until=at.day),))


def moved_on(hours: Availability, day: date, at: Time, new_id: str) -> HoursEdit:
    """The hours of ``day`` and of the weeks after it at another time; those before it stay."""
    before = _before(hours, day)
    after = replace(_at(hours, at), from_day=at.day)
    if before is not None:
        after = replace(after, id=new_id)
    return _kept(hours, before, after)


def moved_once(hours: Availability, day: date, at: Time, ids: tuple[str, str]) -> HoursEdit:
    """The hours of ``day`` alone at another time."""
    rest = without(hours, day, ids[0])
    extra = once(replace(hours, id=ids[1]), at)
    return HoursEdit((*rest.kept, *extra.kept), rest.removed)


def without(hours: Availability, day: date, new_id: str) -> HoursEdit:
    """The hours without those of ``day``."""
    before = _before(hours, day)
    after = replace(hours, from_day=day + _DAY)
    if before is not None:
        after = replace(after, id=new_id)
    return _kept(hours, before, after)


def ended(hours: Availability, day: date) -> HoursEdit:
    """The hours up to the day before ``day``; what was booked stays."""
    before = _before(hours, day)
    return HoursEdit((before,)) if before is not None else HoursEdit((), (hours.id,))


def _kept(hours: Availability, before: Availability | None, after: Availability) -> HoursEdit:
    kept = tuple(one for one in (before, after) if one is not None and _holds(one))
    return HoursEdit(kept, () if kept else (hours.id,))


def _at(hours: Availability, at: Time) -> Availability:
    return replace(hours, weekday=at.day.weekday(), starts=at.starts, ends=at.ends)


def _before(hours: Availability, day: date) -> Availability | None:
    """What holds before a day, if anything does."""
    until = day - _DAY if hours.until is None else min(hours.until, day - _DAY)
    found = replace(hours, until=until)
    return found if _holds(found) else None


def _holds(hours: Availability) -> bool:
    """Whether its weekday comes at all between its first and last day."""
    first = hours.from_day + timedelta(days=(hours.weekday - hours.from_day.weekday()) % 7)
    return hours.until is None or first <= hours.until
