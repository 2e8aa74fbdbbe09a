"""Stand-ins for the analysis process: one that is well, and one for each way to go wrong.

They load no torch, so they start in a moment. Each runs in a real child, as the real one does.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from inference.pipeline.messages import Done, Failed, Job, Ready, Step
from inference.pipeline.options import EngineOptions
from inference.pipeline.outcome import Outcome
from inference.records import RunOutcome

GULP = 32 << 20
MOST = 1 << 30


def well(link: Connection, folder: Path, options: EngineOptions) -> None:
    """Answer every job; the reason says how it was asked to run."""
    link.send(Ready("probe"))
    with suppress(EOFError, OSError):
        while True:
            link.recv()
            link.send(Step(0.5, "looking"))
            told = f"batch {options.batch} on {options.device}"
            link.send(Done(Outcome(RunOutcome.NOTHING_SUSPECTED, told), False, False))


def hangs(link: Connection, folder: Path, options: EngineOptions) -> None:
    """Begin a job and never say another word."""
    _begin(link)
    threading.Event().wait()


def never_ready(link: Connection, folder: Path, options: EngineOptions) -> None:
    """Hang while the models are being loaded."""
    threading.Event().wait()


def greedy(link: Connection, folder: Path, options: EngineOptions) -> None:
    """Take memory without end; it stops at a gigabyte so that a broken watch harms nobody."""
    _begin(link)
    kept = []
    for _ in range(MOST // GULP):
        kept.append(np.ones(GULP, np.uint8))
        link.send(Step(0.5, "taking more"))
    threading.Event().wait()


def killed(link: Connection, folder: Path, options: EngineOptions) -> None:
    """Be ended in the middle of a job, as the system ends a process when memory runs out."""
    _begin(link)
    os.kill(os.getpid(), signal.SIGKILL)


def crashes(link: Connection, folder: Path, options: EngineOptions) -> None:
    """Break in native code."""
    _begin(link)
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGSEGV)


def killed_once(link: Connection, folder: Path, options: EngineOptions) -> None:
    """Be killed in the first job of all; well from then on."""
    mark = folder / "killed"
    if mark.exists():
        well(link, folder, options)
    else:
        mark.touch()
        killed(link, folder, options)


def hung_once(link: Connection, folder: Path, options: EngineOptions) -> None:
    """Hang in the first job of all; well from then on."""
    mark = folder / "hung"
    if mark.exists():
        well(link, folder, options)
    else:
        mark.touch()
        hangs(link, folder, options)


def at_fault(link: Connection, folder: Path, options: EngineOptions) -> None:
    """Meet a fault of the program in every job, and live on."""
    link.send(Ready("probe"))
    with suppress(EOFError, OSError):
        while True:
            link.recv()
            link.send(Failed("AnalysisFailedError", "A fault of the program ended the analysis."))


def _begin(link: Connection) -> Job:
    link.send(Ready("probe"))
    job: Job = link.recv()
    link.send(Step(0.2, "looking"))
    return job


STAGES = (
    "loading the model",
    "looking at what the pictures show",
    "resampling the slices",
    "looking at slice 16 of 25",
    "asking what the network looked at",
    "scoring the heat map",
)
"""What a real analysis says one after the other (tests/inference/test_killed_in_stages.py)."""


def killed_in(
    stage: str, times: int, link: Connection, folder: Path, options: EngineOptions
) -> None:
    """Walk through a real analysis's stages and be killed in one, ``times`` times; then be well."""
    marks = [folder / f"killed {number}" for number in range(times)]
    mark = next((one for one in marks if not one.exists()), None)
    if mark is None:
        well(link, folder, options)
        return
    if stage == STAGES[0]:
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    link.send(Ready("probe"))
    link.recv()
    for number, text in enumerate(STAGES[1:], start=1):
        link.send(Step(number / 10, text))
        if text == stage:
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
