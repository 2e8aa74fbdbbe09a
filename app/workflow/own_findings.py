"""Findings of the reader's own, with the size and place of what the reader drew.

One stands on an outline painted with the brush, or on a measurement on the image.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from app.accounts.permissions import Permission
from app.errors import NotFoundError, WorkstationError
from app.workflow.closing import refuse_if_signed
from app.workflow.labelling import corrected
from app.workflow.outlining import names_of
from app.workflow.reading import load_volume
from app.workflow.reviewing import publish_own, put_own
from app.workflow.session import Session
from inference.measure.outlined import Place, Placer, remeasured
from inference.records import READER_CODE, Finding, FindingStatus, Measurement
from viewer.geometry.measuring import measure
from viewer.records import Annotation, AnnotationKind, Series, Vector3, Volume

_POINTED = frozenset({AnnotationKind.ARROW, AnnotationKind.PROBE})
_AREAS = frozenset({AnnotationKind.RECTANGLE, AnnotationKind.ELLIPSE, AnnotationKind.FREEHAND})


def add_outlined(
    session: Session,
    series_uid: str,
    label_value: int,
    placer: Placer,
    *,
    label: str,
    place: str,
    note: str,
) -> Finding:
    """Add a finding on an outline the reader painted; without words its place is measured.

    Raises
    ------
    WorkstationError
        Nothing is painted there, or a finding stands on it already.
    """
    session.authorize(Permission.REVIEW_FINDING, series=series_uid)
    with session.begin() as work:
        series = work.series.get(series_uid)
        if series is None:
            raise NotFoundError("There is no such series.")
        strokes = work.strokes.of_series(series_uid, "")
    mask = corrected(None, series.shape, strokes) == label_value
    if not mask.any():
        raise WorkstationError("Nothing is painted there yet. Paint the outline first.")
    volume = load_volume(session, series_uid)
    empty = _empty(series, label_value, label, note)
    where = placer.place(series_uid, volume)
    made = remeasured(empty, mask, None, volume.affine, where, names_of(strokes))
    return _add(session, made, place)


def add_measured(
    session: Session, annotation_id: str, placer: Placer, *, label: str, place: str, note: str
) -> Finding:
    """Add a finding on something the reader drew or measured; without words its place is measured.

    What is drawn stays as it is; a length or a region gives the finding its size.
    """
    session.authorize(Permission.REVIEW_FINDING, annotation=annotation_id)
    with session.begin() as work:
        drawn = work.annotations.get(annotation_id)
        series = work.series.get(drawn.series_uid) if drawn else None
    if drawn is None or series is None:
        raise NotFoundError("There is no such measurement.")
    volume = load_volume(session, series.uid)
    where = placer.place(series.uid, volume)
    centre = _centre(drawn)
    mask, slice_index = _voxel(volume, centre)
    made = replace(
        _empty(series, 0, label, note),
        centre_mm=centre,
        slice_index=slice_index,
        measurements=_sizes(drawn, volume),
    )
    return _add(session, _in_words(made, mask, where), place)


def _add(session: Session, made: Finding, place: str) -> Finding:
    final = replace(made, place=place.strip() or made.place)
    with session.begin() as work:
        refuse_if_signed(work, made.study_uid)
        if made.label_value and any(
            one.by_reader
            and (one.series_uid, one.label_value) == (made.series_uid, made.label_value)
            for one in work.findings.of_study(made.study_uid)
        ):
            raise WorkstationError("This outline is a finding already.")
        put_own(work, session, final)
    publish_own(final, session)
    return final


def _empty(series: Series, label_value: int, label: str, note: str) -> Finding:
    return Finding(
        id=str(uuid.uuid4()),
        study_uid=series.study_uid,
        series_uid=series.uid,
        code=READER_CODE,
        label=label.strip(),
        status=FindingStatus.EDITED,
        centre_mm=(0.0, 0.0, 0.0),
        slice_index=0,
        side="",
        place="",
        measurements=(),
        label_value=label_value,
        note=note.strip(),
    )


def _in_words(finding: Finding, mask: NDArray[np.bool_], where: Place | None) -> Finding:
    if where is None:
        return finding
    side = where.side_of(finding.centre_mm)
    return replace(finding, side=side, place=where.place_of(mask))


def _centre(drawn: Annotation) -> Vector3:
    """Where it points, or the middle of its points."""
    points = np.array(drawn.points_mm[:1] if drawn.kind in _POINTED else drawn.points_mm)
    middle = points.mean(axis=0)
    return float(middle[0]), float(middle[1]), float(middle[2])


def _voxel(volume: Volume, centre: Vector3) -> tuple[NDArray[np.bool_], int]:
    """Return the voxel of a point as a mask (slices, rows, columns), and its slice."""
    mask = np.zeros(volume.voxels.shape, dtype=bool)
    i, j, k = (round(value) for value in volume.to_index(centre))
    slices, rows, columns = volume.voxels.shape
    if not (0 <= i < columns and 0 <= j < rows and 0 <= k < slices):
        raise WorkstationError("This lies outside the images of the series.")
    mask[k, j, i] = True
    return mask, k


def _sizes(drawn: Annotation, volume: Volume) -> tuple[Measurement, ...]:
    """The lengths and the area of what was drawn; the longest diameter of a region's corners."""
    made = []
    for one in measure(drawn, volume).values:
        if one.unit not in {"mm", "mm2"} or one.name in {"perimeter", "product"}:
            continue
        bound = "" if one.bound is None else f", +/- {one.bound:.1f}"
        made.append(
            Measurement(one.name, round(one.number, 1), one.unit, f"drawn by the reader{bound}")
        )
    if drawn.kind in _AREAS and made:
        longest = round(float(pdist(_corners(drawn)).max()), 1)
        made.insert(0, Measurement("largest diameter", longest, "mm", "of the region drawn"))
    return tuple(made)


def _corners(drawn: Annotation) -> NDArray[np.float64]:
    """Points of a region's edge that lie furthest apart; of an ellipse the ends of its axes."""
    points = np.array(drawn.points_mm)
    if drawn.kind is not AnnotationKind.ELLIPSE:
        return points
    middle, half = points.mean(axis=0), (points[1] - points[0]) / 2
    ends = []
    for axis in (np.array(drawn.right), np.array(drawn.down)):
        reach = abs(float(half @ axis)) * axis
        ends += [middle - reach, middle + reach]
    return np.array(ends)
