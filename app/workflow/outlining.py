"""Outlines as numbers and words: what a reader corrects is measured anew.

A finding's size and place are those of its outline as it stands. The model's own outline, numbers
and words stay beside them, with the overlap of the two.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.accounts.permissions import Permission
from app.errors import ChangedSinceError, NotFoundError
from app.events import FindingReviewed
from app.records import LabelStroke
from app.storage.work import Work
from app.workflow.closing import refuse_if_signed
from app.workflow.labelling import corrected
from app.workflow.memory import require_free
from app.workflow.reading import load_volume
from app.workflow.referencing import follow_measurements
from app.workflow.revealing import require_shown
from app.workflow.session import Session
from inference.measure.outlined import Placer, remeasured
from inference.records import Finding, Run
from viewer.records import Series

_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is drawn on a series: the run's outlines, the strokes that count, and the findings."""

    series: Series
    run: Run | None
    strokes: tuple[LabelStroke, ...]
    findings: tuple[Finding, ...]

    @property
    def names(self) -> str:
        """Names the strokes that count."""
        return names_of(self.strokes)


def remeasure(
    session: Session, series_uid: str, run_id: str, placer: Placer
) -> tuple[Finding, ...]:
    """Measure the outlines of a run, or the reader's own, as they stand; return what changed.

    Called after each stroke and after each that was undone; where the outline of a finding is the
    model's again, so are its numbers and words.

    Raises
    ------
    ChangedSinceError
        Strokes keep coming while it measures.
    """
    session.authorize(Permission.REVIEW_FINDING, series=series_uid)
    for _ in range(_TRIES):
        with session.begin() as work:
            drawn = _drawn(work, session, series_uid, run_id)
        made = _remeasured(session, drawn, placer)
        with session.begin() as work:
            if _drawn(work, session, series_uid, run_id) != drawn:
                continue
            study = work.studies.get(drawn.series.study_uid)
            for finding in made:
                work.findings.put(finding)
                work.note(
                    "finding.remeasured", finding.id, patient_id=study.patient_id if study else ""
                )
            follow_measurements(work, drawn.series.study_uid)
        for finding in made:
            session.publish(FindingReviewed(finding.study_uid, finding.id))
        return made
    raise ChangedSinceError("The outline changed while it was measured. Measure it again.")


def names_of(strokes: Iterable[LabelStroke]) -> str:
    """Return a short name for these strokes in their order, whatever was undone between them."""
    return hashlib.sha256(" ".join(one.id for one in strokes).encode()).hexdigest()[:16]


def _drawn(work: Work, session: Session, series_uid: str, run_id: str) -> _Drawn:
    series = work.series.get(series_uid)
    if series is None:
        raise NotFoundError("There is no such series.")
    run = work.runs.get(run_id) if run_id else None
    if run_id and (run is None or run.series_uid != series_uid):
        raise NotFoundError("There is no such analysis of this series.")
    refuse_if_signed(work, series.study_uid)
    if run is not None:
        require_shown(work, session, series.study_uid)
    mine = tuple(
        one
        for one in work.findings.of_study(series.study_uid)
        if one.series_uid == series_uid and one.run_id == run_id and one.label_value
    )
    return _Drawn(series, run, work.strokes.of_series(series_uid, run_id), mine)


def _remeasured(session: Session, drawn: _Drawn, placer: Placer) -> tuple[Finding, ...]:
    touched = drawn.strokes or any(one.outlined for one in drawn.findings)
    if not touched or not drawn.findings:
        return ()
    require_free(2 * math.prod(drawn.series.shape))
    base = None
    if drawn.run is not None and drawn.run.label_file:
        base = session.pixels.get(drawn.run.label_file).astype(np.uint8, copy=False)
    labels = corrected(None if base is None else base.copy(), drawn.series.shape, drawn.strokes)
    changed = [one for one in drawn.findings if _differs(one, labels, base, drawn)]
    if not changed:
        return ()
    volume = load_volume(session, drawn.series.uid)
    place = placer.place(drawn.series.uid, volume)
    made = (
        remeasured(
            one,
            labels == one.label_value,
            None if base is None or one.by_reader else base == one.label_value,
            volume.affine,
            place,
            drawn.names,
        )
        for one in changed
    )
    return tuple(after for after, before in zip(made, changed, strict=True) if after != before)


def _differs(
    finding: Finding,
    labels: NDArray[np.uint8],
    base: NDArray[np.uint8] | None,
    drawn: _Drawn,
) -> bool:
    """Whether a finding may say something else than its outline; cheap, so asked of each."""
    if finding.outlined is not None and finding.outlined.strokes == drawn.names:
        return False
    if finding.outlined is not None or finding.by_reader or base is None:
        return True
    value = finding.label_value
    return bool(((labels == value) != (base == value)).any())
