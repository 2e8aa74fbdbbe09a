"""How a patient wants to be written to: language, clock, and yes or no to each channel."""

from __future__ import annotations

from itertools import product

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from app.widgets.forms import FormRow, line
from app.widgets.surfaces import row
from app.widgets.text import label
from app.workflow import sampling
from scheduling.records import Channel, ContactPreferences, Purpose
from viewer.records import Patient

_CHANNELS = {Channel.EMAIL: "E-mail", Channel.SMS: "Text message"}
_PURPOSES = {Purpose.VISITS: "Visits", Purpose.REMINDERS: "Reminders"}
_ANSWERS = (("Not asked", None), ("Yes", True), ("No", False))


class ContactWishes(QWidget):
    """Two channels by two purposes, each yes, no or not asked; and the language."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.language = QComboBox()
        self.language.setObjectName("patients.language")
        for tag, word in sampling.language_names().items():
            self.language.addItem(word, tag)
        self.zone = line("patients.zone", "As the clinic")
        self._answers: dict[tuple[Channel, Purpose], QComboBox] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.addWidget(label("May we write?", "caption"), 0, 0)
        for place, word in enumerate(_PURPOSES.values(), 1):
            grid.addWidget(label(word, "caption"), 0, place)
        for line_number, word in enumerate(_CHANNELS.values(), 1):
            grid.addWidget(label(word, "caption"), line_number, 0)
        pairs = product(enumerate(_CHANNELS, 1), enumerate(_PURPOSES, 1))
        for (down, channel), (across, purpose) in pairs:
            choice = self._choice(channel, purpose)
            self._answers[channel, purpose] = choice
            grid.addWidget(choice, down, across)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(
            row(FormRow("Language", self.language), FormRow("Time zone", self.zone), stretch=0)
        )
        column.addLayout(grid)

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the room the fields need once they have their style; a full column squeezes them."""
        super().showEvent(event)
        self.ensurePolished()
        self.setMinimumHeight(self.sizeHint().height())

    def show_wishes(self, patient: Patient, preferences: ContactPreferences) -> None:
        """Show what a patient said."""
        tag = patient.language.split("-", maxsplit=1)[0].lower()
        self.language.setCurrentIndex(max(self.language.findData(tag), 0))
        self.zone.setText(preferences.zone)
        for (channel, purpose), choice in self._answers.items():
            said = preferences.said(channel, purpose)
            choice.setCurrentIndex([one for _, one in _ANSWERS].index(said))

    def wanted(self) -> dict[tuple[Channel, Purpose], bool | None]:
        """Return the answers; None where there is none."""
        return {key: _ANSWERS[choice.currentIndex()][1] for key, choice in self._answers.items()}

    def language_tag(self) -> str:
        """Return the language chosen."""
        return str(self.language.currentData())

    def _choice(self, channel: Channel, purpose: Purpose) -> QComboBox:
        choice = QComboBox()
        choice.setObjectName(f"patients.{channel}.{purpose}")
        choice.setAccessibleName(f"{_CHANNELS[channel]}, {_PURPOSES[purpose]}")
        for word, _ in _ANSWERS:
            choice.addItem(word)
        return choice
