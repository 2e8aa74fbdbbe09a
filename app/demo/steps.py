"""Steps of the demo: each is timed, told, and counts as failed when it raises."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

log = logging.getLogger(__name__)


class DemoFailedError(Exception):
    """A step did not do what it should; the message says what was missing."""


def expect(truth: object, what: str) -> None:
    """Raise DemoFailedError unless the truth holds."""
    if not truth:
        raise DemoFailedError(what)


@dataclass
class StepBook:
    """The steps done so far, with their seconds."""

    write: Callable[[str], object] = sys.stdout.write
    done: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Run one step; tell its time; let its exception pass."""
        started = time.perf_counter()
        try:
            yield
        except BaseException:
            self.write(f"FAILED  {title}\n")
            raise
        seconds = time.perf_counter() - started
        self.done.append((title, seconds))
        self.write(f"{len(self.done)}  {title:58} {seconds:7.2f} s\n")

    def note(self, text: str) -> None:
        """Tell a detail of the running step."""
        self.write(f"     {text}\n")
