"""Claims about the doctor's word: decided, signed, unchangeable, released."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.bootstrap import Workstation
from app.errors import (
    ForbiddenError,
    NotFoundError,
    SignedReportError,
    SignInError,
    TamperedReportError,
    UndecidedFindingsError,
)
from app.workflow import amending, explaining, outputs, releasing, reporting, reviewing, signing
from app.workflow.seal import check_seal
from app.workflow.session import Session
from assistant.records import Report, ReportStatus, Section
from inference.records import FindingStatus
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, PASSWORD, PATIENT, enter
from tests.app.workflow.samples import PATIENT_ID, STUDY_UID, match, read_draft


def _signed(doctor: Session) -> Report:
    reviewing.accept(doctor, "f-1")
    draft = read_draft(doctor, STUDY_UID)
    return signing.sign(doctor, draft.id, PASSWORD)


def test_a_report_is_not_signed_while_a_finding_waits(doctor: Session) -> None:
    draft = read_draft(doctor, STUDY_UID)
    with pytest.raises(UndecidedFindingsError):
        signing.sign(doctor, draft.id, PASSWORD)


def test_a_wrong_password_signs_nothing(doctor: Session) -> None:
    reviewing.accept(doctor, "f-1")
    draft = read_draft(doctor, STUDY_UID)
    with pytest.raises(SignInError, match="Nothing was signed"):
        signing.sign(doctor, draft.id, "not the password")
    with doctor.begin() as work:
        assert work.audit.entries(1)[0].action == "signature.refused"
    assert reporting.verified(doctor, draft.id).status is ReportStatus.PARTIAL


def test_the_signed_report_and_its_envelope_are_written_together(doctor: Session) -> None:
    report = _signed(doctor)
    assert report.status is ReportStatus.FINAL
    with doctor.begin() as work:
        due = work.envelopes.due(doctor.now())
    assert ("DiagnosticReport", report.id) in {(one.resource_type, one.resource_id) for one in due}


def test_a_signed_report_cannot_be_edited(doctor: Session) -> None:
    report = _signed(doctor)
    for act in (
        lambda: reporting.save_draft(doctor, report.id, report.sections),
        lambda: reporting.draft(doctor, STUDY_UID),
        lambda: signing.sign(doctor, report.id, PASSWORD),
        lambda: reviewing.reject(doctor, "f-1"),
    ):
        with pytest.raises(SignedReportError):
            act()


@pytest.mark.parametrize(
    "change",
    [
        lambda report: replace(report, sections=(Section("Impression", "No lesion."),)),
        lambda report: replace(report, patient_line="Somebody else"),
        lambda report: replace(report, findings=()),
        lambda report: replace(report, signature=replace(report.signature, signer_name="Eve")),
        lambda report: replace(report, signature=replace(report.signature, value="00" * 64)),
    ],
)
def test_any_change_after_signing_is_detected(doctor: Session, change: object) -> None:
    report = _signed(doctor)
    check_seal(report)
    with pytest.raises(TamperedReportError):
        check_seal(change(report))  # type: ignore[operator]


def test_an_addendum_makes_a_new_version_and_keeps_the_old(doctor: Session) -> None:
    first = _signed(doctor)
    second = amending.append(doctor, first.id, "The side was confirmed by telephone.", PASSWORD)
    versions = reporting.history(doctor, first.id)
    assert versions == (first, second)
    assert second.previous_digest == first.signature.digest  # type: ignore[union-attr]


def test_words_the_reader_typed_survive_a_new_draft(doctor: Session) -> None:
    reviewing.accept(doctor, "f-1")
    draft = read_draft(doctor, STUDY_UID)
    typed = tuple(
        replace(part, text="My own words.") if part.title == "Impression" else part
        for part in draft.sections
    )
    reporting.save_draft(doctor, draft.id, typed)
    reviewing.reject(doctor, "f-1", "artefact")
    again = reporting.draft(doctor, STUDY_UID)
    assert again.section("Impression") == "My own words."
    assert again.findings[0].status is FindingStatus.REJECTED
    assert any("lesion" not in part.text for part in again.sections)


def test_a_release_tells_whether_an_account_is_there_to_read_it(
    clinic: Workstation, doctor: Session
) -> None:
    report = _signed(doctor)
    assert not releasing.release(doctor, report.id)
    match(clinic)
    assert releasing.release(enter(clinic, DOCTOR), report.id)


def test_a_patient_sees_a_report_only_after_its_release(
    clinic: Workstation, doctor: Session
) -> None:
    report = _signed(doctor)
    match(clinic)
    patient = enter(clinic, PATIENT)
    assert explaining.my_reports(patient) == ()
    with pytest.raises(NotFoundError):
        explaining.explain(patient, report.id)
    releasing.release(enter(clinic, DOCTOR), report.id)
    patient = enter(clinic, PATIENT)
    assert explaining.my_reports(patient) == (report,)
    explanation = explaining.explain(patient, report.id)
    words = " ".join(sentence.text for sentence in explanation.sentences)
    assert "left" in words
    assert "34" in words
    with patient.begin() as work:
        work.patients.put(replace(work.patients.get(report.patient_id), language="de"))
    words = " ".join(one.text for one in explaining.explain(patient, report.id).sentences)
    assert "Auf Ihrem MRT ist eine auffällige Stelle zu sehen" in words
    assert "34" in words


def test_nobody_but_a_doctor_reads_or_signs(clinic: Workstation, doctor: Session) -> None:
    report = _signed(doctor)
    for username in (DESK, ADMIN, PATIENT):
        session = enter(clinic, username)
        for act in (
            lambda session=session: reporting.verified(session, report.id),
            lambda session=session: amending.append(session, report.id, "x", PASSWORD),
            lambda session=session: releasing.release(session, report.id),
            lambda session=session: reviewing.accept(session, "f-1"),
        ):
            with pytest.raises(ForbiddenError):
                act()


def test_the_pdf_is_a_document_with_the_banner(doctor: Session) -> None:
    report = _signed(doctor)
    document = outputs.report_pdf(doctor, report.id)
    assert document.startswith(b"%PDF")
    assert len(document) > 10_000


def test_the_patient_line_names_the_patient(doctor: Session) -> None:
    assert "Canary, Zoe" in _signed(doctor).patient_line
    assert _signed_patient(doctor) == PATIENT_ID


def _signed_patient(doctor: Session) -> str:
    with doctor.begin() as work:
        report = work.reports.of_study(STUDY_UID)
    return report.patient_id if report else ""
