"""The menu of a text field: what a wrong word may have meant, above cut, copy and paste."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import QMenu, QPlainTextEdit
from shiboken6 import isValid

from app.pages.reading.spelling import Spelling
from assistant.spelling.words import word_at

_LOOKING = "Looking for suggestions…"
_NONE = "No suggestions"


class SpellingMenu(QObject):
    """Opens at once; the suggestions come in when they are found."""

    def __init__(self, field: QPlainTextEdit, spelling: Spelling) -> None:
        super().__init__(field)
        self._field, self._spelling = field, spelling
        self.menu: QMenu | None = None
        field.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        field.customContextMenuRequested.connect(self.open)

    def open(self, place: QPoint) -> None:
        """Show the menu for what stands at a place of the field."""
        menu = self._field.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu = menu
        found = self._wrong_word(self._field.cursorForPosition(place))
        if found is not None and not self._field.isReadOnly():
            self._offer(menu, found, found.selectedText())
        menu.popup(self._field.mapToGlobal(place))

    def _wrong_word(self, cursor: QTextCursor) -> QTextCursor | None:
        """A cursor that holds the wrong word at a cursor, or None."""
        block = cursor.block()
        found = word_at(block.text(), cursor.positionInBlock())
        if found is None or not self._spelling.is_wrong(found[1]):
            return None
        cursor.setPosition(block.position() + found[0])
        cursor.setPosition(cursor.position() + len(found[1]), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _offer(self, menu: QMenu, cursor: QTextCursor, word: str) -> None:
        first = menu.actions()[0]
        looking = QAction(_LOOKING, menu)
        looking.setEnabled(False)
        adding = QAction(f"Add “{word}” to my words", menu)
        adding.triggered.connect(lambda *_: self._spelling.add(word))
        menu.insertActions(first, [looking, adding])
        menu.insertSeparator(first)

        def came(suggestions: Sequence[str]) -> None:
            if isValid(menu) and isValid(looking):
                self._show(menu, looking, cursor, suggestions)

        self._spelling.suggest(word, came)

    def _show(
        self, menu: QMenu, looking: QAction, cursor: QTextCursor, suggestions: Sequence[str]
    ) -> None:
        if not suggestions:
            looking.setText(_NONE)
            return
        word = cursor.selectedText()
        for one in suggestions:
            action = QAction(one, menu)
            font = action.font()
            font.setBold(True)
            action.setFont(font)
            action.triggered.connect(partial(self._replace, cursor, word, one))
            menu.insertAction(looking, action)
        menu.removeAction(looking)

    def _replace(self, cursor: QTextCursor, word: str, by: str, *_: object) -> None:
        """Put a suggestion in place of the word, if it still stands there."""
        if cursor.selectedText() == word:
            cursor.insertText(by)
