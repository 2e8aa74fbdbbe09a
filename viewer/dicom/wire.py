"""Series facts as JSON between the reading process and the program; voxels go beside it.

The reading process handles hostile files, so nothing it says is unpickled: it is JSON, and it
becomes records only after its types and sizes are checked.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.dicom.records import Limits, ScannedInstance, ScannedSeries, StudyFacts
from viewer.errors import UnreadableSeriesError
from viewer.records import Geometry, GeometryKind, Volume, WindowLevel

_DTYPES = frozenset({"|u1", "|i1", "<i2", "<u2", "<i4", "<u4", "<f4"})
_GROWTH = 4


def series_to_json(series: ScannedSeries) -> dict[str, Any]:
    """Everything but the voxels and the headers."""
    volume = series.volume
    study = asdict(series.study)
    for key in ("study_date", "birth_date"):
        study[key] = study[key].isoformat() if study[key] else ""
    return {
        "study": study,
        "uid": series.uid,
        "description": series.description,
        "number": series.number,
        "modality": series.modality,
        "physics": dict(series.physics),
        "instances": [[item.uid, item.digest, item.number] for item in series.instances],
        "window": [series.window.centre, series.window.width] if series.window else [],
        "notes": list(series.notes),
        "axis": [series.axis, series.axis_value, series.axis_index, series.axis_count],
        "uids": [series.frame_of_reference, series.source_uid],
        "shape": list(volume.voxels.shape),
        "dtype": volume.voxels.dtype.str,
        "affine": [float(value) for value in volume.affine.ravel()],
        "geometry": [
            volume.geometry.kind.value,
            float(volume.geometry.max_corner_error_mm),
            volume.geometry.note,
        ],
    }


def voxel_layout(
    told: dict[str, Any], limits: Limits
) -> tuple[tuple[int, int, int], np.dtype[Any]]:
    """Shape and type of the announced voxels.

    Raises
    ------
    UnreadableSeriesError
        A type that is never stored, or a size beyond the limits.
    """
    slices, rows, columns = (int(edge) for edge in told["shape"])
    if told["dtype"] not in _DTYPES:
        raise UnreadableSeriesError("voxels of a type this program does not store")
    dtype = np.dtype(str(told["dtype"]))
    size = slices * rows * columns * dtype.itemsize
    if min(slices, rows, columns) < 1 or size > _GROWTH * limits.volume_bytes:
        raise UnreadableSeriesError("voxels of an impossible size")
    return (slices, rows, columns), dtype


def series_from_json(told: dict[str, Any], headers: bytes, voxels: NDArray[Any]) -> ScannedSeries:
    """The record again, around voxels of the announced layout."""
    study = dict(told["study"])
    for key in ("study_date", "birth_date"):
        study[key] = date.fromisoformat(study[key]) if study[key] else None
    kind, wrong, note = told["geometry"]
    affine = np.array([float(value) for value in told["affine"]], dtype=np.float64)
    window = told["window"]
    return ScannedSeries(
        study=StudyFacts(**study),
        uid=str(told["uid"]),
        description=str(told["description"]),
        number=int(told["number"]),
        modality=str(told["modality"]),
        physics={str(key): str(value) for key, value in told["physics"].items()},
        instances=tuple(
            ScannedInstance(str(uid), str(digest), int(number))
            for uid, digest, number in told["instances"]
        ),
        headers=headers,
        window=WindowLevel(float(window[0]), float(window[1])) if window else None,
        volume=Volume(
            voxels,
            affine.reshape(4, 4),
            Geometry(GeometryKind(kind), float(wrong), str(note)),
        ),
        notes=tuple(str(sentence) for sentence in told["notes"]),
        frame_of_reference=str(told["uids"][0]),
        source_uid=str(told["uids"][1]),
        axis=str(told["axis"][0]),
        axis_value=str(told["axis"][1]),
        axis_index=int(told["axis"][2]),
        axis_count=int(told["axis"][3]),
    )
