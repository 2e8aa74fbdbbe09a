"""Notices when nobody has touched the workstation for a while."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer

_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class IdleWatch(QObject):
    """Calls ``idle`` after so many minutes without input; timers and the network never count.

    Parameters
    ----------
    minutes
        Minutes until ``idle``; ``nearly`` is called with 30 s to go, ``back`` if input comes
        in between.
    """

    def __init__(
        self,
        minutes: float,
        *,
        idle: Callable[[], None],
        nearly: Callable[[], None],
        back: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._nearly, self._back = nearly, back
        self._warned = False
        total_ms = round(minutes * 60_000)
        self._end = QTimer(self, singleShot=True, interval=total_ms)
        self._end.timeout.connect(idle)
        self._warning = QTimer(self, singleShot=True, interval=max(total_ms - 30_000, 1))
        self._warning.timeout.connect(self._warn)

    def start(self) -> None:
        """Count from now."""
        self._warned = False
        self._end.start()
        self._warning.start()

    def stop(self) -> None:
        """Count no more: nobody is signed in."""
        self._end.stop()
        self._warning.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Start again at each touch by a person; never swallow the event."""
        if event.type() in _TOUCHES and event.spontaneous() and self._end.isActive():
            if self._warned:
                self._back()
            self.start()
        return super().eventFilter(watched, event)

    def _warn(self) -> None:
        self._warned = True
        self._nearly()
