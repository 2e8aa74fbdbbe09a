"""What the database says, in the words of the folders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from app.errors import (
    DamagedFileError,
    DiskFullError,
    EmergencyError,
    SignedReportError,
    StorageError,
    UndecidedFindingsError,
    UsernameTakenError,
)
from app.storage import access_tables as access
from app.storage import report_triggers as reports
from app.storage.booking_tables import SLOT_TAKEN
from scheduling.errors import SchedulingError, SlotTakenError


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Raise what the database refuses as the error of the folder concerned."""
    try:
        yield
    except DBAPIError as error:
        known = _translate(str(error.orig))
        if known is None:
            raise
        raise known from error


def _translate(said: str) -> StorageError | SchedulingError | SignedReportError | Exception | None:
    answers: dict[str, Exception] = {
        SLOT_TAKEN: SlotTakenError("Somebody else has that time."),
        reports.NOT_STANDING: SignedReportError(
            "Only a final report that stands is released or handed over."
        ),
        reports.UNSOUND: SignedReportError("This is not the signed report it claims to be."),
        reports.UNDECIDED: UndecidedFindingsError("A finding of this report has no decision yet."),
        reports.NOT_A_DOCTOR: SignedReportError("Only a doctor signs a report."),
        reports.OUT_OF_ORDER: SignedReportError("This version does not follow the signed one."),
        reports.NOT_BY_ANOTHER: SignedReportError(
            "The first reader cannot co-sign. Another doctor must."
        ),
        reports.NOT_BY_AUTHOR: SignedReportError(
            "Only the author, or two doctors together, mark a report as entered in error."
        ),
        reports.RELEASE_STAYS: SignedReportError("A release is withdrawn with a reason only."),
        reports.HANDED_STAYS: SignedReportError("A record of a hand-over stays as it is."),
        reports.SIGNED: SignedReportError("A signed report cannot be changed. Add an addendum."),
        access.EMERGENCY_STAYS: EmergencyError("An emergency access is ended and reviewed once."),
        access.EMERGENCY_BOUNDS: EmergencyError("An emergency access needs a reason and an end."),
        access.OWN_REVIEW: EmergencyError("Somebody else must review this emergency access."),
        "account.username_key": UsernameTakenError("Somebody already signs in by that name."),
        "disk is full": DiskFullError("The disk is full. Nothing was half written."),
        "malformed": DamagedFileError("The database is damaged. Restore it from a backup."),
        "is not a database": DamagedFileError("The database is damaged. Restore it from a backup."),
    }
    return next((answer for code, answer in answers.items() if code in said), None)
