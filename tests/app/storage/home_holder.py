"""A program that has a data folder open until it is ended; it may have a child of its own."""

from __future__ import annotations

import multiprocessing
import sys
import time
from pathlib import Path

from app.errors import HomeInUseError
from app.storage import home_lock


def main(folder: Path, *flags: str) -> None:
    if "--broken" in flags:
        home_lock._lock = lambda _handle: None
    try:
        held = home_lock.HomeLock(folder)
    except HomeInUseError:
        sys.stdout.write("refused\n")
        return
    if "--child" in flags:
        child = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(60,))
        child.start()
        sys.stdout.write(f"{child.pid} ")
    sys.stdout.write("open\n")
    sys.stdout.flush()
    sys.stdin.read()
    held.release()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
