"""Voxels lent to the child that analyses, and the room it leaves its results in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.shared_memory import SharedMemory

import numpy as np
from numpy.typing import NDArray

from inference.errors import MemoryShortError
from inference.pipeline import memory
from inference.pipeline.findings import Origin
from inference.pipeline.messages import Job
from inference.ports import Question
from viewer.lending import reserve
from viewer.records import Series, Volume


@dataclass(frozen=True, slots=True, eq=False)
class LentJob:
    """A job, and the arrays it leaves its results in, for as long as they are lent."""

    job: Job
    labels: NDArray[np.uint8]
    heat: NDArray[np.float16]


@contextmanager
def lent_job(
    origin: Origin,
    series: Series,
    volume: Volume,
    budget: int,
    question: Question | None = None,
    *,
    trial: bool = False,
) -> Iterator[LentJob]:
    """Lend a child the voxels of a job and room for its results."""
    shape = volume.voxels.shape
    with (
        shared(volume.voxels.nbytes) as voxels,
        shared(volume.voxels.size) as labels,
        shared(volume.voxels.size * 2) as heat,
    ):
        np.ndarray(shape, volume.voxels.dtype, voxels.buf)[:] = volume.voxels
        job = Job(
            origin=origin,
            series=replace(series, pixel_file="", header_file=""),
            shape=(shape[0], shape[1], shape[2]),
            dtype=volume.voxels.dtype.str,
            affine=volume.affine,
            voxels=voxels.name,
            labels=labels.name,
            heat=heat.name,
            budget=budget,
            question=question,
            trial=trial,
        )
        drawn: NDArray[np.uint8] = np.ndarray(shape, np.uint8, labels.buf)
        warm: NDArray[np.float16] = np.ndarray(shape, np.float16, heat.buf)
        lent = LentJob(job, drawn, warm)
        try:
            yield lent
        finally:
            del lent, drawn, warm


@contextmanager
def shared(size: int) -> Iterator[SharedMemory]:
    """Lend a block of shared memory that has all its pages; raise MemoryShortError if none is."""
    block = SharedMemory(create=True, size=max(1, size))
    try:
        try:
            reserve(block.name, max(1, size))
        except OSError as error:
            raise MemoryShortError(
                f"Not analysed, because there is no room for {size // memory.MIB:,} MB of shared "
                "memory (/dev/shm is full)."
            ) from error
        yield block
    finally:
        block.close()
        with suppress(FileNotFoundError):
            block.unlink()
