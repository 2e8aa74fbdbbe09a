"""Where answers and progress go: answers alone on standard output, everything else beside it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TextIO

_EVERY_S = 2.0


class Answers:
    """Writes one JSON object per line, each flushed as it is written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def tell(self, answer: Mapping[str, Any]) -> None:
        """Write the answer whole."""
        self._stream.write(json.dumps(answer, allow_nan=False) + "\n")
        self._stream.flush()


@contextmanager
def answers_alone() -> Iterator[Answers]:
    """Keep standard output for answers: whatever else is printed goes to standard error.

    The child processes inherit this, so no library in them can break a line of JSON either.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        with os.fdopen(os.dup(kept), "w", encoding="ascii") as stream:
            yield Answers(stream)
    finally:
        os.dup2(kept, 1)
        os.close(kept)


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
    """Write a line for a person to standard error."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
