"""Times of day in a row of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

PARTS = {
    "MORNING": (time(0), time(12)),
    "MIDDAY": (time(11, 30), time(14)),
    "AFTERNOON": (time(12), time(18)),
    "EVENING": (time(17), time.max),
}
_NARROWED = {
    ("EARLY", "MORNING"): (time(0), time(10)),
    ("LATE", "MORNING"): (time(10), time(12)),
    ("EARLY", "AFTERNOON"): (time(12), time(15)),
    ("LATE", "AFTERNOON"): (time(15), time(18)),
    ("MID", "MORNING"): (time(9), time(11)),
    ("MID", "AFTERNOON"): (time(13), time(16)),
}
_INSTEAD = {
    "MORNING": (time(12), time.max),
    "MIDDAY": (time.min, time.max),
    "AFTERNOON": (time.min, time(12)),
    "EVENING": (time.min, time(17)),
}
_AROUND_MIDDAY = {"BEFORE": (time.min, time(12)), "AFTER": (time(13), time.max)}
_FRACTIONS = {
    "HALFPAST": (0, 30),
    "QUARTERPAST": (0, 15),
    "QUARTERTO": (-1, 45),
    "HALFTO": (-1, 30),
    "THREEQUARTERS": (-1, 45),
    "QUARTERINTO": (-1, 15),
}
_MINUTES = frozenset({5, 10, 20, 25})
_READ_OUT = frozenset({15, 30, 45})
"""Minutes that follow an hour without a word between ("seven thirty")."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Earliest and latest time of day; ``today`` if they were counted from now."""

    earliest: time
    latest: time
    today: bool = False


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day read from tokens that end before ``ends``; ``sure`` if morning or not."""

    hour: int
    minute: int
    ends: int
    sure: bool


def read_hours(found: Sequence[str], now: datetime) -> Hours | None:
    """The hours a row of tokens names first, or None."""
    for place in range(len(found)):
        for reader in (_counted, _range, _bound, _point):
            read = reader(found, place, now)
            if read is not None:
                return read
    return _part(found)


def _at(found: Sequence[str], place: int) -> str:
    return found[place] if 0 <= place < len(found) else ""


def _counted(found: Sequence[str], place: int, now: datetime) -> Hours | None:
    """``in two hours``."""
    if found[place] != "IN" or _at(found, place + 2) != "HOURS":
        return None
    item = found[place + 1]
    if item != "A" and not _is_number(item):
        return None
    then = now + timedelta(hours=1 if item == "A" else int(item[1:]))
    return Hours(then.time().replace(second=0, microsecond=0), time.max, today=True)


def _range(found: Sequence[str], place: int, _now: datetime) -> Hours | None:
    """``between 2 and 4 pm``, ``from 9 to 11``, ``14 bis 16 Uhr``."""
    opens = found[place] in {"BETWEEN", "FROM"}
    first = _clock(found, place + 1 if opens else place, bare=True)
    if first is None or _at(found, first.ends) not in ({"AND", "TO"} if opens else {"TO"}):
        return None
    second = _clock(found, first.ends + 1, bare=True)
    if second is None or not (opens or first.sure or second.sure):
        return None
    ends = _said(second, found)
    begins = _said(first, found)
    if second.sure and not first.sure and ends >= time(12) and first.hour < 12:
        later = time(first.hour % 12 + 12, first.minute)
        begins = later if later < ends else time(first.hour, first.minute)
    return Hours(begins, ends) if begins < ends else None


def _bound(found: Sequence[str], place: int, _now: datetime) -> Hours | None:
    """``after 2 pm``, ``ab 14 Uhr``, ``before ten``, ``around three``."""
    kind = found[place]
    if kind not in {"AFTER", "FROM", "BEFORE", "TO", "AROUND", "WITHIN"}:
        return None
    begins = place + 1 if _at(found, place + 1) != "AT" else place + 2
    clock = _clock(found, begins, bare=kind not in {"TO", "WITHIN"})
    if clock is None or _at(found, clock.ends) in {"DAY", "WEEK", "MONTH", "HOURS", "TO"}:
        return None
    said = _said(clock, found)
    if kind in {"AFTER", "FROM"}:
        return Hours(said, time.max)
    if kind == "AROUND":
        return Hours(_moved(said, -30), _moved(said, 60))
    return Hours(time.min, said) if kind != "WITHIN" else None


def _point(found: Sequence[str], place: int, _now: datetime) -> Hours | None:
    """``at three``, ``15:30``, ``halb vier``: an hour from then on."""
    at = found[place] == "AT"
    begins = place + 1 if at else place
    if at and _at(found, begins) == "AROUND":
        begins += 1
    clock = _clock(found, begins, bare=at)
    if clock is None or _at(found, clock.ends) in {"DAY", "WEEK", "MONTH", "HOURS"}:
        return None
    said = _said(clock, found)
    if _at(found, clock.ends) == "ONWARDS":
        return Hours(said, time.max)
    if _at(found, clock.ends) == "LATEST":
        return Hours(time.min, said)
    return Hours(said, _moved(said, 60))


def _part(found: Sequence[str]) -> Hours | None:
    """``in the morning``, ``late afternoon``, ``not in the evening``."""
    for place, item in enumerate(found):
        if item not in PARTS:
            continue
        before = _at(found, place - 1)
        if before in {"IN", "ON", "THE"}:
            before = _at(found, place - 2)
        if item == "MIDDAY" and before in _AROUND_MIDDAY:
            return Hours(*_AROUND_MIDDAY[before])
        if before == "NOT":
            return Hours(*_INSTEAD[item])
        return Hours(*_NARROWED.get((before, item), PARTS[item]))
    return None


def _clock(found: Sequence[str], place: int, *, bare: bool) -> _Clock | None:
    """A time of day at a place; ``bare`` admits a number with nothing beside it."""
    item, then = _at(found, place), _at(found, place + 1)
    if item == "NOON":
        return _Clock(12, 0, place + 1, sure=True)
    if item in _FRACTIONS and _hour(then) is not None:
        back, minute = _FRACTIONS[item]
        hour = ((_hour(then) or 0) + back) % 24
        return _with_half(found, _Clock(hour, minute, place + 2, sure=False))
    if item[:1] == "C" and ":" in item:
        hour, minute = (int(part) for part in item[1:].split(":"))
        made = _Clock(hour, minute, place + 1, sure=item[1] == "0" or hour > 12)
        return _with_half(found, made)
    return _from_number(found, place, bare=bare) if _is_number(item) else None


def _from_number(found: Sequence[str], place: int, *, bare: bool) -> _Clock | None:
    """``3 pm``, ``15 Uhr``, ``ten past three``; with ``bare`` a number alone."""
    number, then = int(found[place][1:]), _at(found, place + 1)
    off = {"AFTER", "BEFORE", "TO"} if _at(found, place - 1) == "AT" else {"AFTER", "BEFORE"}
    if number in _MINUTES and then in off and _at(found, place + 2):
        return _minutes_off(found, place)
    if number > 24 or (not bare and then not in {"AM", "PM", "OCLOCK"}):
        return None
    return _with_half(found, _Clock(number, 0, place + 1, sure=number > 12))


def _minutes_off(found: Sequence[str], place: int) -> _Clock | None:
    """``ten past three``, ``zehn vor vier``."""
    hour, minutes = _hour(found[place + 2]), int(found[place][1:])
    if hour is None:
        return None
    if found[place + 1] != "AFTER":
        hour, minutes = (hour - 1) % 24, 60 - minutes
    return _with_half(found, _Clock(hour, minutes, place + 3, sure=False))


def _with_half(found: Sequence[str], clock: _Clock) -> _Clock | None:
    """The time with what stands behind it: am, pm, o'clock and minutes."""
    hour, minute, ends, sure = clock.hour, clock.minute, clock.ends, clock.sure
    mark = _at(found, ends)
    if minute == 0 and _is_number(mark) and int(mark[1:]) in _READ_OUT:
        minute, ends = int(mark[1:]), ends + 1
        mark = _at(found, ends)
    if mark == "OCLOCK":
        ends += 1
        tail = _at(found, ends)
        if _is_number(tail) and minute == 0 and int(tail[1:]) in range(5, 60):
            minute, ends = int(tail[1:]), ends + 1
        mark = _at(found, ends)
    if mark in {"AM", "PM"}:
        if hour > 12:
            return None
        hour, ends, sure = hour % 12 + (12 if mark == "PM" else 0), ends + 1, True
    if not (0 <= hour < 24 and 0 <= minute < 60):
        return None
    return _Clock(hour, minute, ends, sure)


def _said(clock: _Clock, found: Sequence[str]) -> time:
    """The time of 24 hours; a bare hour from one to six is taken to be in the afternoon."""
    if clock.sure or clock.hour >= 12 or clock.hour == 0:
        return time(clock.hour, clock.minute)
    late = "AFTERNOON" in found or "EVENING" in found
    if late or (1 <= clock.hour <= 6 and "MORNING" not in found):
        return time(clock.hour + 12, clock.minute)
    return time(clock.hour, clock.minute)


def _moved(clock: time, minutes: int) -> time:
    total = clock.hour * 60 + clock.minute + minutes
    return time(total // 60, total % 60) if 0 <= total < 24 * 60 else time.max


def _is_number(item: str) -> bool:
    return item[:1] == "N" and item[1:].isdigit()


def _hour(item: str) -> int | None:
    """The hour a number may be."""
    if _is_number(item) and 0 <= int(item[1:]) <= 24:
        return int(item[1:]) % 24
    return None
