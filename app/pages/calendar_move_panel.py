"""The calendar's side when an appointment was not moved, or is to be: other times to choose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial

from PySide6.QtWidgets import QVBoxLayout

from app.pages.calendar_moves import Refusal
from app.pages.calendar_panels import SidePanel
from app.pages.citations import clear
from app.pages.page import Page
from app.pages.wording import meeting
from app.widgets.buttons import button
from app.widgets.surfaces import Line
from app.widgets.text import label
from app.workflow.booking import CalendarEntry
from scheduling.records import Slot


class MovePanel(SidePanel):
    """Why it stays, where it stays, and the nearest free times as buttons."""

    def __init__(
        self,
        page: Page,
        close: Callable[[], None],
        move: Callable[[CalendarEntry, Slot], None],
    ) -> None:
        super().__init__(page, "", close)
        self._move = move
        self._why = label("", "error", wrap=True)
        self._stays = label("", "muted", wrap=True)
        self._title = label("", "strong", wrap=True)
        self._times = QVBoxLayout()
        self._times.setSpacing(8)
        for part in (self._why, self._stays, Line(), self._title):
            self.column.addWidget(part)
        self.column.addLayout(self._times)
        hint = "Or drag it in the day or week; by keys: Alt with arrows, Enter to drop it."
        self.column.addWidget(label(hint, "caption", wrap=True))
        self.column.addStretch(1)

    def show_refusal(self, refusal: Refusal, zone: tzinfo) -> None:
        """Show why an appointment was not moved, or, without a why, where it could go."""
        one = refusal.entry.appointment
        name = refusal.entry.patient_name
        self.heading.setText(f"{name} was not moved" if refusal.why else f"Move {name}")
        self._why.setText(refusal.why)
        self._why.setVisible(bool(refusal.why))
        self._stays.setText(f"Stays on {meeting(one.starts, one.ends, zone)}.")
        clear(self._times)
        found = refusal.nearest
        self._title.setText("Nearest free times" if found else "No free time within four weeks")
        for slot in found:
            words = meeting(slot.starts, slot.ends, zone)
            made = button(words, partial(self._move, refusal.entry, slot), name="calendar.move_to")
            self._times.addWidget(made)
