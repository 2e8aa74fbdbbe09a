"""Analysis in a process of its own: warm between jobs, cancelled by ending it.

A crash or an out-of-memory kill in there cannot take the workstation along; the next call starts
a new process. The child is given voxels and geometry, never a key, a name or a database.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference import errors
from inference.errors import InferenceError, WorkerLostError
from inference.models.cards import read_package, shipped_folder
from inference.pipeline.child import Done, Failed, Job, Ready, Step, serve
from inference.pipeline.findings import Origin
from inference.pipeline.gate import judge
from inference.ports import Analysis
from inference.records import ModelCard, Run, RunOutcome
from viewer.ports import Progress
from viewer.records import Series, Volume

_TICK_S = 0.1
_NVIDIA = Path("/proc/driver/nvidia/version")


@dataclass(frozen=True, slots=True)
class _Child:
    process: SpawnProcess
    connection: Connection


class InferenceProcess:
    """An Analyser that runs the tumour model in a spawned child (see inference.ports.Analyser).

    Parameters
    ----------
    folder
        The model's folder (card.json, weights.safetensors); by default the shipped one.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or shipped_folder()
        self._child: _Child | None = None
        self._device = ""
        self._turn = threading.Lock()

    def card(self) -> ModelCard:
        """Return the model's card; raise WeightsError if it cannot be read."""
        return read_package(self._folder).card

    def device(self) -> str:
        """Return "CPU" or the graphics card's name; a guess until the child has started."""
        if self._device:
            return self._device
        return "NVIDIA GPU" if _NVIDIA.exists() else "CPU"

    def child_id(self) -> int | None:
        """Return the process id of the living child, or None."""
        child = self._child
        return child.process.pid if child and child.process.is_alive() else None

    def analyse(self, series: Series, volume: Volume, progress: Progress) -> Analysis:
        """Return the analysis of ``volume``; a refusal by the gate is a Run too.

        Whatever ``progress`` raises ends the child at once and is raised again. One analysis
        runs at a time; a second caller waits.

        Raises
        ------
        WeightsError
            if the weights are not the ones the card names.
        WorkerLostError
            if the child died; the next call starts a new one.
        """
        begun, started_at = time.monotonic(), datetime.now(UTC)
        progress(0.0, "checking that the model fits this series")
        card = self.card()
        verdict = judge(series, volume)
        run = Run(
            id=uuid.uuid4().hex,
            study_uid=series.study_uid,
            series_uid=series.uid,
            model=card.name,
            version=card.version,
            weights_sha256=card.weights_sha256,
            device=self.device(),
            started_at=started_at,
            seconds=0.0,
            outcome=RunOutcome.NOT_ANALYSED,
            reason=verdict.reason,
            gate=verdict.scores,
        )
        if not verdict.accepted:
            return Analysis(replace(run, seconds=time.monotonic() - begun), (), None, None)
        with self._turn:
            analysis = self._ask(run, volume, progress)
        seconds = time.monotonic() - begun
        progress(1.0, "analysed")
        return replace(analysis, run=replace(analysis.run, seconds=seconds, device=self.device()))

    def warm_up(self) -> None:
        """Start the child without waiting for it, so that the first analysis is quicker."""
        with self._turn:
            self._living_child()

    def close(self) -> None:
        """End the child; the next analysis would start another."""
        self._end_child()

    def _ask(self, run: Run, volume: Volume, progress: Progress) -> Analysis:
        shape = volume.voxels.shape
        with (
            _shared(volume.voxels.nbytes) as voxels,
            _shared(volume.voxels.size) as labels,
            _shared(volume.voxels.size * 2) as heat,
        ):
            np.ndarray(shape, volume.voxels.dtype, voxels.buf)[:] = volume.voxels
            job = Job(
                origin=Origin(run.study_uid, run.series_uid, run.id),
                shape=(shape[0], shape[1], shape[2]),
                dtype=volume.voxels.dtype.str,
                affine=volume.affine,
                geometry=volume.geometry,
                voxels=voxels.name,
                labels=labels.name,
                heat=heat.name,
            )
            done = self._converse(job, progress)
            outcome = done.outcome
            run = replace(
                run,
                outcome=outcome.outcome,
                reason=outcome.reason,
                attribution=outcome.attribution,
            )
            if not done.has_arrays:
                return Analysis(run, outcome.findings, None, None)
            drawn: NDArray[np.uint8] = np.ndarray(shape, np.uint8, labels.buf).copy()
            warm: NDArray[np.float16] = np.ndarray(shape, np.float16, heat.buf).copy()
            return Analysis(run, outcome.findings, drawn, warm)

    def _converse(self, job: Job, progress: Progress) -> Done:
        """Hand over the job and pass progress on until it is done; any exception ends the child."""
        try:
            child = self._living_child()
            if not self._device:
                progress(0.01, "loading the model")
            child.connection.send(job)
            last = Step(0.02, "loading the model")
            while True:
                message = self._next(child)
                if isinstance(message, Done):
                    return message
                if isinstance(message, Ready):
                    self._device = message.device
                if isinstance(message, Step):
                    last = message
                progress(last.fraction, last.text)
        except (EOFError, BrokenPipeError, ConnectionError) as error:
            self._end_child()
            raise _lost() from error
        except BaseException:
            self._end_child()
            raise

    def _next(self, child: _Child) -> object:
        """Return the child's next message, or None after a tick without one."""
        ready = wait([child.connection, child.process.sentinel], _TICK_S)
        if child.connection in ready:
            message = child.connection.recv()
        elif child.process.sentinel in ready:
            raise _lost()
        else:
            return None
        if isinstance(message, Failed):
            raise _error(message)
        return message

    def _living_child(self) -> _Child:
        if self._child and self._child.process.is_alive():
            return self._child
        self._end_child()
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=serve, args=(theirs, self._folder), name="inference", daemon=True
        )
        process.start()
        theirs.close()
        self._child = _Child(process, ours)
        return self._child

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.connection.close()
        child.process.terminate()
        child.process.join(2)
        if child.process.is_alive():
            child.process.kill()
            child.process.join()
        child.process.close()


def _lost() -> WorkerLostError:
    return WorkerLostError(
        "The analysis stopped unexpectedly, perhaps for want of memory. Nothing else was lost; "
        "it can be started again."
    )


def _error(message: Failed) -> InferenceError:
    kind = getattr(errors, message.error, InferenceError)
    known: InferenceError = kind(message.text)
    return known


@contextmanager
def _shared(size: int) -> Iterator[SharedMemory]:
    block = SharedMemory(create=True, size=max(1, size))
    try:
        yield block
    finally:
        block.close()
        with suppress(FileNotFoundError):
            block.unlink()
