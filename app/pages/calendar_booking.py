"""The calendar's side when a time is booked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from app.pages.calendar_panels import SidePanel
from app.pages.calendar_patient import PatientChoice
from app.pages.page import Page
from app.pages.wording import meeting
from app.widgets.buttons import button
from app.widgets.forms import FormRow, line
from app.widgets.text import label
from app.workflow import booking, visiting
from scheduling.records import Slot
from viewer.records import Patient


class BookingPanel(SidePanel):
    """Books a time for a patient found by name or number.

    A time that is not free (a walk-in, an extra visit) needs a right and a reason.
    """

    def __init__(self, page: Page, close: Callable[[], None]) -> None:
        super().__init__(page, "Book", close)
        self._slot: Slot | None = None
        self._when = label("", "strong", wrap=True)
        self.patients = PatientChoice(page, self._may_book, name="calendar")
        self.reason = line("calendar.reason", "e.g. follow-up visit")
        self._reason_row = FormRow("Reason", self.reason, "Organisation only, never a finding.")
        self.why = line("calendar.why", "e.g. walk-in, sent by the emergency room")
        self._why_row = FormRow("Why outside hours and free times", self.why)
        self._beyond = False
        self._error = label("", "error", wrap=True)
        self._error.hide()
        self.book = button("Book", self._book, name="calendar.book", kind="primary", icon="check")
        for part in (self._when, self.patients, self._reason_row, self._why_row):
            self.column.addWidget(part)
        self.column.addWidget(self._error)
        self.column.addWidget(self.book)
        self.column.setStretchFactor(self.patients, 1)
        self._may_book()

    def show_slot(self, slot: Slot, zone: tzinfo, *, beyond: bool = False) -> None:
        """Offer a free time, or one ``beyond`` hours and free times."""
        self._slot, self._beyond = slot, beyond
        self.heading.setText("Walk-in or extra visit" if beyond else "Book")
        self._reason_row.setVisible(not beyond)
        self._why_row.setVisible(beyond)
        self._when.setText(meeting(slot.starts, slot.ends, zone))
        self._error.hide()
        self.patients.setFocus()
        self.patients.look()
        self._may_book()

    def _may_book(self) -> None:
        self.book.setEnabled(self.patients.patient is not None)

    def _book(self) -> None:
        slot, patient, session = self._slot, self.patients.patient, self._session
        if slot is None or patient is None:
            return
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
        self.patients.clear()
        self.reason.clear()
        self.why.clear()
        self._close()

    def _refused(self, text: str) -> None:
        self.book.setEnabled(True)
        self._error.setText(text)
        self._error.show()
