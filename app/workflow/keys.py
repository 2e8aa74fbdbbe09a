"""The clinic's keys while the workstation is open: held in one place, wiped on close."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.accounts.slots import derive
from app.errors import LockedError, PauseError, SignInError
from app.storage.keystore import Keystore

LONGEST_PAUSE_S = 60.0


class OpenKeys:
    """Adds key slots and opens signing keys; holds the master key as a wipeable buffer."""

    def __init__(self, keystore: Keystore, master_key: bytes) -> None:
        self._keystore = keystore
        self._master_key = bytearray(master_key)
        self._failures: dict[str, tuple[int, float]] = {}

    def check_password(self, password: str, context: Iterable[str]) -> None:
        """Return if a member of staff may use the password, or raise WeakPasswordError."""
        self._keystore.check_password(password, context)

    def admit(self, material: Mapping[str, Any]) -> str:
        """Give an approved applicant a key slot; return the hex public signing key."""
        return self._keystore.admit_slot(self._key(), material)

    def add(self, username: str, password: str) -> str:
        """Give a new member of staff a key slot; return the hex public signing key."""
        return self._keystore.add_slot(self._key(), username, password)

    def remove(self, username: str) -> None:
        """Take the key slot of a person who left."""
        self._keystore.remove_slot(username)

    def signing_key(self, username: str, password: str) -> Ed25519PrivateKey:
        """Open the person's own signing key.

        Raises
        ------
        SignInError
            The password is wrong, or it was wrong so lately that the person must wait: 1 s after
            the first wrong one, twice as long after each further one, never more than a minute.
        """
        failures, until = self._failures.get(username, (0, 0.0))
        pause = until - time.monotonic()
        if pause > 0:
            raise PauseError(f"Too many wrong passwords. Try again in {math.ceil(pause)} s.")
        try:
            key = self._keystore.signing_key(username, password)
        except SignInError:
            wait_s = min(LONGEST_PAUSE_S, 2.0**failures)
            self._failures[username] = (failures + 1, time.monotonic() + wait_s)
            raise
        self._failures.pop(username, None)
        return key

    def clinic_seal(self) -> Ed25519PrivateKey:
        """Return the clinic's own key, which signs what it hands out in its name."""
        return Ed25519PrivateKey.from_private_bytes(derive(self._key(), "seal"))

    def sign_ups(self) -> tuple[tuple[Path, dict[str, Any]], ...]:
        """Open the sealed sign-up requests: each with the file it lies in."""
        return self._keystore.open_sign_ups(self._key())

    def wipe(self) -> None:
        """Overwrite the master key (best effort: Python may have copied it)."""
        for position in range(len(self._master_key)):
            self._master_key[position] = 0
        self._master_key.clear()

    def _key(self) -> bytes:
        if not self._master_key:
            raise LockedError("The workstation is locked. A member of staff must sign in first.")
        return bytes(self._master_key)
