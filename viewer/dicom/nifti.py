"""NIfTI files: RAS+ to LPS+, any orientation; every volume of a time series by itself."""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections.abc import Iterator
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
_UNIT_SECONDS = {8: 1.0, 16: 1e-3, 24: 1e-6}
_AXIS = "time point"
_SKEW = 1e-3
_AGREEING = 0.5
"""Least cosine between an axis by the sform and by the qform; no registration turns so far."""
_KEPT = frozenset({"u1", "i2", "u2", "i4", "f4"})


def read_nifti(name: str, packed: bytes, data: bytes, limits: Limits) -> Iterator[ScannedSeries]:
    """The volumes of a file's content (``packed`` as on disk, ``data`` unpacked), one by one.

    Volumes of one file share ``source_uid``, the UID of the first.

    Raises
    ------
    UnreadableFileError
        A header without voxels, colour, too large, too many volumes, or cut short.
    """
    image = _image(data)
    shape, count = _shape(image.shape)
    stored = image.get_data_dtype()
    if stored.kind not in "iufb" or stored.names:
        raise UnreadableFileError("a colour or complex NIfTI, not a grey one (datatype)")
    size = shape[0] * shape[1] * shape[2]
    if max(shape) > limits.edge_px:
        raise UnreadableFileError("a picture too large (dim)")
    if size * max(stored.itemsize, 4) > limits.volume_bytes:
        raise UnreadableFileError(f"it needs {size * 4 >> 20:,} MiB once unpacked, too much (dim)")
    if count > limits.volumes_per_series:
        raise UnreadableFileError(f"a time series of {count:,} volumes, too many (dim)")
    start = int(image.dataobj.offset)
    need = start + size * count * stored.itemsize
    if start < 0 or len(data) < need:
        raise UnreadableFileError(f"the file is cut short: {len(data):,} of {need:,} bytes")
    digest = hashlib.sha256(packed).hexdigest()
    doubt = _unsized(image, data) or _contradicted(image)
    for index in range(count):
        raw = np.frombuffer(data, stored, size, start + index * size * stored.itemsize)
        volume = _volume(image, raw.reshape(shape[::-1]), doubt)
        yield _series(name, digest, image, volume, (index, count))


def _series(
    name: str,
    digest: str,
    image: Any,  # noqa: ANN401 - nibabel has no types
    volume: Volume,
    place: tuple[int, int],
) -> ScannedSeries:
    stem = clean_text(name.rsplit("/", 1)[-1].rsplit(": ", 1)[-1], 128)
    index, count = place
    first, study_uid = (_uid(digest, level) for level in ("series", "study"))
    value = _axis_value(image, index) if count > 1 else ""
    return ScannedSeries(
        study=StudyFacts(uid=study_uid, description=stem),
        uid=_uid(digest, f"series|{index}") if index else first,
        description=f"{stem} [{_AXIS} {value}]" if value else stem,
        number=1,
        modality="MR",
        physics={},
        instances=(ScannedInstance(derived_uid(digest), digest, 1),),
        headers=json.dumps([_header_facts(image)]).encode(),
        window=None,
        volume=volume,
        notes=(volume.geometry.note,) if volume.geometry.note else (),
        source_uid=first if count > 1 else "",
        axis=_AXIS if count > 1 else "",
        axis_value=value,
        axis_index=index,
        axis_count=count,
    )


def _uid(digest: str, level: str) -> str:
    return derived_uid(hashlib.sha256(f"{digest}|{level}".encode()).hexdigest())


def _axis_value(image: Any, index: int) -> str:  # noqa: ANN401 - nibabel has no types
    """Seconds from the first volume where the header states them, else the volume's number."""
    step = float(image.header["pixdim"][4])
    seconds = _UNIT_SECONDS.get(int(image.header["xyzt_units"]) & 0x38)
    if seconds is None or not math.isfinite(step) or step <= 0:
        return str(index + 1)
    return f"{index * step * seconds:.6g} s"


def _image(data: bytes) -> Any:  # noqa: ANN401 - nibabel has no types
    if data[MAGIC_AT : MAGIC_AT + 4] == b"ni1\0" or data[4:8] == b"ni2\0":
        raise UnreadableFileError("one half of a NIfTI pair (.hdr and .img); drop a .nii instead")
    kind = nibabel.Nifti1Image if data[MAGIC_AT : MAGIC_AT + 4] == b"n+1\0" else nibabel.Nifti2Image
    return kind.from_bytes(data)


def _shape(shape: tuple[int, ...]) -> tuple[tuple[int, int, int], int]:
    """(columns, rows, slices) and the number of volumes, in plain integers of any size."""
    if not shape or min(shape) < 1:
        raise UnreadableFileError("a picture without size (dim)")
    padded = [int(edge) for edge in (*shape, 1, 1)]
    return (padded[0], padded[1], padded[2]), math.prod(padded[3:])


def _volume(image: Any, raw: NDArray[Any], doubt: str) -> Volume:  # noqa: ANN401 - nibabel has no types
    """One volume from its stored values (slices, rows, columns); ``doubt`` is of its geometry."""
    header = image.header
    affine = np.asarray(image.affine, dtype=np.float64).copy()
    affine[:3] *= _UNIT_MM.get(int(header["xyzt_units"]) & 0x07, 1.0)
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    code = int(header["sform_code"]) or int(header["qform_code"])
    geometry = _geometry(lps, raw.shape[0], code)
    if doubt and geometry.kind is not GeometryKind.UNKNOWN:
        geometry = Geometry(GeometryKind.UNKNOWN, 0.0, doubt)
    if geometry.kind is GeometryKind.UNKNOWN and not _invertible(lps):
        lps = np.eye(4)
    slope, intercept = image.dataobj.slope, image.dataobj.inter
    return Volume(_voxels(raw, float(slope), float(intercept)), lps, geometry)


def _voxels(raw: NDArray[Any], slope: float, intercept: float) -> NDArray[Any]:
    if (slope, intercept) != (1.0, 0.0):
        with np.errstate(all="ignore"):
            scaled = (raw * slope + intercept).astype(np.float32)
        return np.asarray(np.nan_to_num(scaled, posinf=0.0, neginf=0.0))
    raw = raw.view(np.uint8) if raw.dtype == np.bool_ else raw
    if raw.dtype.str[1:] == "i1":
        return raw.astype(np.int16)
    if raw.dtype.str[1:] not in _KEPT:
        with np.errstate(all="ignore"):
            raw = raw.astype(np.float32)
    raw = raw.astype(raw.dtype.newbyteorder("="), copy=False)
    if raw.dtype.kind == "f":
        return np.asarray(np.nan_to_num(raw, posinf=0.0, neginf=0.0))
    return raw


def _geometry(lps: NDArray[np.float64], slices: int, code: int) -> Geometry:
    if not _invertible(lps):
        return Geometry(GeometryKind.UNKNOWN, 0.0, "the file's orientation is unusable")
    if not code:
        return Geometry(GeometryKind.UNKNOWN, 0.0, "the file states no orientation (sform, qform)")
    if slices == 1:
        return Geometry(GeometryKind.UNKNOWN, 0.0, "a single slice has no spacing between slices")
    unit = lps[:3, :3] / np.linalg.norm(lps[:3, :3], axis=0)
    skew = float(np.abs(unit.T @ unit - np.eye(3)).max())
    note = "the grid's axes are not perpendicular; planes are cut from it as it is"
    return Geometry(
        GeometryKind.REGULAR, 0.0, note if skew > _SKEW else "grid as the file's header states it"
    )


def _unsized(image: Any, data: bytes) -> str:  # noqa: ANN401 - nibabel has no types
    """Why the voxels have no size: the qform has none of its own, and nibabel makes zeros ones."""
    if int(image.header["sform_code"]):
        return ""
    stated = type(image.header).from_fileobj(io.BytesIO(data), check=False)["pixdim"][1:4]
    sized = bool((np.isfinite(stated) & (stated != 0)).all())
    return "" if sized else "the file states no size of its voxels (pixdim)"


def _contradicted(image: Any) -> str:  # noqa: ANN401 - nibabel has no types
    """Why left may not be left: the header's two orientations point different ways."""
    if not int(image.header["sform_code"]) or not int(image.header["qform_code"]):
        return ""
    try:
        both = image.header.get_sform(), image.header.get_qform()
    except ValueError:  # a quaternion that is none; the sform stands alone
        return ""
    if not all(_invertible(one) for one in both):
        return ""
    first, second = (one[:3, :3] / np.linalg.norm(one[:3, :3], axis=0) for one in both)
    if (first * second).sum(axis=0).min() >= _AGREEING:
        return ""
    return "the file's two orientations (sform, qform) contradict each other"


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
