"""Days in a row of tokens: single days, weeks and months, and spans between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from assistant.tools.calendar_days import (
    Reading,
    length_at,
    names,
    read_day,
    roll,
    value,
)
from assistant.tools.counted_days import read_counted

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` to ``last`` (None = open) and the tokens they were read from."""

    first: date
    last: date | None
    weekdays: frozenset[int] = frozenset()
    taken: tuple[int, ...] = ()


def read_days(found: Sequence[str], today: date) -> Span | None:
    """The days a row of tokens names first, or None."""
    excluded, taken = _excluded(found)
    left = ["x" if place in taken else item for place, item in enumerate(found)]
    span = next(
        (
            span
            for reader in (
                _bounded_by_count,
                _counted,
                _between,
                _ahead,
                _either,
                _bounded,
                _single,
            )
            for place in range(len(left))
            if (span := reader(left, place, today)) is not None
        ),
        None,
    )
    if not excluded:
        return span
    rest = (span.weekdays if span and span.weekdays else EVERY_DAY) - excluded
    span = span or Span(today, None)
    return replace(span, weekdays=rest, taken=(*span.taken, *taken))


def _at(found: Sequence[str], place: int) -> str:
    return found[place] if 0 <= place < len(found) else ""


def _excluded(found: Sequence[str]) -> tuple[frozenset[int], frozenset[int]]:
    """Weekdays that do not fit ("not on Friday"), and the tokens that say so."""
    days, taken = set(), set()
    for place, item in enumerate(found):
        if item != "NOT":
            continue
        after = place + 1
        while _at(found, after) in {"ON", "THIS", "EVERY"}:
            after += 1
        if names(_at(found, after), "WD"):
            days.add(value(found[after]))
            taken |= set(range(place, after + 1))
            continue
        before = place - 1 if _at(found, place - 1).startswith("WD") else place - 2
        ends = _at(found, place + 1)[:2] in {"", "x", "WD", "D1", "D2", "CO"}
        if ends and names(_at(found, before), "WD"):
            days.add(value(found[before]))
            taken |= set(range(before, place + 1))
    return frozenset(days), frozenset(taken)


def _between(found: Sequence[str], place: int, today: date) -> Span | None:
    """``between 18 and 20 March``, ``from Monday to Wednesday``, ``18.3. bis 20.3.``."""
    start = place + 1 if found[place] in {"BETWEEN", "FROM"} else place
    start = _after_filler(found, start)
    first = _one_end(found, start, today)
    middle = first.ends if first else start + 1
    joint = {"AND", "TO"} if found[place] == "BETWEEN" else {"TO"}
    if _at(found, middle) not in joint or (first is None and not _number(found, start)):
        return None
    second = _second_end(found, middle + 1, first, today)
    began = first.first if first else None
    if first is None and second is not None and names(_at(found, second.ends - 1), "MO"):
        began = roll(_number(found, start) or 0, second.first.month, today, second.first.year)
    elif first is None and names(found[start], "O"):
        bare = read_day(["ON", found[start]], 0, today)
        second = _second_end(found, middle + 1, bare, today)
        began = bare.first if bare else None
    if began is None or second is None:
        return None
    ended = second.last or second.first
    if ended < began and ended + timedelta(days=7) >= began:
        ended += timedelta(days=7)
    return Span(began, ended, taken=tuple(range(place, second.ends))) if ended >= began else None


def _after_filler(found: Sequence[str], place: int) -> int:
    """The place of the next item that is no "on" or "the"."""
    while _at(found, place) in {"ON", "THE"}:
        place += 1
    return place


def _one_end(found: Sequence[str], place: int, today: date) -> Reading | None:
    """A day at a place, but no bare number: that takes its month from the other end."""
    place = _after_filler(found, place)
    bare = _number(found, place) and not names(_at(found, place + 1), "MO")
    return None if bare else read_day(found, place, today)


def _second_end(
    found: Sequence[str], place: int, first: Reading | None, today: date
) -> Reading | None:
    """The later end; a bare number is a day in the month of the first ("March 18 to 20")."""
    place = _after_filler(found, place)
    if first is not None and first.names_month and _number(found, place):
        named = read_day(found, place, today) if names(_at(found, place + 1), "MO") else None
        return named or _later_day(_number(found, place) or 0, first.first, place + 1)
    if names(_at(found, place), "O") and not names(_at(found, place + 1), "MO"):
        return read_day(["ON", found[place]], 0, today, shift=place - 1)
    return read_day(found, place, today)


def _later_day(number: int, first: date, ends: int) -> Reading | None:
    """The next day of that number after another day."""
    ahead = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    month = first if number >= first.day else ahead
    day = roll(number, month.month, first, month.year)
    return Reading(day, day, ends) if day else None


def _number(found: Sequence[str], place: int) -> int | None:
    """The day of the month a token may stand for, after "on" and "the"."""
    item = _at(found, place)
    if (names(item, "N") or names(item, "O")) and 1 <= value(item) <= 31:
        return value(item)
    return None


def _ahead(found: Sequence[str], place: int, today: date) -> Span | None:
    """``in two weeks`` (from then on), ``within the next 3 days`` (until then)."""
    if found[place] not in {"IN", "WITHIN"}:
        return None
    begins, within = place + 1, found[place] == "WITHIN"
    begins = begins + 1 if _at(found, begins) == "AROUND" else begins
    while _at(found, begins) in {"NEXT", "WITHIN", "THE", "COMING"}:
        within, begins = True, begins + 1
    length = length_at(found, begins)
    whole = _at(found, begins) in {"DAY", "WEEK", "MONTH"} and found[place] == "IN"
    if length is None or (whole and _at(found, begins - 1) in {"NEXT", "COMING"}):
        return None
    ahead, unit, ends = length
    taken = tuple(range(place, ends))
    if within:
        return Span(today, ahead(today), taken=taken)
    start = ahead(today)
    named = ends + 1 if _at(found, ends) in {"ON", "THE"} else ends
    behind, before = _at(found, named), _at(found, place - 1)
    weekday = next((one for one in (behind, before) if names(one, "WD")), "")
    if unit != "DAY" and weekday:
        monday = start - timedelta(days=start.weekday())
        day = monday + timedelta(days=value(weekday))
        return Span(day, day, taken=(*taken, *range(ends, named + 1), place - 1))
    return Span(start, start if unit == "DAY" else start + timedelta(days=6), taken=taken)


def _either(found: Sequence[str], place: int, today: date) -> Span | None:
    """``Monday or Wednesday``, ``the 26th and the 27th``, ``montags oder dienstags``."""
    first = _one_day(found, place, today)
    if first is None or _at(found, first.ends) not in {"OR", "AND"}:
        return None
    second = _one_day(found, first.ends + 1, today)
    if second is None:
        return None
    taken = tuple(range(place, second.ends))
    if first.weekdays and second.weekdays:
        return Span(today, None, first.weekdays | second.weekdays, taken)
    if first.first != first.last or second.first != second.last:
        return None
    days = sorted((first.first, second.first))
    apart = (days[1] - days[0]).days
    if apart >= 7:
        return None
    only = frozenset(one.weekday() for one in days) if apart > 1 else frozenset()
    return Span(days[0], days[1], only, taken)


def _one_day(found: Sequence[str], place: int, today: date) -> Reading | None:
    """A day at a place, whatever small words stand before it; a bare ordinal is one too."""
    while _at(found, place) in {"ON", "THE", "A"}:
        place += 1
    if names(_at(found, place), "O") and not names(_at(found, place + 1), "MO"):
        return read_day(["ON", found[place]], 0, today, shift=place - 1)
    return _one_end(found, place, today)


def _bounded(found: Sequence[str], place: int, today: date) -> Span | None:
    """``after Friday``, ``from Monday on``, ``by the 20th``, ``before 3 May``."""
    bound: dict[str, Callable[[Reading], tuple[date, date | None]]] = {
        "AFTER": lambda day: ((day.last or day.first) + timedelta(days=1), None),
        "FROM": lambda day: (day.first, None),
        "TO": lambda day: (today, day.last or day.first),
        "BEFORE": lambda day: (today, day.last if day.last != day.first else day.first),
    }
    if found[place] not in bound:
        return None
    begins = _after_filler(found, place + 1)
    item = _at(found, begins)
    if found[place] == "BEFORE" and (length := _length_behind(found, begins)) is not None:
        return Span(today, length[0](today), taken=tuple(range(place, length[2])))
    if names(item, "O") and not names(_at(found, begins + 1), "MO"):
        day = read_day(["ON", item, *found[begins + 1 : begins + 3]], 0, today, shift=begins - 1)
    else:
        day = read_day(found, begins, today)
    if day is None:
        return None
    first, last = bound[found[place]](day)
    return _closed(found, today, Span(first, last, taken=tuple(range(place, day.ends))))


def _closed(found: Sequence[str], today: date, opened: Span) -> Span:
    """A span with the bound that follows it: "after the 25th but before the 31st"."""
    ends = opened.taken[-1] + 1
    if opened.last is not None:
        return opened
    for place in range(ends, min(ends + 3, len(found))):
        if found[place] not in {"BEFORE", "TO"}:
            continue
        closing = _bounded(found, place, today)
        if closing is not None and closing.last is not None and closing.last >= opened.first:
            return replace(opened, last=closing.last, taken=(*opened.taken, *closing.taken))
    return opened


def _length_behind(
    found: Sequence[str], place: int
) -> tuple[Callable[[date], date], str, int] | None:
    """A counted length ("two weeks") at a place; "week" alone is none."""
    counted = _at(found, place) not in {"DAY", "WEEK", "MONTH"}
    return length_at(found, place) if counted else None


def _bounded_by_count(found: Sequence[str], place: int, today: date) -> Span | None:
    """``before the last week of April``, ``after the first Monday in May``."""
    if found[place] not in {"AFTER", "FROM", "BEFORE", "TO"} or _at(found, place - 1) in _COUNTS:
        return None
    day = read_counted(found, _after_filler(found, place + 1), today)
    if day is None:
        return None
    ended = day.last or day.first
    taken = tuple(range(place, day.ends))
    if found[place] in {"AFTER", "FROM"}:
        after = found[place] == "AFTER"
        return Span(ended + timedelta(days=1) if after else day.first, None, taken=taken)
    return Span(today, ended, taken=taken)


_COUNTS = frozenset({"DAY", "WEEK", "MONTH"})


def _counted(found: Sequence[str], place: int, today: date) -> Span | None:
    day = read_counted(found, place, today)
    return Span(day.first, day.last, taken=tuple(range(place, day.ends))) if day else None


def _single(found: Sequence[str], place: int, today: date) -> Span | None:
    day = read_day(found, place, today)
    if day is None:
        return None
    if _at(found, day.ends) == "LATEST":
        return Span(today, day.last, taken=tuple(range(place, day.ends + 1)))
    onwards = _at(found, day.ends) == "ONWARDS"
    return Span(
        day.first,
        None if onwards else day.last,
        day.weekdays,
        tuple(range(place, day.ends)),
    )
