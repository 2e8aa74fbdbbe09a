"""Where answers and progress go: answers alone on standard output, everything else beside it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TextIO

_EVERY_S = 2.0


class UnheardError(Exception):
    """Nobody reads the answers any more, or there is no room to write them."""


class Answers:
    """Writes one JSON object per line, each flushed as it is written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def tell(self, answer: Mapping[str, Any]) -> None:
        """Write the answer whole; raise UnheardError if it cannot be."""
        line = json.dumps(answer, allow_nan=False) + "\n"
        try:
            self._stream.write(line)
            self._stream.flush()
        except OSError as error:
            raise UnheardError(error.strerror) from error


@contextmanager
def answers_alone() -> Iterator[Answers]:
    """Keep standard output for answers: whatever else is printed goes to standard error.

    The child processes inherit this, so no library in them can break a line of JSON either.
    """
    _open_if_closed()
    try:
        kept = os.dup(1)
    except OSError as error:
        raise UnheardError(error.strerror) from error
    stream = os.fdopen(os.dup(kept), "w", encoding="ascii")
    try:
        os.dup2(2, 1)
        yield Answers(stream)
    finally:
        with suppress(OSError):  # what could not be written has been told of already
            stream.close()
        os.dup2(kept, 1)
        os.close(kept)


def _open_if_closed() -> None:
    """Give standard input and error a place if they are closed: their numbers would be reused."""
    for number in (0, 2):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)


class Said:
    """Progress of one drop on standard error: stages, at most one line in two seconds."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._text = ""
        self._at = -_EVERY_S

    def __call__(self, fraction: float, text: str, /) -> None:
        """Write a line if there is something new to say."""
        now = time.monotonic()
        if text and text != self._text and now - self._at >= _EVERY_S:
            self._text, self._at = text, now
            say(f"{self._name}: {100 * fraction:3.0f} % {text}")


def say(line: str) -> None:
    """Write a line for a person to standard error; that nobody reads it stops nothing."""
    if sys.stderr is None:  # closed by who started the program
        return
    with suppress(OSError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
