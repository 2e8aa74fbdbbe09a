"""The calendar's side when a time is booked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from app.pages.calendar_panels import SidePanel
from app.pages.page import Page
from app.pages.wording import day, meeting
from app.widgets.buttons import button
from app.widgets.forms import FormRow, SearchField, line
from app.widgets.text import label
from app.workflow import admitting, booking, visiting
from scheduling.records import Slot
from viewer.records import Patient


class BookingPanel(SidePanel):
    """Books a time for a patient found by name or number.

    A time that is not free (a walk-in, an extra visit) needs a right and a reason.
    """

    def __init__(self, page: Page, close: Callable[[], None]) -> None:
        super().__init__(page, "Book", close)
        self._slot: Slot | None = None
        self._patients: tuple[Patient, ...] = ()
        self._when = label("", "strong", wrap=True)
        self.search = SearchField("Patient's name or number", name="calendar.patient")
        self.found = QListWidget()
        self.found.setObjectName("calendar.patients")
        self.found.setAccessibleName("Patients found")
        self.found.setMinimumHeight(96)
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.reason = line("calendar.reason", "e.g. follow-up visit")
        self._reason_row = FormRow("Reason", self.reason, "Organisation only, never a finding.")
        self.why = line("calendar.why", "e.g. walk-in, sent by the emergency room")
        self._why_row = FormRow("Why outside hours and free times", self.why)
        self._beyond = False
        self._error = label("", "error", wrap=True)
        self._error.hide()
        self.book = button("Book", self._book, name="calendar.book", kind="primary", icon="check")
        for part in (self._when, self.search, self.found, self._reason_row, self._why_row):
            self.column.addWidget(part)
        self.column.addWidget(self._error)
        self.column.addWidget(self.book)
        self.column.setStretchFactor(self.found, 1)
        self._pause = QTimer(self, singleShot=True, interval=150)
        self._pause.timeout.connect(self._look)
        self.search.textChanged.connect(lambda *_: self._pause.start())
        self.found.currentRowChanged.connect(lambda index: self.book.setEnabled(index >= 0))
        self.book.setEnabled(False)

    def show_slot(self, slot: Slot, zone: tzinfo, *, beyond: bool = False) -> None:
        """Offer a free time, or one ``beyond`` hours and free times."""
        self._slot, self._beyond = slot, beyond
        self.heading.setText("Walk-in or extra visit" if beyond else "Book")
        self._reason_row.setVisible(not beyond)
        self._why_row.setVisible(beyond)
        self._when.setText(meeting(slot.starts, slot.ends, zone))
        self._error.hide()
        self.search.setFocus()
        self._look()

    def _look(self) -> None:
        text = self.search.text()
        self._page.ask(
            lambda _: admitting.search_patients(self._session, text)[:50], self._show_patients
        )

    def _show_patients(self, found: tuple[Patient, ...]) -> None:
        self._patients = found
        self.found.clear()
        for one in found:
            born = f", born {day(one.birth_date)}" if one.birth_date else ""
            number = f" · {one.mrn}" if one.mrn else ""
            item = QListWidgetItem(f"{one.name}{born}{number}")
            item.setToolTip(item.text())
            self.found.addItem(item)
        if len(found) == 1:
            self.found.setCurrentRow(0)

    def _book(self) -> None:
        slot, index = self._slot, self.found.currentRow()
        if slot is None or index < 0:
            return
        patient, session = self._patients[index], self._session
        reason, why = self.reason.text().strip(), self.why.text().strip()
        beyond = self._beyond
        self.book.setEnabled(False)
        self._error.hide()
        self._page.ask(
            lambda _: (
                visiting.overbook(session, slot, patient.id, why)
                if beyond
                else booking.book(session, slot, patient.id, reason)
            ),
            lambda _: self._booked(patient),
            failed=self._refused,
        )

    def _booked(self, patient: Patient) -> None:
        self._tell(f"Booked for {patient.name}; the messages are on their way.")
        self.search.clear()
        self.reason.clear()
        self.why.clear()
        self._close()

    def _refused(self, text: str) -> None:
        self.book.setEnabled(True)
        self._error.setText(text)
        self._error.show()
