"""One plane of the volume on the screen, and the reader's hands on it."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from viewer.canvas import painting
from viewer.canvas.glass import Glass
from viewer.canvas.hands import Hands
from viewer.canvas.turns import PaintTurns
from viewer.canvas.view_painting import paint_image, paint_words
from viewer.geometry.planes import PlaneKind

SERIES_MIME = "application/x-sagittal-series"
"""What a drag from the series strip carries: the Series Instance UID as text."""


class SliceView(Glass):
    """A view that paints itself and lets the reader scroll, window, pan, zoom and draw."""

    def __init__(
        self,
        kind: PlaneKind,
        parent: QWidget | None = None,
        turns: PaintTurns | None = None,
        name: str = "",
    ) -> None:
        super().__init__(kind, parent, turns, name)
        self._hands = Hands(self)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        font = painter.font()
        font.setPixelSize(11 if self.width() < 420 else 12 if self.width() < 800 else 13)
        painter.setFont(font)
        framing = self.framing()
        area = QRectF(self.rect())
        if framing is None or self.stage is None or self.state is None or self._late:
            painting.notice(painter, area, self._notice)
        else:
            paint_image(painter, self, framing, self.stage, self.state)
            if not self.state.bare:
                paint_words(painter, self, framing, self.stage, self.state)
        if self.frame_colour is not None:
            painting.frame(painter, area, self.frame_colour)
            area = area.adjusted(5, 5, -5, -5)
        if self.hasFocus():
            painting.focus_ring(painter, area)
        elif self._active:
            painting.active_ring(painter, area)
        painter.end()

    # Hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.activated.emit()
        self._hands.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hands.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hands.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._hands.double_click(event):
            self.maximise_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._hands.wheel(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._hands.key(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat() and self.state:
            self.state.set_bare(bare=False)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.activated.emit()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self.state is not None:
            self.state.set_bare(bare=False)
        super().focusOutEvent(event)
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(SERIES_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        mime: QMimeData = event.mimeData()
        if mime.hasFormat(SERIES_MIME):
            event.acceptProposedAction()
            self.series_dropped.emit(bytes(mime.data(SERIES_MIME).data()).decode())
