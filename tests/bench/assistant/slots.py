"""Does what was read of a wish fit what was meant: day, time of day, doctor, specialty."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from tests.bench.assistant.data import Row

SLOTS = ("date", "time", "doctor", "specialty")
_ALSO = {"otolaryngology": "earnoseandthroat", "familymedicine": "generalpractice"}
"""Other names of a specialty, folded."""
_END = time(20, 0)
"""An open end is any time from here on."""


@dataclass(frozen=True)
class Read:
    """What the program read; None and empty texts where it read nothing."""

    first: date | None
    last: date | None
    earliest: time | None
    latest: time | None
    doctor: str
    specialty: str


def verdicts(gold: Row, read: Read) -> dict[str, bool]:
    """Right or wrong for each slot that is meant or was read; others are no merit."""
    made = {
        "date": (gold["date_from"], read.first, _date_fits),
        "time": (gold["time_from"] or gold["time_to"], _narrow(read), _time_fits),
        "doctor": (gold["practitioner"], read.doctor, _doctor_fits),
        "specialty": (gold["specialty"], read.specialty, _specialty_fits),
    }
    return {name: fits(gold, read) for name, (meant, said, fits) in made.items() if meant or said}


def _narrow(read: Read) -> bool:
    """Whether a part of the day was read at all."""
    if read.earliest is None and read.latest is None:
        return False
    return (read.earliest or time.min) > time(0, 0) or (read.latest or time.max) < time(23, 0)


def _date_fits(gold: Row, read: Read) -> bool:
    if not gold["date_from"] or read.first is None:
        return not gold["date_from"] and read.first is None
    meant, until = date.fromisoformat(gold["date_from"]), date.fromisoformat(gold["date_to"])
    today = date.fromisoformat(gold["now"][:10])
    return read.first == max(meant, today) and read.last == until


def _time_fits(gold: Row, read: Read) -> bool:
    if not _narrow(read) or not (gold["time_from"] or gold["time_to"]):
        return False
    start, end = read.earliest or time.min, read.latest or time.max
    meant = time.fromisoformat(gold["time_from"]) if gold["time_from"] else None
    until = time.fromisoformat(gold["time_to"]) if gold["time_to"] else None
    if gold["day_part"]:
        return _part_fits(until == time(12, 0), start, end)
    if meant is None:
        return start <= time(8, 0) and end == until
    if until is None:
        return (
            abs(_minutes(start) - _minutes(meant)) <= (60 if meant >= time(17) else 0)
            and end >= _END
        )
    if meant == until:
        return start == meant and _minutes(end) - _minutes(start) <= 60
    return start == meant and end == until


def _part_fits(morning: bool, start: time, end: time) -> bool:
    if morning:
        return start <= time(9, 0) and time(11, 30) <= end <= time(13, 0)
    return time(12, 0) <= start <= time(13, 0) and end >= time(16, 30)


def _doctor_fits(gold: Row, read: Read) -> bool:
    return bool(gold["practitioner"]) and _folded(read.doctor).endswith(
        _folded(gold["practitioner"])
    )


def _specialty_fits(gold: Row, read: Read) -> bool:
    """A specialty that nobody said is wrong to read."""
    said = _folded(read.specialty)
    return bool(gold["specialty"]) and _ALSO.get(said, said) == _folded(gold["specialty"])


def _folded(text: Any) -> str:
    plain = str(text).replace("ß", "ss").replace("ae", "a").replace("oe", "o").replace("ue", "u")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in plain if letter.isalpha())


def _minutes(one: time) -> int:
    return one.hour * 60 + one.minute
