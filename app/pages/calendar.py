"""The calendar: day, week, month and agenda; booking a free time; working hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from app.accounts.permissions import Permission
from app.events import AppointmentChanged, NoticesSent, WaitingChanged
from app.pages.calendar_bar import Filters, Steps
from app.pages.calendar_drawing import (
    FREE,
    bands,
    blocks,
    closed_days,
    columns,
    legend,
    notes,
)
from app.pages.calendar_hours import STRETCH, Choice, HoursMode
from app.pages.calendar_list import print_list, save_list
from app.pages.calendar_moves import Moves, Refusal
from app.pages.calendar_side import Side, SideActs
from app.pages.calendar_span import View, days_of, stepped, title
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.refusals import Refusals
from app.pages.wording import WEEKDAYS, zone_of
from app.pages.wording import day as in_words
from app.widgets import theme
from app.widgets.agenda import Agenda
from app.widgets.buttons import button
from app.widgets.calendar_blocks import Band, Drop
from app.widgets.calendar_canvas import CalendarCanvas
from app.widgets.drag_grid import DragGrid
from app.widgets.month_grid import MonthGrid
from app.widgets.surfaces import Card, row
from app.widgets.text import label
from app.workflow import booking, configuring
from app.workflow.booking import CalendarEntry
from app.workflow.calendar_sheet import Scope, Sheet, look
from scheduling.records import Practitioner, Slot
from scheduling.rules.opening import Shade

_TICK_MS = 60_000


class CalendarPage(Page):
    """Appointments in local time of the place; a free time is booked by clicking it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "calendar", "Calendar")
        self._zone: tzinfo = UTC
        self._day = context.session.now().date()
        self._view = View.WEEK
        self._sheet: Sheet | None = None
        self._later: datetime | None = None
        self.filters = Filters(self._other_filter)
        self.moves = Moves(self, self._show_refusal, self._settled, self._wait)
        self.steps = Steps(
            self._step,
            self._go_today,
            self.show_view,
            self.moves.undo,
            lambda: print_list(self, self.scope()),
            lambda: save_list(self, self.scope()),
        )
        self._build_header()
        self._build_views()
        acts = SideActs(self.clear_choice, self.leave_hours, self.refresh)
        self.side = Side(self, self.moves, acts)
        self.editing = HoursMode(self, self.moves, self._hours_changed)
        self.refusals = Refusals(self)
        self.body.addWidget(self.refusals)
        self.body.addWidget(self.steps)
        self.body.addLayout(self._build_columns(), 1)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._ticked)
        self._tick.start()
        self.listen(AppointmentChanged, lambda _: self.refresh())
        self.listen(NoticesSent, lambda _: self._heard_of_notices())
        self.listen(WaitingChanged, lambda _: self.side.heard())

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
        """Read what is shown again."""
        session, scope = self.context.session, self.scope()
        self.ask(lambda _: look(session, scope), self._show)

    def scope(self) -> Scope:
        """Which days are shown, and whose."""
        days = days_of(self._view, self._day)
        return Scope(
            days[0],
            days[-1],
            self.filters.practitioner_id,
            self.filters.place_id,
            self.filters.patient.text(),
            free=self._offers_free(),
        )

    def show_view(self, view: View) -> None:
        """Show as much at once."""
        self._view = view
        if self.grid.paints and view in {View.MONTH, View.AGENDA}:
            self.leave_hours()
            return
        self.refresh()

    def clear_choice(self) -> None:
        """Choose nothing."""
        self.canvas.select("")
        self.side.clear()
        self.canvas.setFocus()

    def show_hours(self) -> None:
        """Edit the working hours of whoever's calendar is shown."""
        who = self.filters.practitioner_id
        if not who:
            return
        self._hours_button.setChecked(True)
        self.grid.paints = True
        if self._view in {View.MONTH, View.AGENDA}:
            self._view = View.WEEK
        self.side.hours.zone = self._zone
        self.side.hours.show_practitioner(who, self.filters.who.currentText())
        self.side.show_panel(self.side.hours)
        self.refresh()

    def leave_hours(self) -> None:
        """Show appointments again."""
        self._hours_button.setChecked(False)
        self.grid.paints = False
        self.clear_choice()
        self.refresh()

    @property
    def canvas(self) -> CalendarCanvas:
        """The view in front."""
        return self._canvases[self._view]

    @property
    def entries(self) -> tuple[CalendarEntry, ...]:
        """The appointments shown."""
        return self._sheet.entries if self._sheet else ()

    # --- building --------------------------------------------------------------------------

    def _build_header(self) -> None:
        session = self.context.session
        hours = button(
            "Working hours",
            self._toggle_hours,
            name="calendar.hours",
            icon="clock",
            tip="Edit hours and leave: drag on the calendar",
            key="H",
        )
        hours.setCheckable(True)
        hours.setVisible(
            session.can(Permission.EDIT_AVAILABILITY)
            or session.can(Permission.EDIT_ANY_AVAILABILITY)
        )
        self._hours_button = hours
        self.header.addWidget(self.filters)
        self.header.addWidget(hours)
        waits = button(
            "Waiting list",
            self._toggle_waiting,
            name="calendar.waiting",
            icon="bell",
            tip="Who waits for a time, and who is offered one",
            key="L",
        )
        waits.setVisible(session.can(Permission.BOOK))
        self.header.addWidget(waits)

    def _build_views(self) -> None:
        self.grid = DragGrid(name="calendar.grid", says="Appointments by hour")
        self.month = MonthGrid(name="calendar.month_grid", says="Appointments of a month")
        self.agenda = Agenda(name="calendar.list", says="Appointments as a list")
        self._canvases: dict[View, CalendarCanvas] = {
            View.DAY: self.grid,
            View.WEEK: self.grid,
            View.MONTH: self.month,
            View.AGENDA: self.agenda,
        }
        self._stack = QStackedWidget()
        for canvas in (self.grid, self.month, self.agenda):
            canvas.chosen.connect(self._chosen)
            canvas.opened.connect(self._opened)
            canvas.asked.connect(self._asked)
            canvas.zoomed.connect(self._zoom)
            self._stack.addWidget(canvas)
        self.grid.dropped.connect(self._dropped)
        self.month.dropped.connect(self._dropped)
        self.grid.ground.connect(self._beyond)

    def _build_columns(self) -> QHBoxLayout:
        card = Card(name="calendar.card")
        card.column.setContentsMargins(8, 8, 8, 8)
        card.column.setSpacing(8)
        self._nothing_left = self._nothing_ahead()
        card.column.addWidget(self._nothing_left)
        card.column.addWidget(self._stack, 1)
        self._legend = QWidget()
        self._legend.setLayout(legend())
        card.column.addWidget(self._legend)
        found = QHBoxLayout()
        found.setSpacing(12)
        found.addWidget(card, 1)
        found.addWidget(self.side)
        return found

    def _nothing_ahead(self) -> QWidget:
        """The line above days in which nothing lies ahead."""
        self._nothing_left_words = label("", "strong")
        self._go_later = button("", self._show_later, name="calendar.later", kind="primary")
        self._go_later.setIcon(theme.icon("chevron-right", "on_accent"))
        self._go_later.setLayoutDirection(self._go_later.layoutDirection().RightToLeft)
        holder = QWidget()
        holder.setLayout(row(self._nothing_left_words, QWidget(), self._go_later, stretch=1))
        holder.hide()
        return holder

    # --- what was read ---------------------------------------------------------------------

    def _show_practitioners(self, found: tuple[Practitioner, ...], wanted: str) -> None:
        before = self.filters.practitioner_id or self.context.session.actor.practitioner_id
        first = found[0].id if found else ""
        fresh = self._sheet is None
        self.filters.show_practitioners(found, wanted or before or (first if fresh else ""))
        self.refresh()

    def _show(self, sheet: Sheet) -> None:
        days = days_of(self._view, self._day)
        if (sheet.scope.first, sheet.scope.last) != (days[0], days[-1]):
            return  # overtaken by a later question
        self._sheet, self._zone = sheet, zone_of(sheet.zone)
        self.side.zone = self._zone
        self.filters.show_places(sheet.places)
        self.steps.show_span(self._view, title(self._view, self._day), sheet.zone)
        self._hours_button.setEnabled(bool(sheet.scope.practitioner_id))
        self._offer_next(sheet.later)
        self._paint(sheet, days)
        self._stack.setCurrentWidget(self.canvas)
        self._legend.setVisible(not self.grid.paints)
        self._show_chosen_again()

    def _paint(self, sheet: Sheet, days: tuple[date, ...]) -> None:
        now = self.context.session.now()
        local = now.astimezone(self._zone)
        may_move = self.context.session.can(Permission.BOOK)
        shown = blocks(sheet, self._view, self._zone, now if may_move else None)
        if self._view is View.MONTH:
            said, closed = notes(sheet, self._zone), closed_days(sheet, self._zone, days)
            self.month.show_month(days, self._day.month, local.date(), shown, said, closed)
        elif self._view is View.AGENDA:
            self.agenda.show_list(local.date(), shown, "No appointments in these four weeks.")
        elif self.grid.paints:
            shown = self.editing.blocks(sheet, self._zone)
            side_by_side = columns(sheet, self._view, days, local.date())
            self.grid.show_sheet(side_by_side, shown, (), local, whole_day=True)
        else:
            side_by_side = columns(sheet, self._view, days, local.date())
            single = self._view is View.DAY or sheet.scope.practitioner_id
            behind = bands(sheet.stretches, self._zone) if single else _together(sheet, self._zone)
            self.grid.show_sheet(side_by_side, shown, behind, local)

    def _show_chosen_again(self) -> None:
        chosen = self.side.appointment.entry
        if chosen is None or not self.side.is_shown(self.side.appointment):
            return
        same = [one for one in self.entries if one.appointment.id == chosen.appointment.id]
        if same:
            self.side.show_entry(same[0])

    def _offer_next(self, later: datetime | None) -> None:
        """Say that nothing lies ahead in what is shown, and lead to where something does."""
        self._later = later
        self._nothing_left.setVisible(later is not None)
        if later is not None:
            span = "in these weeks" if self._view is View.AGENDA else f"this {self._view}"
            self._nothing_left_words.setText(f"Nothing more {span}.")
            local = later.astimezone(self._zone)
            self._go_later.setText(f"Next time: {WEEKDAYS[local.weekday()]} {in_words(local)}")

    def _set_zone(self, name: str) -> None:
        self.refusals.show_zone(zone_of(name))

    def _offers_free(self) -> bool:
        """Free times are read where there is room for them: one person's week, anybody's day."""
        if self._view is View.WEEK:
            return bool(self.filters.practitioner_id)
        return self._view is View.DAY

    def _heard_of_notices(self) -> None:
        self.side.heard()
        self.refresh()

    # --- what a person does ----------------------------------------------------------------

    def _step(self, direction: int) -> None:
        self._day = stepped(self._view, self._day, direction)
        self.refresh()

    def _go_today(self) -> None:
        self._day = self.context.session.now().astimezone(self._zone).date()
        self.refresh()

    def _show_later(self) -> None:
        if self._later is not None:
            self._day = self._later.astimezone(self._zone).date()
            self.refresh()

    def _zoom(self, iso_day: str) -> None:
        self._day = date.fromisoformat(iso_day)
        self.show_view(View.DAY)

    def _other_filter(self) -> None:
        self.canvas.select("")
        if self.grid.paints and self.filters.practitioner_id:
            self.show_hours()
            return
        if self.grid.paints:
            self.leave_hours()
            return
        self.side.clear()
        self.refresh()

    def _chosen(self, key: str) -> None:
        if self._sheet is not None and key.startswith(FREE):
            slot = self._sheet.slots[int(key.removeprefix(FREE))]
            self.side.booking.show_slot(slot, self._zone)
            self.side.show_panel(self.side.booking)
            return
        entry = self._entry(key)
        if entry is not None:
            self.side.show_entry(entry)

    def _opened(self, key: str) -> None:
        """Enter or a double click: what can be done with it."""
        if key.startswith(STRETCH):
            self._ask_hours(self.editing.on_block(key), key)
            return
        entry = self._entry(key)
        if entry is None:
            self._chosen(key)
            return
        at = self.canvas.rect_of(key).center().toPoint()
        self.moves.ask(entry, self.canvas.viewport().mapToGlobal(at))

    def _asked(self, key: str, where: QPoint) -> None:
        entry = self._entry(key)
        if key.startswith(STRETCH):
            self._ask_hours(self.editing.on_block(key), key)
        elif entry is not None:
            self.moves.ask(entry, where)

    def _dropped(self, drop: Drop) -> None:
        if self.grid.paints:
            self._ask_hours(self.editing.on_drop(drop), drop.key)
            return
        entry = self._entry(drop.key)
        if entry is not None:
            self.moves.drop(entry, drop, self._place_of(drop, entry))

    def _beyond(self, drop: Drop) -> None:
        """A walk-in or an extra visit, where nothing is free."""
        who = drop.subject or self.filters.practitioner_id
        if not who or not self.context.session.can(Permission.OVERBOOK):
            return
        starts, ends = drop.starts.astimezone(UTC), drop.ends.astimezone(UTC)
        slot = Slot(starts, ends, who, self._place_at(who, starts) or "")
        self.side.booking.show_slot(slot, self._zone, beyond=True)
        self.side.show_panel(self.side.booking)

    def _ask_hours(self, choices: list[Choice], key: str) -> None:
        rect = self.grid.rect_of(key)
        at = self.grid.viewport().mapToGlobal(rect.center().toPoint())
        self.editing.ask(choices, at if rect.isValid() else QCursor.pos(), self.grid.put_back)

    def _toggle_hours(self) -> None:
        if self.grid.paints:
            self.leave_hours()
        else:
            self.show_hours()

    def _toggle_waiting(self) -> None:
        if self.side.is_shown(self.side.waiting):
            self.clear_choice()
            return
        if self.grid.paints:
            self.leave_hours()
        self.side.show_waiting()

    def _wait(self, entry: CalendarEntry) -> None:
        self.side.show_wish(entry)

    def _hours_changed(self) -> None:
        self.grid.put_back()
        self.side.hours.read()
        self.refresh()

    def _place_of(self, drop: Drop, entry: CalendarEntry) -> str:
        """The place worked at then; where nobody works, the one it is at now."""
        found = self._place_at(drop.subject, drop.starts)
        return entry.appointment.place_id if found is None else found

    def _place_at(self, who: str, at: datetime) -> str | None:
        for one in self._sheet.stretches if self._sheet else ():
            mine = one.shade is Shade.WORKING and one.practitioner_id == who
            if mine and one.starts <= at < one.ends:
                return one.place_id
        return None

    def _entry(self, key: str) -> CalendarEntry | None:
        return next((one for one in self.entries if one.appointment.id == key), None)

    def _show_refusal(self, refusal: Refusal) -> None:
        self.side.show_refusal(refusal)

    def _settled(self) -> None:
        """Something was done, or was not: forget the drag, offer the undo."""
        if self.grid.paints:
            self.side.hours.read()
            self.refresh()
        self.grid.put_back()
        self.steps.show_undo(self.moves.undoable)
        if self.side.is_shown(self.side.elsewhere):
            self.side.clear()

    def _ticked(self) -> None:
        self.grid.tick(self.context.session.now().astimezone(self._zone))


def _together(sheet: Sheet, zone: tzinfo) -> list[Band]:
    """Hours of anybody, for columns that stand for everybody."""
    return [one for one in bands(sheet.stretches, zone) if one.kind == "working"]
