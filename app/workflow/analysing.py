"""Analysing a series: the model's run, its findings and its maps, stored together."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import FindingsReady
from app.workflow.reading import load_volume
from app.workflow.revealing import withheld
from app.workflow.session import Session
from inference.errors import OwnModelError
from inference.models.own.records import OwnStatus
from inference.models.own.running import OwnModelRunner
from inference.ports import Analyser, Analysis, Priority
from inference.records import FindingStatus, Run
from viewer.ports import Progress
from viewer.records import Series, Study


def analyse(
    session: Session,
    series_uid: str,
    analyser: Analyser,
    progress: Progress,
    priority: Priority = Priority.INTERACTIVE,
) -> Run | None:
    """Run the model on a series and keep what it said, whatever it said; return it.

    While what the models find is withheld from who asked (ADR 27), it is kept and not returned.

    What nobody waits for asks with the BACKGROUND priority and lets the others go first.
    Findings of an earlier run of the same model on the series that nobody has decided about are
    replaced; decided ones stay.
    """
    session.authorize(Permission.RUN_AI, series=series_uid)
    series, study = _series(session, series_uid)
    analysis = analyser.analyse(series, load_volume(session, series_uid), progress, priority)
    return _keep(session, series, study, analysis)


def analyse_own(
    session: Session,
    series_uid: str,
    model_id: str,
    runner: OwnModelRunner,
    progress: Progress,
) -> Run | None:
    """Run one of the clinic's own models on a series; see ``analyse``.

    Raises
    ------
    OwnModelError
        if the model is not approved, or not the one that was imported.
    """
    session.authorize(Permission.RUN_AI, series=series_uid)
    series, study = _series(session, series_uid)
    with session.begin() as work:
        model = work.own_models.get(model_id)
    if model is None or model.status is not OwnStatus.APPROVED:
        raise OwnModelError("This model is not approved for use; nothing was analysed.")
    weights = session.pixels.get(model.weights_file).astype(np.uint8, copy=False)
    if hashlib.sha256(weights.data).hexdigest() != model.card.weights_sha256:
        raise OwnModelError("The stored model is not the one that was imported; not used.")
    volume = load_volume(session, series_uid)
    analysis = runner.analyse(model, weights, series, volume, progress)
    return _keep(session, series, study, analysis)


def _series(session: Session, series_uid: str) -> tuple[Series, Study]:
    with session.begin() as work:
        series = work.series.get(series_uid)
        study = work.studies.get(series.study_uid) if series else None
    if series is None or study is None:
        raise NotFoundError("There is no such series.")
    return series, study


def _keep(session: Session, series: Series, study: Study, analysis: Analysis) -> Run | None:
    """Store a run, its findings and its maps, whoever made them.

    It is kept also when the person who asked has left meanwhile. Undecided findings of the same
    model version on the series are replaced; those of another version or model stay beside them.
    """
    run = _with_files(session, analysis, study.patient_id)
    with session.begin_results() as work:
        work.runs.put(run)
        same = {
            one.id
            for one in work.runs.of_study(series.study_uid)
            if one.weights_sha256 == run.weights_sha256
        }
        for finding in work.findings.of_study(series.study_uid):
            mine = finding.series_uid == series.uid and finding.run_id in same
            if mine and finding.status is FindingStatus.SUGGESTED:
                work.findings.remove(finding.id)
        for finding in analysis.findings:
            work.findings.put(finding)
        work.note(
            "study.analysed",
            series.study_uid,
            patient_id=study.patient_id,
            detail=f"{run.model} {run.version} {run.weights_sha256[:16]} {run.outcome.value}"
            + (" own model" if run.own_model else "")
            + session.away,
        )
        hide = withheld(work, session, study.uid)
    session.publish(FindingsReady(series.study_uid))
    return None if hide else run


def best_series(series: tuple[Series, ...]) -> Series | None:
    """Return the series most worth analysing: one that names a contrast agent, else the largest."""
    return max(
        series,
        key=lambda one: (bool(one.physics.get("ContrastBolusAgent")), one.shape[0]),
        default=None,
    )


def _with_files(session: Session, analysis: Analysis, patient_id: str) -> Run:
    run = analysis.run
    if analysis.labels is not None:
        run = replace(run, label_file=session.pixels.put(analysis.labels, patient_id))
    if analysis.heat is not None and run.attribution is not None:
        map_file = session.pixels.put(analysis.heat, patient_id)
        run = replace(run, attribution=replace(run.attribution, map_file=map_file))
    return run
