"""A 3-D series to the anatomy network's grid in the patient's axes, and back.

The grid follows the affine alone: from feet to head, face to back, the patient's right to left.
So the sides the network names are the patient's, however the series was acquired.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.models.structures import Structure
from viewer.records import Volume

Image = NDArray[np.float32]
_DEPTH_MM = 150.0
_BELOW_CROWN_MM = 80.0
_TRACE = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class HeadGrid:
    """A head on the network's grid; ``affine`` leads from (column, row, slice) to LPS+ mm."""

    image: Image
    affine: NDArray[np.float64]
    voxel_mm: float


def normalise_head(image: Image) -> Image:
    """Return ``image`` scaled so that its 2 and 99.5 % quantiles become 0 and 1, held to 0..1.5."""
    low, high = np.quantile(image, (0.02, 0.995))
    scaled = (image - low) / (high - low + 1e-3)
    return np.asarray(np.clip(scaled, 0, 1.5), dtype=np.float32)


def middle_of_head(volume: Volume) -> tuple[float, float, float]:
    """Return LPS+ mm of the middle of the upper head, where the brain is looked for first.

    Skin to skin across and front to back, and a fixed depth below the crown, since how much of
    the neck is in the picture differs.
    """
    step = [max(1, round(4.0 / s)) for s in reversed(volume.spacing_mm)]
    voxels = np.asarray(volume.voxels[:: step[0], :: step[1], :: step[2]], dtype=np.float32)
    bright = voxels > 0.12 * float(np.quantile(voxels, 0.99))
    bright = ndimage.binary_opening(bright, np.ones((2, 2, 2), dtype=bool))
    parts, count = ndimage.label(bright)
    if count > 1:
        bright = parts == 1 + int(np.bincount(parts.ravel())[1:].argmax())
    if not bright.any():
        bright = np.ones_like(bright)
    index = np.argwhere(bright)[:, ::-1] * np.array(step[::-1])
    points = index @ volume.affine[:3, :3].T + volume.affine[:3, 3]
    crown = float(np.quantile(points[:, 2], 0.999))
    upper = points[points[:, 2] > crown - _DEPTH_MM]
    across, along = (float(np.mean(np.quantile(upper[:, axis], (0.01, 0.99)))) for axis in (0, 1))
    return across, along, crown - _BELOW_CROWN_MM


def to_grid(
    volume: Volume,
    middle: tuple[float, float, float],
    grid: tuple[int, int, int],
    voxel_mm: float,
) -> HeadGrid:
    """Return ``volume`` resampled around ``middle``; each grid voxel averages what it covers."""
    affine = np.diag([voxel_mm, voxel_mm, voxel_mm, 1.0])
    size = np.array(grid[::-1], dtype=float)
    affine[:3, 3] = np.array(middle) - voxel_mm * (size - 1) / 2
    to_voxels = _from_to(affine, volume.affine)
    smooth = _presmoothed(volume, voxel_mm)
    image = _resampled(smooth, to_voxels, grid)
    return HeadGrid(normalise_head(image), affine, voxel_mm)


def _from_to(source: NDArray[np.float64], goal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matrix from one grid's (column, row, slice) to another's."""
    return np.asarray(np.linalg.solve(goal, source), dtype=np.float64)


def _presmoothed(volume: Volume, voxel_mm: float) -> Image:
    """Return the voxels blurred to the coarser grid, so that nothing finer folds into it."""
    voxels = np.asarray(volume.voxels, dtype=np.float32)
    sizes = [max(0.0, (voxel_mm / s) ** 2 - 1) ** 0.5 for s in reversed(volume.spacing_mm)]
    sigma = [0.36 * size for size in sizes]
    return np.asarray(ndimage.gaussian_filter(voxels, sigma, truncate=3.0), dtype=np.float32)


def _resampled(
    voxels: Image,
    to_voxels: NDArray[np.float64],
    grid: tuple[int, ...],
    first: tuple[int, ...] = (0, 0, 0),
    outside: float = 0.0,
) -> Image:
    """Return ``voxels`` on the part of a grid that begins at ``first`` and is ``grid`` large.

    ``to_voxels`` takes the grid's (column, row, slice) to those of ``voxels``.
    """
    order = [2, 1, 0]
    matrix = to_voxels[:3, :3][np.ix_(order, order)]
    offset = to_voxels[:3, 3][order] + matrix @ np.array(first)
    moved = ndimage.affine_transform(
        voxels, matrix, offset, grid, order=1, mode="constant", cval=outside
    )
    return np.asarray(moved, dtype=np.float32)


def _box_of(
    probability: Image, to_grid_voxels: NDArray[np.float64], size: tuple[int, ...]
) -> tuple[slice, ...] | None:
    """Return the part of the series a structure can lie in, or None where it is nowhere."""
    where = [np.flatnonzero((probability > _TRACE).any(axis=a)) for a in ((1, 2), (0, 2), (0, 1))]
    if not len(where[0]):
        return None
    ends = [(int(w[0]) - 1, int(w[-1]) + 1) for w in reversed(where)]
    corners = np.array([[*corner, 1] for corner in itertools.product(*ends)], dtype=float)
    found = np.linalg.solve(to_grid_voxels, corners.T)[:3][::-1]
    low = np.maximum(np.floor(found.min(1)).astype(int), 0)
    high = np.minimum(np.ceil(found.max(1)).astype(int) + 1, size)
    if (high <= low).any():
        return None
    return tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))


def labels_on_series(
    likely: Image, left: Image, head: HeadGrid, volume: Volume, structures: tuple[Structure, ...]
) -> NDArray[np.uint8]:
    """Return label values on the series' grid, from class probabilities interpolated there.

    Parameters
    ----------
    likely, left
        Probability of each structure (classes, d, h, w) and of the left side (d, h, w).
    """
    shape = volume.voxels.shape
    size = (shape[0], shape[1], shape[2])
    to_grid_voxels = _from_to(volume.affine, head.affine)
    best = _resampled(likely[0], to_grid_voxels, size, outside=1.0)
    found = np.zeros(size, dtype=np.uint8)
    for number in range(1, len(structures)):
        box = _box_of(likely[number], to_grid_voxels, size)
        if box is None:
            continue
        extent, first = tuple(s.stop - s.start for s in box), tuple(s.start for s in box)
        probability = _resampled(likely[number], to_grid_voxels, extent, first)
        better = probability > best[box]
        found[box][better] = number
        best[box][better] = probability[better]
    on_left = _resampled(left - 0.5, to_grid_voxels, size) > 0
    lefts, rights = (
        np.array([getattr(s, side) for s in structures], dtype=np.uint8)
        for side in ("left", "right")
    )
    return np.where(on_left, lefts[found], rights[found]).astype(np.uint8)
