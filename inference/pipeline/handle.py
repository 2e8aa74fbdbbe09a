"""One analysis process as the program holds it: started, listened to, watched, ended."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Protocol

from inference.errors import WorkerGreedyError, WorkerLostError, WorkerSilentError
from inference.pipeline.memory import MIB, private_bytes
from inference.pipeline.messages import Ready
from inference.pipeline.options import EngineOptions

Serve = Callable[[Connection, Path, EngineOptions], None]
_TICK_S = 0.1
_MARGIN = 1.15
_KILLED = -9
_AGAIN = "Nothing else was lost; it can be started again."


class Job(Protocol):
    """What a child process is given to do; ``budget`` is the bytes it may take."""

    @property
    def budget(self) -> int: ...


class Handle:
    """A child process that analyses.

    Parameters
    ----------
    serve
        What runs in it: answers jobs until its pipe closes.
    folder, options
        Handed to it: the model's folder and the bounds it runs within.
    """

    def __init__(self, serve: Serve, folder: Path, options: EngineOptions) -> None:
        self.options = options
        self.device = ""
        self.ended = False
        self._floor: int | None = None
        self._budget = 0
        self._heard = time.monotonic()
        context = multiprocessing.get_context("spawn")
        self._link, theirs = context.Pipe()
        self._process = context.Process(
            target=serve, args=(theirs, folder, options), name="inference", daemon=True
        )
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int | None:
        """The process id while it lives, else None."""
        try:
            return self._process.pid if self._process.is_alive() else None
        except ValueError:  # another thread has just ended it
            return None

    def give(self, job: Job) -> None:
        """Hand over a job; from now on the process is listened for."""
        self._heard = time.monotonic()
        self._budget = job.budget
        try:
            self._link.send(job)
        except OSError as error:
            raise self._lost() from error

    def next(self) -> object:
        """Return the process's next message, or None after a tick without one.

        Raises
        ------
        WorkerLostError
            It died, was silent for too long, or takes more memory than the job's budget.
        """
        try:
            message = self._hear()
        except (EOFError, OSError, ValueError) as error:
            raise self._lost() from error
        self._watch()
        return message

    def end(self) -> None:
        """End the process at once; it holds nothing that would be lost."""
        self.ended = True
        self._link.close()
        self._process.kill()
        self._process.join()
        self._process.close()

    def _hear(self) -> object:
        ready = wait([self._link, self._process.sentinel], _TICK_S)
        if self._link not in ready:
            if ready:
                raise EOFError
            return None
        message: object = self._link.recv()
        self._heard = time.monotonic()
        if isinstance(message, Ready):
            self.device = message.device
            self._floor = self._held()
        return message

    def _watch(self) -> None:
        silent = time.monotonic() - self._heard
        most = self.options.silence_s if self.device else self.options.start_s
        if silent > most:
            raise WorkerSilentError(
                f"The analysis gave no sign of progress for {silent:.0f} seconds and was ended. "
                + _AGAIN
            )
        held = self._held()
        if self._floor is None or held is None:
            return
        taken = held - self._floor
        if taken > _MARGIN * self._budget:
            raise WorkerGreedyError(
                f"The analysis took {taken // MIB:,} MB of memory, more than the "
                f"{self._budget // MIB:,} MB it may, and was ended. " + _AGAIN
            )

    def _held(self) -> int | None:
        pid = self.pid
        return private_bytes(pid) if pid is not None else None

    def _lost(self) -> WorkerLostError:
        if self.ended:
            return WorkerLostError("The analysis was ended, as the program closes.")
        self._process.join(1)
        code = self._process.exitcode
        if code == _KILLED:
            why = "was ended by the system, perhaps for want of memory"
        elif code is not None and code < 0:
            why = f"crashed ({_name(-code)})"
        else:
            why = "stopped unexpectedly"
        return WorkerLostError(f"The analysis {why}. {_AGAIN}")


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
