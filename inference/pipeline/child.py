"""The worker process's side: answers one job after another until its pipe closes.

Importing this module is light; torch arrives in ``serve``, which runs in the child only.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from inference.errors import InferenceError
from inference.pipeline import memory
from inference.pipeline.estimate import too_large
from inference.pipeline.messages import Done, Failed, Job, Ready, Step
from inference.pipeline.options import EngineOptions
from inference.pipeline.outcome import Outcome
from inference.ports import Question
from inference.records import RunOutcome
from viewer.ports import Progress
from viewer.records import Volume

if TYPE_CHECKING:
    from inference.models.own.records import Trial
    from inference.pipeline.admission import Admitting

    class Answering(Admitting, Protocol):
        """What a child that analyses has loaded."""

        def on_processor(self) -> bool: ...
        def was_short(self, error: BaseException, /) -> bool: ...
        def answer(self, volume: Volume, question: Question, progress: Progress, /) -> Outcome: ...
        def attempt(self, volume: Volume, progress: Progress, /) -> Trial: ...


THREADS_VARIABLE = "SAGITTAL_THREADS"
_NICENESS = 5


def physical_cores() -> int:
    """Return the number of physical cores this process may use, at least 1."""
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    cores = set()
    for cpu in allowed:
        with suppress(OSError):
            siblings = f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list"
            cores.add(Path(siblings).read_text(encoding="ascii").strip())
    return len(cores) or len(allowed) or os.cpu_count() or 1


def serve(connection: Connection, folder: Path, options: EngineOptions) -> None:
    """Load the model in ``folder``, say Ready or Failed, then answer jobs until the pipe closes."""
    settle_in()
    threads = ready_for_torch(options.threads)
    from inference.pipeline.engine import Engine  # noqa: PLC0415  torch stays in the child

    try:
        engine = Engine(folder, replace(options, threads=threads))
        engine.wake()
    except InferenceError as error:
        connection.send(Failed(type(error).__name__, str(error)))
        return
    floor = memory.data_bytes()
    connection.send(Ready(engine.device_name()))
    answer_jobs(connection, engine, floor)


def answer_jobs(connection: Connection, engine: Answering, floor: int) -> None:
    """Answer one job after another until the pipe closes, each within its budget of memory."""
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            job: Job = connection.recv()
            if engine.on_processor():
                memory.confine(floor, job.budget)
            connection.send(_answer(engine, job, connection))


def ready_for_torch(threads: int = 0) -> int:
    """Set what torch reads when it is imported; return how many threads it shall run.

    ``threads`` 0 takes what SAGITTAL_THREADS says, else the physical cores.
    """
    threads = threads or int(os.environ.get(THREADS_VARIABLE, "0")) or physical_cores()
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # triton's LLVM and Mesa's crash together, and nothing here compiles kernels.
    sys.modules["triton"] = None  # type: ignore[assignment]
    return threads


def settle_in() -> None:
    """Give way to the program: in processor time, in memory, and when it ends."""
    memory.die_first()
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()


def _leave_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _answer(engine: Answering, job: Job, connection: Connection) -> Done | Failed | Trial:
    """Do a job on the voxels where the program put them; nothing of them is copied or kept."""
    block = SharedMemory(job.voxels)
    try:
        answer = _analysed(engine, job, block, connection)
    finally:
        with suppress(BufferError):
            block.close()
    if not isinstance(answer, Outcome):
        return answer
    if answer.labels is not None:
        _leave(job.labels, answer.labels)
    if answer.heat is not None:
        _leave(job.heat, answer.heat)
    bare = replace(answer, labels=None, heat=None)
    return Done(bare, answer.labels is not None, answer.heat is not None)


def _analysed(
    engine: Answering, job: Job, block: SharedMemory, connection: Connection
) -> Outcome | Failed | Trial:
    def progress(fraction: float, text: str, /) -> None:
        connection.send(Step(fraction, text))

    from inference.pipeline.admission import admit, answer  # noqa: PLC0415  torch stays in the child

    voxels: NDArray[np.generic] = np.ndarray(job.shape, dtype=job.dtype, buffer=block.buf)
    voxels.flags.writeable = False
    volume = Volume(voxels, job.affine, job.series.geometry)
    try:
        if job.trial:
            return engine.attempt(volume, progress)
        if job.question is not None:
            return answer(engine, job, job.question, volume, progress)
        return admit(engine, job, volume, progress)
    except InferenceError as error:
        return Failed(type(error).__name__, str(error))
    except (BrokenPipeError, EOFError):
        raise
    except Exception as error:  # noqa: BLE001 - the process's door: told to the program, without data
        if engine.was_short(error):
            return Outcome(RunOutcome.NOT_ANALYSED, too_large(job.budget))
        frames = reversed(traceback.extract_tb(error.__traceback__)[-4:])
        places = " < ".join(f"{Path(one.filename).name}:{one.lineno}" for one in frames)
        told = f"{type(error).__name__} at {places}"
        return Failed("AnalysisFailedError", f"A fault of the program ended the analysis: {told}.")


def _leave(name: str, array: NDArray[np.generic]) -> None:
    block = SharedMemory(name)
    try:
        np.ndarray(array.shape, dtype=array.dtype, buffer=block.buf)[:] = array
    finally:
        block.close()
