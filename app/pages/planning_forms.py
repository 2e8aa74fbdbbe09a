"""The forms of a place, a scanner or room, and a kind of visit."""

from __future__ import annotations

from zoneinfo import available_timezones

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QCompleter, QSpinBox, QVBoxLayout, QWidget

from app.pages.planning_section import RecordForm
from app.pages.waiting_form import choice, fill
from app.widgets.countries import CountryBox
from app.widgets.forms import FormRow, line, roomy
from app.widgets.surfaces import row
from app.widgets.text import label
from scheduling.places import Place, Resource, ResourceKind, VisitType

KIND_WORDS = {ResourceKind.SCANNER: "Scanner", ResourceKind.ROOM: "Room"}
_MOST_DAYS, _DAY_MINUTES = 3650, 24 * 60


class PlaceForm(RecordForm[Place]):
    """Name, time zone, and which public holidays it keeps."""

    def __init__(self, zone: str) -> None:
        super().__init__()
        self.usual_zone = zone
        self._active = True
        self.name, self.zone = line("place.name"), line("place.zone", "e.g. Europe/Paris")
        zones = QCompleter(sorted(available_timezones()), self.zone)
        zones.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        zones.setFilterMode(Qt.MatchFlag.MatchContains)
        self.zone.setCompleter(zones)
        self.country, self.region = CountryBox("place.country"), line("place.region")
        hint = "Its public holidays are kept. Empty: none."
        _column(
            self,
            FormRow("Name", self.name),
            FormRow("Time zone", self.zone),
            FormRow("Country", self.country, hint),
            FormRow("Region", self.region, "Its code where holidays differ, e.g. BY in Germany."),
        )
        self.setFocusProxy(self.name)

    def show_record(self, record: Place | None) -> None:
        """Fill the fields in."""
        shown = record or Place("", "", self.usual_zone)
        self._active = shown.active
        for field, text in (
            (self.name, shown.name),
            (self.zone, shown.zone),
            (self.region, shown.region),
        ):
            field.setText(text)
        self.country.show_code(shown.country)

    def made(self, ident: str) -> Place:
        """Return the place."""
        if not self.country.known:
            raise ValueError("choose the country from the list, or leave it empty")
        country, region = self.country.code, self.region.text().strip().upper()
        name = _named(self.name.text())
        return Place(ident, name, self.zone.text().strip(), country, region, self._active)


class ThingForm(RecordForm[Resource]):
    """A scanner or a room: where, and how many visits at once."""

    def __init__(self) -> None:
        super().__init__()
        self._active = True
        self.name = line("thing.name", "e.g. Scanner 1 (3 T)")
        self.kind, self.where = choice("thing.kind"), choice("thing.where")
        fill(self.kind, [(word, kind.value) for kind, word in KIND_WORDS.items()])
        self.capacity = _number("thing.capacity", 1, 100)
        _column(
            self,
            FormRow("Name", self.name),
            FormRow("What it is", self.kind),
            FormRow("Place", self.where),
            FormRow("Visits at once", self.capacity, "What is booked keeps the number it had."),
        )
        self.setFocusProxy(self.name)

    def show_places(self, found: tuple[Place, ...]) -> None:
        """Offer these places."""
        fill(self.where, [(one.name, one.id) for one in found if one.active])

    def show_record(self, record: Resource | None) -> None:
        """Fill the fields in."""
        self._active = record.active if record else True
        self.name.setText(record.name if record else "")
        self.capacity.setValue(record.capacity if record else 1)
        if record is not None:
            self.kind.setCurrentIndex(self.kind.findData(record.kind.value))
            self.where.setCurrentIndex(self.where.findData(record.place_id))

    def made(self, ident: str) -> Resource:
        """Return the scanner or room."""
        where = str(self.where.currentData() or "")
        if not where:
            raise ValueError("a scanner or room belongs to a place: add that first")
        kind = ResourceKind(str(self.kind.currentData()))
        name, capacity = _named(self.name.text()), self.capacity.value()
        return Resource(ident, where, kind, name, capacity, self._active)


class VisitForm(RecordForm[VisitType]):
    """How long, with what, and how patients may book it themselves."""

    def __init__(self) -> None:
        super().__init__()
        self._active = True
        self.name = line("visit.name", "e.g. MRI head")
        self.minutes = _number("visit.minutes", 5, 600, " min")
        self.before = _number("visit.before", 0, 240, " min")
        self.after = _number("visit.after", 0, 240, " min")
        self.capacity = _number("visit.capacity", 1, 100)
        self.lead = _number("visit.lead", 0, 90 * _DAY_MINUTES, " min")
        self.horizon = _number("visit.horizon", 1, _MOST_DAYS, " days")
        self.notice = _number("visit.notice", 0, 90 * _DAY_MINUTES, " min")
        self.needs = {
            kind: QCheckBox(f"Needs a {word.lower()}") for kind, word in KIND_WORDS.items()
        }
        for kind, box in self.needs.items():
            box.setObjectName(f"visit.needs-{kind.value}")
        self.by_patients = QCheckBox("Patients may book it themselves")
        self.by_patients.setObjectName("visit.by_patients")
        column = _column(self, FormRow("Name", self.name), FormRow("Takes", self.minutes))
        column.insertLayout(2, row(FormRow("Before", self.before), FormRow("After", self.after)))
        column.insertWidget(
            3, label("Preparation and clearing up, in which all is held.", "caption")
        )
        parts: tuple[QWidget, ...] = (
            *self.needs.values(),
            FormRow("Patients together", self.capacity, "More than one: a group."),
            FormRow("Booked at most ahead", self.horizon),
            self.by_patients,
            FormRow("Patients book at least ahead", self.lead),
            FormRow("Patients cancel or move at least ahead", self.notice),
        )
        for number, part in enumerate(parts):
            column.insertWidget(4 + number, part)
        self.setFocusProxy(self.name)

    def show_record(self, record: VisitType | None) -> None:
        """Fill the fields in."""
        shown = record or VisitType("", "", 30)
        self._active = shown.active
        self.name.setText(shown.name)
        for field, value in (
            (self.minutes, shown.minutes),
            (self.before, shown.before_minutes),
            (self.after, shown.after_minutes),
            (self.capacity, shown.capacity),
            (self.lead, shown.lead_minutes),
            (self.horizon, shown.horizon_days),
            (self.notice, shown.notice_minutes),
        ):
            field.setValue(value)
        for kind, box in self.needs.items():
            box.setChecked(kind in shown.needs)
        self.by_patients.setChecked(shown.self_bookable)

    def made(self, ident: str) -> VisitType:
        """Return the kind of visit."""
        return VisitType(
            ident,
            _named(self.name.text()),
            self.minutes.value(),
            self.before.value(),
            self.after.value(),
            self.capacity.value(),
            self.lead.value(),
            self.horizon.value(),
            self.notice.value(),
            tuple(kind for kind, box in self.needs.items() if box.isChecked()),
            self.by_patients.isChecked(),
            self._active,
        )


def _named(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise ValueError("it needs a name")
    return name


def _number(name: str, least: int, most: int, unit: str = "") -> QSpinBox:
    made = roomy(QSpinBox())
    made.setObjectName(name)
    made.setRange(least, most)
    made.setSuffix(unit)
    if unit == " min":
        made.setSingleStep(5)
    return made


def _column(form: QWidget, *rows: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(form)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(8)
    for each in rows:
        column.addWidget(each)
    column.addStretch(1)
    return column
