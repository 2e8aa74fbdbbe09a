"""The doubts about a text, below it: what is doubted, what the findings say, an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.pages.report_asking import ask_reason
from app.widgets.buttons import button
from app.widgets.surfaces import Card
from app.widgets.text import label
from assistant.records import Doubt

Answer = Callable[[Doubt, str], None]


class DoubtRows(QWidget):
    """One row per doubt; the sentence is corrected in the text, or it stays with a reason."""

    shown = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("doubtRows")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._doubts: tuple[Doubt, ...] = ()
        self.hide()

    def show_doubts(self, doubts: Sequence[Doubt], answer: Answer) -> None:
        """Show these and no others."""
        if tuple(doubts) == self._doubts:
            return
        self._doubts = tuple(doubts)
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for doubt in doubts:
            self._column.addWidget(self._row(doubt, answer))
        self.setVisible(bool(doubts))

    def _row(self, doubt: Doubt, answer: Answer) -> QWidget:
        row = Card(name="doubtRow")
        row.column.setContentsMargins(10, 6, 10, 6)
        row.column.setSpacing(2)
        message = doubt.message.removeprefix(f"{doubt.section}: ")
        row.column.addWidget(label(message, "", wrap=True, tone="warning"))
        if doubt.says:
            row.column.addWidget(label(f"Accepted: {doubt.says}", "caption", wrap=True))
        acts = QHBoxLayout()
        acts.setSpacing(8)
        if doubt.sentence:
            acts.addWidget(
                button(
                    "Show",
                    lambda: self.shown.emit(doubt),
                    name="doubtShow",
                    kind="link",
                    tip="Go to the sentence",
                )
            )
        acts.addWidget(
            button(
                "It stays, because…",
                lambda: self._ask(doubt, answer),
                name="doubtAnswer",
                kind="link",
                tip="Let the sentence stand and say why; the reason is signed with the report",
            )
        )
        acts.addStretch(1)
        row.column.addLayout(acts)
        row.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return row

    def _ask(self, doubt: Doubt, answer: Answer) -> None:
        ask_reason(
            self.window(),
            "The sentence stays",
            doubt.message,
            "Let it stand",
            lambda reason: answer(doubt, reason),
        )
