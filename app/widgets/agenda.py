"""A list of blocks by day: what comes, one line each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from app.widgets import theme
from app.widgets.calendar_blocks import MONTHS, WEEKDAYS, Block, Placed
from app.widgets.calendar_canvas import CalendarCanvas

_DAY_PX = 36
_LINE_PX = 34
_TIME_PX = 110


class Agenda(CalendarCanvas):
    """Days with something in them, one under the other."""

    def __init__(self, *, name: str, says: str) -> None:
        super().__init__(name=name, says=says)
        self._heads: list[tuple[float, date, str]] = []
        self._today: date | None = None
        self._empty = "Nothing in these days."
        self._height = 0.0

    def show_list(self, today: date, blocks: Sequence[Block], empty: str) -> None:
        """Show these blocks; ``empty`` is said where there are none."""
        self._today, self._empty = today, empty
        self._keep(blocks)

    def _extent(self) -> tuple[float, float]:
        return self.viewport().width(), self._height

    def _layout(self) -> Iterable[Placed]:
        self._heads, top, before = [], 0.0, None
        width = self.viewport().width()
        counts: dict[date, int] = {}
        for block in self._blocks:
            counts[block.starts.date()] = counts.get(block.starts.date(), 0) + 1
        placed = []
        for block in self._blocks:
            day = block.starts.date()
            if day != before:
                one = counts[day] == 1
                self._heads.append((top, day, f"{counts[day]} {'visit' if one else 'visits'}"))
                top, before = top + _DAY_PX, day
            placed.append(Placed(QRectF(0, top, width, _LINE_PX), block))
            top += _LINE_PX
        self._height = top
        return placed

    def _paint_ground(self, painter: QPainter) -> None:
        current = theme.current()
        font = QFont(self.font())
        view = self._body().translated(self._offset())
        if not self._blocks:
            painter.setPen(current.colour("text_muted"))
            painter.setFont(font)
            painter.drawText(view, Qt.AlignmentFlag.AlignCenter, self._empty)
        for top, day, count in self._heads:
            box = QRectF(0, top, self.viewport().width(), _DAY_PX)
            if not box.intersects(view):
                continue
            painter.fillRect(box, current.colour("sunken"))
            here = day == self._today
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(current.colour("accent" if here else "text"))
            text = f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"
            text += " · today" if here else ""
            align = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box.adjusted(12, 0, -12, 0), align, text)
            font.setWeight(QFont.Weight.Normal)
            painter.setFont(font)
            painter.setPen(current.colour("text_muted"))
            painter.drawText(
                box.adjusted(12, 0, -12, 0), align | Qt.AlignmentFlag.AlignRight, count
            )

    def _paint_one(self, painter: QPainter, placed: Placed) -> None:
        current, block, rect = theme.current(), placed.block, placed.rect
        ink = current.colour("text_muted" if block.tone in {"", "muted"} else block.tone)
        if block.key == self.current:
            painter.fillRect(rect, current.colour("selection"))
        painter.setPen(QPen(current.colour("line"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        swatch = QRectF(rect.left() + 12, rect.top() + 8, 6, rect.height() - 16)
        painter.setPen(QPen(ink, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush if block.faint or block.hatched else ink)
        painter.drawRoundedRect(swatch, 2, 2)
        font = QFont(self.font())
        painter.setFont(font)
        painter.setPen(current.colour("text_muted" if block.faint else "text"))
        align = Qt.AlignmentFlag.AlignVCenter
        times = f"{block.starts:%H:%M}–{block.ends:%H:%M}"
        painter.drawText(QRectF(28, rect.top(), _TIME_PX, rect.height()), align, times)
        left, room = 28.0 + _TIME_PX, rect.width() - 28 - _TIME_PX - 40
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        name = painter.fontMetrics().elidedText(
            block.text, Qt.TextElideMode.ElideRight, int(room * 0.4 - 12)
        )
        painter.drawText(QRectF(left, rect.top(), room * 0.4, rect.height()), align, name)
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(current.colour("text_muted"))
        detail = painter.fontMetrics().elidedText(
            block.detail, Qt.TextElideMode.ElideRight, int(room * 0.6)
        )
        painter.drawText(
            QRectF(left + room * 0.4, rect.top(), room * 0.6, rect.height()), align, detail
        )
        if block.mark:
            ratio = painter.device().devicePixelRatioF()
            picture = theme.pixmap(block.mark, 16, "danger", ratio)
            painter.drawPixmap(int(rect.right() - 32), int(rect.center().y() - 8), picture)
