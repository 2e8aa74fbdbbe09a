"""The calendar's side where free times are looked for, with a certain scanner or room if wished."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QComboBox

from app.pages.booking_words import PLAIN, Catalogue
from app.pages.calendar_bar import Filters
from app.pages.calendar_panels import SidePanel
from app.pages.free_times import FreeTimes, Sought
from app.pages.page import Page
from app.pages.waiting_form import choice, date_of, day_field, fill
from app.pages.wording import zone_of
from app.widgets.forms import FormRow
from app.widgets.text import label
from scheduling.places import ResourceKind
from scheduling.records import Slot

_ANY = {ResourceKind.SCANNER: "Any scanner", ResourceKind.ROOM: "Any room"}


class FindPanel(SidePanel):
    """The next free times for what the calendar's filters say.

    ``asked`` is called when another scanner or room is wished for.
    """

    def __init__(
        self,
        page: Page,
        filters: Filters,
        close: Callable[[], None],
        acts: tuple[Callable[[Slot], None], Callable[[], None]],
    ) -> None:
        super().__init__(page, "Free times", close)
        self._filters = filters
        self._asked = acts[1]
        self._known, self._zone = Catalogue(), "UTC"
        self._what = label("", "muted", wrap=True)
        self.things = {kind: choice(f"find.{kind.value}") for kind in ResourceKind}
        self._rows = {
            kind: FormRow(kind.value.capitalize(), box) for kind, box in self.things.items()
        }
        self.first = day_field("find.first")
        self.times = FreeTimes(page, acts[0], name="find.times")
        self.column.addWidget(self._what)
        for each in self._rows.values():
            self.column.addWidget(each)
        self.column.addWidget(FormRow("From", self.first))
        self.column.addWidget(self.times, 1)
        for box in self.things.values():
            box.currentIndexChanged.connect(lambda *_: self._asked())
        self.first.dateChanged.connect(lambda *_: self.read())

    @property
    def resource_ids(self) -> tuple[str, ...]:
        """The scanners and rooms wished for, of the kinds that the visit needs."""
        return tuple(str(box.currentData()) for box in self._needed() if box.currentData())

    def show_choices(self, known: Catalogue, zone: str) -> None:
        """Offer the scanners and rooms there are."""
        self._known, self._zone = known, zone
        for kind, box in self.things.items():
            fill(box, [(_ANY[kind], ""), *((t.name, t.id) for t in known.things if t.kind is kind)])

    def show_from(self, day: date) -> None:
        """Look from that day on."""
        self.first.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.first.setDate(QDate(day.year, day.month, day.day))
        self.first.blockSignals(False)  # noqa: FBT003 - Qt's signature
        self.read()

    def read(self) -> None:
        """Look again."""
        chosen = self._filters
        for kind, each in self._rows.items():
            each.setVisible(self.things[kind] in self._needed())
        people = {one.id for one in self._known.people}
        ids = chosen.subjects if chosen.side_by_side else (chosen.practitioner_id,)
        things = tuple(one for one in ids if one and one not in people)
        sought = Sought(
            date_of(self.first),
            chosen.visit_type_id,
            tuple(one for one in ids if one in people),
            (chosen.place_id,) if chosen.place_id else (),
            (*self.resource_ids, *things),
        )
        who = [self._known.name(one, "") for one in sought.practitioner_ids] or ["anybody"]
        self._what.setText(f"{chosen.kind.currentText() or PLAIN} with {', '.join(who)}")
        self.times.read(sought, self._known, zone_of(self._zone))

    def _needed(self) -> list[QComboBox]:
        wanted = self._filters.visit_type_id
        needs = {kind for one in self._known.visits if one.id == wanted for kind in one.needs}
        return [box for kind, box in self.things.items() if kind in needs and box.count() > 2]
