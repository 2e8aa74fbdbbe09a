"""A grid of days and hours with blocks in it; knows nothing of what the blocks mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from app.widgets import theme

_TODAY_PX = 96
_HEAD_PX = 40
_SIDE_PX = 56
_HOUR_PX = 44


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of time in local time; ``hatched`` is provisional, ``hollow`` is an offer."""

    key: str
    starts: datetime
    ends: datetime
    text: str
    tone: str
    hatched: bool = False
    hollow: bool = False


def lanes(blocks: Sequence[Block]) -> dict[str, tuple[int, int]]:
    """Lane and number of lanes of each block of one day, so that none covers another."""
    placed: dict[str, tuple[int, int]] = {}
    group: list[tuple[Block, int]] = []
    ends: list[datetime] = []

    def close() -> None:
        placed.update({block.key: (lane, len(ends)) for block, lane in group})
        group.clear()
        ends.clear()

    for block in sorted(blocks, key=lambda one: (one.starts, one.ends)):
        if ends and block.starts >= max(ends):
            close()
        lane = next((n for n, end in enumerate(ends) if end <= block.starts), len(ends))
        if lane == len(ends):
            ends.append(block.ends)
        else:
            ends[lane] = block.ends
        group.append((block, lane))
    close()
    return placed


class TimeGrid(QWidget):
    """Days across, hours down; ``chosen`` carries the key of a clicked or entered block."""

    chosen = Signal(str)

    def __init__(self, *, name: str, says: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(says)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._days: tuple[date, ...] = ()
        self._today = date(2000, 1, 1)
        self._blocks: tuple[Block, ...] = ()
        self._lanes: dict[str, tuple[int, int]] = {}
        self._hours = (8, 18)
        self.current = ""

    def show_blocks(self, days: Sequence[date], today: date, blocks: Sequence[Block]) -> None:
        """Show these days with these blocks."""
        self._days, self._today = tuple(days), today
        self._blocks = tuple(sorted(blocks, key=lambda one: (one.starts, one.key)))
        first = min((one.starts.hour for one in blocks), default=8)
        last = max((_end_hour(one) for one in blocks), default=18)
        self._hours = (min(first, 8), max(last, 18))
        self._lanes = {}
        for day in self._days:
            self._lanes |= lanes([one for one in self._blocks if one.starts.date() == day])
        if self.current not in {one.key for one in blocks}:
            self.current = ""
        self.updateGeometry()
        self.update()

    def select(self, key: str) -> None:
        """Mark a block."""
        self.current = key
        self.update()

    def rect_of(self, key: str) -> QRectF:
        """Where a block is painted, in widget coordinates."""
        return next(self._rect(one) for one in self._blocks if one.key == key)

    def minimumSizeHint(self) -> QSize:
        hours = self._hours[1] - self._hours[0]
        return QSize(_SIDE_PX + 60 * max(len(self._days), 1), _HEAD_PX + hours * _HOUR_PX)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint lines, heads and blocks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_lines(painter)
        for block in self._blocks:
            self._paint_block(painter, block)
        if self.hasFocus() and not self.current:
            painter.setPen(QPen(theme.current().colour("focus"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the block under the pointer."""
        block = self._at(event.position())
        if block is not None:
            self._choose(block)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys walk through the blocks in time."""
        step = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Left: -1,
        }.get(Qt.Key(event.key()))
        if step is None or not self._blocks:
            super().keyPressEvent(event)
            return
        keys = [one.key for one in self._blocks]
        before = keys.index(self.current) if self.current in keys else (-1 if step > 0 else 0)
        self._choose(self._blocks[(before + step) % len(keys)])

    def event(self, event: QEvent) -> bool:
        """Show a block's whole text as its tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            block = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), _words(block) if block else "", self)
            return True
        return super().event(event)

    def _choose(self, block: Block) -> None:
        self.select(block.key)
        self.chosen.emit(block.key)

    def _at(self, point: QPointF) -> Block | None:
        return next((one for one in self._blocks if self._rect(one).contains(point)), None)

    def _column_px(self) -> float:
        return (self.width() - _SIDE_PX) / max(len(self._days), 1)

    def _y(self, hour: float) -> float:
        span = self._hours[1] - self._hours[0]
        return _HEAD_PX + (hour - self._hours[0]) * (self.height() - _HEAD_PX - 4) / span

    def _rect(self, block: Block) -> QRectF:
        if block.starts.date() not in self._days:
            return QRectF()
        lane, count = self._lanes[block.key]
        width = (self._column_px() - 8) / count
        left = _SIDE_PX + self._days.index(block.starts.date()) * self._column_px() + 4
        top = self._y(block.starts.hour + block.starts.minute / 60)
        length = (block.ends - block.starts).total_seconds() / 3600
        bottom = self._y(block.starts.hour + block.starts.minute / 60 + length)
        return QRectF(left + lane * width, top + 1, width - 2, max(bottom - top - 2, 14))

    def _paint_lines(self, painter: QPainter) -> None:
        current = theme.current()
        font = self.font()
        font.setPixelSize(current.size("caption_px"))
        painter.setFont(font)
        for hour in range(self._hours[0], self._hours[1] + 1):
            y = self._y(hour)
            painter.setPen(QPen(current.colour("line"), 1))
            painter.drawLine(QPointF(_SIDE_PX, y), QPointF(self.width(), y))
            if hour < self._hours[1]:
                painter.setPen(current.colour("text_muted"))
                box = QRectF(0, y, _SIDE_PX - 8, 18)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight, f"{hour:02d}:00")
        for number, day in enumerate(self._days):
            left = _SIDE_PX + number * self._column_px()
            today = day == self._today
            painter.setPen(QPen(current.colour("line"), 1))
            painter.drawLine(QPointF(left, _HEAD_PX - 8), QPointF(left, self.height()))
            painter.setPen(current.colour("accent" if today else "text"))
            font.setWeight(font.Weight.DemiBold)
            painter.setFont(font)
            box = QRectF(left, 0, self._column_px(), _HEAD_PX - 8)
            text = f"{day:%a} {day.day}"
            if today and self._column_px() >= _TODAY_PX:
                text += " · today"
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_block(self, painter: QPainter, block: Block) -> None:
        current = theme.current()
        rect = self._rect(block)
        ink = current.colour("text_muted" if block.tone == "muted" else block.tone or "text")
        ground = QColor(ink)
        ground.setAlphaF(0.0 if block.hollow else 0.2)
        chosen = block.key == self.current
        pen = QPen(current.colour("focus") if chosen else ink, 2 if chosen else 1)
        if block.hollow and not chosen:
            pen.setColor(current.colour("line_strong"))
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, 4, 4)
        if block.hatched:
            hatch = QColor(ink)
            hatch.setAlphaF(0.35)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(hatch)
            painter.setBrush(Qt.BrushStyle.BDiagPattern)
            brush = painter.brush()
            brush.setColor(hatch)
            painter.setBrush(brush)
            painter.drawRoundedRect(rect, 4, 4)
        font = self.font()
        font.setPixelSize(11 if rect.height() < 20 else current.size("caption_px"))
        painter.setFont(font)
        painter.setPen(current.colour("text_muted" if block.hollow else "text"))
        room = rect.adjusted(6, 0, -4, 0)
        shown = painter.fontMetrics().elidedText(
            block.text, Qt.TextElideMode.ElideRight, int(room.width())
        )
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, align, shown)


def week_of(day: date) -> tuple[date, ...]:
    """Seven days of a day's week, Monday first."""
    monday = day - timedelta(days=day.weekday())
    return tuple(monday + timedelta(days=number) for number in range(7))


def _end_hour(block: Block) -> int:
    if block.ends.date() != block.starts.date():
        return 24
    return block.ends.hour + (1 if block.ends.minute else 0)


def _words(block: Block) -> str:
    return f"{block.starts:%H:%M}–{block.ends:%H:%M} {block.text}"
