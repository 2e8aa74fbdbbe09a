"""Cards of free times and of own visits in a conversation: one click each, with undo."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.pages.unbroken import unbroken
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.text import Badge, IconLabel, label
from assistant.phrases import Phrases
from assistant.wishes import Act
from scheduling.records import AppointmentStatus

CARD_WIDTH_PX = 720


class VisitCard(QFrame):
    """A time with what may be done about it; a click is the person's confirmation.

    ``wanted`` says that the act was clicked, ``undo_wanted`` that it is to be taken back,
    ``move_wanted`` that another time is looked for.
    A second click before the answer is heard by nobody.
    """

    wanted = Signal()
    undo_wanted = Signal()
    move_wanted = Signal()

    def __init__(self, when: str, who: str, words: Phrases, act: Act, *, allowed: bool) -> None:
        super().__init__()
        self.setObjectName("slot")
        self.setMaximumWidth(CARD_WIDTH_PX)
        theme.set_role(self, "card")
        self.act = act
        self.when = when
        self._words = words
        self._note = label("", "error", wrap=True)
        self._note.hide()
        self._kept = label("", "caption")
        self._kept.hide()
        self._badge = Badge("", "good")
        self._badge.hide()
        self._act_button(when, who, allowed=allowed)
        self.choose = button(
            words.say("card.move"),
            self.move_wanted.emit,
            name="slot.choose",
            tip=words.say("card.choose_tip"),
        )
        self.choose.setAccessibleName(f"{words.say('card.move')}: {when} {who}")
        self.choose.setVisible(act is Act.CANCEL and allowed)
        self.undo = button(
            words.say("card.undo"),
            self._undo,
            name="slot.undo",
            tip=words.say("card.undo_tip"),
        )
        self.undo.setAccessibleName(f"{words.say('card.undo')}: {when}")
        self.undo.hide()
        self._lay_out(when, who)

    def _act_button(self, when: str, who: str, *, allowed: bool) -> None:
        names = {
            Act.BOOK: ("card.book", "card.book_tip", "primary", "check"),
            Act.MOVE: ("card.move_here", "card.move_tip", "primary", "check"),
            Act.CANCEL: ("card.cancel", "card.cancel_tip", "danger", ""),
        }
        text, tip, kind, icon = names[self.act]
        self.book = button(
            self._words.say(text),
            self._click,
            name=f"slot.{self.act.value}",
            kind=kind,
            icon=icon,
            tip=self._words.say(tip),
        )
        self.book.setAccessibleName(f"{self._words.say(text)}: {when} {who}")
        self.book.setVisible(allowed)

    def _lay_out(self, when: str, who: str) -> None:
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addWidget(label(unbroken(when), "strong", wrap=True))
        lines.addWidget(label(who, "muted", wrap=True))
        lines.addWidget(self._kept)
        lines.addWidget(self._note)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 10, 12, 10)
        line.setSpacing(12)
        line.addWidget(IconLabel("calendar", 20, "accent"))
        line.addLayout(lines, 1)
        line.addWidget(self._badge)
        line.addWidget(self.undo)
        line.addWidget(self.choose)
        line.addWidget(self.book)

    def _click(self) -> None:
        if self.book.isEnabled():
            self.wait()
            self.wanted.emit()

    def _undo(self) -> None:
        if self.undo.isEnabled():
            self.undo.setEnabled(False)
            self.undo_wanted.emit()

    def wait(self) -> None:
        """The click is on its way."""
        self.book.setEnabled(False)
        self._note.hide()

    def keep(self, until: str) -> None:
        """Say until when the time is kept for the person."""
        self._kept.setText(self._words.say("card.kept", time=until))
        self._kept.show()

    def refuse(self, text: str) -> None:
        """Say at the card why it was not done (the time may just have been taken)."""
        self.book.setEnabled(True)
        self.undo.setEnabled(True)
        self._note.setText(text)
        self._note.show()

    def settle(self, status: AppointmentStatus, *, undoable: bool) -> None:
        """Say that it is done, or waits for the server's word; perhaps offer to take it back."""
        self.book.hide()
        self.choose.hide()
        self._kept.hide()
        key = {Act.BOOK: "booked", Act.MOVE: "moved"}.get(self.act, "cancelled")
        if status is AppointmentStatus.PENDING:
            self._badge.show_text(self._words.say("card.pending"), "warning")
        else:
            tone = "" if self.act is Act.CANCEL else "good"
            self._badge.show_text(self._words.say(f"card.{key}"), tone)
        self._badge.show()
        self.undo.setVisible(undoable)

    def taken_back(self) -> None:
        """Say that it was undone."""
        self.undo.hide()
        self._badge.show_text(self._words.say("card.undone"), "")
        self._badge.show()

    def outdate(self, now: str) -> None:
        """Say that the appointment is not any more as the card tells; nothing can be done here.

        ``now`` is when it is now, or empty where it does not stand any more.
        """
        for part in (self.book, self.choose, self.undo, self._kept):
            part.hide()
        key = "card.now_at" if now else "card.now_gone"
        self._note.setText(self._words.say(key, when=now))
        self._note.show()
        self._badge.show_text(self._words.say("card.changed"), "warning")
        self._badge.show()

    def close_offer(self) -> None:
        """Another time was taken: this one is no longer offered."""
        if self._badge.isHidden() and self.act is not Act.CANCEL:
            self.book.hide()
            self._kept.hide()
            self._badge.show_text(self._words.say("card.not_booked"), "")
            self._badge.show()
