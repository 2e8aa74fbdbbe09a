"""How long the event loop was ever blocked, measured by a 10 ms timer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 10


class Heartbeat(QObject):
    """Beats every 10 ms; a longer gap between beats is time in which nobody could click."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._last = 0.0
        self._worst_ms = 0.0
        self.gaps_ms: dict[str, float] = {}

    @contextmanager
    def watch(self, name: str) -> Iterator[None]:
        """Measure the worst gap while the block runs; it must run the event loop."""
        self._last = time.perf_counter()
        self._worst_ms = 0.0
        self._timer.start()
        try:
            yield
        finally:
            self._beat()
            self._timer.stop()
            self.gaps_ms[name] = max(self._worst_ms, self.gaps_ms.get(name, 0.0))

    def _beat(self) -> None:
        now = time.perf_counter()
        self._worst_ms = max(self._worst_ms, (now - self._last) * 1000.0 - BEAT_MS)
        self._last = now
