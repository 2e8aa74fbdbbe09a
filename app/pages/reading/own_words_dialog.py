"""The dialog in which a person takes back words they have called right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from app.pages.reading.spelling import Spelling
from app.widgets.buttons import button
from app.widgets.text import label

_HINT = "The spelling leaves these words alone, in your reports only."
_NONE = "None yet: right-click a word that is underlined in red to add it."


class OwnWordsDialog(QDialog):
    """Lists the person's words; one at a time is removed."""

    def __init__(self, parent: QWidget, spelling: Spelling) -> None:
        super().__init__(parent)
        self.setObjectName("ownWordsDialog")
        self.setWindowTitle("My words")
        self.setMinimumSize(360, 420)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._spelling = spelling
        self._list = QListWidget()
        self._list.setObjectName("ownWordsList")
        self._list.setAccessibleName("My words")
        self._hint = label("", "muted", wrap=True)
        self._remove = button("Remove", self._take_back, name="ownWordRemove", kind="danger")
        self._list.currentRowChanged.connect(lambda row: self._remove.setEnabled(row >= 0))
        buttons = QHBoxLayout()
        buttons.addWidget(self._remove)
        buttons.addStretch(1)
        buttons.addWidget(
            button("Close", self.accept, name="ownWordsClose", kind="quiet", tip="Close (Esc)")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(label("My words", "heading"))
        column.addWidget(self._hint)
        column.addWidget(self._list, 1)
        column.addLayout(buttons)
        spelling.changed.connect(lambda _: self._show())
        self._show()

    def _show(self) -> None:
        shown = [self._list.item(row).text() for row in range(self._list.count())]
        if shown != list(self._spelling.own):
            self._list.clear()
            self._list.addItems(list(self._spelling.own))
        self._hint.setText(_HINT if self._spelling.own else _NONE)
        self._remove.setEnabled(self._list.currentRow() >= 0)

    def _take_back(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self._spelling.remove(item.text())
