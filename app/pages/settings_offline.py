"""How much time this workstation keeps at the server to book offline, and what it keeps now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo

from PySide6.QtWidgets import QComboBox, QSpinBox

from app.pages import wording
from app.widgets.forms import FormRow, roomy
from app.widgets.surfaces import Card, row
from app.widgets.text import label
from app.workflow.configuring import MOST_DAYS
from app.workflow.leasing import LeaseStatus
from app.workflow.settings import ClinicSettings
from scheduling.records import Practitioner

_SHOWN = 6


class OfflineCard(Card):
    """A share of the free hours, for how many days, and of whom."""

    def __init__(self) -> None:
        super().__init__("Booking while offline", name="settings.offline")
        self.share = roomy(QSpinBox())
        self.share.setObjectName("settings.offline_share")
        self.share.setRange(0, 100)
        self.share.setSingleStep(5)
        self.share.setSuffix(" %")
        self.share.setSpecialValueText("None")
        self.days = roomy(QSpinBox())
        self.days.setObjectName("settings.offline_days")
        self.days.setRange(1, MOST_DAYS)
        self.days.setSuffix(" days")
        self.people = QComboBox()
        self.people.setObjectName("settings.offline_people")
        self._kept: tuple[str, ...] = ()
        self._status = label("", "caption")
        self.column.addLayout(
            row(
                FormRow("Free hours kept", self.share),
                FormRow("For the next", self.days),
                stretch=0,
            )
        )
        self.column.addWidget(
            FormRow(
                "Of",
                self.people,
                "No other workstation books in them.",
            )
        )
        self.column.addWidget(self._status)

    def show_settings(self, settings: ClinicSettings) -> None:
        """Fill the card in."""
        self.share.setValue(settings.offline_share)
        self.days.setValue(settings.offline_days)
        self._kept = settings.offline_people
        self._choose()

    def show_people(self, people: Sequence[Practitioner]) -> None:
        """Offer everybody, and each by name."""
        self.people.clear()
        self.people.addItem("Everybody", ())
        for one in people:
            self.people.addItem(one.name, (one.id,))
        self._choose()

    def _choose(self) -> None:
        index = next(
            (n for n in range(self.people.count()) if tuple(self.people.itemData(n)) == self._kept),
            -1,
        )
        if index < 0 and self._kept and self.people.count():
            self.people.addItem("Several", self._kept)
            index = self.people.count() - 1
        self.people.setCurrentIndex(max(index, 0))

    def filled_in(self, settings: ClinicSettings) -> ClinicSettings:
        """Return the settings with what stands in the card."""
        people = self.people.currentData()
        return replace(
            settings,
            offline_share=self.share.value(),
            offline_days=self.days.value(),
            offline_people=settings.offline_people if people is None else tuple(people),
        )

    def show_status(self, status: LeaseStatus, zone: tzinfo) -> None:
        """Say until when and where bookings are final, or why none are."""
        self._status.setText(told(status, zone))
        self._status.setMinimumHeight(self._status.sizeHint().height())


def told(status: LeaseStatus, zone: tzinfo) -> str:
    """Return in words what a workstation may book offline for good."""
    if status.fault:
        return f"{status.fault}\nUntil it is right, bookings made offline are provisional."
    if status.until is None:
        return "This workstation keeps no time now:\nbookings made offline are provisional."
    shown = [
        f"{one.name}: {wording.meeting(one.starts, one.ends, zone)}"
        for one in status.times[:_SHOWN]
    ]
    more = len(status.times) - _SHOWN
    if more > 0:
        shown.append(f"and {more} more")
    weekday = wording.WEEKDAYS[status.until.astimezone(zone).weekday()]
    until = f"{weekday} {wording.moment(status.until, zone)}"
    return "\n".join((f"Until {until} this workstation", "may book offline:", *shown))
