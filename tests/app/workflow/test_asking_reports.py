"""A doctor asks a patient's reports: their own sentences answer, each quoted counts as read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.errors import ForbiddenError, WorkstationError
from app.workflow import asking_reports, reviewing, signing
from app.workflow.session import Session
from assistant.records import Report
from tests.app.workflow.conftest import ADMIN, PASSWORD, enter
from tests.app.workflow.samples import PATIENT_ID, STUDY_UID, finding, read_draft
from tests.app.workflow.signed_study import sql, without_triggers
from viewer.records import Patient, Study


@pytest.fixture
def signed(doctor: Session) -> Report:
    reviewing.accept(doctor, "f-1")
    return signing.sign(doctor, read_draft(doctor, STUDY_UID).id, PASSWORD)


def test_the_answer_is_a_sentence_of_the_report_and_the_report_counts_as_read(
    doctor: Session, signed: Report
) -> None:
    told = asking_reports.ask_reports(doctor, STUDY_UID, "What is the largest diameter?")
    (found,) = told.found
    assert found.report.id == signed.id
    assert "34 mm in largest diameter" in found.citation.quote
    assert found.citation.quote in signed.section(found.citation.source.partition(":")[2])
    with doctor.begin() as work:
        read = [one for one in work.audit.of_subject(signed.id) if one.action == "report.read"]
    assert [(one.detail, one.patient_id) for one in read] == [("question", PATIENT_ID)]


def test_what_no_report_says_is_not_answered_and_nothing_counts_as_read(
    doctor: Session, signed: Report
) -> None:
    told = asking_reports.ask_reports(doctor, STUDY_UID, "Was there an aneurysm of the aorta?")
    assert told.found == ()
    assert told.searched == 1
    with doctor.begin() as work:
        assert all(one.action != "report.read" for one in work.audit.of_subject(signed.id))


def test_another_patients_report_is_never_searched(doctor: Session, signed: Report) -> None:
    with doctor.begin() as work:
        work.patients.put(Patient("p-2", "Other, Ole"))
        work.studies.put(Study("1.2.other", "p-2", doctor.now(), "MRI head"))
        work.findings.put(replace(finding("f-2"), study_uid="1.2.other"))
    told = asking_reports.ask_reports(doctor, "1.2.other", "What is the largest diameter?")
    assert (told.found, told.searched) == ((), 0)
    assert signed.patient_id == PATIENT_ID


def test_a_report_that_was_changed_is_not_quoted(doctor: Session, signed: Report) -> None:
    forged = "UPDATE report_version SET body = replace(body, '34 mm', '43 mm')"
    without_triggers(doctor, lambda work: sql(work, forged))
    told = asking_reports.ask_reports(doctor, STUDY_UID, "What is the largest diameter?")
    assert (told.found, told.searched, told.broken) == ((), 0, 1)
    assert signed.signature is not None


@pytest.mark.parametrize("text", ["", "   ", "x" * 301])
def test_an_empty_or_endless_question_is_refused(doctor: Session, text: str) -> None:
    with pytest.raises(WorkstationError, match="1 to 300"):
        asking_reports.ask_reports(doctor, STUDY_UID, text)


def test_an_administrator_does_not_read_by_asking(doctor: Session, signed: Report, clinic) -> None:
    assert signed.patient_id == PATIENT_ID
    assert doctor.actor.name
    with pytest.raises(ForbiddenError):
        asking_reports.ask_reports(enter(clinic, ADMIN), STUDY_UID, "diameter")
