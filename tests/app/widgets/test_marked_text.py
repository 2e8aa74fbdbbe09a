"""Marked words: never read as markup, and told to who does not see lines or colours."""

from __future__ import annotations

from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from app.widgets.marked_text import Mark, marked_label

PIECES = (
    (Mark.PLAIN, "Size <b>3.5</b> & more\n"),
    (Mark.GONE, "left"),
    (Mark.NEW, "<h1>right</h1>"),
)


def test_text_is_shown_as_it_is(qtbot: QtBot) -> None:
    made = marked_label(PIECES)
    qtbot.addWidget(made)
    page = QTextDocument()
    page.setHtml(made.text())
    assert page.toPlainText() == "Size <b>3.5</b> & more\nleft\u2009<h1>right</h1>"


def test_marks_are_lines_and_words_too(qtbot: QtBot) -> None:
    made = marked_label(PIECES)
    qtbot.addWidget(made)
    assert "line-through" in made.text()
    assert "underline" in made.text()
    assert made.accessibleName() == "Size <b>3.5</b> & more\n<h1>right</h1>"
    assert made.accessibleDescription() == "Gone: left. New: <h1>right</h1>."
