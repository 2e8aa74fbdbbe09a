"""Changes of a report for the eye: sections with what is new underlined and what is gone struck."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from app.widgets.marked_text import Mark, marked_label
from app.widgets.surfaces import scrolled
from app.widgets.text import label
from assistant.drafting.changes import Change, SectionChange

LEGEND = "New words are underlined, words that are gone are struck through."
_MARKS = {Change.KEPT: Mark.PLAIN, Change.NEW: Mark.NEW, Change.GONE: Mark.GONE}


def changed_text(change: SectionChange) -> QLabel:
    """Return a section's text with its changes marked."""
    made = marked_label((_MARKS[one.change], one.text) for one in change.pieces)
    made.setObjectName(f"changes{change.title.title().replace(' ', '')}")
    return made


def changes_list(changes: Sequence[SectionChange], *, name: str, height_px: int) -> QScrollArea:
    """Return the sections that differ, one below the other, in a box that scrolls."""
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(4)
    column.addWidget(label(LEGEND, "caption", wrap=True))
    for change in changes:
        if change.changed:
            column.addWidget(label(change.title, "strong"))
            column.addWidget(changed_text(change))
    column.addStretch(1)
    area = scrolled(inside, name=name, by_key=True)
    area.setAccessibleName("Differences to the signed version")
    area.setFixedHeight(height_px)
    return area
