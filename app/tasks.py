"""Work off the GUI thread: lanes, progress, cancel.

A job is a plain callable taking ``progress(fraction, text)``; it knows nothing of Qt. It is
cancelled by the next progress call it makes, which raises CancelledError.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from viewer.ports import Progress

T = TypeVar("T")


class CancelledError(Exception):
    """Raised inside a job by progress() once its task is cancelled."""


class Lane(Enum):
    """Where a job runs; the value is how many run there at once.

    ANALYSIS has room for those that wait: the analyser itself runs one at a time, by priority.
    """

    DATABASE = ("database", 1)
    COMPUTE = ("compute", 1)
    ANALYSIS = ("analysis", 8)
    IO = ("io", 4)
    BACKUP = ("backup", 1)


class Task:
    """A handle on one job; all it can do is ask the job to stop."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def cancel(self) -> None:
        """Stop the job at its next progress call; late results are dropped."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether cancel() has been called."""
        return self._stop.is_set()


class Tasks(QObject):
    """Runs jobs on lanes and brings their outcome back to the GUI thread."""

    _wake = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = {lane: ThreadPoolExecutor(lane.value[1], lane.value[0]) for lane in Lane}
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._live: set[Task] = set()
        self._wake.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        lane: Lane,
        job: Callable[[Progress], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        progressed: Progress | None = None,
        cancelled: Callable[[], None] | None = None,
    ) -> Task:
        """Start ``job(progress)``; every callback runs on the GUI thread.

        Callbacks are arguments, not signals to connect afterwards: a quick job may finish
        before the caller's next line. After cancel() only ``cancelled`` is called.
        """
        task = Task()
        self._live.add(task)

        def report(fraction: float, text: str, /) -> None:
            if task.cancelled:
                raise CancelledError
            if progressed is not None:
                self._deliver(task, lambda: progressed(fraction, text))

        def work() -> None:
            try:
                report(0.0, "")
                result = job(report)
            except CancelledError:
                self._finish(task, lambda: None, cancelled)
            except Exception as error:  # noqa: BLE001 - the door: told to the caller, never swallowed
                reason = error
                self._finish(task, lambda: failed(reason), cancelled)
            else:
                self._finish(task, lambda: done(result), cancelled)

        self._lanes[lane].submit(work)
        return task

    @property
    def busy(self) -> bool:
        """Whether a job has not been delivered yet."""
        return bool(self._live)

    def on_gui_thread(self, call: Callable[[], None]) -> None:
        """Run ``call`` on the GUI thread soon; may be asked from any thread."""
        self._inbox.put(call)
        self._wake.emit()

    def close(self) -> None:
        """Cancel everything and wait for the lanes to empty."""
        for task in tuple(self._live):
            task.cancel()
        for executor in self._lanes.values():
            executor.shutdown(wait=True, cancel_futures=True)
        self._live.clear()

    def _deliver(self, task: Task, call: Callable[[], None]) -> None:
        def unless_cancelled() -> None:
            if not task.cancelled:
                call()

        self.on_gui_thread(unless_cancelled)

    def _finish(
        self, task: Task, call: Callable[[], None], cancelled: Callable[[], None] | None
    ) -> None:
        def last() -> None:
            self._live.discard(task)
            if not task.cancelled:
                call()
            elif cancelled is not None:
                cancelled()

        self.on_gui_thread(last)

    @Slot()
    def _drain(self) -> None:
        while not self._inbox.empty():
            self._inbox.get_nowait()()
