"""Size of a labelled structure in millilitres and millimetres."""

from __future__ import annotations

import contextlib

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import pdist

from inference.records import Measurement


def volume_ml(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> float:
    """Return the volume of ``mask`` (slices, rows, columns) by counting voxels.

    A voxel's size is the determinant of the affine, hence the true distance between slices,
    never the nominal slice thickness.
    """
    return float(mask.sum() * abs(np.linalg.det(affine[:3, :3])) / 1000)


def largest_slice(mask: NDArray[np.bool_]) -> int:
    """Return the index of the slice on which ``mask`` covers most pixels."""
    return int(mask.sum(axis=(1, 2)).argmax())


def largest_diameter_mm(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> float:
    """Return the longest distance inside one acquired slice between two marked pixel centres.

    One pixel is added along the diameter's own direction on average, so that a single pixel has
    its own size and not zero.
    """
    spacing = np.linalg.norm(affine[:3, :2], axis=0)
    longest = 0.0
    for image in mask[mask.any(axis=(1, 2))]:
        rows, columns = np.nonzero(image)
        points = np.stack([columns * spacing[0], rows * spacing[1]], axis=1)
        longest = max(longest, _longest(points))
    return float(longest + spacing.mean())


def centre_mm(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the centre of mass of ``mask`` in LPS+ mm."""
    slices, rows, columns = (axis.mean() for axis in np.nonzero(mask))
    point = affine @ np.array([columns, rows, slices, 1.0])
    return float(point[0]), float(point[1]), float(point[2])


def measurements(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> tuple[Measurement, ...]:
    """Return volume, largest in-plane diameter and number of slices, with UCUM units."""
    return (
        Measurement(
            "volume", round(volume_ml(mask, affine), 2), "mL", "voxel count of the outline"
        ),
        Measurement(
            "largest in-plane diameter",
            round(largest_diameter_mm(mask, affine), 1),
            "mm",
            "longest distance within one acquired slice",
        ),
        Measurement("slices", float(mask.any(axis=(1, 2)).sum()), "{slices}", "slices touched"),
    )


def _longest(points: NDArray[np.float64]) -> float:
    if len(points) < 2:
        return 0.0
    if len(points) > 20:
        with contextlib.suppress(QhullError):
            points = points[ConvexHull(points).vertices]
    return float(pdist(points).max())
