"""Correcting an outline by hand: the strokes of the reader over what a run drew.

The run's own label map never changes; what is shown is that map with the strokes that count laid
over it in their order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import StudyEdited
from app.records import EditKind, LabelStroke
from app.workflow.closing import refuse_if_signed
from app.workflow.journal import record
from app.workflow.memory import require_free
from app.workflow.revealing import require_shown
from app.workflow.session import Session
from viewer.geometry.labelling import apply, from_bytes, to_bytes
from viewer.records import LabelChange

FIRST_OWN = 128
"""The lowest label value of an outline of the reader's own; a model numbers its own from 1."""


def put_stroke(session: Session, change: LabelChange, run_id: str = "") -> None:
    """Store one stroke on the outlines of a run, or on an empty map where there is no run."""
    session.authorize(Permission.ANNOTATE_IMAGES, study=change.study_uid)
    stroke = LabelStroke(change.id, change.study_uid, change.series_uid, run_id, to_bytes(change))
    with session.begin() as work:
        study = work.studies.get(change.study_uid)
        series = work.series.get(change.series_uid)
        if study is None or series is None or series.study_uid != study.uid:
            raise NotFoundError("There is no such series.")
        run = work.runs.get(run_id) if run_id else None
        if run_id and (run is None or run.series_uid != series.uid):
            raise NotFoundError("There is no such analysis of this series.")
        refuse_if_signed(work, study.uid)
        if run is not None:
            require_shown(work, session, study.uid)
        if not _inside(change, series.shape):
            raise ValueError("a stroke reaches beyond the label map")
        work.strokes.put(stroke)
        record(work, session, EditKind.LABEL_STROKE, study.uid, stroke.id, None, {})
        work.note("label.painted", stroke.id, patient_id=study.patient_id)
    session.publish(StudyEdited(change.study_uid, EditKind.LABEL_STROKE, change.id))


def load_corrected(session: Session, series_uid: str, run_id: str = "") -> NDArray[np.uint8] | None:
    """Return the label map as it stands, uint8 (slices, rows, columns); or None."""
    session.authorize(Permission.VIEW_IMAGES, series=series_uid)
    return _stored(session, series_uid, run_id)


def _stored(session: Session, series_uid: str, run_id: str) -> NDArray[np.uint8] | None:
    with session.begin() as work:
        series = work.series.get(series_uid)
        run = work.runs.get(run_id) if run_id else None
        if series is None:
            raise NotFoundError("There is no such series.")
        if run_id:
            require_shown(work, session, series.study_uid)
        strokes = work.strokes.of_series(series_uid, run_id)
    has_base = run is not None and run.series_uid == series_uid and bool(run.label_file)
    if not has_base and not strokes:
        return None
    require_free(math.prod(series.shape))
    base = session.pixels.get(run.label_file) if has_base and run is not None else None
    return corrected(base, series.shape, strokes)


def load_shown(session: Session, series_uid: str, run_id: str = "") -> NDArray[np.uint8] | None:
    """Return what is drawn on a series: a run's outlines as they stand, with the reader's own.

    uint8 (slices, rows, columns), or None where nothing is. A reader's own outline has a value
    from ``FIRST_OWN`` on; with a run's, lower ones are left out, for they would pass for the run's.
    """
    session.authorize(Permission.VIEW_IMAGES, series=series_uid)
    own = _stored(session, series_uid, "")
    labels = _stored(session, series_uid, run_id) if run_id else None
    if labels is None or own is None:
        return own if labels is None else labels
    mine = own >= FIRST_OWN
    labels[mine] = own[mine]
    return labels


def corrected(
    base: NDArray[np.generic] | None, shape: tuple[int, int, int], strokes: Iterable[LabelStroke]
) -> NDArray[np.uint8]:
    """Return what a run drew, or an empty map of that shape, with the strokes laid over it."""
    if base is None:
        labels = np.zeros(shape, np.uint8)
    else:
        labels = np.ascontiguousarray(base, dtype=np.uint8)
    for stroke in strokes:
        apply(labels, from_bytes(stroke.change, stroke.id, stroke.study_uid, stroke.series_uid))
    return labels


def _inside(change: LabelChange, shape: tuple[int, int, int]) -> bool:
    """Whether the box of a stroke lies in the map: what could not be laid on is not stored."""
    sizes = zip(change.corner, change.after.shape, shape, strict=True)
    return all(at >= 0 and at + size <= edge for at, size, edge in sizes)
