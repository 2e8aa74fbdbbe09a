"""The dictionary behind its port: Hunspell in a child process."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection
from importlib import resources
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from assistant.child import Child
from assistant.errors import SpellingLostError
from assistant.spelling.known import known_words
from assistant.spelling.worker import run

FOLDER = Path(str(resources.files("resources"))) / "spelling"
"""Where the dictionary lies: a plain folder, in a bundle too."""

_LIMIT_SECONDS = 20.0


class SpellingProcess:
    """A Speller whose child starts at the first question; calls from several threads queue up.

    The child learns single words, never a text or whose it is, and keeps none.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._child = Child()

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
        self._child.kill()
        with self._turn:
            self._child.end()

    def _ask(self, request: dict[str, Any]) -> list[str]:
        with self._turn:
            try:
                pipe = self._started()
                pipe.send_bytes(json.dumps(request).encode())
                answer = _answer(pipe)
            except (EOFError, OSError) as error:
                self._child.end()
                raise SpellingLostError("The spelling could not be checked.") from error
            return answer

    def _started(self) -> Connection:
        """The pipe to a living child."""
        pipe = self._child.living
        if pipe is None:
            arguments = str(FOLDER), "en", sorted(known_words())
            pipe = self._child.start(run, *arguments, name="spelling")
        return pipe


def _answer(pipe: Connection) -> list[str]:
    """What the child answers; EOFError if it does not in time."""
    if not pipe.poll(_LIMIT_SECONDS):
        raise EOFError
    answer: list[str] = json.loads(pipe.recv_bytes())
    return answer


def _straight(word: str) -> str:
    """The word with the apostrophe dictionaries use."""
    return word.replace("’", "'")
