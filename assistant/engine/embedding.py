"""The sentence embedder behind its port: MiniLM run by llama.cpp in a child process.

A crash or an out-of-memory kill ends the child and nothing else: the call is tried once more with
a new child, which is ready in about half a second.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.child import Child
from assistant.engine.embedding_worker import run
from assistant.engine.minilm import DIMENSIONS
from assistant.errors import AssistantError, EngineLostError, ModelUnavailableError

_START_SECONDS = 120.0
_TEXT_SECONDS = 10.0
_REMEMBERED = 16


class EmbeddingProcess:
    """An Embedder whose child process starts at the first call.

    Calls from several threads queue up. The vectors of the last texts are remembered, because one
    message is judged several times, until ``forget``.

    Parameters
    ----------
    folder
        Where the model's file is kept, and made at the first start (46 MB).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = threading.Lock()
        self._child = Child()
        self._recent: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector a text, shape (n, 384), the same whatever a text is asked with.

        Raises
        ------
        ModelUnavailableError
            If the model is not installed, not the pinned one, or its file can not be made.
        EngineLostError
            If the child died twice over this call; the next call starts another.
        """
        with self._turn:
            missing = [one for one in dict.fromkeys(texts) if one not in self._recent]
            fresh = dict(zip(missing, self._asked(missing), strict=True)) if missing else {}
            rows = [fresh[one] if one in fresh else self._recent[one] for one in texts]
            self._remember(fresh)
        return np.stack(rows) if rows else np.empty((0, DIMENSIONS), np.float32)

    def forget(self) -> None:
        """End the child, and with it every trace of what it was told."""
        with self._turn:
            self._recent.clear()
            self._child.end()

    def close(self) -> None:
        """End the child at once, even in the middle of a call; may be called again."""
        self._child.kill()
        self.forget()

    def _remember(self, fresh: dict[str, NDArray[np.float32]]) -> None:
        self._recent.update(fresh)
        while len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)

    def _asked(self, texts: list[str]) -> NDArray[np.float32]:
        """The child's answer; one more try if it is lost on the way."""
        try:
            return self._once(texts)
        except EngineLostError:
            return self._once(texts)

    def _once(self, texts: list[str]) -> NDArray[np.float32]:
        try:
            pipe = self._started()
            pipe.send_bytes(json.dumps(texts).encode())
            kind, _reason = _next(pipe, _TEXT_SECONDS * (1 + len(texts)))
            if kind != "done":
                raise AssistantError("The sentence embedder could not read this.")
            data = np.frombuffer(pipe.recv_bytes(), "<f4").astype(np.float32)
        except (EOFError, OSError) as error:
            self._child.end()
            raise EngineLostError("The sentence embedder stopped unexpectedly.") from error
        return data.reshape(len(texts), DIMENSIONS)

    def _started(self) -> Connection:
        """The pipe to a child that has its model loaded."""
        living = self._child.living
        if living is not None:
            return living
        near = self._child.start(run, str(self._folder), name="sentence-embedder")
        kind, reason = _next(near, _START_SECONDS)
        if kind != "ready":
            self._child.end()
            raise ModelUnavailableError(reason or "The sentence embedder could not be loaded.")
        return near


def _next(pipe: Connection, limit_seconds: float) -> tuple[str, str]:
    """The next message of the child; one that stays away too long counts as lost."""
    if not pipe.poll(limit_seconds):
        raise EOFError
    kind, text = json.loads(pipe.recv_bytes())
    return str(kind), str(text)
