"""The calendar: a week or a day of appointments, booking a free time, working hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo

from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QStackedWidget, QWidget

from app.accounts.permissions import Permission
from app.events import AppointmentChanged, NoticesSent
from app.pages.calendar_panels import AppointmentPanel, BookingPanel, HoursPanel
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.wording import APPOINTMENT_WORDS, day, zone_of
from app.widgets.buttons import button, tool
from app.widgets.messages import EmptyState
from app.widgets.surfaces import Card, scrolled
from app.widgets.text import Badge, label
from app.widgets.time_grid import Block, TimeGrid, week_of
from app.workflow import booking, configuring
from app.workflow.booking import CalendarEntry
from scheduling.records import AppointmentStatus, Practitioner, Slot

_SHOWN = (
    AppointmentStatus.BOOKED,
    AppointmentStatus.PENDING,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.FULFILLED,
    AppointmentStatus.NOSHOW,
)


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
        grid_card.column.addWidget(scrolled(self.grid, name="calendar.area"), 1)
        grid_card.column.addLayout(_legend())
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(grid_card, 1)
        columns.addWidget(side)
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
        self.ask(
            lambda _: (
                booking.calendar(session, starts, ends, who),
                booking.free_slots(session, who, starts, ends) if who else (),
            ),
            self._show,
        )

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
        self.who.setMinimumWidth(200)
        self.who.currentIndexChanged.connect(lambda *_: self._other_person())
        self.week = button("Week", self._toggle, name="calendar.week", tip="Show a week")
        self.one_day = button("Day", self._toggle, name="calendar.day", tip="Show one day")
        either = QButtonGroup(self)
        for one in (self.week, self.one_day):
            one.setCheckable(True)
            either.addButton(one)
        self.week.setChecked(True)
        hours = button("Working hours", self.show_hours, name="calendar.hours", icon="clock")
        session = self.context.session
        hours.setVisible(
            session.can(Permission.EDIT_AVAILABILITY)
            or session.can(Permission.EDIT_ANY_AVAILABILITY)
        )
        for part in (
            tool("chevron-left", "Earlier", lambda: self._step(-1), name="calendar.back"),
            button("Today", self._go_today, name="calendar.today", kind="quiet"),
            tool("chevron-right", "Later", lambda: self._step(1), name="calendar.forward"),
            self._range,
            self.week,
            self.one_day,
            self.who,
            hours,
        ):
            self.header.addWidget(part)

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
        self.refresh()

    def _other_person(self) -> None:
        self.clear_choice()
        self.refresh()

    def _set_zone(self, name: str) -> None:
        self._zone = zone_of(name)

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

    def _show(self, found: tuple[tuple[CalendarEntry, ...], tuple[Slot, ...]]) -> None:
        self._entries, self._slots = found
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
