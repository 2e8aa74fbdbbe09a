"""Whether a scan told of every file it was given, and gave only whole records."""

from __future__ import annotations

import contextlib
import hashlib
import json
import zipfile
import zlib
from pathlib import Path

import numpy as np

from viewer.dicom.records import ScannedSeries, ScanResult
from viewer.dicom.text import clean_text, is_uid
from viewer.records import GeometryKind


def unaccounted(folder: Path, result: ScanResult) -> list[str]:
    """The files and archive entries that are in no series and have no reason."""
    told = {found.name for found in (*result.rejected, *result.duplicates) if found.reason}
    used = {item.digest for series in result.series for item in series.instances}
    lost = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() and not path.is_symlink():
            continue
        name = clean_text(f"{folder.name}/{path.relative_to(folder)}")
        if name not in told:
            lost += [
                part
                for part, digests in _parts(path, name)
                if part not in told and not digests & used
            ]
    return lost


def _parts(path: Path, name: str) -> list[tuple[str, set[str]]]:
    """A file, or the entries of an archive, with the digests each may be known by."""
    data = path.read_bytes()
    if data[:4] == b"PK\x03\x04":
        try:
            with zipfile.ZipFile(path) as archive:
                return [
                    (f"{name}: {clean_text(entry.filename)}", _digests(_entry(archive, entry)))
                    for entry in archive.infolist()
                    if not entry.is_dir()
                ]
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return [(name, set())]
    return [(name, _digests(data))]


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(entry)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return b""


def _digests(data: bytes) -> set[str]:
    found = {hashlib.sha256(data).hexdigest()}
    if data[:2] == b"\x1f\x8b":
        with contextlib.suppress(zlib.error):
            found.add(hashlib.sha256(zlib.decompressobj(31).decompress(data)).hexdigest())
    return found


def partial(series: ScannedSeries) -> list[str]:
    """What is missing or contradicts itself in a record that claims to be whole."""
    volume = series.volume
    faults = {
        "no voxels": volume.voxels.size == 0,
        "voxels of a strange type": volume.voxels.dtype.kind not in "iuf",
        "voxels that are no numbers": not np.isfinite(volume.voxels).all(),
        "no affine": not np.isfinite(volume.affine).all()
        or abs(np.linalg.det(volume.affine[:3, :3])) < 1e-12,
        "regular but off": volume.geometry.kind is GeometryKind.REGULAR
        and volume.geometry.max_corner_error_mm > 0.01,
        "no objects": not series.instances,
        "no identifier": not (is_uid(series.uid) and is_uid(series.study.uid)),
        "headers that cannot be read": not _readable(series),
        "no place on its axis": not 0 <= series.axis_index < series.axis_count,
    }
    return [fault for fault, wrong in faults.items() if wrong]


def _readable(series: ScannedSeries) -> bool:
    try:
        headers = json.loads(series.headers)
    except ValueError:
        return False
    if isinstance(headers, list):
        return bool(headers)
    return {item.uid for item in series.instances} == set(headers["instances"])
