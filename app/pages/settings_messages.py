"""The clinic's rules of writing to patients, with what a message looks like and how long it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import available_timezones

from PySide6.QtWidgets import QCheckBox, QComboBox

from app.pages.wording import NOTICE_KINDS
from app.widgets.forms import FormRow, line
from app.widgets.surfaces import Card, Line, row
from app.widgets.text import label
from app.workflow import sampling
from app.workflow.settings import ClinicSettings
from scheduling.records import NoticeKind


class MessagesCard(Card):
    """Reminder times, quiet hours, consent and language; a sample with its length beside them."""

    def __init__(self, current: Callable[[], ClinicSettings]) -> None:
        super().__init__("Messages to patients", name="settings.messages")
        self._current = current
        self.reminders = line("settings.reminders", "Empty: no reminder")
        self.quiet = line("settings.quiet_hours", "Empty: none")
        self.ask_first = QCheckBox("Write only to patients who have said yes")
        self.ask_first.setObjectName("settings.ask_first")
        self.language = _languages("settings.language")
        self.spoken = _languages("settings.sample_language")
        self.kind = QComboBox()
        self.kind.setObjectName("settings.sample_kind")
        for kind, word in NOTICE_KINDS.items():
            self.kind.addItem(word, kind)
        self._count = label("", "caption", wrap=True)
        self._text = label("", wrap=True)
        self._subject = label("", "strong", wrap=True)
        self._letter = label("", "caption", wrap=True)
        self.column.addWidget(
            FormRow("Reminders before the visit", self.reminders, "e.g. 2 days, 3 hours")
        )
        self.column.addWidget(
            FormRow("Quiet hours", self.quiet, "On the patient's clock: no text, no reminder.")
        )
        self.column.addWidget(FormRow("Language unless the patient chose one", self.language))
        self.column.addWidget(self.ask_first)
        self.column.addWidget(Line())
        self.column.addLayout(
            row(FormRow("Message", self.kind), FormRow("Shown in", self.spoken), stretch=0)
        )
        for part in (self._text, self._count, self._subject, self._letter):
            self.column.addWidget(part)
        for choice in (self.spoken, self.kind):
            choice.currentIndexChanged.connect(lambda *_: self.show_sample())

    def show_settings(self, settings: ClinicSettings) -> None:
        """Fill the card in."""
        self.reminders.setText(settings.reminders)
        self.quiet.setText(settings.quiet_hours)
        self.ask_first.setChecked(settings.ask_first)
        self.language.setCurrentIndex(max(self.language.findData(settings.language), 0))
        self.spoken.setCurrentIndex(self.language.currentIndex())
        self.show_sample()

    def filled_in(self, settings: ClinicSettings) -> ClinicSettings:
        """Return the settings with what stands in the card."""
        return replace(
            settings,
            reminders=self.reminders.text().strip(),
            quiet_hours=self.quiet.text().strip(),
            ask_first=self.ask_first.isChecked(),
            language=str(self.language.currentData()),
        )

    def show_sample(self) -> None:
        """Show the chosen message, with the length a network counts."""
        settings = self._current()
        if settings.zone not in available_timezones():
            return
        kind, tag = NoticeKind(self.kind.currentData()), str(self.spoken.currentData())
        made = sampling.sample(settings, tag, kind)
        size = made.size
        messages = "1 message" if size.parts == 1 else f"{size.parts} messages"
        self._text.setText(made.text)
        self._count.setText(
            f"Text message: {size.units} characters in {size.alphabet}, {messages}."
        )
        self._subject.setText(made.subject)
        self._letter.setText(made.letter.strip())


def _languages(name: str) -> QComboBox:
    made = QComboBox()
    made.setObjectName(name)
    for tag, word in sampling.language_names().items():
        made.addItem(word, tag)
    return made
