"""The list of what is drawn and marked: a click jumps there, Delete removes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import (
    QInputDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from app.pages.reading.drawing_desk import DrawingDesk
from app.pages.reading.menus import add
from app.widgets.text import label, plain_tip
from viewer.canvas.annotations import label_lines
from viewer.records import Annotation, AnnotationKind, KeyImage, Vector3

_ID = Qt.ItemDataRole.UserRole
_NAMES = {
    AnnotationKind.LENGTH: "Length",
    AnnotationKind.ANGLE: "Angle",
    AnnotationKind.COBB: "Cobb",
    AnnotationKind.BIDIRECTIONAL: "Diameters",
    AnnotationKind.RECTANGLE: "Rectangle",
    AnnotationKind.ELLIPSE: "Ellipse",
    AnnotationKind.FREEHAND: "Outline",
    AnnotationKind.PROBE: "Value",
    AnnotationKind.ARROW: "Arrow",
}
_HINT = "Enter: show · F2: name · F: make it a finding · Delete: take away"
ROW_PX = 32
MOST_ROWS = 4


class DrawnPanel(QWidget):
    """One row per annotation and key image; hidden while there is none."""

    jump_wanted = Signal(str, object)
    unmarked = Signal(str)
    finding_wanted = Signal(str)

    def __init__(self, desk: DrawingDesk) -> None:
        super().__init__()
        self.setObjectName("drawnPanel")
        self._desk = desk
        self._title = label("Measurements and key images", "strong")
        self.list = _Rows()
        self.list.setObjectName("drawnList")
        self.list.setAccessibleName("Measurements and key images")
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self.list)
        self.list.itemActivated.connect(self._jump)
        self.list.itemClicked.connect(self._jump)
        self.list.delete_wanted.connect(self._remove)
        self.list.name_wanted.connect(self._rename)
        self.list.finding_wanted.connect(self._make_finding)
        desk.changed.connect(self.show_drawn)
        self.show_drawn()

    def show_drawn(self) -> None:
        """List what there is now; the chosen annotation keeps its mark."""
        book = self._desk.book
        chosen = book.selected
        self.list.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.list.clear()
        for one in book.all:
            self._add(one, chosen=chosen is not None and chosen.id == one.id)
        for mark in self._desk.key_images:
            where, whose = self._desk.place_of(mark.series_uid, mark.centre_mm)
            told = ("★ Key image", where, mark.note, whose)
            item = QListWidgetItem("   ".join(filter(None, told)))
            item.setData(_ID, mark.id)
            item.setToolTip(plain_tip("\n".join(filter(None, (mark.note, where, whose, _HINT)))))
            self.list.addItem(item)
        self.list.blockSignals(False)  # noqa: FBT003 - as above
        rows = min(self.list.count(), MOST_ROWS)
        self.list.setFixedHeight(rows * ROW_PX + 6)
        self.setVisible(self.list.count() > 0)

    def _add(self, one: Annotation, *, chosen: bool) -> None:
        measured = self._desk.book.measured(one)
        short = "   ".join(label_lines(one, measured, full=False)) or "series not open"
        where, whose = self._desk.place_of(one.series_uid, middle(one))
        item = QListWidgetItem("   ".join(filter(None, (_NAMES[one.kind], where, short, whose))))
        item.setData(_ID, one.id)
        told = [*(label_lines(one, measured, full=True) or [short]), where, whose, _HINT]
        item.setToolTip(plain_tip("\n".join(filter(None, told))))
        self.list.addItem(item)
        if chosen:
            self.list.setCurrentItem(item)

    def _jump(self, item: QListWidgetItem) -> None:
        found = self._find(item.data(_ID))
        if isinstance(found, Annotation):
            self._desk.book.select(found.id)
            self.jump_wanted.emit(found.series_uid, middle(found))
        elif found is not None:
            self.jump_wanted.emit(found.series_uid, found.centre_mm)

    def _rename(self, item: QListWidgetItem) -> None:
        found = self._find(item.data(_ID))
        if found is None:
            return
        words = found.text if isinstance(found, Annotation) else found.note
        text, given = QInputDialog.getText(
            self, "Name", "What is it?", QLineEdit.EchoMode.Normal, words
        )
        if given and isinstance(found, Annotation):
            self._desk.book.rename(found.id, text.strip())
        elif given:
            self._desk.note(found.id, text.strip())

    def _make_finding(self, item: QListWidgetItem) -> None:
        found = self._find(item.data(_ID))
        if isinstance(found, Annotation):
            self.finding_wanted.emit(found.id)

    def _remove(self, item: QListWidgetItem) -> None:
        found = self._find(item.data(_ID))
        if isinstance(found, Annotation):
            self._desk.book.remove(found.id)
        elif found is not None:
            self.unmarked.emit(found.id)

    def _find(self, wanted: str) -> Annotation | KeyImage | None:
        everything: list[Annotation | KeyImage] = [*self._desk.book.all, *self._desk.key_images]
        return next((one for one in everything if one.id == wanted), None)


class _Rows(QListWidget):
    delete_wanted = Signal(QListWidgetItem)
    name_wanted = Signal(QListWidgetItem)
    finding_wanted = Signal(QListWidgetItem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and item is not None:
            self.delete_wanted.emit(item)
        elif event.key() == Qt.Key.Key_F2 and item is not None:
            self.name_wanted.emit(item)
        elif event.key() == Qt.Key.Key_F and item is not None:
            self.finding_wanted.emit(item)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same by mouse, for the row under it."""
        item = self.itemAt(event.pos())
        if item is not None:
            one = str(item.data(_ID))
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            add(menu, "Show", lambda: self._tell(self.itemActivated, one))
            add(menu, "Name\tF2", lambda: self._tell(self.name_wanted, one))
            add(menu, "Make it a finding\tF", lambda: self._tell(self.finding_wanted, one))
            add(menu, "Take away\tDel", lambda: self._tell(self.delete_wanted, one))
            menu.popup(event.globalPos())

    def _tell(self, signal: SignalInstance, one: str) -> None:
        """The rows may have been made anew while the menu was open, so its row is looked for."""
        rows = (self.item(row) for row in range(self.count()))
        item = next((found for found in rows if found.data(_ID) == one), None)
        if item is not None:
            signal.emit(item)


def middle(annotation: Annotation) -> Vector3:
    """The middle of its points; on its own plane."""
    count = len(annotation.points_mm)
    x, y, z = (sum(point[axis] for point in annotation.points_mm) / count for axis in range(3))
    return x, y, z
