"""Days or people across, hours down, blocks in it; knows nothing of what the blocks mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QMouseEvent, QPainter, QPen

from app.widgets import theme
from app.widgets.calendar_blocks import Band, Block, Column, Placed, lanes
from app.widgets.calendar_canvas import MORE, CalendarCanvas

_HEAD_PX = 46
_SIDE_PX = 56
_HOUR_PX = 48
_NARROWEST_PX = 34
"""A block narrower than this says nothing: the rest is counted in a mark."""
_COLUMN_PX, _PERSON_PX = 60, 132
"""Least width of a column: where days stand side by side, and where people do."""
_LEAST_PX, _EDGE_PX = 15, 3
_AN_HOUR, _SHORTEST_OFFER = timedelta(hours=1), timedelta(minutes=10)
"""An hour grows until its offers can be read side by side, down to ten minutes each."""
_MORNING = 7
"""Where a whole day opens."""


class TimeGrid(CalendarCanvas):
    """Columns of a day each; hours from the first to the last that anything needs."""

    def __init__(self, *, name: str, says: str) -> None:
        super().__init__(name=name, says=says)
        self._columns: tuple[Column, ...] = ()
        self._by_day: dict[date, list[int]] = {}
        self._bands: tuple[Band, ...] = ()
        self._now: datetime | None = None
        self._hours = (8, 18)
        self._more: dict[str, int] = {}
        self._least_px = float(_HOUR_PX)
        self._days_seen: set[date] = set()

    def show_sheet(
        self,
        columns: Sequence[Column],
        blocks: Sequence[Block],
        bands: Sequence[Band] = (),
        now: datetime | None = None,
        *,
        whole_day: bool = False,
    ) -> None:
        """Show these columns; ``now`` is the local time of the line, ``whole_day`` all 24 hours."""
        self._columns, self._bands, self._now = tuple(columns), tuple(bands), now
        self._by_day = defaultdict(list)
        for number, column in enumerate(self._columns):
            self._by_day[column.day].append(number)
        days = set(self._by_day)
        other = days != self._days_seen
        self._days_seen = days
        seen: list[Block | Band] = [one for one in blocks if one.starts.date() in days]
        seen += [one for one in bands if one.kind == "working" and one.starts.date() in days]
        first = min((one.starts.hour for one in seen), default=8)
        last = max((_end_hour(one) for one in seen), default=18)
        opened = whole_day and self._hours != (0, 24)
        self._hours = (0, 24) if whole_day else (min(first, 8), max(last, 18))
        offers = [one.ends - one.starts for one in blocks if one.hollow]
        shortest = max(min(offers, default=_AN_HOUR), _SHORTEST_OFFER)
        self._least_px = max(_HOUR_PX, (_LEAST_PX + 2) * (_AN_HOUR / shortest))
        self._keep(blocks)
        if opened:
            self.verticalScrollBar().setValue(int(_MORNING * self._hour_px()))
        elif other and now is not None and now.date() in days:
            up = self._y(_hour_of(now)) - _HEAD_PX - self._hour_px()
            self.verticalScrollBar().setValue(int(max(up, 0)))

    def tick(self, now: datetime) -> None:
        """Move the line of the present moment."""
        self._now = now
        self.viewport().update()

    @property
    def columns(self) -> tuple[Column, ...]:
        """What stands side by side."""
        return self._columns

    # --- geometry --------------------------------------------------------------------------

    def _body(self) -> QRectF:
        view = QRectF(self.viewport().rect())
        return view.adjusted(_SIDE_PX, _HEAD_PX, 0, 0)

    def _extent(self) -> tuple[float, float]:
        return _SIDE_PX + self._column_px() * max(len(self._columns), 1), self._bottom()

    def _hour_px(self) -> float:
        hours = self._hours[1] - self._hours[0]
        return max(self._least_px, (self.viewport().height() - _HEAD_PX - 4) / hours)

    def _bottom(self) -> float:
        return self._y(self._hours[1]) + 4

    def _column_px(self) -> float:
        least = _COLUMN_PX if len(self._by_day) == len(self._columns) else _PERSON_PX
        return max(least, (self.viewport().width() - _SIDE_PX) / max(len(self._columns), 1))

    def _left(self, number: int) -> float:
        return _SIDE_PX + number * self._column_px()

    def _y(self, hour: float) -> float:
        return _HEAD_PX + (hour - self._hours[0]) * self._hour_px()

    def _columns_of(self, one: Block | Band) -> list[int]:
        return [
            number
            for number in self._by_day.get(one.starts.date(), ())
            if not (one.subject and self._columns[number].subject)
            or one.subject == self._columns[number].subject
        ]

    def _span(self, one: Block | Band) -> tuple[float, float]:
        top = _hour_of(one.starts)
        length = (one.ends - one.starts).total_seconds() / 3600
        return self._y(top), self._y(min(top + length, 24))

    def _layout(self) -> Iterable[Placed]:
        by_column: dict[int, list[Block]] = defaultdict(list)
        for block in self._blocks:
            for number in self._columns_of(block)[:1]:
                by_column[number].append(block)
        self._more = {}
        width = self._column_px() - 8
        most = max(1, int(width // _NARROWEST_PX))
        for number, blocks in by_column.items():
            found, hidden = lanes([self._as_seen(one) for one in blocks]), []
            for block in blocks:
                lane, count = found[block.key]
                shown = min(count, most)
                if count > most and lane >= most - 1:
                    hidden.append(self._as_seen(block))
                    continue
                top, bottom = self._span(block)
                rect = QRectF(
                    self._left(number) + 4 + lane * width / shown,
                    top + 1,
                    width / shown - 2,
                    max(bottom - top - 2, _LEAST_PX),
                )
                yield Placed(rect, block)
            yield from self._counted(number, hidden, width, most)

    def _as_seen(self, block: Block) -> Block:
        """The block as long as it is painted: a short one needs its lane for longer."""
        least = timedelta(hours=(_LEAST_PX + 2) / self._hour_px())
        return (
            block
            if block.ends - block.starts >= least
            else replace(block, ends=block.starts + least)
        )

    def _counted(
        self, number: int, hidden: list[Block], width: float, most: int
    ) -> Iterable[Placed]:
        """Marks that say how many blocks had no room, one for each run of them."""
        runs: list[list[Block]] = []
        ends: datetime | None = None
        for block in sorted(hidden, key=lambda one: (one.starts, one.key)):
            if ends is None or block.starts >= ends:
                runs.append([])
                ends = block.ends
            runs[-1].append(block)
            ends = max(ends, block.ends)
        for run in runs:
            starts, last = run[0].starts, max(one.ends for one in run)
            key = f"{MORE}{starts.date().isoformat()}:{number}:{starts:%H%M}"
            mark = Block(key, starts, last, f"+{len(run)}", "", detail="Show this day")
            top, bottom = self._span(mark)
            left = self._left(number) + 4 + (most - 1) * width / most
            rect = QRectF(left, top + 1, width / most - 2, max(bottom - top - 2, _LEAST_PX))
            yield Placed(rect, mark)

    def _same_column(self, block: Block) -> bool:
        here = self._placed.get(self.current)
        if here is None:
            return True
        mine = self._columns_of(here.block)
        return self._columns_of(block) == mine

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a block, or the day whose head was clicked."""
        if event.position().y() < _HEAD_PX and len(self._by_day) > 1:
            number = self._column_at(event.position())
            if number is not None:
                self.zoomed.emit(self._columns[number].day.isoformat())
            return
        super().mousePressEvent(event)

    def _column_at(self, point: QPointF) -> int | None:
        number = int((point.x() + self._offset().x() - _SIDE_PX) // self._column_px())
        inside = point.x() >= _SIDE_PX and 0 <= number < len(self._columns)
        return number if inside else None

    def _tip(self, point: QPointF) -> str:
        number = self._column_at(point)
        if number is None:
            return ""
        if point.y() < _HEAD_PX:
            column = self._columns[number]
            return "\n".join(part for part in (column.title, column.note) if part)
        at = point + self._offset()
        texts = [
            f"{one.starts:%H:%M}–{one.ends:%H:%M} {one.text}".strip()
            for one in self._bands
            if number in self._columns_of(one) and self._span(one)[0] <= at.y() < self._span(one)[1]
        ]
        return "\n".join(texts)

    # --- painting --------------------------------------------------------------------------

    def _paint_ground(self, painter: QPainter) -> None:
        current = theme.current()
        whole = QRectF(_SIDE_PX, _HEAD_PX, self._extent()[0] - _SIDE_PX, self._bottom() - _HEAD_PX)
        painter.fillRect(whole, current.colour("sunken"))
        order = {"working": 0, "closed": 1, "away": 2, "leased": 3}
        for band in sorted(self._bands, key=lambda one: order[one.kind]):
            for number in self._columns_of(band):
                self._paint_band(painter, band, number)
        for hour in range(self._hours[0], self._hours[1] + 1):
            y = self._y(hour)
            painter.setPen(QPen(current.colour("line"), 1))
            painter.drawLine(QPointF(_SIDE_PX, y), QPointF(whole.right(), y))
        half = QPen(current.colour("line", 0.5), 1, Qt.PenStyle.DotLine)
        painter.setPen(half)
        for hour in range(self._hours[0], self._hours[1]):
            y = self._y(hour + 0.5)
            painter.drawLine(QPointF(_SIDE_PX, y), QPointF(whole.right(), y))
        painter.setPen(QPen(current.colour("line"), 1))
        for number in range(len(self._columns)):
            left = self._left(number)
            painter.drawLine(QPointF(left, _HEAD_PX), QPointF(left, self._bottom()))

    def _paint_band(self, painter: QPainter, band: Band, number: int) -> None:
        current = theme.current()
        top, bottom = self._span(band)
        top = max(top, self._y(self._hours[0]))
        rect = QRectF(self._left(number), top, self._column_px(), bottom - top)
        if band.kind == "working":
            painter.fillRect(rect, current.colour("raised"))
            return
        if band.kind == "leased":
            rect.setLeft(rect.right() - _EDGE_PX)
            painter.fillRect(rect, current.colour("good"))
            return
        ink = current.colour("danger" if band.kind == "closed" else "info", 0.28)
        painter.fillRect(rect, current.colour("sunken"))
        painter.fillRect(rect, QBrush(ink, Qt.BrushStyle.FDiagPattern))
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(current.colour("text_muted"))
        shown = painter.fontMetrics().elidedText(
            band.text, Qt.TextElideMode.ElideRight, int(rect.width() - 12)
        )
        width = painter.fontMetrics().horizontalAdvance(shown) + 8
        label = QRectF(rect.left() + 4, rect.top() + 3, width, 16)
        painter.fillRect(label, current.colour("sunken"))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, shown)

    def _paint_over(self, painter: QPainter) -> None:
        """The line of the present moment."""
        now = self._now
        if now is None or not self._hours[0] <= _hour_of(now) < self._hours[1]:
            return
        y = self._y(_hour_of(now))
        ink = theme.current().colour("alarm")
        for number in self._by_day.get(now.date(), ()):
            left = self._left(number)
            painter.setPen(QPen(ink, 2))
            painter.drawLine(QPointF(left, y), QPointF(left + self._column_px(), y))
            painter.setBrush(ink)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(QPointF(left + 1, y), 4, 4)

    def _paint_front(self, painter: QPainter) -> None:
        self._paint_side(painter)
        self._paint_head(painter)

    def _paint_side(self, painter: QPainter) -> None:
        current, view = theme.current(), QRectF(self.viewport().rect())
        font = QFont(self.font())
        font.setPixelSize(current.size("caption_px"))
        painter.setFont(font)
        painter.fillRect(QRectF(0, 0, _SIDE_PX, view.height()), current.colour("surface"))
        painter.save()
        painter.setClipRect(QRectF(0, _HEAD_PX, _SIDE_PX, view.height()))
        painter.translate(0, -self._offset().y())
        painter.setPen(current.colour("text_muted"))
        for hour in range(self._hours[0], self._hours[1]):
            box = QRectF(0, self._y(hour) + 1, _SIDE_PX - 8, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, f"{hour:02d}:00")
        painter.restore()

    def _paint_head(self, painter: QPainter) -> None:
        current, view = theme.current(), QRectF(self.viewport().rect())
        painter.fillRect(QRectF(0, 0, view.width(), _HEAD_PX), current.colour("surface"))
        painter.save()
        painter.setClipRect(QRectF(_SIDE_PX, 0, view.width(), _HEAD_PX))
        painter.translate(-self._offset().x(), 0)
        today = self._now.date() if self._now else None
        strong, small = QFont(self.font()), QFont(self.font())
        strong.setPixelSize(current.size("text_px"))
        strong.setWeight(QFont.Weight.DemiBold)
        small.setPixelSize(11)
        for number, column in enumerate(self._columns):
            left, width = self._left(number), self._column_px()
            painter.setPen(QPen(current.colour("line"), 1))
            painter.drawLine(QPointF(left, 4), QPointF(left, _HEAD_PX))
            here = column.day == today
            if here:
                mark = QColor(current.colour("accent"))
                painter.fillRect(QRectF(left + 1, _HEAD_PX - 3, width - 1, 3), mark)
            box = QRectF(left + 4, 4 if column.note else 0, width - 8, 20)
            if not column.note:
                box.setHeight(_HEAD_PX - 4)
            painter.setPen(current.colour("accent" if here else "text"))
            painter.setFont(strong)
            _centred(painter, box, column.title)
            painter.setPen(current.colour("text_muted"))
            painter.setFont(small)
            _centred(painter, QRectF(left + 4, 23, width - 8, 16), column.note)
        painter.restore()
        painter.setPen(QPen(current.colour("line_strong"), 1))
        painter.drawLine(QPointF(0, _HEAD_PX), QPointF(view.width(), _HEAD_PX))


def at_hour(day: date, hour: float, like: datetime) -> datetime:
    """Local time of a day at an hour with decimals, in the zone of ``like``."""
    minutes = round(hour * 60)
    midnight = datetime.combine(day, time(), like.tzinfo)
    return midnight + timedelta(minutes=minutes)


def _centred(painter: QPainter, box: QRectF, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def _hour_of(moment: datetime) -> float:
    return moment.hour + moment.minute / 60


def _end_hour(one: Block | Band) -> int:
    if one.ends.date() != one.starts.date():
        return 24
    return one.ends.hour + (1 if one.ends.minute else 0)
