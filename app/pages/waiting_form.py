"""What somebody waits for: a kind of visit, with whom, where, and on which days."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QComboBox, QDateEdit, QVBoxLayout, QWidget

from app.pages.booking_words import PLAIN, Catalogue
from app.widgets.forms import FormRow, roomy
from app.widgets.surfaces import row
from app.workflow.waiting_list import WaitingFor
from assistant.phrases import Phrases, phrases
from resources.languages import DEFAULT
from scheduling.records import Appointment

_MONTH = timedelta(days=30)


class WishForm(QWidget):
    """The fields of a wish; empty choices are open."""

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self.kind, self.who, self.where = (
            choice(f"{name}.{part}") for part in ("kind", "who", "where")
        )
        self.first, self.last = (day_field(f"{name}.{part}") for part in ("first", "last"))
        self._where_row = FormRow("Place", self.where)
        self._instead_of = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(FormRow("Kind of visit", self.kind))
        column.addWidget(FormRow("With", self.who))
        column.addWidget(self._where_row)
        days = (FormRow("From", self.first), FormRow("Until", self.last))
        column.addLayout(row(*days))

    def show_choices(self, known: Catalogue, today: date) -> None:
        """Offer what there is; a month from today on."""
        fill(self.kind, [(PLAIN, ""), *((one.name, one.id) for one in known.visits)])
        fill(self.who, [("Anybody", ""), *((one.name, one.id) for one in known.people)])
        fill(self.where, [("Any place", ""), *((one.name, one.id) for one in known.places)])
        self._where_row.setVisible(len(known.places) > 1)
        self._instead_of = ""
        self._show_days(today, today + _MONTH)

    def show_instead(self, booked: Appointment, first: date, last: date) -> None:
        """Wait for a time in these days before one that is booked, which is given up then."""
        self._instead_of = booked.id
        self.kind.setCurrentIndex(max(self.kind.findData(booked.visit_type_id), 0))
        self.where.setCurrentIndex(max(self.where.findData(booked.place_id), 0))
        self._show_days(first, last)

    @property
    def wish(self) -> WaitingFor | None:
        """What is asked for; None where the days end before they begin."""
        first, last = date_of(self.first), date_of(self.last)
        if last < first:
            return None
        kind, who, where = (
            str(box.currentData() or "") for box in (self.kind, self.who, self.where)
        )
        return WaitingFor(first, last, kind, who, where, self._instead_of)

    def _show_days(self, first: date, last: date) -> None:
        for field, day in ((self.first, first), (self.last, last)):
            field.setDate(QDate(day.year, day.month, day.day))


def fill(box: QComboBox, items: list[tuple[str, str]]) -> None:
    """Offer these texts with their ids; what was chosen stays where it still can."""
    before = box.currentData()
    box.blockSignals(True)  # noqa: FBT003 - Qt's signature
    box.clear()
    for text, data in items:
        box.addItem(text, data)
    box.setCurrentIndex(max(box.findData(before), 0))
    box.blockSignals(False)  # noqa: FBT003 - Qt's signature


def choice(name: str) -> QComboBox:
    """A box to choose from that fits a narrow column."""
    made = QComboBox()
    made.setObjectName(name)
    made.setMinimumWidth(80)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return made


def day_field(name: str, words: Phrases | None = None) -> QDateEdit:
    """A day to type or to pick, in English unless told."""
    made = roomy(QDateEdit())
    spoken = words or phrases(DEFAULT)
    made.setLocale(QLocale(spoken.language))
    made.setObjectName(name)
    made.setCalendarPopup(True)
    made.setDisplayFormat(spoken.say("date.field"))
    return made


def date_of(field: QDateEdit) -> date:
    """The day that stands in a field."""
    value = field.date()
    return date(value.year(), value.month(), value.day())
