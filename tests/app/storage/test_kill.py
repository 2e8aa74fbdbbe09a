"""Kill -9 in the middle of imports: what was acknowledged is there, and nothing is half."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.errors import DamagedFileError
from app.records import SYSTEM
from app.storage.work import Storage
from tests.app.conftest import MASTER_KEY
from tests.app.storage.import_worker import voxels

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
ROOT = Path(__file__).resolve().parents[3]


class Imports:
    """Workers that import until they are killed."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def killed(self, worker: str, folder: Path, acks: int, spin_s: float = 0.0) -> int:
        """Kill a worker after so many acknowledgements and a moment; return the last one."""
        assert self._server.stdin is not None
        print(worker, folder, file=self._server.stdin, flush=True)
        pid, last = 0, -1
        while not pid or last < acks - 1:
            kind, number = self._hear()
            pid, last = (number, last) if kind == "pid" else (pid, number)
        until = time.perf_counter() + spin_s
        while time.perf_counter() < until:
            pass
        os.kill(pid, signal.SIGKILL)
        while (heard := self._hear())[0] == "ack":
            last = heard[1]
        return last

    def _hear(self) -> tuple[str, int]:
        assert self._server.stdout is not None
        kind, _, number = self._server.stdout.readline().strip().partition(" ")
        assert kind, "the worker stopped importing"
        return kind, int(number or 0)


@pytest.fixture(scope="module")
def imports() -> Iterator[Imports]:
    command = [sys.executable, "-m", "tests.app.storage.import_worker"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as server:
        yield Imports(server)
        assert server.stdin is not None
        server.stdin.close()
        server.wait(30)


def faults(folder: Path, last: int) -> list[str]:
    """Say what is not as it was promised."""
    storage = Storage(folder, MASTER_KEY)
    wrong: list[str] = []
    with storage.begin(SYSTEM) as work:
        studies = {entry.study_uid for entry in work.worklist.entries(limit=100_000)}
        told = [entry.subject for entry in work.audit.entries(100_000)]
        work.audit.verify()
        series = {uid: work.series.of_study(uid) for uid in studies}
        check = work.audit._connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
    wrong += [f"lost {n}" for n in range(last + 1) if f"1.{n}" not in studies]
    wrong += [] if sorted(told) == sorted(studies) else ["audit lines are not the acts"]
    wrong += [] if check == "ok" else ["database"]
    for uid, found in series.items():
        try:
            (one,) = found
            voxels_there = storage.pixels.get(one.pixel_file)
            if not np.array_equal(voxels_there, voxels(int(uid[2:]))):
                wrong.append(f"pixels of {uid}")
        except (DamagedFileError, ValueError):
            wrong.append(f"half of {uid}")
    storage.close()
    return wrong


def campaign(imports: Imports, folder: Path, kills: int, seed: int) -> tuple[int, int]:
    """Kill again and again; return acknowledged imports and kills."""
    rng = random.Random(seed)
    acknowledged = 0
    for number in range(kills):
        here = folder / str(number)
        last = imports.killed("sound", here, rng.randint(1, 4), rng.uniform(0, 0.05))
        assert faults(here, last) == []
        acknowledged += last + 1
    return acknowledged, kills


def test_nothing_acknowledged_is_lost_and_nothing_is_half(imports: Imports, tmp_path: Path) -> None:
    acknowledged, _ = campaign(imports, tmp_path, kills=5, seed=7)
    assert acknowledged >= 5


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_nothing_acknowledged_is_lost_in_two_hundred_kills(
    imports: Imports, tmp_path: Path
) -> None:
    acknowledged, kills = campaign(imports, tmp_path, kills=200, seed=11)
    assert acknowledged >= kills


@pytest.mark.parametrize(
    ("worker", "said"), [("rows_first", "half of"), ("torn", "audit lines are not the acts")]
)
def test_a_broken_order_of_writes_shows(
    imports: Imports, worker: str, said: str, tmp_path: Path
) -> None:
    """The broken variants: the kill comes right after the premature acknowledgement.

    The kill races with the step that was put too late, so it is tried a few times.
    """
    for attempt in range(10):
        here = tmp_path / str(attempt)
        if any(said in fault for fault in faults(here, imports.killed(worker, here, 1))):
            return
    pytest.fail("ten kills did not show the broken order")


def test_after_a_kill_the_next_start_goes_on_where_it_stopped(
    imports: Imports, tmp_path: Path
) -> None:
    first = imports.killed("sound", tmp_path, 2, 0.01)
    again = imports.killed("sound", tmp_path, 3)
    assert faults_of_repeated(tmp_path, max(first, again)) == []


def faults_of_repeated(folder: Path, last: int) -> list[str]:
    """As ``faults``, for imports done twice: each study once, each act told each time."""
    return [fault for fault in faults(folder, last) if not fault.startswith("audit lines")]
