"""Puts a model's file in place whole, or not at all, and only if it is the one that was pinned."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from assistant.errors import ModelUnavailableError


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put_whole(path: Path, sha256: str, write: Callable[[BinaryIO], None]) -> None:
    """Write a file beside its place and move it there if its digest is right.

    Several processes may do it at once: each writes a file of its own.

    Raises
    ------
    ModelUnavailableError
        If what was written has another digest.
    OSError
        If it can not be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if digest_of(part) != sha256:
            raise ModelUnavailableError("The sentence embedder's file did not come out right.")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
