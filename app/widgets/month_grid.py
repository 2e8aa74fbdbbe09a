"""A month of days, each with as many blocks as its cell has lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPen

from app.widgets import theme
from app.widgets.calendar_blocks import WEEKDAYS, Block, Drop, Placed, paint_block
from app.widgets.calendar_canvas import MORE, CalendarCanvas

_HEAD_PX = 28
_NUMBER_PX = 23
_LINE_PX = 19


class MonthGrid(CalendarCanvas):
    """Weeks down, Monday first; a click on a day's number zooms into it.

    A movable block dragged to another day is `dropped` there at the same time of day.
    """

    dropped = Signal(object)

    def __init__(self, *, name: str, says: str) -> None:
        super().__init__(name=name, says=says)
        self._days: tuple[date, ...] = ()
        self._month = 0
        self._today: date | None = None
        self._notes: dict[date, str] = {}
        self._closed: frozenset[date] = frozenset()
        self._held: Block | None = None
        self._over: date | None = None

    def show_month(
        self,
        days: Sequence[date],
        month: int,
        today: date,
        blocks: Sequence[Block],
        notes: Mapping[date, str],
        closed: Iterable[date] = (),
    ) -> None:
        """Show whole weeks around a month; ``closed`` are days nobody works."""
        self._days, self._month, self._today = tuple(days), month, today
        self._notes, self._closed = dict(notes), frozenset(closed)
        self._keep(blocks)

    def _body(self) -> QRectF:
        return QRectF(self.viewport().rect()).adjusted(0, _HEAD_PX, 0, 0)

    def _extent(self) -> tuple[float, float]:
        return self.viewport().width(), _HEAD_PX + self._row_px() * self._rows()

    def _rows(self) -> int:
        return max(1, len(self._days) // 7)

    def _row_px(self) -> float:
        return max(
            _NUMBER_PX + 2 * _LINE_PX + 4, (self.viewport().height() - _HEAD_PX) / self._rows()
        )

    def _cell(self, number: int) -> QRectF:
        width = self.viewport().width() / 7
        top = _HEAD_PX + (number // 7) * self._row_px()
        return QRectF((number % 7) * width, top, width, self._row_px())

    def _layout(self) -> Iterable[Placed]:
        by_day: dict[date, list[Block]] = defaultdict(list)
        for block in self._blocks:
            by_day[block.starts.date()].append(block)
        room = max(1, int((self._row_px() - _NUMBER_PX - 2) // _LINE_PX))
        for number, day in enumerate(self._days):
            cell, blocks = self._cell(number), by_day.get(day, [])
            shown = blocks if len(blocks) <= room else blocks[: room - 1]
            rest = len(blocks) - len(shown)
            lines = [*shown]
            if rest:
                first = blocks[len(shown)]
                key, text = f"{MORE}{day.isoformat()}", f"+ {rest} more"
                lines.append(Block(key, first.starts, blocks[-1].ends, text, ""))
            for line, block in enumerate(lines):
                top = cell.top() + _NUMBER_PX + line * _LINE_PX
                yield Placed(QRectF(cell.left() + 4, top, cell.width() - 8, _LINE_PX - 2), block)

    def _same_column(self, _block: Block) -> bool:
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a block, or zoom into the day whose number was clicked."""
        block = self.block_at(event.position())
        if block is not None:
            left = event.button() == Qt.MouseButton.LeftButton
            self._held = block if block.movable and left else None
            super().mousePressEvent(event)
            return
        day = self._day_at(event.position())
        if day is not None:
            self.zoomed.emit(day.isoformat())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the day a held block would be dropped on."""
        if self._held is None:
            return
        day = self._day_at(event.position())
        self._over = None if day == self._held.starts.date() else day
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop what is held on the day under the pointer."""
        held, day = self._held, self._over
        self._held = self._over = None
        self.viewport().update()
        if held is not None and day is not None:
            starts = datetime.combine(day, held.starts.time(), held.starts.tzinfo)
            ends = starts + (held.ends - held.starts)
            self.dropped.emit(Drop(held.key, starts, ends, held.subject))
        super().mouseReleaseEvent(event)

    def _paint_over(self, painter: QPainter) -> None:
        if self._over is None or self._over not in self._days:
            return
        cell = self._cell(self._days.index(self._over)).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(theme.current().colour("focus"), 2, Qt.PenStyle.DashLine))
        painter.setBrush(theme.current().colour("accent", 0.15))
        painter.drawRoundedRect(cell, 4, 4)

    def _day_at(self, point: QPointF) -> date | None:
        at = point + self._offset()
        for number, day in enumerate(self._days):
            if self._cell(number).contains(at) and point.y() >= _HEAD_PX:
                return day
        return None

    def _tip(self, point: QPointF) -> str:
        day = self._day_at(point)
        note = self._notes.get(day, "") if day else ""
        return f"{note}. Click to see the day." if note else "Click to see the day." if day else ""

    def _paint_ground(self, painter: QPainter) -> None:
        current = theme.current()
        strong, small = QFont(self.font()), QFont(self.font())
        strong.setPixelSize(current.size("text_px"))
        strong.setWeight(QFont.Weight.DemiBold)
        small.setPixelSize(11)
        for number, day in enumerate(self._days):
            cell = self._cell(number)
            other = day.month != self._month
            ground = "sunken" if other or day in self._closed else "raised"
            painter.fillRect(cell, current.colour(ground))
            painter.setPen(QPen(current.colour("line"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(cell)
            painter.setFont(strong)
            here = day == self._today
            box = QRectF(cell.left() + 6, cell.top() + 2, 24, 20)
            if here:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(current.colour("accent"))
                painter.drawRoundedRect(box, 10, 10)
            painter.setPen(
                current.colour("on_accent" if here else "text_muted" if other else "text")
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(day.day))
            painter.setFont(small)
            painter.setPen(current.colour("text_muted"))
            room = cell.width() - 42
            note = painter.fontMetrics().elidedText(
                self._notes.get(day, ""), Qt.TextElideMode.ElideRight, int(room)
            )
            right = QRectF(cell.left() + 36, cell.top() + 3, room, 18)
            painter.drawText(
                right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, note
            )

    def _paint_one(self, painter: QPainter, placed: Placed) -> None:
        if placed.block.key.startswith(MORE):
            painter.setFont(self.font())
            painter.setPen(theme.current().colour("accent"))
            painter.drawText(
                placed.rect.adjusted(8, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, placed.block.text
            )
            return
        block = placed.block
        chosen = block.key == self.current
        paint_block(painter, placed.rect, block, self.font(), chosen=chosen)

    def _paint_front(self, painter: QPainter) -> None:
        current = theme.current()
        width = self.viewport().width() / 7
        painter.fillRect(QRectF(0, 0, width * 7, _HEAD_PX), current.colour("surface"))
        font = QFont(self.font())
        font.setPixelSize(current.size("caption_px"))
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(current.colour("text_muted"))
        for number, name in enumerate(WEEKDAYS):
            box = QRectF(number * width, 0, width, _HEAD_PX)
            shown = name if width > 90 else name[:3]
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
