"""A report leaving the program as a document: checked first, and for whose eyes is recorded."""

from __future__ import annotations

from enum import StrEnum

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.records import Role
from app.workflow.pdf import Document, report_to_pdf
from app.workflow.pictures import pictures
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
        clinic = read_settings(work)
    session.authorize(Permission.EXPORT_REPORT, known)
    if not known or (session.actor.role is Role.PATIENT and not released):
        raise NotFoundError("There is no such report.")
    versions = unchanged(session.storage, session.actor, report_id)
    report = versions[-1]
    if session.actor.role is Role.PATIENT and not report.status.is_final:
        raise NotFoundError("There is no such report.")
    with session.begin() as work:
        work.note(
            f"report.{_ACTS[way]}",
            report_id,
            patient_id=report.patient_id,
            detail=f"version {report.version} for {eyes.value}",
        )
    return _made(session, versions, clinic.clinic_name, clinic.zone)


def _made(session: Session, versions: tuple[Report, ...], clinic_name: str, zone: str) -> bytes:
    """Return the document of checked versions, the newest of them laid out."""
    document = Document(versions, clinic_name, zone, pictures(session, versions[-1]))
    return report_to_pdf(document)


_ACTS = {Way.FILE: "exported", Way.PRINT: "printed"}
