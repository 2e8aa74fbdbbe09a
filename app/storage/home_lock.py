"""One window on one data folder: a lock of the operating system, which dies with its process.

Two programs on one folder would overwrite each other's keystore (a new colleague's way in, a
changed password) and each would think itself the clinic's only one. The lock is on the open file,
not the file's being there: after a crash or a power cut nothing is left to clear away. What the
file says is only for whoever is refused.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import platform
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.errors import HomeInUseError
from app.storage.files import make_private

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

NAME = "open.lock"
_WHERE_LOCKED = 1 << 20
"""Far behind what is written: Windows lets nobody read the byte that is locked."""
_TAKEN = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the folder open; fields are empty where the file does not say."""

    computer: str = ""
    since: datetime | None = None

    @property
    def is_here(self) -> bool:
        """Whether it is this computer, as far as is known."""
        return self.computer in {"", platform.node()}


class HomeLock:
    """Held from its making to ``release`` or the end of the process.

    Parameters
    ----------
    folder
        The data folder; it is made if it is not there.

    Raises
    ------
    HomeInUseError
        Another program has the folder open; ``holder_of`` says since when.
    """

    def __init__(self, folder: Path) -> None:
        make_private(folder)
        self._handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._handle)
        except OSError as error:
            os.close(self._handle)
            if error.errno in _TAKEN:
                raise HomeInUseError("Sagittal is already open on this folder.") from error
            raise
        said = Holder(platform.node(), datetime.now(UTC))
        text = json.dumps({**asdict(said), "since": said.since and said.since.isoformat()})
        os.ftruncate(self._handle, 0)
        os.write(self._handle, text.encode())

    def release(self) -> None:
        """Let another program open the folder; the file stays, which means nothing."""
        os.close(self._handle)


def holder_of(folder: Path) -> Holder:
    """Return what the program that holds the folder says of itself."""
    try:
        said = json.loads((folder / NAME).read_bytes())
        return Holder(str(said["computer"]), datetime.fromisoformat(said["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Holder()


def _lock(handle: int) -> None:
    """Lock the open file or raise OSError; a disk that knows no locks is opened without."""
    try:
        if sys.platform == "win32":
            os.lseek(handle, _WHERE_LOCKED, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            raise
        log.warning("this disk knows no locks: a second window would not be noticed")
