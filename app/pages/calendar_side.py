"""The calendar's side: one panel at a time of what was chosen, is booked, edited or waited for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.accounts.permissions import Permission
from app.pages.calendar_booking import BookingPanel
from app.pages.calendar_move_panel import MovePanel
from app.pages.calendar_moves import Moves, Refusal
from app.pages.calendar_panels import AppointmentPanel, HoursPanel
from app.pages.calendar_waiting import WaitingPanel, WishPanel
from app.pages.page import Page
from app.widgets.messages import EmptyState
from app.widgets.surfaces import Card
from app.workflow.booking import CalendarEntry

_WIDTH_PX = 320


@dataclass(frozen=True, slots=True)
class SideActs:
    """What the page does when a panel is closed, hours are left, or hours were changed."""

    clear: Callable[[], None]
    leave_hours: Callable[[], None]
    changed: Callable[[], None]


class Side(Card):
    """The panels; ``zone`` is that of the times shown."""

    def __init__(self, page: Page, moves: Moves, acts: SideActs) -> None:
        super().__init__(name="calendar.side")
        self.setFixedWidth(_WIDTH_PX)
        self._page = page
        self.zone: tzinfo = UTC
        self.appointment = AppointmentPanel(page, acts.clear, moves.ask)
        self.elsewhere = MovePanel(page, acts.clear, moves.move)
        self.booking = BookingPanel(page, acts.clear)
        self.hours = HoursPanel(page, acts.leave_hours, acts.changed)
        self.waiting = WaitingPanel(page, acts.clear, self.show_wish)
        self.wish = WishPanel(page, self.show_waiting, self.show_waiting)
        self._nothing = _nothing_chosen(may_book=page.context.session.can(Permission.BOOK))
        self.panels = QStackedWidget()
        for panel in (
            self._nothing,
            self.appointment,
            self.booking,
            self.hours,
            self.elsewhere,
            self.waiting,
            self.wish,
        ):
            self.panels.addWidget(panel)
        self.column.addWidget(self.panels)

    def clear(self) -> None:
        """Show nothing."""
        self.panels.setCurrentWidget(self._nothing)

    def show_panel(self, panel: QWidget) -> None:
        """Bring a panel to the front."""
        self.panels.setCurrentWidget(panel)

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


def _nothing_chosen(*, may_book: bool) -> QWidget:
    text = (
        "Click a free time to book it, or an appointment to see it."
        if may_book
        else "Click an appointment to see it."
    )
    return EmptyState("calendar", "Nothing chosen", text, name="calendar.nothing")
