"""The newest audit line a signing was written with, kept beside the database.

A database file put back to an older day, or exchanged for another, fits its own audit chain; it
does not hold the line that is named here. The file is sealed by a key of the clinic, so that it
cannot be written anew without it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

from sqlalchemy import Connection, select

from app.errors import TamperedReportError
from app.storage.files import write_whole
from app.storage.schema import audit

_NAME = "audit.anchor"
_ROLLED_BACK = (
    "The database is older than the last signature made here, or another one. Do not rely on its"
    " reports; tell the administrator."
)


class Anchor:
    """Keeps and checks one line of the audit trail."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._path = folder / _NAME
        self._key = key

    def keep(self, seq: int, digest: str) -> None:
        """Remember that line, durably."""
        told = {"seq": seq, "digest": digest, "mac": self._mac(seq, digest)}
        write_whole(self._path, [json.dumps(told).encode()])

    def check(self, connection: Connection) -> None:
        """Raise TamperedReportError unless the database holds the line that was remembered."""
        try:
            told = json.loads(self._path.read_bytes())
            seq, digest, mac = int(told["seq"]), str(told["digest"]), str(told["mac"])
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError):
            raise TamperedReportError(_ROLLED_BACK) from None
        held = connection.scalar(select(audit.c.digest).where(audit.c.seq == seq))
        if not hmac.compare_digest(mac, self._mac(seq, digest)) or held != digest:
            raise TamperedReportError(_ROLLED_BACK)

    def _mac(self, seq: int, digest: str) -> str:
        return hmac.new(self._key, f"{seq} {digest}".encode(), hashlib.sha256).hexdigest()
