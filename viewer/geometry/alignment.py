"""How one volume lies to another, and volumes made coarse enough to find it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORKING_MM = 2.0
"""Voxels are thinned to about this spacing first: finer ones cost time and bring no better fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """How to get from the fixed volume to the moving one.

    ``matrix`` (4x4) maps LPS+ mm of the fixed volume to LPS+ mm of the moving one. The scores are
    mutual information in nats over the fixed volume, before and after; with ``ok`` false the reason
    says why the result is not to be used.
    """

    matrix: NDArray[np.float64]
    score_before: float
    score_after: float
    ok: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Voxels (slices, rows, columns) as float32 with their affine to LPS+ mm."""

    voxels: NDArray[np.float32]
    affine: NDArray[np.float64]


def thinned(voxels: NDArray[Any], affine: NDArray[np.float64]) -> Grid:
    """Return the mean over whole blocks of voxels, so that the spacing comes near WORKING_MM.

    Voxels that are no number count as the darkest one.
    """
    spacing = np.linalg.norm(affine[:3, :3], axis=0)[::-1]  # slices, rows, columns
    steps = [max(round(WORKING_MM / float(mm)), 1) for mm in spacing]
    steps = [min(step, size) for step, size in zip(steps, voxels.shape, strict=True)]
    kept = [size // step * step for size, step in zip(voxels.shape, steps, strict=True)]
    part = np.asarray(voxels[: kept[0], : kept[1], : kept[2]], dtype=np.float32)
    known = np.isfinite(part)
    if not known.all():
        part = np.where(known, part, part[known].min() if known.any() else np.float32(0.0))
    blocks = part.reshape(
        kept[0] // steps[0], steps[0], kept[1] // steps[1], steps[1], kept[2] // steps[2], steps[2]
    )
    along = np.array(steps[::-1], dtype=np.float64)
    moved = affine.copy()
    moved[:3, :3] = affine[:3, :3] * along
    moved[:3, 3] += affine[:3, :3] @ ((along - 1.0) / 2.0)
    return Grid(np.ascontiguousarray(blocks.mean(axis=(1, 3, 5))), moved)
