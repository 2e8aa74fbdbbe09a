"""The mark that a first start is under way: until it is gone the clinic is not founded.

Keys, database and the first account are several files. Should the program end between them,
nobody has seen the recovery key and nobody can have signed in, so the next first start throws
the half away and begins anew.
"""

from __future__ import annotations

from pathlib import Path

from app.storage.files import make_private, sync_folder, write_whole

_MARK = "founding"
_HALF = (
    "keystore.json",
    "keystore.previous.json",
    "sagittal.db",
    "sagittal.db-wal",
    "sagittal.db-shm",
    "sagittal.check",
)


class FoundingMark:
    """Stands in the data folder from the first key to the first committed account."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / _MARK

    @property
    def stands(self) -> bool:
        """Whether a first start was begun and not finished."""
        return self._path.exists()

    def set(self) -> None:
        """Begin a first start; what an earlier one left half done goes."""
        make_private(self._folder)
        if self.stands:
            self.undo()
        write_whole(self._path, [b""])

    def clear(self) -> None:
        """Say that the clinic is founded."""
        self._path.unlink(missing_ok=True)
        sync_folder(self._folder)

    def undo(self) -> None:
        """Throw away what an unfinished first start left; never without the mark."""
        if not self.stands:
            return
        for name in _HALF:
            (self._folder / name).unlink(missing_ok=True)
        self.clear()
