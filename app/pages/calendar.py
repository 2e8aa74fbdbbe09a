"""The calendar: a week or a day of appointments, booking a free time, working hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QStackedWidget, QWidget

from app.accounts.permissions import Permission
from app.events import AppointmentChanged, NoticesSent
from app.pages.calendar_panels import AppointmentPanel, BookingPanel, HoursPanel
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.refusals import Refusals
from app.pages.wording import APPOINTMENT_WORDS, WEEKDAYS, day, zone_of
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.messages import EmptyState
from app.widgets.surfaces import Card, row, scrolled
from app.widgets.text import Badge, label
from app.widgets.time_grid import Block, TimeGrid, week_of
from app.workflow import booking, configuring
from app.workflow.booking import CalendarEntry
from app.workflow.session import Session
from scheduling.records import OCCUPYING, AppointmentStatus, Practitioner, Slot

_SHOWN = (
    AppointmentStatus.BOOKED,
    AppointmentStatus.PENDING,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.FULFILLED,
    AppointmentStatus.NOSHOW,
)
_AHEAD = timedelta(days=28)


class CalendarPage(Page):
    """Appointments in local time of the clinic; a free time is booked by clicking it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "calendar", "Calendar")
        self._zone: tzinfo = UTC
        self._day = context.session.now().date()
        self._week = True
        self._entries: tuple[CalendarEntry, ...] = ()
        self._slots: tuple[Slot, ...] = ()
        self._build_header()
        self.grid = TimeGrid(name="calendar.grid", says="Appointments")
        self.grid.chosen.connect(self._chosen)
        self.appointment = AppointmentPanel(self, self.clear_choice)
        self.booking = BookingPanel(self, self.clear_choice)
        self.hours = HoursPanel(self, self.clear_choice, self.refresh)
        self._panels = QStackedWidget()
        for panel in (self._nothing_chosen(), self.appointment, self.booking, self.hours):
            self._panels.addWidget(panel)
        side = Card(name="calendar.side")
        side.setFixedWidth(340)
        side.column.addWidget(self._panels)
        grid_card = Card(name="calendar.card")
        grid_card.column.setContentsMargins(8, 8, 8, 8)
        self._later: datetime | None = None
        self._nothing_left = self._nothing_ahead()
        grid_card.column.addWidget(self._nothing_left)
        grid_card.column.addWidget(scrolled(self.grid, name="calendar.area"), 1)
        grid_card.column.addLayout(_legend())
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(grid_card, 1)
        columns.addWidget(side)
        self.refusals = Refusals(self)
        self.body.addWidget(self.refusals)
        self.body.addLayout(columns, 1)
        self.listen(AppointmentChanged, lambda _: self.refresh())
        self.listen(NoticesSent, lambda _: self.appointment.read_notices())

    def open(self, **ids: str) -> None:
        """Read everything again; ``practitioner_id`` picks whose calendar it is."""
        session = self.context.session
        wanted = ids.get("practitioner_id", "")
        self.ask(lambda _: configuring.clinic_settings(session).zone, self._set_zone)
        self.ask(
            lambda _: booking.practitioners(session),
            lambda found: self._show_practitioners(found, wanted),
        )

    def refresh(self) -> None:
        """Read appointments and free times of what is shown."""
        session, who = self.context.session, str(self.who.currentData() or "")
        days = self._days()
        starts, ends = self._instant(days[0]), self._instant(days[-1] + timedelta(days=1))
        self.ask(lambda _: _look(session, who, starts, ends), self._show)

    def clear_choice(self) -> None:
        """Choose nothing."""
        self.grid.select("")
        self._panels.setCurrentIndex(0)

    def show_hours(self) -> None:
        """Edit the working hours of whoever's calendar is shown."""
        who = self.who.currentData()
        if who:
            self.hours.show_practitioner(str(who), self.who.currentText())
            self._panels.setCurrentWidget(self.hours)

    def _build_header(self) -> None:
        self._range = label("", "strong")
        self._range.setObjectName("calendar.range")
        self.who = QComboBox()
        self.who.setObjectName("calendar.who")
        self.who.setAccessibleName("Whose calendar")
        self.who.setMinimumWidth(232)
        self.who.currentIndexChanged.connect(lambda *_: self._other_person())
        self.week = button("Week", self._toggle, name="calendar.week", tip="Show a week")
        self.one_day = button("Day", self._toggle, name="calendar.day", tip="Show one day")
        either = QButtonGroup(self)
        for one in (self.week, self.one_day):
            one.setCheckable(True)
            either.addButton(one)
        self.week.setChecked(True)
        self.back = button("Back", lambda: self._step(-1), name="calendar.back")
        self.forward = button("Next week", lambda: self._step(1), name="calendar.forward")
        self.back.setIcon(theme.icon("chevron-left"))
        self.forward.setIcon(theme.icon("chevron-right"))
        self.forward.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        hours = button("Working hours", self.show_hours, name="calendar.hours", icon="clock")
        session = self.context.session
        hours.setVisible(
            session.can(Permission.EDIT_AVAILABILITY)
            or session.can(Permission.EDIT_ANY_AVAILABILITY)
        )
        today = button("Today", self._go_today, name="calendar.today", tip="Go to today")
        for part in (self.who, hours):
            self.header.addWidget(part)
        parts = (self.back, today, self.forward, self._range, QWidget(), self.week, self.one_day)
        self.body.addLayout(row(*parts, stretch=4))

    def _days(self) -> tuple[datetime, ...]:
        found = week_of(self._day) if self._week else (self._day,)
        return tuple(datetime.combine(one, time(), UTC) for one in found)

    def _instant(self, midnight: datetime) -> datetime:
        return midnight.replace(tzinfo=self._zone).astimezone(UTC)

    def _step(self, direction: int) -> None:
        self._day += timedelta(days=direction * (7 if self._week else 1))
        self.refresh()

    def _go_today(self) -> None:
        self._day = self.context.session.now().astimezone(self._zone).date()
        self.refresh()

    def _toggle(self) -> None:
        self._week = self.week.isChecked()
        self.forward.setText("Next week" if self._week else "Next day")
        self.refresh()

    def _other_person(self) -> None:
        self.clear_choice()
        self.refresh()

    def _set_zone(self, name: str) -> None:
        self._zone = zone_of(name)
        self.refusals.show_zone(self._zone)

    def _show_practitioners(self, found: tuple[Practitioner, ...], wanted: str) -> None:
        before = wanted or str(self.who.currentData() or self.context.session.actor.practitioner_id)
        self.who.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.who.clear()
        for one in found:
            self.who.addItem(f"{one.name} · {one.specialty}", one.id)
        if len(found) != 1:
            self.who.addItem("Everybody", "")
        index = self.who.findData(before) if before else 0
        self.who.setCurrentIndex(max(index, 0))
        self.who.blockSignals(False)  # noqa: FBT003 - Qt's signature
        self.refresh()

    def _show(self, found: _Found) -> None:
        self._entries, self._slots = found.entries, found.slots
        self._offer_next(found.later)
        days = [one.date() for one in self._days()]
        blocks = [
            self._block(entry)
            for entry in self._entries
            if entry.appointment.status is not AppointmentStatus.CANCELLED
        ]
        if self.context.session.can(Permission.BOOK):
            blocks += [self._offer(number, slot) for number, slot in enumerate(self._slots)]
        today = self.context.session.now().astimezone(self._zone).date()
        self.grid.show_blocks(days, today, blocks)
        first, last = days[0], days[-1]
        self._range.setText(day(first) if first == last else f"{day(first)} – {day(last)}")
        chosen = self.appointment.entry
        if chosen is not None and self._panels.currentWidget() is self.appointment:
            same = [one for one in self._entries if one.appointment.id == chosen.appointment.id]
            if same:
                self.appointment.show_entry(same[0], self._zone)

    def _offer_next(self, later: datetime | None) -> None:
        """Say that nothing lies ahead in what is shown, and lead to where something does."""
        self._later = later
        self._nothing_left.setVisible(later is not None)
        if later is not None:
            span = "week" if self._week else "day"
            self._nothing_left_words.setText(f"Nothing more this {span}.")
            local = later.astimezone(self._zone)
            self._go_later.setText(f"Next time: {WEEKDAYS[local.weekday()]} {day(local)}")

    def _show_later(self) -> None:
        if self._later is not None:
            self._day = self._later.astimezone(self._zone).date()
            self.refresh()

    def _nothing_ahead(self) -> QWidget:
        """The line above an empty week."""
        self._nothing_left_words = label("", "strong")
        self._go_later = button("", self._show_later, name="calendar.later", kind="primary")
        self._go_later.setIcon(theme.icon("chevron-right", "on_accent"))
        self._go_later.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        holder = QWidget()
        holder.setLayout(row(self._nothing_left_words, QWidget(), self._go_later, stretch=1))
        holder.hide()
        return holder

    def _block(self, entry: CalendarEntry) -> Block:
        booked = entry.appointment
        return Block(
            key=booked.id,
            starts=booked.starts.astimezone(self._zone),
            ends=booked.ends.astimezone(self._zone),
            text=entry.patient_name,
            tone=APPOINTMENT_WORDS[booked.status][1],
            hatched=booked.status is AppointmentStatus.PENDING,
        )

    def _offer(self, number: int, slot: Slot) -> Block:
        return Block(
            key=f"free-{number}",
            starts=slot.starts.astimezone(self._zone),
            ends=slot.ends.astimezone(self._zone),
            text=f"{slot.starts.astimezone(self._zone):%H:%M} free",
            tone="",
            hollow=True,
        )

    def _chosen(self, key: str) -> None:
        if key.startswith("free-"):
            self.booking.show_slot(self._slots[int(key.removeprefix("free-"))], self._zone)
            self._panels.setCurrentWidget(self.booking)
            return
        entry = next((one for one in self._entries if one.appointment.id == key), None)
        if entry is not None:
            self.appointment.show_entry(entry, self._zone)
            self._panels.setCurrentWidget(self.appointment)

    def _nothing_chosen(self) -> QWidget:
        text = (
            "Click a free time to book it, or an appointment to see it."
            if self.context.session.can(Permission.BOOK)
            else "Click an appointment to see it."
        )
        return EmptyState("calendar", "Nothing chosen", text, name="calendar.nothing")


@dataclass(frozen=True, slots=True)
class _Found:
    """Appointments and free times of the days shown; ``later``: the next if none lies ahead."""

    entries: tuple[CalendarEntry, ...]
    slots: tuple[Slot, ...]
    later: datetime | None


def _look(session: Session, who: str, starts: datetime, ends: datetime) -> _Found:
    """Read what is shown and, where nothing of it lies ahead, the next time that does."""
    entries, slots = _between(session, who, starts, ends)
    now, later = session.now(), None
    if not any(one >= now for one in _begins(entries, slots)):
        after = max(ends, now)
        later = min(_begins(*_between(session, who, after, after + _AHEAD)), default=None)
    return _Found(entries, slots, later)


def _between(
    session: Session, who: str, starts: datetime, ends: datetime
) -> tuple[tuple[CalendarEntry, ...], tuple[Slot, ...]]:
    free = booking.free_slots(session, who, starts, ends) if who else ()
    return booking.calendar(session, starts, ends, who), free


def _begins(entries: tuple[CalendarEntry, ...], slots: tuple[Slot, ...]) -> list[datetime]:
    booked = [one.appointment for one in entries]
    return [one.starts for one in booked if one.status in OCCUPYING] + [one.starts for one in slots]


def _legend() -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(8)
    for status in _SHOWN:
        word, tone = APPOINTMENT_WORDS[status]
        hatched = status is AppointmentStatus.PENDING
        line.addWidget(Badge(f"{word} (hatched)" if hatched else word, tone))
    line.addWidget(label("Dotted: free", "caption"))
    line.addStretch(1)
    return line
