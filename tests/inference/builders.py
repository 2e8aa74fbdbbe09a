"""Series and volumes made for the tests; the pictures are synthetic, the geometry is real."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom

from inference.training.files import record
from viewer.records import Geometry, GeometryKind, Series, Volume

T1_POST = {
    "EchoTime": "10",
    "RepetitionTime": "650",
    "ContrastBolusAgent": "9ml MULTI",
    "BodyPartExamined": "BRAIN",
}
AXIAL = np.array([[1.8, 0, 0, -90], [0, 1.8, 0, -110], [0, 0, 5.0, -60], [0, 0, 0, 1]])
SHAPE = (26, 124, 102)


def head_volume(
    affine: np.ndarray = AXIAL,
    shape: tuple[int, int, int] = SHAPE,
    lesion_mm: tuple[float, float, float] | None = None,
    radius_mm: float = 16.0,
    kind: GeometryKind = GeometryKind.REGULAR,
) -> Volume:
    """Return a smooth ellipsoid head of 150 x 190 x 130 mm about the origin of patient space."""
    k, j, i = np.indices(shape)
    x, y, z = (
        affine[axis, 0] * i + affine[axis, 1] * j + affine[axis, 2] * k + affine[axis, 3]
        for axis in range(3)
    )
    radius = np.sqrt((x / 75) ** 2 + (y / 95) ** 2 + (z / 65) ** 2)
    generator = np.random.default_rng(1)
    texture = 1 + 0.05 * generator.standard_normal(shape)
    voxels = np.where(radius < 1, 420 * texture, 12 * np.abs(generator.standard_normal(shape)))
    voxels = np.where((radius > 0.86) & (radius < 0.92), 90 * texture, voxels)
    voxels = np.where((radius > 0.93) & (radius < 1), 900 * texture, voxels)
    if lesion_mm is not None:
        distance = np.sqrt(
            (x - lesion_mm[0]) ** 2 + (y - lesion_mm[1]) ** 2 + (z - lesion_mm[2]) ** 2
        )
        voxels = np.where(distance < radius_mm, 1600 * texture, voxels)
    return Volume(voxels.astype(np.int16), affine, Geometry(kind, 0.0))


def series_of(
    volume: Volume,
    description: str = "T1 post",
    physics: dict[str, str] | None = None,
    modality: str = "MR",
) -> Series:
    """Return the record of a series that holds ``volume``."""
    told = T1_POST if physics is None else physics
    return replace(record(volume, description, told, modality), pixel_file="pixels")


def read_pgbm(folder: Path) -> tuple[Series, Volume, np.ndarray]:
    """Return the real oblique post-contrast series PGBM-002 and its enhancement mask."""
    with zipfile.ZipFile(folder / "pgbm_dicom" / "PGBM-002_T1post.zip") as archive:
        names = [name for name in archive.namelist() if name.endswith(".dcm")]
        slices = [pydicom.dcmread(io.BytesIO(archive.read(name))) for name in names]
    row, column = np.reshape(slices[0].ImageOrientationPatient, (2, 3)).astype(float)
    normal = np.cross(row, column)
    slices.sort(key=lambda item: float(np.dot(item.ImagePositionPatient, normal)))
    first, last = (np.array(s.ImagePositionPatient, dtype=float) for s in (slices[0], slices[-1]))
    between_rows, between_columns = (float(value) for value in slices[0].PixelSpacing)
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1] = row * between_columns, column * between_rows
    affine[:3, 2], affine[:3, 3] = (last - first) / (len(slices) - 1), first
    voxels = np.stack([item.pixel_array for item in slices])
    volume = Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0))
    physics = {key: str(slices[0].get(key)) for key in T1_POST if slices[0].get(key) is not None}
    series = series_of(volume, str(slices[0].SeriesDescription), physics)
    mask = np.load(folder / "pgbm_dicom" / "PGBM-002_T1post_mask.npz")
    return series, volume, np.asarray(mask["mask"]) > 0
