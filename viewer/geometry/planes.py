"""Planes through the patient: where they lie, what their edges are called, how they scroll.

The screen follows radiological convention: the patient's right is on the reader's left.
Everything is LPS+ millimetres (x to the patient's left, y to the back, z to the head).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.errors import GeometryUnknownError
from viewer.records import GeometryKind, Vector3, Volume

MIN_LETTER_COSINE = 0.05
"""An axis contributes a letter to an edge from this direction cosine on (about 3 degrees)."""

_TOLERANCE = 1e-6
_POSITIVE = "LPH"
_NEGATIVE = "RAF"


class PlaneKind(StrEnum):
    """The three planes a reader asks for by name, and the slices as they were acquired."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"
    NATIVE = "native"


ORTHOGONAL = (PlaneKind.AXIAL, PlaneKind.CORONAL, PlaneKind.SAGITTAL)
"""The three planes across one another, in the order they are shown."""


_AXES: dict[PlaneKind, tuple[Vector3, Vector3]] = {
    PlaneKind.AXIAL: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    PlaneKind.CORONAL: ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    PlaneKind.SAGITTAL: ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
}


class Letters(NamedTuple):
    """What each edge of the picture faces: L R A P H F, compound where oblique (``LA``)."""

    left: str
    right: str
    top: str
    bottom: str


class Extent(NamedTuple):
    """Positions along a plane's normal, in mm, that meet the volume, and the scroll step."""

    first_mm: float
    last_mm: float
    step_mm: float


@dataclass(frozen=True, slots=True)
class Plane:
    """A flat cut: the point at the middle of the picture and two unit vectors on the screen.

    Parameters
    ----------
    centre
        LPS+ mm of the middle of the picture.
    right, down
        Unit vectors along screen x and screen y, perpendicular to one another.
    """

    centre: Vector3
    right: Vector3
    down: Vector3

    def __post_init__(self) -> None:
        right, down = self.right, self.down
        gram = (_dot(right, right) - 1.0, _dot(down, down) - 1.0, _dot(right, down))
        if not all(abs(one) <= _TOLERANCE for one in gram):
            raise ValueError("a plane has perpendicular unit vectors")

    @property
    def normal(self) -> Vector3:
        """Unit vector into the screen: right x down."""
        (a, b, c), (d, e, f) = self.right, self.down
        return b * f - c * e, c * d - a * f, a * e - b * d

    @property
    def position_mm(self) -> float:
        """Where the plane lies along its own normal."""
        return _dot(self.normal, self.centre)

    def through(self, point: Vector3) -> Plane:
        """The same cut centred on another point."""
        return replace(self, centre=point)

    def at(self, position_mm: float) -> Plane:
        """The parallel cut at this position along the normal, its centre moved straight on."""
        shift = (position_mm - self.position_mm) * np.array(self.normal)
        return replace(self, centre=_vector(np.array(self.centre) + shift))

    def turned(self, turn: NDArray[np.float64]) -> Plane:
        """The cut turned about its centre by a rotation of LPS+ space (3x3)."""
        return replace(
            self,
            right=_vector(turn @ np.array(self.right)),
            down=_vector(turn @ np.array(self.down)),
        )

    def posed(self, quarter_turns: int, *, mirrored: bool, upside_down: bool) -> Plane:
        """The same cut with its picture mirrored, put upside down, then turned clockwise."""
        right = _scaled(self.right, -1.0 if mirrored else 1.0)
        down = _scaled(self.down, -1.0 if upside_down else 1.0)
        for _ in range(quarter_turns % 4):
            right, down = _scaled(down, -1.0), right
        return replace(self, right=right, down=down)

    def to_mm(self, x_mm: float, y_mm: float) -> Vector3:
        """LPS+ mm of a point given by screen offsets from the centre in mm."""
        return _vector(
            np.array(self.centre) + x_mm * np.array(self.right) + y_mm * np.array(self.down)
        )

    def to_screen(self, point: Vector3) -> tuple[float, float, float]:
        """Offsets (right, down, into the screen) in mm of a point from the centre."""
        away = np.array(point) - np.array(self.centre)
        return (
            float(away @ np.array(self.right)),
            float(away @ np.array(self.down)),
            float(away @ np.array(self.normal)),
        )


def standard_plane(kind: PlaneKind, centre: Vector3) -> Plane:
    """An axial, coronal or sagittal plane of the patient through a point."""
    right, down = _AXES[kind]
    return Plane(centre, right, down)


def standard_planes(volume: Volume) -> dict[PlaneKind, Plane]:
    """The three planes of the patient through the volume's middle.

    Raises
    ------
    GeometryUnknownError
        The volume does not say where it lies in the patient.
    """
    if volume.geometry.kind is GeometryKind.UNKNOWN:
        raise GeometryUnknownError(
            volume.geometry.note or "this series does not say where its slices lie"
        )
    centre = volume_centre(volume)
    return {kind: standard_plane(kind, centre) for kind in ORTHOGONAL}


def native_plane(volume: Volume, k: int) -> Plane:
    """The plane of stored slice k as it was acquired: columns to the right, rows down.

    Works for any volume; where the geometry is unknown its letters mean nothing.
    """
    slices, rows, columns = volume.voxels.shape
    right = volume.affine[:3, 0] / np.linalg.norm(volume.affine[:3, 0])
    across = volume.affine[:3, 1] - (volume.affine[:3, 1] @ right) * right
    down = across / np.linalg.norm(across)
    middle = ((columns - 1) / 2, (rows - 1) / 2, float(min(max(k, 0), slices - 1)))
    return Plane(volume.to_mm(middle), _vector(right), _vector(down))


def orientation_letters(plane: Plane) -> Letters:
    """The letters of the four edges, computed from the plane's own vectors."""
    right, down = np.array(plane.right), np.array(plane.down)
    return Letters(_letters(-right), _letters(right), _letters(-down), _letters(down))


def extent_mm(volume: Volume, plane: Plane) -> Extent:
    """The range of positions along the plane's normal that meets the volume.

    The range runs over voxel centres, so that along a grid axis ``first + m * step`` are the
    slices themselves. The step changes the fastest index by exactly one voxel.
    """
    normal = np.array(plane.normal)
    positions = corner_points(volume) @ normal
    per_mm = np.linalg.solve(volume.affine[:3, :3], normal)
    step = 1.0 / float(np.abs(per_mm).max())
    return Extent(float(positions.min()), float(positions.max()), step)


def rotation_about(axis: Vector3, radians: float) -> NDArray[np.float64]:
    """The rotation by an angle about a unit vector, right-handed, 3x3 (Rodrigues' formula)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(
        np.eye(3) + math.sin(radians) * cross + (1.0 - math.cos(radians)) * (cross @ cross)
    )


def volume_centre(volume: Volume) -> Vector3:
    """LPS+ mm of the middle of the voxel grid."""
    slices, rows, columns = volume.voxels.shape
    return volume.to_mm(((columns - 1) / 2, (rows - 1) / 2, (slices - 1) / 2))


def corner_points(volume: Volume) -> NDArray[np.float64]:
    """LPS+ mm of the eight corner voxels' centres, shape (8, 3)."""
    slices, rows, columns = volume.voxels.shape
    corners = np.array(
        [(i, j, k, 1.0) for k in (0, slices - 1) for j in (0, rows - 1) for i in (0, columns - 1)]
    )
    return np.asarray((corners @ volume.affine.T)[:, :3])


def _letters(direction: NDArray[np.float64]) -> str:
    order = sorted(range(3), key=lambda axis: -abs(direction[axis]))
    return "".join(
        (_POSITIVE if direction[axis] > 0 else _NEGATIVE)[axis]
        for axis in order
        if abs(direction[axis]) > MIN_LETTER_COSINE
    )


def _dot(one: Vector3, other: Vector3) -> float:
    """Inner product in plain arithmetic: faster than numpy for three numbers."""
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _scaled(vector: Vector3, factor: float) -> Vector3:
    return vector[0] * factor, vector[1] * factor, vector[2] * factor


def _vector(values: NDArray[np.float64]) -> Vector3:
    return float(values[0]), float(values[1]), float(values[2])
