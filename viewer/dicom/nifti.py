"""NIfTI files: RAS+ to LPS+, any orientation; one three-dimensional volume per file."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray

from viewer.dicom.marks import MAGIC_AT
from viewer.dicom.records import Limits, ScannedInstance, ScannedSeries, StudyFacts
from viewer.dicom.text import clean_text, derived_uid
from viewer.errors import UnreadableFileError
from viewer.records import Geometry, GeometryKind, Volume

_UNIT_MM = {1: 1000.0, 3: 0.001}
_SKEW = 1e-3
_KEPT = frozenset({"u1", "i2", "u2", "i4", "f4"})


def read_nifti(name: str, packed: bytes, data: bytes, limits: Limits) -> ScannedSeries:
    """One series from a file's content (``packed`` as on disk, ``data`` unpacked).

    Raises
    ------
    UnreadableFileError
        A header without voxels, more than three dimensions, colour, or too large.
    """
    image = _image(data)
    shape = _shape(image.shape)
    stored = image.get_data_dtype()
    if stored.kind not in "iufb" or stored.names:
        raise UnreadableFileError("a colour or complex NIfTI, not a grey one")
    size = int(np.prod([int(edge) for edge in shape], dtype=object))
    if size * max(stored.itemsize, 4) > limits.volume_bytes or max(shape) > limits.edge_px:
        raise UnreadableFileError(f"it needs {size * 4 >> 20:,} MiB once unpacked, too much")
    need = int(image.header["vox_offset"]) + size * stored.itemsize
    if len(data) < need:
        raise UnreadableFileError(f"the file is cut short: {len(data):,} of {need:,} bytes")
    digest = hashlib.sha256(packed).hexdigest()
    volume, notes = _volume(image, shape)
    stem = clean_text(name.rsplit("/", 1)[-1].rsplit(": ", 1)[-1], 128)
    uid, study_uid = (
        derived_uid(hashlib.sha256(f"{digest}|{level}".encode()).hexdigest())
        for level in ("series", "study")
    )
    return ScannedSeries(
        study=StudyFacts(uid=study_uid, description=stem),
        uid=uid,
        description=stem,
        number=1,
        modality="MR",
        physics={},
        instances=(ScannedInstance(derived_uid(digest), digest, 1),),
        headers=json.dumps([_header_facts(image)]).encode(),
        window=None,
        volume=volume,
        notes=notes,
    )


def _image(data: bytes) -> Any:  # noqa: ANN401 - nibabel has no types
    if data[MAGIC_AT : MAGIC_AT + 4] == b"ni1\0" or data[4:8] == b"ni2\0":
        raise UnreadableFileError("one half of a NIfTI pair (.hdr and .img); drop a .nii instead")
    kind = nibabel.Nifti1Image if data[MAGIC_AT : MAGIC_AT + 4] == b"n+1\0" else nibabel.Nifti2Image
    return kind.from_bytes(data)


def _shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    while len(shape) > 3 and shape[-1] == 1:
        shape = shape[:-1]
    if len(shape) > 3:
        raise UnreadableFileError(
            f"it holds {int(np.prod(shape[3:]))} volumes in one file; save each as its own file"
        )
    if min(shape, default=0) < 1:
        raise UnreadableFileError("a picture without size")
    padded = (*shape, 1, 1)
    return int(padded[0]), int(padded[1]), int(padded[2])


def _volume(image: Any, shape: tuple[int, int, int]) -> tuple[Volume, tuple[str, ...]]:  # noqa: ANN401 - nibabel has no types
    voxels = _voxels(image).reshape(shape).transpose(2, 1, 0)
    header = image.header
    affine = np.asarray(image.affine, dtype=np.float64)
    affine[:3] *= _UNIT_MM.get(int(header["xyzt_units"]) & 0x07, 1.0)
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    geometry = _geometry(lps, shape, int(header["sform_code"]) or int(header["qform_code"]))
    if geometry.kind is GeometryKind.UNKNOWN and not _invertible(lps):
        lps = np.eye(4)
    notes = (geometry.note,) if geometry.note else ()
    return Volume(np.ascontiguousarray(voxels), lps, geometry), notes


def _voxels(image: Any) -> NDArray[Any]:  # noqa: ANN401 - nibabel has no types
    slope, intercept = image.dataobj.slope, image.dataobj.inter
    raw: NDArray[Any] = np.asanyarray(image.dataobj.get_unscaled())
    if (slope, intercept) != (1.0, 0.0):
        scaled = (raw * float(slope) + float(intercept)).astype(np.float32)
        return np.asarray(np.nan_to_num(scaled))
    raw = raw.view(np.uint8) if raw.dtype == np.bool_ else raw
    if raw.dtype.str[1:] == "i1":
        return raw.astype(np.int16)
    if raw.dtype.str[1:] not in _KEPT:
        raw = raw.astype(np.float32)
    raw = raw.astype(raw.dtype.newbyteorder("="), copy=False)
    return np.asarray(np.nan_to_num(raw) if raw.dtype.kind == "f" else raw)


def _geometry(lps: NDArray[np.float64], shape: tuple[int, int, int], code: int) -> Geometry:
    if not _invertible(lps):
        return Geometry(GeometryKind.UNKNOWN, 0.0, "the file's orientation is unusable")
    if not code:
        return Geometry(GeometryKind.UNKNOWN, 0.0, "the file states no orientation (sform, qform)")
    if shape[2] == 1:
        return Geometry(GeometryKind.UNKNOWN, 0.0, "a single slice has no spacing between slices")
    unit = lps[:3, :3] / np.linalg.norm(lps[:3, :3], axis=0)
    skew = float(np.abs(unit.T @ unit - np.eye(3)).max())
    note = "the grid's axes are not perpendicular; planes are cut from it as it is"
    return Geometry(
        GeometryKind.REGULAR, 0.0, note if skew > _SKEW else "grid as the file's header states it"
    )


def _invertible(affine: NDArray[np.float64]) -> bool:
    if not np.isfinite(affine).all():
        return False
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if lengths.min() < 1e-3 or lengths.max() > 1e3:
        return False
    return bool(abs(np.linalg.det(affine[:3, :3] / lengths)) > 0.05)


def _header_facts(image: Any) -> dict[str, object]:  # noqa: ANN401 - nibabel has no types
    """The geometry fields only: descrip, aux_file and intent_name may hold a name."""
    header = image.header
    return {
        "format": type(image).__name__,
        "dim": [int(edge) for edge in header["dim"]],
        "pixdim": [str(float(edge)) for edge in header["pixdim"]],
        "sform_code": int(header["sform_code"]),
        "qform_code": int(header["qform_code"]),
    }
