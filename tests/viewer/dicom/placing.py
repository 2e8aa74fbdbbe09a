"""Where a reader put the pixels of a series whose truth is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.viewer.dicom.geometry_series import COLUMNS, ROWS, SLOPE, Truth, ramp

Placed = tuple[NDArray[Any], NDArray[np.float64]]
"""Voxels (slices, rows, columns) and the affine from (column, row, slice) to LPS+ mm."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The largest distance of a slice's corner from its truth, and how many corners are gone."""

    worst_mm: float
    lost: int
    corners: int


def corner_placement(volumes: Iterable[Placed], truth: Truth) -> Placement:
    """Find every slice's corner pixels by their values and say how far off the worst one lies.

    A corner that is in no volume at all is lost; one that is in several counts where it is worst,
    so that a slice put twice is not forgiven.
    """
    codes, places = truth.points()
    wrong = np.full(len(codes), -1.0)
    for voxels, affine in volumes:
        flat = np.rint(np.asarray(voxels, np.float64)).ravel()
        order = np.argsort(flat, kind="stable")
        at = np.searchsorted(flat[order], codes)
        there = at < len(flat)
        there[there] &= flat[order[at[there]]] == codes[there]
        k, j, i = np.unravel_index(order[at[there]], voxels.shape)
        mm = (affine @ np.array([i, j, k, np.ones(len(i))]))[:3].T
        wrong[there] = np.maximum(wrong[there], np.linalg.norm(mm - places[there], axis=1))
    lost = int((wrong < 0).sum())
    return Placement(float(wrong.max()), lost, len(codes))


def ramp_error(volume: Placed, truth: Truth) -> tuple[float, int]:
    """How far inner voxels are from the ramp's value at their place, and how many were looked at.

    Inner means: within the pixel centres of the slice below and of the slice above.
    """
    voxels, affine = volume
    k, j, i = np.indices(voxels.shape).reshape(3, -1)
    mm = (affine @ np.array([i, j, k, np.ones(len(i))]))[:3].T
    inner = _covered(mm, truth)
    wrong = np.abs(voxels.reshape(-1)[inner] - ramp(mm[inner]))
    return float(wrong.max()), int(inner.sum())


def ramp_mm(error: float) -> float:
    """The distance along the ramp's steepest way that changes its value by this much."""
    return error / float(np.linalg.norm(SLOPE))


def _covered(mm: NDArray[np.float64], truth: Truth) -> NDArray[np.bool_]:
    first = truth.slices[0]
    normal = np.cross(first.along_row, first.along_column)
    depths = np.array([one.position @ normal for one in truth.slices])
    order = np.argsort(depths)
    level = mm @ normal
    above = np.clip(np.searchsorted(depths[order], level - 1e-9), 1, len(order) - 1)
    inside = (level > depths.min() - 1e-6) & (level < depths.max() + 1e-6)
    for neighbour in (above - 1, above):
        corner = np.array([one.position for one in truth.slices])[order[neighbour]]
        column = (mm - corner) @ first.along_row / first.spacing[1]
        row = (mm - corner) @ first.along_column / first.spacing[0]
        inside &= (column > -1e-6) & (column < COLUMNS - 1 + 1e-6)
        inside &= (row > -1e-6) & (row < ROWS - 1 + 1e-6)
    return np.asarray(inside)
