"""A view as a picture that may leave the program: with the banner, without a name unless wanted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from viewer.canvas import colours
from viewer.canvas.slice_view import SliceView

BANNER = (
    "For research and evaluation only. Not a medical device. "
    "Not for diagnosis or treatment decisions."
)
"""Burnt into every picture and every film; there is no switch for it."""

_PAD = 6


def picture_of(view: SliceView, *, named: bool = False) -> QImage:
    """Return what a view shows at the screen's own resolution, the banner below it.

    Without ``named`` the patient's lines are left out. The caption of the view is as before when
    this returns.
    """
    ratio = view.devicePixelRatioF()
    width, height = round(view.width() * ratio), round(view.height() * ratio)
    words = _lines(width)
    picture = QImage(width, height + words.height, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.black)
    shown = QImage(width, height, QImage.Format.Format_RGB32)
    shown.setDevicePixelRatio(ratio)
    kept = view.caption
    view.caption = kept if named else replace(kept, patient=())
    try:
        view.render(shown, QPoint())
    finally:
        view.caption = kept
    painter = QPainter(picture)
    shown.setDevicePixelRatio(1.0)
    painter.drawImage(0, 0, shown)
    painter.setFont(words.font)
    painter.setPen(QColor(*colours.WARNING))
    flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
    painter.drawText(QRect(_PAD, height, width - 2 * _PAD, words.height), flags, BANNER)
    painter.end()
    return picture


def pixels_of(picture: QImage) -> NDArray[np.uint8]:
    """Return a picture as RGB, uint8 (height, width, 3)."""
    plain = picture.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


class _Words:
    """The banner's type and how high it stands in a picture of some width."""

    def __init__(self, font: QFont, height: int) -> None:
        self.font, self.height = font, height


def _lines(width: int) -> _Words:
    font = QFont()
    font.setPixelSize(max(11, width // 70))
    room = QRect(0, 0, width - 2 * _PAD, 1000)
    flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
    box = QFontMetrics(font).boundingRect(room, flags, BANNER)
    return _Words(font, box.height() + 2 * _PAD)
