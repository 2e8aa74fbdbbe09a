"""Choosing a template: it asks in the sections of the draft; what is written there stays."""

from __future__ import annotations

from dataclasses import replace

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import ReportDrafted, StudyEdited
from app.records import EditKind
from app.workflow.journal import record
from app.workflow.report_state import TEMPLATE, state_of
from app.workflow.reporting import put_draft
from app.workflow.session import Session
from assistant.drafting.authorship import follow
from assistant.drafting.report import COMPARISON, TECHNIQUE
from assistant.drafting.templates import Template, filled, template
from assistant.records import Report, Section


def use_template(session: Session, study_uid: str, template_id: str) -> Report:
    """Put a template's questions into the study's draft, begun where there is none; undo-able.

    What the reader and the machine have written stays above them; the questions of a template
    chosen before go, as far as nobody has touched them. An empty technique or comparison is filled
    from the series' headers and the earlier studies.

    Raises
    ------
    NotFoundError
        There is no such template.
    SignedReportError
        The report is signed.
    """
    session.authorize(Permission.WRITE_REPORT, study=study_uid)
    chosen = template(template_id)
    if chosen is None:
        raise NotFoundError("There is no such template.")
    with session.begin() as work:
        before = put_draft(work, session, study_uid)
        after = replace(
            before,
            sections=tuple(_asked(part, chosen, before.template_id) for part in before.sections),
            template_id=chosen.id,
            template_version=chosen.version,
            updated_at=session.now(),
        )
        work.reports.put(after)
        now = state_of(after)
        record(work, session, EditKind.REPORT, study_uid, after.id, state_of(before), now)
        work.note(
            "report.template-chosen",
            after.id,
            patient_id=after.patient_id,
            detail=now[TEMPLATE],
        )
    session.publish(ReportDrafted(study_uid, after.id))
    session.publish(StudyEdited(study_uid, EditKind.REPORT, after.id))
    return after


def _asked(part: Section, chosen: Template, before_id: str) -> Section:
    if part.title in {TECHNIQUE, COMPARISON}:
        return part if part.text.strip() else follow(part, part.machine_text)
    former = template(before_id)
    asked_before = former.sections.get(part.title, ()) if former is not None else ()
    lines = chosen.sections.get(part.title, ())
    return follow(part, filled(part.text, lines, asked_before))
