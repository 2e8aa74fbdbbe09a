"""Series whose geometry is known, each with what commonly goes wrong, and the truth about them.

Every series is written as DICOM files and comes with its truth: where each slice lies in LPS mm,
by the slice's own header, and which pixels it holds. Two patterns are written:

- ``codes``: every pixel of a series has a number of its own, so that a voxel found anywhere in a
  volume tells which pixel of which slice it is;
- ``ramp``: the value grows linearly in patient space, so that a resampled voxel tells where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.viewer.dicom.multiframe import write_enhanced, write_mosaic
from tests.viewer.series_writer import slice_dataset, uid

Floats = NDArray[np.float64]

ROWS, COLUMNS = 20, 16
SLOPE = np.array([53.0, 41.0, 67.0])
"""What the ramp grows by per mm along left, posterior and superior."""
LEVEL = 30_000.0

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
_PLANES = {"axial": AXIAL, "sagittal": SAGITTAL, "coronal": CORONAL}
_PRONE = np.diag([-1.0, -1.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """One slice: where its first pixel lies, how its pixels follow, and extra header values."""

    position: Floats
    along_row: Floats
    along_column: Floats
    spacing: tuple[float, float] = (1.0, 1.0)
    extra: Mapping[str, Any] = field(default_factory=dict)
    volume: int = 0

    def mm(self, row: float, column: float) -> Floats:
        """LPS+ mm of a pixel's centre, as PS3.3 C.7.6.2.1.1 says."""
        right = self.along_row * self.spacing[1] * column
        return np.asarray(self.position + right + self.along_column * self.spacing[0] * row)

    def grid(self) -> Floats:
        """(rows, columns, 3) LPS+ mm of all pixels."""
        rows, columns = np.indices((ROWS, COLUMNS))
        right = columns[..., None] * self.along_row * self.spacing[1]
        return np.asarray(
            self.position + right + rows[..., None] * self.along_column * self.spacing[0]
        )


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The slices as they were written, their pixels, and what a reader may make of them.

    ``expected`` is regular, regularised or unknown; ``volumes`` how many volumes there are.
    """

    name: str
    expected: str
    volumes: int
    slices: tuple[Slice, ...]
    pixels: NDArray[np.uint16]

    def points(self) -> tuple[NDArray[np.uint16], Floats]:
        """The four corner pixels of every slice: their values and where they lie."""
        codes, places = [], []
        for number, one in enumerate(self.slices):
            for row in (0, ROWS - 1):
                for column in (0, COLUMNS - 1):
                    codes.append(self.pixels[number, row, column])
                    places.append(one.mm(row, column))
        return np.array(codes), np.array(places)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one series is made."""

    name: str
    expected: str
    make: Callable[[], Sequence[Slice]]
    form: str = "classic"
    volumes: int = 1
    shuffle: bool = False
    reverse: bool = False
    drop: tuple[str, ...] = ()


def ramp(places: Floats) -> Floats:
    """The value at LPS+ mm places, before rounding."""
    return np.asarray(LEVEL + places @ SLOPE)


def write(recipe: Recipe, folder: Path, pattern: str = "codes") -> Truth:
    """Write the series into a new folder and return the truth about it."""
    folder.mkdir(parents=True)
    slices = tuple(recipe.make())
    shape = (len(slices), ROWS, COLUMNS)
    if pattern == "ramp":
        values = ramp(np.stack([one.grid() for one in slices]))
        pixels = np.rint(values).astype(np.uint16)
    else:
        pixels = (1 + np.arange(int(np.prod(shape)))).reshape(shape).astype(np.uint16)
    datasets = [_dataset(recipe, one, pixels[k], k) for k, one in enumerate(slices)]
    if recipe.form == "mosaic":
        write_mosaic(folder / "mosaic.dcm", datasets)
    elif recipe.form == "enhanced":
        write_enhanced(folder / "enhanced.dcm", datasets, np.random.default_rng(5))
    else:
        _write_files(recipe, folder, datasets)
    return Truth(recipe.name, recipe.expected, recipe.volumes, slices, pixels)


def _write_files(recipe: Recipe, folder: Path, datasets: list[Dataset]) -> None:
    names = np.arange(len(datasets))
    if recipe.shuffle:
        names = np.random.default_rng(3).permutation(names)
    for number, dataset in zip(names, datasets, strict=True):
        dataset.save_as(folder / f"IM{number:04d}.dcm", enforce_file_format=True)


def _dataset(recipe: Recipe, one: Slice, pixels: NDArray[np.uint16], k: int) -> Dataset:
    orientation = [*one.along_row, *one.along_column]
    dataset = slice_dataset(pixels, one.position, orientation, one.spacing, k)
    dataset.ImagePositionPatient = [f"{value:.10g}" for value in one.position]
    dataset.ImageOrientationPatient = [f"{value:.12g}" for value in orientation]
    dataset.StudyInstanceUID = uid(f"geometry study {recipe.name}")
    dataset.SeriesInstanceUID = uid(f"geometry {recipe.name}")
    dataset.FrameOfReferenceUID = uid(f"geometry frame {recipe.name}")
    dataset.SOPInstanceUID = uid(f"geometry {recipe.name} {k}")
    dataset.PatientName, dataset.PatientID = "Geometry^Phantom", "PHANTOM"
    dataset.SeriesDescription, dataset.Manufacturer = recipe.name, "Phantom"
    dataset.StudyID, dataset.PatientPosition = "1", "HFS"
    dataset.AcquisitionNumber, dataset.AcquisitionTime = 1, "101500"
    if recipe.reverse:
        dataset.InstanceNumber = 100 - k
    for keyword, value in one.extra.items():
        setattr(dataset, keyword, value)
    for keyword in recipe.drop:
        delattr(dataset, keyword)
    return dataset


def stack(
    orientation: Sequence[float] = AXIAL,
    *,
    n: int = 9,
    gap: float = 3.0,
    spacing: tuple[float, float] = (1.0, 1.0),
    depths: Sequence[float] | None = None,
    lean: float = 0.0,
    turn: Floats | None = None,
    **extra: Any,
) -> list[Slice]:
    """Slices along their normal, centred on the origin; ``lean`` shifts each along its columns."""
    row, column = np.array(orientation[:3], float), np.array(orientation[3:], float)
    if turn is not None:
        row, column = turn @ row, turn @ column
    normal = np.cross(row, column)
    normal /= np.linalg.norm(normal)
    along = np.arange(n) * gap if depths is None else np.asarray(depths, float)
    corner = -row * spacing[1] * (COLUMNS - 1) / 2 - column * spacing[0] * (ROWS - 1) / 2
    middle = (along[0] + along[-1]) / 2
    return [
        Slice(
            corner + normal * (depth - middle) + column * lean * (depth - middle) + 1.25,
            row,
            column,
            spacing,
            {"SliceThickness": gap, **extra},
        )
        for depth in along
    ]


def turned(about: str, degrees: float) -> Floats:
    """A rotation matrix about one patient axis."""
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[about]
    angle = np.radians(degrees)
    matrix = np.eye(3)
    matrix[[first, second], [first, second]] = np.cos(angle)
    matrix[second, first], matrix[first, second] = np.sin(angle), -np.sin(angle)
    return matrix


def _placed(plane: str, patient: str) -> Callable[[], list[Slice]]:
    def make() -> list[Slice]:
        turn = _PRONE if patient == "HFP" else None
        slices = stack(_PLANES[plane], turn=turn, PatientPosition=patient)
        return slices[::-1] if patient == "FFS" else slices

    return make


def _echoes() -> list[Slice]:
    return [
        replace(
            one, extra={**one.extra, "EchoTime": echo, "EchoNumbers": number + 1}, volume=number
        )
        for number, echo in enumerate((10.0, 90.0))
        for one in stack()
    ]


def _interleaved() -> list[Slice]:
    return [
        replace(
            one,
            extra={
                **one.extra,
                "TemporalPositionIdentifier": time + 1,
                "NumberOfTemporalPositions": 4,
                "AcquisitionTime": f"1015{10 * time:02d}",
                "AcquisitionNumber": time + 1,
            },
            volume=time,
        )
        for one in stack()
        for time in range(4)
    ]


def _localiser() -> list[Slice]:
    return [
        replace(one, volume=number)
        for number, plane in enumerate((AXIAL, SAGITTAL, CORONAL))
        for one in stack(plane, n=3, gap=10.0)
    ]


def _mixed() -> list[Slice]:
    tilted = stack(turn=turned("x", 15.0), n=5)
    return [*stack(n=6), *(replace(one, volume=1) for one in tilted)]


def _crooked() -> list[Slice]:
    skew = np.array([1e-4, 0.0, 0.0])
    return [replace(one, along_column=one.along_column + skew) for one in stack()]


_TWO_GAPS = [0, 3, 6, 9, 12, 17, 22, 27]
_MISSING = [0, 3, 6, 12, 15, 18, 21, 24]
_OBLIQUE = turned("x", 20.0)
_DOUBLE = turned("z", 13.0) @ turned("y", -17.0) @ turned("x", 25.0)

RECIPES: tuple[Recipe, ...] = (
    *(
        Recipe(f"{plane} {patient}", "regular", _placed(plane, patient))
        for plane in _PLANES
        for patient in ("HFS", "FFS", "HFP")
    ),
    Recipe("oblique", "regular", lambda: stack(turn=_OBLIQUE)),
    Recipe("double oblique", "regular", lambda: stack(turn=_DOUBLE)),
    Recipe("sheared", "regularised", lambda: stack(lean=0.4)),
    Recipe("two spacings", "regularised", lambda: stack(depths=_TWO_GAPS)),
    Recipe("missing slice", "regularised", lambda: stack(depths=_MISSING)),
    Recipe("two echoes at each place", "regular", _echoes, volumes=2),
    Recipe("numbers reversed", "regular", lambda: stack(turn=_OBLIQUE), reverse=True),
    Recipe("names shuffled", "regular", lambda: stack(turn=_DOUBLE), shuffle=True),
    Recipe("anisotropic pixels", "regular", lambda: stack(spacing=(0.9, 0.5), gap=2.0)),
    Recipe("negative spacing stated", "regular", lambda: stack(SpacingBetweenSlices=-3.0)),
    Recipe("Siemens mosaic", "regular", lambda: stack(turn=_OBLIQUE)[::-1], form="mosaic"),
    Recipe("enhanced, frames shuffled", "regular", lambda: stack(turn=_DOUBLE), form="enhanced"),
    Recipe("three-stack localiser", "regular", _localiser, volumes=3),
    Recipe("single slice", "unknown", lambda: stack(n=1)),
    Recipe("no pixel spacing", "unknown", stack, drop=("PixelSpacing",)),
    Recipe("4-D interleaved", "regular", _interleaved, volumes=4, shuffle=True),
    Recipe("mixed orientation", "regular", _mixed, volumes=2),
    Recipe("not orthonormal by 1e-4", "regular", _crooked),
)
"""The series of design section 4.1: nine plain ones and eighteen traps."""
