"""The sentence embedders' own process: texts in, unit vectors out, nothing kept.

It holds no key, no database and no record. A request is JSON, the name of a model and a list of
texts; the answer is a JSON word, and after ``done`` the vectors as little-endian float32.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assistant.engine.e5 import FOR_MESSAGES, FOR_PAIRS, e5_made_ready
from assistant.engine.minilm import made_ready
from assistant.errors import ModelUnavailableError

if TYPE_CHECKING:
    from llama_cpp import Llama

ENGLISH = "english"
MESSAGES = "messages"
PAIRS = "pairs"
DIMENSIONS = 384
LONGEST_TOKENS = {ENGLISH: 512, MESSAGES: 256, PAIRS: 512}
"""What is read of a text, in word pieces; a tuned encoder asks for memory by this."""
_TUNED = {MESSAGES: FOR_MESSAGES, PAIRS: FOR_PAIRS}
LARGEST_BYTES = 1 << 30
LONGEST_TEXT = 4000


def run(connection: Connection, folder: str) -> None:
    """Serve requests until the other end closes; each model is loaded when it is first asked.

    Messages out: ``done`` (then the vectors), ``refused`` (a model is not to be had; with the
    reason), ``failed`` (a text could not be read).
    """
    os.environ["OMP_WAIT_POLICY"] = "passive"  # spinning threads starve whoever else computes
    _bound_memory()
    models = _Models(Path(folder))
    while (request := _receive(connection)) is not None:
        name, texts = request
        try:
            vectors = models.embed(name, [text[:LONGEST_TEXT] for text in texts])
        except ModelUnavailableError as error:
            _send(connection, "refused", str(error))
        except (ValueError, RuntimeError, OSError, MemoryError) as error:
            _send(connection, "failed", str(error))
        else:
            _send(connection, "done")
            connection.send_bytes(vectors.astype("<f4").tobytes())
    models.close()


class _Models:
    """All embedders, each loaded at its first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: dict[str, Llama] = {}

    def embed(self, name: str, texts: Sequence[str]) -> NDArray[np.float32]:
        if name not in self._loaded:
            self._loaded[name] = load(self._file(name), LONGEST_TOKENS[name])
        if name in _TUNED:
            texts = [worded(text) for text in texts]
        return embedded(self._loaded[name], texts)

    def _file(self, name: str) -> Path:
        if name in _TUNED:
            return e5_made_ready(self._folder, _TUNED[name])
        return made_ready(self._folder)

    def close(self) -> None:
        for one in self._loaded.values():
            one.close()


def worded(text: str) -> str:
    """A message as the tuned encoder has to be given it: in compatible letters, marked as asked.

    llama.cpp splits such a text into the pieces that the published model was trained on.
    """
    return f"query: {unicodedata.normalize('NFKC', text)}"


def pieces_of(path: Path, texts: Sequence[str], name: str = MESSAGES) -> list[list[int]]:
    """Numbers of the word pieces of each text as a tuned encoder in a file counts them."""
    longest = LONGEST_TOKENS[name]
    model = load(path, longest)
    try:
        return [model.tokenize(worded(text).encode())[:longest] for text in texts]
    finally:
        model.close()


def embedded(model: Llama, texts: Sequence[str]) -> NDArray[np.float32]:
    """One unit vector a text, shape (n, 384); an empty text gets that of no word at all.

    One text at a time, so that a text's vector does not hang on what it was asked with.
    """
    vectors = np.empty((len(texts), DIMENSIONS), np.float32)
    for row, text in enumerate(texts):
        found: Any = model.embed(text)
        vectors[row] = found
    lengths = np.sqrt(np.square(vectors).sum(axis=1, keepdims=True))
    vectors /= np.maximum(lengths, np.float32(1e-12))
    return vectors


def load(path: Path, longest: int) -> Llama:
    """The model on one thread: a sentence takes few milliseconds, and the rest is left free."""
    from llama_cpp import Llama  # noqa: PLC0415 - only this process may pay for it

    model = Llama(
        model_path=str(path),
        embedding=True,
        n_ctx=longest,
        n_batch=longest,
        n_threads=1,
        n_threads_batch=1,
        n_gpu_layers=0,
        verbose=False,
    )
    model.scores = np.empty((0, 0), np.float32)  # room for guessing words, never used: 244 MB
    return model


def _bound_memory() -> None:
    """Let the process take at most a gibibyte, where the system knows such a bound."""
    try:
        import resource  # noqa: PLC0415 - missing on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (LARGEST_BYTES, LARGEST_BYTES))


def _send(connection: Connection, kind: str, text: str = "") -> None:
    connection.send_bytes(json.dumps([kind, text]).encode())


def _receive(connection: Connection) -> tuple[str, list[str]] | None:
    """The next request, or None when there will be no more."""
    try:
        name, texts = json.loads(connection.recv_bytes())
    except (EOFError, OSError):
        return None
    return name, texts
