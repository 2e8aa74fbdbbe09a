"""The device's own secret in the keyring of the operating system, or a stated fallback.

A copied disk holds no device secret, so nobody can try passwords on it. Where there is no
keyring the password stands alone: mode ``none``, with a dearer Argon2id. The mode is decided
once per data folder and recorded there; a keyring that has vanished since is never replaced
silently, because a new secret would open nothing.
"""

from __future__ import annotations

import contextlib
import json
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
from app.storage.files import make_private, write_whole

__all__ = ["KEYRING", "NONE", "DeviceSecret", "KdfCost"]

KEYRING = "keyring"
NONE = "none"
SWITCH = "SAGITTAL_KEYRING"
_SERVICE = "Sagittal"
_ALLOWED = frozenset(
    f"keyring.backends.{name}"
    for name in ("SecretService", "kwallet", "libsecret", "macOS", "Windows")
)


@dataclass(frozen=True, slots=True)
class _Record:
    """What the data folder remembers of its device secret: never the secret."""

    installation: str
    mode: str
    backend: str


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
    """

    def __init__(
        self, folder: Path, keyrings: Callable[[], Iterable[Any]] = system_keyrings
    ) -> None:
        self._path = folder / "device.json"
        self._keyrings = keyrings
        self._lock = threading.Lock()
        self._record = self._read()
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

    def renew(self) -> None:
        """Decide anew and make a new secret: what the old one opened stays shut."""
        with self._lock:
            self._record = None
            self._secret = b""
            self._path.unlink(missing_ok=True)
        self._load()

    def describe(self) -> str:
        """Say in words how keys are held here, without asking the keyring."""
        if self._record is None:
            return "not set up yet"
        if self._record.mode == NONE:
            return "password only: this computer has no keyring"
        return f"password and keyring ({self._record.backend})"

    def _load(self) -> tuple[_Record, bytes]:
        with self._lock:
            if self._record is None:
                self._record, self._secret = self._create()
            if not self._secret and self._record.mode == KEYRING:
                self._secret = self._recall(self._record)
            return self._record, self._secret

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

    def _read(self) -> _Record | None:
        try:
            return _Record(**json.loads(self._path.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def _write(self, record: _Record) -> _Record:
        make_private(self._path.parent)
        values = {
            "installation": record.installation,
            "mode": record.mode,
            "backend": record.backend,
        }
        write_whole(self._path, [json.dumps(values).encode()])
        return record


def _round_trip(ring: Any, installation: str, secret: bytes) -> bool:  # noqa: ANN401 -- untyped package
    """Whether the keyring really keeps what it is given."""
    with contextlib.suppress(KeyringError):
        ring.set_password(_SERVICE, installation, secret.hex())
        return bool(ring.get_password(_SERVICE, installation) == secret.hex())
    return False


def _name(ring: Any) -> str:  # noqa: ANN401 -- untyped package
    return type(ring).__module__.rpartition(".")[2]
