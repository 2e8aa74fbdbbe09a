"""Writing a report: the draft from decided findings, the reader's words, the checks."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, replace

from app.accounts.permissions import Permission
from app.errors import NotFoundError, SignedReportError, WorkstationError
from app.events import ReportDrafted, StudyEdited
from app.records import EditKind
from app.storage.work import Work
from app.workflow.journal import record
from app.workflow.referencing import measured_anew
from app.workflow.report_state import accepted_sources, changed, with_accepted
from app.workflow.revealing import require_own, require_readable, shown_findings, withheld
from app.workflow.session import Session
from app.workflow.verifying import checked
from assistant.drafting.authorship import adopted, follow, redraft
from assistant.drafting.blockers import Blocker, Reason, answers, blockers, open_doubts
from assistant.drafting.report import draft_sections
from assistant.records import (
    ConfirmedDoubt,
    Doubt,
    Fate,
    Provenance,
    Report,
    ReportStatus,
    Section,
)
from inference.records import Finding, FindingStatus, Run
from viewer.records import Study


def draft(session: Session, study_uid: str) -> Report:
    """Draft the report of a study, or bring the machine's part of a draft up to date.

    Only sentences that nobody has accepted, edited or struck out are replaced.
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
    hidden = withheld(work, session, study_uid)
    runs = () if hidden else work.runs.of_study(study_uid)
    series = work.series.of_study(study_uid)
    compared = () if hidden else work.comparisons.of_study(study_uid)
    proposed = draft_sections(study, series, findings, runs, _earlier(work, study), compared)
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
    """Keep what the reader has typed, and which sentences of the machine the reader accepted.

    Proposals and references of the sections are followed from what was stored to the new words;
    of the sections given only their text, the accepted proposals and newly set references count.
    """
    session.authorize(Permission.WRITE_REPORT, report=report_id)
    with session.begin() as work:
        before = find_report(work, report_id)
        require_own(work, session, before)
        if not before.status.is_draft:
            raise SignedReportError("The report is signed. Add an addendum instead.")
        was = {part.title: adopted(part) for part in before.sections}
        kept = tuple(_kept(was.get(part.title), part) for part in sections)
        report = replace(before, sections=kept, updated_at=session.now())
        report = replace(report, sections=measured_anew(work, report))
        work.reports.put(report)
        _journal(session, work, before, report)
        work.note("report.saved", report_id, patient_id=report.patient_id, detail=_accepted(report))
    session.publish(StudyEdited(report.study_uid, EditKind.REPORT, report_id))
    return report


def _journal(session: Session, work: Work, before: Report, after: Report) -> None:
    """Record the sections whose words changed; saving the same words again is no edit."""
    old, new = changed(before, after)
    if new:
        record(work, session, EditKind.REPORT, before.study_uid, before.id, old, new)


def _kept(was: Section | None, given: Section) -> Section:
    """Return a section as it is kept: the given words, followed from what was stored."""
    if was is None:
        return given
    references = None if given.references == was.references else given.references
    section = follow(was, given.text, references)
    if given.proposals is None:
        return section
    return with_accepted(section, accepted_sources(given))


def _accepted(report: Report) -> str:
    """Return in words how many sentences of the machine the reader has accepted or edited."""
    fates = [one.fate for part in report.sections for one in part.proposals or ()]
    told = Counter(fate.value for fate in fates)
    return ", ".join(f"{told[fate.value]} {fate.value}" for fate in Fate if told[fate.value])


@dataclass(frozen=True, slots=True)
class Check:
    """What stops a signature, and the doubts about the text that wait for an answer."""

    report_id: str
    blockers: tuple[Blocker, ...]
    doubts: tuple[Doubt, ...]

    @property
    def messages(self) -> tuple[str, ...]:
        """What stops the signature, in plain words."""
        return tuple(one.message for one in self.blockers)

    @property
    def summary(self) -> tuple[str, ...]:
        """The same for a page that shows each doubt at its sentence: doubts only counted."""
        told = [one.message for one in self.blockers if one.reason is not Reason.DOUBT]
        if self.doubts:
            count = "1 doubt" if len(self.doubts) == 1 else f"{len(self.doubts)} doubts"
            told.append(f"{count} about the text: correct the sentence, or say why it stays.")
        return tuple(told)


def problems(session: Session, report_id: str) -> Check:
    """Return what still stops the signature of a draft; empty where nothing does."""
    session.authorize(Permission.WRITE_REPORT, report=report_id)
    with session.begin() as work:
        report = find_report(work, report_id)
        require_own(work, session, report)
        report = with_findings(work, report, shown_findings(work, session, report.study_uid))
    return Check(report_id, blockers(report), open_doubts(report))


def answer_doubt(session: Session, report_id: str, doubt: Doubt, reason: str) -> Report:
    """Let a sentence stand that the check doubts, with the reason, which is signed with the report.

    Raises
    ------
    WorkstationError
        No reason is given, or the text does not raise this doubt.
    """
    session.authorize(Permission.WRITE_REPORT, report=report_id)
    if not reason.strip():
        raise WorkstationError("Say why the sentence stays as it is.")
    with session.begin() as work:
        stored = find_report(work, report_id)
        require_own(work, session, stored)
        if not stored.status.is_draft:
            raise SignedReportError("The report is signed. Add an addendum instead.")
        before = with_findings(work, stored, shown_findings(work, session, stored.study_uid))
        if doubt not in open_doubts(before):
            raise WorkstationError("The text has changed. Look at it again.")
        answer = ConfirmedDoubt(doubt.section, doubt.sentence, doubt.message, reason.strip())
        report = replace(
            stored, sections=before.sections, confirmed_doubts=(*answers(before), answer)
        )
        work.reports.put(report)
        work.note(
            "report.doubt-answered",
            report_id,
            patient_id=report.patient_id,
            detail=f"{doubt.kind.value}, {doubt.section}",
        )
    session.publish(StudyEdited(report.study_uid, EditKind.REPORT, report_id))
    return report


def with_findings(work: Work, report: Report, findings: tuple[Finding, ...]) -> Report:
    """Return a draft with these findings and with its numbers as they are now."""
    return replace(report, findings=findings, sections=measured_anew(work, report))


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
    sections = tuple(
        redraft(kept[part.title], part) if part.title in kept else part for part in proposed
    )
    return replace(
        before,
        sections=sections,
        findings=decided,
        provenance=provenance_of(decided, runs),
        updated_at=session.now(),
    )


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
