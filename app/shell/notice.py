"""The frame of what the program says before or beside its window: a title, words, and acts."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.widgets import theme
from app.widgets.surfaces import row
from app.widgets.text import IconLabel, label


class Notice(QDialog):
    """A dialog with an icon beside its title; subclasses give the words and the acts."""

    def __init__(
        self, name: str, window: str, width_px: int = 560, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(window)
        self.setMinimumWidth(width_px)
        theme.set_role(self, "overlay")

    def show_words(self, icon: str, tone: str, title: str, *words: QWidget, acts: QLayout) -> None:
        """Lay out title, words and acts, from top to bottom."""
        heading = label(title, "heading", wrap=True)
        heading.setObjectName(f"{self.objectName()}.title")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(row(IconLabel(icon, 24, tone), heading, spacing=12, stretch=1))
        for one in words:
            column.addWidget(one)
        column.addLayout(acts)


def details(text: str, name: str, spoken: str) -> QPlainTextEdit:
    """Lines that can be read and marked, not changed."""
    shown = QPlainTextEdit(text)
    shown.setReadOnly(True)
    shown.setObjectName(name)
    shown.setAccessibleName(spoken)
    shown.setFixedHeight(120)
    return shown
