"""Claims about images that leave the program."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.errors import NotFoundError
from app.records import AuditEntry
from app.workflow.exporting import ExportKind, export_images
from app.workflow.session import Session
from tests.app.storage.records import SERIES
from tests.app.workflow.samples import PATIENT_ID, STUDY_UID
from viewer.records import Patient, Study


@pytest.fixture
def doctor(doctor: Session) -> Session:
    with doctor.begin() as work:
        work.series.put(replace(SERIES, study_uid=STUDY_UID))
        work.studies.put(Study("8.1", PATIENT_ID, doctor.now()))
        work.series.put(replace(SERIES, uid="8.1.1", study_uid="8.1"))
        work.patients.put(Patient("someone", "Else, Somebody"))
        work.studies.put(Study("9.1", "someone", doctor.now()))
        work.series.put(replace(SERIES, uid="9.1.1", study_uid="9.1"))
    return doctor


def exports(session: Session) -> list[AuditEntry]:
    with session.begin() as work:
        return [one for one in work.audit.entries(50) if one.action == "images.exported"]


def test_an_export_names_person_series_and_kind_before_the_file_is_made(doctor: Session) -> None:
    told: list[AuditEntry] = []
    export_images(
        doctor,
        STUDY_UID,
        (SERIES.uid, "8.1.1"),
        ExportKind.FILM,
        lambda: told.extend(exports(doctor)),
    )
    assert {one.subject for one in told} == {SERIES.uid, "8.1.1"}
    assert {(one.detail, one.outcome, one.patient_id) for one in told} == {
        ("mp4", "ok", PATIENT_ID)
    }
    assert {one.actor_id for one in told} == {doctor.actor.account_id}
    assert exports(doctor) == told


def test_a_file_that_could_not_be_made_is_recorded_as_failed(doctor: Session) -> None:
    def write() -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        export_images(doctor, STUDY_UID, (SERIES.uid,), ExportKind.PICTURE, write)
    assert [one.outcome for one in exports(doctor)] == ["failed", "ok"]


@pytest.mark.parametrize("series", [("absent",), (), (SERIES.uid, "9.1.1")])
def test_no_image_of_nobody_or_of_another_patient_is_exported(
    doctor: Session, series: tuple[str, ...]
) -> None:
    with pytest.raises(NotFoundError):
        export_images(doctor, STUDY_UID, series, ExportKind.PICTURE, pytest.fail)
    assert exports(doctor) == []
