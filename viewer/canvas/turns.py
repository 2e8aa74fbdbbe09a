"""Views are painted one per turn of the event loop, so that no turn is as long as all of them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget


class PaintTurns(QObject):
    """Paints the widgets that ask, each once, the one under the pointer first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[QWidget] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._paint_one)

    def ask(self, widget: QWidget) -> None:
        """Paint this widget soon; asking twice before its turn is asking once."""
        if widget not in self._waiting:
            self._waiting.insert(0 if widget.underMouse() else len(self._waiting), widget)
        if not self._timer.isActive():
            self._timer.start()

    def _paint_one(self) -> None:
        self._waiting.pop(0).repaint()
        if self._waiting:
            self._timer.start()
