"""Where a point lies in the imaged head: side from patient coordinates, place in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.records import Vector3

MIDLINE_TOLERANCE_MM = 8.0
NARROWEST_HEAD_MM = 110.0
_BAND_MM = 10.0


@dataclass(frozen=True, slots=True)
class HeadBox:
    """The imaged head's extent in LPS+ mm, and x of its mid-sagittal plane (None if unknown)."""

    low_mm: Vector3
    high_mm: Vector3
    middle_x_mm: float | None


def head_box(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> HeadBox:
    """Return the extent of ``mask`` (slices, rows, columns) in patient space.

    The mid-sagittal plane is the median, over 10 mm bands from foot to head, of the middle
    between the 1st and 99th percentile of x. It is unknown where the image covers less than
    110 mm from side to side, for then the head's middle may lie outside.
    """
    points = _points_mm(mask, affine)
    low, high = np.percentile(points, [0.5, 99.5], axis=0)
    bands = np.floor((points[:, 2] - points[:, 2].min()) / _BAND_MM).astype(int)
    middles = []
    for band in np.unique(bands):
        x = points[bands == band, 0]
        if len(x) > 50:
            left, right = np.percentile(x, [1, 99])
            middles.append((left + right) / 2)
    wide = high[0] - low[0] >= NARROWEST_HEAD_MM
    middle = float(np.median(middles)) if wide and middles else None
    return HeadBox(_vector(low), _vector(high), middle)


def side_of(point_mm: Vector3, box: HeadBox) -> str:
    """Return the patient's side of a point: left, right, midline (within 8 mm) or "".

    LPS+ x grows towards the patient's left (DICOM PS3.3 C.7.6.2.1.1).
    """
    if box.middle_x_mm is None:
        return ""
    offset = point_mm[0] - box.middle_x_mm
    if abs(offset) <= MIDLINE_TOLERANCE_MM:
        return "midline"
    return "left" if offset > 0 else "right"


def place_of(point_mm: Vector3, box: HeadBox) -> str:
    """Return the place in words, relative to the imaged head's own extent; never a lobe."""
    level = _band(point_mm[2], box.low_mm[2], box.high_mm[2], ("lower", "middle", "upper"))
    depth = _band(point_mm[1], box.low_mm[1], box.high_mm[1], ("anterior", "central", "posterior"))
    part = f"{level} {depth} part of the imaged head"
    side = side_of(point_mm, box)
    return f"{side}, {part}" if side else part


def _band(value: float, low: float, high: float, names: tuple[str, str, str]) -> str:
    share = (value - low) / max(high - low, 1e-6)
    return names[0 if share < 0.4 else 1 if share <= 0.6 else 2]


def _points_mm(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> NDArray[np.float64]:
    slices, rows, columns = np.nonzero(mask)
    if not len(slices):
        raise ValueError("the image shows no head")
    step = max(1, len(slices) // 200_000)
    index = np.stack([columns[::step], rows[::step], slices[::step]]).astype(np.float64)
    return np.asarray((affine[:3, :3] @ index + affine[:3, 3:4]).T)


def _vector(values: NDArray[np.float64]) -> Vector3:
    return float(values[0]), float(values[1]), float(values[2])
