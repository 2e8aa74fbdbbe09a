"""The text field of a section: as high as its words; numbers taken are copied and pasted along."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from assistant.records import Reference
from sync.wire.values import canonical, decode

_NUMBERS = "application/x-sagittal-numbers"

References = tuple[Reference, ...]


class ReportField(QPlainTextEdit):
    """Plain text that takes the height its words need; whatever holds it scrolls.

    ``pasting`` holds, while words are pasted, where they begin and the numbers that came along.
    """

    entered = Signal()

    def __init__(self, references: Callable[[], References]) -> None:
        super().__init__()
        self._references = references
        self.pasting: tuple[int, References] | None = None
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def fit(self) -> None:
        """Take the height of the text."""
        lines = max(1, self._lines())
        around = self.height() - self.viewport().height() + 2 * self.document().documentMargin()
        self.setFixedHeight(math.ceil(lines * self.fontMetrics().lineSpacing() + around) + 4)

    def put(self, text: str) -> None:
        """Show another text without a word to whoever listens; the cursor stays at its words."""
        before = self.toPlainText()
        if text == before:
            return
        most = min(len(text), len(before))
        head = next((n for n in range(most) if text[n] != before[n]), most)
        tail = next((n for n in range(most - head) if text[-1 - n] != before[-1 - n]), most - head)
        cursor = QTextCursor(self.document())
        cursor.setPosition(head)
        cursor.setPosition(len(before) - tail, cursor.MoveMode.KeepAnchor)
        self.blockSignals(True)  # noqa: FBT003 - Qt's signature
        cursor.insertText(text[head : len(text) - tail])
        self.blockSignals(False)  # noqa: FBT003 - Qt's signature

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def createMimeDataFromSelection(self) -> QMimeData:
        """The chosen words, and the numbers among them that follow a measurement."""
        made = super().createMimeDataFromSelection()
        start, end = self.textCursor().selectionStart(), self.textCursor().selectionEnd()
        inside = tuple(
            replace(one, start=one.start - start)
            for one in self._references()
            if start <= one.start and one.end <= end
        )
        if inside:
            made.setData(_NUMBERS, canonical(inside))
        return made

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasFormat(_NUMBERS):
            came = json.loads(bytes(source.data(_NUMBERS).data()))
            start = self.textCursor().selectionStart()
            self.pasting = start, tuple(decode(Reference, one) for one in came)
        super().insertFromMimeData(source)
        self.pasting = None

    def sizeHint(self) -> QSize:
        return QSize(240, self.height())

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]  # Qt hands over a QResizeEvent
        self.fit()

    def _lines(self) -> int:
        """Lines after wrapping: a plain text document counts them itself."""
        return round(self.document().size().height())
