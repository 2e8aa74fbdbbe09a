"""The dictionary behind its port: Hunspell in a child process."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Collection
from importlib import resources
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from assistant.errors import SpellingLostError
from assistant.spelling.known import known_words
from assistant.spelling.worker import run

FOLDER = Path(str(resources.files("resources"))) / "spelling"
"""Where the dictionary lies: a plain folder, in a bundle too."""

_LIMIT_SECONDS = 20.0
_END_SECONDS = 5.0


class SpellingProcess:
    """A Speller whose child starts at the first question; calls from several threads queue up.

    The child learns single words, never a text or whose it is, and keeps none.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._child: SpawnProcess | None = None
        self._pipe: Connection | None = None

    def wrong(self, words: Collection[str]) -> frozenset[str]:
        """Return those of the words that are in no dictionary.

        Raises
        ------
        SpellingLostError
            The child could not be started, or died; the next call starts another.
        """
        return frozenset(self._ask({"check": sorted({_straight(word) for word in words})}))

    def suggestions(self, word: str) -> tuple[str, ...]:
        """Return the nearest right words, the likeliest first; raises as ``wrong`` does."""
        return tuple(self._ask({"suggest": _straight(word)}))

    def close(self) -> None:
        """End the child at once; may be called again."""
        child = self._child
        if child is not None:
            with contextlib.suppress(ValueError):  # another thread has just ended it
                child.kill()
        with self._turn:
            self._end()

    def _ask(self, request: dict[str, Any]) -> list[str]:
        with self._turn:
            try:
                pipe = self._started()
                pipe.send_bytes(json.dumps(request).encode())
                answer = _answer(pipe)
            except (EOFError, OSError) as error:
                self._end()
                raise SpellingLostError("The spelling could not be checked.") from error
            return answer

    def _started(self) -> Connection:
        """The pipe to a living child."""
        if self._pipe is not None and self._child is not None and self._child.is_alive():
            return self._pipe
        self._end()
        context = get_context("spawn")
        near, far = context.Pipe()
        child = context.Process(
            target=run,
            args=(far, str(FOLDER), "en", sorted(known_words())),
            name="spelling",
            daemon=True,
        )
        child.start()
        self._child, self._pipe = child, near
        far.close()
        return near

    def _end(self) -> None:
        """End the child and let go of the pipe."""
        pipe, child = self._pipe, self._child
        self._pipe = self._child = None
        if pipe is not None:
            pipe.close()
        if child is not None and child.pid is not None:
            child.kill()
            child.join(_END_SECONDS)
            with contextlib.suppress(ValueError):
                child.close()


def _answer(pipe: Connection) -> list[str]:
    """What the child answers; EOFError if it does not in time."""
    if not pipe.poll(_LIMIT_SECONDS):
        raise EOFError
    answer: list[str] = json.loads(pipe.recv_bytes())
    return answer


def _straight(word: str) -> str:
    """The word with the apostrophe dictionaries use."""
    return word.replace("’", "'")
