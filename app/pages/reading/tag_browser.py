"""The header of the open series, element by element: search as you type, copy what is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QTableView,
    QVBoxLayout,
)

from app.pages.page import Page
from app.pages.reading.menus import add, menu_button
from app.widgets.forms import SearchField
from app.widgets.text import label, plain_tip
from app.workflow.headers import header
from viewer.dicom.elements import Element, HeaderRows
from viewer.records import Series

_COLUMNS = ("Tag", "VR", "Name", "Value")
_WIDTHS_PX = (140, 48, 280)
Index = QModelIndex | QPersistentModelIndex


class ElementTable(QAbstractTableModel):
    """The elements that hold every word of the search, in the order of the header."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[Element, ...] = ()
        self.shown: list[Element] = []

    def show_elements(self, elements: tuple[Element, ...]) -> None:
        """Take over another header."""
        self._all = elements
        self.search("")

    def search(self, text: str) -> None:
        """Keep the elements in whose tag, keyword, name or value every word occurs."""
        words = text.casefold().split()
        self.beginResetModel()
        self.shown = [
            one
            for one in self._all
            if all(
                word in f"{one.tag} {one.keyword} {one.name} {one.value}".casefold()
                for word in words
            )
        ]
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        said = self.words(index.row())[index.column()]
        return plain_tip(said) if role == Qt.ItemDataRole.ToolTipRole else said

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return _COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def words(self, row: int) -> tuple[str, str, str, str]:
        """The cells of a row; what is nested is set in by two spaces a level."""
        one = self.shown[row]
        return "  " * one.level + one.tag, one.vr, one.name, one.value


class TagBrowser(QDialog):
    """Reads one image's header at a time; looking at it is audited."""

    def __init__(self, page: Page, series: Series) -> None:
        super().__init__(page)
        self._page, self._series = page, series
        self.setObjectName("tagBrowser")
        self.setWindowTitle("Header of the series")
        self.resize(900, 600)
        self.search = SearchField("Search tag, name or value", name="tags.search")
        self.instances = QComboBox()
        self.instances.setObjectName("tags.instances")
        self.instances.setAccessibleName("Image of the series")
        self.model = ElementTable()
        self.table = QTableView()
        self.table.setObjectName("tags.table")
        self.table.setModel(self.model)
        self._words = label("Reading…", "muted", wrap=True)
        self._arrange()
        self.search.textChanged.connect(self._search)
        self.instances.activated.connect(lambda *_: self._read(self.instances.currentData()))
        QShortcut(QKeySequence.StandardKey.Copy, self.table).activated.connect(self.copy)
        self._read("")

    def copy(self) -> None:
        """Put the chosen rows on the clipboard, a row a line, cells apart by tabs."""
        self._copy_rows(sorted({index.row() for index in self.table.selectedIndexes()}))

    def copy_all(self) -> None:
        """Put every row the search left on the clipboard."""
        self._copy_rows(range(self.model.rowCount()))

    def copy_value(self) -> None:
        """Put the value of the current row on the clipboard, nothing around it."""
        index = self.table.currentIndex()
        if index.isValid():
            QGuiApplication.clipboard().setText(self.model.words(index.row())[-1])
            self._words.setText("One value copied.")

    def _copy_rows(self, rows: Sequence[int]) -> None:
        lines = ["\t".join(self.model.words(row)).strip() for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self._words.setText(f"{len(lines)} row(s) copied.")

    def _fill_copy(self, menu: QMenu) -> None:
        chosen = self.table.currentIndex().isValid()
        add(menu, "Chosen rows\tCtrl+C", self.copy).setEnabled(chosen)
        add(menu, "Value of this row", self.copy_value).setEnabled(chosen)
        add(menu, "Everything listed", self.copy_all).setEnabled(self.model.rowCount() > 0)

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self.table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_copy(menu)
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _read(self, instance_uid: str) -> None:
        session, uid = self._page.context.session, self._series.uid
        self._page.ask(
            lambda _: header(session, uid, instance_uid or ""), self._show, failed=self._fail
        )

    def _show(self, found: HeaderRows) -> None:
        self.model.show_elements(found.elements)
        self._search(self.search.text())
        if self.instances.count() != len(found.objects):
            self.instances.clear()
            for one in found.objects:
                self.instances.addItem(f"Image {one.number or '?'}", one.uid)
        place = self.instances.findData(found.shown)
        self.instances.setCurrentIndex(max(place, 0))
        self.instances.setVisible(len(found.objects) > 1)
        private = f" {found.private} private elements are not shown." if found.private else ""
        self._words.setText(f"{len(found.elements)} elements.{private}")

    def _fail(self, reason: str) -> None:
        self._words.setText(reason)

    def _search(self, text: str) -> None:
        self.model.search(text)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.instances)
        top.addWidget(menu_button("copy", "Copy", "tags.copy", self._fill_copy))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        for column, width in enumerate(_WIDTHS_PX):
            self.table.setColumnWidth(column, width)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setSectionResizeMode(
            len(_COLUMNS) - 1, QHeaderView.ResizeMode.Stretch
        )
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(16, 16, 16, 16)
        column_.setSpacing(12)
        column_.addLayout(top)
        column_.addWidget(self.table, 1)
        column_.addWidget(self._words)
