"""Imaging vocabulary: Patient, Study, Series, Instance, Volume, LabelMap, Annotation, KeyImage.

Frozen, Qt-free and SQL-free. Space is LPS+ millimetres (DICOM PS3.3 C.7.6.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Vector3 = tuple[float, float, float]


class GeometryKind(StrEnum):
    """What the slices' own positions say of the grid."""

    REGULAR = "regular"
    REGULARISED = "regularised"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Geometry:
    """The verdict of the slice-corner gate on one series.

    ``max_corner_error_mm`` is the largest distance between a slice corner of the
    volume's affine and the same corner by that slice's own position and orientation.
    With kind UNKNOWN there is no reformatting and no millimetre.
    """

    kind: GeometryKind
    max_corner_error_mm: float
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Voxels on a grid with an affine to LPS+ mm.

    Parameters
    ----------
    voxels
        Array of shape (slices, rows, columns), native dtype, C order, read-only by convention.
    affine
        4x4 float64: (column i, row j, slice k, 1) to LPS+ mm of the voxel's centre.
    """

    voxels: NDArray[np.generic]
    affine: NDArray[np.float64]
    geometry: Geometry

    def __post_init__(self) -> None:
        if self.voxels.ndim != 3 or self.affine.shape != (4, 4):
            raise ValueError("a volume is (slices, rows, columns) with a 4x4 affine")

    @property
    def spacing_mm(self) -> Vector3:
        """Distance between voxel centres along (columns i, rows j, slices k), in mm."""
        lengths = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(lengths[0]), float(lengths[1]), float(lengths[2])

    def to_mm(self, index: Vector3) -> Vector3:
        """LPS+ mm of a (column i, row j, slice k) index, fractions allowed."""
        point = self.affine @ np.array([*index, 1.0])
        return float(point[0]), float(point[1]), float(point[2])

    def to_index(self, point_mm: Vector3) -> Vector3:
        """Fractional (column i, row j, slice k) index of an LPS+ mm point."""
        index = np.linalg.solve(self.affine, np.array([*point_mm, 1.0]))
        return float(index[0]), float(index[1]), float(index[2])


@dataclass(frozen=True, slots=True, eq=False)
class LabelMap:
    """Integer voxels naming structures, on the grid of the volume they were drawn on.

    ``labels`` is uint8 of shape (slices, rows, columns); 0 is background.
    """

    labels: NDArray[np.uint8]
    affine: NDArray[np.float64]
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class WindowLevel:
    """Display centre and width in stored-value units after rescale."""

    centre: float
    width: float

    def __post_init__(self) -> None:
        if not self.width > 0:
            raise ValueError("a window has a positive width")


@dataclass(frozen=True, slots=True)
class Patient:
    """The person imaged."""

    id: str
    name: str = field(repr=False)
    mrn: str = field(repr=False, default="")
    birth_date: date | None = field(repr=False, default=None)
    sex: str = field(repr=False, default="")
    email: str = field(repr=False, default="")
    phone: str = field(repr=False, default="")
    language: str = "en"

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("a patient has an id")


@dataclass(frozen=True, slots=True)
class Study:
    """One imaging visit (DICOM PS3.3 A.1.2)."""

    uid: str
    patient_id: str
    imported_at: datetime
    description: str = ""
    study_date: date | None = None
    accession: str = field(repr=False, default="")
    modality: str = "MR"
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One volume of a study as stored.

    ``shape`` is (slices, rows, columns); ``spacing_mm`` runs along (columns, rows, slices).
    ``physics`` holds the header facts the input gate needs (keys are DICOM keywords,
    e.g. ``EchoTime``, ``ContrastBolusAgent``, ``BodyPartExamined``), never an identity.
    ``pixel_file`` names the encrypted voxels, ``header_file`` the encrypted headers.
    ``affine`` is the 4x4 of Volume in row-major order.
    ``frame_of_reference`` (0020,0052) tells which series share one patient space.
    A series with more than one volume (diffusion weights, time points, echoes) is stored as one
    Series each: ``source_uid`` is the Series Instance UID they share, ``axis`` says what tells them
    apart (``b value``, ``time point``), ``axis_value`` which one this is, ``axis_index`` its place
    from 0 of ``axis_count``.
    """

    uid: str
    study_uid: str
    description: str
    modality: str
    number: int
    shape: tuple[int, int, int]
    spacing_mm: Vector3
    dtype: str
    affine: tuple[float, ...]
    geometry: Geometry
    physics: Mapping[str, str]
    pixel_file: str
    header_file: str = ""
    window: WindowLevel | None = None
    frame_of_reference: str = ""
    source_uid: str = ""
    axis: str = ""
    axis_value: str = ""
    axis_index: int = 0
    axis_count: int = 1


@dataclass(frozen=True, slots=True)
class Instance:
    """One source object of a series, kept to recognise duplicates."""

    uid: str
    series_uid: str
    digest: str
    number: int = 0


class AnnotationKind(StrEnum):
    """What a reader can draw; how its points are meant stands beside each."""

    LENGTH = "length"  # two ends
    ANGLE = "angle"  # end, vertex, end
    COBB = "cobb"  # two ends of the one line, two of the other
    BIDIRECTIONAL = "bidirectional"  # two ends of the long axis, two of the short one across it
    RECTANGLE = "rectangle"  # two opposite corners, edges along the plane's right and down
    ELLIPSE = "ellipse"  # two opposite corners of its box, axes along the plane's right and down
    FREEHAND = "freehand"  # the corners of a closed polygon
    PROBE = "probe"  # one point
    ARROW = "arrow"  # tip, tail; the text stands at the tail


POINTS_OF: Mapping[AnnotationKind, int] = {
    AnnotationKind.LENGTH: 2,
    AnnotationKind.ANGLE: 3,
    AnnotationKind.COBB: 4,
    AnnotationKind.BIDIRECTIONAL: 4,
    AnnotationKind.RECTANGLE: 2,
    AnnotationKind.ELLIPSE: 2,
    AnnotationKind.FREEHAND: 0,
    AnnotationKind.PROBE: 1,
    AnnotationKind.ARROW: 2,
}
"""How many points each kind has; 0 stands for three or more."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a reader drew on a series, in patient space; its numbers are computed, never stored.

    Parameters
    ----------
    points_mm
        LPS+ mm, in the order the kind says. On a series of unknown geometry they are in the
        space of the volume's affine, and lengths are told in pixels.
    right, down
        Unit vectors of the plane it was drawn on.
    mm_per_px
        Size of a screen pixel when it was drawn: half of it bounds the error of each point.
    """

    id: str
    study_uid: str
    series_uid: str
    kind: AnnotationKind
    points_mm: tuple[Vector3, ...]
    right: Vector3
    down: Vector3
    mm_per_px: float
    made_at: datetime
    author_id: str = ""
    text: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        wanted = POINTS_OF[self.kind]
        if len(self.points_mm) != wanted and (wanted or len(self.points_mm) < 3):
            raise ValueError(f"a {self.kind} does not have {len(self.points_mm)} points")


@dataclass(frozen=True, slots=True)
class KeyImage:
    """A view a reader marked: where the cut lies, how it was windowed, and why."""

    id: str
    study_uid: str
    series_uid: str
    centre_mm: Vector3
    right: Vector3
    down: Vector3
    window: WindowLevel
    made_at: datetime
    author_id: str = ""
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class LabelChange:
    """One stroke on a label map: what a box of it was before and is after.

    ``corner`` is the (slice k, row j, column i) of the box's first voxel; ``before`` and ``after``
    are uint8 of the box's shape.
    """

    id: str
    study_uid: str
    series_uid: str
    corner: tuple[int, int, int]
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.before.ndim != 3 or self.before.shape != self.after.shape:
            raise ValueError("a stroke has two boxes of one shape")
