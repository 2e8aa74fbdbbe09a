"""Asking the model for another heat map of a finding, on the slice the reader looks at."""

from __future__ import annotations

import numpy as np

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.workflow.reading import load_labels, load_volume
from app.workflow.revealing import require_shown
from app.workflow.session import Session
from inference.explain.methods import Method
from inference.ports import Explained, Explainer, Question
from inference.records import Finding
from viewer.ports import Progress


def explain(
    session: Session,
    finding: Finding,
    slice_index: int,
    method: Method,
    explainer: Explainer,
    progress: Progress,
) -> Explained:
    """Return a finding's map by that method on one slice; it is shown and not stored.

    The model that is asked must be the one that made the finding, or the map would explain
    another answer.
    """
    session.authorize(
        Permission.RUN_AI, study=finding.study_uid, series=finding.series_uid, run=finding.run_id
    )
    with session.begin() as work:
        series = work.series.get(finding.series_uid)
        study = work.studies.get(finding.study_uid)
        run = work.runs.get(finding.run_id)
        require_shown(work, session, finding.study_uid)
    if series is None or study is None or run is None or not finding.kinds:
        raise NotFoundError("There is no analysis behind this finding.")
    if run.weights_sha256 != explainer.card().weights_sha256:
        raise NotFoundError("The model has changed since; analyse again to ask it.")
    labels = load_labels(session, run.id)
    if labels is None or not 0 <= slice_index < len(labels):
        raise NotFoundError("The finding has no outline here.")
    marked = labels[slice_index] == finding.label_value
    if not marked.any():
        raise NotFoundError(
            "The finding does not reach this slice. Go to it (Enter) and ask again."
        )
    category = 1 + int(np.argmax([share for _, share in finding.kinds]))
    question = Question(slice_index, marked, category, method.key)
    explained = explainer.explain(series, load_volume(session, series.uid), question, progress)
    with session.begin() as work:
        work.note(
            "finding.explained",
            finding.id,
            patient_id=study.patient_id,
            detail=f"{method.key} {explained.attribution.grade.value}",
        )
    return explained
