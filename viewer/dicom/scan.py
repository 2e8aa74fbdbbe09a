"""Scanning a drop: everything is read in a bounded child process, nothing here parses a file."""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import secrets
import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.dicom.entry import main, wait
from viewer.dicom.records import (
    PREVIEW_PX,
    Duplicate,
    Limits,
    Preview,
    Rejected,
    ScannedSeries,
    ScanResult,
)
from viewer.dicom.text import clean_text
from viewer.dicom.wire import series_from_json, voxel_layout
from viewer.lending import reserve
from viewer.ports import Progress

Found = ScannedSeries | Duplicate | Rejected | Preview

GIVEN_UP = "reading was given up after repeated failures"
"""The one reason that leaves files unread: whoever needs them all has not got them."""

NO_ROOM = "there is no room for {:,} MB of shared memory (/dev/shm is full)"

_START_SECONDS = 120.0
_POLL_SECONDS = 0.05
_MOST_HANDS = 4
_STANDARD = Limits()


def scan(paths: Sequence[Path], progress: Progress, limits: Limits = _STANDARD) -> ScanResult:
    """Read files, folders and zip archives into volumes; tell of everything not used.

    Blocks; call it off the GUI thread. An exception from ``progress`` ends the reading process at
    once and goes on to the caller. All volumes are held together: for a large drop use ``stream``.
    """
    series: list[ScannedSeries] = []
    duplicates: list[Duplicate] = []
    rejected: list[Rejected] = []
    held = 0
    for found in stream(paths, progress, limits):
        if isinstance(found, ScannedSeries):
            held += found.volume.voxels.nbytes
            if held <= limits.total_bytes:
                series.append(found)
            else:
                name = found.description or f"series {found.number}"
                rejected.append(Rejected(name, "too much at once; drop it again by itself"))
        elif isinstance(found, Duplicate):
            duplicates.append(found)
        elif isinstance(found, Rejected):
            rejected.append(found)
    return ScanResult(tuple(series), tuple(duplicates), tuple(rejected))


def stream(
    paths: Sequence[Path], progress: Progress, limits: Limits = _STANDARD
) -> Generator[Found, None, None]:
    """Yield volumes, duplicates and rejects as they are found, one volume in memory at a time.

    The first thing may be a preview: the middle slice of a series whose volume is still to come.

    A file that hangs or kills the reading process is named, left out, and the rest is read by a
    new process. Where several frames were being decoded at the time, a new process first does
    them one by one, so that no file is blamed for its neighbour. Closing the iterator ends the
    process.
    """
    state = _State()
    resolved = [_resolved(path) for path in paths]
    while True:
        finished = yield from _one_process(resolved, progress, limits, state)
        if finished:
            break
        if not (state.alone or state.late or state.careful):
            state.careful = True
            continue
        reason = "it took too long to read" if state.late else "it makes the reading process fail"
        yield Rejected(state.name or "the drop", reason)
        if not state.key or len(state.skip) >= limits.crashes:
            yield Rejected("the rest of the drop", GIVEN_UP)
            break
        state.skip.add(state.key)
    progress(1.0, "Reading finished")


@dataclass
class _State:
    """What is known across the reading processes of one scan."""

    skip: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    told: set[tuple[str, str]] = field(default_factory=set)
    key: str = ""
    name: str = field(default="", repr=False)
    alone: bool = True
    careful: bool = False
    fraction: float = 0.0
    text: str = "Starting to read"
    late: bool = False


def _one_process(
    paths: list[Path], progress: Progress, limits: Limits, state: _State
) -> Generator[Found, None, bool]:
    """Run one reading process; True if it came to its end, else ``state`` says where it died."""
    job = (paths, limits, frozenset(state.skip), frozenset(state.done), _hands(state))
    process, ours = _spare_for(job) or _started(main, *job)
    state.late = False
    try:
        seconds = _START_SECONDS
        while (told := _hear(ours, process, progress, state, seconds)) is not None:
            seconds = limits.file_seconds
            if told["kind"] == "done":
                return True
            found = _take(told, ours, limits, state)
            if found is not None:
                yield found
    except (EOFError, ConnectionError):
        state.late = False
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()
    return False


def _hands(state: _State) -> int:
    """How many frames are decoded at a time."""
    return 1 if state.careful else min(_MOST_HANDS, os.cpu_count() or 1)


class _Ahead:
    """The one process that is kept waiting, so that a drop need not wait for its start."""

    lock = threading.Lock()
    kept: tuple[BaseProcess, Connection] | None = None


def start_ahead() -> None:
    """Have a reading process ready for the next drop; it has its parsers loaded and reads nothing.

    Each drop still gets a process of its own: the one that waits serves one drop and ends.
    """
    with _Ahead.lock:
        if _Ahead.kept is None or not _Ahead.kept[0].is_alive():
            _Ahead.kept = _started(wait)


def end_ahead() -> None:
    """End the process that waits, if there is one."""
    with _Ahead.lock:
        kept, _Ahead.kept = _Ahead.kept, None
    if kept is not None:
        kept[0].kill()
        kept[0].join()
        kept[1].close()


def _spare_for(job: tuple[object, ...]) -> tuple[BaseProcess, Connection] | None:
    with _Ahead.lock:
        kept, _Ahead.kept = _Ahead.kept, None
    if kept is None:
        return None
    process, link = kept
    try:
        if process.is_alive():
            link.send(job)
            return kept
    except OSError:
        process.kill()
    link.close()
    return None


def _started(target: Callable[..., None], *job: object) -> tuple[BaseProcess, Connection]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=target, args=(theirs, *job), daemon=True
    )
    process.start()
    theirs.close()
    return process, ours


def _hear(
    link: Connection, process: BaseProcess, progress: Progress, state: _State, seconds: float
) -> dict[str, Any] | None:
    """The next message; None when it stays away too long. Asks ``progress`` while waiting."""
    deadline = time.monotonic() + seconds
    while not link.poll(_POLL_SECONDS):
        progress(state.fraction, state.text)
        if time.monotonic() > deadline:
            state.late = True
            return None
        if not process.is_alive() and not link.poll():
            return None
    told: dict[str, Any] = json.loads(link.recv_bytes())
    if told["kind"] == "step":
        state.key, state.name = str(told["key"]), str(told["name"])
        state.alone = bool(told.get("alone", True))
        state.fraction, state.text = float(told["fraction"]), str(told["text"])
        progress(state.fraction, state.text)
    return told


def _take(told: dict[str, Any], link: Connection, limits: Limits, state: _State) -> Found | None:
    if told["kind"] == "series":
        return _take_series(told, link, limits, state)
    if told["kind"] == "preview":
        return _take_preview(told)
    if told["kind"] not in ("rejected", "duplicate"):
        return None
    name, reason = clean_text(told["name"]), clean_text(told["reason"])
    if (name, reason) in state.told:
        return None
    state.told.add((name, reason))
    return Duplicate(name, reason) if told["kind"] == "duplicate" else Rejected(name, reason)


def _take_preview(told: dict[str, Any]) -> Preview | None:
    """A small picture; anything of another size than announced is dropped."""
    data = base64.b64decode(told["gray"])
    rows, columns = (int(edge) for edge in told["shape"])
    if not (0 < rows <= PREVIEW_PX and 0 < columns <= PREVIEW_PX and len(data) == rows * columns):
        return None
    return Preview(np.frombuffer(data, np.uint8).reshape(rows, columns), int(told["slices"]))


def _take_series(told: dict[str, Any], link: Connection, limits: Limits, state: _State) -> Found:
    """Lend memory for the voxels, let them be written, copy them out, give the memory back.

    Where there is no room for them the series is refused: a page that is missing when it is
    written to ends its writer by a bus error.
    """
    headers = link.recv_bytes()
    if told["uid"] in state.done:
        link.send_bytes(b"")
        return Duplicate(clean_text(told["description"]), "the same as another file of the drop")
    shape, dtype = voxel_layout(told, limits)
    name = f"sagittal-{os.getpid()}-{secrets.token_hex(4)}"
    size = shape[0] * shape[1] * shape[2] * dtype.itemsize
    lent = SharedMemory(name, create=True, size=size)
    try:
        try:
            reserve(name, size)
        except OSError:
            link.send_bytes(b"")
            return Rejected(clean_text(told["description"]), NO_ROOM.format(size >> 20))
        link.send_bytes(lent.name.encode())
        voxels = _copied(link, lent, np.empty(shape, dtype), limits)
    finally:
        lent.close()
        lent.unlink()
    state.done.add(str(told["uid"]))
    return series_from_json(told, headers, voxels)


def _copied(
    link: Connection, lent: SharedMemory, voxels: NDArray[Any], limits: Limits
) -> NDArray[Any]:
    if not link.poll(limits.file_seconds):
        raise EOFError
    link.recv_bytes()
    shared: NDArray[Any] = np.ndarray(voxels.shape, voxels.dtype, buffer=lent.buf)
    voxels[...] = shared
    del shared
    return voxels


def _resolved(path: Path) -> Path:
    """What was dropped may itself be a link; below it none is followed."""
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError):
        return path.absolute()
