"""Blocks of a time grid moved and made longer by mouse or keys; dropped, never changed, here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen

from app.widgets import theme
from app.widgets.calendar_blocks import Block, Drop, paint_block
from app.widgets.time_grid import TimeGrid, at_hour

_FAR_PX = 5
_EDGE_PX = 7
_SHORTEST = timedelta(minutes=5)
_HALF_AN_HOUR = timedelta(minutes=30)
_FINE = 5
"""Minutes an end moves by."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A block under a pressed button; ``edge`` if its end is dragged, ``at`` where it began."""

    block: Block
    at: QPointF
    edge: bool


@dataclass(frozen=True, slots=True)
class _Ghost:
    """The block where it would be dropped, and in which column."""

    block: Block
    column: int


class DragGrid(TimeGrid):
    """A time grid whose movable blocks are dragged.

    ``dropped`` carries a `Drop`; whoever listens decides, and shows a new sheet or calls
    ``put_back``. Where ``paints`` is on, a drag over the ground drops a new block without a key.
    ``ground`` carries half an hour of the ground that was double clicked while it is off.
    Alt with arrows moves the chosen block, with Shift its end; Enter drops it, Esc puts it back.
    """

    dropped = Signal(object)
    ground = Signal(object)

    def __init__(self, *, name: str, says: str) -> None:
        super().__init__(name=name, says=says)
        self._held: _Held | None = None
        self._ghost: _Ghost | None = None
        self.paints = False

    def put_back(self) -> None:
        """Forget where a block was dragged to."""
        self._held = self._ghost = None
        self.viewport().update()

    @property
    def ghost(self) -> Block | None:
        """The block as it would be dropped."""
        return self._ghost.block if self._ghost else None

    # --- mouse -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a movable block."""
        self.put_back()
        block = self.block_at(event.position())
        if block is not None and block.movable and event.button() == Qt.MouseButton.LeftButton:
            self._held = _Held(block, event.position() + self._offset(), self._on_edge(event))
        elif block is None and event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position())
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a block, or say which ground was clicked."""
        made = self._ground_at(event.position())
        if made is not None and self.block_at(event.position()) is None and not self.paints:
            ends = made.starts + _HALF_AN_HOUR
            self.ground.emit(Drop("", made.starts, ends, made.subject))
            return
        super().mouseDoubleClickEvent(event)

    def _begin(self, point: QPointF) -> None:
        """Begin a new block on the ground."""
        made = self._ground_at(point) if self.paints else None
        if made is not None:
            self._held = _Held(made, point + self._offset(), edge=True)

    def _ground_at(self, point: QPointF) -> Block | None:
        """An empty block at the quarter of an hour under a point."""
        column = self._column_at(point)
        like = self._now or (self._blocks[0].starts if self._blocks else None)
        if column is None or like is None or not self._body().contains(point):
            return None
        y = point.y() + self._offset().y()
        hour = self._hours[0] + (y - self._y(self._hours[0])) / self._hour_px()
        starts = at_hour(self._columns[column].day, int(hour * 4) / 4, like)
        subject = self._columns[column].subject
        return Block("", starts, starts, "", "good", subject=subject, movable=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held; else show what a drag would do."""
        held = self._held
        if held is None:
            shape = Qt.CursorShape.SizeVerCursor if self._on_edge(event) else None
            self._show_cursor(shape)
            return
        self._follow(event.position())
        at = event.position() + self._offset()
        moved = at - held.at
        if self._ghost is None and moved.manhattanLength() < _FAR_PX:
            return
        self._show_cursor(
            Qt.CursorShape.SizeVerCursor if held.edge else Qt.CursorShape.ClosedHandCursor
        )
        self._ghost = self._dragged(held, at)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop what was dragged."""
        self._held = None
        self._show_cursor(None)
        if self._ghost is not None and event.button() == Qt.MouseButton.LeftButton:
            self._drop()
        super().mouseReleaseEvent(event)

    def _dragged(self, held: _Held, at: QPointF) -> _Ghost:
        block, hours = held.block, (at.y() - held.at.y()) / self._hour_px()
        home = self._columns_of(block)[0]
        if held.edge:
            ends = _rounded(block.ends + timedelta(hours=hours), _FINE if block.key else 15)
            return _Ghost(replace(block, ends=_within_day(ends, block)), home)
        column = self._column_at(at - self._offset())
        column = home if column is None else column
        wanted = self._hour_at(block.starts) + hours
        return self._placed_at(block, column, wanted)

    def _placed_at(self, block: Block, column: int, hour: float) -> _Ghost:
        """The block in a column from about that hour on, where visits begin there."""
        length = block.ends - block.starts
        latest = 24 - length.total_seconds() / 3600
        day = self._columns[column].day
        starts = self._snapped(column, at_hour(day, min(max(hour, 0), latest), block.starts))
        subject = self._columns[column].subject or block.subject
        return _Ghost(replace(block, starts=starts, ends=starts + length, subject=subject), column)

    def _snapped(self, column: int, wanted: datetime) -> datetime:
        for band in self._bands:
            here = band.kind == "working" and column in self._columns_of(band)
            if here and band.starts <= wanted < band.ends:
                steps = round((wanted - band.starts) / timedelta(minutes=band.step))
                return band.starts + steps * timedelta(minutes=band.step)
        return _rounded(wanted, 15)

    def _on_edge(self, event: QMouseEvent) -> bool:
        block = self.block_at(event.position())
        if block is None or not block.movable:
            return False
        rect = self.rect_of(block.key)
        return rect.height() > 2 * _EDGE_PX and event.position().y() > rect.bottom() - _EDGE_PX

    def _follow(self, at: QPointF) -> None:
        """Scroll on where the pointer leaves the view."""
        body, down = self._body(), self.verticalScrollBar()
        if at.y() < body.top():
            down.setValue(down.value() - 16)
        elif at.y() > body.bottom():
            down.setValue(down.value() + 16)

    def _show_cursor(self, shape: Qt.CursorShape | None) -> None:
        if shape is None:
            self.viewport().unsetCursor()
        else:
            self.viewport().setCursor(shape)

    # --- keys ------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with arrows drags by keys; Enter drops, Esc puts back."""
        key = Qt.Key(event.key())
        if self._ghost is not None and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._drop()
            return
        if self._ghost is not None and key == Qt.Key.Key_Escape:
            self.put_back()
            return
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and self._nudge(
            key, longer=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        ):
            return
        super().keyPressEvent(event)

    def _nudge(self, key: Qt.Key, *, longer: bool) -> bool:
        across = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        down = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key, 0)
        here = self._ghost or self._under_keys()
        if here is None or not (across or down):
            return False
        block = here.block
        if longer:
            ends = block.ends + timedelta(minutes=_FINE * down)
            ghost = _Ghost(replace(block, ends=_within_day(ends, block)), here.column)
        else:
            column = min(max(here.column + across, 0), len(self._columns) - 1)
            hour = self._hour_at(block.starts) + down * self._step_at(here) / 60
            ghost = self._placed_at(block, column, hour)
        self._ghost = ghost
        self.viewport().update()
        return True

    def _under_keys(self) -> _Ghost | None:
        block = self.block(self.current)
        if block is None or not block.movable:
            return None
        return _Ghost(block, self._columns_of(block)[0])

    def _step_at(self, ghost: _Ghost) -> int:
        """Minutes to the next start there."""
        for band in self._bands:
            here = band.kind == "working" and ghost.column in self._columns_of(band)
            if here and band.starts <= ghost.block.starts < band.ends:
                return band.step
        return 15

    def _drop(self) -> None:
        if self._ghost is not None:
            block = self._ghost.block
            self.dropped.emit(Drop(block.key, block.starts, block.ends, block.subject))

    # --- painting --------------------------------------------------------------------------

    def _paint_over(self, painter: QPainter) -> None:
        super()._paint_over(painter)
        if self._ghost is None:
            return
        block = self._ghost.block
        top, bottom = self._span(block)
        left, width = self._left(self._ghost.column) + 4, self._column_px() - 10
        rect = QRectF(left, top + 1, width, max(bottom - top - 2, 15))
        said = replace(block, text=f"{block.starts:%H:%M}–{block.ends:%H:%M} {block.text}")
        paint_block(painter, rect, said, self.font(), chosen=True)
        painter.setPen(QPen(theme.current().colour("focus"), 2, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, 4, 4)

    @staticmethod
    def _hour_at(moment: datetime) -> float:
        return moment.hour + moment.minute / 60


def _within_day(ends: datetime, block: Block) -> datetime:
    """An end some minutes after the start at least, and at midnight at the latest."""
    midnight = at_hour(block.starts.date(), 24, block.starts)
    return min(max(ends, block.starts + _SHORTEST), max(midnight, block.ends))


def _rounded(moment: datetime, minutes: int) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    steps = round((moment - midnight) / timedelta(minutes=minutes))
    return midnight + steps * timedelta(minutes=minutes)
