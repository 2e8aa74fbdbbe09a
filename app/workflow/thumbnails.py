"""Small pictures of studies for the worklist: made once, kept encrypted like every image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.records import Thumbnail
from app.workflow.session import Session
from viewer.geometry.window import small_picture
from viewer.records import Series

_SIDE_PX = 96
_FEW_SLICES = 8


def thumbnail(session: Session, study_uid: str) -> NDArray[np.uint8] | None:
    """Return a small gray picture (rows, columns) of a study, or None where it has no image.

    None too for a doctor who is not treating the patient.

    It is the middle slice of the study's first volume. The first call makes it and keeps it in
    the encrypted pixel store; nothing readable ever reaches the disk.
    """
    session.authorize(Permission.VIEW_IMAGES)
    if not session.can(Permission.VIEW_IMAGES, study=study_uid):
        return None  # the list asks by itself: nobody attempted anything that is to be recorded
    with session.begin() as work:
        study = work.studies.get(study_uid)
        kept = work.thumbnails.get(study_uid)
        series = _shown(work.series.of_study(study_uid)) if kept is None else None
    if study is None:
        raise NotFoundError("There is no such study.")
    if kept is not None:
        return session.pixels.get(kept.pixel_file).astype(np.uint8, copy=False)
    if series is None:
        return None
    middle = session.pixels.get_slice(series.pixel_file, series.shape[0] // 2)
    picture = small_picture(middle, _SIDE_PX)
    made = Thumbnail(study_uid, series.uid, session.pixels.put(picture, study.patient_id))
    with session.begin() as work:
        work.thumbnails.put(made)
        work.note("thumbnail.made", study_uid, patient_id=study.patient_id)
    return picture


def _shown(series: Sequence[Series]) -> Series | None:
    """Return the first series of more than a few slices, or simply the first."""
    volumes = [one for one in series if one.shape[0] >= _FEW_SLICES]
    return next(iter(volumes or series), None)
