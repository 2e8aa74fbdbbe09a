"""The sentence embedders behind their ports, in a child process: MiniLM and the tuned encoders.

A crash or an out-of-memory kill ends the child and nothing else: the call is tried once more with
a new child, which is ready in about half a second. One that dies again is left alone for half a
minute, so that a broken installation does not start a process for every message.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.child import Child
from assistant.engine.embedding_worker import DIMENSIONS, ENGLISH, MESSAGES, PAIRS, run
from assistant.errors import AssistantError, EngineLostError, ModelUnavailableError

BETWEEN = "||"
_START_SECONDS = 60.0
_TEXT_SECONDS = 2.0
_REMEMBERED = 32
_REST_SECONDS = 30.0


class EmbeddingProcess:
    """An Embedder and a PairReader whose child process starts at the first call.

    Calls from several threads queue up. The vectors of the last texts are remembered, because one
    message is judged several times, until ``forget``.

    Parameters
    ----------
    folder
        Where the models' files are kept, each made at its first use (46, 65 and 70 MB).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = threading.Lock()
        self._child = Child()
        self._rests_until = 0.0
        self._recent: OrderedDict[tuple[str, str], NDArray[np.float32]] = OrderedDict()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector a text by MiniLM, shape (n, 384); it has read English only.

        A text's vector is the same whatever it is asked with.

        Raises
        ------
        ModelUnavailableError
            If the model is not installed, not the pinned one, or its file can not be made.
        EngineLostError
            If the child died twice over this call, or did so in the last half minute.
        """
        return self._vectors(ENGLISH, texts)

    def embed_message(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector a message by the tuned encoder, shape (n, 384); raises as above.

        English or German; like wishes lie close together, not like words.
        """
        return self._vectors(MESSAGES, texts)

    def embed_pairs(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """One unit vector a pair of sentences, shape (n, 384); raises as above.

        Pairs that say the same lie on one side, whatever they speak of; English or German.
        """
        return self._vectors(PAIRS, [side_by_side(*one) for one in pairs])

    def forget(self) -> None:
        """End the child, and with it every trace of what it was told."""
        with self._turn:
            self._recent.clear()
            self._child.end()

    def close(self) -> None:
        """End the child at once, even in the middle of a call; may be called again."""
        self._child.kill()
        self.forget()

    def _vectors(self, model: str, texts: Sequence[str]) -> NDArray[np.float32]:
        with self._turn:
            missing = [one for one in dict.fromkeys(texts) if (model, one) not in self._recent]
            asked = self._asked(model, missing).reshape(-1, DIMENSIONS) if missing else ()
            fresh = {(model, one): row for one, row in zip(missing, asked, strict=True)}
            known = {**self._recent, **fresh}
            rows = [known[model, one] for one in texts]
            self._remember(fresh)
        return np.stack(rows) if rows else np.empty((0, DIMENSIONS), np.float32)

    def _remember(self, fresh: dict[tuple[str, str], NDArray[np.float32]]) -> None:
        self._recent.update(fresh)
        while len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)

    def _asked(self, model: str, texts: list[str]) -> NDArray[np.float32]:
        """The child's answer; one more try if it is lost on the way, then none for a while."""
        if time.monotonic() < self._rests_until:
            raise EngineLostError("The sentence embedder stopped unexpectedly.")
        try:
            return self._once(model, texts)
        except EngineLostError:
            self._rests_until = time.monotonic() + _REST_SECONDS
            vectors = self._once(model, texts)
            self._rests_until = 0.0
            return vectors

    def _once(self, model: str, texts: list[str]) -> NDArray[np.float32]:
        try:
            pipe = self._started()
            pipe.send_bytes(json.dumps([model, texts]).encode())
            kind, reason = _next(pipe, _START_SECONDS + _TEXT_SECONDS * len(texts))
            if kind == "refused":
                raise ModelUnavailableError(str(reason))
            if kind != "done":
                raise AssistantError("The sentence embedder could not read this.")
            return np.frombuffer(pipe.recv_bytes(), "<f4").astype(np.float32)
        except (EOFError, OSError) as error:
            self._child.end()
            raise EngineLostError("The sentence embedder stopped unexpectedly.") from error

    def _started(self) -> Connection:
        """The pipe to a living child."""
        living = self._child.living
        if living is not None:
            return living
        return self._child.start(run, str(self._folder), name="sentence-embedder")


def side_by_side(one: str, other: str) -> str:
    """Two sentences as the encoder for pairs reads them; the mark between them stands once."""
    return f" {BETWEEN} ".join(part.replace(BETWEEN, " ") for part in (one, other))


def _next(pipe: Connection, limit_seconds: float) -> tuple[str, str]:
    """The next message of the child; one that stays away too long counts as lost."""
    if not pipe.poll(limit_seconds):
        raise EOFError
    kind, text = json.loads(pipe.recv_bytes())
    return str(kind), str(text)
