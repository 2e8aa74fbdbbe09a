"""Registering two volumes in a process of its own: cancel ends it, a crash harms nothing."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import GeometryUnknownError, RegistrationFailedError
from viewer.ports import Progress
from viewer.records import GeometryKind, Volume

WORKING_MM = 2.0
"""Voxels are thinned to about this spacing first: finer ones cost time and bring no better fit."""

MOST_SECONDS = 180.0
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """How to get from the fixed volume to the moving one.

    ``matrix`` (4x4) maps LPS+ mm of the fixed volume to LPS+ mm of the moving one. The scores are
    mutual information in nats over the fixed volume, before and after; with ``ok`` false the reason
    says why the result is not to be used.
    """

    matrix: NDArray[np.float64]
    score_before: float
    score_after: float
    ok: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Voxels (slices, rows, columns) as float32 with their affine to LPS+ mm."""

    voxels: NDArray[np.float32]
    affine: NDArray[np.float64]


def thinned(voxels: NDArray[Any], affine: NDArray[np.float64]) -> Grid:
    """Return the mean over whole blocks of voxels, so that the spacing comes near WORKING_MM."""
    spacing = np.linalg.norm(affine[:3, :3], axis=0)[::-1]  # slices, rows, columns
    steps = [max(round(WORKING_MM / float(mm)), 1) for mm in spacing]
    steps = [min(step, size) for step, size in zip(steps, voxels.shape, strict=True)]
    kept = [size // step * step for size, step in zip(voxels.shape, steps, strict=True)]
    part = np.asarray(voxels[: kept[0], : kept[1], : kept[2]], dtype=np.float32)
    blocks = part.reshape(
        kept[0] // steps[0], steps[0], kept[1] // steps[1], steps[1], kept[2] // steps[2], steps[2]
    )
    along = np.array(steps[::-1], dtype=np.float64)
    moved = affine.copy()
    moved[:3, :3] = affine[:3, :3] * along
    moved[:3, 3] += affine[:3, :3] @ ((along - 1.0) / 2.0)
    return Grid(np.ascontiguousarray(blocks.mean(axis=(1, 3, 5))), moved)


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
