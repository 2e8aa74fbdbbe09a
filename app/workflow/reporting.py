"""Writing a report: the draft from decided findings, the reader's words, the checks."""

from __future__ import annotations

import uuid
from dataclasses import replace

from app.accounts.permissions import Permission
from app.errors import NotFoundError, SignedReportError
from app.events import ReportDrafted, StudyEdited
from app.records import EditKind
from app.storage.work import Work
from app.workflow.journal import record, words_of
from app.workflow.revealing import require_own, require_readable, shown_findings, withheld
from app.workflow.session import Session
from app.workflow.verifying import checked
from assistant.drafting.checking.consistency import check_consistency
from assistant.drafting.placeholders import unfilled
from assistant.drafting.report import draft_sections
from assistant.records import Provenance, Report, ReportStatus, Section
from inference.records import Finding, FindingStatus, Run
from viewer.records import Study


def draft(session: Session, study_uid: str) -> Report:
    """Draft the report of a study, or bring the machine's part of a draft up to date.

    A section the reader has touched keeps the reader's words.
    """
    session.authorize(Permission.WRITE_REPORT, study=study_uid)
    with session.begin() as work:
        report = put_draft(work, session, study_uid)
    session.publish(ReportDrafted(study_uid, report.id))
    return report


def put_draft(work: Work, session: Session, study_uid: str) -> Report:
    """Store the study's draft, its machine's part up to date, in the transaction; return it."""
    study = work.studies.get(study_uid)
    if study is None:
        raise NotFoundError("There is no such study.")
    before = work.reports.of_study(study_uid)
    require_own(work, session, before)
    findings = shown_findings(work, session, study_uid)
    runs = () if withheld(work, session, study_uid) else work.runs.of_study(study_uid)
    series = work.series.of_study(study_uid)
    proposed = draft_sections(study, series, findings, runs, _earlier(work, study))
    if before is not None and before.status is ReportStatus.ENTERED_IN_ERROR:
        before = None
    if before is not None and not before.status.is_draft:
        raise SignedReportError("The report is signed. Add an addendum instead.")
    report = _updated(session, study, before, proposed, findings, runs)
    report = replace(report, patient_line=_patient_line(work, study))
    work.reports.put(report)
    work.note("report.drafted", report.id, patient_id=study.patient_id)
    return report


def save_draft(session: Session, report_id: str, sections: tuple[Section, ...]) -> Report:
    """Keep what the reader has typed."""
    session.authorize(Permission.WRITE_REPORT, report=report_id)
    with session.begin() as work:
        before = find_report(work, report_id)
        require_own(work, session, before)
        if not before.status.is_draft:
            raise SignedReportError("The report is signed. Add an addendum instead.")
        report = replace(before, sections=sections, updated_at=session.now())
        work.reports.put(report)
        _journal(session, work, before, report)
        work.note("report.saved", report_id, patient_id=report.patient_id)
    session.publish(StudyEdited(report.study_uid, EditKind.REPORT, report_id))
    return report


def _journal(session: Session, work: Work, before: Report, after: Report) -> None:
    """Record the sections whose words changed; saving the same words again is no edit."""
    was, now = words_of(before), words_of(after)
    changed = [title for title in now if title in was and now[title] != was[title]]
    if changed:
        old = {title: was[title] for title in changed}
        new = {title: now[title] for title in changed}
        record(work, session, EditKind.REPORT, before.study_uid, before.id, old, new)


def problems(session: Session, report_id: str) -> tuple[str, ...]:
    """Return where the text and the decided findings do not agree, in plain words."""
    session.authorize(Permission.WRITE_REPORT, report=report_id)
    with session.begin() as work:
        report = find_report(work, report_id)
        require_own(work, session, report)
        findings = shown_findings(work, session, report.study_uid)
    doubts = [doubt.message for doubt in check_consistency(replace(report, findings=findings))]
    still_open = unfilled(report.sections)
    return (still_open, *doubts) if still_open else tuple(doubts)


def verified(session: Session, report_id: str) -> Report:
    """Return a report for display after checking its signature; audited as a reading."""
    session.authorize(Permission.READ_REPORT, report=report_id)
    with session.begin() as work:
        require_readable(work, session, report_id)
        work.note("report.read", report_id, patient_id=work.reports.newest_patient(report_id))
    return checked(session.storage, session.actor, report_id)[-1]


def history(session: Session, report_id: str) -> tuple[Report, ...]:
    """Return every version of a report, oldest first, each checked."""
    session.authorize(Permission.READ_REPORT, report=report_id)
    with session.begin() as work:
        require_readable(work, session, report_id)
    return checked(session.storage, session.actor, report_id)


def find_report(work: Work, report_id: str) -> Report:
    """Return the newest version of a report or raise NotFoundError."""
    report = work.reports.get(report_id)
    if report is None:
        raise NotFoundError("There is no such report.")
    return report


def provenance_of(findings: tuple[Finding, ...], runs: tuple[Run, ...]) -> tuple[Provenance, ...]:
    """Return the runs a report rests on: those behind its findings, or else the first, newest."""
    used = {finding.run_id for finding in findings if finding.run_id}
    chosen = [run for run in runs if run.id in used] or list(runs[:1])
    return tuple(Provenance(run.id, run.model, run.version, run.weights_sha256) for run in chosen)


def _updated(
    session: Session,
    study: Study,
    before: Report | None,
    proposed: tuple[Section, ...],
    findings: tuple[Finding, ...],
    runs: tuple[Run, ...],
) -> Report:
    decided = tuple(one for one in findings if one.status is not FindingStatus.SUGGESTED)
    if before is None:
        return Report(
            id=str(uuid.uuid4()),
            version=1,
            study_uid=study.uid,
            patient_id=study.patient_id,
            author_id=session.actor.signer_id,
            status=ReportStatus.PARTIAL,
            updated_at=session.now(),
            sections=proposed,
            findings=decided,
            provenance=provenance_of(decided, runs),
            study_date=study.study_date.isoformat() if study.study_date else "",
        )
    kept = {part.title: part for part in before.sections}
    sections = tuple(_brought_up(kept.get(part.title), part) for part in proposed)
    return replace(
        before,
        sections=sections,
        findings=decided,
        provenance=provenance_of(decided, runs),
        updated_at=session.now(),
    )


def _brought_up(kept: Section | None, proposed: Section) -> Section:
    """Return the proposed section with the reader's words kept.

    What the machine had written is brought up to date only where it stands word for word, in lines
    of its own, at the head of the section; touched by the reader it is the reader's.
    """
    if kept is None or kept.text == kept.machine_text:
        return proposed
    head = f"{kept.machine_text}\n"
    if kept.machine_text and kept.text.startswith(head):
        return replace(proposed, text=f"{proposed.text}\n{kept.text.removeprefix(head)}")
    return replace(proposed, text=kept.text)


def _earlier(work: Work, study: Study) -> list[Study]:
    """Return the patient's earlier studies whose images are here, the newest first."""
    return [
        one
        for one in work.studies.of_patient(study.patient_id)
        if one.uid != study.uid
        and one.study_date is not None
        and (study.study_date is None or one.study_date <= study.study_date)
        and work.series.of_study(one.uid)
    ]


def _patient_line(work: Work, study: Study) -> str:
    patient = work.patients.get(study.patient_id)
    if patient is None:
        raise NotFoundError("The study's patient is not on this workstation.")
    born = patient.birth_date.isoformat() if patient.birth_date else "birth date not given"
    return f"{patient.name} · {born} · {patient.mrn or 'no record number'}"
