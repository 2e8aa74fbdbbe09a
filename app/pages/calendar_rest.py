"""The calendar's side for the rest of a series: a visit and the later ones moved or cancelled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, tzinfo

from PySide6.QtCore import QDate, QTime
from PySide6.QtWidgets import QComboBox, QLabel, QTimeEdit, QVBoxLayout, QWidget

from app.pages.calendar_moves import Moves
from app.pages.calendar_panels import SidePanel
from app.pages.citations import clear
from app.pages.page import Page
from app.pages.waiting_form import choice, date_of, day_field, fill
from app.pages.wording import CANCEL_REASONS, WEEKDAYS, day, meeting
from app.widgets.buttons import button
from app.widgets.forms import FormRow, roomy
from app.widgets.surfaces import row, scrolled
from app.widgets.text import Badge, label
from app.workflow import repeating
from app.workflow.booking import CalendarEntry
from app.workflow.making import slot_of
from app.workflow.repeating import Shift
from scheduling.records import Appointment, CancelReason, Slot


class MoveRestPanel(SidePanel):
    """Moves a visit and the later ones of its series as far; each is tried before."""

    def __init__(self, page: Page, close: Callable[[], None], moves: Moves) -> None:
        super().__init__(page, "Move this and the later ones", close)
        self._moves = moves
        self._zone: tzinfo = UTC
        self._entry: CalendarEntry | None = None
        self._asked = 0
        self._found: tuple[Shift, ...] = ()
        self._instead: dict[str, QComboBox] = {}
        self._what = label("", "muted", wrap=True)
        self.day = day_field("rest.day")
        self.time = roomy(QTimeEdit())
        self.time.setObjectName("rest.time")
        self.time.setDisplayFormat("HH:mm")
        self._dates, inside = _list()
        self._error = _error()
        self.move_all = button("Move", self._move, name="rest.move", kind="primary", icon="check")
        self.column.addWidget(self._what)
        fields = (FormRow("This one to", self.day), FormRow("At", self.time))
        self.column.addLayout(row(*fields))
        self.column.addWidget(scrolled(inside, name="rest.dates", by_key=True), 1)
        self.column.addWidget(self._error)
        self.column.addWidget(self.move_all)
        self.day.dateChanged.connect(lambda *_: self.read())
        self.time.timeChanged.connect(lambda *_: self.read())

    def show_rest(self, entry: CalendarEntry, zone: tzinfo) -> None:
        """Ask where a visit of a series goes; the later ones follow it."""
        self._entry, self._zone = entry, zone
        one = entry.appointment
        local = one.starts.astimezone(zone)
        self._what.setText(f"{entry.patient_name}\nNow on {meeting(one.starts, one.ends, zone)}")
        for field in (self.day, self.time):
            field.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.day.setDate(QDate(local.year, local.month, local.day))
        self.time.setTime(QTime(local.hour, local.minute))
        for field in (self.day, self.time):
            field.blockSignals(False)  # noqa: FBT003 - Qt's signature
        self.day.setFocus()
        self.read()

    def read(self) -> None:
        """Try every visit at its new time."""
        entry, session = self._entry, self._session
        if entry is None:
            return
        one = entry.appointment
        at = self.time.time()
        local = datetime.combine(date_of(self.day), time(at.hour(), at.minute()), self._zone)
        starts = local.astimezone(UTC)
        before = slot_of(one)
        slot = Slot(
            starts,
            starts + (one.ends - one.starts),
            before.practitioner_id,
            before.place_id,
            before.visit_type_id,
            before.resource_ids,
        )
        self._asked += 1
        asked = self._asked
        self.move_all.setEnabled(False)
        self._error.hide()
        self._page.ask(
            lambda _: repeating.preview_rest(session, one.id, slot),
            lambda found: self._show(found, asked),
            failed=self._refuse,
        )

    @property
    def slots(self) -> dict[str, Slot]:
        """Where each visit that moves would go, by its id."""
        chosen = {}
        for one in self._found:
            box = self._instead.get(one.before.id)
            instead = box.currentData() if box is not None else None
            if not one.refusal:
                chosen[one.before.id] = one.slot
            elif isinstance(instead, int):
                chosen[one.before.id] = one.instead[instead]
        still = {one.before.id for one in self._found if one.slot.starts == one.before.starts}
        return {ident: slot for ident, slot in chosen.items() if ident not in still}

    def _show(self, found: tuple[Shift, ...], asked: int) -> None:
        if asked != self._asked:
            return  # another time was chosen meanwhile
        self._found, self._instead = found, {}
        clear(self._dates)
        for one in found:
            self._dates.addLayout(self._date(one))
        self._dates.addStretch(1)
        self._count()

    def _date(self, one: Shift) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        still = one.slot.starts == one.before.starts and not one.refusal
        badge = Badge("Does not fit", "danger") if one.refusal else Badge("Free", "good")
        if still:
            badge = Badge("Stays")
        words = _words(one.slot.starts, self._zone)
        column.addLayout(row(label(words, wrap=True), badge, stretch=0))
        if not still:
            was = f"Now {_words(one.before.starts, self._zone)}"
            column.addWidget(label(was, "caption", wrap=True))
        if not one.refusal:
            return column
        column.addWidget(label(one.refusal, "caption", wrap=True))
        box = choice(f"rest.instead.{one.before.id}")
        box.setAccessibleName(f"Instead of {words}")
        box.addItem("Leave it where it is", None)
        for index, slot in enumerate(one.instead):
            box.addItem(f"Instead {_words(slot.starts, self._zone)}", index)
        box.currentIndexChanged.connect(lambda *_: self._count())
        self._instead[one.before.id] = box
        column.addWidget(box)
        return column

    def _count(self) -> None:
        count = len(self.slots)
        words = f"Move {_visits(count)}" if count else "Choose another day or time"
        self.move_all.setText(words)
        self.move_all.setAccessibleName(words)
        self.move_all.setEnabled(bool(count))

    def _move(self) -> None:
        if self._entry is None:
            return
        self.move_all.setEnabled(False)
        before = {one.before.id: slot_of(one.before) for one in self._found}
        self._moves.move_each(
            self._entry.patient_name, self.slots, before, (self._close, self._refuse)
        )

    def _refuse(self, text: str) -> None:
        self._error.setText(text)
        self._error.show()
        self._count()


class CancelRestPanel(SidePanel):
    """Cancels a visit and the later ones of its series, which are named before."""

    def __init__(self, page: Page, close: Callable[[], None], moves: Moves) -> None:
        super().__init__(page, "Cancel this and the later ones", close)
        self._moves = moves
        self._entry: CalendarEntry | None = None
        self._zone: tzinfo = UTC
        self._what = label("", "strong", wrap=True)
        self.because = choice("rest.because")
        fill(self.because, [(words, one.value) for one, words in CANCEL_REASONS.items()])
        self._dates, inside = _list()
        self._error = _error()
        self.cancel_all = button(
            "Cancel", self._cancel, name="rest.cancel", kind="danger", icon="close"
        )
        hint = "A cancellation cannot be taken back; the times are free again."
        self.column.addWidget(self._what)
        self.column.addWidget(FormRow("Because", self.because))
        self.column.addWidget(scrolled(inside, name="rest.gone", by_key=True), 1)
        self.column.addWidget(label(hint, "caption", wrap=True))
        self.column.addWidget(self._error)
        self.column.addWidget(self.cancel_all)

    def show_rest(self, entry: CalendarEntry, zone: tzinfo) -> None:
        """Name what would be cancelled."""
        self._entry, self._zone = entry, zone
        session, ident = self._session, entry.appointment.id
        self._what.setText(entry.patient_name)
        self.cancel_all.setEnabled(False)
        self._error.hide()
        clear(self._dates)
        self.because.setFocus()
        self._page.ask(lambda _: repeating.rest_of(session, ident), self._show, failed=self._refuse)

    def _show(self, found: tuple[Appointment, ...]) -> None:
        clear(self._dates)
        for one in found:
            self._dates.addWidget(label(_words(one.starts, self._zone), wrap=True))
        self._dates.addStretch(1)
        self.cancel_all.setText(f"Cancel {_visits(len(found))}")
        self.cancel_all.setAccessibleName(self.cancel_all.text())
        self.cancel_all.setEnabled(bool(found))

    def _cancel(self) -> None:
        if self._entry is not None:
            because = CancelReason(str(self.because.currentData()))
            self.cancel_all.setEnabled(False)
            self._moves.cancel_rest(self._entry, because, (self._close, self._refuse))

    def _refuse(self, text: str) -> None:
        self._error.setText(text)
        self._error.show()
        self.cancel_all.setEnabled(True)


def _list() -> tuple[QVBoxLayout, QWidget]:
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 4, 0)
    column.setSpacing(8)
    return column, inside


def _error() -> QLabel:
    made = label("", "error", wrap=True)
    made.hide()
    return made


def _words(starts: datetime, zone: tzinfo) -> str:
    at = starts.astimezone(zone)
    return f"{WEEKDAYS[at.weekday()][:3]} {day(at)}, {at:%H:%M}"


def _visits(count: int) -> str:
    return "1 visit" if count == 1 else f"{count} visits"
