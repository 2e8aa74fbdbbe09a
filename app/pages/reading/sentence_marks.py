"""Colours and lines over a text: the machine's sentences, doubts, numbers that follow."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from app.widgets import theme
from assistant.records import Doubt, Reference

_Line = QTextCharFormat.UnderlineStyle


def mark(
    field: QPlainTextEdit,
    unread: Iterable[tuple[int, int, str]],
    references: Iterable[Reference],
    doubts: Iterable[tuple[int, int, Doubt]],
) -> None:
    """Mark a field: unread sentences tinted, doubts waved, followed numbers dotted, broken struck.

    Each differs by more than its colour.
    """
    tinted, followed, doubted, gone = (QTextCharFormat() for _ in range(4))
    tinted.setBackground(theme.current().colour("accent_soft"))
    followed.setUnderlineStyle(_Line.DotLine)
    followed.setUnderlineColor(theme.current().colour("accent"))
    doubted.setUnderlineStyle(_Line.WaveUnderline)
    doubted.setUnderlineColor(theme.current().colour("warning"))
    gone.setForeground(theme.current().colour("danger"))
    gone.setFontStrikeOut(True)
    made = [_selection(field, start, end, tinted) for start, end, _ in unread]
    made += [_selection(field, start, end, doubted) for start, end, _ in doubts]
    made += [
        _selection(field, one.start, one.end, gone if one.broken else followed)
        for one in references
    ]
    field.setExtraSelections(made)


def _selection(
    field: QPlainTextEdit, start: int, end: int, look: QTextCharFormat
) -> QTextEdit.ExtraSelection:
    made = QTextEdit.ExtraSelection()
    cursor = QTextCursor(field.document())
    cursor.setPosition(start)
    cursor.setPosition(end, cursor.MoveMode.KeepAnchor)
    made.cursor = cursor
    made.format = look
    return made
