"""A sheet of blocks that scrolls: only what is in view is painted; walked through by keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from app.widgets import theme
from app.widgets.calendar_blocks import Block, Placed, paint_block, words
from app.widgets.text import plain_tip

_BUCKET_PX = 128
MORE = "more:"
"""Keys of marks that stand for blocks without room; the rest is the day."""


class CalendarCanvas(QAbstractScrollArea):
    """The base of all views.

    ``chosen`` carries the key of a clicked or reached block, ``opened`` one that was double
    clicked or entered, ``asked`` one whose menu is wanted and where on the screen, ``zoomed`` the
    ISO day whose blocks did not fit. ``painted`` is how many blocks the last repaint drew.
    """

    chosen = Signal(str)
    opened = Signal(str)
    asked = Signal(str, QPoint)
    zoomed = Signal(str)

    def __init__(self, *, name: str, says: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(says)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.current = ""
        self.painted = 0
        self._blocks: tuple[Block, ...] = ()
        self._placed: dict[str, Placed] = {}
        self._buckets: dict[int, list[Placed]] = {}

    def select(self, key: str) -> None:
        """Mark a block and bring it into view."""
        self.current = key
        if key:
            self._reveal(key)
        self.viewport().update()

    def rect_of(self, key: str) -> QRectF:
        """Where a block is painted, in coordinates of the viewport; empty where it is not."""
        placed = self._placed.get(key)
        return placed.rect.translated(-self._offset()) if placed else QRectF()

    def block_at(self, point: QPointF) -> Block | None:
        """The block under a point of the viewport."""
        if not self._body().contains(point):
            return None
        at = point + self._offset()
        near = self._buckets.get(int(at.y() // _BUCKET_PX), ())
        return next((one.block for one in reversed(near) if one.rect.contains(at)), None)

    # --- for the views ---------------------------------------------------------------------

    def _keep(self, blocks: Iterable[Block]) -> None:
        self._blocks = tuple(sorted(blocks, key=lambda one: (one.starts, one.key)))
        if self.current not in {one.key for one in self._blocks}:
            self.current = ""
        self._arrange()
        self.viewport().update()

    def _arrange(self) -> None:
        """Place every block again for the present size, and set the scroll bars."""
        placed = list(self._layout())
        self._placed = {one.block.key: one for one in placed}
        buckets: dict[int, list[Placed]] = defaultdict(list)
        for one in placed:
            first, last = one.rect.top() // _BUCKET_PX, one.rect.bottom() // _BUCKET_PX
            for number in range(int(first), int(last) + 1):
                buckets[number].append(one)
        self._buckets = buckets
        width, height = self._extent()
        view = self.viewport().size()
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, max(0, int(width) - view.width()))
        across.setPageStep(view.width())
        down.setRange(0, max(0, int(height) - view.height()))
        down.setPageStep(view.height())
        down.setSingleStep(24)

    def _layout(self) -> Iterable[Placed]:
        raise NotImplementedError

    def _extent(self) -> tuple[float, float]:
        """Width and height of the whole sheet."""
        raise NotImplementedError

    def _body(self) -> QRectF:
        """The part of the viewport blocks are painted in."""
        return QRectF(self.viewport().rect())

    def _paint_ground(self, painter: QPainter) -> None:
        """Paint what lies behind the blocks, in coordinates of the sheet."""

    def _paint_front(self, painter: QPainter) -> None:
        """Paint what lies before the blocks, in coordinates of the viewport."""

    def _paint_one(self, painter: QPainter, placed: Placed) -> None:
        chosen = placed.block.key == self.current
        paint_block(painter, placed.rect, placed.block, self.font(), chosen=chosen)

    def _offset(self) -> QPointF:
        return QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _in_view(self) -> Sequence[Placed]:
        view = self._body().translated(self._offset())
        numbers = range(int(view.top() // _BUCKET_PX), int(view.bottom() // _BUCKET_PX) + 1)
        near = {
            one.block.key: one
            for number in numbers
            for one in self._buckets.get(number, ())
            if one.rect.intersects(view)
        }
        return tuple(near.values())

    def _reveal(self, key: str) -> None:
        placed = self._placed.get(key)
        if placed is None:
            return
        body = self._body()
        at = placed.rect.translated(-self._offset())
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        if at.top() < body.top():
            down.setValue(int(down.value() + at.top() - body.top() - 8))
        elif at.bottom() > body.bottom():
            down.setValue(int(down.value() + at.bottom() - body.bottom() + 8))
        if at.left() < body.left():
            across.setValue(int(across.value() + at.left() - body.left() - 8))
        elif at.right() > body.right():
            across.setValue(int(across.value() + at.right() - body.right() + 8))

    # --- Qt --------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what is in view."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(self._body())
        painter.translate(-self._offset())
        self._paint_ground(painter)
        shown = self._in_view()
        for placed in shown:
            self._paint_one(painter, placed)
        self.painted = len(shown)
        self._paint_over(painter)
        painter.restore()
        self._paint_front(painter)
        if self.hasFocus() and not self.current:
            painter.setPen(QPen(theme.current().colour("focus"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            box = QRectF(self.viewport().rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(box, 6, 6)

    def _paint_over(self, painter: QPainter) -> None:
        """Paint what lies on the blocks, in coordinates of the sheet."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything again."""
        super().resizeEvent(event)
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the block under the pointer."""
        block = self.block_at(event.position())
        if block is not None:
            self._choose(block)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the block under the pointer."""
        block = self.block_at(event.position())
        if block is not None and not block.key.startswith(MORE):
            self.opened.emit(block.key)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the block under the pointer, or of the one chosen by key."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._ask_for_menu()
            return
        block = self.block_at(QPointF(event.pos()))
        if block is not None and not block.key.startswith(MORE):
            self._choose(block)
            self.asked.emit(block.key, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys walk: up and down in time, left and right to the neighbouring column."""
        key = Qt.Key(event.key())
        plain = event.modifiers() in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }
        if not plain or not self._walk(key):
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Show a block's whole text as its tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            block = self.block_at(QPointF(event.pos()))
            text = self._tip(QPointF(event.pos())) if block is None else words(block)
            QToolTip.showText(event.globalPos(), plain_tip(text), self.viewport())
            return True
        return super().viewportEvent(event)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Repaint the whole view: heads stay where they are."""
        self.viewport().update()

    def _tip(self, _point: QPointF) -> str:
        return ""

    def _walk(self, key: Qt.Key) -> bool:
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.current:
            self.opened.emit(self.current)
            return True
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: 0}
        shown = [one for one in self._blocks if one.key in self._placed]
        if not shown:
            return False
        if key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            found = self._beside(1 if key == Qt.Key.Key_Right else -1)
            if found is not None:
                self._choose(found)
            return found is not None
        if key not in steps:
            return False
        if key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self._choose(shown[0 if key == Qt.Key.Key_Home else -1])
            return True
        mine = [one for one in shown if self._same_column(one)] or shown
        keys = [one.key for one in mine]
        before = keys.index(self.current) if self.current in keys else (-1 if steps[key] > 0 else 0)
        self._choose(mine[(before + steps[key]) % len(mine)])
        return True

    def _same_column(self, _block: Block) -> bool:
        return True

    def _beside(self, direction: int) -> Block | None:
        """The block nearest to the side, on about the same height."""
        here = self._placed.get(self.current)
        if here is None:
            shown = [one for one in self._blocks if one.key in self._placed]
            return shown[0 if direction > 0 else -1]
        at = here.rect.center()
        found = [
            one
            for one in self._placed.values()
            if (one.rect.left() - at.x()) * direction > 0
            and (one.rect.right() - at.x()) * direction > 0
            and not one.block.key.startswith(MORE)
        ]
        nearest = min(
            found,
            key=lambda one: (
                abs(one.rect.center().x() - at.x()) * 3 + abs(one.rect.center().y() - at.y())
            ),
            default=None,
        )
        return nearest.block if nearest else None

    def _choose(self, block: Block) -> None:
        if block.key.startswith(MORE):
            self.zoomed.emit(block.key.removeprefix(MORE).split(":")[0])
            return
        self.select(block.key)
        self.setAccessibleDescription(words(block))
        self.chosen.emit(block.key)

    def _ask_for_menu(self) -> None:
        if self.current:
            at = self.rect_of(self.current).center().toPoint()
            self.asked.emit(self.current, self.viewport().mapToGlobal(at))

    def block(self, key: str) -> Block | None:
        """The block of a key."""
        return next((one for one in self._blocks if one.key == key), None)
