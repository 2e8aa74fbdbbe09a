"""Keys of a section's text: accept a sentence of the machine, all of them, take a measurement."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QPlainTextEdit

_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_CONTROL = Qt.KeyboardModifier.ControlModifier
_KEYPAD = Qt.KeyboardModifier.KeypadModifier


class Meant(Enum):
    """What a key asks for."""

    ONE = auto()
    ALL = auto()
    MEASUREMENT = auto()


class AcceptKeys(QObject):
    """Listens to one text field; what it does not need goes on to the field.

    Ctrl+Enter accepts the sentence at the cursor, Ctrl+click the one under the mouse,
    Ctrl+Shift+Enter all of the section; Ctrl+Shift+M asks for a measurement.
    """

    one = Signal(int)
    all = Signal()
    measurement = Signal()

    def __init__(self, field: QPlainTextEdit) -> None:
        super().__init__(field)
        self._field = field
        field.installEventFilter(self)
        field.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            return self._claimed(event)
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return not self._field.isReadOnly() and self._pressed(event)
        if isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseButtonRelease:
            return not self._field.isReadOnly() and self._clicked(event)
        return super().eventFilter(watched, event)

    def _claimed(self, event: QKeyEvent) -> bool:
        """While somebody writes here, these keys mean this and not what they mean on the page."""
        if self._field.isReadOnly() or _meant(event) is None:
            return False
        event.accept()
        return True

    def _pressed(self, event: QKeyEvent) -> bool:
        match _meant(event):
            case Meant.ONE:
                self.one.emit(self._field.textCursor().position())
            case Meant.ALL:
                self.all.emit()
            case Meant.MEASUREMENT:
                self.measurement.emit()
            case _:
                return False
        return True

    def _clicked(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton or event.modifiers() != _CONTROL:
            return False
        self.one.emit(self._field.cursorForPosition(event.position().toPoint()).position())
        return True


def _meant(event: QKeyEvent) -> Meant | None:
    modifiers = event.modifiers() & ~_KEYPAD
    if event.key() in _ENTER and modifiers == _CONTROL:
        return Meant.ONE
    both = modifiers == _CONTROL | Qt.KeyboardModifier.ShiftModifier
    if event.key() in _ENTER and both:
        return Meant.ALL
    if event.key() == Qt.Key.Key_M and both:
        return Meant.MEASUREMENT
    return None
