"""The program's simulated study as a small volume: a real anatomy, so that the gate lets it in."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pydicom

from viewer.dicom.example import build_example
from viewer.records import Geometry, GeometryKind, Volume

EVERY = 4
"""Slices of 2 mm; every fourth is kept, so that an analysis takes a quarter of the time."""


@cache
def example_head() -> Volume:
    """The average head with the simulated lesion, 24 slices 8 mm apart."""
    with tempfile.TemporaryDirectory() as name:
        files = sorted(build_example(Path(name)).glob("*.dcm"))[::EVERY]
        slices = [pydicom.dcmread(file) for file in files]
    slices.sort(key=lambda one: float(one.ImagePositionPatient[2]))
    places = np.array([one.ImagePositionPatient for one in slices], dtype=float)
    row, column = np.reshape(slices[0].ImageOrientationPatient, (2, 3)).astype(float)
    between_rows, between_columns = (float(mm) for mm in slices[0].PixelSpacing)
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1] = row * between_columns, column * between_rows
    affine[:3, 2], affine[:3, 3] = places[1] - places[0], places[0]
    voxels = np.stack([one.pixel_array for one in slices])
    return Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0))
