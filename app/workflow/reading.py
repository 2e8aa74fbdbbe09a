"""Reading studies: opening a study, its priors and its voxels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import StudyAssigned
from app.workflow.assigning import take_if_waiting, word_to
from app.workflow.emergency import ELSEWHERE, announce, close_charts
from app.workflow.memory import require_free
from app.workflow.revealing import Reading, begin_reading, hidden_draft, require_shown
from app.workflow.session import Session
from assistant.records import Report
from inference.pipeline.anatomy_outcome import AnatomyRun
from inference.records import Finding, Run
from viewer.records import Patient, Series, Study, Volume


@dataclass(frozen=True, slots=True)
class OpenedStudy:
    """Everything the reading page shows of a study except voxels.

    ``word`` is what the reader before wrote when handing the study to this one, ``word_by`` who.
    ``reading`` is how the reader comes to see what the models found, None in an emergency;
    ``analysed`` are the series that a model has looked at, also while the result is withheld.
    """

    study: Study
    patient: Patient
    series: tuple[Series, ...]
    runs: tuple[Run, ...]
    findings: tuple[Finding, ...]
    report: Report | None
    released_at: datetime | None
    anatomy: tuple[AnatomyRun, ...] = ()
    emergency: bool = False
    word: str = ""
    word_by: str = ""
    reading: Reading | None = None
    analysed: frozenset[str] = frozenset()

    @property
    def withheld(self) -> bool:
        """Whether what the models found is not shown to this reader yet."""
        return self.reading is not None and self.reading.withheld


@dataclass(frozen=True, slots=True)
class Prior:
    """Another study of the same patient, with its series."""

    study: Study
    series: tuple[Series, ...]


def open_study(session: Session, study_uid: str) -> OpenedStudy:
    """Open a study for reading; the opening itself is audited.

    A study that waits for a reader is taken by opening it. Emergency access shows the images and
    the signed report; what models or readers have not signed stays closed. Opening another
    patient's study leaves a chart that was open in an emergency. What the models found, and
    another's draft that tells it, is left out while it is withheld from the reader.
    """
    session.authorize(Permission.VIEW_IMAGES, study=study_uid)
    with session.begin() as work:
        study = work.studies.get(study_uid)
        patient = work.patients.get(study.patient_id) if study else None
        if study is None or patient is None:
            raise NotFoundError("There is no such study.")
        report = work.reports.of_study(study_uid)
        treats = session.treats(patient.id)
        if not treats and report is not None and report.status.is_draft:
            report = None
        word, word_by = word_to(work, session, study_uid)
        how = begin_reading(work, session, study_uid) if treats else None
        if report is not None and hidden_draft(work, session, report):
            report = None
        opened = OpenedStudy(
            study=study,
            patient=patient,
            series=work.series.of_study(study_uid),
            runs=work.runs.of_study(study_uid) if treats else (),
            findings=work.findings.of_study(study_uid) if treats else (),
            report=report,
            released_at=work.reports.released_at(report.id) if report else None,
            anatomy=work.anatomy.of_study(study_uid) if treats else (),
            emergency=not treats,
            word=word,
            word_by=word_by,
            reading=how,
        )
        detail = "" if treats else "emergency access"
        work.note("study.opened", study_uid, patient_id=patient.id, detail=detail)
        taken = treats and take_if_waiting(work, session, study)
        left = close_charts(
            work, session.now(), ELSEWHERE, session.actor.account_id, keep=patient.id
        )
    announce(left, session)
    if taken:
        session.publish(StudyAssigned(study_uid))
    return _without_models(opened)


def _without_models(opened: OpenedStudy) -> OpenedStudy:
    """Leave out what the models found where it is withheld; it stays on the shelf."""
    analysed = frozenset(run.series_uid for run in opened.runs)
    if not opened.withheld:
        return replace(opened, analysed=analysed)
    mine = tuple(one for one in opened.findings if one.by_reader)
    return replace(opened, runs=(), anatomy=(), findings=mine, analysed=analysed)


def load_volume(session: Session, series_uid: str) -> Volume:
    """Decrypt the voxels of a series into one array, to be shared by all views.

    Raises
    ------
    MemoryBudgetError
        The machine has no room for it; nothing was decrypted.
    """
    session.authorize(Permission.VIEW_IMAGES, series=series_uid)
    with session.begin() as work:
        series = work.series.get(series_uid)
    if series is None:
        raise NotFoundError("There is no such series.")
    voxels = _fitting(session, series.pixel_file)
    voxels.setflags(write=False)
    return volume_of(series, voxels)


def volume_of(series: Series, voxels: NDArray[np.generic]) -> Volume:
    """Return the voxels of a series on its grid."""
    affine = np.array(series.affine, dtype=np.float64).reshape(4, 4)
    return Volume(voxels, affine, series.geometry)


def load_middle(session: Session, series_uid: str) -> NDArray[np.generic]:
    """Decrypt the middle slice of a series, (rows, columns), without reading the others."""
    session.authorize(Permission.VIEW_IMAGES, series=series_uid)
    with session.begin() as work:
        series = work.series.get(series_uid)
    if series is None:
        raise NotFoundError("There is no such series.")
    return session.pixels.get_slice(series.pixel_file, series.shape[0] // 2)


def priors(session: Session, study_uid: str) -> tuple[Prior, ...]:
    """Return the patient's other studies that have images, the newest first."""
    session.authorize(Permission.VIEW_IMAGES, study=study_uid)
    with session.begin() as work:
        study = work.studies.get(study_uid)
        if study is None:
            raise NotFoundError("There is no such study.")
        others = [one for one in work.studies.of_patient(study.patient_id) if one.uid != study_uid]
        found = tuple(Prior(one, work.series.of_study(one.uid)) for one in others)
    return tuple(prior for prior in found if prior.series)


def open_prior(session: Session, study_uid: str, series_uid: str) -> None:
    """Note that a series of an earlier study is looked at beside the current one."""
    session.authorize(Permission.VIEW_IMAGES, study=study_uid)
    with session.begin() as work:
        study, series = work.studies.get(study_uid), work.series.get(series_uid)
        if study is None or series is None or series.study_uid != study_uid:
            raise NotFoundError("There is no such series.")
        work.note("study.opened", study_uid, patient_id=study.patient_id, detail="as prior")


def volumes_of(session: Session, source_uid: str) -> tuple[Series, ...]:
    """Return the volumes of a series of several (weights, times, echoes), along their axis."""
    session.authorize(Permission.VIEW_IMAGES, source=source_uid)
    with session.begin() as work:
        first = work.series.get(source_uid)
        if first is None:
            return work.series.of_source(source_uid)
        beside = work.series.of_study(first.study_uid)
    mine = [one for one in beside if one.source_uid == source_uid]
    return tuple(sorted(mine, key=lambda one: (one.axis_index, one.uid))) or (first,)


def load_labels(session: Session, run_id: str) -> NDArray[np.uint8] | None:
    """Decrypt the outlines of a run, (slices, rows, columns), or None where it has none."""
    session.authorize(Permission.VIEW_IMAGES, run=run_id)
    run = _run(session, run_id)
    return (
        _fitting(session, run.label_file).astype(np.uint8, copy=False) if run.label_file else None
    )


def load_heat(session: Session, run_id: str) -> NDArray[np.float16] | None:
    """Decrypt the heat map of a run, (slices, rows, columns) in 0..1, or None."""
    session.authorize(Permission.VIEW_IMAGES, run=run_id)
    run = _run(session, run_id)
    if run.attribution is None or not run.attribution.map_file:
        return None
    return _fitting(session, run.attribution.map_file).astype(np.float16, copy=False)


def _fitting(session: Session, file_id: str) -> NDArray[np.generic]:
    """Decrypt an array once it is sure that the machine has room for it."""
    require_free(session.pixels.size_of(file_id))
    return session.pixels.get(file_id)


def _run(session: Session, run_id: str) -> Run:
    with session.begin() as work:
        run = work.runs.get(run_id)
        if run is None:
            raise NotFoundError("There is no such analysis.")
        require_shown(work, session, run.study_uid)
    return run
