"""The child that runs a clinic's own model: what it is lent, and what it serves.

Importing this module is light; torch arrives in ``serve_own``, which runs in the child only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np

from inference.errors import InferenceError
from inference.models.own.files import Content
from inference.models.own.records import Container, OwnCard
from inference.pipeline import memory
from inference.pipeline.child import answer_jobs, ready_for_torch, settle_in
from inference.pipeline.handle import Serve
from inference.pipeline.messages import Failed, Ready
from inference.pipeline.options import EngineOptions
from inference.pipeline.own_lent import Lent

_LOADING = 1024 * memory.MIB


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
