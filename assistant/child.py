"""A child process behind a pipe: started when it is first needed, ended at once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

_END_SECONDS = 5.0


class Child:
    """At most one living process and the pipe to it; not for several threads at once but ``kill``.

    ``process`` and ``pipe`` are None while there is none.
    """

    def __init__(self) -> None:
        self.process: SpawnProcess | None = None
        self.pipe: Connection | None = None

    @property
    def living(self) -> Connection | None:
        """The pipe to the process, or None where none lives."""
        return self.pipe if self.process is not None and self.process.is_alive() else None

    def start(self, run: Callable[..., None], *arguments: object, name: str) -> Connection:
        """Start ``run(far end of the pipe, *arguments)`` in place of what was; return the pipe."""
        self.end()
        context = get_context("spawn")
        near, far = context.Pipe()
        self.pipe = near
        self.process = context.Process(target=run, args=(far, *arguments), name=name, daemon=True)
        self.process.start()
        far.close()
        return near

    def kill(self) -> None:
        """Kill the process from any thread, whatever another one is doing with it."""
        process = self.process
        if process is not None:
            with contextlib.suppress(ValueError):  # another thread has just ended it
                process.kill()

    def end(self) -> None:
        """End the process and let go of the pipe."""
        pipe, process = self.pipe, self.process
        self.pipe = self.process = None
        if pipe is not None:
            pipe.close()
        if process is not None and process.pid is not None:
            process.kill()
            process.join(_END_SECONDS)
            with contextlib.suppress(ValueError):
                process.close()
