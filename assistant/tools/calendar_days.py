"""One day, week or month at a place in a row of tokens."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEK = timedelta(days=7)
_WORKDAYS = frozenset(range(5))
_NAMES_THE_DAY = frozenset({"ON", "THE", "FROM", "AFTER", "BEFORE", "TO", "BETWEEN", "AND", "OR"})
_SMALL = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """Days read from tokens that end before ``ends``."""

    first: date
    last: date | None
    ends: int
    weekdays: frozenset[int] = frozenset()
    names_month: bool = False


def value(item: str) -> int:
    """The number in a token such as ``WD4``."""
    return int("".join(sign for sign in item if sign.isdigit()))


def names(item: str, kind: str) -> bool:
    """Whether a token is of a kind that carries a number, such as ``MO`` or ``WD``."""
    return item.startswith(kind) and item[len(kind) :].isdigit()


def roll(day: int, month: int, today: date, year: int = 0) -> date | None:
    """That day; without a stated year the next one to come. None if there is no such day."""
    try:
        found = date(year or today.year, month, day)
        return found if year or found >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def length_at(found: Sequence[str], place: int) -> tuple[Callable[[date], date], str, int] | None:
    """A length of time ("two weeks") as what it adds to a day, its unit, and where it ends."""
    item = _at(found, place)
    number = value(item) if names(item, "N") else None
    if item == "A":
        number = 1
    if number is None and item in {"DAY", "WEEK", "MONTH"}:
        number, place = 1, place - 1
    unit = _at(found, place + 1)
    if number is None or unit not in {"DAY", "WEEK", "MONTH"}:
        return None
    if unit == "MONTH":
        return (lambda day: _months_on(day, number)), unit, place + 2
    days = timedelta(days=number * (7 if unit == "WEEK" else 1))
    return (lambda day: day + days), unit, place + 2


def read_day(found: Sequence[str], place: int, today: date, *, shift: int = 0) -> Reading | None:
    """The days named at a place, or None; ``shift`` is added to where the reading ends."""
    if not 0 <= place < len(found):
        return None
    for reader in (_dated, _near, _weekday, _week, _month, _week_number, _bare):
        read = reader(found, place, today)
        if read is not None:
            ends = read.ends + shift
            return Reading(read.first, read.last, ends, read.weekdays, read.names_month)
    return None


def _at(found: Sequence[str], place: int) -> str:
    return found[place] if 0 <= place < len(found) else ""


def _months_on(day: date, count: int) -> date:
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _single(day: date | None, ends: int) -> Reading | None:
    return Reading(day, day, ends, names_month=True) if day else None


def _dated(found: Sequence[str], place: int, today: date) -> Reading | None:
    """``20.3.2026``, ``20 March``, ``March 20th 2026``."""
    item = _at(found, place)
    if item[:1] == "F" and item[1:2].isdigit():
        day, month, year = (int(part) for part in item[1:].split("."))
        if month > 12 >= day:
            day, month = month, day
        century = 2000 if 0 < year < 100 else 0
        return _single(roll(day, month, today, year + century), place + 1)
    if names(item, "MO") and _is_number(_at(found, place + 1)):
        month, day, ends = value(item), value(found[place + 1]), place + 2
        if _at(found, ends) in {"AM", "PM", "OCLOCK"}:
            return None
    elif _is_number(item) and names(_at(found, place + 1), "MO"):
        day, month, ends = value(item), value(found[place + 1]), place + 2
    else:
        return None
    stated = _at(found, ends)
    year = value(stated) if names(stated, "Y") else 0
    return _single(roll(day, month, today, year), ends + 1 if year else ends)


def _is_number(item: str) -> bool:
    return names(item, "N") or names(item, "O")


def _near(found: Sequence[str], place: int, today: date) -> Reading | None:
    item = _at(found, place)
    if not names(item, "D"):
        return None
    day = today + timedelta(days=value(item))
    return Reading(day, day, place + 1)


def _weekday(found: Sequence[str], place: int, today: date) -> Reading | None:
    """``Friday`` is the coming one; ``next Friday`` is the one in the coming week."""
    mark = found[place] if found[place] in {"NEXT", "THIS", "COMING", "EVERY", "OVERNEXT"} else ""
    begins = place + 1 if mark else place
    item = _at(found, begins)
    if item == "WORKDAY":
        return Reading(today, None, begins + 1, _WORKDAYS)
    if not names(item, "WD"):
        return None
    index, ends = value(item), begins + 1
    if mark == "EVERY":
        return Reading(today, None, ends, frozenset({index}))
    if (dated := _date_behind(found, ends, today)) is not None:
        return dated
    if (named := _in_week(found, ends, index, today)) is not None:
        return named
    ahead = (index - today.weekday()) % 7 or 7
    if mark == "NEXT" and today.weekday() + ahead < 7:
        ahead += 7
    if mark == "OVERNEXT":
        ahead = index - today.weekday() + 14
    day = today + timedelta(days=ahead)
    return Reading(day, day, ends)


def _date_behind(found: Sequence[str], place: int, today: date) -> Reading | None:
    """The date after a weekday ("Friday, the 20th of March", "Freitag, den 20."): it decides."""
    while _at(found, place) in {"ON", "THE"}:
        place += 1
    dated = _dated(found, place, today)
    if dated is not None or not names(_at(found, place), "O"):
        return dated
    return _bare(["ON", found[place]], 1, today, shift=place - 1)


def _in_week(found: Sequence[str], place: int, index: int, today: date) -> Reading | None:
    """``Thursday next week``, ``Monday in two weeks``, ``Monday week``."""
    begins = place + 1 if _at(found, place) in {"IN", "THE"} else place
    monday = today - timedelta(days=today.weekday())
    marks = {"NEXT": 1, "COMING": 1, "THIS": 0, "OVERNEXT": 2}
    if _at(found, begins) in marks and _at(found, begins + 1) == "WEEK":
        day = monday + WEEK * marks[found[begins]] + timedelta(days=index)
        return Reading(day, day, begins + 2)
    length = length_at(found, begins) if begins > place else None
    if length is not None and length[1] == "WEEK":
        day = length[0](monday) + timedelta(days=index)
        return Reading(day, day, length[2])
    if _at(found, place) == "WEEK":
        day = today + timedelta(days=(index - today.weekday()) % 7 or 7) + WEEK
        return Reading(day, day, place + 1)
    return None


def _week(found: Sequence[str], place: int, today: date) -> Reading | None:
    """``next week``, ``this weekend``, ``early next week``; a weekday in it is that day."""
    part = found[place] if found[place] in {"EARLY", "MID", "LATE"} else ""
    begins = place + 1 if part else place
    marks = {"NEXT": 1, "COMING": 1, "THIS": 0, "OVERNEXT": 2}
    mark = _at(found, begins)
    if part and mark == "WEEK":
        mark, begins = "THIS", begins - 1
    unit = _at(found, begins + 1) if mark in marks else mark
    ends = begins + 2 if mark in marks else begins + 1
    monday = today - timedelta(days=today.weekday())
    if unit == "WEEKEND":
        start = monday + WEEK * (1 if mark == "NEXT" else 0) + timedelta(days=5)
        return Reading(max(start, today), start + timedelta(days=1), ends)
    if unit != "WEEK" or mark not in marks:
        return None
    start = monday + WEEK * marks[mark]
    named = ends + 1 if _at(found, ends) in {"ON", "THE"} else ends
    if names(_at(found, named), "WD"):
        day = start + timedelta(days=value(found[named]))
        return Reading(day, day, named + 1)
    first, last = {"": (0, 6), "EARLY": (0, 1), "MID": (1, 3), "LATE": (3, 6)}[part]
    return Reading(max(start + timedelta(days=first), today), start + timedelta(days=last), ends)


def _month(found: Sequence[str], place: int, today: date) -> Reading | None:
    """``in April``, ``next month``, ``end of March``, ``Mitte April``."""
    part = found[place] if found[place] in {"EARLY", "MID", "LATE"} else ""
    begins = place + 1 if part else place
    lead = _at(found, begins)
    if lead in {"NEXT", "THIS", "COMING", "OVERNEXT"} and _at(found, begins + 1) == "MONTH":
        ahead = {"THIS": 0, "OVERNEXT": 2}.get(lead, 1)
        first, ends = _months_on(today.replace(day=1), ahead), begins + 2
    elif part == "LATE" and lead == "MONTH":
        first, ends = today.replace(day=1), begins + 1
    elif names(lead, "MO") and (part or _at(found, place - 1) in _OPENS_MONTH):
        month = value(lead)
        first = date(today.year + (month < today.month), month, 1)
        ends = begins + 1
    else:
        return None
    length = calendar.monthrange(first.year, first.month)[1]
    low, high = {"": (1, length), "EARLY": (1, 10), "MID": (11, 20), "LATE": (21, length)}[part]
    return Reading(max(first.replace(day=low), today), first.replace(day=high), ends)


_OPENS_MONTH = frozenset({"IN", "WITHIN", "THIS", "NEXT", "BEFORE", "AFTER", "FROM", "TO"})


def _week_number(found: Sequence[str], place: int, today: date) -> Reading | None:
    """``week 50``, ``KW 50`` (ISO 8601)."""
    if found[place] != "KW" or not _is_number(_at(found, place + 1)):
        return None
    number = value(found[place + 1])
    if not 1 <= number <= 53:
        return None
    year = today.year + (number < today.isocalendar().week)
    try:
        monday = date.fromisocalendar(year, number, 1)
    except ValueError:
        return None
    return Reading(max(monday, today), monday + timedelta(days=6), place + 2)


def _bare(found: Sequence[str], place: int, today: date, *, shift: int = 0) -> Reading | None:
    """``the 19th``, ``am 19.``: this month, or the next if that day has passed."""
    if _at(found, place) in {"ON", "THE"}:
        place += 1
    before, item = _at(found, place - 1), _at(found, place)
    if not names(item, "O") or before not in _NAMES_THE_DAY:
        return None
    day = value(item)
    behind = _at(found, place + 1)
    counts_things = before == "THE" and day <= _SMALL and behind == "x"
    if counts_things or names(behind, "MO") or not 1 <= day <= 31:
        return None
    ahead = _months_on(today.replace(day=1), 1)
    for first in (today.replace(day=1), ahead, _months_on(ahead, 1)):
        if day <= calendar.monthrange(first.year, first.month)[1]:
            found_day = first.replace(day=day)
            if found_day >= today:
                return Reading(found_day, found_day, place + 1 + shift, names_month=True)
    return None
