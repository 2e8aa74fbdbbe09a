"""Undo and Redo in the reading page's head, each saying what it would do."""

from __future__ import annotations

from app.pages.reading.drawing_desk import DrawingDesk
from app.records import EditKind
from app.widgets.buttons import tool

_EDITS = {
    EditKind.ANNOTATION: "the last measurement",
    EditKind.KEY_IMAGE: "the last key image",
    EditKind.LABEL_STROKE: "the last stroke",
    EditKind.FINDING: "the last decision on a finding",
    EditKind.REPORT: "the last words of the report",
}


class UndoButtons:
    """Two buttons over the one undo stack of the open study."""

    def __init__(self, desk: DrawingDesk) -> None:
        self._desk = desk
        undo = tool("undo", "Undo", desk.undo, name="undo", key="Ctrl+Z")
        redo = tool("redo", "Redo", desk.redo, name="redo", key="Ctrl+Shift+Z")
        self.both = (undo, redo)

    def show(self) -> None:
        """Say what each would do now."""
        stack = self._desk.stack
        kinds = (("Undo", stack.undo), ("Redo", stack.redo))
        for made, (word, kind) in zip(self.both, kinds, strict=True):
            made.setEnabled(kind is not None)
            made.setToolTip(f"{word} {_EDITS[kind]}" if kind else f"Nothing to {word.lower()}")
