"""Drawing on a view: captions, letters, crosshair, scale bar, legend. No state of its own.

Coordinates are logical pixels; the caller has set the painter's transform accordingly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from viewer.canvas import colours
from viewer.geometry.planes import Letters

PAD = 8.0
_SCALE_BAR_PX = 72.0
GAP = 14.0
VEIL = 150
"""Opacity (of 255) of the dark ground behind text: unseen on black, a contrast on bright tissue."""


def text_block(
    painter: QPainter,
    area: QRectF,
    lines: Sequence[str],
    where: Qt.AlignmentFlag,
    *,
    alone: bool = False,
    warn: bool = False,
) -> None:
    """Lines of plain text in one corner of the area, elided to leave the middle free.

    ``alone`` says that the corner beside it is empty: the lines may take the whole width.
    ``warn`` gives the first line the colour of a warning.
    """
    metrics = QFontMetricsF(painter.font())
    room = area.width() - 2 * PAD if alone else area.width() / 2 - PAD - 18.0
    height = metrics.lineSpacing()
    top = area.top() + PAD
    if where & Qt.AlignmentFlag.AlignBottom:
        top = area.bottom() - PAD - height * len(lines)
    side = Qt.AlignmentFlag.AlignLeft
    if where & Qt.AlignmentFlag.AlignRight:
        side = Qt.AlignmentFlag.AlignRight
    for number, line in enumerate(lines):
        shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)
        box = QRectF(area.left() + PAD, top + number * height, area.width() - 2 * PAD, height)
        first = colours.WARNING if warn else colours.TEXT
        colour = first if number == 0 else colours.FAINT_TEXT
        shaded_text(painter, box, side | Qt.AlignmentFlag.AlignVCenter, shown, colour)


def shaded_text(
    painter: QPainter,
    box: QRectF,
    align: Qt.AlignmentFlag | int,
    text: str,
    colour: tuple[int, int, int],
) -> None:
    """Plain text on a dark veil with a shadow, so that it reads on bright tissue too."""
    flags = int(align)
    words = painter.boundingRect(box, flags, text)
    painter.fillRect(words.adjusted(-2.0, 0.0, 2.0, 0.0), QColor(*colours.SHADOW, VEIL))
    painter.setPen(QColor(*colours.SHADOW))
    painter.drawText(box.translated(1.0, 1.0), flags, text)
    painter.setPen(QColor(*colour))
    painter.drawText(box, flags, text)


def letters(painter: QPainter, area: QRectF, edges: Letters) -> None:
    """What the four edges face, in the middle of each."""
    font = QFont(painter.font())
    font.setBold(True)
    font.setPixelSize(round(painter.font().pixelSize() * 1.25))
    kept = painter.font()
    painter.setFont(font)
    inside = area.adjusted(PAD, PAD, -PAD, -PAD)
    middle = Qt.AlignmentFlag.AlignVCenter
    centre = Qt.AlignmentFlag.AlignHCenter
    for text, align in (
        (edges.left, Qt.AlignmentFlag.AlignLeft | middle),
        (edges.right, Qt.AlignmentFlag.AlignRight | middle),
        (edges.top, Qt.AlignmentFlag.AlignTop | centre),
        (edges.bottom, Qt.AlignmentFlag.AlignBottom | centre),
    ):
        shaded_text(painter, inside, align, text, colours.TEXT)
    painter.setFont(kept)


def crosshair(
    painter: QPainter, area: QRectF, centre: QPointF, ways: Sequence[tuple[float, float]]
) -> None:
    """Thin lines through the cursor along these unit directions, the middle left free."""
    painter.save()
    painter.setClipRect(area)
    painter.setPen(_pen(colours.CROSSHAIR, 1.0, alpha=170))
    far = area.width() + area.height()
    for right, down in ways:
        way = QPointF(right, down)
        painter.drawLine(QLineF(centre - way * far, centre - way * GAP))
        painter.drawLine(QLineF(centre + way * GAP, centre + way * far))
    painter.restore()


def rings(
    painter: QPainter, centre: QPointF, ways: Sequence[tuple[float, float]], reach: float
) -> None:
    """Small rings on the crosshair by which the other planes are turned."""
    painter.setPen(_pen(colours.CROSSHAIR, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for right, down in ways:
        for sign in (-1.0, 1.0):
            painter.drawEllipse(centre + QPointF(right, down) * (sign * reach), 4.5, 4.5)


def frame(painter: QPainter, area: QRectF, colour: tuple[int, int, int]) -> None:
    """A coloured frame: more than one patient is on the screen."""
    painter.setPen(_pen(colour, 4.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area.adjusted(3, 3, -3, -3))


def scale_bar(painter: QPainter, area: QRectF, length: float, words: str) -> None:
    """A bar of that length at the left edge, under the middle, with its length in words."""
    left, bottom = area.left() + PAD + 2, area.bottom() - area.height() * 0.2
    painter.setPen(_pen(colours.TEXT, 1.5))
    painter.drawLines(
        [
            QLineF(left, bottom - length, left, bottom),
            QLineF(left - 3, bottom - length, left + 3, bottom - length),
            QLineF(left - 3, bottom, left + 3, bottom),
        ]
    )
    box = QRectF(left + 8, bottom - length, 90, length)
    side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    shaded_text(painter, box, side, words, colours.FAINT_TEXT)


def legend(painter: QPainter, area: QRectF, threshold: float, caption: str) -> None:
    """The heat map's scale from 0 to 1 below the right edge's letter, and its caption."""
    metrics = QFontMetricsF(painter.font())
    line, wide = metrics.lineSpacing(), area.width() - 2 * PAD
    room = max(wide - _SCALE_BAR_PX, wide / 2)
    top = area.center().y() + 2 * line
    height = min(130.0, area.bottom() - 6.2 * line - PAD - top)
    side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    wrapped = int(side | Qt.TextFlag.TextWordWrap)
    high = metrics.boundingRect(QRectF(0, 0, room, area.height()), wrapped, caption).height()
    box = QRectF(area.right() - PAD - room, area.bottom() - PAD - 3.4 * line - high, room, high)
    shaded_text(painter, box, wrapped, caption, colours.TEXT)
    if height < 24:
        return
    bar = QRectF(area.right() - PAD - 9, top, 9, height)
    painter.drawImage(bar, _scale())
    painter.setPen(_pen(colours.FAINT_TEXT, 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)
    level = bar.bottom() - threshold * bar.height()
    painter.setPen(_pen(colours.TEXT, 2.0))
    painter.drawLine(QLineF(bar.left() - 4, level, bar.right() + 2, level))
    for value, y in (("1", bar.top()), ("0", bar.bottom())):
        box = QRectF(bar.left() - 40, y - 8, 33, 16)
        shaded_text(painter, box, side, value, colours.FAINT_TEXT)
    if abs(level - bar.top()) > 14 and abs(level - bar.bottom()) > 14:
        box = QRectF(bar.left() - 50, level - 8, 43, 16)
        shaded_text(painter, box, side, f"{threshold:.2f}", colours.TEXT)


def lines(
    painter: QPainter, drawn: Sequence[QLineF], colour: tuple[int, int, int], width: float
) -> None:
    """Many short lines; square caps close the gaps, round ones would double the time."""
    if drawn:
        painter.setPen(
            QPen(QColor(*colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap)
        )
        painter.drawLines(drawn)


def focus_ring(painter: QPainter, area: QRectF) -> None:
    """The frame that says which view the keyboard speaks to."""
    painter.setPen(_pen(colours.FOCUS, 2.0))
    painter.setBrush(QBrush())
    painter.drawRect(area.adjusted(1, 1, -1, -1))


def active_ring(painter: QPainter, area: QRectF) -> None:
    """The fainter frame of the view that menus and panels are about, focused or not."""
    painter.setPen(_pen(colours.TEXT, 1.5, alpha=200))
    painter.setBrush(QBrush())
    painter.drawRect(area.adjusted(1, 1, -1, -1))


def notice(painter: QPainter, area: QRectF, text: str) -> None:
    """A sentence in the middle of an empty view."""
    painter.setPen(QColor(*colours.FAINT_TEXT))
    wrapped = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
    painter.drawText(area.adjusted(24, 24, -24, -24), wrapped, text)


def _pen(colour: tuple[int, int, int], width: float, alpha: int = 255) -> QPen:
    pen = QPen(QColor(*colour, alpha), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def _scale() -> QImage:
    """The colour table standing up, 1 on top."""
    column = np.ascontiguousarray(colours.heat_table()[::-1])
    return QImage(column.data, 1, 256, 3, QImage.Format.Format_RGB888).copy()
