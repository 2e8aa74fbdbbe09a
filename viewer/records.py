"""Imaging vocabulary: Patient, Study, Series, Instance, Volume, LabelMap, WindowLevel.

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


@dataclass(frozen=True, slots=True)
class Instance:
    """One source object of a series, kept to recognise duplicates."""

    uid: str
    series_uid: str
    digest: str
    number: int = 0
