"""What tells the volumes of one series apart, in which order, and in which words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

Path = tuple[tuple[str, str], ...]
"""The (name, value) pairs by which a volume was split off its series, outermost first."""

KEYWORDS: Mapping[str, str] = {
    "echo time": "EchoTime",
    "b value": "DiffusionBValue",
    "inversion time": "InversionTime",
    "repetition time": "RepetitionTime",
    "image type": "ImageType",
    "contrast": "AcquisitionContrast",
}
"""The DICOM keyword a dividing value belongs to."""

TIMES = ("time point", "trigger time", "acquisition time", "acquisition")
"""Names of values that follow the clock, the surest first."""

_DIRECTION = "direction"
_CLOCK = "acquisition time"
_DAY = 240_000.0
"""Midnight as a time of day is written (HHMMSS); a date before it makes it larger than this."""


def along_axis(paths: Sequence[Path]) -> list[tuple[int, str, str]]:
    """The volumes in order: (index into ``paths``, name of the axis, this one's value).

    Numbers are sorted as numbers, anything else stays in the order it was found; a volume that
    lacks the value comes last.
    """
    ranks = _ranks(paths)
    late = _passes_midnight(value for path in paths for name, value in path if name == _CLOCK)
    keys = [
        tuple(
            _key(name, value, ranks[(path[:depth], value)], late=late)
            for depth, (name, value) in enumerate(path)
        )
        for path in paths
    ]
    order = sorted(range(len(paths)), key=lambda index: (keys[index], index))
    return [
        (index, *_words(paths[index], place, ranks)) for place, index in enumerate(order, start=1)
    ]


def moments(marks: Sequence[Mapping[str, str]]) -> list[tuple[float, ...]]:
    """When each frame was taken, as far as it says; for frames that lie at one place."""
    late = _passes_midnight(one.get(_CLOCK, "") for one in marks)
    return [
        tuple(_number(one.get(name, ""), late=late and name == _CLOCK) for name in TIMES)
        for one in marks
    ]


def _ranks(paths: Sequence[Path]) -> dict[tuple[Path, str], int]:
    """A number from 1 for every value among those it was split from, as they were found."""
    ranks: dict[tuple[Path, str], int] = {}
    met: dict[Path, int] = {}
    for path in paths:
        for depth, (_, value) in enumerate(path):
            known = (path[:depth], value)
            if known not in ranks:
                met[known[0]] = ranks[known] = met.get(known[0], 0) + 1
    return ranks


def _key(name: str, value: str, rank: int, *, late: bool) -> tuple[int, float]:
    if not value:
        return 2, rank
    number = _number(value, late=late and name == _CLOCK)
    return (0, number) if name != _DIRECTION and math.isfinite(number) else (1, rank)


def _words(path: Path, place: int, ranks: Mapping[tuple[Path, str], int]) -> tuple[str, str]:
    """The axis and the value on it, inner values named; points in time are counted from 1."""
    if not path:
        return "part", str(place)
    told = []
    for depth, (name, value) in enumerate(path):
        plain = str(ranks[(path[:depth], value)]) if name == _DIRECTION else value or "not stated"
        told.append((name, plain))
    axis, first = told[0]
    if axis in TIMES:
        axis, first = "time point", str(place) if len(told) == 1 else first
    return axis, ", ".join([first, *(f"{name} {value}" for name, value in told[1:])])


def _passes_midnight(values: Iterable[str]) -> bool:
    """Whether times of day (HHMMSS) are so far apart that the clock must have begun anew."""
    times = [number for value in values if (number := _number(value)) < _DAY]
    return bool(times) and max(times) - min(times) > _DAY / 2


def _number(value: str, *, late: bool = False) -> float:
    try:
        number = float(value)
    except ValueError:
        return math.inf
    return number + _DAY if late and number < _DAY / 2 else number
