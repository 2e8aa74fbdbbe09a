"""The clinic's keys while the workstation is open: held in one place, wiped on close."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.errors import LockedError
from app.storage.keystore import Keystore


class OpenKeys:
    """Adds key slots and opens signing keys; holds the master key as a wipeable buffer."""

    def __init__(self, keystore: Keystore, master_key: bytes) -> None:
        self._keystore = keystore
        self._master_key = bytearray(master_key)

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
        """Open the person's own signing key; raise SignInError on a wrong password."""
        return self._keystore.signing_key(username, password)

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
