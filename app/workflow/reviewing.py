"""The reader's decision on each finding."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import FindingReviewed, StudyEdited
from app.records import EditKind
from app.storage.work import Work
from app.workflow.closing import refuse_if_signed
from app.workflow.deciding import decided, put_back, reworded
from app.workflow.journal import record
from app.workflow.revealing import require_shown
from app.workflow.session import Session
from inference.records import READER_CODE, Finding, FindingStatus, RejectReason
from viewer.records import Vector3


def accept(session: Session, finding_id: str) -> Finding:
    """Agree with a finding as it stands."""
    session.authorize(Permission.REVIEW_FINDING, finding=finding_id)
    return _change(session, (finding_id,), partial(_decided, FindingStatus.ACCEPTED))[0]


def reject(
    session: Session, finding_id: str, note: str = "", reason: RejectReason = RejectReason.NONE
) -> Finding:
    """Say that a finding is not there, and why if the reader likes; it is kept as rejected."""
    session.authorize(Permission.REVIEW_FINDING, finding=finding_id)

    def rejected(before: Finding) -> Finding:
        return replace(decided(before, FindingStatus.REJECTED, reason), note=note.strip())

    return _change(session, (finding_id,), rejected)[0]


def edit(session: Session, finding_id: str, *, label: str, place: str, note: str) -> Finding:
    """Agree that something is there and say in own words what and where.

    The model's words are kept beside the reader's.
    """
    session.authorize(Permission.REVIEW_FINDING, finding=finding_id)
    words = (label.strip(), place.strip(), note.strip())
    return _change(session, (finding_id,), lambda before: reworded(before, *words))[0]


def reset(session: Session, finding_id: str) -> Finding:
    """Take a decision back: the finding waits for one again, with the words it now has."""
    session.authorize(Permission.REVIEW_FINDING, finding=finding_id)
    return _change(session, (finding_id,), partial(_decided, FindingStatus.SUGGESTED))[0]


def decide(
    session: Session,
    finding_ids: tuple[str, ...],
    status: FindingStatus,
    reason: RejectReason = RejectReason.NONE,
) -> tuple[Finding, ...]:
    """Decide about several findings alike, all of them or none."""
    for one in finding_ids:
        session.authorize(Permission.REVIEW_FINDING, finding=one)
    return _change(session, finding_ids, lambda before: decided(before, status, reason))


def rename(
    session: Session, finding_ids: tuple[str, ...], *, label: str, note: str
) -> tuple[Finding, ...]:
    """Say of several findings what they are, all of them or none; each keeps its place."""
    for one in finding_ids:
        session.authorize(Permission.REVIEW_FINDING, finding=one)
    words = (label.strip(), note.strip())
    return _change(session, finding_ids, lambda one: reworded(one, words[0], one.place, words[1]))


def restore(session: Session, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Give findings back the decisions and the words they had; what is measured stays."""
    for one in findings:
        session.authorize(Permission.REVIEW_FINDING, finding=one.id)
    before = {one.id: one for one in findings}
    return _change(session, tuple(before), lambda now: put_back(now, before[now.id]))


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
        if series is None:
            raise NotFoundError("There is no such series.")
        refuse_if_signed(work, series.study_uid)
        made = Finding(
            id=str(uuid.uuid4()),
            study_uid=series.study_uid,
            series_uid=series_uid,
            code=READER_CODE,
            label=label.strip(),
            status=FindingStatus.EDITED,
            centre_mm=centre_mm,
            slice_index=slice_index,
            side="",
            place=place.strip(),
            measurements=(),
            note=note.strip(),
        )
        put_own(work, session, made)
    publish_own(made, session)
    return made


def put_own(work: Work, session: Session, made: Finding) -> None:
    """Store a finding of the reader's own in an open transaction: journalled and audited."""
    study = work.studies.get(made.study_uid)
    if study is None:
        raise NotFoundError("There is no such study.")
    work.findings.put(made)
    record(work, session, EditKind.FINDING, study.uid, made.id, None, made)
    work.note("finding.added", made.id, patient_id=study.patient_id)


def publish_own(made: Finding, session: Session) -> None:
    """Tell the workstation of a finding of the reader's own."""
    session.publish(FindingReviewed(made.study_uid, made.id))
    session.publish(StudyEdited(made.study_uid, EditKind.FINDING, made.id))


def _decided(status: FindingStatus, before: Finding) -> Finding:
    return decided(before, status, RejectReason.NONE)


def _change(
    session: Session, finding_ids: tuple[str, ...], how: Callable[[Finding], Finding]
) -> tuple[Finding, ...]:
    """Change findings in one transaction; each is journalled and audited."""
    with session.begin() as work:
        made = tuple(_changed(work, session, one, how) for one in finding_ids)
    for after in made:
        session.publish(FindingReviewed(after.study_uid, after.id))
        session.publish(StudyEdited(after.study_uid, EditKind.FINDING, after.id))
    return made


def _changed(
    work: Work, session: Session, finding_id: str, how: Callable[[Finding], Finding]
) -> Finding:
    before = work.findings.get(finding_id)
    if before is None:
        raise NotFoundError("There is no such finding.")
    refuse_if_signed(work, before.study_uid)
    if not before.by_reader:
        require_shown(work, session, before.study_uid)
    after = how(before)
    work.findings.put(after)
    record(work, session, EditKind.FINDING, before.study_uid, finding_id, before, after)
    study = work.studies.get(before.study_uid)
    why = f" {after.reject_reason.value}" if after.reject_reason else ""
    work.note(
        "finding.reviewed",
        finding_id,
        patient_id=study.patient_id if study else "",
        detail=f"{before.status.value} to {after.status.value}{why}",
    )
    return after
