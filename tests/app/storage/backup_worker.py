"""Makes or restores a backup and kills itself at the n-th call that writes.

``python -m tests.app.storage.backup_worker`` reads lines ``<how> <n> <home> <stick>``, forks a
child for each and prints ``killed`` or ``made``: the imports of modules are paid once.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.storage import backup, restoring
from app.storage.work import Storage
from tests.app.conftest import MASTER_KEY

CALLS = ("write", "fsync", "replace", "rename", "mkdir", "rmdir", "unlink")


def dying(call: Callable[..., object], left: list[int]) -> Callable[..., object]:
    """Return the call; the n-th of them all kills the process first, as a power cut would."""

    def counted(*given: object, **named: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*given, **named)

    return counted


def back_up(how: str, at: int, home: Path, stick: Path) -> None:
    """Make a backup that dies at a step; ``in-place``: the broken order, without the rename."""
    storage = Storage(home, MASTER_KEY)
    if how == "in-place":
        backup.PART = ""
    die_at(at)
    backup.back_up(storage, stick, datetime.now(UTC), lambda *_: None)


def bring_back(at: int, home: Path, stick: Path) -> None:
    """Restore into a home, dying at a step."""
    die_at(at)
    restoring.restore(stick, home, lambda *_: None)


def die_at(at: int) -> None:
    left = [at]
    for name in CALLS:
        setattr(os, name, dying(getattr(os, name), left))


def main() -> None:
    """Serve until the standard input ends."""
    for line in sys.stdin:
        how, at, home, stick = line.split()
        child = os.fork()
        if child == 0:
            if how == "restore":
                bring_back(int(at), Path(home), Path(stick))
            else:
                back_up(how, int(at), Path(home), Path(stick))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        died = os.WIFSIGNALED(status)
        sys.stdout.write("killed\n" if died else f"made {os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
