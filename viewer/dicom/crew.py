"""Frames decoded several at a time, and whoever fails named."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from viewer.dicom.header import Header
from viewer.errors import UnreadableFileError, UnreadableSeriesError

Tick = Callable[[str], None]
"""Told the name of whatever is waited for, at least once per frame."""

LEAVE = (KeyboardInterrupt, SystemExit, GeneratorExit)
"""What ends the reading process; anything else is the fault of the file being read."""

_LARGE_FRAME = 64 << 20
"""Frames from this size on are decoded one at a time, so that no two need memory together."""


class Crew:
    """Does the work on frames, on threads where there is more than one of ``hands``.

    The oldest piece of work is the one that is waited for, and its file's name is told before, so
    that a file that hangs is named rightly. ``faults`` says what went wrong, once per object.
    """

    def __init__(self, tick: Tick, hands: int = 1) -> None:
        self.tick = tick
        self.faults: list[tuple[Header, str]] = []
        self._blamed: set[int] = set()
        self._ahead = 2 * hands if hands > 1 else 0
        self._pool = ThreadPoolExecutor(hands) if hands > 1 else None
        self._waiting: deque[tuple[Header, Future[None]]] = deque()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        while self._waiting and kind is None:
            self._wait()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def work(self, header: Header, job: Callable[[], None]) -> None:
        """Do a frame's work now or soon; what fails is kept in ``faults``."""
        if id(header) in self._blamed:
            return
        if self._pool is None or header.form.frame_bytes >= _LARGE_FRAME:
            while self._waiting:
                self._wait()
            self._do(header, job)
            return
        self._waiting.append((header, self._pool.submit(job)))
        if len(self._waiting) > self._ahead:
            self._wait()

    def blame(self, header: Header, error: BaseException) -> None:
        """Keep why an object cannot be used; the first reason counts."""
        if id(header) not in self._blamed:
            self._blamed.add(id(header))
            self.faults.append((header, plain_reason(error)))

    def _wait(self) -> None:
        header, future = self._waiting.popleft()
        self.tick(header.source.name)
        self._do(header, future.result)

    def _do(self, header: Header, job: Callable[[], None]) -> None:
        try:
            job()
        except LEAVE:
            raise
        except BaseException as error:  # noqa: BLE001 - a codec's panic is no Exception
            self.blame(header, error)
        self.tick(header.source.name)


def plain_reason(error: BaseException) -> str:
    """A sentence for a person from whatever a decoder raised."""
    if isinstance(error, UnreadableFileError | UnreadableSeriesError):
        return str(error)
    if isinstance(error, MemoryError):
        return "it needs more memory than a file may take"
    if isinstance(error, RecursionError):
        return "its header is nested too deeply"
    return f"it is damaged or of a kind this program cannot decode ({type(error).__name__})"
