"""Real heads to check the network on; nothing of them is trained on."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pydicom
from numpy.typing import NDArray

from viewer.records import Geometry, GeometryKind, Volume

STUDYFORREST = Path("normal_t1_dicom") / "studyforrest_T1_every2nd.zip"
PGBM = Path("pgbm_dicom") / "PGBM-002_T1post.zip"
_FLIP = np.diag([-1.0, -1.0, 1.0, 1.0])


def dicom_volume(archive: Path) -> Volume:
    """Return the volume of a zip of single-frame slices, ordered and spaced by their positions."""
    with zipfile.ZipFile(archive) as opened:
        names = [n for n in opened.namelist() if n.endswith(".dcm")]
        slices = [pydicom.dcmread(io.BytesIO(opened.read(n))) for n in names]
    row, column = np.reshape(slices[0].ImageOrientationPatient, (2, 3)).astype(float)
    normal = np.cross(row, column)
    slices.sort(key=lambda item: float(np.dot(item.ImagePositionPatient, normal)))
    first, last = (np.array(s.ImagePositionPatient, dtype=float) for s in (slices[0], slices[-1]))
    between_rows, between_columns = (float(value) for value in slices[0].PixelSpacing)
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1] = row * between_columns, column * between_rows
    affine[:3, 2], affine[:3, 3] = (last - first) / (len(slices) - 1), first
    voxels = np.stack([item.pixel_array for item in slices])
    return Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0))


def nifti_volume(path: Path) -> Volume:
    """Return the volume of a NIfTI file in LPS+ mm."""
    image: Any = nibabel.load(path)
    voxels = np.ascontiguousarray(np.asarray(image.dataobj).T)
    return Volume(voxels, _FLIP @ image.affine, Geometry(GeometryKind.REGULAR, 0.0))


def save_mask(mask: NDArray[np.bool_], volume: Volume, path: Path) -> None:
    """Write a mask on the volume's grid as NIfTI."""
    image = nibabel.Nifti1Image(mask.astype(np.uint8).T, _FLIP @ volume.affine)  # type: ignore[no-untyped-call]
    nibabel.save(image, path)
