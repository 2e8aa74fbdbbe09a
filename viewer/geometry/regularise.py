"""Resampling a sheared or uneven stack once onto a regular grid, by linear interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import UnreadableSeriesError
from viewer.geometry.gate import Stack

_MAX_GROWTH = 4.0
_CLOSER = 0.8
_NONE = 1e-6
_SHORT = 2


def regularise(voxels: NDArray[Any], stack: Stack) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Return voxels and affine on a regular grid covering every slice; dtype is kept.

    Parameters
    ----------
    voxels
        (slices, rows, columns) in the stack's order.

    Raises
    ------
    UnreadableSeriesError
        The slices are so far apart or so shifted that the grid would be over four times larger.
    """
    count, rows, columns = voxels.shape
    spacing = np.linalg.norm(stack.affine[:3, :3], axis=0)
    depth = np.arange(count) * spacing[2] + stack.offsets_mm[:, 2]
    shift = stack.offsets_mm[:, :2] / spacing[:2]
    low = np.floor(shift.min(axis=0) + 1e-6).astype(int)
    grown = np.ceil(shift.max(axis=0) - 1e-6).astype(int) - low
    shape = (rows + int(grown[1]), columns + int(grown[0]))
    planes, gap = _levels(depth)
    if planes * shape[0] * shape[1] > _MAX_GROWTH * voxels.size:
        raise UnreadableSeriesError("its slices lie too unevenly to make one volume of them")
    out = np.zeros((planes, *shape), voxels.dtype)
    placed = _Placed(voxels, shift - low, shape)
    for k in range(planes):
        below, weight = _between(depth, depth[0] + k * gap)
        out[k] = _blend(placed, below, weight, voxels.dtype)
    return out, _moved(stack.affine, low, depth[0], gap)


def _levels(depth: NDArray[np.float64]) -> tuple[int, float]:
    """How many planes, and how far apart, cover these depths without losing a slice."""
    gaps = np.diff(depth)
    gap = float(np.median(gaps))
    if gaps.min() < _CLOSER * gap:
        gap = max(float(gaps.min()), float(depth[-1] - depth[0]) / (_MAX_GROWTH * len(depth)))
    planes = round(float(depth[-1] - depth[0]) / gap) + 1
    return planes, float(depth[-1] - depth[0]) / (planes - 1)


def _between(depth: NDArray[np.float64], level: float) -> tuple[int, float]:
    below = int(np.clip(np.searchsorted(depth, level, "right") - 1, 0, len(depth) - 2))
    weight = (level - depth[below]) / (depth[below + 1] - depth[below])
    return below, float(np.clip(weight, 0.0, 1.0))


class _Placed:
    """The slices moved by (columns, rows) onto a larger field of zeros; the last two are kept.

    Values of up to 16 bits are blended in single precision, which holds them exactly.
    """

    def __init__(
        self, voxels: NDArray[Any], shift: NDArray[np.float64], shape: tuple[int, int]
    ) -> None:
        self._voxels, self._shift, self._shape = voxels, shift, shape
        self._kind = np.dtype(np.float32 if voxels.dtype.itemsize <= _SHORT else np.float64)
        self._kept: dict[int, NDArray[Any]] = {}

    def slice(self, index: int) -> NDArray[Any]:
        """One slice on the field."""
        if index not in self._kept:
            self._kept = {known: self._kept[known] for known in list(self._kept)[-1:]}
            self._kept[index] = self._place(index)
        return self._kept[index]

    def _place(self, index: int) -> NDArray[Any]:
        picture = self._voxels[index]
        right, down = (float(move) for move in self._shift[index])
        left, top = int(np.floor(right + _NONE)), int(np.floor(down + _NONE))
        field = np.zeros(self._shape, self._kind)
        field[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
        field = _slid(field, right - left)
        return _slid(field.T, down - top).T


def _slid(field: NDArray[Any], part: float) -> NDArray[Any]:
    """The field moved right by a part of a pixel, by linear interpolation."""
    if part <= _NONE:
        return field
    moved: NDArray[Any] = field * field.dtype.type(1.0 - part)
    moved[:, 1:] += field[:, :-1] * field.dtype.type(part)
    return moved


def _blend(placed: _Placed, below: int, weight: float, dtype: np.dtype[Any]) -> NDArray[Any]:
    if weight <= _NONE or weight >= 1.0 - _NONE:
        mixed = placed.slice(below + round(weight))
    else:
        one, other = placed.slice(below), placed.slice(below + 1)
        mixed = one + (other - one) * one.dtype.type(weight)
    return (np.rint(mixed) if dtype.kind in "iu" else mixed).astype(dtype)


def _moved(
    affine: NDArray[np.float64], low: NDArray[Any], depth: float, gap: float
) -> NDArray[np.float64]:
    normal = affine[:3, 2] / np.linalg.norm(affine[:3, 2])
    moved = affine.copy()
    moved[:3, 3] += affine[:3, 0] * low[0] + affine[:3, 1] * low[1] + normal * depth
    moved[:3, 2] = normal * gap
    return moved
