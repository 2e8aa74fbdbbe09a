"""When somebody wants to come: a small grammar of dates and times, English and German.

It reads what it knows and nothing else; what no rule knows is given to dateparser, whose answer
counts only if it is plausible. Whatever is computed is only used to look up free slots, which are
shown in full words before a person picks one, so a misread date can not book anything.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from assistant.tools.clock_times import read_hours
from assistant.tools.day_spans import Span, read_days
from assistant.tools.fallback import plausible_day
from assistant.tools.moving import parted
from assistant.tools.time_words import tokens, without
from assistant.wishes import When


def read_when(text: str, now: datetime, *, language: str = "en") -> When | None:
    """The wish a text expresses, seen from ``now`` (aware, local), or None if it names no time.

    A day that has passed is no wish: the words "last Monday" name no time to come.
    """
    weekday = f"WD{now.weekday()}"
    found = [weekday if one == "SAMEDAY" else one for one in tokens(text, language)]
    moved, found = parted(found)
    days = read_days(found, now.date())
    rest = without(found, days.taken) if days else found
    hours = read_hours(rest, now)
    if days is None and hours is not None:
        days = read_days(moved, now.date())
    if days is None and hours is None:
        guess = plausible_day(text, now, language)
        days = Span(guess, guess) if guess else None
    if days is None and hours is None:
        return None
    if days is None and hours is not None and hours.today:
        days = Span(now.date(), now.date())
    first, last = (days.first, days.last) if days else (now.date(), None)
    if days and (last or first) < now.date():
        return None
    earliest, latest = (hours.earliest, hours.latest) if hours else (time.min, time.max)
    weekdays = tuple(sorted(days.weekdays)) if days else ()
    return When(max(first, now.date()), last, earliest, latest, weekdays)


def merged(before: When | None, after: When | None) -> When | None:
    """The earlier wish with what the later one says anew: other hours, or other days."""
    if before is None or after is None:
        return after or before
    today_only_hours = after.last is None and not after.weekdays and after.names_hours
    if today_only_hours:
        return When(before.first, before.last, after.earliest, after.latest, before.weekdays)
    if not after.names_hours:
        return When(after.first, after.last, before.earliest, before.latest, after.weekdays)
    return after


def later_than(when: When | None, day: date) -> When:
    """The wish moved to the days after one."""
    hours = (when.earliest, when.latest) if when else (time.min, time.max)
    weekdays = when.weekdays if when else ()
    return When(day + timedelta(days=1), None, *hours, weekdays)
