"""Tables of records: one model, one view, pills for states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.widgets import theme
from app.widgets.text import plain_tip

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
TONE = Qt.ItemDataRole.UserRole + 1
PICTURE = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: what it is called, what it shows of a record, and how wide it is in px.

    A ``tone`` makes the text a pill of that tint, a ``picture`` stands in the middle of the cell;
    width 0 takes what is left. In a table narrower than ``spare_below_px`` it is left out. The
    tooltip is the text, with ``tip`` below it where it says anything.
    """

    title: str
    text: Callable[[R], str]
    width_px: int = 0
    tone: Callable[[R], str] | None = None
    picture: Callable[[R], QPixmap | None] | None = None
    spare_below_px: int = 0
    tip: Callable[[R], str] | None = None


class Rows(QAbstractTableModel, Generic[R]):
    """Records as rows."""

    def __init__(self, columns: Sequence[Column[R]]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.records: tuple[R, ...] = ()

    def replace(self, records: Sequence[R]) -> None:
        """Show other records."""
        self.beginResetModel()
        self.records = tuple(records)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.records)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        if not index.isValid():
            return None
        column, record = self.columns[index.column()], self.records[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(record) or None
        if role == Qt.ItemDataRole.ToolTipRole:
            more = column.tip(record) if column.tip is not None else ""
            return plain_tip("\n".join(filter(None, (column.text(record), more)))) or None
        if role == TONE and column.tone is not None:
            return column.tone(record)
        if role == PICTURE and column.picture is not None:
            return column.picture(record)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:  # noqa: ANN401 - Qt's signature
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return None


class PillDelegate(QStyledItemDelegate):
    """Paints a cell that has a tone as a pill."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the row's background as ever, then the pill."""
        picture = index.data(PICTURE)
        if picture is not None:
            super().paint(painter, option, index)
            _paint_picture(painter, QRectF(option.rect), picture)
            return
        tone, text = index.data(TONE), index.data(Qt.ItemDataRole.DisplayRole)
        if tone is None or not text:
            super().paint(painter, option, index)
            return
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        bare.text = ""
        view = option.widget
        style = view.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, bare, painter, view)
        _paint_pill(painter, QRectF(option.rect), text, tone)


class Table(QTableView, Generic[R]):
    """A table of records; ``chosen`` carries the record of a double click or Enter."""

    chosen = Signal(object)
    current_changed = Signal(object)

    def __init__(self, columns: Sequence[Column[R]], *, name: str, says: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(says)
        self.rows: Rows[R] = Rows(columns)
        self.setModel(self.rows)
        self.setItemDelegate(PillDelegate(self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(36)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(48)
        for number, column in enumerate(columns):
            if column.width_px:
                header.resizeSection(number, column.width_px)
            else:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(self._chosen)
        self.selectionModel().currentRowChanged.connect(self._moved)

    @property
    def current(self) -> R | None:
        """The record of the current row, if any."""
        row = self.currentIndex().row()
        return self.rows.records[row] if 0 <= row < len(self.rows.records) else None

    def show_records(self, records: Sequence[R], *, same: Callable[[R], object] = id) -> None:
        """Show other records; the current one stays current if ``same`` knows it again."""
        before = self.current
        self.rows.replace(records)
        wanted = 0
        if before is not None:
            keys = [same(one) for one in records]
            wanted = keys.index(same(before)) if same(before) in keys else 0
        if records:
            self.selectRow(wanted)
        self.current_changed.emit(self.current)

    def in_sight(self) -> tuple[R, ...]:
        """Return the records whose rows can be seen now, from the top."""
        first = self.rowAt(0)
        if first < 0 or not self.isVisible():
            return ()
        last = self.rowAt(self.viewport().height() - 1)
        return self.rows.records[first : last + 1 if last >= 0 else None]

    def repaint_where(self, changed: Callable[[R], bool]) -> None:
        """Paint the rows anew whose records show something else now."""
        wide = len(self.rows.columns) - 1
        for number, record in enumerate(self.rows.records):
            if changed(record):
                self.rows.dataChanged.emit(
                    self.rows.index(number, 0), self.rows.index(number, wide)
                )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the current row."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.current is not None:
            self.chosen.emit(self.current)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the columns there is no room for."""
        for number, column in enumerate(self.rows.columns):
            if column.spare_below_px:
                self.setColumnHidden(number, event.size().width() < column.spare_below_px)
        super().resizeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(400, 240)

    def _chosen(self, index: QModelIndex) -> None:
        self.chosen.emit(self.rows.records[index.row()])

    def _moved(self) -> None:
        self.current_changed.emit(self.current)


def _paint_picture(painter: QPainter, cell: QRectF, picture: QPixmap) -> None:
    size = picture.deviceIndependentSize()
    left = cell.center().x() - size.width() / 2
    top = cell.center().y() - size.height() / 2
    painter.drawPixmap(round(left), round(top), picture)


def _paint_pill(painter: QPainter, cell: QRectF, text: str, tone: str) -> None:
    current = theme.current()
    ink, ground = {
        "": ("text", "hover"),
        "muted": ("text_muted", "hover"),
    }.get(tone, (tone, f"{tone}_soft"))
    font = painter.font()
    font.setPixelSize(current.size("caption_px"))
    font.setWeight(font.Weight.DemiBold)
    metrics = QFontMetrics(font)
    room = int(cell.width()) - 32
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    pill = QRectF(cell.left() + 8, 0, metrics.horizontalAdvance(shown) + 16, 20)
    pill.moveTop(cell.center().y() - 10)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(current.colour(ground))
    painter.drawRoundedRect(pill, 10, 10)
    painter.setPen(current.colour(ink))
    painter.setFont(font)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()
