"""How much memory a series needs, known before anything is computed; see docs/adr/0016."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inference.pipeline.memory import MIB

STEADY_BATCH = 8
_BATCHES = (16, 8, 4, 2, 1)
_FIXED = 400 * MIB
_PER_PIXEL_AND_SLICE = 200
_GRIDS = 10
_PER_VOXEL = 8


def needed_bytes(
    shape: Sequence[int], dtype: np.dtype[np.generic], side_px: int, batch: int
) -> int:
    """Return what analysing a series takes at its peak, beside the loaded models.

    Parameters
    ----------
    shape
        (slices, rows, columns).
    dtype
        Of the voxels as stored.
    side_px
        Side of the network's square grid.
    batch
        Slices computed at once.
    """
    slices, rows, columns = shape
    return (
        _FIXED
        + batch_bytes(side_px, batch)
        + slices * side_px**2 * 4 * _GRIDS
        + slices * rows * columns * (_PER_VOXEL + dtype.itemsize)
    )


def batch_bytes(side_px: int, batch: int) -> int:
    """Return what the networks' intermediate results take for a batch and its mirror images."""
    return 2 * batch * side_px**2 * _PER_PIXEL_AND_SLICE


def fitting_batch(side_px: int, budget: int) -> int:
    """Return the largest batch that takes at most a quarter of the budget."""
    fitting = (batch for batch in _BATCHES if 4 * batch_bytes(side_px, batch) <= budget)
    return next(fitting, 1)


def cannot_fit(shape: Sequence[int], dtype: np.dtype[np.generic], side_px: int, budget: int) -> str:
    """Return why a series cannot be analysed within ``budget`` bytes, or nothing if it can."""
    need = needed_bytes(shape, dtype, side_px, 1)
    if need <= budget:
        return ""
    return (
        f"Not analysed, because it needs about {need // MIB:,} MB of memory and an analysis may "
        f"take {budget // MIB:,} MB on this machine now."
    )


def too_large(budget: int | None) -> str:
    """Return the sentence for a series that did not fit after all."""
    may = f" ({budget // MIB:,} MB)" if budget else ""
    return f"Not analysed, because it needs more memory than an analysis may take here{may}."
