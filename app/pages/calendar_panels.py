"""The calendar's side: one appointment, working hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, time, tzinfo
from functools import partial

from PySide6.QtCore import QTime
from PySide6.QtWidgets import (
    QComboBox,
    QSpinBox,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from app.accounts.permissions import Permission
from app.pages.booking_words import Catalogue, slot_words
from app.pages.calendar_exchange import (
    ask_where,
    ask_which,
    read_leave,
    save_appointment,
    save_calendar,
)
from app.pages.calendar_moves import Moves
from app.pages.citations import clear
from app.pages.message_lines import notice_lines
from app.pages.page import Page
from app.pages.patient_told import say_told
from app.pages.wording import (
    APPOINTMENT_WORDS,
    WEEKDAYS,
    day,
    meeting,
    until,
)
from app.widgets.buttons import button, tool
from app.widgets.forms import FormRow, roomy
from app.widgets.surfaces import Line, row, scrolled
from app.widgets.text import Badge, label
from app.workflow import booking, notifying
from app.workflow.booking import CalendarEntry
from app.workflow.making import slot_of
from scheduling.records import OCCUPYING, Availability, Notice, ends_after

_NOTHING_SENT = "No message: no address is known, or the patient wants none."


class SidePanel(QWidget):
    """A column with a heading and a close button; asks through its page."""

    def __init__(self, page: Page, heading: str, close: Callable[[], None]) -> None:
        super().__init__()
        self._page = page
        self._session = page.context.session
        self._close = close
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        shut = tool("close", "Close", close, name="calendar.close", size_px=14)
        self.heading = label(heading, "heading", wrap=True)
        self.column.addLayout(row(self.heading, shut, stretch=0))

    def _tell(self, text: str) -> None:
        self._page.context.navigator.banner(text, "good")


class AppointmentPanel(SidePanel):
    """One appointment: who, when, its status, what was sent about it, and what to do with it."""

    def __init__(
        self,
        page: Page,
        close: Callable[[], None],
        moves: Moves,
    ) -> None:
        super().__init__(page, "", close)
        self._moves = moves
        self.known = Catalogue()
        self.entry: CalendarEntry | None = None
        self._zone: tzinfo = UTC
        self._badge = Badge()
        self._when = label("", "strong", wrap=True)
        self._who = label("", "muted", wrap=True)
        self._notices = QVBoxLayout()
        self._notices.setSpacing(8)
        self._title = label("Messages", "strong")
        self.cancel = button(
            "Cancel appointment", self._cancel, name="calendar.cancel", kind="danger", icon="close"
        )
        self.save = button(
            "Save as calendar file", self._save, name="calendar.save", icon="download"
        )
        for part in (self._badge, self._when, self._who, Line(), self._title):
            self.column.addWidget(part)
        self.column.addLayout(self._notices)
        self.column.addStretch(1)
        self.column.addWidget(self.save)
        self.change = button(
            "Change…",
            self._ask,
            name="calendar.change",
            icon="edit",
            tip="Arrived, did not come, reschedule, cancel (Enter)",
        )
        self.column.addWidget(self.change)
        self.rest = button(
            "This and the later ones…",
            self._ask_rest,
            name="calendar.rest",
            icon="refresh",
            tip="Move or cancel the rest of the series",
        )
        self.column.addWidget(self.rest)
        self.column.addWidget(self.cancel)

    def show_entry(self, entry: CalendarEntry, zone: tzinfo) -> None:
        """Show an appointment."""
        self.entry = entry
        booked = entry.appointment
        word, tone = APPOINTMENT_WORDS[booked.status]
        self.heading.setText(entry.patient_name)
        self._badge.show_text(word, tone)
        self._when.setText(meeting(booked.starts, booked.ends, zone))
        what = slot_words(slot_of(booked), self.known, plain="")
        series = "one of a series" if booked.series_id else ""
        who = what or f"With {entry.practitioner_name}"
        parts = (who, series, booked.reason, booked.exception)
        self._who.setText(" · ".join(part for part in parts if part))
        may = self._session.can(Permission.CANCEL_APPOINTMENT, booked.patient_id)
        self.cancel.setVisible(may and booked.status in OCCUPYING)
        self.rest.setVisible(self._moves.may_change_rest(entry))
        self._zone = zone
        self.read_notices()

    def read_notices(self) -> None:
        """Read again what was sent about the appointment."""
        may = self._session.can(Permission.SEE_NOTICES)
        self._title.setVisible(may)
        if self.entry is None or not may:
            return
        appointment_id = self.entry.appointment.id
        self._page.ask(
            lambda _: notifying.notices(self._session, appointment_id), self._show_notices
        )

    def _show_notices(self, notices: tuple[Notice, ...]) -> None:
        clear(self._notices)
        if not notices:
            self._notices.addWidget(label(_NOTHING_SENT, "caption", wrap=True))
        for line in notice_lines(notices, self._zone):
            self._notices.addLayout(line)

    def _save(self) -> None:
        if self.entry is not None:
            ident = self.entry.appointment.id
            ask_where(
                self, "appointment.ics", lambda path: save_appointment(self._page, ident, path)
            )

    def _ask(self) -> None:
        if self.entry is not None:
            at = self.change.mapToGlobal(self.change.rect().bottomLeft())
            self._moves.ask(self.entry, at)

    def _ask_rest(self) -> None:
        if self.entry is not None:
            at = self.rest.mapToGlobal(self.rest.rect().bottomLeft())
            self._moves.ask_rest(self.entry, at)

    def _cancel(self) -> None:
        if self.entry is None:
            return
        one = self.entry.appointment
        self._page.ask(
            lambda _: booking.cancel(self._session, one.id),
            lambda _: self._cancelled(one.patient_id),
        )

    def _cancelled(self, patient_id: str) -> None:
        say_told(self._page, "The appointment is cancelled", patient_id)
        self._close()


class HoursPanel(SidePanel):
    """Weekly working hours of one practitioner."""

    def __init__(self, page: Page, close: Callable[[], None], changed: Callable[[], None]) -> None:
        super().__init__(page, "Working hours", close)
        self._practitioner_id = ""
        self._changed = changed
        self._who = label("", "muted", wrap=True)
        listed = QWidget()
        self._list = QVBoxLayout(listed)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(4)
        self.weekday = QComboBox()
        self.weekday.setObjectName("hours.weekday")
        self.weekday.addItems(WEEKDAYS)
        self.starts = _clock("hours.from", 9)
        self.ends = _clock("hours.to", 17)
        self.ends.setToolTip("00:00 is midnight, the end of the day")
        self.minutes = roomy(QSpinBox())
        self.minutes.setObjectName("hours.minutes")
        self.minutes.setRange(5, 240)
        self.minutes.setSingleStep(5)
        self.minutes.setValue(30)
        self.minutes.setSuffix(" min")
        self.add = button("Add", self._add, name="hours.add", kind="primary", icon="plus")
        self._error = label("", "error", wrap=True)
        self._error.hide()
        self.column.addWidget(self._who)
        hint = (
            "Drag on the calendar to paint hours, extra hours or leave; drag what is there to"
            " change it, click it twice to end it or take it back."
        )
        self.column.addWidget(label(hint, "caption", wrap=True))
        self.column.addWidget(scrolled(listed, name="hours.list", by_key=True), 1)
        self.column.addWidget(Line())
        self.column.addWidget(FormRow("Weekday", self.weekday))
        times = (FormRow("From", self.starts), FormRow("To", self.ends))
        self.column.addLayout(row(*times, FormRow("Each visit", self.minutes)))
        self.column.addWidget(self._error)
        self.column.addWidget(self.add)
        save = button("Save as file", self._save, name="hours.save", icon="download")
        self.leave = button("Leave from file", self._leave, name="hours.leave", icon="file")
        self.column.addLayout(row(save, self.leave))
        self.name = ""
        self.zone: tzinfo = UTC

    def _save(self) -> None:
        who = self._practitioner_id
        ask_where(self, "calendar.ics", lambda path: save_calendar(self._page, who, path))

    def _leave(self) -> None:
        who, name, zone = self._practitioner_id, self.name, self.zone
        ask_which(self, lambda path: read_leave(self._page, who, name, zone, path))

    def show_practitioner(self, practitioner_id: str, name: str) -> None:
        """Show somebody's hours."""
        self._practitioner_id = practitioner_id
        self.name = name.partition(" · ")[0]
        self._who.setText(name)
        self.read()

    def read(self) -> None:
        """Read the hours again."""
        wanted = self._practitioner_id
        self._page.ask(lambda _: booking.availabilities(self._session, wanted), self._show)

    def _show(self, hours: tuple[Availability, ...]) -> None:
        clear(self._list)
        mine = self._practitioner_id == self._session.actor.practitioner_id
        may = self._session.can(
            Permission.EDIT_AVAILABILITY if mine else Permission.EDIT_ANY_AVAILABILITY
        )
        self.add.setEnabled(may)
        self.leave.setEnabled(may)
        today = self._session.today(self.zone)
        shown = [one for one in hours if one.until is None or one.until >= today]
        if not shown:
            text = "No hours yet: nothing can be booked."
            self._list.addWidget(label(text, "caption", wrap=True))
        for one in sorted(shown, key=lambda each: (each.weekday, each.starts, each.from_day)):
            text = _hours_words(one, today)
            each = label(f"{one.slot_minutes} min", "muted")
            remove = tool(
                "trash", f"Remove {text}", partial(self._remove, one.id), name="hours.remove"
            )
            remove.setEnabled(may)
            self._list.addLayout(row(label(text, wrap=True), each, remove, stretch=0))
        self._list.addStretch(1)

    def _add(self) -> None:
        wanted, day_, minutes = self._practitioner_id, self.weekday.currentIndex(), self.minutes
        starts, ends = _time(self.starts), _time(self.ends)
        if not ends_after(ends, starts):
            self._refuse("The end comes before the start.")
            return
        self._error.hide()
        each = minutes.value()
        self._page.ask(
            lambda _: booking.add_availability(
                self._session,
                practitioner_id=wanted,
                weekday=day_,
                starts=starts,
                ends=ends,
                slot_minutes=each,
            ),
            lambda _: self._done(),
            failed=self._refuse,
        )

    def _remove(self, availability_id: str) -> None:
        wanted = self._practitioner_id
        self._page.ask(
            lambda _: booking.remove_availability(self._session, wanted, availability_id),
            lambda _: self._done(),
            failed=self._refuse,
        )

    def _done(self) -> None:
        self.read()
        self._changed()

    def _refuse(self, text: str) -> None:
        self._error.setText(text)
        self._error.show()


def _hours_words(one: Availability, today: date) -> str:
    """Hours as ``Monday 09:00–12:00``, with the days they begin or end on if that matters."""
    span = f"{one.starts:%H:%M}–{until(one.ends)}"
    if one.until == one.from_day:
        return f"{day(one.from_day)} {span}"
    begins = f" from {day(one.from_day)}" if one.from_day > today else ""
    ends = f" until {day(one.until)}" if one.until else ""
    return f"{WEEKDAYS[one.weekday]} {span}{begins}{ends}"


def _clock(name: str, hour: int) -> QTimeEdit:
    made = roomy(QTimeEdit(QTime(hour, 0)))
    made.setObjectName(name)
    made.setDisplayFormat("HH:mm")
    return made


def _time(field: QTimeEdit) -> time:
    value = field.time()
    return time(value.hour(), value.minute())
