"""Days told from another day or by their place in a month, in a row of tokens.

"A week from Friday", "the week of the 6th", "the last Friday in March".
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from assistant.tools.calendar_days import WEEK, Reading, length_at, names, read_day, value

_LIES_BEFORE = frozenset({"ON", "THE", "FROM", "BETWEEN", "AT"})


def read_counted(found: Sequence[str], place: int, today: date) -> Reading | None:
    """The days named at a place by counting, or None."""
    if not 0 <= place < len(found):
        return None
    for reader in (_from_a_day, _weeks_after_a_day, _week_of, _nth_of_month):
        read = reader(found, place, today)
        if read is not None:
            return read
    return None


def _at(found: Sequence[str], place: int) -> str:
    return found[place] if 0 <= place < len(found) else ""


def _after(found: Sequence[str], place: int, skipped: frozenset[str]) -> int:
    while _at(found, place) in skipped:
        place += 1
    return place


def _from_a_day(found: Sequence[str], place: int, today: date) -> Reading | None:
    """``two weeks from now``, ``three weeks from today``, ``a week on Tuesday``.

    "In a week on Tuesday" is another thing, and so is "any day from Friday".
    """
    length = length_at(found, place)
    if length is None or _at(found, place - 1) in {"IN", "WITHIN", "NEXT", "COMING", "EVERY"}:
        return None
    ahead, unit, ends = length
    if _at(found, ends) == "FROMNOW":
        start = ahead(today)
        return Reading(start, start if unit == "DAY" else start + timedelta(days=6), ends + 1)
    link = _at(found, ends)
    numbered = found[place] not in {"DAY", "WEEK", "MONTH"}
    links = {"AFTER"} | ({"FROM", "ON"} if numbered and unit != "DAY" else set())
    if link in links:
        day = _day_at(found, _after(found, ends + 1, _LIES_BEFORE), today)
    elif numbered and unit == "WEEK" and names(link, "D"):
        day = read_day(found, ends, today)
    else:
        return None
    if day is None or day.first != day.last:
        return None
    moved = ahead(day.first)
    return Reading(moved, moved, day.ends)


def _weeks_after_a_day(found: Sequence[str], place: int, today: date) -> Reading | None:
    """``tomorrow week``, ``today in two weeks``, ``morgen in einer Woche``."""
    if not names(found[place], "D"):
        return None
    day = today + timedelta(days=value(found[place]))
    if _at(found, place + 1) == "WEEK":
        return Reading(day + WEEK, day + WEEK, place + 2)
    length = length_at(found, place + 2) if _at(found, place + 1) == "IN" else None
    if length is None or _at(found, place + 2) in {"DAY", "WEEK", "MONTH"}:
        return None
    moved = length[0](day)
    return Reading(moved, moved, length[2])


def _week_of(found: Sequence[str], place: int, today: date) -> Reading | None:
    """``the week of the 6th of April``: from Monday to Sunday, whatever is left of it."""
    if found[place] != "WEEKOF" or _at(found, place - 1)[:1] == "O":
        return None
    day = _day_at(found, _after(found, place + 1, _LIES_BEFORE), today)
    if day is None or day.first != day.last:
        return None
    monday = day.first - timedelta(days=day.first.weekday())
    return Reading(max(monday, today), monday + timedelta(days=6), day.ends)


def _nth_of_month(found: Sequence[str], place: int, today: date) -> Reading | None:
    """``the first week of April`` (its first seven days), ``the last Friday in March``."""
    item, what = found[place], _at(found, place + 1)
    nth = value(item) if names(item, "O") else 0
    if (item != "LAST" and not 1 <= nth <= 5) or not (
        what in {"WEEK", "WEEKOF"} or names(what, "WD")
    ):
        return None
    named = _after(found, place + 2, frozenset({"IN", "ON", "THE"}))
    span = _month_at(found, named, today)
    if span is None:
        return None
    first, length, ends = span
    low = 7 * (nth - 1) + 1 if nth else length - 6
    if low > length:
        return None
    start = first.replace(day=low)
    last = first.replace(day=min(low + 6, length))
    if names(what, "WD"):
        start += timedelta(days=(value(what) - start.weekday()) % 7)
        if start > last:
            return None
        last = start
    return Reading(max(start, today), last, ends) if last >= today else None


def _month_at(found: Sequence[str], place: int, today: date) -> tuple[date, int, int] | None:
    """The first day of a month named at a place, its length, and where the name ends."""
    item, then = _at(found, place), _at(found, place + 1)
    if names(item, "MO") and not then.startswith(("N", "O")):
        month = value(item)
        first, ends = date(today.year + (month < today.month), month, 1), place + 1
    elif item in {"THIS", "NEXT", "MONTH"}:
        first, ends = today.replace(day=1), place + (1 if item == "MONTH" else 2)
        if item != "MONTH" and then != "MONTH":
            return None
        if item == "NEXT":
            first = (first + timedelta(days=31)).replace(day=1)
    else:
        return None
    return first, calendar.monthrange(first.year, first.month)[1], ends


def _day_at(found: Sequence[str], place: int, today: date) -> Reading | None:
    """A day at a place; a bare ordinal is one too."""
    item = _at(found, place)
    if names(item, "O") and not names(_at(found, place + 1), "MO"):
        return read_day(["ON", item], 0, today, shift=place - 1)
    return read_day(found, place, today)
