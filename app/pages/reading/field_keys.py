"""Tab goes from open field to open field of a text, and on to the next section after the last."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from assistant.drafting.placeholders import fields, following, preceding

_BY_TAB = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}


class FieldKeys(QObject):
    """Listens to the keys of one text field; whatever it does not need goes on to the field."""

    def __init__(self, field: QPlainTextEdit) -> None:
        super().__init__(field)
        self._field = field
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._pressed(event)
        if isinstance(event, QFocusEvent) and event.type() is QEvent.Type.FocusIn:
            self._entered(event.reason())
        return super().eventFilter(watched, event)

    def first(self) -> bool:
        """Choose the first open field of the text; return whether there is one."""
        return self._choose(following(self._field.toPlainText(), 0))

    def _pressed(self, event: QKeyEvent) -> bool:
        if self._field.isReadOnly():
            return False
        text, cursor = self._field.toPlainText(), self._field.textCursor()
        if event.key() == Qt.Key.Key_Tab and not event.modifiers():
            return self._choose(following(text, cursor.selectionEnd()))
        if event.key() == Qt.Key.Key_Backtab:
            return self._choose(preceding(text, cursor.selectionStart()))
        return False

    def _entered(self, reason: Qt.FocusReason) -> None:
        """Coming by Tab, begin with the first field, or the last on the way back."""
        found = fields(self._field.toPlainText())
        if reason in _BY_TAB and found and not self._field.isReadOnly():
            self._choose(found[0 if reason is Qt.FocusReason.TabFocusReason else -1])

    def _choose(self, span: tuple[int, int] | None) -> bool:
        if span is None:
            return False
        cursor = self._field.textCursor()
        cursor.setPosition(span[0])
        cursor.setPosition(span[1], cursor.MoveMode.KeepAnchor)
        self._field.setTextCursor(cursor)
        return True
