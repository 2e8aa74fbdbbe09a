"""Views are painted one per turn of the event loop, so that no turn is as long as all of them."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, QTimer


class Turned(Protocol):
    """A view that paints when its turn comes."""

    def underMouse(self) -> bool:
        """Whether the pointer is over it."""

    def take_turn(self) -> None:
        """Paint now."""


class PaintTurns(QObject):
    """Paints the views that ask, each once, the one under the pointer first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Turned] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._paint_one)

    def ask(self, view: Turned) -> None:
        """Paint this view soon; asking twice before its turn is asking once."""
        if view not in self._waiting:
            self._waiting.insert(0 if view.underMouse() else len(self._waiting), view)
        if not self._timer.isActive():
            self._timer.start()

    def _paint_one(self) -> None:
        self._waiting.pop(0).take_turn()
        if self._waiting:
            self._timer.start()
