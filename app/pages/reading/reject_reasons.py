"""Why a finding was rejected: offered after the rejection, by one click or one key, never asked."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.pages.finding_words import REASON_BUTTONS, REASON_WORDS
from app.widgets.buttons import button, tool
from app.widgets.text import label
from inference.records import RejectReason

_ACROSS = 4


class RejectReasons(QWidget):
    """A button per reason; ``chosen`` carries the finding ids and the RejectReason."""

    chosen = Signal(object, object)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rejectReasons")
        self._ids: tuple[str, ...] = ()
        self._title = label("", "caption")
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(tool("close", "No reason", self.end, name="rejectReasonsClose", size_px=14))
        grid = QGridLayout()
        grid.setSpacing(4)
        pairs = zip(REASON_WORDS.items(), REASON_BUTTONS, strict=True)
        for number, ((reason, words), short) in enumerate(pairs):
            made = button(
                short,
                partial(self.choose, reason),
                name=f"rejectReason.{reason.value}",
                tip=f"{words} ({number + 1} in the list)",
            )
            made.setAccessibleName(words)
            grid.addWidget(made, number // _ACROSS, number % _ACROSS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addLayout(grid)
        self.hide()

    def offer(self, finding_ids: tuple[str, ...]) -> None:
        """Offer reasons for findings that were just rejected."""
        self._ids = finding_ids
        many = len(finding_ids) > 1
        self._title.setText(f"{len(finding_ids)} rejected. Why?" if many else "Rejected. Why?")
        self.show()

    def end(self) -> None:
        """Offer nothing any more."""
        if self._ids:
            self._ids = ()
            self.hide()
            self.closed.emit()

    def choose(self, reason: RejectReason) -> None:
        """Give that reason for what was rejected last."""
        if self._ids:
            ids = self._ids
            self.end()
            self.chosen.emit(ids, reason)

    def choose_number(self, number: int) -> bool:
        """Give the reason of that key, 1 to 8; whether there was something to give one for."""
        reasons = tuple(REASON_WORDS)
        if not self._ids or not 1 <= number <= len(reasons):
            return False
        self.choose(reasons[number - 1])
        return True
