"""A patient's coming visits with a click to cancel each, and one to take the cancelling back."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.pages.citations import clear
from app.pages.page import Page
from app.pages.wording import APPOINTMENT_WORDS
from app.widgets.buttons import button
from app.widgets.surfaces import row
from app.widgets.text import Badge, label
from app.workflow import booking
from app.workflow.booking import CalendarEntry
from app.workflow.making import slot_of
from assistant.tools.saying import meeting_words
from scheduling.records import OCCUPYING, Appointment


class MyVisits(QWidget):
    """Lives on a page of a patient; ``zone`` is the clinic's."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._session = page.context.session
        self.words = page.words
        self.zone: tzinfo = UTC
        self._undoable: dict[str, Appointment] = {}
        self._to_focus = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def read(self) -> None:
        """Read the visits."""
        self._page.ask(lambda _: booking.my_appointments(self._session), self._show)

    def _show(self, entries: tuple[CalendarEntry, ...]) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self._to_focus = focused.objectName()
        clear(self._column)
        now = self._session.now()
        coming = [one for one in entries if one.appointment.ends >= now]
        kept = {_time(one.appointment) for one in coming if _stands(one.appointment)}
        shown = [
            one for one in coming if _stands(one.appointment) or _time(one.appointment) not in kept
        ]
        for entry in sorted(shown, key=lambda one: one.appointment.starts):
            made = self._visit(entry)
            self._column.addWidget(made)
            made.show()
            if self._to_focus and (act := made.findChild(QPushButton, self._to_focus)):
                act.setFocus()
                self._to_focus = ""
        if not shown:
            self._column.addWidget(label(self.words.say("health.none_booked"), "muted"))

    def _visit(self, entry: CalendarEntry) -> QWidget:
        visit, say = entry.appointment, self.words.say
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        when = meeting_words(visit.starts, visit.ends, self.zone, self.words)
        column.addWidget(label(when, "strong", wrap=True))
        _, tone = APPOINTMENT_WORDS[visit.status]
        name = label(entry.practitioner_name, "muted", wrap=True)
        badge = Badge(say(f"status.{visit.status.value}"), tone)
        line = row(name, badge, stretch=0)
        line.setAlignment(badge, Qt.AlignmentFlag.AlignVCenter)
        if (act := self._act(visit)) is not None:
            act.setAccessibleName(f"{act.text()}: {when}")
            line.addWidget(act)
        column.addLayout(line)
        return holder

    def _act(self, visit: Appointment) -> QPushButton | None:
        """What may be done about a visit: cancel it, or take back that it was cancelled here."""
        if _stands(visit):
            key, wanted, name = "cancel", self._cancel, f"my-health.cancel.{visit.id}"
        elif visit.id in self._undoable:
            key, wanted, name = "undo", self._undo, f"my-health.undo.{visit.id}"
        else:
            return None
        act = button(
            self.words.say(f"card.{key}"),
            lambda: wanted(visit, act),
            name=name,
            kind="danger" if key == "cancel" else "",
            tip=self.words.say(f"card.{key}_tip"),
        )
        return act

    def _cancel(self, visit: Appointment, act: QPushButton) -> None:
        act.setEnabled(False)

        def cancelled(_: Appointment) -> None:
            self._undoable[visit.id] = visit
            self._done("health.cancelled", f"my-health.undo.{visit.id}")

        self._page.ask(
            lambda _: booking.cancel(self._session, visit.id),
            cancelled,
            failed=partial(self._refused, act),
        )

    def _undo(self, visit: Appointment, act: QPushButton) -> None:
        """Book the time again as it was, if it is still free."""
        act.setEnabled(False)
        before = self._undoable[visit.id]

        def undone(again: Appointment) -> None:
            self._undoable.pop(visit.id, None)
            self._done("card.undone", f"my-health.cancel.{again.id}")

        self._page.ask(
            lambda _: booking.book(
                self._session, slot_of(before), before.patient_id, before.reason
            ),
            undone,
            failed=partial(self._refused, act),
        )

    def _done(self, key: str, to_focus: str) -> None:
        """Tell it, and go on with the button that stands where the clicked one was."""
        self._to_focus = to_focus
        self._page.context.navigator.banner(self.words.say(key), "good")
        self.read()

    def _refused(self, act: QPushButton, reason: str) -> None:
        if isValid(act):
            act.setEnabled(True)
        self._page.complain(reason)


def _stands(visit: Appointment) -> bool:
    return visit.status in OCCUPYING


def _time(visit: Appointment) -> tuple[str, datetime]:
    """Whom and when: of a visit that was cancelled and booked again, one line is enough."""
    return visit.practitioner_id, visit.starts
