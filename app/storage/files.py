"""Files that are whole or absent: write beside, fsync, rename, fsync the folder."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from app.errors import DiskFullError

PART = ".part"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a write is refused with where there is no room."""

_NOT_FOR_FOLDERS = frozenset({errno.EINVAL, errno.EBADF, errno.ENOTSUP})


def write_whole(path: Path, chunks: Iterable[bytes | memoryview]) -> None:
    """Write a file so that a crash leaves either all of it under its name, or none.

    Raises
    ------
    DiskFullError
        There is no room; the part written so far is gone again.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        _write(part, chunks)
        part.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in FULL:
            raise DiskFullError(
                "The disk is full. Nothing was half written; make room and try again."
            ) from error
        raise


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable; a no-op where folders cannot be opened or synced.

    Some network shares refuse the latter.
    """
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise
    finally:
        os.close(handle)


def make_private(folder: Path, sync: Callable[[Path], None] = sync_folder) -> None:
    """Create a folder that only its owner can enter, durably."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync(folder.parent)


def _write(part: Path, chunks: Iterable[bytes | memoryview]) -> None:
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        for chunk in chunks:
            rest = memoryview(chunk)
            while rest:
                rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)
