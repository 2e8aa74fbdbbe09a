"""A heartbeat on the GUI's event loop: how long the program does not answer."""

from __future__ import annotations

import itertools
import time

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 2


class Heart(QObject):
    """Beats every two milliseconds; the longest pause between two beats is what a reader feels."""

    def __init__(self) -> None:
        super().__init__()
        self._beats: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def begin(self) -> None:
        """Beat from now on."""
        self._beats = [time.perf_counter()]
        self._timer.start()

    def end(self) -> float:
        """Stop; milliseconds of the longest pause since it began."""
        self._timer.stop()
        self._beat()
        return 1e3 * max(b - a for a, b in itertools.pairwise(self._beats))

    def _beat(self) -> None:
        self._beats.append(time.perf_counter())
