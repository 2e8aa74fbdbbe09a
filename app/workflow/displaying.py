"""A report on the screen: checked anew at each display, with all that speaks against it."""

from __future__ import annotations

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.workflow.session import Session
from app.workflow.verifying import Verdict, judge, lost_report


def display(session: Session, report_id: str) -> Verdict:
    """Return every version of a report, and whether it may be relied on; audited as a reading."""
    session.authorize(Permission.READ_REPORT, report=report_id)
    with session.begin() as work:
        known = work.reports.newest_patient(report_id)
        work.note("report.read", report_id, patient_id=known)
    return judge(session.storage, session.actor, report_id)


def missing(session: Session, study_uid: str) -> str:
    """Return the id of a report that was signed for the study and is gone, or an empty text."""
    session.authorize(Permission.READ_REPORT, study=study_uid)
    with session.begin() as work:
        study = work.studies.get(study_uid)
        if study is None:
            raise NotFoundError("There is no such study.")
        gone = lost_report(work, study.patient_id, study_uid)
        if gone:
            work.note("report.missing", gone, patient_id=study.patient_id, outcome="failed")
    return gone
