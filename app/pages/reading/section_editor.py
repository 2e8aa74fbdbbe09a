"""One section of a report: its title and its text, tinted while it is still the machine's."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from app.pages.reading.field_keys import FieldKeys
from app.pages.reading.writing_marks import WritingMarks
from app.widgets import theme
from app.widgets.text import Badge, label
from assistant.records import Section


class SectionEditor(QWidget):
    """Edits a section.

    ``edited`` is emitted when the reader types, not when text is set, ``entered`` when the text
    takes the focus.
    """

    edited = Signal()
    entered = Signal()

    def __init__(self, section: Section) -> None:
        super().__init__()
        key = section.title.title().replace(" ", "")
        self.setObjectName(f"section{key}")
        self._stored = section
        self.text_edit = _GrowingEdit()
        self.text_edit.setObjectName(f"report{key}")
        self.text_edit.setAccessibleName(section.title)
        self.text_edit.setToolTip(f"{section.title} (tinted: proposed by the machine)")
        self.text_edit.setTabChangesFocus(True)
        self.marks = WritingMarks(self.text_edit)
        self.keys = FieldKeys(self.text_edit)
        self._shown = ""
        title = label(section.title, "strong")
        title.setBuddy(self.text_edit)
        self._mark = Badge("machine draft", "accent")
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self._mark)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.text_edit)
        self.text_edit.textChanged.connect(self._changed)
        self.text_edit.entered.connect(self.entered)
        self._put(section.text)

    @property
    def title(self) -> str:
        """Title of the section."""
        return self._stored.title

    @property
    def section(self) -> Section:
        """The section as it now reads."""
        text = self.text_edit.toPlainText()
        return Section(self._stored.title, text, self._stored.machine_text)

    @property
    def dirty(self) -> bool:
        """Whether there is text that has not been stored."""
        return self.text_edit.toPlainText() != self._stored.text

    @property
    def by_machine(self) -> bool:
        """Whether the text is the machine's, word for word."""
        text = self.text_edit.toPlainText()
        return bool(text) and text == self._stored.machine_text

    def stored(self, section: Section) -> None:
        """Take over what was stored; what the reader typed meanwhile stays on the screen."""
        typed_meanwhile = self.dirty and self.text_edit.toPlainText() != section.text
        self._stored = section
        if not typed_meanwhile:
            self._put(section.text)
        self._tint()

    def begin(self) -> bool:
        """Take the focus at the first open field; return whether there is one."""
        found = not self.text_edit.isReadOnly() and self.keys.first()
        if found:
            self.text_edit.setFocus()
        return found

    def lock(self) -> None:
        """Let the text be read only."""
        self.text_edit.setReadOnly(True)
        self.marks.use(None)
        self._mark.hide()
        self.text_edit.setExtraSelections([])

    def _put(self, text: str) -> None:
        if text != self.text_edit.toPlainText():
            self.text_edit.blockSignals(True)  # noqa: FBT003 - Qt's signature
            self.text_edit.setPlainText(text)
            self.text_edit.blockSignals(False)  # noqa: FBT003 - Qt's signature
        self._shown = text
        self._tint()
        self.text_edit.fit()

    def _changed(self) -> None:
        """Hear of typing; Qt calls here for marks too, which change no letter."""
        text = self.text_edit.toPlainText()
        if text == self._shown:
            return
        self._shown = text
        self._tint()
        self.text_edit.fit()
        self.edited.emit()

    def _tint(self) -> None:
        """Colour, and a word beside it for those who do not see the colour."""
        tinted = self.by_machine and not self.text_edit.isReadOnly()
        self._mark.setVisible(tinted)
        if not tinted:
            self.text_edit.setExtraSelections([])
            return
        selection = QTextEdit.ExtraSelection()
        look = QTextCharFormat()
        look.setBackground(theme.current().colour("accent_soft"))
        cursor = QTextCursor(self.text_edit.document())
        cursor.select(QTextCursor.SelectionType.Document)
        selection.cursor = cursor
        selection.format = look
        self.text_edit.setExtraSelections([selection])


class _GrowingEdit(QPlainTextEdit):
    """Plain text that takes the height its words need; whatever holds it scrolls."""

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def fit(self) -> None:
        """Take the height of the text."""
        lines = max(1, self._lines())
        around = self.height() - self.viewport().height() + 2 * self.document().documentMargin()
        self.setFixedHeight(math.ceil(lines * self.fontMetrics().lineSpacing() + around) + 4)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def sizeHint(self) -> QSize:
        return QSize(240, self.height())

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]  # Qt hands over a QResizeEvent
        self.fit()

    def _lines(self) -> int:
        """Lines after wrapping: a plain text document counts them itself."""
        return round(self.document().size().height())
