"""Explaining a released report to its patient, and answering the patient's questions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.storage.work import Work
from app.workflow.booking import find_slots
from app.workflow.session import Session
from app.workflow.settings import read_settings
from app.workflow.signers import check_signed
from assistant.conversation import reply
from assistant.drafting.explanation import explain as explain_report
from assistant.ports import LanguageModel
from assistant.records import Explanation, Reply, Report, Turn
from scheduling.records import Slot


def my_reports(session: Session) -> tuple[Report, ...]:
    """Return the signed-in patient's released reports, newest first, each checked."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.READ_OWN_REPORT, patient_id)
    with session.begin() as work:
        reports = work.reports.released_to(patient_id)
        for report in reports:
            work.note("report.read", report.id, patient_id=patient_id)
    with session.begin() as work:
        for report in reports:
            check_signed(work, report)
    return tuple(sorted(reports, key=lambda one: one.updated_at, reverse=True))


def my_report(session: Session, report_id: str) -> Report:
    """Return one released report of the signed-in patient."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.READ_OWN_REPORT, patient_id)
    with session.begin() as work:
        report = _released(work, patient_id, report_id)
        work.note("report.read", report_id, patient_id=patient_id)
    _check(session, report)
    return report


def explain(session: Session, report_id: str) -> Explanation:
    """Return a released report of the signed-in patient in plain words."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.ASK_ASSISTANT, patient_id)
    with session.begin() as work:
        report = _released(work, patient_id, report_id)
        work.note("report.explained", report_id, patient_id=patient_id)
    _check(session, report)
    return explain_report(report)


def ask(
    session: Session,
    report_id: str,
    text: str,
    history: tuple[Turn, ...],
    model: LanguageModel | None,
    on_token: Callable[[str], None],
) -> Reply:
    """Answer one message of the signed-in patient; ``report_id`` may be empty.

    The assistant sees this patient's released report and nobody else's; it books nothing.
    """
    patient_id = session.actor.patient_id
    session.authorize(Permission.ASK_ASSISTANT, patient_id)
    report = None
    with session.begin() as work:
        if report_id:
            report = _released(work, patient_id, report_id)
        zone = ZoneInfo(read_settings(work).zone)
        work.note("assistant.asked", report_id or "general", patient_id=patient_id)
    if report is not None:
        _check(session, report)

    def slots(
        specialty: str, practitioner_name: str, after: datetime, limit: int
    ) -> tuple[Slot, ...]:
        return find_slots(session, specialty, practitioner_name, after, limit)

    return reply(
        text,
        history=history,
        report=report,
        find_slots=slots,
        model=model,
        now=session.now().astimezone(zone),
        on_token=on_token,
    )


def _check(session: Session, report: Report) -> None:
    """Check the signature after the reading was noted, so that the note stays if it fails."""
    with session.begin() as work:
        check_signed(work, report)


def _released(work: Work, patient_id: str, report_id: str) -> Report:
    """Return the report if it is this patient's and released; absent and forbidden look alike."""
    for report in work.reports.released_to(patient_id):
        if report.id == report_id:
            return report
    raise NotFoundError("There is no such report for you.")
