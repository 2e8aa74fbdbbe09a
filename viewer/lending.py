"""Shared memory that is really there before anybody writes into it."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def reserve(name: str, size: int) -> None:
    """Make sure a block of shared memory really has its pages.

    Without this a full /dev/shm is found out by a bus error in whoever writes, which ends it.

    Raises
    ------
    OSError
        There is no room for it.
    """
    if sys.platform != "linux":
        return
    handle = os.open(Path("/dev/shm") / name.lstrip("/"), os.O_RDWR)  # noqa: S108 - our own block
    try:
        os.posix_fallocate(handle, 0, size)
    finally:
        os.close(handle)
