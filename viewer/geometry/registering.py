"""Registering two volumes in a process of its own: cancel ends it, a crash harms nothing."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

from viewer.errors import GeometryUnknownError, RegistrationFailedError
from viewer.geometry.alignment import Grid, Registration, thinned
from viewer.ports import Progress
from viewer.records import GeometryKind, Volume

MOST_SECONDS = 180.0
_POLL_SECONDS = 0.05


def register_volumes(
    fixed: Volume, moving: Volume, progress: Progress, *, same_frame: bool = False
) -> Registration:
    """Lay a volume over another by a rigid motion; blocks, so call it off the GUI thread.

    Raises
    ------
    GeometryUnknownError
        One of them does not say where it lies.
    RegistrationFailedError
        The process ended or took too long.
    """
    if GeometryKind.UNKNOWN in {fixed.geometry.kind, moving.geometry.kind}:
        raise GeometryUnknownError("A series that does not say where it lies cannot be registered.")
    grids = [thinned(one.voxels, one.affine) for one in (fixed, moving)]
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_main, args=(theirs, *grids, same_frame), daemon=True
    )
    process.start()
    theirs.close()
    try:
        return _follow(ours, process.is_alive, progress)
    except (EOFError, ConnectionError) as error:
        raise RegistrationFailedError("The registration ended by itself; try it again.") from error
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def _follow(link: Connection, alive: Callable[[], bool], progress: Progress) -> Registration:
    deadline = time.monotonic() + MOST_SECONDS
    fraction, text = 0.0, "Registering the prior study"
    while True:
        progress(fraction, text)
        if link.poll(_POLL_SECONDS):
            told = link.recv()
            if isinstance(told, Registration):
                return told
            fraction, text = told
        elif time.monotonic() > deadline:
            raise RegistrationFailedError("The registration took too long and was ended.")
        elif not alive() and not link.poll():
            raise EOFError


def _main(link: Connection, fixed: Grid, moving: Grid, same_frame: bool) -> None:  # noqa: FBT001 - arguments of a process
    from viewer.geometry.registration import register  # noqa: PLC0415 - SimpleITK, in this process only

    link.send(
        register(fixed, moving, lambda done, text: link.send((done, text)), same_frame=same_frame)
    )
