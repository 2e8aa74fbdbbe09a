"""Series of the data folders with their tags, read plainly; the program's own reader is stricter.

Only what the training data hold is understood: single-frame and enhanced multi-frame DICOM,
loose or zipped, and NIfTI.
"""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from viewer.records import Geometry, GeometryKind, Series, Volume

FACTS = (
    "ImageType",
    "RepetitionTime",
    "EchoTime",
    "InversionTime",
    "ContrastBolusAgent",
    "AcquisitionContrast",
    "BodyPartExamined",
    "DiffusionBValue",
    "ScanningSequence",
)
_PLACE = ("PixelMeasuresSequence", "PlaneOrientationSequence", "PlanePositionSequence")
_GROUPS = (
    *_PLACE,
    "MRTimingAndRelatedParametersSequence",
    "MREchoSequence",
    "MRImageFrameTypeSequence",
    "MRModifierSequence",
)


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    key: tuple[Any, ...]
    along: float
    orientation: NDArray[np.float64]
    position: NDArray[np.float64]
    spacing: tuple[float, float]
    picture: NDArray[np.generic]
    header: Dataset
    facts: dict[str, str]


def read_dicom(path: Path) -> Iterator[tuple[Series, Volume]]:
    """Yield every series with a grid in a file, folder or zip; a multi-frame object may hold many.

    Files that cannot be read are passed over: the gate is not asked about them.
    """
    groups: dict[tuple[Any, ...], list[_Frame]] = defaultdict(list)
    for content in _contents(path):
        with suppress(Exception):
            header = pydicom.dcmread(io.BytesIO(content), force=True)
            for frame in _frames(header):
                groups[frame.key].append(frame)
    for frames in groups.values():
        yield _series(frames)


def read_nifti(path: Path) -> tuple[Series, Volume]:
    """Return a NIfTI's (first) volume without any tag but its file's name."""
    image: Any = nibabel.load(path)
    voxels = np.asarray(image.dataobj)
    while voxels.ndim > 3:
        voxels = voxels[..., 0]
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ np.asarray(image.affine, dtype=np.float64)
    volume = Volume(np.ascontiguousarray(voxels.T), affine, Geometry(GeometryKind.REGULAR, 0.0))
    return record(volume, path.name, {}), volume


def record(
    volume: Volume, description: str, physics: dict[str, str], modality: str = "MR"
) -> Series:
    """Return the record of a series as the program stores it."""
    shape = volume.voxels.shape
    return Series(
        uid="1.2.3.4",
        study_uid="1.2.3",
        description=description,
        modality=modality,
        number=1,
        shape=(shape[0], shape[1], shape[2]),
        spacing_mm=volume.spacing_mm,
        dtype=volume.voxels.dtype.str,
        affine=tuple(float(value) for value in volume.affine.ravel()),
        geometry=volume.geometry,
        physics=physics,
        pixel_file="",
    )


def _contents(path: Path) -> Iterator[bytes]:
    if path.is_dir():
        for inner in sorted(path.rglob("*")):
            if inner.is_file() and inner.suffix not in {".txt", ".json", ".md"}:
                yield inner.read_bytes()
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if not name.endswith("/"):
                    yield archive.read(name)
    else:
        yield path.read_bytes()


def _frames(header: Dataset) -> Iterator[_Frame]:
    pixels = header.pixel_array
    if "PerFrameFunctionalGroupsSequence" in header and pixels.ndim == 3:
        shared = header.SharedFunctionalGroupsSequence[0]
        for picture, own in zip(pixels, header.PerFrameFunctionalGroupsSequence, strict=True):
            yield _frame(header, picture, _flat(shared, own))
    elif pixels.ndim == 2 and header.get("SamplesPerPixel", 1) == 1:
        yield _frame(header, pixels, header)


def _flat(shared: Dataset, own: Dataset) -> Dataset:
    """Bring what is said of one frame, in its own or the shared groups, onto one level."""
    flat = Dataset()
    for group in (shared, own):
        for name in _GROUPS:
            if name in group:
                flat.update(group[name].value[0])
    return flat


def _frame(header: Dataset, picture: NDArray[np.generic], facts: Dataset) -> _Frame:
    unknown = [1.0, 0, 0, 0, 1.0, 0]
    orientation = np.array(facts.get("ImageOrientationPatient", unknown), dtype=float)
    position = np.array(facts.get("ImagePositionPatient", [0.0, 0, 0]), dtype=float)
    row, column = orientation.reshape(2, 3)
    spacing = tuple(float(x) for x in facts.get("PixelSpacing", [1.0, 1.0]))
    known = _facts(header) | _facts(facts)
    if "EffectiveEchoTime" in facts:
        known["EchoTime"] = str(facts.EffectiveEchoTime)
    if "FrameType" in facts:
        known["ImageType"] = "\\".join(facts.FrameType)
    series = str(header.get("SeriesInstanceUID", header.get("SOPInstanceUID", "")))
    turned = tuple(np.round(orientation, 2))
    key = (series, picture.shape, turned, known.get("EchoTime"), known.get("ImageType"))
    along = float(np.dot(position, np.cross(row, column)))
    return _Frame(
        key, along, orientation, position, (spacing[0], spacing[1]), picture, header, known
    )


def _facts(dataset: Dataset) -> dict[str, str]:
    found = {}
    for name in FACTS:
        value = dataset.get(name)
        if value not in (None, ""):
            several = isinstance(value, pydicom.multival.MultiValue)
            found[name] = "\\".join(map(str, value)) if several else str(value)
    return found


def _series(frames: list[_Frame]) -> tuple[Series, Volume]:
    frames.sort(key=lambda frame: frame.along)
    places = {round(frame.along, 2): frame for frame in frames}
    frames = list(places.values())
    first, last = frames[0], frames[-1]
    row, column = first.orientation.reshape(2, 3)
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1] = row * first.spacing[1], column * first.spacing[0]
    several = len(frames) > 1
    step = (last.position - first.position) / max(1, len(frames) - 1)
    affine[:3, 2] = step if several else np.cross(row, column)
    affine[:3, 3] = first.position
    kind = GeometryKind.REGULAR if several else GeometryKind.UNKNOWN
    voxels = np.stack([frame.picture for frame in frames])
    volume = Volume(voxels, affine, Geometry(kind, 0.0))
    header = first.header
    description = str(header.get("SeriesDescription", ""))
    return record(volume, description, first.facts, str(header.get("Modality", ""))), volume
