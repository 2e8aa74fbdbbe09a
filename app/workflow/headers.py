"""The headers of the images as they came, for the tag browser; looking at them is a reading."""

from __future__ import annotations

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.workflow.memory import require_free
from app.workflow.session import Session
from viewer.dicom.elements import HeaderRows, header_rows

_PARSED = 12
"""What a header takes once it is parsed, at most, as a multiple of its text."""


def header(session: Session, series_uid: str, instance_uid: str = "") -> HeaderRows:
    """Return the header of one image of a series as rows; without a UID of its first slice.

    The rows name the patient: they are for the screen, never for a log. Audited as an access.

    Raises
    ------
    NotFoundError
        There is no such series or image, or its headers were not kept.
    MemoryBudgetError
        The machine has no room for it; nothing was decrypted.
    """
    session.authorize(Permission.VIEW_IMAGES, series=series_uid)
    with session.begin() as work:
        series = work.series.get(series_uid)
        study = work.studies.get(series.study_uid) if series else None
        if series is None or study is None:
            raise NotFoundError("There is no such series.")
        if not series.header_file:
            raise NotFoundError("The headers of this series were not kept.")
        work.note("header.opened", series_uid, patient_id=study.patient_id, detail=instance_uid)
    require_free(session.pixels.size_of(series.header_file) * _PARSED)
    try:
        return header_rows(session.pixels.get_bytes(series.header_file), instance_uid)
    except KeyError as error:
        raise NotFoundError("There is no such image in this series.") from error
