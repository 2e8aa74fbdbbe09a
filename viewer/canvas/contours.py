"""Lines of equal value through a picture: marching squares in numpy. No Qt."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# For each of the 16 cases of a cell's corners (bit 0 top left, 1 top right, 2 bottom right,
# 3 bottom left): the edges the line joins (0 top, 1 right, 2 bottom, 3 left). A saddle has two.
_JOINS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),),
    2: ((0, 1),),
    3: ((3, 1),),
    4: ((1, 2),),
    5: ((3, 0), (1, 2)),
    6: ((0, 2),),
    7: ((3, 2),),
    8: ((2, 3),),
    9: ((2, 0),),
    10: ((0, 1), (2, 3)),
    11: ((2, 1),),
    12: ((1, 3),),
    13: ((1, 0),),
    14: ((0, 3),),
}


def contour_segments(picture: NDArray[Any], level: float) -> NDArray[np.float32]:
    """Segments of the line where the picture crosses the level, shape (n, 4): x1, y1, x2, y2.

    ``picture`` is (height, width); coordinates are in pixels with pixel centres on integers.
    After Lorensen and Cline, doi:10.1145/37402.37422, in two dimensions.
    """
    rows, columns = _active_box(picture, level)
    if rows is None or columns is None:
        return np.zeros((0, 4), np.float32)
    part = picture[rows, columns].astype(np.float32)
    above = part >= level
    case = (
        above[:-1, :-1].astype(np.uint8)
        | above[:-1, 1:].astype(np.uint8) << 1
        | above[1:, 1:].astype(np.uint8) << 2
        | above[1:, :-1].astype(np.uint8) << 3
    )
    y, x = np.nonzero((case != 0) & (case != 15))
    found = [
        _joined(part, level, y[chosen], x[chosen], edges)
        for number, joins in _JOINS.items()
        if (chosen := case[y, x] == number).any()
        for edges in joins
    ]
    if not found:
        return np.zeros((0, 4), np.float32)
    segments = np.concatenate(found)
    segments += np.array([columns.start, rows.start] * 2, dtype=np.float32)
    return segments


def _active_box(picture: NDArray[Any], level: float) -> tuple[slice | None, slice | None]:
    """The part of the picture with a crossing in it: a heat map is mostly below its level."""
    above = np.asarray(picture >= level)
    rows = np.flatnonzero(above.any(axis=1))
    columns = np.flatnonzero(above.any(axis=0))
    if rows.size == 0:
        return None, None
    return (
        slice(max(0, int(rows[0]) - 1), int(rows[-1]) + 2),
        slice(max(0, int(columns[0]) - 1), int(columns[-1]) + 2),
    )


def _joined(
    part: NDArray[np.float32],
    level: float,
    y: NDArray[np.intp],
    x: NDArray[np.intp],
    edges: tuple[int, int],
) -> NDArray[np.float32]:
    """One segment per cell from its first edge's crossing to its second's."""
    ends = [_crossing(part, level, y, x, edge) for edge in edges]
    return np.concatenate(ends, axis=1).astype(np.float32)


def _crossing(
    part: NDArray[np.float32], level: float, y: NDArray[np.intp], x: NDArray[np.intp], edge: int
) -> NDArray[np.float32]:
    """Where the level lies on that edge of each cell, shape (n, 2), by linear interpolation."""
    corners = (((0, 0), (0, 1)), ((0, 1), (1, 1)), ((1, 0), (1, 1)), ((0, 0), (1, 0)))
    (y0, x0), (y1, x1) = corners[edge]
    first, second = part[y + y0, x + x0], part[y + y1, x + x1]
    share = (level - first) / np.where(first == second, 1.0, second - first)
    return np.stack([x + x0 + share * (x1 - x0), y + y0 + share * (y1 - y0)], axis=1)
