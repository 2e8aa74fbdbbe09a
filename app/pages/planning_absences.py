"""The form of leave, closed days and maintenance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

from PySide6.QtCore import QDate, QTime
from PySide6.QtWidgets import QCheckBox, QTimeEdit, QVBoxLayout

from app.pages.booking_words import Catalogue
from app.pages.planning_section import RecordForm
from app.pages.waiting_form import choice, date_of, day_field, fill
from app.widgets.forms import FormRow, line, roomy
from app.widgets.surfaces import row
from scheduling.places import Absence


class AbsenceForm(RecordForm[Absence]):
    """Who or what is away, on which days, all day or for some hours of each."""

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self.subject = choice("absence.subject")
        self.first, self.last = day_field("absence.first"), day_field("absence.last")
        self.whole = QCheckBox("All day")
        self.whole.setObjectName("absence.whole")
        self.starts, self.ends = _clock("absence.starts"), _clock("absence.ends")
        self._starts_row, self._ends_row = FormRow("From", self.starts), FormRow("To", self.ends)
        self.reason = line("absence.reason", "e.g. leave, maintenance")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addWidget(FormRow("Who or what", self.subject))
        column.addLayout(row(FormRow("First day", self.first), FormRow("Last day", self.last)))
        column.addWidget(self.whole)
        column.addLayout(row(self._starts_row, self._ends_row))
        column.addWidget(FormRow("Why", self.reason, "Shown to staff on the calendar."))
        column.addStretch(1)
        self.whole.toggled.connect(lambda *_: self._show_times())
        self.setFocusProxy(self.subject)

    def show_subjects(self, known: Catalogue) -> None:
        """Offer everybody, every place, every scanner and room."""
        named = [
            *((f"{one.name} (leave)", one.id) for one in known.people),
            *((f"{one.name} (closed)", one.id) for one in known.places),
            *((f"{one.name} (maintenance)", one.id) for one in known.things),
        ]
        fill(self.subject, named)

    def show_record(self, record: Absence | None) -> None:
        """Fill the fields in; whose it is does not change any more."""
        self.subject.setEnabled(record is None)
        first = record.first_day if record else self._today()
        last = record.last_day if record else first
        for field, day in ((self.first, first), (self.last, last)):
            field.setDate(QDate(day.year, day.month, day.day))
        self.whole.setChecked(record is None or record.starts is None)
        if record is not None:
            self.subject.setCurrentIndex(self.subject.findData(record.subject_id))
            for clock, at in ((self.starts, record.starts), (self.ends, record.ends)):
                if at is not None:
                    clock.setTime(QTime(at.hour, at.minute))
        self.reason.setText(record.reason if record else "")
        self._show_times()

    def made(self, ident: str) -> Absence:
        """Return the absence."""
        subject = str(self.subject.currentData() or "")
        if not subject:
            raise ValueError("choose who or what is away")
        starts = None if self.whole.isChecked() else _time(self.starts)
        ends = None if self.whole.isChecked() else _time(self.ends)
        first, last = date_of(self.first), date_of(self.last)
        return Absence(ident, subject, first, last, starts, ends, self.reason.text().strip())

    def _show_times(self) -> None:
        for each in (self._starts_row, self._ends_row):
            each.setVisible(not self.whole.isChecked())


def _clock(name: str) -> QTimeEdit:
    made = roomy(QTimeEdit(QTime(9 if name.endswith("starts") else 12, 0)))
    made.setObjectName(name)
    made.setDisplayFormat("HH:mm")
    return made


def _time(field: QTimeEdit) -> time:
    value = field.time()
    return time(value.hour(), value.minute())
