"""Parts of a conversation: bubbles, choices, and cards of free times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.pages.citations import cited, text_block
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.surfaces import row
from app.widgets.text import Badge, IconLabel, label
from assistant.records import Reply
from assistant.wishes import ReplyKind
from scheduling.records import AppointmentStatus

_WIDTH_PX = 720


class Bubble(QWidget):
    """One message: the person's at the right, the machine's at the left."""

    def __init__(self, *parts: QWidget, own: bool = False, tone: str = "") -> None:
        super().__init__()
        self.setObjectName("bubble.own" if own else "bubble.machine")
        self._parts = parts
        frame = QFrame()
        frame.setMaximumWidth(_WIDTH_PX)
        theme.set_role(frame, "bubble", "own" if own else tone)
        column = QVBoxLayout(frame)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        for part in parts:
            column.addWidget(part)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        if own:
            line.addStretch(1)
        line.addWidget(frame, 0 if own else 3)
        if not own:
            line.addStretch(1)

    @classmethod
    def own_text(cls, text: str) -> Bubble:
        """What the person said."""
        block = text_block(text)
        if block.fontMetrics().horizontalAdvance(text) < _WIDTH_PX - 64 and "\n" not in text:
            block.setWordWrap(False)
        return cls(block, own=True)

    @classmethod
    def machine_text(cls, text: str, tone: str = "") -> Bubble:
        """What the machine says without a source."""
        return cls(text_block(text), tone=tone)

    @classmethod
    def reply(cls, reply: Reply) -> Bubble:
        """What the assistant answered; an emergency stands out."""
        urgent = reply.kind is ReplyKind.EMERGENCY
        parts: list[QWidget] = [cited(sentence) for sentence in reply.sentences]
        if any(sentence.by_model for sentence in reply.sentences):
            parts.append(label("Worded by the local language model", "caption"))
        return cls(*parts, tone="danger" if urgent else "")

    def append(self, text: str) -> None:
        """Add what has just been written to a bubble that is being written."""
        block = self._parts[0]
        if isinstance(block, QLabel):
            before = "" if block.text() == "…" else block.text()
            block.setText(before + text)


class SlotCard(QFrame):
    """A free time with one button; ``wanted`` is the person's confirming click."""

    wanted = Signal()

    def __init__(self, when: str, who: str, *, bookable: bool) -> None:
        super().__init__()
        self.setObjectName("slot")
        self.setMaximumWidth(_WIDTH_PX)
        theme.set_role(self, "card")
        self._note = label("", "error", wrap=True)
        self._note.hide()
        self._badge = Badge("Booked", "good")
        self._badge.hide()
        self.book = button("Book", self.wanted.emit, name="slot.book", kind="primary", icon="check")
        self.book.setAccessibleName(f"Book {when} {who}")
        self.book.setToolTip("Book this time")
        self.book.setVisible(bookable)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(when, "strong"))
        words.addWidget(label(who, "muted"))
        words.addWidget(self._note)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 10, 12, 10)
        line.setSpacing(12)
        line.addWidget(IconLabel("calendar", 20, "accent"))
        line.addLayout(words, 1)
        line.addWidget(self._badge)
        line.addWidget(self.book)

    def wait(self) -> None:
        """The click is on its way."""
        self.book.setEnabled(False)
        self._note.hide()

    def refuse(self, text: str) -> None:
        """Say at the card why it was not booked (it may just have been taken)."""
        self.book.setEnabled(True)
        self._note.setText(text)
        self._note.show()

    def booked(self, status: AppointmentStatus) -> None:
        """Say that it is booked, or waits for the server's word."""
        self.book.hide()
        if status is AppointmentStatus.PENDING:
            self._badge.show_text("Provisional until the server confirms", "warning")
        self._badge.show()

    def close_offer(self) -> None:
        """Another time was booked: this one is no longer offered."""
        if self._badge.isHidden():
            self.book.hide()


def choice_row(choices: Sequence[str], chosen: Callable[[str], None]) -> QWidget:
    """Buttons that say something for the person."""
    holder = QWidget()
    made = [
        button(choice, partial(chosen, choice), name=f"choice.{number}")
        for number, choice in enumerate(choices)
    ]
    layout = row(*made, QWidget(), stretch=len(made))
    holder.setLayout(layout)
    return holder
