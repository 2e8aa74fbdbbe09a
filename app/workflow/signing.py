"""Signing, appending and releasing reports: the doctor's word, once given, stays.

The final version, its signature, the envelope to the server and the audit line are written in
one transaction: there is never a signed report that nobody will send.
"""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.accounts.permissions import Permission
from app.errors import (
    AccountError,
    NotFoundError,
    SignedReportError,
    SignInError,
    UndecidedFindingsError,
    WorkstationError,
)
from app.events import ReportReleased, ReportSigned
from app.records import Role
from app.storage.work import Work
from app.workflow.key_image import key_image
from app.workflow.outgoing import send_report
from app.workflow.pdf import report_to_pdf
from app.workflow.reporting import find_report
from app.workflow.seal import Signer, sealed
from app.workflow.session import Session
from app.workflow.settings import read_settings
from app.workflow.signers import check_chain
from assistant.records import Report, ReportStatus, Section
from inference.records import Finding, FindingStatus

MEANING = "I have reviewed the images and this report."


def sign(session: Session, report_id: str, password: str) -> Report:
    """Make a draft final; the password is asked again and opens the signer's own key."""
    session.authorize(Permission.SIGN_REPORT)
    with session.begin() as work:
        _signable(work, find_report(work, report_id))
    key = _signing_key(session, password)
    with session.begin() as work:
        draft = find_report(work, report_id)
        _signable(work, draft)
        report = _seal(session, replace(draft, findings=_decided(work, draft)), key)
        work.reports.put(report)
        send_report(work, report, session.now())
        work.note("report.signed", report_id, patient_id=report.patient_id)
    session.publish(ReportSigned(report.study_uid, report_id))
    return report


def append(session: Session, report_id: str, text: str, password: str) -> Report:
    """Add an addendum to a signed report: a new version, the signed one stays as it is."""
    session.authorize(Permission.SIGN_REPORT)
    if not text.strip():
        raise WorkstationError("An addendum needs a text.")
    key = _signing_key(session, password)
    with session.begin() as work:
        before = find_report(work, report_id)
        if before.signature is None:
            raise SignedReportError("Only a signed report can have an addendum.")
        check_chain(work, work.reports.versions(report_id))
        count = sum(part.title.startswith("Addendum") for part in before.sections)
        longer = replace(
            before,
            version=before.version + 1,
            sections=(*before.sections, Section(f"Addendum {count + 1}", text.strip())),
            previous_digest=before.signature.digest,
            updated_at=session.now(),
        )
        report = _seal(session, longer, key, ReportStatus.APPENDED)
        work.reports.put(report)
        send_report(work, report, session.now())
        work.note("report.appended", report_id, patient_id=report.patient_id)
    session.publish(ReportSigned(report.study_uid, report_id))
    return report


def release(session: Session, report_id: str) -> None:
    """Let the patient see a signed report; a separate act from signing it."""
    session.authorize(Permission.RELEASE_REPORT)
    with session.begin() as work:
        report = find_report(work, report_id)
        if report.signature is None:
            raise WorkstationError("Only a signed report can be released to the patient.")
        check_chain(work, work.reports.versions(report_id))
        work.reports.release(report_id, session.now())
        send_report(work, report, session.now())
        work.note("report.released", report_id, patient_id=report.patient_id)
    session.publish(ReportReleased(report_id))


def report_pdf(session: Session, report_id: str) -> bytes:
    """Return the checked report as a PDF document."""
    with session.begin() as work:
        known = work.reports.get(report_id)
        released = work.reports.released_at(report_id) is not None
        versions = work.reports.versions(report_id)
        clinic = read_settings(work)
    session.authorize(Permission.EXPORT_REPORT, known.patient_id if known else "")
    if known is None or (session.actor.role is Role.PATIENT and not released):
        raise NotFoundError("There is no such report.")
    with session.begin() as work:
        check_chain(work, versions)
        work.note("report.exported", report_id, patient_id=known.patient_id)
    image = key_image(session, known)
    return report_to_pdf(
        known, clinic.clinic_name, clinic.zone, versions=len(versions), key_image=image
    )


def _signable(work: Work, report: Report) -> None:
    if not report.status.is_draft:
        raise SignedReportError("The report is signed already. Add an addendum instead.")
    if any(one.signature is not None for one in work.reports.all_of_study(report.study_uid)):
        raise SignedReportError(
            "Another report of this study was signed meanwhile. Read it, and add an addendum to it."
        )
    waiting = [
        finding
        for finding in work.findings.of_study(report.study_uid)
        if finding.status is FindingStatus.SUGGESTED
    ]
    if waiting:
        raise UndecidedFindingsError(
            f"{len(waiting)} suggested finding(s) have no decision yet. Accept, edit or reject"
            " each one, then sign."
        )
    if not report.section("Impression").strip():
        raise WorkstationError("The impression is empty. Write it, then sign.")


def _decided(work: Work, report: Report) -> tuple[Finding, ...]:
    return work.findings.of_study(report.study_uid)


def _signing_key(session: Session, password: str) -> Ed25519PrivateKey:
    with session.begin() as work:
        account = work.accounts.get(session.actor.account_id)
    if account is None:
        raise AccountError("This account no longer exists.")
    try:
        return session.keys.signing_key(account.username, password)
    except SignInError as error:
        with session.begin() as work:
            work.note("signature.refused", account.id, outcome="refused")
        raise SignInError("The password is wrong. Nothing was signed.") from error


def _seal(
    session: Session,
    report: Report,
    key: Ed25519PrivateKey,
    status: ReportStatus = ReportStatus.FINAL,
) -> Report:
    signer = session.actor.practitioner_id or session.actor.account_id
    return sealed(
        replace(report, author_id=signer),
        Signer(signer, session.actor.name, key),
        meaning=MEANING,
        signed_at=session.now(),
        status=status,
    )
