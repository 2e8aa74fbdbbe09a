"""Imports studies until it is killed; says what it acknowledges.

``python -m tests.app.storage.import_worker`` reads lines ``<worker> <folder>``, forks a child for
each, prints its pid, what it acknowledges, and ``dead`` when it is gone: the imports of modules
are paid once.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.records import SYSTEM
from app.storage.work import Storage
from tests.app.conftest import MASTER_KEY
from tests.app.storage.records import PATIENT, SERIES, STUDY

SHAPE = (4, 96, 96)


def say(line: str) -> None:
    """Write one line at once, past any buffer."""
    os.write(1, line.encode() + b"\n")


def voxels(number: int) -> np.ndarray:
    """The pixels of the n-th study: another pattern for each."""
    return np.random.default_rng(number).integers(0, 4000, SHAPE).astype("<i2")


def rows(storage: Storage, number: int, file_id: str) -> None:
    """Commit the rows of one study and its audit line together."""
    uid = f"1.{number}"
    with storage.begin(SYSTEM) as work:
        work.patients.put(replace(PATIENT, id=f"p{number}"))
        work.studies.put(replace(STUDY, uid=uid, patient_id=f"p{number}"))
        work.series.put(replace(SERIES, uid=uid + ".1", study_uid=uid, pixel_file=file_id))
        work.note("study.imported", uid, patient_id=f"p{number}")


def sound(folder: Path) -> None:
    """The order of the house: file first and durable, then rows and audit line in one commit."""
    storage = Storage(folder, MASTER_KEY)
    for number in range(10_000):
        file_id = storage.pixels.put(voxels(number), f"p{number}")
        rows(storage, number, file_id)
        say(f"ack {number}")


def rows_first(folder: Path) -> None:
    """A broken order: the rows promise a file that is not there yet."""
    storage = Storage(folder, MASTER_KEY)
    for number in range(10_000):
        promised = f"{number:032x}"
        rows(storage, number, promised)
        say(f"ack {number}")
        file_id = storage.pixels.put(voxels(number), f"p{number}")
        storage.pixels._path(promised).parent.mkdir(exist_ok=True)
        storage.pixels._path(file_id).rename(storage.pixels._path(promised))


def torn(folder: Path) -> None:
    """A broken transaction: the study in one commit, its audit line in another."""
    storage = Storage(folder, MASTER_KEY)
    for number in range(10_000):
        with storage.begin(SYSTEM) as work:
            work.patients.put(replace(PATIENT, id=f"p{number}"))
            work.studies.put(replace(STUDY, uid=f"1.{number}", patient_id=f"p{number}"))
        say(f"ack {number}")
        with storage.begin(SYSTEM) as work:
            work.note("study.imported", f"1.{number}")


def main() -> None:
    """Serve until the standard input ends."""
    workers = {worker.__name__: worker for worker in (sound, rows_first, torn)}
    for line in sys.stdin:
        name, folder = line.rstrip("\n").split(" ", 1)
        child = os.fork()
        if child == 0:
            workers[name](Path(folder))
        say(f"pid {child}")
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main()
