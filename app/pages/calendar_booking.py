"""The calendar's side when a time is booked: kept while somebody decides for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from app.pages.booking_words import Catalogue, said_of, slot_words
from app.pages.calendar_panels import SidePanel
from app.pages.calendar_patient import PatientChoice
from app.pages.keeping import Keeping
from app.pages.page import Page
from app.pages.patient_told import say_told
from app.pages.wording import meeting
from app.widgets.buttons import button
from app.widgets.forms import FormRow, line
from app.widgets.surfaces import row
from app.widgets.text import label
from app.workflow import booking, visiting
from scheduling.records import Slot
from viewer.records import Patient


class BookingPanel(SidePanel):
    """Books a time for a patient found by name or number; ``changed`` when it is kept or let go.

    A time that is not free (a walk-in, an extra visit) needs a right and a reason, and is not kept.
    ``repeat`` is called to make the visit a series.
    """

    def __init__(
        self,
        page: Page,
        close: Callable[[], None],
        changed: Callable[[], None],
        repeat: Callable[[], None],
    ) -> None:
        super().__init__(page, "Book", close)
        self.slot: Slot | None = None
        self.known = Catalogue()
        self._changed = changed
        self._when = label("", "strong", wrap=True)
        self._what = label("", "muted", wrap=True)
        self.keeping = Keeping(page, changed, self._refused)
        self.patients = PatientChoice(page, self._may_book, name="calendar")
        self.reason = line("calendar.reason", "e.g. follow-up visit")
        self._reason_row = FormRow("Reason", self.reason, "Organisation only, never a finding.")
        self.why = line("calendar.why", "e.g. walk-in, sent by the emergency room")
        self._why_row = FormRow("Why outside hours and free times", self.why)
        self._beyond = False
        self._error = label("", "error", wrap=True)
        self._error.hide()
        self.book = button("Book", self._book, name="calendar.book", kind="primary", icon="check")
        self.repeat = button(
            "Repeat…", repeat, name="calendar.repeat", icon="refresh", tip="Book it every few weeks"
        )
        parts = (self._when, self._what, self.keeping, self.patients)
        for part in parts:
            self.column.addWidget(part)
        for row_ in (self._reason_row, self._why_row, self._error):
            self.column.addWidget(row_)
        self.column.addLayout(row(self.repeat, self.book, stretch=1))
        self.column.setStretchFactor(self.patients, 1)
        self._may_book()

    def show_slot(self, slot: Slot, zone: tzinfo, *, beyond: bool = False) -> None:
        """Keep a free time and offer it, or offer one ``beyond`` hours and free times."""
        self.slot, self._beyond = slot, beyond
        self.heading.setText("Walk-in or extra visit" if beyond else "Book")
        self._reason_row.setVisible(not beyond)
        self._why_row.setVisible(beyond)
        self.keeping.setVisible(not beyond)
        self.repeat.setVisible(not beyond)
        self._when.setText(meeting(slot.starts, slot.ends, zone))
        self._what.setText(slot_words(slot, self.known))
        self._error.hide()
        if beyond:
            self.keeping.let_go()
        else:
            self.keeping.keep(slot)
        self.patients.setFocus()
        self.patients.look()
        self._may_book()

    def give_up(self) -> None:
        """Book nothing: what was kept is free again."""
        self.keeping.let_go()

    def booked(self, patient: Patient, words: str) -> None:
        """Say what was booked and begin anew."""
        self.keeping.forget()
        done = f"{words[:1].upper()}{words[1:]} for {patient.name}"
        say_told(self._page, done, patient.id)
        self.patients.clear()
        self.reason.clear()
        self.why.clear()
        self._close()

    def _may_book(self) -> None:
        for part in (self.book, self.repeat):
            part.setEnabled(self.patients.patient is not None)

    def _book(self) -> None:
        slot, patient, session = self.slot, self.patients.patient, self._session
        if slot is None or patient is None:
            return
        reason, why = self.reason.text().strip(), self.why.text().strip()
        beyond, hold_id = self._beyond, self.keeping.hold_id
        self.book.setEnabled(False)
        self._error.hide()
        self._page.ask(
            lambda _: (
                visiting.overbook(session, slot, patient.id, why)
                if beyond
                else booking.book(session, slot, patient.id, reason, hold_id=hold_id)
            ),
            lambda made: self.booked(patient, said_of([made])),
            failed=self._refused,
        )

    def _refused(self, text: str) -> None:
        self._may_book()
        self._error.setText(text)
        self._error.show()
        self._changed()
