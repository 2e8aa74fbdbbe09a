"""Size of a labelled structure in millilitres and millimetres."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
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


def volume_error_ml(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> float:
    """Return how far ``volume_ml`` may be wrong because slices and pixels have a size.

    Within the slices: half the pixels on the outline's edge, the most an outline in whole pixels
    can have counted too much. Between the slices: the standard error of a volume summed over
    parallel slices (Gundersen and Jensen 1987, doi:10.1111/j.1365-2818.1987.tb02837.x). The two
    are added in squares. It says nothing of a wrong outline.
    """
    inner = ndimage.binary_erosion(mask, ndimage.generate_binary_structure(2, 1)[None])
    within = float((mask & ~inner).sum()) / 2
    areas = mask.sum(axis=(1, 2)).astype(np.float64)
    lags = [float(areas[: len(areas) - lag] @ areas[lag:]) for lag in range(min(3, len(areas)))]
    same, next_one, second = [*lags, 0.0, 0.0][:3]
    between = math.sqrt(max(0.0, (3 * same - 4 * next_one + second) / 12))
    voxel_ml = abs(float(np.linalg.det(affine[:3, :3]))) / 1000
    return math.hypot(within, between) * voxel_ml


@dataclass(frozen=True, slots=True)
class Diameters:
    """Longest diameter within one slice, and the longest across it on the same slice, in mm."""

    longest_mm: float
    across_mm: float
    slice_index: int

    @property
    def product_mm2(self) -> float:
        """The bidimensional product of RANO (doi:10.1200/JCO.2009.26.3541)."""
        return self.longest_mm * self.across_mm


def diameters(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> Diameters:
    """Return the two diameters on the slice where the first is longest.

    Distances are between marked pixel centres. One pixel is added along each diameter's own
    direction on average, so that a single pixel has its own size and not zero.
    """
    spacing, plane = np.linalg.norm(affine[:3, :2], axis=0), _plane(affine)
    best, where, ends = -1.0, 0, np.zeros((2, 2))
    for k in np.flatnonzero(mask.any(axis=(1, 2))):
        points = _pixels(mask[k], plane)
        length, pair = _longest(points)
        if length > best:
            best, where, ends = length, int(k), pair
    across = _across(_pixels(mask[where], plane), ends[1] - ends[0], float(spacing.min()))
    pixel = float(spacing.mean())
    return Diameters(best + pixel, across + pixel, where)


def longest_distance_mm(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> float:
    """Return the longest distance in patient space between two marked voxel centres.

    Like the diameters it has one voxel added, along the slices' mean spacing.
    """
    spacing = np.linalg.norm(affine[:3, :2], axis=0)
    corners = []
    for k in np.flatnonzero(mask.any(axis=(1, 2))):
        pixels = _hull(_pixels(mask[k], np.eye(2)))
        index = np.c_[pixels, np.full(len(pixels), k)]
        corners.append(index @ affine[:3, :3].T)
    return _longest(np.concatenate(corners))[0] + float(spacing.mean())


def centre_mm(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the centre of mass of ``mask`` in LPS+ mm."""
    slices, rows, columns = (axis.mean() for axis in np.nonzero(mask))
    point = affine @ np.array([columns, rows, slices, 1.0])
    return float(point[0]), float(point[1]), float(point[2])


def measurements(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> tuple[Measurement, ...]:
    """Return size and extent with UCUM units: the volume first, then the longest diameter."""
    error = volume_error_ml(mask, affine)
    both = diameters(mask, affine)
    return (
        Measurement(
            "volume",
            round(volume_ml(mask, affine), 2),
            "mL",
            f"voxel count of the outline by the slices' positions, +/- {error:.2f} mL for the"
            " size of pixels and the distance of slices",
        ),
        Measurement(
            "largest in-plane diameter",
            round(both.longest_mm, 1),
            "mm",
            "longest distance within one acquired slice",
        ),
        Measurement(
            "perpendicular diameter",
            round(both.across_mm, 1),
            "mm",
            f"longest distance across it, on the same slice {both.slice_index + 1} (RANO)",
        ),
        Measurement(
            "longest distance in three dimensions",
            round(longest_distance_mm(mask, affine), 1),
            "mm",
            "longest distance between two marked voxels in patient space",
        ),
        Measurement(
            "volume uncertainty",
            round(error, 2),
            "mL",
            "half the pixels on the outline's edge, and the error of summing slices",
        ),
        Measurement("slices", float(mask.any(axis=(1, 2)).sum()), "{slices}", "slices touched"),
    )


def _plane(affine: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (2, 2): where a step along columns and one along rows lead within the slice, in mm.

    The two need not be at right angles.
    """
    across, down = affine[:3, 0], affine[:3, 1]
    width = float(np.linalg.norm(across))
    aside = float(down @ across) / width
    height = math.sqrt(max(0.0, float(down @ down) - aside**2))
    return np.array([[width, 0.0], [aside, height]])


def _pixels(image: NDArray[np.bool_], plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the marked pixels' centres within the slice (n, 2); ``plane`` as _plane gives it."""
    rows, columns = np.nonzero(image)
    return np.asarray(np.stack([columns, rows], axis=1) @ plane)


def _longest(points: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return the longest distance between two of the points, and those two."""
    if len(points) < 2:
        return 0.0, np.repeat(points[:1], 2, axis=0)
    few = _hull(points)
    lengths = pdist(few)
    best = int(lengths.argmax())
    first, second = (int(half[best]) for half in np.triu_indices(len(few), 1))
    return float(lengths[best]), few[[first, second]]


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the corners of the points' hull, or all of them where they have none."""
    if len(points) > 20:
        with contextlib.suppress(QhullError):
            return np.asarray(points[ConvexHull(points).vertices])
    return points


def _across(points: NDArray[np.float64], along: NDArray[np.float64], pixel_mm: float) -> float:
    """Return the longest chord across a direction: pixels in bands one pixel wide along it."""
    length = float(np.linalg.norm(along))
    unit = along / length if length > 0 else np.array([1.0, 0.0])
    bands = np.rint(points @ unit / pixel_mm).astype(np.int64)
    bands -= bands.min()
    offset = points @ np.array([-unit[1], unit[0]])
    low, high = np.full(bands.max() + 1, np.inf), np.full(bands.max() + 1, -np.inf)
    np.minimum.at(low, bands, offset)
    np.maximum.at(high, bands, offset)
    return float((high - low).max())
