"""What is marked in a text while it is written: open fields, and words in no dictionary."""

from __future__ import annotations

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit

from app.pages.reading.spelling import Spelling
from app.widgets import theme
from assistant.drafting.placeholders import fields
from assistant.spelling.words import word_at, words_of


class WritingMarks(QSyntaxHighlighter):
    """Marks a text paragraph by paragraph as it changes; the text itself stays as typed.

    The word at the cursor is looked up and marked only once the cursor has left it.
    """

    def __init__(self, field: QPlainTextEdit) -> None:
        super().__init__(field.document())
        self._field = field
        self._spelling: Spelling | None = None
        self._spared: tuple[int, int] | None = None
        field.cursorPositionChanged.connect(self._moved)

    def use(self, spelling: Spelling | None) -> None:
        """Mark wrong words too, or no longer."""
        if self._spelling is not None:
            self._spelling.changed.disconnect(self._verdicts)
        self._spelling = spelling
        if spelling is not None:
            spelling.changed.connect(self._verdicts)
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Mark one paragraph; Qt calls it for each that changed."""
        for start, end in fields(text):
            self.setFormat(start, end - start, _field())
        if self._spelling is not None and self._spelling.on:
            self._mark_words(text, self._spelling)

    def _verdicts(self, words: frozenset[str]) -> None:
        """Mark the paragraphs anew that hold a word whose verdict changed."""
        block = self.document().begin()
        while block.isValid():
            if not words or any(word in words for _, word in words_of(block.text())):
                self.rehighlightBlock(block)
            block = block.next()

    def _mark_words(self, text: str, spelling: Spelling) -> None:
        block = self.currentBlock()
        cursor = self._field.textCursor()
        typing = self._field.hasFocus() and not cursor.hasSelection()
        at = cursor.position() - block.position() if typing else -1
        for start, word in words_of(text):
            if start < at <= start + len(word):
                self._spared = block.blockNumber(), start
            elif spelling.is_wrong(word):
                self.setFormat(start, len(word), _wrong())

    def _moved(self) -> None:
        """Look at the word that was spared while it was typed, once the cursor has left it."""
        if self._spared is None:
            return
        number, start = self._spared
        cursor = self._field.textCursor()
        there = word_at(cursor.block().text(), cursor.positionInBlock())
        if cursor.blockNumber() == number and there is not None and there[0] == start:
            return
        self._spared = None
        block = self.document().findBlockByNumber(number)
        if block.isValid():
            self.rehighlightBlock(block)


def _field() -> QTextCharFormat:
    """An open field: coloured, and underlined for those who do not see the colour."""
    look = QTextCharFormat()
    look.setForeground(theme.current().colour("warning"))
    look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
    return look


def _wrong() -> QTextCharFormat:
    look = QTextCharFormat()
    look.setUnderlineColor(theme.current().colour("danger"))
    look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    return look
