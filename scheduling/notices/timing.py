"""When a notice may go out: reminder times and quiet hours, in the recipient's zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.records import Channel, NoticeKind, NoticePolicy

URGENT = frozenset({NoticeKind.CANCELLATION, NoticeKind.LOST_SLOT, NoticeKind.CHANGE})
"""News that costs a patient a journey when it is missed."""

LONGEST = timedelta(days=60)
_TRAVEL = timedelta(hours=2)
_MOST = 5
_UNITS = {
    "m": "minutes", "min": "minutes", "minute": "minutes", "minutes": "minutes",
    "h": "hours", "hour": "hours", "hours": "hours",
    "d": "days", "day": "days", "days": "days",
    "w": "weeks", "week": "weeks", "weeks": "weeks",
}  # fmt: skip


def read_reminders(text: str) -> tuple[timedelta, ...]:
    """Read reminder times as a person writes them, "2 days, 3 h"; the longest comes first.

    Raises
    ------
    ValueError
        A part is no number with a unit, or it is out of bounds.
    """
    found = set()
    for part in filter(None, (one.strip() for one in text.replace(";", ",").split(","))):
        told = re.fullmatch(r"([0-9]{1,4})\s*([a-z]+)", part.lower())
        if told is None or told.group(2) not in _UNITS:
            raise ValueError(f"“{part}” is no time ahead, e.g. 1 day, 3 hours")
        ahead = timedelta(**{_UNITS[told.group(2)]: int(told.group(1))})
        if not timedelta(minutes=15) <= ahead <= LONGEST:
            raise ValueError("a reminder goes out 15 minutes to 60 days ahead")
        found.add(ahead)
    if len(found) > _MOST:
        raise ValueError(f"at most {_MOST} reminders go out for an appointment")
    return tuple(sorted(found, reverse=True))


def read_quiet_hours(text: str) -> tuple[time, time]:
    """Read quiet hours, "21:00-08:00"; an empty text means that there are none.

    Raises
    ------
    ValueError
        It is no pair of times of day.
    """
    if not text.strip():
        return time(), time()
    told = re.fullmatch(r"\s*([0-9]{1,2}:[0-9]{2})\s*[-–]\s*([0-9]{1,2}:[0-9]{2})\s*", text)
    if told is None:
        raise ValueError(f"“{text.strip()}” are no quiet hours, e.g. 21:00-08:00")
    starts, ends = (time.fromisoformat(part.zfill(5)) for part in told.groups())
    return starts, ends


def quiet_until(at: datetime, policy: NoticePolicy, zone: str) -> datetime | None:
    """The end of the quiet hours ``at`` lies in, or None if it lies in none."""
    span = _quiet_around(at, policy, ZoneInfo(zone))
    return None if span is None else span[1]


def reminder_due(starts: datetime, ahead: timedelta, policy: NoticePolicy, zone: str) -> datetime:
    """When a reminder is due: after quiet hours if that leaves time to come, else before them."""
    due = starts - ahead
    span = _quiet_around(due, policy, ZoneInfo(zone))
    if span is None:
        return due
    began, ended = span
    return ended if ended + _TRAVEL <= starts else began - timedelta(minutes=1)


def held_until(
    kind: NoticeKind,
    channel: Channel,
    now: datetime,
    starts: datetime,
    policy: NoticePolicy,
    zone: str,
) -> datetime | None:
    """Until when quiet hours hold a notice back, or None if it may go out now.

    An e-mail wakes nobody and is held back only as a reminder. Urgent news and reminders that
    would come too late after the quiet hours go out in them.
    """
    if channel is Channel.EMAIL and kind is not NoticeKind.REMINDER:
        return None
    ended = quiet_until(now, policy, zone)
    if ended is None:
        return None
    pressing = kind in URGENT or kind is NoticeKind.REMINDER
    return None if pressing and ended + _TRAVEL > starts else ended


def _quiet_around(
    at: datetime, policy: NoticePolicy, zone: ZoneInfo
) -> tuple[datetime, datetime] | None:
    """The quiet hours around an instant, as two instants; wall times on both sides of DST."""
    if policy.quiet_from == policy.quiet_until:
        return None
    today = at.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        over_night = timedelta(days=policy.quiet_until <= policy.quiet_from)
        began = datetime.combine(day, policy.quiet_from, zone).astimezone(UTC)
        ended = datetime.combine(day + over_night, policy.quiet_until, zone).astimezone(UTC)
        if began <= at < ended:
            return began, ended
    return None
