"""The calendar: day, week, month and agenda; booking a free time; working hours."""

from __future__ import annotations

from datetime import UTC, date, tzinfo

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.accounts.permissions import Permission
from app.events import AppointmentChanged, NoticesSent, WaitingChanged
from app.pages.booking_words import Catalogue, read_catalogue
from app.pages.calendar_bar import Filters, Steps
from app.pages.calendar_drawing import FREE, KEPT, appointment_id, legend
from app.pages.calendar_drops import slot_at, walk_in_at
from app.pages.calendar_hours import STRETCH, Choice, HoursMode
from app.pages.calendar_list import print_list, save_list
from app.pages.calendar_moves import Moves, Refusal, Wishes
from app.pages.calendar_side import Side, SideActs
from app.pages.calendar_span import View, days_of, stepped, title
from app.pages.calendar_tools import NothingLeft, Offline, Tools
from app.pages.calendar_views import Look, ViewActs, Views
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.refusals import Refusals
from app.pages.wording import zone_of
from app.widgets.calendar_blocks import Drop
from app.widgets.calendar_canvas import CalendarCanvas
from app.widgets.surfaces import Card
from app.workflow import booking, calendar_sheet, configuring, leasing
from app.workflow.booking import CalendarEntry
from app.workflow.calendar_sheet import Scope, Sheet
from app.workflow.leasing import LeaseStatus
from scheduling.records import Practitioner, Slot

_TICK_MS = 60_000


class CalendarPage(Page):
    """Appointments in local time of the place; a free time is booked by clicking it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "calendar", "Calendar")
        self._zone: tzinfo = UTC
        self._day = context.session.today()
        self._view = View.WEEK
        self._sheet: Sheet | None = None
        self.filters = Filters(self._other_filter, self._choose_several)
        wishes = Wishes(self._wait, self._move_rest, self._cancel_rest)
        self.moves = Moves(self, self._show_refusal, self._settled, wishes)
        self.steps = Steps(
            self._step,
            self._go_today,
            self.show_view,
            self.moves.undo,
            lambda: print_list(self, self.scope()),
            lambda: save_list(self, self.scope()),
        )
        self.tools = Tools(
            context.session, self._toggle_finding, self._toggle_waiting, self._toggle_hours
        )
        self.header.addWidget(self.filters)
        self.header.addWidget(self.tools)
        self.views = Views(
            ViewActs(
                self._chosen, self._opened, self._asked, self._zoom, self._dropped, self._beyond
            )
        )
        self.grid, self.month, self.agenda = self.views.grid, self.views.month, self.views.agenda
        acts = SideActs(
            self.clear_choice, self.leave_hours, self.refresh, self._show_beside, self._take
        )
        self.side = Side(self, self.moves, self.filters, acts)
        self.editing = HoursMode(self, self.moves, self._hours_changed)
        self.refusals = Refusals(self)
        self.body.addWidget(self.refusals)
        self.body.addWidget(self.steps)
        self.body.addLayout(self._build_columns(), 1)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._ticked)
        self._tick.start()
        for kind in (AppointmentChanged, NoticesSent):
            self.listen(kind, lambda _: self._read_news())
        self.listen(WaitingChanged, lambda _: self.side.heard())

    def open(self, **ids: str) -> None:
        """Read everything again; ``practitioner_id`` picks whose calendar it is."""
        session = self.context.session
        wanted = ids.get("practitioner_id", "")
        self.ask(
            lambda _: (configuring.clinic_settings(session).zone, read_catalogue(session)),
            lambda found: self._show_clinic(*found),
        )
        self.ask(
            lambda _: booking.practitioners(session),
            lambda found: self._show_practitioners(found, wanted),
        )

    def leave(self) -> None:
        """Give back what was kept, and go."""
        self.side.booking.keeping.let_go_at_leaving()
        super().leave()

    def refresh(self) -> None:
        """Read what is shown again."""
        session, scope = self.context.session, self.scope()
        self.ask(
            lambda _: (calendar_sheet.look(session, scope), leasing.status(session)),
            lambda found: self._show(*found),
        )

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
            visit_type_id=self.filters.visit_type_id,
            resource_ids=self.side.finding.resource_ids,
            subjects=self.filters.subjects if self.filters.side_by_side else (),
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
        self.tools.hours.setChecked(True)
        self.grid.paints = True
        if self._view in {View.MONTH, View.AGENDA}:
            self._view = View.WEEK
        self.side.hours.zone = self._zone
        self.side.hours.show_practitioner(who, self.filters.who.currentText())
        self.side.show_panel(self.side.hours)
        self.refresh()

    def leave_hours(self) -> None:
        """Show appointments again."""
        self.tools.hours.setChecked(False)
        self.grid.paints = False
        self.clear_choice()
        self.refresh()

    @property
    def canvas(self) -> CalendarCanvas:
        """The view in front."""
        return self.views.canvas(self._view)

    @property
    def entries(self) -> tuple[CalendarEntry, ...]:
        """The appointments shown."""
        return self._sheet.entries if self._sheet else ()

    # --- building --------------------------------------------------------------------------

    def _build_columns(self) -> QHBoxLayout:
        card = Card(name="calendar.card")
        card.column.setContentsMargins(8, 8, 8, 8)
        card.column.setSpacing(8)
        self.nothing_left = NothingLeft(self._show_day)
        card.column.addWidget(self.nothing_left)
        card.column.addWidget(self.views, 1)
        self._legend = QWidget()
        self._legend.setLayout(legend())
        card.column.addWidget(self._legend)
        self.offline = Offline()
        card.column.addWidget(self.offline)
        found = QHBoxLayout()
        found.setSpacing(12)
        found.addWidget(card, 1)
        found.addWidget(self.side)
        return found

    # --- what was read ---------------------------------------------------------------------

    def _show_practitioners(self, found: tuple[Practitioner, ...], wanted: str) -> None:
        before = self.filters.practitioner_id or self.context.session.actor.practitioner_id
        first = found[0].id if found else ""
        fresh = self._sheet is None
        self.filters.show_practitioners(found, wanted or before or (first if fresh else ""))
        self.refresh()

    def _show(self, sheet: Sheet, leases: LeaseStatus) -> None:
        days = days_of(self._view, self._day)
        if (sheet.scope.first, sheet.scope.last) != (days[0], days[-1]):
            return  # overtaken by a later question
        first = self._sheet is None
        self._sheet, self._zone = sheet, zone_of(sheet.zone)
        if first and self._day == self.context.session.today():
            self._begin_with_today()
        self.side.zone = self._zone
        self.filters.show_places(sheet.places)
        self.steps.show_span(self._view, title(self._view, self._day), sheet.zone)
        self.tools.hours.setEnabled(bool(sheet.scope.practitioner_id))
        self.side.nothing.show_sheet(sheet, self.filters.practitioner_name)
        self.nothing_left.show_next(sheet.later, self._view, self._zone)
        session, hold = self.context.session, self.side.booking.keeping.hold
        may_move = session.can(Permission.BOOK)
        look = Look(self._view, self._day, self._zone, session.now(), may_move, hold, leases.times)
        self.offline.show_leases(leases, self._zone)
        self.views.paint_sheet(sheet, look, self.editing)
        if hold is not None and self.canvas.current.startswith(FREE):
            self.canvas.select(KEPT)
        self._legend.setVisible(not self.grid.paints)
        self._show_chosen_again()

    def _show_chosen_again(self) -> None:
        chosen = self.side.appointment.entry
        if chosen is None or not self.side.is_shown(self.side.appointment):
            return
        same = [one for one in self.entries if one.appointment.id == chosen.appointment.id]
        if same:
            self.side.show_entry(same[0])

    def _show_clinic(self, zone: str, known: Catalogue) -> None:
        self.refusals.show_zone(zone_of(zone))
        may_book = self.context.session.can(Permission.BOOK)
        self.filters.show_kinds(known.visits if may_book else ())
        self.side.show_catalogue(known, zone)

    def _offers_free(self) -> bool:
        """Free times are read where there is room for them: one person's week, anybody's day."""
        if self._view is View.WEEK:
            return bool(self.filters.practitioner_id)
        return self._view is View.DAY

    def _read_news(self) -> None:
        self.side.heard()
        self.refresh()

    # --- what a person does ----------------------------------------------------------------

    def _step(self, direction: int) -> None:
        self._day = stepped(self._view, self._day, direction)
        self.refresh()

    def _go_today(self) -> None:
        self._day = self.context.session.today(self._zone)
        self.refresh()

    def _begin_with_today(self) -> None:
        """The day begins elsewhere than at the clinic where the calendar first shown lies."""
        if self._day != self.context.session.today(self._zone):
            self._go_today()

    def _show_day(self, day: date) -> None:
        self._day = day
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
        if self.side.is_shown(self.side.finding):
            self.side.finding.read()
        else:
            self.side.clear()
        self.refresh()

    def _chosen(self, key: str) -> None:
        if self._sheet is not None and key.startswith(FREE):
            number = int(appointment_id(key).removeprefix(FREE))
            self.side.show_slot(self._sheet.slots[number])
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
        if entry is not None and self._sheet is not None:
            self.moves.drop(entry, slot_at(self._sheet, entry, drop))

    def _beyond(self, drop: Drop) -> None:
        """A walk-in or an extra visit, where nothing is free."""
        who = drop.subject or self.filters.practitioner_id
        sheet, may = self._sheet, self.context.session.can(Permission.OVERBOOK)
        if sheet is None or not may or who not in {one.id for one in sheet.practitioners}:
            return
        visit = self.side.visit(self.filters.visit_type_id)
        self.side.show_slot(walk_in_at(sheet, who, drop, visit), beyond=True)

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
        if not self._put_away(self.side.waiting):
            self.side.show_waiting()

    def _toggle_finding(self) -> None:
        if not self._put_away(self.side.finding):
            self.side.show_finding(max(self._day, self.context.session.today(self._zone)))

    def _put_away(self, panel: QWidget) -> bool:
        """Close a panel that is in front; else leave the hours to make room for it."""
        if self.side.is_shown(panel):
            self.clear_choice()
            return True
        if self.grid.paints:
            self.leave_hours()
        return False

    def _take(self, slot: Slot) -> None:
        """Show the day of a time that was found, and book it."""
        self._day = slot.starts.astimezone(self._zone).date()
        if self._view in {View.MONTH, View.AGENDA}:
            self._view = View.WEEK
        self.refresh()
        self.side.show_slot(slot)

    def _choose_several(self) -> None:
        """Choose some to stand side by side in the day."""
        if self.grid.paints:
            self.leave_hours()
        self.side.show_beside()
        self.show_view(View.DAY)

    def _show_beside(self, subjects: tuple[str, ...]) -> None:
        self.filters.subjects = subjects
        self.refresh()

    def _wait(self, entry: CalendarEntry) -> None:
        self.side.show_wish(entry)

    def _move_rest(self, entry: CalendarEntry) -> None:
        self.side.show_moving(entry)

    def _cancel_rest(self, entry: CalendarEntry) -> None:
        self.side.show_ending(entry)

    def _hours_changed(self) -> None:
        self.grid.put_back()
        self.side.hours.read()
        self.refresh()

    def _entry(self, key: str) -> CalendarEntry | None:
        ident = appointment_id(key)
        return next((one for one in self.entries if one.appointment.id == ident), None)

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
