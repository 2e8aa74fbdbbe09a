"""The example study: a healthy average head with a lesion that is plainly simulated.

The head is the MNI152 (2009a, T1-weighted) template that the nilearn package carries; the
package is only looked up, never imported.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage
from scipy import ndimage

from viewer.dicom.text import derived_uid
from viewer.errors import UnreadableFileError

TEMPLATE = "datasets/data/mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz"
SLICE_MM = 2.0
LESION_MM = (-28.0, -8.0, 38.0)
"""Middle of the lesion, LPS+ mm: right frontal lobe, reaching the parietal."""
LESION_RADIUS_MM = 15.0
_SEED = 152
_WHITE = 900.0


def build_example(folder: Path) -> Path:
    """Write the simulated study as a DICOM series into the folder and return the folder.

    The same bytes every time. Takes a few seconds; call it off the GUI thread.

    Raises
    ------
    UnreadableFileError
        The head template is not installed.
    """
    voxels, affine = _head()
    picture = add_lesion(voxels, affine)
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(picture.shape[0]):
        dataset = _slice(picture[k], affine, k)
        dataset.save_as(folder / f"{k + 1:04d}.dcm", enforce_file_format=True)
    return folder


def add_lesion(head: NDArray[Any], affine: NDArray[np.float64]) -> NDArray[np.uint16]:
    """The head with an enhancing rim, a dark core and slight oedema, as uint16.

    ``head`` is (slices, rows, columns) with white matter near 900; ``affine``, without rotation,
    goes to LPS+ mm.
    """
    random = np.random.default_rng(_SEED)
    out = head.astype(np.float64) + random.normal(0.0, 7.0, head.shape) * (head > 20)
    box = _box(affine)
    out[box] = _with_lesion(out[box], affine, box)
    return np.asarray(np.rint(np.clip(out, 0, 4095)), np.uint16)


def _with_lesion(
    part: NDArray[np.float64], affine: NDArray[np.float64], box: tuple[slice, ...]
) -> NDArray[np.float64]:
    distance = _distance(affine, box)
    lobes, thickness, grain = (
        _texture(part.shape, affine, width_mm, seed)
        for seed, width_mm in enumerate((7.0, 6.0, 2.0), _SEED)
    )
    radius = LESION_RADIUS_MM * (1.0 + 0.17 * lobes)
    inner = radius * (0.62 + 0.13 * thickness)
    oedema = _smooth_step(radius + 13.0 + 3.0 * thickness - distance, 0.0, 10.0)
    body = _smooth_step(radius - distance, -1.4, 1.4)
    core = _smooth_step(inner - distance, -2.0, 2.0)
    rim = _WHITE * (1.27 + 0.06 * thickness + 0.05 * grain)
    necrosis = _WHITE * (0.58 + 0.05 * lobes + 0.03 * grain)
    around = part * (1.0 - 0.17 * oedema * _smooth_step(part / _WHITE, 0.3, 0.45))
    return np.asarray(around * (1.0 - body) + (rim * (1.0 - core) + necrosis * core) * body)


def _head() -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """The template as (slices, rows, columns), white matter near 900, its affine to LPS+ mm."""
    image: Any = nibabel.load(_template())
    closest = nibabel.as_closest_canonical(image)  # type: ignore[no-untyped-call] # nibabel ships it untyped
    data = np.asarray(closest.dataobj, dtype=np.float32)[::-1, ::-1]
    spacing = np.abs(np.diag(closest.affine))[:3]
    last = closest.affine[:3, :3] @ (np.array(data.shape) - 1.0) + closest.affine[:3, 3]
    affine = np.diag([*spacing, 1.0])
    affine[:3, 3] = (-last[0], -last[1], closest.affine[2, 3])
    step = max(1, round(SLICE_MM / spacing[2]))
    affine[2, 2] *= step
    head = np.ascontiguousarray(data[:, :, ::step].transpose(2, 1, 0))
    return head * (_WHITE / float(np.percentile(head[head > head.max() * 0.1], 90))), affine


def _template() -> Path:
    found = importlib.util.find_spec("nilearn")
    for root in (found.submodule_search_locations or ()) if found else ():
        if (path := Path(root) / TEMPLATE).is_file():
            return path
    raise UnreadableFileError("the head template for the example study is not installed")


def _box(affine: NDArray[np.float64]) -> tuple[slice, ...]:
    """Index ranges (slices, rows, columns) around the lesion and its oedema."""
    middle = (np.array(LESION_MM) - affine[:3, 3]) / np.diag(affine)[:3]
    reach = 3.0 * LESION_RADIUS_MM / np.abs(np.diag(affine)[:3])
    return tuple(
        slice(max(0, int(middle[axis] - reach[axis])), int(middle[axis] + reach[axis]) + 1)
        for axis in (2, 1, 0)
    )


def _distance(affine: NDArray[np.float64], box: tuple[slice, ...]) -> NDArray[np.float64]:
    """Distance in mm from the lesion's middle, stretched a little to an egg."""
    x, y, z = (
        affine[axis, 3] + affine[axis, axis] * np.arange(100_000)[box[2 - axis]] - LESION_MM[axis]
        for axis in range(3)
    )
    return np.asarray(
        np.sqrt(
            (x[None, None, :] / 0.92) ** 2 + (y[None, :, None] / 1.15) ** 2 + z[:, None, None] ** 2
        )
    )


def _texture(
    shape: tuple[int, ...], affine: NDArray[np.float64], width_mm: float, seed: int
) -> NDArray[np.float64]:
    """Smooth noise of zero mean and unit deviation."""
    rough = np.random.default_rng(seed).normal(size=shape)
    smooth = ndimage.gaussian_filter(rough, width_mm / np.abs(np.diag(affine))[:3][::-1])
    return np.asarray((smooth - smooth.mean()) / smooth.std())


def _smooth_step(value: NDArray[Any], low: float, high: float) -> NDArray[np.float64]:
    ramp = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(ramp * ramp * (3.0 - 2.0 * ramp))


def _slice(pixels: NDArray[np.uint16], affine: NDArray[np.float64], k: int) -> Dataset:
    dataset = _patient_and_study()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = MRImageStorage
    dataset.SOPInstanceUID = _uid(f"instance {k}")
    dataset.InstanceNumber = k + 1
    dataset.ImagePositionPatient = [round(float(v), 6) for v in affine[:3, 3] + k * affine[:3, 2]]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.PixelSpacing = [round(float(affine[1, 1]), 6), round(float(affine[0, 0]), 6)]
    dataset.SliceThickness = dataset.SpacingBetweenSlices = round(float(affine[2, 2]), 6)
    dataset.SliceLocation = dataset.ImagePositionPatient[2]
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.WindowCenter, dataset.WindowWidth = 650, 1300
    dataset.PixelData = pixels.tobytes()
    return dataset


def _patient_and_study() -> Dataset:
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ImageType = ["DERIVED", "SECONDARY", "OTHER", "SIMULATED"]
    dataset.StudyDate = dataset.SeriesDate = "20260105"
    dataset.StudyTime = dataset.SeriesTime = "090000"
    dataset.AccessionNumber = "SIM-0001"
    dataset.Modality = "MR"
    dataset.Manufacturer = "Sagittal"
    dataset.ReferringPhysicianName = ""
    dataset.StudyDescription = "MRI brain with contrast - SIMULATED LESION"
    dataset.SeriesDescription = "AX T1 post contrast - SIMULATED LESION"
    dataset.ProtocolName = "AX T1 POST"
    dataset.PatientName = "Example^Simulated"
    dataset.PatientID = "EXAMPLE-0001"
    dataset.PatientBirthDate = "19700101"
    dataset.PatientSex = "O"
    dataset.BodyPartExamined = "BRAIN"
    dataset.PatientPosition = "HFS"
    dataset.ContrastBolusAgent = "Gadolinium (simulated)"
    dataset.ScanningSequence = "GR"
    dataset.SequenceVariant = "SP"
    dataset.ScanOptions = ""
    dataset.MRAcquisitionType = "3D"
    dataset.RepetitionTime, dataset.EchoTime = 8.0, 3.2
    dataset.InversionTime, dataset.FlipAngle = 900.0, 10.0
    dataset.EchoTrainLength = 1
    dataset.MagneticFieldStrength = 3.0
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = _uid("study"), _uid("series")
    dataset.FrameOfReferenceUID = _uid("frame of reference")
    dataset.PositionReferenceIndicator = ""
    dataset.StudyID, dataset.SeriesNumber, dataset.AcquisitionNumber = "1", 1, 1
    return dataset


def _uid(what: str) -> str:
    return derived_uid(hashlib.sha256(f"sagittal example {what}".encode()).hexdigest())
