"""What the database says, in the words of the folders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from app.errors import (
    DamagedFileError,
    DiskFullError,
    SignedReportError,
    StorageError,
    UsernameTakenError,
)
from app.storage.triggers import NOT_SIGNED, SIGNED, SLOT_TAKEN
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
        NOT_SIGNED: SignedReportError("Only a signed report can be released."),
        SIGNED: SignedReportError("A signed report cannot be changed. Add an addendum."),
        "account.username_key": UsernameTakenError("Somebody already signs in by that name."),
        "disk is full": DiskFullError("The disk is full. Nothing was half written."),
        "malformed": DamagedFileError("The database is damaged. Restore it from a backup."),
        "is not a database": DamagedFileError("The database is damaged. Restore it from a backup."),
    }
    return next((answer for code, answer in answers.items() if code in said), None)
