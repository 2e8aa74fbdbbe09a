"""The keys of patients' files: random, wrapped in the database, gone with one row.

Erasing a patient's row here makes every file of the patient unreadable, in backups too.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection, select

from app.accounts.slots import SealBrokenError, unwrap, wrap
from app.errors import DamagedFileError
from app.storage.schema import pixel_key

Begin = Callable[[], AbstractContextManager[Connection]]


class PatientKeyRing:
    """Makes and opens the keys of patients.

    Parameters
    ----------
    root_key
        The key that wraps them.
    begin
        Gives the connection to write on: that of the work this thread has open, so that key
        and rows commit together, or one of its own that commits at once.
    read
        Gives a connection to read on, without waiting for a writer.
    """

    def __init__(self, root_key: bytes, begin: Begin, read: Begin) -> None:
        self._root_key = root_key
        self._begin = begin
        self._read = read

    def of_patient(self, patient_id: str) -> tuple[bytes, bytes]:
        """Return id and key of a patient, made and kept at the first call."""
        with self._begin() as connection:
            row = connection.execute(
                select(pixel_key).where(pixel_key.c.patient_id == patient_id)
            ).one_or_none()
            if row is not None:
                return bytes.fromhex(row.id), self._unwrap(row.id, patient_id, row.wrapped)
            identity, key = secrets.token_hex(16), secrets.token_bytes(32)
            wrapped = wrap(self._root_key, key, _bound(identity, patient_id))
            connection.execute(
                pixel_key.insert().values(id=identity, patient_id=patient_id, wrapped=wrapped)
            )
            return bytes.fromhex(identity), key

    def of_id(self, key_id: bytes) -> bytes:
        """Return the key of that id, or raise DamagedFileError."""
        with self._read() as connection:
            row = connection.execute(
                select(pixel_key).where(pixel_key.c.id == key_id.hex())
            ).one_or_none()
        if row is None:
            raise DamagedFileError("The key of this image was erased.")
        return self._unwrap(row.id, row.patient_id, row.wrapped)

    def _unwrap(self, identity: str, patient_id: str, wrapped: bytes) -> bytes:
        try:
            return unwrap(self._root_key, bytes(wrapped), _bound(identity, patient_id))
        except SealBrokenError as error:
            raise DamagedFileError("The key of this image is damaged.") from error


def _bound(identity: str, patient_id: str) -> bytes:
    return f"patient-key|{identity}|{patient_id}".encode()
