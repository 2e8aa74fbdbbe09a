"""The line of filters above the audit trail: person, patient, act, outcome and days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QWidget

from app.records import SYSTEM, Account, AuditFilter
from app.widgets.buttons import button
from app.widgets.forms import line, roomy
from app.widgets.text import label
from app.workflow.audit_acts import ACTS, EVENTS

_DAYS = (("Any day", 0), ("Today", 1), ("Last 7 days", 7), ("Last 30 days", 30), ("Last year", 365))
_BETWEEN = -1
_OUTCOMES = (("Any outcome", ""), ("Done", "ok"), ("Refused", "refused"), ("Failed", "failed"))


class AuditFilterBar(QWidget):
    """Makes one AuditFilter; ``changed`` after each change of it."""

    changed = Signal()

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self.person = self._box("person", "Whose acts")
        self.act = self._box("act", "Which acts")
        self.outcome = self._box("outcome", "Outcome")
        self.days = self._box("days", "Days")
        self.patient = line("audit.patient", "Record number of a patient")
        self.patient.setAccessibleName("Record number of a patient")
        self.patient.setMinimumWidth(200)
        self.patient.setClearButtonEnabled(True)
        self.patient.editingFinished.connect(self._patient_given)
        self._patient_before = ""
        self.since, self.until = self._day("since", "First day"), self._day("until", "Last day")
        self._between = QWidget()
        between = QHBoxLayout(self._between)
        between.setContentsMargins(0, 0, 0, 0)
        for part in (self.since, label("to", "muted"), self.until):
            between.addWidget(part)
        self._between.hide()
        self._fill()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for made in (self.person, self.act, self.outcome, self.days, self._between, self.patient):
            row.addWidget(made)
        row.addWidget(button("Clear", self.clear, name="audit.clear", kind="quiet"))
        row.addStretch(1)

    @property
    def number(self) -> str:
        """The record number that was asked for."""
        return self.patient.text().strip()

    def wanted(self, zone: tzinfo) -> AuditFilter:
        """Return the filter as it stands, its patient left out; days are those of the zone."""
        since = until = None
        span = int(self.days.currentData())
        today = self._now().astimezone(zone).date()
        if span > 0:
            first = today - timedelta(days=span - 1)
            since = datetime.combine(first, time(), zone)
        elif span == _BETWEEN:
            since = datetime.combine(_date(self.since), time(), zone)
            until = datetime.combine(_date(self.until) + timedelta(days=1), time(), zone)
        return AuditFilter(
            actor_id=str(self.person.currentData()),
            actions=tuple(self.act.currentData()),
            since=since,
            until=until,
            outcome=str(self.outcome.currentData()),
        )

    def know_people(self, accounts: Sequence[Account]) -> None:
        """Offer these people; the chosen one stays chosen."""
        chosen = self.person.currentData()
        self.person.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.person.clear()
        self.person.addItem("Anybody", "")
        self.person.addItem("The program itself", SYSTEM.account_id)
        for one in sorted(accounts, key=lambda one: one.name.casefold()):
            self.person.addItem(one.name, one.id)
        self.person.setCurrentIndex(max(self.person.findData(chosen), 0))
        self.person.blockSignals(False)  # noqa: FBT003 - Qt's signature

    def clear(self) -> None:
        """List everything again."""
        self.blockSignals(True)  # noqa: FBT003 - Qt's signature
        for box in (self.person, self.act, self.outcome, self.days):
            box.setCurrentIndex(0)
        self.patient.clear()
        self._patient_before = ""
        self.blockSignals(False)  # noqa: FBT003 - Qt's signature
        self.changed.emit()

    def _fill(self) -> None:
        self.person.addItem("Anybody", "")
        self.act.addItem("Any act", ())
        for code in sorted({act.event for act in ACTS.values()}, key=lambda code: EVENTS[code]):
            names = tuple(sorted(name for name, act in ACTS.items() if act.event == code))
            self.act.addItem(f"All: {EVENTS[code]}", names)
        self.act.insertSeparator(self.act.count())
        for words in sorted({act.words for act in ACTS.values()}):
            names = tuple(sorted(name for name, act in ACTS.items() if act.words == words))
            self.act.addItem(words, names)
        for text, outcome in _OUTCOMES:
            self.outcome.addItem(text, outcome)
        for text, days in (*_DAYS, ("Between two days", _BETWEEN)):
            self.days.addItem(text, days)
        for box in (self.person, self.act, self.outcome, self.days):
            box.currentIndexChanged.connect(lambda _: self._chosen())

    def _chosen(self) -> None:
        self._between.setVisible(self.days.currentData() == _BETWEEN)
        self.changed.emit()

    def _patient_given(self) -> None:
        if self.number != self._patient_before:
            self._patient_before = self.number
            self.changed.emit()

    def _box(self, name: str, says: str) -> QComboBox:
        made = QComboBox()
        made.setObjectName(f"audit.{name}")
        made.setAccessibleName(says)
        made.setMinimumWidth(110)
        made.setMaximumWidth(260)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(14)
        made.setMaxVisibleItems(24)
        return made

    def _day(self, name: str, says: str) -> QDateEdit:
        made = roomy(QDateEdit())
        made.setObjectName(f"audit.{name}")
        made.setAccessibleName(says)
        made.setCalendarPopup(True)
        made.setDisplayFormat("d MMM yyyy")
        made.setMinimumWidth(136)
        made.setDate(QDate.currentDate())
        made.dateChanged.connect(lambda *_: self.changed.emit())
        return made


def _date(field: QDateEdit) -> date:
    shown = field.date()
    return date(shown.year(), shown.month(), shown.day())
