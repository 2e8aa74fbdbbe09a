"""The list of a patient's own conversations: go on with one, or erase it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from app.pages.citations import clear
from app.pages.wording import zone_of
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.messages import EmptyState
from app.widgets.surfaces import row, scrolled
from app.widgets.text import label
from app.workflow.conversing import PastConversation
from assistant.phrases import Phrases
from assistant.tools.saying import day_words


class PastConversations(QWidget):
    """What was spoken about before; ``chosen`` and ``erased`` carry an id."""

    chosen = Signal(str)
    erased = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("assistant.past")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self._rows.setContentsMargins(0, 0, 12, 0)
        inside = QWidget()
        inside.setLayout(self._rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scrolled(inside, name="assistant.past.list"), 1)

    def show_all(self, found: Sequence[PastConversation], zone: str, words: Phrases) -> None:
        """Show the list anew."""
        clear(self._rows)
        back = button(words.say("page.back"), self.left.emit, name="assistant.past.back")
        self._rows.addLayout(row(back, QWidget(), stretch=1))
        if not found:
            self._rows.addWidget(
                EmptyState(
                    "assistant",
                    words.say("page.past"),
                    words.say("page.past_empty"),
                    name="assistant.past.none",
                )
            )
        else:
            self._rows.addWidget(label(words.say("page.past_kept"), "muted", wrap=True))
        for one in found:
            self._rows.addWidget(self._row(one, zone, words))
        self._rows.addStretch(1)

    def _row(self, one: PastConversation, zone: str, words: Phrases) -> QWidget:
        local = one.updated_at.astimezone(zone_of(zone))
        when = f"{day_words(local.date(), words)}, {local:%H:%M}"
        card = QFrame()
        theme.set_role(card, "card")
        go = button(
            words.say("page.go_on"),
            lambda: self.chosen.emit(one.id),
            name=f"assistant.past.go.{one.id}",
            kind="primary",
        )
        go.setAccessibleName(f"{words.say('page.go_on')}: {when}")
        gone = button(
            words.say("page.erase"),
            lambda: ask(),  # noqa: PLW0108 - it is defined below
            name=f"assistant.past.erase.{one.id}",
            kind="danger",
        )
        gone.setAccessibleName(f"{words.say('page.erase')}: {when}")
        said = QWidget()
        column = QVBoxLayout(said)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(label(when, "strong"))
        column.addWidget(label(one.began or "…", "muted", wrap=True))
        line = row(said, gone, go, stretch=0)
        sure, keep = self._sure(one, when, words)

        def ask() -> None:
            for part in (gone, go):
                part.setEnabled(False)
            sure.show()
            keep.setFocus()

        def leave() -> None:
            for part in (gone, go):
                part.setEnabled(True)
            sure.hide()
            gone.setFocus()

        keep.clicked.connect(leave)
        whole = QVBoxLayout(card)
        whole.setContentsMargins(16, 10, 12, 10)
        whole.setSpacing(8)
        whole.addLayout(line)
        whole.addWidget(sure)
        return card

    def _sure(
        self, one: PastConversation, when: str, words: Phrases
    ) -> tuple[QWidget, QPushButton]:
        """The question before a conversation is erased, and its way back."""
        sure = QWidget()
        erase = button(
            words.say("page.erase_yes"),
            lambda: self.erased.emit(one.id),
            name=f"assistant.past.sure.{one.id}",
            kind="danger",
        )
        keep = button(words.say("page.erase_no"), name=f"assistant.past.keep.{one.id}")
        for made in (erase, keep):
            made.setAccessibleName(f"{made.text()}: {when}")
        column = QVBoxLayout(sure)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(words.say("page.erase_sure"), "", wrap=True, tone="warning"))
        column.addLayout(row(QWidget(), keep, erase, stretch=0))
        sure.hide()
        return sure, keep
