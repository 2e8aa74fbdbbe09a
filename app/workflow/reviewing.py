"""The reader's decision on each finding."""

from __future__ import annotations

import uuid
from dataclasses import replace

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import FindingReviewed, StudyEdited
from app.records import EditKind
from app.workflow.journal import record, refuse_if_signed
from app.workflow.session import Session
from inference.records import Finding, FindingStatus
from viewer.records import Vector3

OWN_CODE = "finding.reader"
"""Code of a finding that a reader added."""


def accept(session: Session, finding_id: str) -> Finding:
    """Agree with a finding as it stands."""
    return _decide(session, finding_id, status=FindingStatus.ACCEPTED)


def reject(session: Session, finding_id: str, note: str = "") -> Finding:
    """Say that a finding is not there; it is kept as rejected."""
    return _decide(session, finding_id, status=FindingStatus.REJECTED, note=note.strip())


def edit(session: Session, finding_id: str, *, label: str, place: str, note: str) -> Finding:
    """Agree that something is there and say in own words what and where."""
    return _decide(
        session,
        finding_id,
        status=FindingStatus.EDITED,
        label=label.strip(),
        place=place.strip(),
        note=note.strip(),
    )


def reset(session: Session, finding_id: str) -> Finding:
    """Take a decision back: the finding waits for one again, with the words it now has."""
    return _decide(session, finding_id, status=FindingStatus.SUGGESTED)


def add(
    session: Session,
    series_uid: str,
    centre_mm: Vector3,
    slice_index: int,
    *,
    label: str,
    place: str,
    note: str,
) -> Finding:
    """Add a finding of the reader's own, which no model suggested; it counts as decided.

    ``centre_mm`` is LPS+ mm. Its side is left unsaid: only a measured place gives one.
    """
    session.authorize(Permission.REVIEW_FINDING, series=series_uid)
    with session.begin() as work:
        series = work.series.get(series_uid)
        study = work.studies.get(series.study_uid) if series else None
        if series is None or study is None:
            raise NotFoundError("There is no such series.")
        refuse_if_signed(work, study.uid)
        made = Finding(
            id=str(uuid.uuid4()),
            study_uid=study.uid,
            series_uid=series_uid,
            code=OWN_CODE,
            label=label.strip(),
            status=FindingStatus.EDITED,
            centre_mm=centre_mm,
            slice_index=slice_index,
            side="",
            place=place.strip(),
            measurements=(),
            note=note.strip(),
        )
        work.findings.put(made)
        record(work, session, EditKind.FINDING, study.uid, made.id, None, made)
        work.note("finding.added", made.id, patient_id=study.patient_id)
    session.publish(FindingReviewed(study.uid, made.id))
    session.publish(StudyEdited(study.uid, EditKind.FINDING, made.id))
    return made


def _decide(session: Session, finding_id: str, **changes: object) -> Finding:
    session.authorize(Permission.REVIEW_FINDING, finding=finding_id)
    with session.begin() as work:
        before = work.findings.get(finding_id)
        if before is None:
            raise NotFoundError("There is no such finding.")
        refuse_if_signed(work, before.study_uid)
        after: Finding = replace(before, **changes)  # type: ignore[arg-type]  # names are Finding's
        work.findings.put(after)
        record(work, session, EditKind.FINDING, before.study_uid, finding_id, before, after)
        study = work.studies.get(before.study_uid)
        work.note(
            "finding.reviewed",
            finding_id,
            patient_id=study.patient_id if study else "",
            detail=f"{before.status.value} to {after.status.value}",
        )
    session.publish(FindingReviewed(after.study_uid, finding_id))
    session.publish(StudyEdited(after.study_uid, EditKind.FINDING, finding_id))
    return after
