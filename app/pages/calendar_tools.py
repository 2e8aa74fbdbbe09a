"""The calendar's buttons for its side, and the line above days in which nothing lies ahead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, tzinfo

from PySide6.QtWidgets import QWidget

from app.accounts.permissions import Permission
from app.pages.calendar_span import View
from app.pages.wording import WEEKDAYS, moment
from app.pages.wording import day as in_words
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.surfaces import row
from app.widgets.text import IconLabel, label
from app.workflow.leasing import LeaseStatus
from app.workflow.session import Session


class Tools(QWidget):
    """Free times, the waiting list and working hours, for those who may."""

    def __init__(
        self,
        session: Session,
        find: Callable[[], None],
        wait: Callable[[], None],
        hours: Callable[[], None],
    ) -> None:
        super().__init__()
        self.times = button(
            "Free times",
            find,
            name="calendar.find",
            icon="search",
            tip="The next free times for the kind of visit and the people chosen",
            key="F",
        )
        self.wait = button(
            "Waiting list",
            wait,
            name="calendar.waiting",
            icon="bell",
            tip="Who waits for a time, and who is offered one",
            key="L",
        )
        self.hours = button(
            "Working hours",
            hours,
            name="calendar.hours",
            icon="clock",
            tip="Edit hours and leave: drag on the calendar",
            key="H",
        )
        self.hours.setCheckable(True)
        for each in (self.times, self.wait):
            each.setVisible(session.can(Permission.BOOK))
        self.hours.setVisible(
            session.can(Permission.EDIT_AVAILABILITY)
            or session.can(Permission.EDIT_ANY_AVAILABILITY)
        )
        self.setLayout(row(self.times, self.wait, self.hours))


class Offline(QWidget):
    """Says what may be booked for good while the server is away; hidden where there is no server.

    The times are marked at the edge of their column by a line of the colour that stands here.
    """

    def __init__(self) -> None:
        super().__init__()
        self._words = label("", "caption", wrap=True)
        self._words.setObjectName("calendar.offline")
        self._icon = IconLabel("server", 14, "good")
        self.setLayout(row(self._icon, self._words, stretch=1))
        self.hide()

    def show_leases(self, found: LeaseStatus, zone: tzinfo) -> None:
        """Say until when, or why not."""
        self.setVisible(bool(found.times or found.fault))
        tone = "warning" if found.fault else "good"
        self._icon.show_icon("warning" if found.fault else "server", 14, tone)
        if found.fault:
            self._words.setText(found.fault)
        elif found.until is not None:
            self._words.setText(
                "Where the edge of a column is green, this workstation books for good even when"
                f" the server is away, until {moment(found.until, zone)}; elsewhere provisionally."
            )


class NothingLeft(QWidget):
    """Says that nothing lies ahead in what is shown, and leads to where something does."""

    def __init__(self, go: Callable[[date], None]) -> None:
        super().__init__()
        self._go = go
        self._words = label("", "strong")
        self._day: date | None = None
        self.later = button("", self._show_later, name="calendar.later", kind="primary")
        self.later.setIcon(theme.icon("chevron-right", "on_accent"))
        self.later.setLayoutDirection(self.later.layoutDirection().RightToLeft)
        self.setLayout(row(self._words, QWidget(), self.later, stretch=1))
        self.hide()

    def show_next(self, later: datetime | None, view: View, zone: tzinfo) -> None:
        """Offer the time of what comes next; nothing to say where there is none."""
        self.setVisible(later is not None)
        self._day = later.astimezone(zone).date() if later is not None else None
        if later is not None:
            span = "in these weeks" if view is View.AGENDA else f"this {view}"
            self._words.setText(f"Nothing more {span}.")
            local = later.astimezone(zone)
            self.later.setText(f"Next time: {WEEKDAYS[local.weekday()]} {in_words(local)}")

    def _show_later(self) -> None:
        if self._day is not None:
            self._go(self._day)
