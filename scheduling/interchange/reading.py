"""A calendar file of another program, read as times somebody is away: proposals, nothing more.

What an event says stays with whoever reads the file: an absence made of it keeps the time only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from scheduling.errors import UnreadableCalendarError
from scheduling.places import Absence

LARGEST = 4 * 1024 * 1024
"""Bytes of a file at most."""

MOST = 2000
"""Times in one file at most, repeated ones counted each."""

REASON = "from a calendar file"
_RULES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_FAULTS = (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One time of the file, aware UTC, and the absences it would become, one for each day or run.

    ``summary`` is what the file calls it; it is shown and not kept.
    """

    starts: datetime
    ends: datetime
    summary: str = field(repr=False)
    absences: tuple[Absence, ...]


def proposals(
    content: bytes, subject_id: str, zone: str, starts: datetime, ends: datetime
) -> tuple[Proposal, ...]:
    """The busy times of an iCalendar file within [starts, ends), the first one first.

    Repeated events are told one by one, exceptions heeded; what is cancelled or marked as free is
    left out. A time without zone is read in ``zone``, and so are whole days. Reading a file twice
    gives the same absence ids.

    Raises
    ------
    UnreadableCalendarError
        It is no calendar, too large, or repeats more often than daily.
    """
    if len(content) > LARGEST:
        raise UnreadableCalendarError("The calendar file is too large.")
    place = ZoneInfo(zone)
    try:
        calendar = Calendar.from_ical(content)
        _check_rules(calendar)
        found = recurring_ical_events.of(calendar).between(
            starts.astimezone(place), ends.astimezone(place)
        )
        busy = [_proposal(event, subject_id, place) for event in found if _is_busy(event)]
    except _FAULTS as error:
        raise UnreadableCalendarError("The file cannot be read as a calendar.") from error
    if len(busy) > MOST:
        raise UnreadableCalendarError(f"The calendar file holds more than {MOST} times.")
    kept = (one for one in busy if one.starts < ends and one.ends > starts)
    return tuple(sorted(kept, key=lambda one: (one.starts, one.ends, one.summary)))


def _check_rules(calendar: Any) -> None:  # noqa: ANN401 - icalendar is untyped
    """Refuse what would unfold without end: times within a day are no leave."""
    for event in calendar.walk("VEVENT"):
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            often = {str(one).upper() for one in rule.get("FREQ", [])}
            if not often <= _RULES or any(f"BY{unit}" in rule for unit in _UNITS):
                raise UnreadableCalendarError("The calendar repeats more often than daily.")


_UNITS = ("HOUR", "MINUTE", "SECOND")


def _is_busy(event: Any) -> bool:  # noqa: ANN401 - icalendar is untyped
    free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    if event["DTEND"].dt <= event["DTSTART"].dt:
        return False  # a mark in a calendar, no time
    return not free and str(event.get("STATUS", "")).upper() != "CANCELLED"


def _proposal(event: Any, subject_id: str, place: ZoneInfo) -> Proposal:  # noqa: ANN401 - as above
    first, last = event["DTSTART"].dt, event["DTEND"].dt
    if isinstance(first, datetime):
        begins, over = _instant(first, place), _instant(last, place)
        pieces = list(_pieces(begins.astimezone(place), over.astimezone(place)))
    else:
        begins = datetime.combine(first, time(), place).astimezone(UTC)
        over = datetime.combine(last, time(), place).astimezone(UTC)
        pieces = [(first, last - timedelta(days=1), None, None)]
    key = f"sagittal:absence:{subject_id}:{event.get('UID', '')}:{begins.isoformat()}"
    absences = tuple(
        Absence(
            id=str(uuid5(NAMESPACE_URL, f"{key}:{number}")),
            subject_id=subject_id,
            first_day=first_day,
            last_day=last_day,
            starts=starts,
            ends=ends,
            reason=REASON,
        )
        for number, (first_day, last_day, starts, ends) in enumerate(pieces)
    )
    return Proposal(begins, over, " ".join(str(event.get("SUMMARY", "")).split())[:80], absences)


def _instant(at: datetime, place: ZoneInfo) -> datetime:
    return (at if at.tzinfo is not None else at.replace(tzinfo=place)).astimezone(UTC)


Piece = tuple[date, date, time | None, time | None]


def _pieces(begins: datetime, over: datetime) -> Iterator[Piece]:
    """The days of a time: the part of the first, whole days between, the part of the last."""
    if over <= begins:
        raise ValueError("an event ends after it begins")
    day, end = begins.date(), over.date()
    if day == end:
        yield day, day, _minute(begins.time()), over.time()
        return
    if begins.time() > time():
        yield day, day, _minute(begins.time()), time(23, 59, 59)
        day += timedelta(days=1)
    if day < end:
        yield day, end - timedelta(days=1), None, None
    if over.time() > time():
        yield end, end, time(), over.time()


def _minute(at: time) -> time:
    return at.replace(tzinfo=None)
