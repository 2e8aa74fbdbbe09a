"""Flat regions on a plane: their size, and the voxels inside.

On a plane of the grid (any of the three, whichever way it is turned or flipped on the screen) a
voxel belongs to a region if its centre lies inside; the slice is the one nearest to the plane. On
any other plane the volume is sampled by trilinear interpolation on a net as fine as the finest
spacing. The method is told in words.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, special

from viewer.records import AnnotationKind, Vector3, Volume

_PARALLEL = 1e-6
_FLAT_MM = 1e-9
_MOST_SAMPLES = 4_000_000


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle, ellipse or polygon by its points in LPS+ mm, on the plane of right and down."""

    kind: AnnotationKind
    points_mm: tuple[Vector3, ...]
    right: Vector3
    down: Vector3

    @property
    def origin(self) -> NDArray[np.float64]:
        """The point the flat coordinates count from: the first one."""
        return np.array(self.points_mm[0])

    def flat(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Coordinates along right and down, shape (..., 2), of points (..., 3)."""
        return np.asarray((points - self.origin) @ np.array([self.right, self.down]).T)

    def corners(self) -> NDArray[np.float64]:
        """The points in flat coordinates, shape (n, 2)."""
        return self.flat(np.array(self.points_mm))


def surface(region: Region) -> float:
    """Area: w h, pi a b, or the shoelace formula."""
    corners = region.corners()
    if region.kind is AnnotationKind.FREEHAND:
        x, y = corners[:, 0], corners[:, 1]
        return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2.0
    wide, high = np.abs(corners[1] - corners[0])
    return float(wide * high * (math.pi / 4 if region.kind is AnnotationKind.ELLIPSE else 1.0))


def perimeter(region: Region) -> float:
    """Length of the edge; of an ellipse by the complete elliptic integral (DLMF 19.30.5)."""
    corners = region.corners()
    if region.kind is AnnotationKind.FREEHAND:
        return float(np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1).sum())
    wide, high = (float(side) for side in np.abs(corners[1] - corners[0]))
    if region.kind is AnnotationKind.RECTANGLE:
        return 2.0 * (wide + high)
    long, short = max(wide, high) / 2.0, min(wide, high) / 2.0
    return float(4.0 * long * special.ellipe(1.0 - (short / long) ** 2)) if long else 0.0


def inside(region: Region, flat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which flat points (..., 2) lie in the region, its edge included for box and ellipse."""
    corners = region.corners()
    if region.kind is AnnotationKind.FREEHAND:
        return _in_polygon(corners, flat)
    centre, half = corners.mean(axis=0), np.abs(corners[1] - corners[0]) / 2.0
    away = np.abs(flat - centre)
    if region.kind is AnnotationKind.RECTANGLE:
        return np.asarray((away <= half + 1e-9).all(axis=-1))
    if half.min() < _FLAT_MM:
        return np.zeros(flat.shape[:-1], bool)
    return np.asarray(((away / half) ** 2).sum(axis=-1) <= 1.0 + 1e-9)


def sample(region: Region, volume: Volume) -> tuple[NDArray[np.float64], str]:
    """The values inside a region, as a flat array, and how they were taken.

    Voxels that are no number are left out, and how many is told.
    """
    axis = _grid_axis(region, volume)
    if axis is None:
        taken, method = _interpolated(region, volume), "interpolated between voxels (oblique plane)"
    else:
        taken, method = _voxels(region, volume, axis), "voxels whose centre lies inside"
    values = np.asarray(taken, dtype=np.float64)
    numbers = values[np.isfinite(values)]
    if numbers.size < values.size:
        method += f", {values.size - numbers.size} without a number left out"
    return numbers, method


def _grid_axis(region: Region, volume: Volume) -> int | None:
    """The grid axis (0 i, 1 j, 2 k) the plane lies across, or None where it is oblique."""
    normal = np.cross(np.array(region.right), np.array(region.down))
    for axis in range(3):
        one, other = (volume.affine[:3, way] for way in range(3) if way != axis)
        across = np.cross(one, other)
        across /= np.linalg.norm(across)
        if abs(abs(float(across @ normal)) - 1.0) < _PARALLEL:
            return axis
    return None


def _voxels(region: Region, volume: Volume, axis: int) -> NDArray[Any]:
    """Voxels of the nearest slice whose centres lie inside."""
    index = np.array([volume.to_index(point) for point in _hull(region)])
    size = np.array(volume.voxels.shape)[::-1]
    low = np.maximum(np.floor(index.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(index.max(axis=0)).astype(int), size - 1)
    level = round(float(index[:, axis].mean()))
    low[axis] = high[axis] = level
    if not 0 <= level < size[axis] or (high < low).any():
        return np.empty(0, volume.voxels.dtype)
    i, j, k = (np.arange(low[way], high[way] + 1) for way in range(3))
    grid = np.stack(np.meshgrid(i, j, k, indexing="ij"), axis=-1)
    places = grid @ volume.affine[:3, :3].T + volume.affine[:3, 3]
    chosen = grid[inside(region, region.flat(places))]
    return np.asarray(volume.voxels[chosen[:, 2], chosen[:, 1], chosen[:, 0]])


def _interpolated(region: Region, volume: Volume) -> NDArray[Any]:
    """Trilinear samples on a net of the finest spacing, inside the volume."""
    flat = region.flat(np.array(_hull(region)))
    low, high = flat.min(axis=0), flat.max(axis=0)
    step = max(min(volume.spacing_mm), math.sqrt(float(np.prod(high - low)) / _MOST_SAMPLES), 1e-6)
    x, y = (_middles(bottom, top, step) for bottom, top in zip(low, high, strict=True))
    net = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)
    chosen = net[inside(region, net)]
    places = region.origin + chosen @ np.array([region.right, region.down])
    index = np.linalg.solve(
        volume.affine[:3, :3], (places - volume.affine[:3, 3]).T
    )  # rows i, j, k
    size = np.array(volume.voxels.shape)[::-1, None]
    index = index[:, ((index >= 0.0) & (index <= size - 1.0)).all(axis=0)]
    if not index.size:
        return np.empty(0)
    return np.asarray(
        ndimage.map_coordinates(
            volume.voxels, index[::-1], output=np.float64, order=1, mode="nearest"
        )
    )


def _middles(bottom: float, top: float, step: float) -> NDArray[np.float64]:
    """The middles of equal parts of a range, none longer than the step."""
    count = max(1, math.ceil((top - bottom) / step - 1e-9))
    return np.asarray(bottom + (np.arange(count) + 0.5) * (top - bottom) / count)


def _hull(region: Region) -> list[Vector3]:
    """Points in LPS+ mm around the region: its own, or the four corners of its box."""
    if region.kind is AnnotationKind.FREEHAND:
        return list(region.points_mm)
    (x0, y0), (x1, y1) = region.corners()
    right, down = np.array(region.right), np.array(region.down)
    corners = (
        region.origin + x * right + y * down for x, y in itertools.product((x0, x1), (y0, y1))
    )
    return [(float(one[0]), float(one[1]), float(one[2])) for one in corners]


def _in_polygon(corners: NDArray[np.float64], flat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Even-odd rule (Shimrat, doi:10.1145/368637.368653), one edge at a time."""
    x, y = flat[..., 0], flat[..., 1]
    within = np.zeros(x.shape, bool)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 == y1:
            continue
        crosses = (y0 > y) != (y1 > y)
        with np.errstate(over="ignore"):  # a nearly level edge: endless is on the right side too
            within ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return within
