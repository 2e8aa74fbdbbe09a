"""The first start in three steps: the clinic, its first administrator, an optional server."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, Protocol
from zoneinfo import available_timezones

from PySide6.QtCore import QLocale, Qt, QTimer, QTimeZone, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.bootstrap import Workstation
from app.shell.entry_forms import CARD_WIDTH_PX, new_password
from app.widgets.buttons import button
from app.widgets.countries import CountryBox
from app.widgets.forms import FormRow, PasswordField, line
from app.widgets.messages import Banner
from app.widgets.surfaces import Card, row
from app.widgets.text import label
from app.workflow.emergency_numbers import number_of
from app.workflow.session import Session
from assistant.phrases import phrases
from resources.languages import DEFAULT


class Runner(Protocol):
    """Does a slow thing off the GUI thread and calls one of two callbacks back on it."""

    def __call__(
        self, job: Callable[[], Any], done: Callable[[Any], None], refuse: Callable[[str], None], /
    ) -> None: ...


class SetUpCard(Card):
    """Three steps; ``finished`` carries the administrator's Session."""

    finished = Signal(object)

    def __init__(self, workstation: Workstation, run: Runner) -> None:
        super().__init__(name="set-up")
        self.setFixedWidth(CARD_WIDTH_PX + 60)
        self.column.setContentsMargins(28, 24, 28, 24)
        self._workstation, self._run = workstation, run
        self._session: Session | None = None
        self._step = label("", "caption")
        self._title = label("", "title")
        self.banner = Banner(name="set-up.banner")
        self._steps = QStackedWidget()
        self._back = button("Back", self._go_back, name="set-up.back", kind="quiet")
        self._next = button("Continue", self._go_on, name="set-up.next", kind="primary")
        self._clinic = _ClinicStep()
        self._administrator = _AdministratorStep()
        self._key = _RecoveryKeyStep()
        self._server = _ServerStep()
        self._pages = (self._clinic, self._administrator, self._key, self._server)
        for step in self._pages:
            self._steps.addWidget(step)
            for field in step.findChildren(QLineEdit)[-1:]:
                field.returnPressed.connect(self._next.click)
        for part in (self._step, self._title, self.banner, self._steps):
            self.column.addWidget(part)
        self.column.addLayout(row(self._back, QWidget(), self._next, stretch=1))
        self._show(0)

    def _show(self, index: int) -> None:
        titles = (
            ("Step 1 of 3", "Your clinic", "Continue"),
            ("Step 2 of 3", "First administrator", "Create the clinic"),
            ("Step 2 of 3", "Recovery key", "I have written it down"),
            ("Step 3 of 3", "Central server", "Finish"),
        )
        step, title, go_on = titles[index]
        self.setEnabled(True)
        self.banner.hide()
        self._step.setText(step)
        self._title.setText(title)
        self._next.setText(go_on)
        self._next.setAccessibleName(go_on)
        self._back.setVisible(index == 1)
        self._steps.setCurrentIndex(index)
        for number, page in enumerate(self._pages):
            wanted = QSizePolicy.Policy.Preferred if number == index else QSizePolicy.Policy.Ignored
            page.setSizePolicy(wanted, wanted)
        self._steps.updateGeometry()
        fields = self._pages[index].findChildren(QLineEdit)
        if fields:
            QTimer.singleShot(0, fields[0], fields[0].setFocus)

    def _go_back(self) -> None:
        self._show(self._steps.currentIndex() - 1)

    def _refuse(self, text: str) -> None:
        self.setEnabled(True)
        self.banner.say(text, "danger")
        self._pages[self._steps.currentIndex()].blame()

    def _go_on(self) -> None:
        steps = (self._leave_clinic, self._found, self._leave_key, self._finish)
        self.banner.hide()
        steps[self._steps.currentIndex()]()

    def _leave_clinic(self) -> None:
        if self._clinic.complete():
            self._show(1)
            clinic, who = self._workstation.clinic, self._administrator
            self._run(clinic.learn_shortest_password, who.show_shortest, self._refuse)
        else:
            self._clinic.blame()

    def _found(self) -> None:
        if not self._administrator.complete():
            self._administrator.blame()
            return
        clinic, who = self._clinic, self._administrator
        answers = {
            "clinic_name": clinic.name.text().strip(),
            "zone": clinic.zone.currentText().strip(),
            "country": clinic.country.code,
            "emergency_number": clinic.emergency.text().strip(),
            "name": who.name.text().strip(),
            "username": who.username.text().strip(),
            "password": who.password.text(),
        }
        self.setEnabled(False)
        self._run(lambda: self._workstation.clinic.found(**answers), self._show_key, self._refuse)

    def _show_key(self, recovery_key: str) -> None:
        self._key.show_key(recovery_key)
        self._show(2)

    def _leave_key(self) -> None:
        if not self._key.typed_back():
            self._key.blame()
            return
        who = self._administrator
        username, password = who.username.text(), who.password.text()
        self.setEnabled(False)
        self._run(
            lambda: self._workstation.clinic.sign_in(username, password),
            self._signed_in,
            self._refuse,
        )

    def _signed_in(self, session: Session) -> None:
        self._session = session
        self._administrator.forget()
        self._key.forget()
        self._show(3)

    def _finish(self) -> None:
        url, code = self._server.url.text().strip(), self._server.code.text().strip()
        if not url:
            self.finished.emit(self._session)
            return
        self.setEnabled(False)
        self._run(
            lambda: _enrol(self._session, url, code),
            lambda _: self.finished.emit(self._session),
            lambda text: self._refuse(f"{text} Empty the address to go on without a server."),
        )


def _enrol(session: Session | None, url: str, code: str) -> None:
    """Register with the server; its client is loaded only when somebody has a server."""
    from app.workflow import configuring  # noqa: PLC0415 - sign-in stays light

    if session is not None:
        configuring.enrol(session, url, code)


class _Step(QWidget):
    """A column of rows; a row with an empty field refuses it.

    ``doubted`` is the field that is to be mended where no row says that it is.
    """

    doubted: QWidget | None = None

    def __init__(self, *rows: QWidget) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for one in rows:
            column.addWidget(one)
        column.addStretch(1)

    def blame(self) -> None:
        """Put the cursor into the first field that was refused."""
        refused = [one.field for one in self.findChildren(FormRow) if one.error]
        field = refused[0] if refused else self.doubted
        if field is not None:  # after the step that was just shown put it into its first field
            QTimer.singleShot(0, field, field.setFocus)


class _ClinicStep(_Step):
    def __init__(self) -> None:
        self.name = line("set-up.clinic", "e.g. Imaging Centre North")
        self.zone = QComboBox()
        self.zone.setObjectName("set-up.zone")
        self.zone.setEditable(True)
        self.zone.addItems(sorted(available_timezones()))
        here = bytes(QTimeZone.systemTimeZoneId().data()).decode()
        self.zone.setCurrentText(here if self.zone.findText(here) >= 0 else "UTC")
        self.country = CountryBox("set-up.country")
        self.emergency = line("set-up.emergency")
        self._suggested = ""
        self._name_row = FormRow("Name of the clinic", self.name)
        self._emergency_row = FormRow(
            "Emergency number",
            self.emergency,
            "Shown to patients wherever they read or ask. Empty: that of the country.",
        )
        self._zone_row = FormRow("Time zone", self.zone)
        self._country_row = FormRow("Country", self.country)
        self.zone.currentTextChanged.connect(lambda _: self._suggest_country())
        self.country.currentTextChanged.connect(lambda _: self._suggest_number())
        self._suggest_country()
        self._suggest_number()
        super().__init__(
            label("A few words, and this workstation is ready.", "muted", wrap=True),
            self._name_row,
            self._zone_row,
            self._country_row,
            self._emergency_row,
        )

    def _suggest_country(self) -> None:
        """Name the country of the time zone, unless somebody has typed another."""
        if self.country.code != self._suggested or not self.country.known:
            return
        zone = QTimeZone(self.zone.currentText().strip().encode())
        self._suggested = QLocale.territoryToCode(zone.territory()) if zone.isValid() else ""
        self.country.show_code(self._suggested)

    def _suggest_number(self) -> None:
        """Show which number holds while none is typed."""
        self.emergency.setPlaceholderText(number_of(self.country.code))

    def complete(self) -> bool:
        """Whether all is filled in; says what is not."""
        known = self.zone.findText(self.zone.currentText().strip()) >= 0
        self._name_row.fail("" if self.name.text().strip() else "Please give it a name.")
        self._zone_row.fail("" if known else "Choose a time zone from the list.")
        country = self.country.known
        self._country_row.fail("" if country else "Choose a country, or leave it empty.")
        return not any(one.error for one in (self._name_row, self._zone_row, self._country_row))


class _AdministratorStep(_Step):
    def __init__(self) -> None:
        self.name = line("set-up.name", "Your full name")
        self.username = line("set-up.username", "Short, easy to type")
        self.password = PasswordField("set-up.password")
        self.again = PasswordField("set-up.again")
        self._rows = (
            FormRow("Full name", self.name),
            FormRow("Sign-in name", self.username),
            FormRow("Password", self.password),
            FormRow("Password again", self.again),
        )
        super().__init__(
            label(
                "The administrator approves accounts and sets the clinic up; "
                "reading is for doctors.",
                "muted",
                wrap=True,
            ),
            *self._rows,
        )
        self.doubted = self.password

    def complete(self) -> bool:
        """Whether all is filled in and both passwords are the same; says what is not."""
        texts = (self.name.text(), self.username.text(), self.password.text())
        for one, text in zip(self._rows, texts, strict=False):
            one.fail("" if text.strip() else "Please fill this in.")
        same = self.password.text() == self.again.text()
        self._rows[3].fail("" if same else "The two passwords differ.")
        return not any(one.error for one in self._rows)

    def show_shortest(self, least: int) -> None:
        """Say how many characters the password needs at the least."""
        self.password.setPlaceholderText(new_password(phrases(DEFAULT), least))

    def forget(self) -> None:
        """Keep no password on the screen's side."""
        self.password.forget()
        self.again.forget()


class _NumberedGroups(QWidget):
    """The groups of a key in two lines, each under its number."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._cells = QGridLayout(self)
        self._cells.setContentsMargins(0, 0, 0, 0)
        self._cells.setVerticalSpacing(0)

    def show_groups(self, groups: list[str]) -> None:
        """Show these groups and none else."""
        while (item := self._cells.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        half = (len(groups) + 1) // 2
        centre = Qt.AlignmentFlag.AlignCenter
        for at, group in enumerate(groups):
            line, column = divmod(at, half)
            shown = label(group, "mono")
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._cells.addWidget(label(str(at + 1), "caption"), 2 * line, column, centre)
            self._cells.addWidget(shown, 2 * line + 1, column, centre)
        self.setProperty("groups", list(groups))


class _RecoveryKeyStep(_Step):
    def __init__(self) -> None:
        self._groups: list[str] = []
        self._asked = (0, 1)
        self._shown = _NumberedGroups("set-up.recovery-key")
        self.first = line("set-up.group-first")
        self.second = line("set-up.group-second")
        self._rows = (FormRow("", self.first), FormRow("", self.second))
        super().__init__(
            label(
                "Write this key down and keep it where the clinic keeps its deeds. Without it, "
                "a lost password means lost data: nobody else can open this clinic.",
                wrap=True,
            ),
            self._shown,
            *self._rows,
        )
        self.doubted = self.first

    def show_key(self, recovery_key: str) -> None:
        """Show the key and ask for two of its groups."""
        self._groups = recovery_key.split("-")
        half = len(self._groups) // 2
        self._asked = (secrets.randbelow(half), half + secrets.randbelow(len(self._groups) - half))
        self._shown.show_groups(self._groups)
        self._shown.setProperty("asked", list(self._asked))
        for one, index in zip(self._rows, self._asked, strict=True):
            one.set_title(f"Type group {index + 1}")
        self.first.setFocus()

    def typed_back(self) -> bool:
        """Whether both groups are right; says which is not."""
        for one, field, index in zip(
            self._rows, (self.first, self.second), self._asked, strict=True
        ):
            right = field.text().strip().upper() == self._groups[index].upper()
            one.fail("" if right else "That is not what is printed above.")
        return not any(one.error for one in self._rows)

    def forget(self) -> None:
        """Take the key off the screen."""
        self._groups = []
        self._shown.show_groups([])


class _ServerStep(_Step):
    def __init__(self) -> None:
        self.url = line("set-up.server", "https://… or empty")
        self.code = line("set-up.code", "One-time code from the server's administrator")
        super().__init__(
            label(
                "Optional. With a server, appointments and signed reports travel to your other "
                "workstations. Without one, this workstation does everything by itself.",
                "muted",
                wrap=True,
            ),
            FormRow("Address of the server", self.url),
            FormRow("Enrolment code", self.code),
        )
