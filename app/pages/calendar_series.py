"""The calendar's side when a visit is repeated: every date tried, what does not fit named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo

from PySide6.QtWidgets import QComboBox, QSpinBox, QVBoxLayout, QWidget

from app.pages.booking_words import said_of, slot_words
from app.pages.calendar_booking import BookingPanel
from app.pages.calendar_panels import SidePanel
from app.pages.citations import clear
from app.pages.page import Page
from app.pages.wording import WEEKDAYS, day, meeting
from app.widgets.buttons import button
from app.widgets.forms import FormRow, roomy
from app.widgets.surfaces import row, scrolled
from app.widgets.text import Badge, label
from app.workflow import repeating
from app.workflow.repeating import Occurrence
from scheduling.records import Slot

_UNITS = (("days", 1), ("weeks", 7))
_MOST = 52


class SeriesPanel(SidePanel):
    """Repeats the visit of the booking panel; booked whole, without the dates left out."""

    def __init__(self, page: Page, back: Callable[[], None], booking: BookingPanel) -> None:
        super().__init__(page, "Repeat", back)
        self._booking = booking
        self._zone: tzinfo = UTC
        self._asked = 0
        self._found: tuple[Occurrence, ...] = ()
        self._instead: dict[int, QComboBox] = {}
        self._what = label("", "muted", wrap=True)
        self.every = _number("series.every", 1, 12)
        self.unit = QComboBox()
        self.unit.setObjectName("series.unit")
        for word, days in _UNITS:
            self.unit.addItem(word, days)
        self.unit.setCurrentIndex(1)
        self.count = _number("series.count", 4, _MOST)
        self.count.setMinimum(2)
        inside = QWidget()
        self._dates = QVBoxLayout(inside)
        self._dates.setContentsMargins(0, 0, 4, 0)
        self._dates.setSpacing(8)
        self._error = label("", "error", wrap=True)
        self._error.hide()
        self.book = button("Book", self._book, name="series.book", kind="primary", icon="check")
        self.column.addWidget(self._what)
        fields = (
            FormRow("Every", self.every),
            FormRow("Unit", self.unit),
            FormRow("Visits", self.count),
        )
        self.column.addLayout(row(*fields))
        self.column.addWidget(scrolled(inside, name="series.dates", by_key=True), 1)
        self.column.addWidget(self._error)
        self.column.addWidget(self.book)
        for field in (self.every, self.count):
            field.valueChanged.connect(lambda *_: self.read())
        self.unit.currentIndexChanged.connect(lambda *_: self.read())

    def show_series(self, zone: tzinfo) -> None:
        """Repeat what is about to be booked."""
        self._zone = zone
        slot, patient = self._booking.slot, self._booking.patients.patient
        if slot is None or patient is None:
            return
        words = slot_words(slot, self._booking.known)
        first = meeting(slot.starts, slot.ends, zone)
        self._what.setText(f"{patient.name}\n{words}\nFirst on {first}")
        self.every.setFocus()
        self.read()

    def read(self) -> None:
        """Try every date."""
        slot, session = self._booking.slot, self._session
        if slot is None:
            return
        days, count = self.every.value() * int(self.unit.currentData()), self.count.value()
        hold_id = self._booking.keeping.hold_id
        self._asked += 1
        asked = self._asked
        self.book.setEnabled(False)
        self._error.hide()
        self._page.ask(
            lambda _: repeating.preview(
                session, slot, every_days=days, count=count, hold_id=hold_id
            ),
            lambda found: self._show(found, asked),
            failed=self._refuse,
        )

    @property
    def slots(self) -> tuple[Slot, ...]:
        """What would be booked: the dates that fit, and those taken instead of others."""
        chosen = []
        for number, one in enumerate(self._found):
            box = self._instead.get(number)
            instead = box.currentData() if box is not None else None
            if not one.refusal:
                chosen.append(one.slot)
            elif isinstance(instead, int):
                chosen.append(one.instead[instead])
        return tuple(chosen)

    def _show(self, found: tuple[Occurrence, ...], asked: int) -> None:
        if asked != self._asked:
            return  # other numbers were chosen meanwhile
        self._found, self._instead = found, {}
        clear(self._dates)
        for number, one in enumerate(found):
            self._dates.addLayout(self._date(number, one))
        self._dates.addStretch(1)
        self._count()

    def _date(self, number: int, one: Occurrence) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        badge = Badge("Does not fit", "danger") if one.refusal else Badge("Free", "good")
        column.addLayout(row(label(self._words(one.slot), wrap=True), badge, stretch=0))
        if not one.refusal:
            return column
        column.addWidget(label(one.refusal, "caption", wrap=True))
        box = QComboBox()
        box.setObjectName(f"series.instead.{number}")
        box.setAccessibleName(f"Instead of {self._words(one.slot)}")
        box.addItem("Leave this date out", None)
        for index, slot in enumerate(one.instead):
            box.addItem(f"Instead {self._words(slot)}", index)
        box.currentIndexChanged.connect(lambda *_: self._count())
        self._instead[number] = box
        column.addWidget(box)
        return column

    def _words(self, slot: Slot) -> str:
        at = slot.starts.astimezone(self._zone)
        return f"{WEEKDAYS[at.weekday()][:3]} {day(at)}, {at:%H:%M}"

    def _count(self) -> None:
        count = len(self.slots)
        self.book.setText(f"Book {count} visits")
        self.book.setAccessibleName(self.book.text())
        self.book.setEnabled(count > 1)

    def _book(self) -> None:
        session, slots, patient = self._session, self.slots, self._booking.patients.patient
        if patient is None:
            return
        reason, hold_id = self._booking.reason.text().strip(), self._booking.keeping.hold_id
        self.book.setEnabled(False)
        self._page.ask(
            lambda _: repeating.book_series(session, slots, patient.id, reason, hold_id=hold_id),
            lambda made: self._booking.booked(patient, f"{len(made)} visits: {said_of(made)}"),
            failed=self._refuse,
        )

    def _refuse(self, text: str) -> None:
        self._error.setText(text)
        self._error.show()
        self._count()


def _number(name: str, value: int, most: int) -> QSpinBox:
    made = roomy(QSpinBox())
    made.setObjectName(name)
    made.setRange(1, most)
    made.setValue(value)
    return made
