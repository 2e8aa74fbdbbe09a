"""The next free times for a kind of visit, to choose one from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.pages.booking_words import Catalogue
from app.pages.page import Page
from app.widgets.text import label, plain_tip
from app.workflow import booking
from assistant.tools.saying import day_words
from scheduling.records import Slot
from scheduling.rules.slots import apart
from viewer.ports import Progress

_NUMBER = Qt.ItemDataRole.UserRole
_MOST, _READ = 200, 4000
_AHEAD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Sought:
    """What free times are looked for; empty ids are open."""

    first_day: date
    visit_type_id: str = ""
    practitioner_ids: tuple[str, ...] = ()
    place_ids: tuple[str, ...] = ()
    resource_ids: tuple[str, ...] = ()


class FreeTimes(QWidget):
    """A list of times under the days they are on; ``chosen`` gets the one that is clicked.

    ``found`` tells whether there was any.
    """

    found = Signal(bool)

    def __init__(self, page: Page, chosen: Callable[[Slot], None], *, name: str) -> None:
        super().__init__()
        self._page = page
        self._chosen = chosen
        self._slots: tuple[Slot, ...] = ()
        self._none = label("", "muted", wrap=True)
        self._none.hide()
        self.list = QListWidget()
        self.list.setObjectName(name)
        self.list.setAccessibleName(page.words.say("booking.free"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.itemClicked.connect(self._take)
        self.list.itemActivated.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._none)
        column.addWidget(self.list, 1)

    def read(self, sought: Sought, known: Catalogue, zone: tzinfo) -> None:
        """Look for the next free times from a day on."""
        session = self._page.context.session
        begin = datetime.combine(sought.first_day, time(), zone).astimezone(UTC)
        starts = max(begin, session.now())

        def job(_: Progress) -> tuple[tuple[Slot, ...], bool]:
            free = booking.find(
                session,
                starts,
                starts + _AHEAD,
                visit_type_id=sought.visit_type_id,
                practitioner_ids=sought.practitioner_ids,
                place_ids=sought.place_ids,
                resource_ids=sought.resource_ids,
                limit=_READ,
            )
            return free, bool(free) or booking.have_hours(session, sought.practitioner_ids)

        def done(read: tuple[tuple[Slot, ...], bool]) -> None:
            free, hours = read
            self._show(_thinned(free), sought, known, zone)
            self._say_none(sought, known, hours=hours)

        self._page.ask(job, done)

    def _show(
        self, slots: tuple[Slot, ...], sought: Sought, known: Catalogue, zone: tzinfo
    ) -> None:
        whose = len(sought.practitioner_ids) != 1
        self._slots = slots
        self.list.clear()
        last: date | None = None
        for number, slot in enumerate(slots):
            local = slot.starts.astimezone(zone)
            if local.date() != last:
                last = local.date()
                head = QListWidgetItem(day_words(last, self._page.words))
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                head.setFont(_strong(self.list.font()))
                self.list.addItem(head)
            item = QListWidgetItem(_words(slot, known, zone, whose=whose))
            item.setToolTip(plain_tip(f"{head.text()}, {item.text()}"))
            item.setData(_NUMBER, number)
            self.list.addItem(item)
        self.list.setVisible(bool(slots))
        self.found.emit(bool(slots))

    def _say_none(self, sought: Sought, known: Catalogue, *, hours: bool) -> None:
        """Say why no time is free: all are taken, or nobody has entered working hours yet."""
        say, people = self._page.words.say, sought.practitioner_ids
        if hours:
            text = say("booking.none")
        elif people:
            who = ", ".join(known.name(one, "") for one in people)
            text = say("booking.no_hours_of", who=who)
        else:
            text = say("booking.no_hours")
        self._none.setText("" if self._slots else text)
        self._none.setVisible(not self._slots)

    def _take(self, item: QListWidgetItem) -> None:
        number = item.data(_NUMBER)
        if number is not None:
            self._chosen(self._slots[int(number)])


def _thinned(found: Iterable[Slot]) -> tuple[Slot, ...]:
    """The first times of each person that do not overlap, together in order of time."""
    by_person: defaultdict[str, list[Slot]] = defaultdict(list)
    for slot in found:
        by_person[slot.practitioner_id].append(slot)
    return tuple(sorted(one for each in by_person.values() for one in apart(each)))[:_MOST]


def _strong(font: QFont) -> QFont:
    made = QFont(font)
    made.setWeight(QFont.Weight.DemiBold)
    return made


def _words(slot: Slot, known: Catalogue, zone: tzinfo, *, whose: bool) -> str:
    starts, ends = slot.starts.astimezone(zone), slot.ends.astimezone(zone)
    names = ((slot.practitioner_id,) if whose else ()) + slot.resource_ids
    parts = (f"{starts:%H:%M}–{ends:%H:%M}", *(known.name(one, "") for one in names))
    return " · ".join(part for part in parts if part)
