"""The device's own secret in the keyring of the operating system, or a stated fallback.

A copied disk holds no device secret, so nobody can try passwords on it. Where there is no
keyring the password stands alone: mode ``none``, with a dearer Argon2id. The mode is decided
once per data folder and recorded there, in ``device.json`` and ``device.previous.json``, two
copies of which either suffices; a keyring or a record that has vanished since is never replaced
silently, because a new secret would open nothing.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keyring.backend
from keyring.errors import KeyringError

from app.accounts.passwords import KdfCost
from app.errors import DamagedFileError, DiskFullError
from app.storage.files import make_private, write_whole

__all__ = ["KEYRING", "NONE", "DeviceSecret", "KdfCost"]

KEYRING = "keyring"
NONE = "none"
SWITCH = "SAGITTAL_KEYRING"
_SERVICE = "Sagittal"
_DATA = ("keystore.json", "keystore.previous.json", "sagittal.db")
_ALLOWED = frozenset(
    f"keyring.backends.{name}"
    for name in ("SecretService", "kwallet", "libsecret", "macOS", "Windows")
)


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Record:
    """What the data folder remembers of its device secret: never the secret."""

    installation: str
    mode: str
    backend: str

    def to_bytes(self) -> bytes:
        values = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(values).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> _Record | None:
        """Return the record, or None if the bytes are damaged."""
        try:
            record = cls(**json.loads(data))
            sound = len(bytes.fromhex(record.installation)) == 16
            named = bool(record.backend) is (record.mode == KEYRING)
        except (ValueError, TypeError):
            return None
        return record if sound and named and record.mode in {KEYRING, NONE} else None


def system_keyrings() -> Iterable[Any]:
    """Return the keyrings of the operating system, best first; plaintext ones are left out."""
    rings = (r for r in keyring.backend.get_all_keyring() if type(r).__module__ in _ALLOWED)
    return sorted(rings, key=lambda ring: ring.priority, reverse=True)


class DeviceSecret:
    """Thirty-two bytes only this device has, or none.

    Nothing is asked of the keyring before ``mode`` or ``secret`` is first read; that may wait
    for a person to unlock the keyring, so read them off the GUI thread.

    Parameters
    ----------
    folder
        The data folder; ``device.json`` in it records mode and backend.
    keyrings
        Where to look for a keyring.

    ``mode``, ``backend`` and ``secret`` raise DamagedFileError where the record is lost.
    """

    def __init__(
        self, folder: Path, keyrings: Callable[[], Iterable[Any]] = system_keyrings
    ) -> None:
        self._path = folder / "device.json"
        self._previous = folder / "device.previous.json"
        self._keyrings = keyrings
        self._lock = threading.Lock()
        self._record: _Record | None = None
        self._secret = b""

    @property
    def mode(self) -> str:
        """``keyring``, or ``none`` where the password stands alone."""
        return self._load()[0].mode

    @property
    def stands_alone(self) -> bool:
        """Whether passwords stand alone, as far as is known without asking the keyring."""
        return self._record is None or self._record.mode == NONE

    @property
    def backend(self) -> str:
        """The name of the keyring in use, or an empty text."""
        return self._load()[0].backend

    @property
    def secret(self) -> bytes:
        """The secret; empty in mode ``none`` and where the keyring no longer gives it."""
        return self._load()[1]

    @property
    def lost(self) -> bool:
        """Whether the folder holds data and no copy of the record that can be read."""
        return self._record is None and not self._kept() and bool(self._fault())

    def renew(self) -> None:
        """Decide anew and make a new secret: what the old one opened stays shut.

        The record of before is kept beside the new one, damaged or not.
        """
        with self._lock:
            self._record, self._secret = self._create()

    def describe(self) -> str:
        """Say in words how keys are held here, without asking the keyring."""
        record = self._record or next(iter(self._kept()), None)
        if record is None:
            return "device.json is missing or damaged" if self.lost else "not set up yet"
        if record.mode == NONE:
            return "password only: this computer has no keyring"
        return f"password and keyring ({record.backend})"

    def _load(self) -> tuple[_Record, bytes]:
        with self._lock:
            if self._record is None:
                self._record, self._secret = self._first()
                if self._record.mode == NONE:
                    self._mend(self._record)
            if not self._secret and self._record.mode == KEYRING:
                self._record, self._secret = self._recalled(self._record)
            return self._record, self._secret

    def _first(self) -> tuple[_Record, bytes]:
        """Return the record there is by now, or decide; never where one was lost."""
        for record in self._kept():
            return record, b""
        if fault := self._fault():
            raise DamagedFileError(
                f"The file device.json in the data folder {fault}, so no password opens this"
                " workstation. Put back the copy from a backup; the data are intact. Without one"
                " only the recovery key opens it."
            )
        return self._create()

    def _fault(self) -> str:
        """Return what is wrong where no copy of the record can be read, or an empty text."""
        if not any((self._path.parent / name).exists() for name in _DATA):
            return ""
        there = self._path.exists() or self._previous.exists()
        return "is damaged" if there else "is missing"

    def _recalled(self, first: _Record) -> tuple[_Record, bytes]:
        """Return the secret with the record that leads to it, and see that both copies are it."""
        for record in dict.fromkeys((first, *self._kept())):
            if record.mode == KEYRING and (secret := self._recall(record)):
                self._mend(record)
                return record, secret
        return first, b""

    def _mend(self, record: _Record) -> None:
        with contextlib.suppress(OSError, DiskFullError):  # tried again at the next start
            if self._kept() != (record, record):
                log.warning("a copy of device.json was missing or damaged")
                self._write(record)

    def _create(self) -> tuple[_Record, bytes]:
        installation, fresh = secrets.token_hex(16), secrets.token_bytes(32)
        for ring in self._allowed_keyrings():
            if _round_trip(ring, installation, fresh):
                return self._write(_Record(installation, KEYRING, _name(ring))), fresh
        return self._write(_Record(installation, NONE, "")), b""

    def _recall(self, record: _Record) -> bytes:
        for ring in self._allowed_keyrings():
            with contextlib.suppress(KeyringError, ValueError):
                held = bytes.fromhex(ring.get_password(_SERVICE, record.installation) or "")
                if _name(ring) == record.backend and len(held) == 32:
                    return held
        return b""

    def _allowed_keyrings(self) -> Iterable[Any]:
        return () if os.environ.get(SWITCH) == NONE else self._keyrings()

    def _kept(self) -> tuple[_Record, ...]:
        """Return the copies that can be read, the newest first."""
        found = (_read(path) for path in (self._path, self._previous))
        return tuple(record for record in found if record is not None)

    def _write(self, record: _Record) -> _Record:
        make_private(self._path.parent)
        for path in (self._path, self._previous):
            if path.exists() and _read(path) != record:
                path.replace(path.with_name(f"device.replaced.{secrets.token_hex(4)}.json"))
            write_whole(path, [record.to_bytes()])
        return record


def _read(path: Path) -> _Record | None:
    try:
        return _Record.from_bytes(path.read_bytes())
    except OSError:
        return None


def _round_trip(ring: Any, installation: str, secret: bytes) -> bool:  # noqa: ANN401 -- untyped package
    """Whether the keyring really keeps what it is given."""
    with contextlib.suppress(KeyringError):
        ring.set_password(_SERVICE, installation, secret.hex())
        return bool(ring.get_password(_SERVICE, installation) == secret.hex())
    return False


def _name(ring: Any) -> str:  # noqa: ANN401 -- untyped package
    return type(ring).__module__.rpartition(".")[2]
