"""A doctor's question to the signed reports of the patient of a study."""

from __future__ import annotations

from dataclasses import dataclass

from app.accounts.permissions import Permission
from app.errors import AuditBrokenError, NotFoundError, TamperedReportError, WorkstationError
from app.workflow.session import Session
from app.workflow.verifying import checked
from assistant.drafting.searching import Found, search
from assistant.ports import Embedder
from assistant.records import Report

MOST_LETTERS = 300


@dataclass(frozen=True, slots=True)
class Answered:
    """What the reports say, the newest first; ``broken`` of them could not be relied on."""

    found: tuple[Found, ...]
    searched: int
    broken: int


def ask_reports(
    session: Session, study_uid: str, text: str, embedder: Embedder | None = None
) -> Answered:
    """Search the patient's signed reports for a question; each report quoted counts as read.

    Raises
    ------
    WorkstationError
        The question is empty or very long.
    """
    session.authorize(Permission.READ_REPORT, study=study_uid)
    question = " ".join(text.split())
    if not question or len(question) > MOST_LETTERS:
        raise WorkstationError(f"Ask in 1 to {MOST_LETTERS} letters.")
    with session.begin() as work:
        study = work.studies.get(study_uid)
        if study is None:
            raise NotFoundError("There is no such study.")
        newest = [
            work.reports.of_study(one.uid) for one in work.studies.of_patient(study.patient_id)
        ]
        signed = [one.id for one in newest if one is not None and one.signature is not None]
    reports, broken = _checked(session, signed)
    found = search(question, reports, embedder)
    with session.begin() as work:
        for one in found:
            work.note("report.read", one.report.id, patient_id=study.patient_id, detail="question")
    return Answered(found, len(reports), broken)


def _checked(session: Session, report_ids: list[str]) -> tuple[list[Report], int]:
    """Return the reports whose signatures hold, the newest first, and how many do not."""
    held, broken = list[Report](), 0
    for report_id in report_ids:
        try:
            held.append(checked(session.storage, session.actor, report_id)[-1])
        except (TamperedReportError, AuditBrokenError):
            broken += 1
    return sorted(held, key=lambda one: one.updated_at, reverse=True), broken
