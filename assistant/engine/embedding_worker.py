"""The sentence embedder's own process: texts in, unit vectors out, nothing kept.

It holds no key, no database and no record. A request is a JSON list of texts; the answer is a
JSON word, and after ``done`` the vectors as little-endian float32.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assistant.engine.minilm import DIMENSIONS, LONGEST_TOKENS, made_ready
from assistant.errors import ModelUnavailableError

if TYPE_CHECKING:
    from llama_cpp import Llama

LARGEST_BYTES = 1 << 30
LONGEST_TEXT = 4000


def run(connection: Connection, folder: str) -> None:
    """Load the model, making its file first where it is missing, and serve until the end.

    Messages out: ``ready``, ``refused`` (with the reason), ``done`` (then the vectors), ``failed``.
    """
    os.environ["OMP_WAIT_POLICY"] = "passive"  # spinning threads starve whoever else computes
    _bound_memory()
    try:
        model = _load(made_ready(Path(folder)))
    except (ModelUnavailableError, ValueError, OSError, RuntimeError) as error:
        _send(connection, "refused", str(error))
        return
    _send(connection, "ready")
    while (texts := _receive(connection)) is not None:
        try:
            vectors = embedded(model, texts)
        except (ValueError, RuntimeError, MemoryError) as error:
            _send(connection, "failed", str(error))
        else:
            _send(connection, "done")
            connection.send_bytes(vectors.astype("<f4").tobytes())
    model.close()


def embedded(model: Llama, texts: Sequence[str]) -> NDArray[np.float32]:
    """One unit vector a text, shape (n, 384); an empty text gets that of no word at all.

    One text at a time, so that a text's vector does not hang on what it was asked with.
    """
    vectors = np.empty((len(texts), DIMENSIONS), np.float32)
    for row, text in enumerate(texts):
        found: Any = model.embed(text[:LONGEST_TEXT])
        vectors[row] = found
    lengths = np.sqrt(np.square(vectors).sum(axis=1, keepdims=True))
    vectors /= np.maximum(lengths, np.float32(1e-12))
    return vectors


def _load(path: Path) -> Llama:
    """The model on one thread: a sentence takes few milliseconds, and the rest is left free."""
    from llama_cpp import Llama  # noqa: PLC0415 - only this process may pay for it

    return Llama(
        model_path=str(path),
        embedding=True,
        n_ctx=LONGEST_TOKENS,
        n_batch=LONGEST_TOKENS,
        n_threads=1,
        n_threads_batch=1,
        n_gpu_layers=0,
        verbose=False,
    )


def _bound_memory() -> None:
    """Let the process take at most a gibibyte, where the system knows such a bound."""
    try:
        import resource  # noqa: PLC0415 - missing on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (LARGEST_BYTES, LARGEST_BYTES))


def _send(connection: Connection, kind: str, text: str = "") -> None:
    connection.send_bytes(json.dumps([kind, text]).encode())


def _receive(connection: Connection) -> list[str] | None:
    """The next texts, or None when there will be no more."""
    try:
        texts: list[str] = json.loads(connection.recv_bytes())
    except (EOFError, OSError):
        return None
    return texts
