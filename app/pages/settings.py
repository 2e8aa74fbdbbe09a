"""Settings of the clinic: who it is, how it writes to people, its server, and its model's card."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.pages.context import PageContext
from app.pages.model_card import ModelCardView
from app.pages.page import Page
from app.pages.reading.read_mode_bar import MODE_WORDS
from app.pages.settings_backup import BackupCard
from app.pages.settings_messages import MessagesCard
from app.pages.settings_offline import OfflineCard
from app.pages.wording import zone_of
from app.records import ReadMode
from app.tasks import Lane
from app.widgets.buttons import button
from app.widgets.countries import CountryBox
from app.widgets.forms import FormRow, PasswordField, line, roomy
from app.widgets.surfaces import Card, row, scrolled
from app.widgets.text import label
from app.workflow import booking, configuring, leasing
from app.workflow.emergency_numbers import number_of
from app.workflow.settings import ClinicSettings

_OPEN_CARD, _FOLD_CARD = "Show the model's card", "Hide the model's card"
_MODEL = "What the model that ships is for, what was measured, and its limits."

Security = Literal["none", "starttls", "tls"]

_SECURITY: tuple[tuple[str, Security], ...] = (
    ("STARTTLS", "starttls"),
    ("TLS", "tls"),
    ("None (test only)", "none"),
)
_READ_MODES = tuple((name, mode.value) for mode, (name, _) in MODE_WORDS.items())
_SMS = (
    ("No text messages", "none"),
    ("Kannel gateway", "kannel"),
    ("Twilio-compatible", "twilio"),
    ("GSM modem (Gammu)", "gammu"),
)


class SettingsPage(Page):
    """A form over ClinicSettings; nothing but the backup's card is stored before Save."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "settings", "Settings")
        self._settings = ClinicSettings()
        self._lines: dict[str, QLineEdit] = {}
        self.country = CountryBox("settings.country")
        self._country_row = FormRow("Country", self.country, "Telephone numbers are read by it.")
        self.port = roomy(QSpinBox())
        self.port.setObjectName("settings.smtp_port")
        self.port.setRange(1, 65535)
        self.names = QCheckBox("Patients see the names of staff who saw their data")
        self.security = _choice("settings.smtp_security", _SECURITY)
        self.sms_kind = _choice("settings.sms_kind", _SMS)
        self.read_mode = _choice("settings.read_mode", _READ_MODES)
        self.save = button("Save", self._save, name="settings.save", kind="primary", key="Ctrl+S")
        self.header.addWidget(self.save)
        self.messages = MessagesCard(self._filled_in)
        self.offline = OfflineCard()
        self.backup = BackupCard(self)
        self.model = ModelCardView(name="settings.modelCard")
        self.shown = button(_OPEN_CARD, self._show_model, name="settings.showModel", icon="file")
        columns = QHBoxLayout()
        columns.setContentsMargins(0, 0, 12, 0)
        columns.setSpacing(12)
        first = (
            self._clinic_card(),
            self._reading_card(),
            self._server_card(),
            self._caldav_card(),
        )
        columns.addLayout(_column(*first), 1)
        columns.addLayout(_column(self._mail_card(), self._sms_card(), self.offline), 1)
        columns.addLayout(_column(self.backup, self.messages, self._model_card()), 1)
        inside = QWidget()
        inside.setLayout(columns)
        self.body.addWidget(scrolled(inside, name="settings.area", by_key=True), 1)

    def open(self, **_ids: str) -> None:
        """Read the settings and the model's card again."""
        session, workstation = self.context.session, self.context.workstation
        self.ask(lambda _: configuring.clinic_settings(session), self._show)
        self.ask(lambda _: booking.practitioners(session), self.offline.show_people)
        self.ask(lambda _: leasing.status(session), self._show_leases)
        self.backup.read()
        self.model.show_text("Reading the model's card…")
        self.ask(
            lambda _: workstation.analyser.card(),
            self.model.show_card,
            lane=Lane.IO,
            failed=self.model.show_text,
        )

    def _clinic_card(self) -> Card:
        card = Card("Clinic", name="settings.clinic")
        card.column.addWidget(self._row("clinic_name", "Name"))
        card.column.addWidget(self._row("zone", "Time zone", hint="e.g. Europe/Paris"))
        card.column.addWidget(self._country_row)
        card.column.addWidget(
            self._row("emergency_number", "Emergency number", hint="Empty: that of the country")
        )
        number = self._lines["emergency_number"]
        self.country.currentTextChanged.connect(
            lambda _: number.setPlaceholderText(number_of(self.country.code))
        )
        self.names.setObjectName("settings.names_in_access_lists")
        self.names.setToolTip(
            "Otherwise patients read roles only in the list of who saw their data"
        )
        card.column.addWidget(self.names)
        return card

    def _reading_card(self) -> Card:
        card = Card("Reading", name="settings.reading")
        modes = [f"{name}: {meaning}" for name, meaning in MODE_WORDS.values()]
        hint = "\n".join((*modes, "A change holds for studies opened from then on."))
        card.column.addWidget(FormRow("When readers see the model's result", self.read_mode, hint))
        return card

    def _mail_card(self) -> Card:
        card = Card("E-mail", name="settings.mail")
        host = self._row("smtp_host", "SMTP server", "Empty: no e-mail is sent")
        port = FormRow("Port", self.port)
        card.column.addLayout(row(host, port, stretch=0))
        card.column.addWidget(FormRow("Encryption", self.security))
        card.column.addLayout(
            row(self._row("smtp_user", "User"), self._row("smtp_password", "Password"))
        )
        card.column.addWidget(self._row("smtp_sender", "Sender", "reception@clinic.example"))
        return card

    def _sms_card(self) -> Card:
        card = Card("Text messages", name="settings.sms")
        card.column.addWidget(FormRow("Gateway", self.sms_kind))
        card.column.addWidget(self._row("sms_url", "Address, or the modem's folder"))
        card.column.addLayout(
            row(self._row("sms_user", "User"), self._row("sms_password", "Password"))
        )
        card.column.addWidget(self._row("sms_sender", "Sender"))
        card.column.addWidget(
            self._row("sms_reports", "Kannel reports to", "http://127.0.0.1:13099/a-long-secret")
        )
        return card

    def _server_card(self) -> Card:
        card = Card("Central server", name="settings.server")
        card.column.addWidget(self._row("server_url", "Address", "Empty: works by itself"))
        card.column.addWidget(
            self._row("server_ca", "Certificate file", hint="Only for a server of your own.")
        )
        self.code = line("settings.code", "One-time code")
        self.enrol = button("Enrol", self._enrol, name="settings.enrol", icon="server")
        card.column.addWidget(FormRow("Enrolment code", self.code))
        card.column.addLayout(row(QWidget(), self.enrol, stretch=0))
        return card

    def _caldav_card(self) -> Card:
        card = Card("Calendars elsewhere", name="settings.caldav")
        card.column.addWidget(
            self._row(
                "caldav_url",
                "CalDAV address",
                "Empty: none",
                hint="Each practitioner's times are kept there, without patients.",
            )
        )
        card.column.addLayout(
            row(self._row("caldav_user", "User"), self._row("caldav_password", "Password"))
        )
        return card

    def _model_card(self) -> Card:
        card = Card("AI model", name="settings.model")
        self.model.hide()
        card.column.addWidget(label(_MODEL, "muted", wrap=True))
        card.column.addLayout(row(self.shown, QWidget(), stretch=1))
        card.column.addWidget(self.model)
        return card

    def _show_model(self) -> None:
        """Open or fold the model's card, which is longer than all the settings."""
        self.model.setVisible(self.model.isHidden())
        self.shown.setText(_OPEN_CARD if self.model.isHidden() else _FOLD_CARD)

    def _row(self, key: str, title: str, placeholder: str = "", *, hint: str = "") -> FormRow:
        name = f"settings.{key}"
        secret = key.endswith("password")
        field = PasswordField(name) if secret else line(name, placeholder)
        self._lines[key] = field
        return FormRow(title, field, hint)

    def _show(self, settings: ClinicSettings) -> None:
        self._settings = settings
        for key, field in self._lines.items():
            field.setText(str(getattr(settings, key)))
            field.setCursorPosition(0)
        self.country.show_code(settings.country)
        self.messages.show_settings(settings)
        self.offline.show_settings(settings)
        self.backup.show_zone(zone_of(settings.zone))
        self.port.setValue(settings.smtp_port)
        self.names.setChecked(settings.names_in_access_lists)
        self.security.setCurrentIndex(max(self.security.findData(settings.smtp_security), 0))
        self.read_mode.setCurrentIndex(max(self.read_mode.findData(settings.read_mode.value), 0))
        self.sms_kind.setCurrentIndex(max(self.sms_kind.findData(settings.sms_kind), 0))

    def _filled_in(self) -> ClinicSettings:
        texts = {key: field.text().strip() for key, field in self._lines.items()}
        filled = replace(
            self._settings,
            country=self.country.code,
            smtp_port=self.port.value(),
            names_in_access_lists=self.names.isChecked(),
            smtp_security=_SECURITY[self.security.currentIndex()][1],
            sms_kind=str(self.sms_kind.currentData()),
            read_mode=ReadMode(self.read_mode.currentData()),
        )
        whole = replace(filled, **texts)  # type: ignore[arg-type]  # every key is a text field
        return self.offline.filled_in(self.messages.filled_in(whole))

    def _show_leases(self, status: leasing.LeaseStatus) -> None:
        self.offline.show_status(status, zone_of(self._settings.zone))

    def _complete(self) -> bool:
        """Whether the country is one; says if it is not."""
        known = self.country.known
        self._country_row.fail("" if known else "Choose a country, or leave it empty.")
        if not known:
            self.country.setFocus()
        return known

    def _save(self) -> None:
        if not self._complete():
            return
        session, settings = self.context.session, self._filled_in()
        self.ask(
            lambda _: configuring.save_settings(session, settings),
            lambda _: self.context.navigator.banner("The settings are saved.", "good"),
        )

    def _enrol(self) -> None:
        if not self._complete():
            return
        session = self.context.session
        settings, code = self._filled_in(), self.code.text().strip()
        self.enrol.setEnabled(False)

        def job(_: object) -> None:
            configuring.save_settings(session, settings)
            configuring.enrol(session, settings.server_url, code)

        self.ask(job, lambda _: self._enrolled(), lane=Lane.IO, failed=self._not_enrolled)

    def _enrolled(self) -> None:
        self.enrol.setEnabled(True)
        self.code.clear()
        self.context.navigator.banner("This workstation is enrolled with the server.", "good")

    def _not_enrolled(self, text: str) -> None:
        self.enrol.setEnabled(True)
        self.complain(text)


def _choice(name: str, entries: tuple[tuple[str, str], ...]) -> QComboBox:
    made = QComboBox()
    made.setObjectName(name)
    for text, value in entries:
        made.addItem(text, value)
    return made


def _column(*cards: Card) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(12)
    for card in cards:
        column.addWidget(card)
    column.addStretch(1)
    return column
