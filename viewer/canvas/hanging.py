"""Hanging: which series goes into which cell. No Qt; knows sequences by name only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from viewer.geometry.planes import PlaneKind

BRAIN = ("T1", "T1 post contrast", "T2", "FLAIR", "diffusion", "ADC", "susceptibility")
"""The order in which a brain MRI is hung, as far as its series were recognised."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What hanging needs to know of a series; ``sequence`` is one of BRAIN or something else."""

    uid: str
    sequence: str
    slices: int
    volumes: int = 1


@dataclass(frozen=True, slots=True)
class Hung:
    """What one cell shows: a series in a plane, or a sentence why it is empty."""

    series_uid: str = ""
    kind: PlaneKind = PlaneKind.NATIVE
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Hanging:
    """A named layout with its cells filled; ``of_planes`` is the one of planes and 3-D."""

    name: str
    rows: int
    columns: int
    cells: tuple[Hung, ...] = ()
    of_planes: bool = False


PLANES = Hanging("Planes and 3-D", 2, 2, of_planes=True)


def hangings(series: Sequence[Facts]) -> tuple[Hanging, ...]:
    """Return the hangings that make sense for a study, the planes first."""
    made = [PLANES]
    best = by_sequence(series)
    if len(best) > 1:
        names = [name for name in BRAIN if name in best]
        made.append(_filled("Brain MRI by sequence", [best[name].uid for name in names]))
    whole = [one.uid for one in series]
    if len(whole) > 1:
        made.append(_filled("All series", whole))
    return tuple(made)


def in_layout(series: Sequence[Facts], rows: int, columns: int, first: str) -> Hanging:
    """Fill a layout of that size: recognised sequences in hanging order, then the others.

    The series that was on the screen comes first.
    """
    best = by_sequence(series)
    ordered = [best[name].uid for name in BRAIN if name in best]
    ordered += [one.uid for one in series if one.uid not in ordered]
    if first in ordered:
        ordered.remove(first)
        ordered.insert(0, first)
    cells = [Hung(uid) for uid in ordered[: rows * columns]]
    cells += [Hung(notice="Drag a series here")] * (rows * columns - len(cells))
    return Hanging(f"{rows} x {columns}", rows, columns, tuple(cells))


def by_sequence(series: Sequence[Facts]) -> dict[str, Facts]:
    """Return for each sequence of BRAIN the series with the most slices, the first of equals."""
    best: dict[str, Facts] = {}
    for one in series:
        if one.sequence in BRAIN:
            known = best.get(one.sequence)
            if known is None or one.slices > known.slices:
                best[one.sequence] = one
    return best


def _filled(name: str, uids: Sequence[str]) -> Hanging:
    """As square as it gets, wider than high, at most five by five."""
    shown = uids[:25]
    columns = min(5, math.ceil(math.sqrt(len(shown))))
    rows = math.ceil(len(shown) / columns)
    cells = [Hung(uid) for uid in shown]
    cells += [Hung(notice="Drag a series here")] * (rows * columns - len(cells))
    return Hanging(name, rows, columns, tuple(cells))
