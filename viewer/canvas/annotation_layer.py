"""Annotations painted over a view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from viewer.canvas import colours, painting
from viewer.canvas.annotation_shapes import Line, Shape, on_plane, shape_of
from viewer.canvas.annotations import AnnotationBook, label_lines
from viewer.canvas.framing import Framing
from viewer.records import Annotation

HANDLE_PX = 4.0
ROOMY_PX = 480
"""In narrower views what is not chosen has one line of words."""


class AnnotationLayer:
    """Draws what the book holds for the series of a view, where it lies in the shown cut."""

    def __init__(self, book: AnnotationBook) -> None:
        self._book = book

    def paint(self, painter: QPainter, series_uid: str, framing: Framing, ratio: float) -> None:
        """Draw in device pixels."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for annotation in self._book.of_series(series_uid):
            if not on_plane(annotation, framing, self._book.half_mm(series_uid, framing)):
                continue
            shape = shape_of(annotation, framing, ratio)
            chosen = annotation in (self._book.selected, self._book.draft)
            colour = colours.SELECTED_ANNOTATION if chosen else colours.ANNOTATION
            _draw(painter, shape, colour, ratio, handles=chosen)
            self._write(painter, annotation, shape, ratio, chosen=chosen)

    def _write(
        self, painter: QPainter, annotation: Annotation, shape: Shape, ratio: float, *, chosen: bool
    ) -> None:
        lines = label_lines(annotation, self._book.measured(annotation), full=chosen)
        if not lines:
            return
        if not chosen and painter.window().width() < ROOMY_PX:
            lines = lines[:1]
        font = QFont(painter.font())
        font.setPixelSize(max(9, round(painter.font().pixelSize() * ratio)))
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        high = metrics.lineSpacing()
        wide = max(metrics.horizontalAdvance(line) for line in lines) + 4 * ratio
        x, y = shape.anchor[0] + 8 * ratio, shape.anchor[1] + 4 * ratio
        room = painter.window()
        x = max(2.0, min(x, room.width() * ratio - wide - 2.0))
        y = max(2.0, min(y, room.height() * ratio - high * len(lines) - 2.0))
        for number, line in enumerate(lines):
            box = QRectF(x, y + number * high, wide, high)
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            colour = colours.SELECTED_ANNOTATION if chosen else colours.ANNOTATION
            faint = number >= 1 and not chosen
            painting.shaded_text(painter, box, flags, line, colours.TEXT if faint else colour)


def _draw(
    painter: QPainter, shape: Shape, colour: tuple[int, int, int], ratio: float, *, handles: bool
) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for shade, extra in ((QColor(*colours.SHADOW, 150), 1.6), (QColor(*colour), 0.0)):
        painter.setPen(QPen(shade, (1.4 + extra) * ratio))
        for line in shape.lines:
            painter.drawPolyline(_polygon(line))
    painter.setPen(QPen(QColor(*colour), 1.0 * ratio, Qt.PenStyle.DashLine))
    for line in shape.dashed:
        painter.drawPolyline(_polygon(line))
    if handles:
        painter.setPen(QPen(QColor(*colours.SHADOW), 1.0 * ratio))
        painter.setBrush(QColor(*colour))
        for x, y in shape.handles[:24]:
            painter.drawEllipse(QPointF(x, y), HANDLE_PX * ratio, HANDLE_PX * ratio)


def _polygon(line: Line) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in line])
