"""A report leaving the program as a document: checked first, and for whose eyes is recorded."""

from __future__ import annotations

from enum import StrEnum

from app.accounts.permissions import Permission
from app.errors import NotFoundError, WorkstationError
from app.records import Role
from app.workflow.pdf import Document, report_to_pdf
from app.workflow.pictures import pictures
from app.workflow.revealing import require_readable
from app.workflow.session import Session
from app.workflow.settings import read_settings
from app.workflow.verifying import unchanged
from assistant.records import Report


class Eyes(StrEnum):
    """For whose eyes a document leaves the program."""

    PATIENT = "patient"
    REFERRER = "referring doctor"
    SECOND_OPINION = "second opinion"
    RECORD = "clinic's record"
    OTHER = "somebody else"


class Way(StrEnum):
    """How a document leaves."""

    FILE = "pdf"
    PRINT = "print"


def report_pdf(
    session: Session, report_id: str, eyes: Eyes = Eyes.RECORD, way: Way = Way.FILE
) -> bytes:
    """Return the newest version of a checked report as a PDF document; audited with its purpose.

    A draft, a preliminary report and one entered in error say so across every page.

    Raises
    ------
    TamperedReportError
        The report, or what it was signed on, is no longer what was signed: nothing leaves.
    NotFoundError
        There is none, or none that is released to the patient who asks.
    """
    with session.begin() as work:
        known = work.reports.newest_patient(report_id)
        released = work.reports.released_at(report_id) is not None
    session.authorize(Permission.EXPORT_REPORT, known)
    if not known or (session.actor.role is Role.PATIENT and not released):
        raise NotFoundError("There is no such report.")
    with session.begin() as work:
        require_readable(work, session, report_id)
    versions = unchanged(session.storage, session.actor, report_id)
    report = versions[-1]
    if session.actor.role is Role.PATIENT and not report.status.is_final:
        raise NotFoundError("There is no such report.")
    return _made(session, versions, way, eyes.value, Permission.EXPORT_REPORT)


def print_for_hand_over(session: Session, report_id: str) -> bytes:
    """Return a final report as the print the desk hands over, whose words the desk never sees here.

    Raises
    ------
    WorkstationError
        It is not final.
    TamperedReportError
        The report, or what it was signed on, is no longer what was signed: nothing leaves.
    """
    session.authorize(Permission.PRINT_FOR_HAND_OVER)
    versions = unchanged(session.storage, session.actor, report_id)
    if not versions[-1].status.is_final:
        raise WorkstationError("Only a final report is handed over.")
    return _made(session, versions, Way.PRINT, "hand-over", Permission.PRINT_FOR_HAND_OVER)


def _made(
    session: Session, versions: tuple[Report, ...], way: Way, purpose: str, right: Permission
) -> bytes:
    """Note that a checked report leaves, and return the document, the newest version laid out."""
    report = versions[-1]
    with session.begin() as work:
        clinic = read_settings(work)
        work.note(
            f"report.{_ACTS[way]}",
            report.id,
            patient_id=report.patient_id,
            detail=f"version {report.version} for {purpose}",
        )
    made = pictures(session, report, right)
    return report_to_pdf(Document(versions, clinic.clinic_name, clinic.zone, made))


_ACTS = {Way.FILE: "exported", Way.PRINT: "printed"}
