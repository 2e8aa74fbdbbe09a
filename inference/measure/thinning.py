"""A series made coarse for registration, what of it is head, and where it may lie."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.measure.atlas import Atlas

Matrix = NDArray[np.float64]
Shift = NDArray[np.float64]

WORKING_MM = 3.0
"""How coarse a series is made for registration."""
_AROUND_MM = 12.0
_WIDE_MM, _LONG_MM = 120.0, 150.0
_SQUARE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Thinned:
    """Voxels (slices, rows, columns) with their affine, the head, and the head with a margin."""

    voxels: NDArray[np.float32]
    affine: Matrix
    head: NDArray[np.bool_]
    around: NDArray[np.bool_]

    def extent(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the head's extent in LPS+ mm, specks left out: lowest and highest corner."""
        points = self.head_points()
        low, high = np.quantile(points, [0.005, 0.995], axis=0)
        return low, high

    def covered_mm(self) -> tuple[float, float, float]:
        """Return how much of the head the image shows along slices, rows and columns."""
        spacing = np.linalg.norm(self.affine[:3, :3], axis=0)[::-1]
        spans = []
        for axis in range(3):
            others = tuple(one for one in range(3) if one != axis)
            spans.append(float((self.head.mean(axis=others) > 0.01).sum() * spacing[axis]))
        return spans[0], spans[1], spans[2]

    def shifts_to(self, atlas: Atlas) -> list[Shift]:
        """Return shifts in mm that may bring the head onto the template's, to be tried."""
        low, high = self.extent()
        known = atlas.head_extent
        x = _tries(low[0], high[0], known[0][0], known[1][0], _WIDE_MM)
        y = _tries(low[1], high[1], known[0][1], known[1][1], _LONG_MM)
        top = known[1][2] - high[2]
        z = [top - down for down in np.arange(-12.0, 130.0, 12.0)]
        return [np.array(shift) for shift in itertools.product(x, y, z)]

    def head_points(self) -> NDArray[np.float64]:
        """Return the head's voxels in LPS+ mm (n, 3)."""
        index = np.argwhere(self.head)[:, ::-1]
        return np.asarray(index @ self.affine[:3, :3].T + self.affine[:3, 3])


def thinned(
    voxels: NDArray[np.generic], head: NDArray[np.bool_], affine: Matrix, wanted_mm: float
) -> Thinned:
    """Return the mean over whole blocks of voxels, so that the spacing comes near ``wanted_mm``.

    A sheared grid is laid onto a square one first, which registration needs.
    """
    values, inside = np.asarray(voxels, dtype=np.float32), head.astype(np.float32)
    spacing = np.linalg.norm(affine[:3, :3], axis=0)[::-1]
    steps = [max(round(wanted_mm / float(mm)), 1) for mm in spacing]
    steps = [min(step, size) for step, size in zip(steps, values.shape, strict=True)]
    small, few = _blocks(values, steps), _blocks(inside, steps)
    along = np.array(steps[::-1], dtype=np.float64)
    moved = affine.copy()
    moved[:3, :3] = affine[:3, :3] * along
    moved[:3, 3] += affine[:3, :3] @ ((along - 1) / 2)
    small, few, moved = _squared(small, few, moved)
    there = few > 0.5
    margins = _AROUND_MM / np.linalg.norm(moved[:3, :3], axis=0)[::-1]
    reach = np.ones([2 * max(1, round(float(step))) + 1 for step in margins], dtype=bool)
    top = float(np.quantile(small[there], 0.995)) if there.any() else 1.0
    around = ndimage.binary_dilation(there, reach)
    return Thinned(np.minimum(small, top), moved, there, np.asarray(around))


def _blocks(values: NDArray[np.float32], steps: list[int]) -> NDArray[np.float32]:
    kept = [size // step * step for size, step in zip(values.shape, steps, strict=True)]
    part = values[: kept[0], : kept[1], : kept[2]]
    split = [n for size, step in zip(kept, steps, strict=True) for n in (size // step, step)]
    return np.ascontiguousarray(part.reshape(split).mean(axis=(1, 3, 5)))


def _squared(
    values: NDArray[np.float32], head: NDArray[np.float32], affine: Matrix
) -> tuple[NDArray[np.float32], NDArray[np.float32], Matrix]:
    """Return the grid with perpendicular axes: slices shifted within their own plane."""
    unit = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    normal = np.cross(unit[:, 0], unit[:, 1])
    normal /= np.linalg.norm(normal)
    if unit[:, 2] @ normal < 0:
        normal = -normal
    if float(np.abs(unit.T @ unit - np.eye(3)).max()) < _SQUARE:
        return values, head, affine
    square = affine.copy()
    square[:3, 1] -= (affine[:3, 1] @ unit[:, 0]) * unit[:, 0]
    square[:3, 2] = normal * float(affine[:3, 2] @ normal)
    back = np.linalg.inv(affine[:3, :3])
    count, rows, columns = values.shape
    corners = np.array(list(itertools.product((0, columns - 1), (0, rows - 1), (0, count - 1))))
    places = (corners @ affine[:3, :3].T) @ np.linalg.inv(square[:3, :3]).T
    low, high = np.floor(places.min(axis=0)), np.ceil(places.max(axis=0))
    size = (high - low + 1).astype(int)[::-1]
    square[:3, 3] = affine[:3, 3] + square[:3, :3] @ low
    map_back = (back @ square[:3, :3])[::-1, ::-1]
    offset = (back @ (square[:3, 3] - affine[:3, 3]))[::-1]
    laid = [
        ndimage.affine_transform(one, map_back, offset, tuple(size), order=1)
        for one in (values, head)
    ]
    return laid[0], laid[1], square


def _tries(
    low: float, high: float, known_low: float, known_high: float, wide: float
) -> list[float]:
    """Return shifts along one axis: middle on middle, and more where only a part is covered."""
    middle = (known_low + known_high - low - high) / 2
    if high - low >= wide:
        return [middle]
    room = (known_high - known_low - (high - low)) / 2
    return [middle + share * room for share in (-0.9, -0.45, 0.0, 0.45, 0.9)]
