"""The findings against the earlier study's: the right study, the right run, nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from app.errors import ForbiddenError, NotFoundError
from app.workflow import reporting, reviewing
from app.workflow.comparing_findings import compare_series
from app.workflow.session import Session
from inference.records import ChangeKind, Measurement, Run, RunOutcome
from tests.app.workflow.conftest import ADMIN, enter
from tests.app.workflow.samples import PATIENT_ID, STUDY_UID, finding
from viewer.records import Geometry, GeometryKind, Patient, Series, Study

SHAPE = (20, 60, 60)
AFFINE = np.diag([2.0, 2.0, 5.0, 1.0])
SHIFT = np.eye(4)
SHIFT[0, 3] = 8.0


def _cube(column: int, size: int) -> np.ndarray:
    labels = np.zeros(SHAPE, dtype=np.uint8)
    labels[8 : 8 + size // 2, 20 : 20 + size, column : column + size] = 1
    return labels


def _put(
    session: Session, name: str, day: date | None, labels: np.ndarray | None, patient: str = ""
) -> str:
    """A study with one analysed series; return the series' uid."""
    patient = patient or PATIENT_ID
    study_uid, series_uid = f"{STUDY_UID}.{name}", f"{STUDY_UID}.{name}.1"
    voxels = session.pixels.put(np.ones(SHAPE, dtype=np.int16), patient)
    label_file = session.pixels.put(labels, patient) if labels is not None else ""
    with session.begin() as work:
        work.patients.put(Patient(patient, "Canary, Zoe"))
        work.studies.put(Study(study_uid, patient, datetime.now(UTC), name, day))
        work.series.put(
            Series(
                uid=series_uid,
                study_uid=study_uid,
                description="T1 post",
                modality="MR",
                number=1,
                shape=SHAPE,
                spacing_mm=(2.0, 2.0, 5.0),
                dtype="<i2",
                affine=tuple(float(one) for one in AFFINE.ravel()),
                geometry=Geometry(GeometryKind.REGULAR, 0.0),
                physics={},
                pixel_file=voxels,
            )
        )
        outcome = RunOutcome.FINDINGS if labels is not None else RunOutcome.NOTHING_SUSPECTED
        run = Run(
            id=f"run-{name}",
            study_uid=study_uid,
            series_uid=series_uid,
            model="m",
            version="1",
            weights_sha256="0" * 64,
            device="CPU",
            started_at=datetime.now(UTC),
            seconds=1.0,
            outcome=outcome,
            label_file=label_file,
        )
        work.runs.put(run)
        if labels is not None:
            work.findings.put(
                replace(
                    finding(f"f-{name}"),
                    study_uid=study_uid,
                    series_uid=series_uid,
                    run_id=run.id,
                    label_value=1,
                )
            )
    return series_uid


def test_a_finding_is_compared_with_the_earlier_study_it_was_laid_over(doctor: Session) -> None:
    _put(doctor, "oldest", date(2024, 1, 5), _cube(24, 4))
    prior = _put(doctor, "prior", date(2025, 3, 1), _cube(24, 8))
    now = _put(doctor, "now", date(2025, 6, 1), _cube(20, 14))
    told = compare_series(doctor, now, prior, SHIFT)
    assert told.prior_study_uid == f"{STUDY_UID}.prior"
    change = told.of_finding["f-now"]
    assert change.kind is ChangeKind.LARGER
    assert change.days == 92
    assert change.now_ml == pytest.approx(7 * 14 * 14 * 20 / 1000)
    assert told.gone == ()


def test_a_prior_on_which_nothing_was_suspected_makes_a_finding_new(doctor: Session) -> None:
    prior = _put(doctor, "prior", date(2025, 3, 1), None)
    now = _put(doctor, "now", date(2025, 6, 1), _cube(20, 14))
    told = compare_series(doctor, now, prior, SHIFT)
    assert told.of_finding["f-now"].kind is ChangeKind.NEW


def test_without_an_earlier_analysis_there_is_nothing_to_compare(doctor: Session) -> None:
    prior = _put(doctor, "prior", date(2025, 3, 1), _cube(24, 8))
    now = _put(doctor, "now", date(2025, 6, 1), _cube(20, 14))
    with doctor.begin() as work:
        run = work.runs.get("run-prior")
        assert run is not None
        work.runs.put(replace(run, outcome=RunOutcome.NOT_ANALYSED))
    told = compare_series(doctor, now, prior, SHIFT)
    assert told.reason == "Not both series were analysed."
    assert not told.of_finding


def test_what_a_reader_rejected_is_not_compared(doctor: Session) -> None:
    prior = _put(doctor, "prior", date(2025, 3, 1), _cube(24, 8))
    now = _put(doctor, "now", date(2025, 6, 1), _cube(20, 14))
    reviewing.reject(doctor, "f-prior")
    told = compare_series(doctor, now, prior, SHIFT)
    assert told.of_finding["f-now"].kind is ChangeKind.NEW
    reviewing.reject(doctor, "f-now")
    assert not compare_series(doctor, now, prior, SHIFT).of_finding


def test_two_patients_are_never_compared(doctor: Session) -> None:
    now = _put(doctor, "now", date(2025, 6, 1), _cube(20, 14))
    other = _put(doctor, "other", date(2024, 9, 1), _cube(24, 16), patient="somebody-else")
    with pytest.raises(NotFoundError):
        compare_series(doctor, now, other, SHIFT)


def test_who_may_not_see_images_may_not_compare(doctor: Session, clinic) -> None:
    prior = _put(doctor, "prior", date(2025, 3, 1), _cube(24, 8))
    now = _put(doctor, "now", date(2025, 6, 1), _cube(20, 14))
    admin = enter(clinic, ADMIN)
    with pytest.raises(ForbiddenError):
        compare_series(admin, now, prior, SHIFT)


def test_outlines_of_two_models_are_not_compared(doctor: Session) -> None:
    then = _put(doctor, "prior", date(2025, 3, 1), _cube(24, 8))
    now = _put(doctor, "now", date(2025, 6, 1), _cube(20, 14))
    with doctor.begin() as work:
        run = work.runs.get("run-prior")
        assert run is not None
        work.runs.put(replace(run, model="other", version="2", weights_sha256="1" * 64))
    told = compare_series(doctor, now, then, SHIFT)
    assert "the earlier study was analysed by other 2, this one by m 1" in told.reason
    assert told.of_finding == {}


def test_the_draft_says_what_became_of_a_finding_since_the_earlier_study(doctor: Session) -> None:
    prior = _put(doctor, "prior", date(2025, 3, 1), _cube(24, 8))
    now = _put(doctor, "now", date(2025, 6, 1), _cube(20, 14))
    study_uid = f"{STUDY_UID}.now"
    change = compare_series(doctor, now, prior, SHIFT).of_finding["f-now"]
    measured = Measurement("volume", change.now_ml, "mL", "outline")
    with doctor.begin() as work:
        one = work.findings.get("f-now")
        assert one is not None
        work.findings.put(replace(one, measurements=(measured,)))
    reviewing.accept(doctor, "f-now")
    said = reporting.draft(doctor, study_uid).section("Comparison")
    assert "larger, 27.4 ml and 5.1 ml" in said
    assert "on the study of 2025-03-01" in said
    reviewing.reject(doctor, "f-now")
    assert "larger" not in reporting.draft(doctor, study_uid).section("Comparison")


def test_a_finding_painted_anew_after_the_comparison_is_not_said_to_have_changed(
    doctor: Session,
) -> None:
    prior = _put(doctor, "prior", date(2025, 3, 1), _cube(24, 8))
    now = _put(doctor, "now", date(2025, 6, 1), _cube(20, 14))
    compare_series(doctor, now, prior, SHIFT)
    with doctor.begin() as work:
        one = work.findings.get("f-now")
        assert one is not None
        work.findings.put(replace(one, measurements=(Measurement("volume", 3.0, "mL", "brush"),)))
    reviewing.accept(doctor, "f-now")
    assert "larger" not in reporting.draft(doctor, f"{STUDY_UID}.now").section("Comparison")
