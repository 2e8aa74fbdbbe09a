"""One undo stack over everything a reader changes in a study.

Every edit is one row that commits with what it changes, so a killed workstation loses at most
the act that was not acknowledged yet. Undo takes back the newest edit this person made in the
study, whatever its kind; what somebody else has changed since is left alone, and says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from app.accounts.permissions import Permission
from app.errors import ChangedSinceError, NothingToUndoError
from app.events import FindingReviewed, StudyEdited
from app.records import Edit, EditKind, EditState
from app.storage.codec import decode, encode
from app.storage.work import Work
from app.workflow.closing import refuse_if_signed
from app.workflow.deciding import put_back, same_decision
from app.workflow.referencing import follow_measurements
from app.workflow.report_state import TEMPLATE, state_of, with_state
from app.workflow.session import Session
from inference.records import Finding
from viewer.records import Annotation, KeyImage

MERGED_WITHIN = timedelta(seconds=30)
"""Saves of one report closer together than this are one edit: one undoes words, not letters."""


@dataclass(frozen=True, slots=True)
class Stack:
    """What Undo and Redo would do next in a study; None where there is nothing."""

    undo: EditKind | None
    redo: EditKind | None


def record(
    work: Work,
    session: Session,
    kind: EditKind,
    study_uid: str,
    subject_id: str,
    before: object,
    after: object,
) -> None:
    """Append an edit to the transaction that makes it; ``before`` and ``after`` are records.

    The numbers in the report's draft follow what was measured anew.
    """
    author = session.actor.account_id
    work.edits.drop_undone(study_uid, author)
    last = work.edits.last(study_uid, author, EditState.DONE)
    if last is not None and _merges(last, kind, subject_id, session, after):
        merged = {**encode(before), **(last.before or {})}
        work.edits.put(replace(last, before=merged, after={**(last.after or {}), **encode(after)}))
        return
    if kind is not EditKind.REPORT:
        follow_measurements(work, study_uid)
    work.edits.put(
        Edit(
            id=str(uuid.uuid4()),
            study_uid=study_uid,
            author_id=author,
            at=session.now(),
            kind=kind,
            subject_id=subject_id,
            before=None if before is None else encode(before),
            after=None if after is None else encode(after),
        )
    )


def stack(session: Session, study_uid: str) -> Stack:
    """Return what this person could undo and redo in a study."""
    session.authorize(Permission.ANNOTATE_IMAGES, study=study_uid)
    author = session.actor.account_id
    with session.begin() as work:
        done = work.edits.last(study_uid, author, EditState.DONE)
        undone = work.edits.last(study_uid, author, EditState.UNDONE)
    return Stack(done.kind if done else None, undone.kind if undone else None)


def undo(session: Session, study_uid: str) -> Edit:
    """Take back the newest edit this person made in the study; return it.

    Raises
    ------
    NothingToUndoError
        There is none.
    ChangedSinceError
        Somebody else has changed the same thing since.
    SignedReportError
        The report is signed: its findings and its text stay.
    """
    session.authorize(Permission.ANNOTATE_IMAGES, study=study_uid)
    return _turn(session, study_uid, EditState.DONE)


def redo(session: Session, study_uid: str) -> Edit:
    """Do again what was undone last; raises as ``undo`` does."""
    session.authorize(Permission.ANNOTATE_IMAGES, study=study_uid)
    return _turn(session, study_uid, EditState.UNDONE)


def _turn(session: Session, study_uid: str, state: EditState) -> Edit:
    undoing = state is EditState.DONE
    with session.begin() as work:
        edit = work.edits.last(study_uid, session.actor.account_id, state)
        if edit is None:
            raise NothingToUndoError(f"There is nothing to {'undo' if undoing else 'redo'}.")
        there, wanted = (edit.after, edit.before) if undoing else (edit.before, edit.after)
        _SETTERS[edit.kind](work, edit, there, wanted)
        follow_measurements(work, study_uid)
        work.edits.put(replace(edit, state=EditState.UNDONE if undoing else EditState.DONE))
        study = work.studies.get(study_uid)
        work.note(
            f"{edit.kind.value}.{'undone' if undoing else 'redone'}",
            edit.subject_id,
            patient_id=study.patient_id if study else "",
        )
    session.publish(StudyEdited(study_uid, edit.kind, edit.subject_id))
    if edit.kind is EditKind.FINDING:
        session.publish(FindingReviewed(study_uid, edit.subject_id))
    return edit


Values = Mapping[str, Any] | None


def _set_annotation(work: Work, edit: Edit, there: Values, wanted: Values) -> None:
    _expect(work.annotations.get(edit.subject_id), there)
    if wanted is None:
        work.annotations.remove(edit.subject_id)
    else:
        work.annotations.put(decode(Annotation, wanted))


def _set_key_image(work: Work, edit: Edit, there: Values, wanted: Values) -> None:
    _expect(work.key_images.get(edit.subject_id), there)
    if wanted is None:
        work.key_images.remove(edit.subject_id)
    else:
        work.key_images.put(decode(KeyImage, wanted))


def _set_stroke(work: Work, edit: Edit, there: Values, wanted: Values) -> None:  # noqa: ARG001 - a setter's signature
    refuse_if_signed(work, edit.study_uid)
    work.strokes.set_undone(edit.subject_id, undone=wanted is None)


def _set_finding(work: Work, edit: Edit, there: Values, wanted: Values) -> None:
    refuse_if_signed(work, edit.study_uid)
    now = work.findings.get(edit.subject_id)
    if now is None or there is None:
        _expect(now, there)
    elif not same_decision(now, decode(Finding, there)):
        raise ChangedSinceError(_CHANGED)
    if wanted is None:
        work.findings.remove(edit.subject_id)
    else:
        before = decode(Finding, wanted)
        work.findings.put(before if now is None else put_back(now, before))


def _set_report(work: Work, edit: Edit, there: Values, wanted: Values) -> None:
    """Put back the words of the sections the edit changed; the others stay as they are."""
    refuse_if_signed(work, edit.study_uid)
    report = work.reports.get(edit.subject_id)
    if report is None or wanted is None or there is None:
        raise ChangedSinceError(_CHANGED)
    now = state_of(report)
    if any(now.get(name) != text for name, text in there.items()):
        raise ChangedSinceError(_CHANGED)
    work.reports.put(with_state(report, wanted))


def _expect(found: object, there: Values) -> None:
    if (None if found is None else encode(found)) != there:
        raise ChangedSinceError(_CHANGED)


def _merges(last: Edit, kind: EditKind, subject_id: str, session: Session, after: object) -> bool:
    """Whether an edit goes on with the last one; choosing a template stands by itself."""
    return (
        kind is EditKind.REPORT
        and (last.kind, last.subject_id) == (kind, subject_id)
        and session.now() - last.at < MERGED_WITHIN
        and TEMPLATE not in (last.after or {})
        and not (isinstance(after, Mapping) and TEMPLATE in after)
    )


_CHANGED = "It was changed again since, so nothing was undone."
_SETTERS: Mapping[EditKind, Callable[[Work, Edit, Values, Values], None]] = {
    EditKind.ANNOTATION: _set_annotation,
    EditKind.KEY_IMAGE: _set_key_image,
    EditKind.LABEL_STROKE: _set_stroke,
    EditKind.FINDING: _set_finding,
    EditKind.REPORT: _set_report,
}
