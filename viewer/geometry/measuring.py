"""The numbers of an annotation: lengths, angles, areas, and the voxels inside a region.

Everything is computed from the points in LPS+ mm, never stored. Where the geometry of a series is
unknown, the same is computed on its pixel grid and told in pixels.

Error bounds are worst cases: a click lands within half a screen pixel of what was meant in both
directions, so each point within ``sqrt(1/2)`` pixels; the slice corners' own error is added.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.regions import Region, perimeter, sample, surface
from viewer.records import Annotation, AnnotationKind, Geometry, GeometryKind, Vector3, Volume

PIXELS = "px"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number with its UCUM unit (``px`` and ``px2`` where nothing is calibrated).

    ``bound`` is the largest error in the same unit; None where the number is a plain reading.
    """

    name: str
    number: float
    unit: str
    bound: float | None = None

    def words(self, bound: str = "") -> str:
        """The number as a reader sees it, e.g. ``34.2 mm``, or with its bound ``34.2 ± 0.7 mm``."""
        unit = {"deg": "°", "mm2": " mm²", "px2": " px²", "1": ""}.get(self.unit, f" {self.unit}")
        return f"{self.number:.1f}{bound}{unit}"


@dataclass(frozen=True, slots=True)
class Measured:
    """All numbers of an annotation, where the millimetres come from, and how voxels were taken."""

    values: tuple[Quantity, ...]
    calibration: str
    method: str = ""

    def value(self, name: str) -> Quantity:
        """The quantity of that name; KeyError where there is none."""
        for one in self.values:
            if one.name == name:
                return one
        raise KeyError(name)


def measure(annotation: Annotation, volume: Volume) -> Measured:
    """Return the numbers of an annotation on its series' volume."""
    known = volume.geometry.kind is not GeometryKind.UNKNOWN
    if not known:
        annotation, volume = _on_pixels(annotation, volume)
    unit = "mm" if known else PIXELS
    method = ""
    if annotation.kind in _REGIONS:
        values, method = _region(annotation, volume, unit)
    else:
        values = _MEASURES[annotation.kind](annotation, volume, unit)
    if annotation.kind is AnnotationKind.PROBE:
        method = _place(annotation.points_mm[0], known=known)
    return Measured(values, calibration_of(volume.geometry, known=known), method)


def calibration_of(geometry: Geometry, *, known: bool = True) -> str:
    """Return in words where a series' millimetres come from."""
    if not known or geometry.kind is GeometryKind.UNKNOWN:
        return "not calibrated: pixels"
    if geometry.kind is GeometryKind.REGULARISED:
        return (
            "positions and pixel spacing of the slices, resampled to a regular grid"
            f" (slice corners were up to {geometry.max_corner_error_mm:.2f} mm off)"
        )
    return "positions and pixel spacing of the slices"


def _point_error(annotation: Annotation, volume: Volume) -> float:
    """How far a point may lie from what was meant."""
    corner = volume.geometry.max_corner_error_mm
    own = corner if volume.geometry.kind is GeometryKind.REGULAR else 0.0
    return math.sqrt(0.5) * annotation.mm_per_px + own


def _length(annotation: Annotation, volume: Volume, unit: str) -> tuple[Quantity, ...]:
    one, other = annotation.points_mm
    return (_distance("length", one, other, annotation, volume, unit),)


def _bidirectional(annotation: Annotation, volume: Volume, unit: str) -> tuple[Quantity, ...]:
    a, b, c, d = annotation.points_mm
    long = _distance("long axis", a, b, annotation, volume, unit)
    short = _distance("short axis", c, d, annotation, volume, unit)
    off_long, off_short = long.bound or 0.0, short.bound or 0.0
    bound = long.number * off_short + short.number * off_long + off_long * off_short
    return long, short, Quantity("product", long.number * short.number, f"{unit}2", bound)


def _angle(annotation: Annotation, volume: Volume, unit: str) -> tuple[Quantity, ...]:  # noqa: ARG001 - a measure's signature
    one, vertex, other = (np.array(point) for point in annotation.points_mm)
    return (_between("angle", one - vertex, other - vertex, _point_error(annotation, volume)),)


def _cobb(annotation: Annotation, volume: Volume, unit: str) -> tuple[Quantity, ...]:  # noqa: ARG001 - a measure's signature
    """Each line runs from left to right, so that a Cobb angle may pass 90 degrees."""
    a, b, c, d = (np.array(point) for point in annotation.points_mm)
    right = np.array(annotation.right)
    lines = [line if line @ right >= 0.0 else -line for line in (b - a, d - c)]
    return (_between("Cobb angle", lines[0], lines[1], _point_error(annotation, volume)),)


def _probe(annotation: Annotation, volume: Volume, unit: str) -> tuple[Quantity, ...]:  # noqa: ARG001 - a measure's signature
    slices, rows, columns = volume.voxels.shape
    i, j, k = (round(value) for value in volume.to_index(annotation.points_mm[0]))
    if not (0 <= i < columns and 0 <= j < rows and 0 <= k < slices):
        return ()
    value = float(volume.voxels[k, j, i])
    return (Quantity("value", value, "1"),) if math.isfinite(value) else ()


def _place(point: Vector3, *, known: bool) -> str:
    """Where a point lies in words: by the patient's sides, or by the grid, counted from one."""
    if not known:
        column, row, number = (round(value) + 1 for value in point)
        return f"column {column}, row {row}, slice {number}"
    letters = (("R", "L"), ("A", "P"), ("F", "H"))
    words = (
        f"{pair[value >= 0.0]} {abs(value):.1f}" for pair, value in zip(letters, point, strict=True)
    )
    return f"at {' '.join(words)} mm"


def _arrow(annotation: Annotation, volume: Volume, unit: str) -> tuple[Quantity, ...]:  # noqa: ARG001 - a measure's signature
    return ()


def _region(annotation: Annotation, volume: Volume, unit: str) -> tuple[tuple[Quantity, ...], str]:
    region = Region(annotation.kind, annotation.points_mm, annotation.right, annotation.down)
    error, around = _point_error(annotation, volume), perimeter(region)
    # An edge moved by the error sweeps its length; the corners add what they turn over.
    corners = max(math.pi, len(region.points_mm) / 2.0) * error**2
    values = [
        Quantity("area", surface(region), f"{unit}2", around * error + corners),
        Quantity("perimeter", around, unit),
    ]
    taken, method = sample(region, volume)
    if not taken.size:
        return tuple(values), "no voxel centre lies inside"
    values += [
        Quantity("mean", float(taken.mean()), "1"),
        Quantity("SD", float(taken.std()), "1"),
        Quantity("min", float(taken.min()), "1"),
        Quantity("max", float(taken.max()), "1"),
        Quantity("count", float(taken.size), "1"),
    ]
    return tuple(values), method


def _distance(
    name: str, one: Vector3, other: Vector3, annotation: Annotation, volume: Volume, unit: str
) -> Quantity:
    return Quantity(name, math.dist(one, other), unit, 2.0 * _point_error(annotation, volume))


def _between(
    name: str, one: NDArray[np.float64], other: NDArray[np.float64], error: float
) -> Quantity:
    """The angle of two arms; each may be off by the arc its two ends allow."""
    across = float(np.linalg.norm(np.cross(one, other)))
    degrees = math.degrees(math.atan2(across, float(one @ other)))
    bound = 0.0
    for arm in (one, other):
        length = float(np.linalg.norm(arm))
        bound += 180.0 if length <= 2 * error else math.degrees(math.asin(2 * error / length))
    return Quantity(name, degrees, "deg", min(bound, 180.0))


def _on_pixels(annotation: Annotation, volume: Volume) -> tuple[Annotation, Volume]:
    """The same on a grid of unit steps, so that millimetres become pixels."""
    inverse = np.linalg.inv(volume.affine)

    def turned(direction: Vector3) -> Vector3:
        moved = inverse[:3, :3] @ np.array(direction)
        unit = moved / np.linalg.norm(moved)
        return float(unit[0]), float(unit[1]), float(unit[2])

    pixel_mm = float(np.linalg.norm(volume.affine[:3, :2], axis=0).min())
    moved = replace(
        annotation,
        points_mm=tuple(volume.to_index(point) for point in annotation.points_mm),
        right=turned(annotation.right),
        down=turned(annotation.down),
        mm_per_px=annotation.mm_per_px / pixel_mm,
    )
    return moved, Volume(volume.voxels, np.eye(4), volume.geometry)


Measure = Callable[[Annotation, Volume, str], tuple[Quantity, ...]]
_MEASURES: Mapping[AnnotationKind, Measure] = {
    AnnotationKind.LENGTH: _length,
    AnnotationKind.ANGLE: _angle,
    AnnotationKind.COBB: _cobb,
    AnnotationKind.BIDIRECTIONAL: _bidirectional,
    AnnotationKind.PROBE: _probe,
    AnnotationKind.ARROW: _arrow,
}
_REGIONS = frozenset({AnnotationKind.RECTANGLE, AnnotationKind.ELLIPSE, AnnotationKind.FREEHAND})
