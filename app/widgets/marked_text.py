"""A label that marks some of its words as new or gone, by line and by colour."""

from __future__ import annotations

import html
from collections.abc import Iterable
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.widgets import theme


class Mark(Enum):
    """How some words are marked."""

    PLAIN = "plain"
    NEW = "new"
    GONE = "gone"


_APART = "&thinsp;"
"""Between a word that is gone and the one in its place, so that two numbers are not read as one."""

_LINES = {Mark.NEW: ("underline", "good"), Mark.GONE: ("line-through", "danger")}


def marked_label(pieces: Iterable[tuple[Mark, str]]) -> QLabel:
    """Return a wrapping label of these pieces; every piece is text, none is read as markup.

    What is new is underlined, what is gone struck through; a screen reader is told both apart.
    """
    told = tuple(pieces)
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.RichText)
    inside = "".join(
        f"{_APART if before is Mark.GONE and mark is Mark.NEW else ''}{_span(mark, text)}"
        for before, (mark, text) in zip((Mark.PLAIN, *(one for one, _ in told)), told, strict=False)
    )
    made.setText(f'<div style="white-space: pre-wrap">{inside}</div>')
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    made.setWordWrap(True)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    made.setAccessibleName("".join(text for mark, text in told if mark is not Mark.GONE))
    made.setAccessibleDescription(_in_words(told))
    return made


def _span(mark: Mark, text: str) -> str:
    shown = html.escape(text).replace("\n", "<br>")
    if mark is Mark.PLAIN:
        return shown
    line, token = _LINES[mark]
    colour = theme.current().colours[token]
    return f'<span style="text-decoration: {line}; color: {colour}">{shown}</span>'


def _in_words(pieces: Iterable[tuple[Mark, str]]) -> str:
    names = {Mark.NEW: "New", Mark.GONE: "Gone"}
    return " ".join(
        f"{names[mark]}: {' '.join(text.split())}."
        for mark, text in pieces
        if mark in names and text.strip()
    )
