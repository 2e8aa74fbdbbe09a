"""A map on the network's own grid, kept small enough to lie in a run's record. Pure."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from inference.pipeline.prepare import Prepared
from inference.records import NativeMap

Grid = NDArray[np.float32]
_MOST_BYTES = 1 << 24


def pack(maps: Mapping[int, Grid], prepared: Prepared, cell_px: int) -> NativeMap:
    """Return the record of maps by slice, each (rows, columns) in 0..1, cells of ``cell_px``."""
    slices = tuple(sorted(maps))
    stack = np.stack([maps[k] for k in slices])
    steps = np.round(np.clip(stack, 0, 1) * 255).astype(np.uint8)
    matrix = cells_to_voxels(prepared, cell_px)
    return NativeMap(
        cell_mm=round(cell_px * prepared.pixel_mm, 2),
        slices=slices,
        rows=steps.shape[1],
        columns=steps.shape[2],
        to_voxel=tuple(float(value) for value in matrix.ravel()),
        values=base64.b64encode(zlib.compress(steps.tobytes(), 9)).decode("ascii"),
    )


def unpack(native: NativeMap, count: int) -> NDArray[np.uint8]:
    """Return the values of a series of ``count`` slices, (count, rows, columns), 255 for 1.

    Raises ValueError if the record is not what ``pack`` makes.
    """
    size = len(native.slices) * native.rows * native.columns
    if not 0 < size <= _MOST_BYTES or any(not 0 <= k < count for k in native.slices):
        raise ValueError("a native map of another series")
    inflating = zlib.decompressobj()
    content = inflating.decompress(base64.b64decode(native.values), size + 1)
    if len(content) != size:
        raise ValueError("a native map of another size")
    whole = np.zeros((count, native.rows, native.columns), dtype=np.uint8)
    stored = np.frombuffer(content, dtype=np.uint8)
    whole[list(native.slices)] = stored.reshape(len(native.slices), native.rows, native.columns)
    return whole


def cells_to_voxels(prepared: Prepared, cell_px: int) -> NDArray[np.float64]:
    """Return the matrix from a cell's (column, row, slice, 1) to the series' voxel there."""
    rows = _axis(prepared.back_rows, cell_px)
    columns = _axis(prepared.back_columns, cell_px)
    transposed, rows_back, columns_back = prepared.turn
    if rows_back:
        rows = (-rows[0], len(prepared.back_rows) - 1 - rows[1])
    if columns_back:
        columns = (-columns[0], len(prepared.back_columns) - 1 - columns[1])
    matrix = np.eye(4)
    along_columns, along_rows = (1, 0) if transposed else (0, 1)
    matrix[:2, :2] = 0
    matrix[along_columns, 0], matrix[along_columns, 3] = columns
    matrix[along_rows, 1], matrix[along_rows, 3] = rows
    return matrix


def _axis(back: Grid, cell_px: int) -> tuple[float, float]:
    """Return (step, first): the view pixel on which the centre of cell n lies is step n + first.

    ``back`` interpolates linearly, so its rows tell where each view pixel lies on the network's
    grid; rows at the grid's edge, whose weights do not add up to one, are left out.
    """
    whole = np.flatnonzero(np.abs(back.sum(axis=1) - 1) < 1e-3)
    places = back[whole].astype(np.float64) @ np.arange(back.shape[1])
    slope, offset = np.polyfit(whole, places, 1)
    return cell_px / float(slope), float(((cell_px - 1) / 2 - offset) / slope)
