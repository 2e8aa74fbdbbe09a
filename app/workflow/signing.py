"""Signing a report, alone or as first reader and co-signer.

The signed version, its signature, the envelope to the server and the audit line are written in one
transaction: there is never a signed report that nobody will send. What changes a signed report
afterwards is in amending, how it reaches the patient in releasing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.accounts.permissions import Permission
from app.errors import (
    BlockedReportError,
    SignedReportError,
    UndecidedFindingsError,
    UnfilledReportError,
)
from app.events import ReportSigned
from app.storage.work import Work
from app.workflow.amending import (
    following,
    require_images,
    require_newest,
    seal_now,
)
from app.workflow.identifying import check_patient
from app.workflow.outgoing import send_report
from app.workflow.reauthenticating import reauthenticate
from app.workflow.reporting import find_report, provenance_of, with_findings
from app.workflow.revealing import as_read, note_signed, require_shown, told, withheld
from app.workflow.seen import Shown, gather, require_same, shown, with_runs
from app.workflow.session import Session
from app.workflow.verifying import note_signature, unchanged
from assistant.drafting.blockers import Reason, answers, blockers
from assistant.records import Report, ReportStatus
from inference.records import FindingStatus

MEANING = "I have reviewed the images and this report."
MEANING_FIRST = (
    "I have reviewed the images and this report as first reader."
    " Another doctor's co-signature makes it final."
)
MEANING_SECOND = "I have reviewed the images and this preliminary report, and I agree with it."

_ERRORS = (
    (Reason.UNDECIDED, UndecidedFindingsError),
    (Reason.OPEN_FIELD, UnfilledReportError),
)


def sign(
    session: Session, report_id: str, password: str, *, needs_cosignature: bool = False
) -> Report:
    """Sign a draft; the password is asked again and opens the signer's own key.

    With ``needs_cosignature`` it becomes preliminary, and another doctor makes it final.

    Raises
    ------
    BlockedReportError
        A finding has no decision, a field is open, a sentence of the machine is unread, a number's
        measurement is gone, or a doubt about the text has no answer.
    """
    session.authorize(Permission.SIGN_REPORT, report=report_id)
    with session.begin() as work:
        draft = find_report(work, report_id)
        _require_read(work, session, draft)
        _signable(work, draft)
        there = shown(work, draft.study_uid)
        findings = work.findings.of_study(draft.study_uid)
        runs = provenance_of(findings, tuple(there.runs.values()))
    check_patient(session.pixels, there.patient, there.series.values())
    signer = reauthenticate(session, password)
    seen = gather(session.pixels, there)
    provenance = with_runs(session.pixels, there, runs)
    status = ReportStatus.PRELIMINARY if needs_cosignature else ReportStatus.FINAL
    meaning = MEANING_FIRST if needs_cosignature else MEANING

    def made(work: Work) -> Report:
        stored = find_report(work, report_id)
        _require_read(work, session, stored)
        _signable(work, stored)
        current = with_findings(work, stored, work.findings.of_study(draft.study_uid))
        current = replace(current, provenance=provenance, confirmed_doubts=answers(current))
        current = replace(current, seen=told(work, session, seen, current))
        return seal_now(current, session.now(), status, meaning, signer)

    return _put(session, there, made)


def undecided(session: Session, study_uid: str) -> int:
    """Return how many suggestions of the model wait for a decision, as far as they are shown."""
    session.authorize(Permission.SIGN_REPORT, study=study_uid)
    with session.begin() as work:
        return 0 if withheld(work, session, study_uid) else _waiting(work, study_uid)


def cosign(session: Session, report_id: str, password: str) -> Report:
    """Make a preliminary report final: a second version, signed by another doctor.

    Raises
    ------
    SignedReportError
        It does not wait for a co-signature, or this doctor is the first reader.
    TamperedReportError
        The report, or what it was signed on, is no longer what the first reader signed.
    """
    session.authorize(Permission.SIGN_REPORT, report=report_id)
    before = unchanged(session.storage, session.actor, report_id)[-1]
    if before.status is not ReportStatus.PRELIMINARY or before.signature is None:
        raise SignedReportError("This report does not wait for a co-signature.")
    if before.signature.signer_id == session.actor.signer_id:
        raise SignedReportError("The first reader cannot co-sign. Another doctor must.")
    with session.begin() as work:
        there = shown(work, before.study_uid)
    require_images(there, before)
    check_patient(session.pixels, there.patient, there.series.values())
    signer = reauthenticate(session, password)
    seen = gather(session.pixels, there)

    def made(work: Work) -> Report:
        require_newest(work, before)
        longer = replace(following(before, session.now()), seen=as_read(seen, before.seen))
        return seal_now(longer, session.now(), ReportStatus.FINAL, MEANING_SECOND, signer)

    return _put(session, there, made)


def _put(session: Session, there: Shown, made: Callable[[Work], Report]) -> Report:
    with session.begin() as work:
        report = made(work)
        require_same(work, report.study_uid, there)
        work.reports.put(report)
        note_signed(work, session, report)
        send_report(work, report, session.now())
        note_signature(work, report)
    session.publish(ReportSigned(report.study_uid, report.id))
    return report


def _require_read(work: Work, session: Session, report: Report) -> None:
    """What a model found is looked at before a report is signed, so that nothing is overlooked."""
    if work.runs.of_study(report.study_uid):
        require_shown(work, session, report.study_uid)


def _signable(work: Work, report: Report) -> None:
    if not report.status.is_draft:
        raise SignedReportError("The report is signed already. Add an addendum instead.")
    if any(
        one.status.is_final or one.status is ReportStatus.PRELIMINARY
        for one in work.reports.all_of_study(report.study_uid)
    ):
        raise SignedReportError(
            "Another report of this study was signed meanwhile. Read it, and add an addendum to it."
        )
    findings = work.findings.of_study(report.study_uid)
    _unblocked(with_findings(work, report, findings))


def _unblocked(report: Report) -> None:
    """Raise BlockedReportError with everything that still stops the signature of a draft."""
    found = blockers(report)
    if not found:
        return
    kinds = {one.reason for one in found}
    raised = next((error for reason, error in _ERRORS if reason in kinds), BlockedReportError)
    raise raised("\n".join(one.message for one in found))


def _waiting(work: Work, study_uid: str) -> int:
    findings = work.findings.of_study(study_uid)
    return sum(one.status is FindingStatus.SUGGESTED for one in findings)
