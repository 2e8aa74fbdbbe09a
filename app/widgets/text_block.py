"""Text that can be taken along: what is copied has plain blanks where the screen may not break."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QAction,
    QClipboard,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QLabel, QMenu

from app.widgets.text import dressed

_AS_COPIED = str.maketrans(
    {"\N{NO-BREAK SPACE}": " ", "\N{PARAGRAPH SEPARATOR}": "\n", "\N{LINE SEPARATOR}": "\n"}
)


class TextBlock(QLabel):
    """Wrapped plain text that can be selected and copied, by mouse and by keyboard.

    Qt's own copy has the screen's no-break spaces in its HTML, its Markdown and its OpenDocument,
    and other programs search in vain for "72 mm" there: only plain text is copied. A selection can
    not be dragged into another program, which would be given the same.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        dressed(self, text, wrap=True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        super().contextMenuEvent(event)
        for menu in self.findChildren(QMenu):
            copy = menu.findChild(QAction, "edit-copy")
            if copy is not None:
                copy.triggered.connect(self._copy)  # after Qt's own: the last one holds

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and not event.modifiers():
            self.setSelection(0, 0)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if QGuiApplication.clipboard().supportsSelection():
            self._copy_to(QClipboard.Mode.Selection)

    def _copy(self) -> None:
        self._copy_to(QClipboard.Mode.Clipboard)

    def _copy_to(self, mode: QClipboard.Mode) -> None:
        if self.hasSelectedText():
            said = self.selectedText().translate(_AS_COPIED)
            QGuiApplication.clipboard().setText(said, mode)
