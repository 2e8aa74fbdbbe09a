"""Whose turn it is: one analysis at a time, those somebody waits for before the others."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from inference.ports import Priority
from viewer.ports import Progress

_TICK_S = 0.1


class Turns:
    """A queue of threads that want the same thing, by priority and then by arrival.

    Whoever has its turn keeps it: a more urgent one goes next, never in between. Waiting ends at
    once if ``progress`` raises, and nobody else notices.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._waiting: list[tuple[int, int]] = []
        self._taken = False

    @contextmanager
    def turn(self, priority: Priority, progress: Progress) -> Iterator[None]:
        """Wait for a turn, telling ``progress`` how many come first; hold it inside the block."""
        self._wait(priority, progress)
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        with self._changed:
            return len(self._waiting)

    def _wait(self, priority: Priority, progress: Progress) -> None:
        with self._changed:
            ticket = (int(priority), next(self._numbers))
            self._waiting.append(ticket)
        try:
            while (before := self._before(ticket)) > 0:
                progress(0.0, _told(before))
        except BaseException:
            with self._changed:
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
                self._changed.notify_all()
            raise

    def _before(self, ticket: tuple[int, int]) -> int:
        """Return how many come first, after a tick if there are any; 0 takes the turn."""
        with self._changed:
            if not self._first(ticket):
                self._changed.wait(_TICK_S)
            if self._first(ticket):
                self._waiting.remove(ticket)
                self._taken = True
                return 0
            return sum(other < ticket for other in self._waiting) + self._taken

    def _first(self, ticket: tuple[int, int]) -> bool:
        return not self._taken and ticket == min(self._waiting)


def _told(before: int) -> str:
    if before == 1:
        return "waiting for the analysis before this one"
    return f"waiting for {before} analyses before this one"
