"""Hanging: which series goes into which cell. No Qt; knows sequences by name only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from viewer.geometry.planes import PlaneKind

BRAIN = ("T1", "T1 post contrast", "T2", "FLAIR", "diffusion", "ADC", "susceptibility")
"""The order in which a brain MRI is hung, as far as its series were recognised."""
EMPTY = "Drag a series here"

_ENOUGH = 3
_MOST = 25
_MOST_PAIRS = 8


@dataclass(frozen=True, slots=True)
class Facts:
    """What hanging needs to know of a series; ``sequence`` is one of BRAIN or something else.

    ``prior`` names the earlier study a series is of (``1 May 2024``); empty for the study that is
    read.
    """

    uid: str
    sequence: str
    slices: int
    volumes: int = 1
    prior: str = ""


@dataclass(frozen=True, slots=True)
class Hung:
    """What one cell shows: a series in a plane, or a sentence why it is empty."""

    series_uid: str = ""
    kind: PlaneKind = PlaneKind.NATIVE
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Hanging:
    """A named layout with its cells filled; ``of_planes`` is the one of planes and 3-D.

    ``pairs`` are the current and the prior series that stand side by side.
    """

    name: str
    rows: int
    columns: int
    cells: tuple[Hung, ...] = ()
    of_planes: bool = False
    pairs: tuple[tuple[str, str], ...] = ()


PLANES = Hanging("Planes and 3-D", 2, 2, of_planes=True)


def hangings(series: Sequence[Facts]) -> tuple[Hanging, ...]:
    """Return the hangings that make sense for a study, the planes first."""
    now = [one for one in series if not one.prior]
    made = [PLANES]
    best = by_sequence(now)
    if len(best) > 1:
        names = [name for name in BRAIN if name in best]
        made.append(_filled("Brain MRI by sequence", [best[name].uid for name in names]))
    for prior in dict.fromkeys(one.prior for one in series if one.prior):
        then = by_sequence([one for one in series if one.prior == prior])
        shared = [name for name in BRAIN if name in best and name in then]
        if shared:
            made.append(compared(prior, [(best[name].uid, then[name].uid) for name in shared]))
    if len(now) > 1:
        made.append(_filled("All series", [one.uid for one in now]))
    return tuple(made)


def proposed(series: Sequence[Facts]) -> Hanging:
    """Return the hanging to begin with: by sequence where enough of them were recognised.

    Earlier studies come into it only when the reader asks: what is on the screen first is the
    study that is read.
    """
    found = by_sequence([one for one in series if not one.prior])
    wanted = "Brain MRI by sequence" if len(found) >= _ENOUGH else PLANES.name
    return next(one for one in hangings(series) if one.name == wanted)


def compared(prior: str, pairs: Sequence[tuple[str, str]]) -> Hanging:
    """Hang pairs of a current and an earlier series, each pair side by side, current first."""
    shown = tuple(pairs[:_MOST_PAIRS])
    columns = 2 if len(shown) <= 2 else 4
    rows = math.ceil(2 * len(shown) / columns)
    cells = [Hung(uid) for pair in shown for uid in pair]
    cells += [Hung(notice=EMPTY)] * (rows * columns - len(cells))
    return Hanging(f"Compare with {prior}", rows, columns, tuple(cells), pairs=shown)


def in_layout(series: Sequence[Facts], rows: int, columns: int, first: str) -> Hanging:
    """Fill a layout of that size: recognised sequences in hanging order, then the others.

    The series that was on the screen comes first.
    """
    now = [one for one in series if not one.prior]
    best = by_sequence(now)
    ordered = [best[name].uid for name in BRAIN if name in best]
    ordered += [one.uid for one in now if one.uid not in ordered]
    if first in ordered:
        ordered.remove(first)
        ordered.insert(0, first)
    cells = [Hung(uid) for uid in ordered[: rows * columns]]
    cells += [Hung(notice=EMPTY)] * (rows * columns - len(cells))
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
    shown = uids[:_MOST]
    columns = min(5, math.ceil(math.sqrt(len(shown))))
    rows = math.ceil(len(shown) / columns)
    cells = [Hung(uid) for uid in shown]
    cells += [Hung(notice=EMPTY)] * (rows * columns - len(cells))
    return Hanging(name, rows, columns, tuple(cells))
