"""The key image of a report: the slice of its largest finding, with the model's outline."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.accounts.permissions import Permission
from app.storage.work import Work
from app.workflow.session import Session
from assistant.records import Report
from inference.records import Finding, FindingStatus
from viewer.geometry.planes import native_plane
from viewer.geometry.reslice import Interpolation, Reslicer
from viewer.geometry.window import default_window, to_gray
from viewer.records import GeometryKind, Series, Volume

_SIDE_PX = 640
_OUTLINE = (255, 176, 0)


def key_image(session: Session, report: Report) -> bytes | None:
    """Return a PNG of the slice of the largest confirmed finding, or None where there is none.

    The findings of a report from another workstation may name anything: only images of the
    report's own study are shown.
    """
    session.authorize(Permission.EXPORT_REPORT, report.patient_id)
    confirmed = [
        finding
        for finding in report.findings
        if finding.status in {FindingStatus.ACCEPTED, FindingStatus.EDITED}
    ]
    with session.begin() as work:
        chosen = max(confirmed, key=_size, default=None)
        series = work.series.get(chosen.series_uid) if chosen else None
        study = work.studies.get(series.study_uid) if series else None
        label_file = _label_file(work, chosen)
    if chosen is None or series is None or study is None:
        return None
    if (study.uid, study.patient_id) != (report.study_uid, report.patient_id):
        return None
    volume = _volume(session, series)
    if volume.geometry.kind is GeometryKind.UNKNOWN:
        return None
    labels = session.pixels.get(label_file).astype(np.uint8) if label_file else None
    return _draw(volume, labels, series, chosen)


def _size(finding: Finding) -> float:
    return max((one.value for one in finding.measurements), default=0.0)


def _label_file(work: Work, finding: Finding | None) -> str:
    run = work.runs.get(finding.run_id) if finding and finding.run_id else None
    return run.label_file if finding and run and run.series_uid == finding.series_uid else ""


def _volume(session: Session, series: Series) -> Volume:
    affine = np.array(series.affine, dtype=np.float64).reshape(4, 4)
    return Volume(session.pixels.get(series.pixel_file), affine, series.geometry)


def _draw(
    volume: Volume, labels: NDArray[np.uint8] | None, series: Series, finding: Finding
) -> bytes:
    plane = native_plane(volume, finding.slice_index)
    extent_mm = max(series.shape[1] * series.spacing_mm[1], series.shape[2] * series.spacing_mm[0])
    step_mm = extent_mm / _SIDE_PX
    pixels = Reslicer(volume.voxels, volume.affine).cut(plane, _SIDE_PX, _SIDE_PX, step_mm)
    gray = to_gray(pixels, default_window(volume.voxels, series.window))
    picture = np.repeat(gray[..., None], 3, axis=2)
    if labels is not None:
        inside = (
            Reslicer(labels, volume.affine).cut(
                plane, _SIDE_PX, _SIDE_PX, step_mm, interpolation=Interpolation.NEAREST
            )
            == finding.label_value
        )
        picture[_edge(inside)] = _OUTLINE
    target = io.BytesIO()
    Image.fromarray(picture).save(target, "PNG")
    return target.getvalue()


def _edge(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels of a mask that touch a pixel outside it."""
    core = inside.copy()
    for axis in (0, 1):
        for step in (1, -1):
            core &= np.roll(inside, step, axis)
    edge: NDArray[np.bool_] = inside & ~core
    return edge
