"""The calendar's side: one panel at a time of what was chosen, is booked, edited or waited for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, tzinfo

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.accounts.permissions import Permission
from app.pages.booking_words import Catalogue
from app.pages.calendar_bar import Filters
from app.pages.calendar_beside import BesidePanel
from app.pages.calendar_booking import BookingPanel
from app.pages.calendar_finding import FindPanel
from app.pages.calendar_move_panel import MovePanel
from app.pages.calendar_moves import Moves, Refusal
from app.pages.calendar_panels import AppointmentPanel, HoursPanel
from app.pages.calendar_rest import CancelRestPanel, MoveRestPanel
from app.pages.calendar_series import SeriesPanel
from app.pages.calendar_waiting import WaitingPanel, WishPanel
from app.pages.page import Page
from app.widgets.messages import EmptyState
from app.widgets.surfaces import Card
from app.workflow.booking import CalendarEntry
from app.workflow.calendar_sheet import Sheet
from app.workflow.session import Session
from scheduling.places import VisitType
from scheduling.records import Slot

_WIDTH_PX = 320


@dataclass(frozen=True, slots=True)
class SideActs:
    """What the page does: a panel is closed, hours are left, something was changed.

    ``beside`` shows some side by side, ``take`` books a time that was found.
    """

    clear: Callable[[], None]
    leave_hours: Callable[[], None]
    changed: Callable[[], None]
    beside: Callable[[tuple[str, ...]], None]
    take: Callable[[Slot], None]


class Side(Card):
    """The panels; ``zone`` is that of the times shown."""

    def __init__(self, page: Page, moves: Moves, filters: Filters, acts: SideActs) -> None:
        super().__init__(name="calendar.side")
        self.setFixedWidth(_WIDTH_PX)
        self._page = page
        self.zone: tzinfo = UTC
        self._known = Catalogue()
        self.appointment = AppointmentPanel(page, acts.clear, moves)
        self.elsewhere = MovePanel(page, acts.clear, moves.move)
        self.booking = BookingPanel(page, acts.clear, acts.changed, self.show_series)
        self.series = SeriesPanel(page, lambda: self.show_panel(self.booking), self.booking)
        self.finding = FindPanel(page, filters, acts.clear, (acts.take, self._other_thing))
        self.beside = BesidePanel(page, acts.clear, acts.beside)
        self._acts, self._filters = acts, filters
        self.hours = HoursPanel(page, acts.leave_hours, acts.changed)
        self.waiting = WaitingPanel(page, acts.clear, self.show_wish)
        self.wish = WishPanel(page, self.show_waiting, self.show_waiting)
        self.nothing = NothingChosen(page.context.session)
        self.moving = MoveRestPanel(page, acts.clear, moves)
        self.ending = CancelRestPanel(page, acts.clear, moves)
        self.panels = QStackedWidget()
        for panel in (
            self.nothing,
            self.appointment,
            self.booking,
            self.hours,
            self.elsewhere,
            self.waiting,
            self.wish,
            self.series,
            self.finding,
            self.beside,
            self.moving,
            self.ending,
        ):
            self.panels.addWidget(panel)
        self.column.addWidget(self.panels)

    def clear(self) -> None:
        """Show nothing."""
        self.show_panel(self.nothing)

    def show_panel(self, panel: QWidget) -> None:
        """Bring a panel to the front; a time that was kept is given back when booking is left."""
        self.panels.setCurrentWidget(panel)
        if panel not in {self.booking, self.series}:
            self.booking.give_up()

    def show_catalogue(self, known: Catalogue, zone: str) -> None:
        """Offer what there is."""
        self._known = known
        self.booking.known = self.appointment.known = known
        self.finding.show_choices(known, zone)

    def visit(self, visit_type_id: str) -> VisitType | None:
        """The kind of visit of an id, if there is one."""
        return next((one for one in self._known.visits if one.id == visit_type_id), None)

    def show_slot(self, slot: Slot, *, beyond: bool = False) -> None:
        """Book a time, free or ``beyond`` hours and free times."""
        self.booking.show_slot(slot, self.zone, beyond=beyond)
        self.show_panel(self.booking)

    def show_series(self) -> None:
        """Repeat what is about to be booked."""
        self.series.show_series(self.zone)
        self.show_panel(self.series)

    def show_moving(self, entry: CalendarEntry) -> None:
        """Ask where a visit of a series goes, and the later ones with it."""
        self.moving.show_rest(entry, self.zone)
        self.show_panel(self.moving)

    def show_ending(self, entry: CalendarEntry) -> None:
        """Name a visit of a series and the later ones before they are cancelled."""
        self.ending.show_rest(entry, self.zone)
        self.show_panel(self.ending)

    def show_finding(self, first: date) -> None:
        """Look for free times from a day on."""
        self.finding.show_from(first)
        self.show_panel(self.finding)

    def show_beside(self) -> None:
        """Choose who and what stands side by side."""
        self.beside.show_choices(self._known, self._filters.subjects)
        self.show_panel(self.beside)

    def _other_thing(self) -> None:
        self.finding.read()
        self._acts.changed()

    def is_shown(self, panel: QWidget) -> bool:
        """Whether a panel is in front."""
        return self.panels.currentWidget() is panel

    def show_entry(self, entry: CalendarEntry) -> None:
        """Show an appointment."""
        self.appointment.show_entry(entry, self.zone)
        self.show_panel(self.appointment)

    def show_refusal(self, refusal: Refusal) -> None:
        """Show why an appointment stays, or where it could go."""
        self.elsewhere.show_refusal(refusal, self.zone)
        self.show_panel(self.elsewhere)

    def show_waiting(self) -> None:
        """Show who waits."""
        self.waiting.read(self.zone)
        self.show_panel(self.waiting)

    def show_wish(self, entry: CalendarEntry | None = None) -> None:
        """Ask who waits for what; for an earlier time than an appointment where there is one."""
        self.wish.show_wish(entry)
        self.show_panel(self.wish)

    def heard(self) -> None:
        """Read again what may have changed by itself: messages, offers."""
        if self.is_shown(self.appointment):
            self.appointment.read_notices()
        if self.is_shown(self.waiting):
            self.waiting.read(self.zone)


class NothingChosen(EmptyState):
    """What to click; where whoever is shown has no working hours, that, and who enters them."""

    def __init__(self, session: Session) -> None:
        super().__init__("calendar", "Nothing chosen", name="calendar.nothing")
        self._session = session
        self.show_sheet(None, "")

    def show_sheet(self, sheet: Sheet | None, name: str) -> None:
        """Say what can be done on a sheet; ``name`` is whose it is, empty for everybody's."""
        if sheet is not None and not sheet.hours:
            who = name or ("None of those shown" if sheet.scope.subjects else "Nobody")
            has = "has no" if name else "has any"
            text = f"{who} {has} working hours in the calendar, so no time is free to book."
            entered = self._entered_by(sheet.scope.practitioner_id)
            also = " An appointment can be clicked to see it." if sheet.entries else ""
            self.say("No working hours yet", f"{text} {entered}{also}")
            return
        may_book = self._session.can(Permission.BOOK)
        free = "Click a free time to book it, or an appointment to see it."
        self.say("Nothing chosen", free if may_book else "Click an appointment to see it.")

    def _entered_by(self, practitioner_id: str) -> str:
        own = bool(practitioner_id) and practitioner_id == self._session.actor.practitioner_id
        every = self._session.can(Permission.EDIT_ANY_AVAILABILITY)
        if every or (own and self._session.can(Permission.EDIT_AVAILABILITY)):
            chosen = "" if practitioner_id else "Choose a doctor above. "
            return f"{chosen}Enter them with “Working hours” above."
        return "The doctor, the desk or an administrator can enter them."
