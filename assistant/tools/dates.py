"""When somebody wants to come: a small grammar of English dates and times.

It reads what it knows and nothing else; what it computes is only used to look up free slots,
which a person then picks from, so a misread date can not book anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from assistant.guarding.lexicon import NUMBER_WORDS

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_COUNT = rf"(\d+|{'|'.join(NUMBER_WORDS)}|a|an)"
_MONTH = rf"({'|'.join(_MONTHS)}|{'|'.join(name[:3] for name in _MONTHS)})\.?"
_PARTS = {
    "morning": (time(0), time(12)),
    "afternoon": (time(12), time(18)),
    "evening": (time(17), time.max),
}


@dataclass(frozen=True, slots=True)
class When:
    """A wish: days from ``first`` to ``last`` (None = open) between two times of day.

    Days and times are local to the zone of the ``now`` they were read against.
    """

    first: date
    last: date | None
    earliest: time = time.min
    latest: time = time.max

    def admits(self, moment: datetime) -> bool:
        """Whether a local moment lies within the wish."""
        day, clock = moment.date(), moment.time()
        if day < self.first or (self.last is not None and day > self.last):
            return False
        return self.earliest <= clock < self.latest or clock == self.earliest


def read_when(text: str, now: datetime) -> When | None:
    """The wish a text expresses, seen from ``now`` (aware, local), or None if it names no time."""
    said = text.lower().replace("’", "'")
    days = _days(said, now.date())
    hours = _hours(said)
    if days is None and hours is None:
        return None
    first, last = days or (now.date(), None)
    earliest, latest = hours or (time.min, time.max)
    return When(max(first, now.date()), last, earliest, latest)


def _days(said: str, today: date) -> tuple[date, date | None] | None:
    """First and last day of the wish."""
    for reader in (_span, _calendar_day, _ahead, _week, _near_day, _weekday):
        if (days := reader(said, today)) is not None:
            return days
    return None


def _count(word: str) -> int:
    if word in {"a", "an"}:
        return 1
    return int(NUMBER_WORDS.get(word, word))


def _month(name: str) -> int:
    return next(index for index, month in enumerate(_MONTHS, 1) if month[:3] == name[:3])


def _on(year: int, month: int, day: int, today: date, *, roll: bool) -> date | None:
    """That day; without a stated year the next one to come. None if there is no such day."""
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    if roll and found < today:
        return _on(year + 1, month, day, today, roll=False)
    return found


def _span(said: str, today: date) -> tuple[date, date | None] | None:
    """``between 18 and 20 March``, ``between March 18 and 20``."""
    ordinal = r"(\d{1,2})(?:st|nd|rd|th)?"
    if match := re.search(
        rf"between (?:the )?{ordinal} and (?:the )?{ordinal} (?:of )?{_MONTH}", said
    ):
        first, last, month = int(match[1]), int(match[2]), _month(match[3])
    elif match := re.search(rf"between {_MONTH} {ordinal} and {ordinal}", said):
        first, last, month = int(match[2]), int(match[3]), _month(match[1])
    else:
        return None
    start = _on(today.year, month, first, today, roll=True)
    end = _on(start.year, month, last, today, roll=False) if start else None
    return (start, end) if start and end else None


def _calendar_day(said: str, today: date) -> tuple[date, date | None] | None:
    """``2026-03-20``, ``20.3.2026``, ``20 March``, ``March 20th``, ``the 19th``."""
    found: date | None = None
    if match := re.search(r"\b(\d{4})-(\d{2})-(\d{2})\b", said):
        found = _on(int(match[1]), int(match[2]), int(match[3]), today, roll=False)
    elif match := re.search(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b", said):
        found = _on(int(match[3]), int(match[2]), int(match[1]), today, roll=False)
    elif match := re.search(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?![a-z])", said):
        found = _on(today.year, _month(match[2]), int(match[1]), today, roll=True)
    elif match := re.search(rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)", said):
        found = _on(today.year, _month(match[1]), int(match[2]), today, roll=True)
    elif match := re.search(r"\bthe (\d{1,2})(?:st|nd|rd|th)\b", said):
        found = _on(today.year, today.month, int(match[1]), today, roll=False)
        if found is not None and found < today:
            ahead = today.replace(day=28) + timedelta(days=4)
            found = _on(ahead.year, ahead.month, int(match[1]), today, roll=False)
    return (found, found) if found else None


def _ahead(said: str, today: date) -> tuple[date, date | None] | None:
    """``in two weeks`` (from then on), ``within the next 3 days`` (until then)."""
    if match := re.search(
        rf"\b(within|in|over) (?:the )?next {_COUNT}? ?(day|week|month)s?\b", said
    ):
        return today, today + _length(match[2] or "a", match[3])
    if match := re.search(rf"\bwithin {_COUNT} (day|week|month)s?\b", said):
        return today, today + _length(match[1], match[2])
    if match := re.search(rf"\bin {_COUNT} (day|week|month)s?\b", said):
        start = today + _length(match[1], match[2])
        return start, start if match[2] == "day" else start + timedelta(days=6)
    return None


def _length(count: str, unit: str) -> timedelta:
    return timedelta(days=_count(count) * {"day": 1, "week": 7, "month": 30}[unit])


def _week(said: str, today: date) -> tuple[date, date | None] | None:
    """Week or month by name, such as ``next week``; a weekday within is left to that rule."""
    monday = today - timedelta(days=today.weekday())
    named = next((index for index, day in enumerate(_WEEKDAYS) if day in said), None)
    if re.search(r"\bnext week\b|\bweek after\b", said):
        start = monday + timedelta(days=7)
        if named is not None:
            return start + timedelta(days=named), start + timedelta(days=named)
        return start, start + timedelta(days=6)
    if re.search(r"\bthis week\b", said) and named is None:
        return today, monday + timedelta(days=6)
    if re.search(r"\bnext month\b", said):
        first = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
        return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return None


def _near_day(said: str, today: date) -> tuple[date, date | None] | None:
    """``today``, ``tomorrow``, ``the day after tomorrow``."""
    if "day after tomorrow" in said:
        ahead = 2
    elif re.search(r"\btomorrow\b", said):
        ahead = 1
    elif re.search(r"\b(?:today|tonight)\b", said):
        ahead = 0
    else:
        return None
    day = today + timedelta(days=ahead)
    return day, day


def _weekday(said: str, today: date) -> tuple[date, date | None] | None:
    """``Friday`` is the coming one; ``next Friday`` is the one in the coming week."""
    match = re.search(rf"\b(next |after )?({'|'.join(_WEEKDAYS)})s?\b", said)
    if not match:
        return None
    index = _WEEKDAYS.index(match[2])
    ahead = (index - today.weekday()) % 7 or 7
    if match[1] == "next " and today.weekday() + ahead < 7:
        ahead += 7
    day = today + timedelta(days=ahead)
    return (day + timedelta(days=1), None) if match[1] == "after " else (day, day)


def _hours(said: str) -> tuple[time, time] | None:
    """Earliest and latest time of day of the wish."""
    clock = _clock(said)
    if clock is not None:
        start, is_open = clock
        return (start, time.max) if is_open else (start, _plus(start, hours=1))
    return next((hours for part, hours in _PARTS.items() if re.search(rf"\b{part}\b", said)), None)


def _clock(said: str) -> tuple[time, bool] | None:
    """A stated time, and whether it only says from when on."""
    is_open = bool(re.search(r"\b(?:after|from|later than)\b", said))
    if re.search(r"\bnoon\b", said):
        return time(12), is_open
    if match := re.search(rf"\b(half|quarter) past {_COUNT}\b", said):
        hour, minute, half = _count(match[2]), 30 if match[1] == "half" else 15, ""
    elif match := re.search(r"\b(\d{1,2}):(\d{2})\s*(am|pm)?\b", said):
        hour, minute, half = int(match[1]), int(match[2]), match[3] or ""
    elif match := re.search(r"\b(\d{1,2})\s*(am|pm)\b", said):
        hour, minute, half = int(match[1]), 0, match[2]
    elif match := re.search(rf"\b{_COUNT} o'?clock\b", said):
        hour, minute, half = _count(match[1]), 0, ""
    else:
        return None
    hour = _hour_of_day(hour, half, said)
    return (time(hour, minute), is_open) if hour < 24 and minute < 60 else None


def _hour_of_day(hour: int, half: str, said: str) -> int:
    """Hour of 24; a bare hour from one to six is taken to be in the afternoon."""
    if half:
        return hour % 12 + (12 if half == "pm" else 0)
    late = hour < 12 and re.search(r"\b(?:afternoon|evening)\b", said)
    return hour + 12 if late or 1 <= hour <= 6 else hour


def _plus(start: time, *, hours: int) -> time:
    return time(start.hour + hours, start.minute) if start.hour + hours < 24 else time.max
