"""Short texts in a text field: ``.abbr`` and Tab writes one out, Ctrl+Space offers them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QMenu, QPlainTextEdit

from app.widgets.text import plain_tip
from assistant.drafting.macros import in_one_line, typed, written_out
from assistant.drafting.placeholders import fields


class MacroKeys(QObject):
    """Listens to the keys of one text field.

    Parameters
    ----------
    macros
        Gives the texts by abbreviation as they are when a key is pressed.
    manage
        Opens what the texts are changed in.
    """

    def __init__(
        self,
        field: QPlainTextEdit,
        macros: Callable[[], Mapping[str, str]],
        manage: Callable[[], object],
    ) -> None:
        super().__init__(field)
        self._field, self._macros, self._manage = field, macros, manage
        self.menu = QMenu(field)
        self.menu.setToolTipsVisible(True)
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and not self._field.isReadOnly()
        ):
            return self._pressed(event)
        return super().eventFilter(watched, event)

    def insert(self, text: str, instead_of: int = 0) -> None:
        """Write a text at the cursor, as one step of the field's own undo.

        Parameters
        ----------
        instead_of
            How many characters before the cursor it replaces.
        """
        cursor = self._field.textCursor()
        cursor.beginEditBlock()
        cursor.movePosition(
            QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, instead_of
        )
        start = cursor.selectionStart()
        cursor.insertText(text)
        cursor.endEditBlock()
        found = fields(text)
        if found:
            cursor.setPosition(start + found[0][0])
            cursor.setPosition(start + found[0][1], QTextCursor.MoveMode.KeepAnchor)
        self._field.setTextCursor(cursor)

    def offer(self) -> None:
        """Show the texts at the cursor: those that begin as typed, or all."""
        begun = typed(self._before()).lower()
        found = {key: text for key, text in self._macros().items() if key.startswith(begun)}
        taken = len(begun) + 1 if begun and found else 0
        self.menu.clear()
        fill_macros(self.menu, found or self._macros(), partial(self.insert, instead_of=taken))
        self.menu.addSeparator()
        self.menu.addAction("Change the texts…").triggered.connect(lambda *_: self._manage())
        place = self._field.cursorRect().bottomLeft()
        self.menu.popup(self._field.viewport().mapToGlobal(place))

    def _pressed(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Tab and not event.modifiers():
            taken, text = written_out(self._before(), self._macros())
            if text and not self._field.textCursor().hasSelection():
                self.insert(text, taken)
                return True
        if (
            event.key() == Qt.Key.Key_Space
            and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        ):
            self.offer()
            return True
        return False

    def _before(self) -> str:
        """What stands in the line before the cursor."""
        cursor = self._field.textCursor()
        return cursor.block().text()[: cursor.positionInBlock()]


def fill_macros(menu: QMenu, macros: Mapping[str, str], insert: Callable[[str], object]) -> None:
    """Offer texts in a menu, each with its abbreviation and its beginning."""
    for abbreviation, text in sorted(macros.items()):
        action = menu.addAction(f".{abbreviation}   {in_one_line(text)}".replace("&", "&&"))
        action.setToolTip(plain_tip(text))
        action.triggered.connect(lambda *_, text=text: insert(text))
