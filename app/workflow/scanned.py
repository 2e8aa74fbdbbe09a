"""A scanned volume as the record the rest of the program knows; no storage, no files."""

from __future__ import annotations

from viewer.dicom.records import ScannedSeries
from viewer.records import Series


def series_record(scanned: ScannedSeries, pixel_file: str, header_file: str) -> Series:
    """Return the record of a scanned volume whose voxels and headers lie in these files."""
    volume = scanned.volume
    slices, rows, columns = volume.voxels.shape
    return Series(
        uid=scanned.uid,
        study_uid=scanned.study.uid,
        description=scanned.description,
        modality=scanned.modality,
        number=scanned.number,
        shape=(int(slices), int(rows), int(columns)),
        spacing_mm=volume.spacing_mm,
        dtype=str(volume.voxels.dtype),
        affine=tuple(float(value) for value in volume.affine.ravel()),
        geometry=volume.geometry,
        physics=dict(scanned.physics),
        pixel_file=pixel_file,
        header_file=header_file,
        window=scanned.window,
        frame_of_reference=scanned.frame_of_reference,
        source_uid=scanned.source_uid,
        axis=scanned.axis,
        axis_value=scanned.axis_value,
        axis_index=scanned.axis_index,
        axis_count=scanned.axis_count,
    )
