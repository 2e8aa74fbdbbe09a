"""What a reader draws and marks on images: each act is stored, journalled and audited at once."""

from __future__ import annotations

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import StudyEdited
from app.records import EditKind
from app.storage.work import Work
from app.workflow.journal import record
from app.workflow.session import Session
from viewer.records import Annotation, KeyImage


def annotations_of(session: Session, study_uid: str) -> tuple[Annotation, ...]:
    """Return what has been drawn on a study, by whomever, in the order it was made."""
    session.authorize(Permission.VIEW_IMAGES, study=study_uid)
    with session.begin() as work:
        return work.annotations.of_study(study_uid)


def put_annotation(session: Session, annotation: Annotation) -> None:
    """Store a new annotation, or the changed form of one that is there."""
    session.authorize(
        Permission.ANNOTATE_IMAGES, study=annotation.study_uid, annotation=annotation.id
    )
    with session.begin() as work:
        patient_id = _patient_of(work, annotation.study_uid)
        before = work.annotations.get(annotation.id)
        work.annotations.put(annotation)
        record(
            work,
            session,
            EditKind.ANNOTATION,
            annotation.study_uid,
            annotation.id,
            before,
            annotation,
        )
        act = "annotation.changed" if before else "annotation.added"
        work.note(act, annotation.id, patient_id=patient_id, detail=annotation.kind.value)
    session.publish(StudyEdited(annotation.study_uid, EditKind.ANNOTATION, annotation.id))


def remove_annotation(session: Session, annotation_id: str) -> None:
    """Take an annotation away; Undo brings it back."""
    session.authorize(Permission.ANNOTATE_IMAGES, annotation=annotation_id)
    with session.begin() as work:
        before = work.annotations.get(annotation_id)
        if before is None:
            raise NotFoundError("There is no such annotation.")
        work.annotations.remove(annotation_id)
        record(work, session, EditKind.ANNOTATION, before.study_uid, before.id, before, None)
        patient_id = _patient_of(work, before.study_uid)
        work.note("annotation.removed", annotation_id, patient_id=patient_id)
    session.publish(StudyEdited(before.study_uid, EditKind.ANNOTATION, annotation_id))


def key_images_of(session: Session, study_uid: str) -> tuple[KeyImage, ...]:
    """Return the views of a study somebody marked, in the order they were marked."""
    session.authorize(Permission.VIEW_IMAGES, study=study_uid)
    with session.begin() as work:
        return work.key_images.of_study(study_uid)


def mark_key_image(session: Session, key_image: KeyImage) -> None:
    """Mark a view as a key image, or change the note on one."""
    session.authorize(Permission.ANNOTATE_IMAGES, study=key_image.study_uid, key_image=key_image.id)
    with session.begin() as work:
        patient_id = _patient_of(work, key_image.study_uid)
        before = work.key_images.get(key_image.id)
        work.key_images.put(key_image)
        record(
            work, session, EditKind.KEY_IMAGE, key_image.study_uid, key_image.id, before, key_image
        )
        work.note("key-image.marked", key_image.id, patient_id=patient_id)
    session.publish(StudyEdited(key_image.study_uid, EditKind.KEY_IMAGE, key_image.id))


def unmark_key_image(session: Session, key_image_id: str) -> None:
    """Take the mark off a key image; Undo brings it back."""
    session.authorize(Permission.ANNOTATE_IMAGES, key_image=key_image_id)
    with session.begin() as work:
        before = work.key_images.get(key_image_id)
        if before is None:
            raise NotFoundError("There is no such key image.")
        work.key_images.remove(key_image_id)
        record(work, session, EditKind.KEY_IMAGE, before.study_uid, before.id, before, None)
        patient_id = _patient_of(work, before.study_uid)
        work.note("key-image.unmarked", key_image_id, patient_id=patient_id)
    session.publish(StudyEdited(before.study_uid, EditKind.KEY_IMAGE, key_image_id))


def _patient_of(work: Work, study_uid: str) -> str:
    study = work.studies.get(study_uid)
    if study is None:
        raise NotFoundError("There is no such study.")
    return study.patient_id
