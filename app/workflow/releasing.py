"""Releasing a report to its patient, taking that back, handing a print to a person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from app.accounts.permissions import Permission
from app.errors import WorkstationError
from app.events import ReportReleased
from app.records import HandOver, Withdrawal
from app.storage.work import Work
from app.workflow.outgoing import send_report
from app.workflow.session import Session
from app.workflow.verifying import check_versions, judge, unchanged


@dataclass(frozen=True, slots=True)
class Standing:
    """The final report of a study as the desk may know of it: that it is there, never its words."""

    report_id: str
    version: int
    signed_at: datetime
    handed: tuple[HandOver, ...]


def release(session: Session, report_id: str) -> bool:
    """Let the patient see a final report; a separate act from signing it.

    Returns
    -------
    bool
        Whether an account is matched with the patient's record, so that somebody can read it now.

    Raises
    ------
    WorkstationError
        It is a draft, waits for a co-signature, or was entered in error.
    TamperedReportError
        The report, or what it was signed on, is no longer what was signed: nothing was released.
    """
    session.authorize(Permission.RELEASE_REPORT, report=report_id)
    report = unchanged(session.storage, session.actor, report_id)[-1]
    if not report.status.is_final:
        raise WorkstationError("Only a final report can be released to the patient.")
    with session.begin() as work:
        check_versions(work, report_id)
        work.reports.release(report_id, session.now())
        send_report(work, report, session.now())
        work.note("report.released", report_id, patient_id=report.patient_id)
        is_read = work.accounts.by_patient(report.patient_id) is not None
    session.publish(ReportReleased(report_id))
    return is_read


def withdraw(session: Session, report_id: str, reason: str) -> None:
    """Take a release back; ``reason`` is in words for the patient, who reads it in its place.

    It goes through whatever has become of the report; one that was altered is not sent.
    """
    session.authorize(Permission.RELEASE_REPORT, report=report_id)
    if not reason.strip():
        raise WorkstationError("Say to the patient why the report was taken back.")
    with session.begin() as work:
        if work.reports.released_at(report_id) is None:
            raise WorkstationError("This report is not released.")
    verdict = judge(session.storage, session.actor, report_id)
    with session.begin() as work:
        patient_id = work.reports.newest_patient(report_id)
        take_back(work, session, report_id, patient_id, reason.strip())
        if not verdict.broken:
            send_report(work, verdict.versions[-1], session.now())
    session.publish(ReportReleased(report_id))


def take_back(work: Work, session: Session, report_id: str, patient_id: str, reason: str) -> None:
    """End a release within a transaction; ``reason`` is in words for the patient."""
    by = session.actor.account_id
    work.withdrawals.put(Withdrawal(report_id, session.now(), patient_id, by, reason))
    work.note("report.withdrawn", report_id, patient_id=patient_id)


def hand_over(session: Session, report_id: str, to_name: str, relation: str) -> HandOver:
    """Record that a print of the newest version was given to a person.

    Raises
    ------
    WorkstationError
        Nobody is named, or the report is not final: only what is final is handed over.
    TamperedReportError
        The report, or what it was signed on, is no longer what was signed.
    """
    session.authorize(Permission.HAND_OVER_REPORT, report=report_id)
    if not to_name.strip() or not relation.strip():
        raise WorkstationError("Say to whom the print was given, and what that person is.")
    report = unchanged(session.storage, session.actor, report_id)[-1]
    if not report.status.is_final:
        raise WorkstationError("Only a final report is handed over.")
    with session.begin() as work:
        check_versions(work, report_id)
        made = HandOver(
            id=str(uuid.uuid4()),
            report_id=report_id,
            version=report.version,
            patient_id=report.patient_id,
            digest=report.signature.digest if report.signature is not None else "",
            at=session.now(),
            by_id=session.actor.account_id,
            by_name=session.actor.name,
            to_name=to_name.strip(),
            relation=relation.strip(),
        )
        work.hand_overs.put(made)
        work.note(
            "report.handed-over", report_id, patient_id=report.patient_id, detail=str(made.version)
        )
    return made


def standing(session: Session, study_uid: str) -> Standing | None:
    """Return the final report of a study and to whom it was given; None where there is none."""
    session.authorize(Permission.HAND_OVER_REPORT, study=study_uid)
    with session.begin() as work:
        report = work.reports.of_study(study_uid)
        if report is None or not report.status.is_final or report.signature is None:
            return None
        given = work.hand_overs.of_report(report.id)
    return Standing(report.id, report.version, report.signature.signed_at, given)


def hand_overs(session: Session, report_id: str) -> tuple[HandOver, ...]:
    """Return to whom prints of a report were given, the newest first."""
    session.authorize(Permission.HAND_OVER_REPORT, report=report_id)
    with session.begin() as work:
        return work.hand_overs.of_report(report_id)


def withdrawals(session: Session, report_id: str) -> tuple[Withdrawal, ...]:
    """Return when the release of a report was taken back, the newest first."""
    session.authorize(Permission.READ_REPORT, report=report_id)
    with session.begin() as work:
        return work.withdrawals.of_report(report_id)
