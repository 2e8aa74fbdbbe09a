"""The worker process's side: answers one job after another until its pipe closes.

Importing this module is light; torch arrives in ``serve``, which runs in the child only.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inference.errors import InferenceError
from inference.pipeline.findings import Origin
from inference.pipeline.outcome import Outcome
from viewer.records import Geometry, Volume

if TYPE_CHECKING:
    from inference.pipeline.engine import Engine

THREADS_VARIABLE = "SAGITTAL_THREADS"


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One series to analyse; the voxels and both results live in shared memory."""

    origin: Origin
    shape: tuple[int, int, int]
    dtype: str
    affine: NDArray[np.float64]
    geometry: Geometry
    voxels: str
    labels: str
    heat: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The network is loaded on this device."""

    device: str


@dataclass(frozen=True, slots=True)
class Step:
    """Progress, 0..1, and what is being done."""

    fraction: float
    text: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The job ended in one of the folder's errors, named, with its message."""

    error: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """The job's outcome; its arrays were left in shared memory and are None in here."""

    outcome: Outcome
    has_arrays: bool


def physical_cores() -> int:
    """Return the number of physical cores this process may use, at least 1."""
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    cores = set()
    for cpu in allowed:
        with suppress(OSError):
            siblings = f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list"
            cores.add(Path(siblings).read_text(encoding="ascii").strip())
    return len(cores) or len(allowed) or os.cpu_count() or 1


def serve(connection: Connection, folder: Path) -> None:
    """Load the model in ``folder``, say Ready or Failed, then answer jobs until the pipe closes."""
    threads = int(os.environ.get(THREADS_VARIABLE, "0")) or physical_cores()
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # triton's LLVM and Mesa's crash together, and nothing here compiles kernels.
    sys.modules["triton"] = None  # type: ignore[assignment]
    from inference.pipeline.engine import Engine  # noqa: PLC0415  torch stays in the child

    try:
        engine = Engine(folder)
    except InferenceError as error:
        connection.send(Failed(type(error).__name__, str(error)))
        return
    connection.send(Ready(engine.device_name()))
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            job: Job = connection.recv()
            connection.send(_answer(engine, job, connection))


def _answer(engine: Engine, job: Job, connection: Connection) -> Done | Failed:
    def progress(fraction: float, text: str, /) -> None:
        connection.send(Step(fraction, text))

    voxels = _attach(job.voxels, job.shape, job.dtype)
    volume = Volume(voxels, job.affine, job.geometry)
    try:
        outcome = engine.run(volume, job.origin, progress)
    except InferenceError as error:
        return Failed(type(error).__name__, str(error))
    has_arrays = outcome.labels is not None and outcome.heat is not None
    if outcome.labels is not None and outcome.heat is not None:
        _leave(job.labels, outcome.labels)
        _leave(job.heat, outcome.heat)
    return Done(replace(outcome, labels=None, heat=None), has_arrays)


def _attach(name: str, shape: tuple[int, int, int], dtype: str) -> NDArray[np.generic]:
    """Return the child's own copy of an array in shared memory."""
    block = SharedMemory(name)
    try:
        return np.ndarray(shape, dtype=dtype, buffer=block.buf).copy()
    finally:
        block.close()


def _leave(name: str, array: NDArray[np.generic]) -> None:
    block = SharedMemory(name)
    try:
        np.ndarray(array.shape, dtype=array.dtype, buffer=block.buf)[:] = array
    finally:
        block.close()
