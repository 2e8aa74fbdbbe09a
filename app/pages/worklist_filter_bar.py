"""The line of filters above the worklist: what to list, kept under names, cleared by one key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from PySide6.QtCore import QDate, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from app.pages.wording import STATUS_WORDS
from app.pages.worklist_words import DAYS_WORDS, URGENCY_WORDS, days_words
from app.records import SavedFilter, WorklistFilter, WorklistStatus
from app.widgets.buttons import button
from app.widgets.forms import line, roomy
from app.widgets.text import label
from app.workflow.worklist_filters import LONGEST_NAME

T = TypeVar("T")

_MODALITIES = ("MR", "CT", "PT", "NM", "US", "CR")
_ALL = WorklistFilter()


class FilterBar(QWidget):
    """Menus and switches that make one WorklistFilter; ``changed`` after each change of it.

    ``saving`` carries a name to keep the filter under, ``removing`` one to forget.
    """

    changed = Signal()
    saving = Signal(str)
    removing = Signal(str)

    def __init__(self, today: Callable[[], date], *, sees_urgency: bool) -> None:
        super().__init__()
        self._today = today
        self._wanted = _ALL
        self._saved: tuple[SavedFilter, ...] = ()
        self._status = self._menu("status", "Status", self._fill_statuses)
        self._urgency = self._menu("urgency", "Urgency", self._fill_urgencies)
        self._modality = self._menu("modality", "Modality", self._fill_modalities)
        self._days = self._menu("days", "Date", self._fill_days)
        self._mine = self._switch("mine", "Assigned to me", "Alt+M")
        self._unread = self._switch("unread", "Not read", "Alt+R")
        self._named = self._menu("saved", "My filters", self._fill_saved)
        self._named.setToolTip("Filters you keep: Alt+1 to Alt+9 choose one, Alt+0 clears")
        self._since, self._until = self._day("since"), self._day("until")
        self._between = self._row((self._since, label("to", "muted"), self._until))
        self._name = line("worklist.filter.name", "Name of this filter")
        self._name.setMaxLength(LONGEST_NAME)
        self._name.setMinimumWidth(180)
        self._name.returnPressed.connect(self._save)
        keep = button("Save", self._save, name="worklist.filter.save", kind="primary")
        drop = button("Cancel", self._stop_naming, name="worklist.filter.cancel", kind="quiet")
        self._naming = self._row((self._name, keep, drop))
        self._lay_out(sees_urgency=sees_urgency)
        self._add_keys()
        self._show()

    @property
    def wanted(self) -> WorklistFilter:
        """The filter as it stands."""
        return self._wanted

    def choose(self, wanted: WorklistFilter) -> None:
        """Use a filter."""
        if wanted != self._wanted:
            self._wanted = wanted
            self._show()
            self.changed.emit()

    def clear(self) -> None:
        """List everything again."""
        self.choose(_ALL)

    def offer(self, saved: Sequence[SavedFilter]) -> None:
        """Offer these filters by name and key."""
        self._saved = tuple(saved)
        self._stop_naming()

    def _lay_out(self, *, sees_urgency: bool) -> None:
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(8)
        above, below = QHBoxLayout(), QHBoxLayout()
        parts = (self._status, self._urgency, self._modality, self._days)
        for part in (*parts, self._mine, self._unread):
            if sees_urgency or part is not self._urgency:
                above.addWidget(part)
        above.addStretch(1)
        above.addWidget(self._named)
        below.addWidget(self._between)
        below.addStretch(1)
        below.addWidget(self._naming)
        for row in (above, below):
            row.setSpacing(8)
            lines.addLayout(row)
        self._between.hide()
        self._naming.hide()

    def _add_keys(self) -> None:
        for number in range(1, 10):
            key = QShortcut(QKeySequence(f"Alt+{number}"), self)
            key.activated.connect(lambda at=number - 1: self._choose_saved(at))
        QShortcut(QKeySequence("Alt+0"), self).activated.connect(self.clear)

    def _menu(self, name: str, text: str, fill: Callable[[QMenu], None]) -> QPushButton:
        made = button(text, name=f"worklist.filter.{name}", tip=f"Filter by {text.lower()}")
        menu = QMenu(made)
        menu.setObjectName(f"worklist.filter.{name}.menu")
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(menu.clear)
        menu.aboutToShow.connect(lambda: fill(menu))
        made.setMenu(menu)
        return made

    def _switch(self, name: str, text: str, key: str) -> QPushButton:
        made = button(text, name=f"worklist.filter.{name}", tip=f"Only what is: {text}", key=key)
        made.setCheckable(True)
        made.toggled.connect(lambda on: self.choose(replace(self._wanted, **{name: on})))
        return made

    def _day(self, name: str) -> QDateEdit:
        made = roomy(QDateEdit())
        made.setObjectName(f"worklist.filter.{name}")
        made.setAccessibleName("First day" if name == "since" else "Last day")
        made.setCalendarPopup(True)
        made.setDisplayFormat("d MMM yyyy")
        made.setMinimumWidth(136)
        made.dateChanged.connect(lambda *_: self._days_chosen())
        return made

    def _row(self, widgets: Sequence[QWidget]) -> QWidget:
        made = QWidget()
        inside = QHBoxLayout(made)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        for widget in widgets:
            inside.addWidget(widget)
        return made

    def _fill_statuses(self, menu: QMenu) -> None:
        words = {status: STATUS_WORDS[status][0] for status in WorklistStatus}
        for text, left, on in _toggles(words, self._wanted.statuses):
            self._on(menu, text, replace(self._wanted, statuses=left), on=on)

    def _fill_urgencies(self, menu: QMenu) -> None:
        for text, left, on in _toggles(URGENCY_WORDS, self._wanted.urgencies):
            self._on(menu, text, replace(self._wanted, urgencies=left), on=on)

    def _fill_modalities(self, menu: QMenu) -> None:
        for text, left, on in _toggles({one: one for one in _MODALITIES}, self._wanted.modalities):
            self._on(menu, text, replace(self._wanted, modalities=left), on=on)

    def _fill_days(self, menu: QMenu) -> None:
        bare = replace(self._wanted, last_days=0, since=None, until=None)
        options = {"Any day": bare}
        options |= {text: replace(bare, last_days=days) for days, text in DAYS_WORDS.items()}
        today = self._today()
        options["From … to …"] = replace(
            bare,
            since=self._wanted.since or today.replace(day=1),
            until=self._wanted.until or today,
        )
        for text, wanted in options.items():
            self._on(menu, text, wanted, on=wanted == self._wanted)

    def _fill_saved(self, menu: QMenu) -> None:
        for number, saved in enumerate(self._saved, 1):
            words = saved.name.replace("&", "&&")
            self._on(menu, f"{words}\tAlt+{number}", saved.filter, on=saved.filter == self._wanted)
        if self._saved:
            menu.addSeparator()
        keep = menu.addAction("Save this filter…")
        keep.setEnabled(self._wanted != _ALL)
        keep.triggered.connect(lambda *_: self._start_naming())
        if self._saved:
            forget = menu.addMenu("Remove")
            for saved in self._saved:
                gone = forget.addAction(saved.name.replace("&", "&&"))
                gone.triggered.connect(lambda *_, name=saved.name: self.removing.emit(name))
        everything = menu.addAction("Clear the filter\tAlt+0")
        everything.setEnabled(self._wanted != _ALL)
        everything.triggered.connect(lambda *_: self.clear())

    def _on(self, menu: QMenu, text: str, wanted: WorklistFilter, *, on: bool) -> None:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(on)
        action.triggered.connect(lambda *_: self.choose(wanted))

    def _choose_saved(self, at: int) -> None:
        if at < len(self._saved):
            self.choose(self._saved[at].filter)

    def _days_chosen(self) -> None:
        first, last = _day_of(self._since), _day_of(self._until)
        self.choose(replace(self._wanted, since=min(first, last), until=max(first, last)))

    def _start_naming(self) -> None:
        known = [one.name for one in self._saved if one.filter == self._wanted]
        self._name.setText(known[0] if known else "")
        self._naming.show()
        self._name.setFocus()

    def _stop_naming(self) -> None:
        self._naming.hide()

    def _save(self) -> None:
        if self._name.text().strip():
            self.saving.emit(self._name.text())
        else:
            self._name.setFocus()

    def _show(self) -> None:
        """Bring every control to what the filter says."""
        wanted = self._wanted
        for made, text, values in (
            (self._status, "Status", [STATUS_WORDS[one][0] for one in wanted.statuses]),
            (self._urgency, "Urgency", [URGENCY_WORDS[one] for one in wanted.urgencies]),
            (self._modality, "Modality", list(wanted.modalities)),
            (self._days, "Date", [days_words(wanted)] if days_words(wanted) else []),
        ):
            more = f" + {len(values) - 1}" if len(values) > 1 else ""
            made.setText(f"{values[0]}{more}" if values else text)
            made.setCheckable(bool(values))
            made.setChecked(bool(values))
        named = [one.name for one in self._saved if one.filter == wanted]
        self._named.setText(named[0] if named else "My filters")
        for made, on in ((self._mine, wanted.mine), (self._unread, wanted.unread)):
            made.blockSignals(True)  # noqa: FBT003 - Qt's signature
            made.setChecked(on)
            made.blockSignals(False)  # noqa: FBT003 - Qt's signature
        self._show_days(wanted)

    def _show_days(self, wanted: WorklistFilter) -> None:
        spans = wanted.since is not None and wanted.until is not None
        self._between.setVisible(spans)
        for made, value in ((self._since, wanted.since), (self._until, wanted.until)):
            if value is not None:
                made.blockSignals(True)  # noqa: FBT003 - Qt's signature
                made.setDate(QDate(value.year, value.month, value.day))
                made.blockSignals(False)  # noqa: FBT003 - Qt's signature


def _toggles(
    words: Mapping[T, str], chosen: Sequence[T]
) -> Iterator[tuple[str, tuple[T, ...], bool]]:
    """Yield each value's words, what is chosen once it is toggled, and whether it is chosen now."""
    for value, text in words.items():
        left = tuple(one for one in words if (one in chosen) != (one == value))
        yield text, left, value in chosen


def _day_of(made: QDateEdit) -> date:
    chosen = made.date()
    return date(chosen.year(), chosen.month(), chosen.day())
