"""SMS by a GSM modem on this machine: the spool folder of Gammu's SMS daemon (files backend).

See gammu-smsd-files(7). The daemon owns the modem, and goes on when this program stops. It takes
``outbox/OUT…`` files and moves each to ``sent`` when the network has it, or to ``error``.
"""

from __future__ import annotations

import codecs
import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scheduling.errors import TransportError
from scheduling.records import Channel, Notice, Reply

_REPLY = re.compile(r"IN[0-9]{8}_[0-9]{6}_[0-9]+_(\+?[0-9]+)_00\.txt")
_FOLDERS = ("outbox", "sent", "error")


@dataclass(frozen=True)
class GammuTransport:
    """Lays notices into the spool folder (``/var/spool/gammu`` on Debian).

    A notice is one file, named after its id: handing it over twice sends it once.
    """

    spool: Path
    channel: Channel = field(default=Channel.SMS, init=False)

    def send(self, notice: Notice) -> str:
        """Lay one notice into the outbox and return the file's name.

        Raises
        ------
        TransportError
            The folder is not there or refuses: temporary, nothing was sent.
        """
        name = self._name(notice)
        if self._where(name):
            return name
        # With this mark at its head the daemon reads UTF-16, whatever locale it was started in.
        content = codecs.BOM_UTF16_BE + notice.body.encode("utf-16-be")
        outbox = self.spool / "outbox"
        part = outbox / f".{notice.id}.part"
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.rename(outbox / name)
        except OSError as error:
            raise TransportError(
                "The modem's outbox folder cannot be written.", permanent=False
            ) from error
        return name

    def outcome(self, notice: Notice) -> bool | None:
        """False if the daemon has given the notice up; a modem says nothing of its arrival."""
        return False if self._where(notice.provider_ref) == "error" else None

    def replies(self, since: datetime) -> tuple[Reply, ...]:
        """Return the texts that came in since then, the oldest first."""
        found = []
        try:
            for entry in (self.spool / "inbox").iterdir():
                told = _REPLY.fullmatch(entry.name)
                at = datetime.fromtimestamp(entry.stat().st_mtime, UTC)
                if told and at >= since:
                    found.append(Reply(told.group(1), _text(entry.read_bytes()), at))
        except OSError as error:
            raise TransportError(
                "The modem's inbox folder cannot be read.", permanent=False
            ) from error
        return tuple(sorted(found, key=lambda reply: reply.at))

    def _where(self, name: str) -> str:
        """The folder a file stands in, or ""."""
        return next((one for one in _FOLDERS if name and (self.spool / one / name).exists()), "")

    @staticmethod
    def _name(notice: Notice) -> str:
        return f"OUTC{notice.due_at:%Y%m%d_%H%M%S}_00_{notice.recipient}_{notice.id}.txtd"


def _text(content: bytes) -> str:
    """What a received file says, in either of the two forms the daemon writes."""
    if content.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
        return content.decode("utf-16", "replace").strip()
    return content.decode("utf-8", "replace").strip()
