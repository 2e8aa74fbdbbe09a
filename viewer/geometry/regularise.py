"""Resampling a sheared or uneven stack once onto a regular grid, by linear interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from viewer.errors import UnreadableSeriesError
from viewer.geometry.gate import Stack

_MAX_GROWTH = 4.0
_CLOSER = 0.8


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
    for k in range(planes):
        below, weight = _between(depth, depth[0] + k * gap)
        out[k] = _blend(
            _placed(voxels[below], shift[below] - low, shape),
            _placed(voxels[below + 1], shift[below + 1] - low, shape),
            weight,
            voxels.dtype,
        )
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


def _placed(
    picture: NDArray[Any], shift: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    """The picture moved by (columns, rows) onto a larger field of zeros."""
    if np.abs(shift).max() < 1e-6 and picture.shape == shape:
        return picture.astype(np.float64)
    moved = ndimage.affine_transform(
        picture.astype(np.float64),
        (1.0, 1.0),
        offset=(-shift[1], -shift[0]),
        output_shape=shape,
        order=1,
        mode="grid-constant",
    )
    return np.asarray(moved)


def _blend(
    one: NDArray[np.float64], other: NDArray[np.float64], weight: float, dtype: np.dtype[Any]
) -> NDArray[Any]:
    mixed = one * (1.0 - weight) + other * weight
    return (np.rint(mixed) if dtype.kind in "iu" else mixed).astype(dtype)


def _moved(
    affine: NDArray[np.float64], low: NDArray[Any], depth: float, gap: float
) -> NDArray[np.float64]:
    normal = affine[:3, 2] / np.linalg.norm(affine[:3, 2])
    moved = affine.copy()
    moved[:3, 3] += affine[:3, 0] * low[0] + affine[:3, 1] * low[1] + normal * depth
    moved[:3, 2] = normal * gap
    return moved
