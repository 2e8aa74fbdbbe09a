"""Claims about signing: who, how often asked, co-signed, corrected, withdrawn, handed over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.bootstrap import Workstation
from app.errors import (
    ChangedSinceError,
    ForbiddenError,
    SignedReportError,
    SignInError,
    TamperedReportError,
    WorkstationError,
    WrongPatientError,
)
from app.workflow import (
    amending,
    explaining,
    outputs,
    reauthenticating,
    releasing,
    reporting,
    reviewing,
    signing,
)
from app.workflow.reauthenticating import Reauthenticated
from app.workflow.seal import check_seal, signed_bytes
from app.workflow.session import Session
from app.workflow.telling import tell
from assistant.drafting.changes import report_changes
from assistant.records import Report, ReportStatus, Section
from scheduling.records import Appointment, AppointmentStatus, NoticeKind
from sync.wire.documents import report_content, report_from_content
from tests.app.workflow.conftest import DESK, DOCTOR, PASSWORD, PATIENT, enter
from tests.app.workflow.samples import read_draft, see_today
from tests.app.workflow.signed_study import (
    SECOND,
    add_second_doctor,
    put_seen_study,
    sign_seen,
)
from tests.sync.samples import draft as old_draft
from tests.sync.samples import sign as sign_by_the_old_form


@pytest.fixture
def doctor(clinic: Workstation) -> Session:
    add_second_doctor(clinic)
    return enter(clinic, DOCTOR)


@pytest.fixture
def study_uid(doctor: Session, tmp_path: Path) -> str:
    return put_seen_study(doctor, tmp_path)


def test_the_signature_covers_everything_that_was_seen(doctor: Session, study_uid: str) -> None:
    report = sign_seen(doctor, study_uid)
    assert report.seen is not None
    words = signed_bytes(report).decode()
    series, mask, mark = report.seen.series[0], report.seen.masks[0], report.seen.key_images[0]
    run, line = report.provenance[0], report.seen.annotations[0]
    assert report.signature is not None
    for fact in (
        *(study_uid, series.uid, series.pixels_sha256, mask.sha256, mark.id, mark.sha256),
        *(run.model, run.weights_sha256, run.heat_sha256, run.run_id, "t1ce", line.id),
        *(report.findings[0].id, "largest diameter", "machine_text", report.signature.meaning),
        *(report.seen.patient.name, report.signature.public_key, report.signature.signer_name),
    ):
        assert fact, words
        assert fact in words
    assert all(len(one) == 64 for one in (series.pixels_sha256, mask.sha256, mark.sha256))
    check_seal(report)
    again = report_from_content(
        report_content(report), digest=report.signature.digest, value=report.signature.value
    )
    assert again == report


def test_a_report_signed_before_content_version_2_still_verifies() -> None:
    old = sign_by_the_old_form(old_draft())
    assert b"sagittal-report-1" in report_content(old)
    check_seal(old)
    with pytest.raises(TamperedReportError):
        check_seal(replace(old, study_date="2020-01-01"))
    with pytest.raises(TamperedReportError):
        check_seal(replace(old, content_version=2))


def test_a_preliminary_report_becomes_final_by_another_doctor(
    clinic: Workstation, doctor: Session, study_uid: str
) -> None:
    first = sign_seen(doctor, study_uid, needs_cosignature=True)
    assert first.status is ReportStatus.PRELIMINARY
    for act in (
        lambda: signing.cosign(doctor, first.id, PASSWORD),
        lambda: releasing.release(doctor, first.id),
        lambda: releasing.hand_over(doctor, first.id, "Zoe", "patient"),
        lambda: amending.append(doctor, first.id, "more", PASSWORD),
    ):
        with pytest.raises(WorkstationError):
            act()
    other = enter(clinic, SECOND)
    final = signing.cosign(other, first.id, PASSWORD)
    assert final.status is ReportStatus.FINAL
    assert reporting.history(other, first.id) == (first, final)
    assert final.signature is not None
    assert first.signature is not None
    assert final.previous_digest == first.signature.digest
    assert final.signature.signer_id != first.signature.signer_id


def test_a_correction_is_a_new_version_with_its_reason(doctor: Session, study_uid: str) -> None:
    first = sign_seen(doctor, study_uid)
    sections = tuple(
        replace(part, text="Lesion on the right.") if part.title == "Impression" else part
        for part in first.sections
    )
    second = amending.correct(doctor, first.id, sections, "The side was wrong.", PASSWORD)
    assert (second.status, second.reason) == (ReportStatus.CORRECTED, "The side was wrong.")
    third = amending.correct(
        doctor, first.id, first.sections, "Histology came.", PASSWORD, was_wrong=False
    )
    assert third.status is ReportStatus.AMENDED
    assert reporting.history(doctor, first.id) == (first, second, third)
    changed = [one.title for one in report_changes(first, second) if one.changed]
    assert changed == ["Impression"]


def test_the_author_marks_a_report_as_entered_in_error_and_the_patient_loses_it(
    clinic: Workstation, doctor: Session, study_uid: str
) -> None:
    report = sign_seen(doctor, study_uid)
    releasing.release(doctor, report.id)
    marked = amending.mark_in_error(doctor, report.id, "Another patient.", PASSWORD)
    assert marked.status is ReportStatus.ENTERED_IN_ERROR
    assert marked.sections == report.sections
    with doctor.begin() as work:
        account = work.accounts.by_username(PATIENT)
        assert account is not None
        work.accounts.put(replace(account, patient_id=report.patient_id))
    with pytest.raises(SignedReportError):
        amending.mark_in_error(doctor, report.id, "again", PASSWORD)
    with pytest.raises(WorkstationError):
        releasing.release(doctor, report.id)
    again = read_draft(doctor, study_uid)
    assert again.id != report.id
    patient = enter(clinic, PATIENT)
    assert explaining.my_reports(patient) == ()
    assert [one.reason for one in explaining.taken_back(patient)] == [amending.TAKEN_BACK]


def test_somebody_else_needs_a_second_doctor_to_mark_an_error(
    clinic: Workstation, doctor: Session, study_uid: str
) -> None:
    report = sign_seen(doctor, study_uid)
    other = enter(clinic, SECOND)
    see_today(other, report.patient_id)
    with pytest.raises(SignedReportError, match="second doctor"):
        amending.mark_in_error(other, report.id, "Wrong patient.", PASSWORD)
    for second in (amending.Second(SECOND, PASSWORD), amending.Second(DESK, PASSWORD)):
        with pytest.raises(SignInError):
            amending.mark_in_error(other, report.id, "Wrong patient.", PASSWORD, second)
    both = amending.Second(DOCTOR, PASSWORD)
    marked = amending.mark_in_error(other, report.id, "Wrong patient.", PASSWORD, both)
    assert marked.countersignature is not None
    check_seal(marked)
    with pytest.raises(TamperedReportError):
        check_seal(replace(marked, countersignature=marked.signature))


def test_a_withdrawn_report_is_gone_for_the_patient_and_says_why(
    clinic: Workstation, doctor: Session, study_uid: str
) -> None:
    report = sign_seen(doctor, study_uid)
    releasing.release(doctor, report.id)
    with pytest.raises(WorkstationError):
        releasing.withdraw(doctor, report.id, " ")
    releasing.withdraw(doctor, report.id, "Please wait for a call.")
    with doctor.begin() as work:
        assert work.reports.released_at(report.id) is None
        account = work.accounts.by_username(PATIENT)
        assert account is not None
        work.accounts.put(replace(account, patient_id=report.patient_id))
    assert [one.reason for one in releasing.withdrawals(doctor, report.id)] == [
        "Please wait for a call."
    ]
    patient = enter(clinic, PATIENT)
    assert explaining.my_reports(patient) == ()
    assert [one.reason for one in explaining.taken_back(patient)] == ["Please wait for a call."]
    releasing.release(enter(clinic, DOCTOR), report.id)
    patient = enter(clinic, PATIENT)
    assert explaining.my_reports(patient) == (report,)
    assert explaining.taken_back(patient) == ()


def test_the_desk_hands_over_final_reports_only_and_it_is_recorded(
    clinic: Workstation, doctor: Session, study_uid: str
) -> None:
    reviewing.accept(doctor, "seen-1")
    draft = read_draft(doctor, study_uid)
    desk = enter(clinic, DESK)
    with pytest.raises(WorkstationError):
        releasing.hand_over(desk, draft.id, "Zoe Canary", "patient")
    report = signing.sign(enter(clinic, DOCTOR), draft.id, PASSWORD)
    desk = enter(clinic, DESK)
    made = releasing.hand_over(desk, report.id, "Max Canary", "husband, with a letter")
    assert (made.by_name, made.to_name, made.version) == ("Dan Desk", "Max Canary", 1)
    assert report.signature is not None
    assert made.digest == report.signature.digest
    assert releasing.hand_overs(desk, report.id) == (made,)
    with pytest.raises(ForbiddenError):
        outputs.report_pdf(desk, report.id)
    with pytest.raises(ForbiddenError):
        reporting.history(desk, report.id)


def test_the_desk_prints_what_it_hands_over_and_each_print_is_recorded(
    clinic: Workstation, doctor: Session, study_uid: str
) -> None:
    first = sign_seen(doctor, study_uid, needs_cosignature=True)
    desk = enter(clinic, DESK)
    assert releasing.standing(desk, study_uid) is None
    with pytest.raises(WorkstationError, match="final"):
        outputs.print_for_hand_over(desk, first.id)
    other = enter(clinic, SECOND)
    see_today(other, first.patient_id)
    final = signing.cosign(other, first.id, PASSWORD)
    desk = enter(clinic, DESK)
    standing = releasing.standing(desk, study_uid)
    assert standing is not None
    assert (standing.report_id, standing.version, standing.handed) == (final.id, 2, ())
    assert outputs.print_for_hand_over(desk, final.id).startswith(b"%PDF")
    with desk.begin() as work:
        line = work.audit.entries(1)[0]
    assert (line.action, line.detail) == ("report.printed", "version 2 for hand-over")
    assert line.patient_id == final.patient_id


def test_a_password_older_than_a_minute_does_not_sign(doctor: Session) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    given = Reauthenticated(signer=None, at=at)  # type: ignore[arg-type]
    given.require_fresh(at + timedelta(seconds=60))
    for late in (at + timedelta(seconds=61), at - timedelta(seconds=1)):
        with pytest.raises(SignInError, match="Nothing was signed"):
            given.require_fresh(late)


def test_wrong_passwords_make_the_signer_wait_ever_longer(
    doctor: Session, study_uid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("app.workflow.keys.time.monotonic", lambda: now[0])
    reviewing.accept(doctor, "seen-1")
    draft = read_draft(doctor, study_uid)
    waits = []
    for _ in range(8):
        with pytest.raises(SignInError, match="wrong"):
            signing.sign(doctor, draft.id, "not it")
        with pytest.raises(SignInError, match="Try again in") as told:
            signing.sign(doctor, draft.id, PASSWORD)
        waits.append(int(str(told.value).split(" in ")[1].split()[0]))
        now[0] += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert signing.sign(doctor, draft.id, PASSWORD).status is ReportStatus.FINAL


@pytest.mark.parametrize(
    "change",
    [
        {"mrn": "OTHER"},
        {"name": "Somebody, Else"},
        {"birth_date": date(1901, 1, 1)},
    ],
)
def test_images_that_name_somebody_else_are_not_signed(
    doctor: Session, study_uid: str, change: dict[str, object]
) -> None:
    reviewing.accept(doctor, "seen-1")
    draft = read_draft(doctor, study_uid)
    with doctor.begin() as work:
        patient = work.patients.get(draft.patient_id)
        assert patient is not None
        work.patients.put(replace(patient, **change))  # type: ignore[arg-type]
    with pytest.raises(WrongPatientError, match="Nothing was signed"):
        signing.sign(doctor, draft.id, PASSWORD)


def test_an_addendum_keeps_the_words_and_what_was_seen(doctor: Session, study_uid: str) -> None:
    first = sign_seen(doctor, study_uid)
    second = amending.append(doctor, first.id, "By telephone.", PASSWORD)
    assert second.sections == (*first.sections, Section("Addendum 1", "By telephone."))
    assert second.seen == first.seen
    assert isinstance(second, Report)


@pytest.mark.parametrize("language", ["en", "de", "fr", "xx"])
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_no_mail_or_message_carries_a_finding(
    doctor: Session, study_uid: str, kind: NoticeKind, language: str
) -> None:
    """What an appointment is for may be a finding; no template and no invitation tells it."""
    report = sign_seen(doctor, study_uid)
    releasing.release(doctor, report.id)
    amending.mark_in_error(doctor, report.id, "Another patient's glioma.", PASSWORD)
    with doctor.begin() as work:
        patient = work.patients.get(report.patient_id)
        assert patient is not None
        told = replace(patient, email="zoe@example.org", phone="+33612345678", language=language)
        work.patients.put(told)
        starts = doctor.now() + timedelta(days=9)
        visit = Appointment(
            "visit",
            told.id,
            doctor.actor.practitioner_id,
            starts,
            starts + timedelta(minutes=30),
            AppointmentStatus.BOOKED,
            doctor.actor.account_id,
            doctor.now(),
            reason="glioma, left frontal lobe, 34 mm",
        )
        work.appointments.put(visit)
        tell(work, visit, kind, doctor.now())
        rows = work.audit._connection.exec_driver_sql("SELECT * FROM notice").mappings().all()
    assert rows
    said = " ".join(str(value) for row in rows for value in row.values()).casefold()
    findings = {one.label for one in report.findings} | {one.place for one in report.findings}
    for word in (*findings, "glioma", "lesion", "34 mm", "frontal", report.id, study_uid):
        assert word.casefold() not in said


def _corrected(session: Session, report: Report) -> Report:
    sections = (Section("Impression", "Lesion on the right."),)
    return amending.correct(session, report.id, sections, "The side was wrong.", PASSWORD)


@pytest.mark.parametrize(
    ("module", "act"),
    [
        ("signing", lambda session, report: signing.sign(session, report.id, PASSWORD)),
        ("signing", lambda session, report: signing.cosign(session, report.id, PASSWORD)),
        ("amending", _corrected),
    ],
    ids=["sign", "co-sign", "correct"],
)
def test_nothing_is_signed_if_the_study_changes_while_the_password_is_typed(
    clinic: Workstation,
    doctor: Session,
    study_uid: str,
    module: str,
    act: Callable[[Session, Report], Report],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    session, which = doctor, request.node.callspec.id
    if which == "sign":
        reviewing.accept(doctor, "seen-1")
        report = read_draft(doctor, study_uid)
    else:
        report = sign_seen(doctor, study_uid, needs_cosignature=which == "co-sign")
    if which == "co-sign":
        session = enter(clinic, SECOND)
        see_today(session, report.patient_id)

    def renamed(asked: Session, password: str) -> Reauthenticated:
        with asked.begin() as work:
            patient = work.patients.get(report.patient_id)
            assert patient is not None
            work.patients.put(replace(patient, phone="+49 30 1"))
        return reauthenticating.reauthenticate(asked, password)

    monkeypatch.setattr(f"app.workflow.{module}.reauthenticate", renamed)
    with pytest.raises(ChangedSinceError, match="Nothing was signed"):
        act(session, report)
    monkeypatch.undo()
    assert reporting.history(session, report.id)[-1].version == report.version
    assert act(session, report).signature is not None


def test_a_correction_is_not_signed_over_images_of_somebody_else(
    doctor: Session, study_uid: str
) -> None:
    report = sign_seen(doctor, study_uid)
    with doctor.begin() as work:
        patient = work.patients.get(report.patient_id)
        assert patient is not None
        work.patients.put(replace(patient, mrn="ANOTHER"))
    with pytest.raises(WrongPatientError, match="Nothing was signed"):
        _corrected(doctor, report)
