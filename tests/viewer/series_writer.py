"""Small synthetic DICOM series for tests: any geometry, any name, valid MR objects."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

Change = Callable[[Dataset, int], None]

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def uid(text: str) -> str:
    """A stable UID for a text."""
    return f"2.25.{int(hashlib.sha256(text.encode()).hexdigest()[:30], 16)}"


def phantom(n: int, rows: int, columns: int) -> NDArray[np.uint16]:
    """Voxels (n, rows, columns) that all differ from their neighbours, below 4096."""
    k, j, i = np.indices((n, rows, columns))
    return np.asarray((37 * k + 5 * j + 3 * i) % 4000 + 1, np.uint16)


def write_series(
    folder: Path,
    *,
    n: int = 6,
    name: str = "CANARY^ZEBRA",
    rows: int = 24,
    columns: int = 20,
    spacing: tuple[float, float] = (1.0, 1.0),
    gap: float = 2.0,
    orientation: Sequence[float] = AXIAL,
    positions: Sequence[Sequence[float]] | None = None,
    series: str = "one",
    study: str = "one",
    voxels: NDArray[Any] | None = None,
    change: Change | None = None,
) -> Path:
    """Write n slices, one file each, and return the folder.

    ``spacing`` is (between rows, between columns). Slices lie ``gap`` apart along the normal
    unless ``positions`` says otherwise. ``change(dataset, k)`` may spoil each slice before it
    is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pixels = phantom(n, rows, columns) if voxels is None else voxels
    normal = np.cross(orientation[:3], orientation[3:])
    for k in range(len(pixels)):
        place = positions[k] if positions is not None else normal * gap * k
        dataset = slice_dataset(pixels[k], place, orientation, spacing, k)
        dataset.PatientName = name
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID = uid(f"study {study}"), uid(series)
        dataset.SOPInstanceUID = uid(f"{study} {series} {k}")
        if change:
            change(dataset, k)
        dataset.save_as(folder / f"{series}-{k:04d}.dcm", enforce_file_format=True)
    return folder


def slice_dataset(
    pixels: NDArray[Any],
    position: Sequence[float] | NDArray[np.float64],
    orientation: Sequence[float],
    spacing: tuple[float, float],
    k: int,
) -> Dataset:
    """One MR object around pixels of any 8 or 16 bit integer type."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = MRImageStorage
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "OTHER"]
    dataset.Modality, dataset.PatientID = "MR", "CANARY-MRN-1"
    dataset.PatientBirthDate, dataset.PatientSex = "19620301", "F"
    dataset.StudyDate, dataset.StudyTime = "20260105", "101500"
    dataset.AccessionNumber, dataset.StudyDescription = "ACC1", "MRI brain"
    dataset.SeriesDescription, dataset.SeriesNumber = "AX T1 POST", 4
    dataset.BodyPartExamined, dataset.ContrastBolusAgent = "BRAIN", "Gadolinium"
    dataset.ScanningSequence, dataset.SequenceVariant = "SE", "SK"
    dataset.RepetitionTime, dataset.EchoTime, dataset.MRAcquisitionType = 500.0, 10.0, "2D"
    dataset.InstanceNumber = k + 1
    dataset.ImagePositionPatient = [f"{value:.9g}" for value in position]
    dataset.ImageOrientationPatient = [f"{value:.9g}" for value in orientation]
    dataset.PixelSpacing, dataset.SliceThickness = list(spacing), 1.0
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 8 * pixels.dtype.itemsize
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    dataset.PixelData = pixels.tobytes()
    return dataset
