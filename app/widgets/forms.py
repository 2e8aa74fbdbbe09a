"""Fields with their label above and their error below."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QVBoxLayout, QWidget

from app.widgets import theme
from app.widgets.text import label

S = TypeVar("S", bound=QAbstractSpinBox)


class FormRow(QWidget):
    """A field under its label; ``fail`` shows what is wrong right there."""

    def __init__(self, title: str, field: QWidget, hint: str = "") -> None:
        super().__init__()
        self.field = field
        self._hint = hint
        self._caption = caption = label(title, "caption")
        caption.setBuddy(field)
        field.setAccessibleName(title)
        self._note = label(hint, "caption", wrap=True)
        self._note.setVisible(bool(hint))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(caption)
        column.addWidget(field)
        column.addWidget(self._note)

    def set_title(self, title: str) -> None:
        """Rename the field."""
        self._caption.setText(title)
        self.field.setAccessibleName(title)

    @property
    def error(self) -> str:
        """What is wrong, or an empty text."""
        return self._note.text() if self._note.property("role") == "error" else ""

    def fail(self, text: str) -> None:
        """Say what is wrong with the field; an empty text says it is fine again."""
        self._note.setText(text or self._hint)
        self._note.setVisible(bool(text or self._hint))
        theme.set_role(self._note, "error" if text else "caption")
        theme.set_invalid(self.field, invalid=bool(text))
        self.field.setAccessibleDescription(text)


class PasswordField(QLineEdit):
    """A password with an eye to look at it; ``show`` is what the eye is called."""

    def __init__(self, name: str, placeholder: str = "", show: str = "Show the password") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.setPlaceholderText(placeholder)
        self._look = QAction(theme.icon("eye", "text_muted"), show, self)
        self._look.setCheckable(True)
        self._look.toggled.connect(self._reveal)
        self.addAction(self._look, QLineEdit.ActionPosition.TrailingPosition)

    def forget(self) -> None:
        """Empty the field and hide what is typed next."""
        self.clear()
        self._look.setChecked(False)

    def _reveal(self, shown: bool) -> None:  # noqa: FBT001 - Qt's toggled(bool)
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._look.setIcon(theme.icon("eye-off" if shown else "eye", "text_muted"))


class SearchField(QLineEdit):
    """A line to search in, with a magnifying glass and a clear button."""

    def __init__(self, placeholder: str, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(True)
        glass = QAction(theme.icon("search", "text_muted"), "", self)
        self.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)


def roomy(field: S) -> S:
    """Give a spin box the same room left of its text as a line has; return the field."""
    field.lineEdit().setTextMargins(8, 0, 0, 0)
    return field


def line(name: str, placeholder: str = "", text: str = "") -> QLineEdit:
    """One-line field."""
    made = QLineEdit(text)
    made.setObjectName(name)
    made.setPlaceholderText(placeholder)
    return made
