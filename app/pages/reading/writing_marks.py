"""What is marked in a text while it is written: open fields."""

from __future__ import annotations

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from app.widgets import theme
from assistant.drafting.placeholders import fields


class WritingMarks(QSyntaxHighlighter):
    """Marks a document paragraph by paragraph as it changes; the text itself stays as typed."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)

    def highlightBlock(self, text: str) -> None:
        """Mark one paragraph; Qt calls it for each that changed."""
        for start, end in fields(text):
            self.setFormat(start, end - start, _field())


def _field() -> QTextCharFormat:
    """An open field: framed by colour, and underlined for those who do not see the colour."""
    look = QTextCharFormat()
    look.setForeground(theme.current().colour("warning"))
    look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
    return look
