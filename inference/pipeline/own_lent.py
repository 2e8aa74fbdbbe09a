"""A clinic's weights lent to the child through shared memory: never on a disk in the clear."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np

from inference.errors import InferenceError
from inference.models.own.architectures import first_width
from inference.models.own.files import Content
from inference.models.own.records import Container, OwnCard
from inference.pipeline import memory
from inference.pipeline.child import answer_jobs, ready_for_torch, settle_in
from inference.pipeline.handle import Serve
from inference.pipeline.messages import Failed, Ready
from inference.pipeline.options import EngineOptions

_LOADING = 1024 * memory.MIB


@dataclass(frozen=True, slots=True)
class Lent:
    """What the child is told of a model: its card, and where its weights lie for now."""

    container: Container
    card: OwnCard
    block: str
    size: int

    def weights(self) -> Content:
        """Return a copy of the weights."""
        block = SharedMemory(self.block)
        try:
            return np.ndarray(self.size, np.uint8, buffer=block.buf).copy()
        finally:
            block.close()


@contextmanager
def lent(container: Container, card: OwnCard, weights: Content) -> Iterator[Serve]:
    """Lend the weights for as long as a child may have to be started; yield what it shall run."""
    block = SharedMemory(create=True, size=len(weights))
    try:
        np.ndarray(len(weights), np.uint8, buffer=block.buf)[:] = weights
        yield partial(serve_own, Lent(container, card, block.name, len(weights)))
    finally:
        block.close()
        with suppress(FileNotFoundError):
            block.unlink()


def serve_own(lent: Lent, connection: Connection, _folder: Path, options: EngineOptions) -> None:
    """Load the model, say Ready or Failed, then answer jobs until the pipe closes.

    Loading is confined too: what a file makes a library allocate ends in an error, not in the
    machine's memory.
    """
    settle_in()
    threads = ready_for_torch(options.threads)
    from inference.pipeline.devices import out_of_memory  # noqa: PLC0415 - torch stays in the child
    from inference.pipeline.own_engine import OwnEngine  # noqa: PLC0415 - as above

    bounds = EngineOptions(device="cpu", deterministic=options.deterministic, threads=threads)
    memory.confine(memory.data_bytes(), _LOADING + 6 * lent.size)
    try:
        engine = OwnEngine(lent, bounds)
    except InferenceError as error:
        connection.send(Failed(type(error).__name__, str(error)))
        return
    except (MemoryError, RuntimeError) as error:
        if not out_of_memory(error):
            raise
        connection.send(Failed("OwnModelError", "The model takes too much memory to be loaded."))
        return
    floor = memory.data_bytes()
    connection.send(Ready(engine.device_name()))
    answer_jobs(connection, engine, floor)


def needed_bytes(card: OwnCard, shape: tuple[int, ...], item_bytes: int) -> int:
    """Return about what asking the model about a series takes at its peak, beside its weights."""
    grid = card.input
    slices, rows, columns = shape
    pixels = grid.side_px**2
    along = max(slices, grid.depth_px)
    at_once = (4 if grid.dimensions == 2 else grid.depth_px) * pixels
    features = at_once * max(first_width(card), 16) * 4 * 6
    answers = along * pixels * 4 * (3 * len(card.output.classes) + 6)
    return 300 * memory.MIB + features + answers + slices * rows * columns * (8 + item_bytes)
