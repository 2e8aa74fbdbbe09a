"""Images leaving the program as pictures or films: who took what out is recorded first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.workflow.session import Session


class ExportKind(StrEnum):
    """What an export is."""

    PICTURE = "png"
    FILM = "mp4"


def export_images(
    session: Session,
    study_uid: str,
    series_uids: Sequence[str],
    kind: ExportKind,
    write: Callable[[], None],
) -> None:
    """Record the export of a view of these series, then write it.

    Parameters
    ----------
    series_uids
        Every series that is seen in the picture; those of an earlier study of the same patient
        may be among them.
    write
        Makes the file. It is called once the audit lines are committed, so no image leaves
        unrecorded; if it raises, that is recorded too and the error goes on.
    """
    session.authorize(Permission.EXPORT_IMAGES, study=study_uid)
    with session.begin() as work:
        study = work.studies.get(study_uid)
        if study is None or not series_uids:
            raise NotFoundError("There is no such study.")
        for uid in series_uids:
            series = work.series.get(uid)
            of = work.studies.get(series.study_uid) if series else None
            if of is None or of.patient_id != study.patient_id:
                raise NotFoundError("There is no such series of this patient.")
            work.note("images.exported", uid, patient_id=study.patient_id, detail=kind.value)
    try:
        write()
    except BaseException:
        with session.begin() as work:
            work.note(
                "images.exported",
                study_uid,
                patient_id=study.patient_id,
                outcome="failed",
                detail=kind.value,
            )
        raise
