"""A NIfTI whose header contradicts itself about left, or has no sizes, is not measured."""

from __future__ import annotations

import struct
from typing import Any

import nibabel
import numpy as np
import pytest

from viewer.dicom.nifti import read_nifti
from viewer.dicom.records import Limits
from viewer.records import Geometry, GeometryKind

UPRIGHT = np.diag([-1.0, 1.0, 5.0, 1.0])
MIRRORED = np.diag([1.0, 1.0, 5.0, 1.0])
NODDED = np.array([[-1.0, 0, 0, 0], [0, 0.94, -1.7, 0], [0, 0.34, 4.7, 0], [0, 0, 0, 1]])


def geometry(sform: np.ndarray | None, qform: np.ndarray, pixdim: float | None = None) -> Geometry:
    """Return what is made of a file with these orientations."""
    make: Any = nibabel.Nifti1Image
    image = make(np.ones((6, 5, 4), np.int16), qform)
    image.set_sform(sform, 0 if sform is None else 1)
    image.set_qform(qform, 1)
    data = bytearray(image.to_bytes())
    if pixdim is not None:
        data[80:92] = struct.pack("<3f", *[pixdim] * 3)
    (series,) = read_nifti("head.nii", bytes(data), bytes(data), Limits())
    return series.volume.geometry


@pytest.mark.parametrize(("sform", "qform"), [(UPRIGHT, MIRRORED), (MIRRORED, UPRIGHT)])
def test_left_is_not_told_where_sform_and_qform_contradict_each_other(
    sform: np.ndarray, qform: np.ndarray
) -> None:
    found = geometry(sform, qform)
    assert found.kind is GeometryKind.UNKNOWN
    assert "contradict" in found.note


@pytest.mark.parametrize("sform", [UPRIGHT, NODDED, None])
def test_a_file_whose_orientations_agree_or_differ_by_a_nod_is_measured(
    sform: np.ndarray | None,
) -> None:
    assert geometry(sform, UPRIGHT).kind is GeometryKind.REGULAR


@pytest.mark.parametrize("size", [0.0, float("nan")])
def test_no_volume_is_invented_where_voxels_have_no_size(size: float) -> None:
    assert geometry(None, UPRIGHT, size).kind is GeometryKind.UNKNOWN
