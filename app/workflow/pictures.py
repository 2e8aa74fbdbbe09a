"""The pictures of a printed report: marked key images, the largest finding, its heat map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.accounts.permissions import Permission
from app.errors import DamagedFileError
from app.records import LabelStroke
from app.storage.work import Work
from app.workflow.drawing import framed, png, with_heat, with_outline
from app.workflow.labelling import corrected
from app.workflow.reading import volume_of
from app.workflow.revealing import require_shown
from app.workflow.session import Session
from assistant.drafting.measuring import is_confirmed
from assistant.records import Provenance, Report
from inference.records import Attribution, Finding, Grade, Run
from viewer.geometry.planes import Plane, native_plane
from viewer.records import GeometryKind, KeyImage, Series, Volume

MOST_KEY_IMAGES = 6
NOT_AN_OUTLINE = "The colours show what the model attended to, not the outline of a lesion."


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with its caption; ``heat`` has a colour legend under it."""

    png: bytes
    caption: str
    heat: bool = False


@dataclass(frozen=True, slots=True)
class _Rows:
    """What pictures are made of, read in one transaction."""

    series: dict[str, Series]
    runs: dict[str, Run]
    strokes: dict[tuple[str, str], tuple[LabelStroke, ...]]
    key_images: tuple[KeyImage, ...]


def pictures(
    session: Session, report: Report, right: Permission = Permission.EXPORT_REPORT
) -> tuple[Picture, ...]:
    """Return the pictures of a report, in the order they are printed; ``right`` is what is done.

    Only images of the report's own study are shown, whatever a report from elsewhere names; of
    the marked views those that were signed.
    """
    session.authorize(right, report.patient_id)
    with session.begin() as work:
        if not all(one.by_reader for one in report.findings):
            require_shown(work, session, report.study_uid)
        rows = _rows(work, report)
    if rows is None:
        return ()
    volumes: dict[str, Volume] = {}
    made: list[Picture] = []
    chosen = largest(report)
    if chosen is not None and chosen.series_uid in rows.series:
        made += _of_finding(session, report, rows, chosen, volumes)
    for mark in rows.key_images[:MOST_KEY_IMAGES]:
        series = rows.series.get(mark.series_uid)
        volume = _volume(session, series, volumes)
        if series is None or volume is None:
            continue
        plane = Plane(mark.centre_mm, mark.right, mark.down)
        cut = framed(volume, plane, series, mark.window)
        name = series.description or f"series {series.number}"
        made.append(Picture(png(cut.rgb), f"Key image, {name}. {mark.note}".strip()))
    return tuple(made)


def largest(report: Report) -> Finding | None:
    """Return the largest finding the reader confirmed, or None."""
    return max(filter(is_confirmed, report.findings), key=_size, default=None)


def heat_line(attribution: Attribution, source: Provenance | None) -> str:
    """Return what a heat map is, how far it may be believed, and why, in one sentence each."""
    graded = attribution.grade is not Grade.UNGRADED
    worth = f"{attribution.grade.value} faithfulness" if graded else "faithfulness not graded"
    model = f" of {source.model} {source.version}" if source else ""
    reason = (
        f" {attribution.reason[:1].upper()}{attribution.reason[1:]}."
        if (attribution.reason)
        else ""
    )
    return f"Heat map{model}: {attribution.method}, {worth}. {NOT_AN_OUTLINE}{reason}"


def _rows(work: Work, report: Report) -> _Rows | None:
    study = work.studies.get(report.study_uid)
    if study is None or study.patient_id != report.patient_id:
        return None
    strokes: dict[tuple[str, str], tuple[LabelStroke, ...]] = {}
    for stroke in work.strokes.of_study(study.uid):
        outline = (stroke.series_uid, stroke.run_id)
        strokes[outline] = (*strokes.get(outline, ()), stroke)
    signed = {one.id for one in report.seen.key_images} if report.seen is not None else None
    marks = work.key_images.of_study(study.uid)
    return _Rows(
        series={one.uid: one for one in work.series.of_study(study.uid)},
        runs={run.id: run for run in work.runs.of_study(study.uid)},
        strokes=strokes,
        key_images=tuple(one for one in marks if signed is None or one.id in signed),
    )


def _of_finding(
    session: Session, report: Report, rows: _Rows, chosen: Finding, volumes: dict[str, Volume]
) -> list[Picture]:
    series = rows.series[chosen.series_uid]
    volume = _volume(session, series, volumes)
    if volume is None or not 0 <= chosen.slice_index < series.shape[0]:
        return []
    run = rows.runs.get(chosen.run_id)
    if run is not None and run.series_uid != series.uid:
        run = None
    cut = framed(volume, native_plane(volume, chosen.slice_index), series, series.window)
    labels = _labels(session, rows, series, run)
    outlined = cut.rgb if labels is None else with_outline(cut, labels == chosen.label_value)
    said = f"Largest finding: {chosen.label}. Slice {chosen.slice_index + 1} of {series.shape[0]}"
    made = [Picture(png(outlined), f"{said}, outline {_by_whom(rows, series, run)}.")]
    heat = _heat(session, run)
    attribution = run.attribution if run is not None else None
    if attribution is None or heat is None or run is None:
        return made
    if heat.shape == series.shape and attribution.grade is not Grade.LOW:
        source = next((one for one in report.provenance if one.run_id == run.id), None)
        line = heat_line(attribution, source)
        made.append(Picture(png(with_heat(cut, heat)), line, heat=True))
    return made


def _by_whom(rows: _Rows, series: Series, run: Run | None) -> str:
    if run is None or not run.label_file:
        return "drawn by the reader" if (series.uid, "") in rows.strokes else "not drawn"
    corrected = (series.uid, run.id) in rows.strokes
    return "by the model, corrected by the reader" if corrected else "by the model"


def _labels(
    session: Session, rows: _Rows, series: Series, run: Run | None
) -> NDArray[np.uint8] | None:
    run_id = run.id if run is not None else ""
    strokes = rows.strokes.get((series.uid, run_id), ())
    base = run.label_file if run is not None else ""
    if not base and not strokes:
        return None
    stored = session.pixels.get(base) if base else None
    if stored is not None and stored.shape != series.shape:
        return None
    return corrected(stored, series.shape, strokes)


def _heat(session: Session, run: Run | None) -> NDArray[np.generic] | None:
    file_id = run.attribution.map_file if run is not None and run.attribution else ""
    if not file_id:
        return None
    try:
        return session.pixels.get(file_id)
    except DamagedFileError:
        return None


def _volume(session: Session, series: Series | None, volumes: dict[str, Volume]) -> Volume | None:
    if series is None or not series.pixel_file:
        return None
    if series.uid not in volumes:
        volumes[series.uid] = volume_of(series, session.pixels.get(series.pixel_file))
    volume = volumes[series.uid]
    return None if volume.geometry.kind is GeometryKind.UNKNOWN else volume


def _size(finding: Finding) -> float:
    return max((one.value for one in finding.measurements), default=0.0)
