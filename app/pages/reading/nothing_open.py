"""What the reading page shows before a study is open."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.pages.context import Navigator
from app.widgets.messages import EmptyState


def nothing_open(navigator: Navigator) -> QWidget:
    """Return what stands in the images' place, with the way to the worklist."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.addWidget(
        EmptyState(
            "reading",
            "No study is open",
            "Choose one in the worklist.",
            "Go to the worklist",
            lambda: navigator.show("worklist"),
            name="readingEmpty",
        )
    )
    return holder
