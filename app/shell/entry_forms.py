"""The curtain's forms: sign in, ask for an account, recover with the printed key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, QTimer
from PySide6.QtWidgets import QComboBox, QDateEdit, QLineEdit, QWidget

from app.accounts.passwords import MINIMUM_LENGTH, RECOMMENDED_LENGTH
from app.errors import AccountError
from app.records import Role
from app.widgets.buttons import button
from app.widgets.forms import FormRow, PasswordField, line, roomy
from app.widgets.messages import Banner
from app.widgets.surfaces import Card, row
from app.widgets.text import label
from app.workflow.signing_up import SignUp

CARD_WIDTH_PX = 420
_NO_DATE = QDate(1900, 1, 1)
NEW_PASSWORD = f"At least {MINIMUM_LENGTH} characters; {RECOMMENDED_LENGTH} are better"


class EntryCard(Card):
    """A card with a title, a banner and a column of fields; busy while a key is derived."""

    def __init__(self, title: str, text: str, *, name: str) -> None:
        super().__init__(name=name)
        self.setFixedWidth(CARD_WIDTH_PX)
        self.column.setContentsMargins(28, 24, 28, 24)
        self.column.addWidget(label(title, "title"))
        self._text = label(text, "muted", wrap=True)
        self.column.addWidget(self._text)
        self.banner = Banner(name=f"{name}.banner")
        self.column.addWidget(self.banner)

    def refuse(self, text: str) -> None:
        """Say why it did not go through; what was typed stays."""
        self.setEnabled(True)
        self.banner.say(text, "danger")

    def wait(self) -> None:
        """Take no input while the answer is on its way."""
        self.banner.hide()
        self.setEnabled(False)

    def forget(self) -> None:
        """Empty every field."""
        self.setEnabled(True)
        self.banner.hide()
        for field in self.findChildren(QLineEdit):
            if not isinstance(field.parent(), QDateEdit):
                field.clear()


class SignInCard(EntryCard):
    """Name and password."""

    def __init__(
        self,
        submit: Callable[[str, str], None],
        sign_up: Callable[[], None],
        recover: Callable[[], None],
    ) -> None:
        super().__init__("Sign in", "", name="sign-in")
        self._submit = submit
        self._last = ""
        self.username = line("sign-in.username", "Your sign-in name")
        self.password = PasswordField("sign-in.password")
        self.username.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self._go)
        self.column.addWidget(FormRow("Sign-in name", self.username))
        self.column.addWidget(FormRow("Password", self.password))
        self._button = button(
            "Sign in", self._go, name="sign-in.submit", kind="primary", tip="Sign in (Enter)"
        )
        self.column.addWidget(self._button)
        create = button("Create an account", sign_up, name="sign-in.sign-up", kind="link")
        lost = button("Lost your password?", recover, name="sign-in.recover", kind="link")
        self.column.addLayout(row(create, QWidget(), lost, stretch=1))

    def prepare(self, note: str, *, same_person: bool, is_open: bool) -> None:
        """Be ready for the next person."""
        self.forget()
        username = self._last if same_person else ""
        self.username.setText(username)
        self._text.setText(
            "Welcome. Your work stays on this computer."
            if is_open
            else "This workstation is locked until a member of staff signs in. "
            "Patients: please ask at the desk first."
        )
        if note:
            self.banner.say(note, "info")
        field = self.password if username else self.username
        QTimer.singleShot(0, field, field.setFocus)

    def refuse(self, text: str) -> None:
        """Say so and let the password be typed again."""
        super().refuse(text)
        self.password.forget()
        self.password.setFocus()

    def _go(self) -> None:
        if not self.username.text().strip() or not self.password.text():
            self.banner.say("Type your sign-in name and your password.", "warning")
            return
        self.wait()
        self._last = self.username.text()
        self._submit(self._last, self.password.text())


class SignUpCard(EntryCard):
    """A patient's or a doctor's request for an account."""

    def __init__(self, submit: Callable[[SignUp], None], back: Callable[[], None]) -> None:
        super().__init__(
            "Create an account",
            "Patients sign in at once. A doctor's account is approved by an administrator first.",
            name="sign-up",
        )
        self._submit = submit
        self.role = QComboBox()
        self.role.setObjectName("sign-up.role")
        self.role.addItem("I am a patient", Role.PATIENT)
        self.role.addItem("I am a doctor", Role.DOCTOR)
        self.name = line("sign-up.name", "As on your identity card")
        self.username = line("sign-up.username", "Short, easy to type")
        self.password = PasswordField("sign-up.password", NEW_PASSWORD)
        self.email = line("sign-up.email", "For confirmations")
        self.phone = line("sign-up.phone", "With country code, e.g. +33 6 12 34 56 78")
        self.born = roomy(QDateEdit())
        self.born.setObjectName("sign-up.born")
        self.born.setDisplayFormat("d MMM yyyy")
        self.born.setMinimumDate(_NO_DATE)
        self.born.setSpecialValueText("not given")
        self.born.setDate(_NO_DATE)
        self.mrn = line("sign-up.mrn", "If you know it")
        self.specialty = line("sign-up.specialty", "e.g. Radiology")
        self._rows = {
            "role": FormRow("Who are you?", self.role),
            "name": FormRow("Full name", self.name),
            "username": FormRow("Sign-in name", self.username),
            "password": FormRow("Password", self.password),
            "email": FormRow("E-mail", self.email),
            "phone": FormRow("Mobile phone", self.phone),
            "born": FormRow("Date of birth", self.born),
            "mrn": FormRow("Medical record number", self.mrn),
            "specialty": FormRow("Specialty", self.specialty),
        }
        self.column.setSpacing(8)
        for one in self._rows.values():
            self.column.addWidget(one)
        self.column.addLayout(
            row(
                button("Back", back, name="sign-up.back", kind="quiet"),
                QWidget(),
                button("Create account", self._go, name="sign-up.submit", kind="primary"),
                stretch=1,
            )
        )
        self.role.currentIndexChanged.connect(lambda *_: self._show_fields())
        self._show_fields()

    def begin(self) -> None:
        """Be ready to be filled in."""
        self.name.setFocus()

    def forget(self) -> None:
        """Empty every field, the date too."""
        super().forget()
        self.born.setDate(_NO_DATE)

    def form(self) -> SignUp:
        """What was filled in; raises AccountError where a name is missing."""
        born = self.born.date()
        return SignUp(
            role=Role(self.role.currentData()),
            name=self.name.text(),
            username=self.username.text(),
            password=self.password.text(),
            email=self.email.text(),
            phone=self.phone.text(),
            birth_date=None if born == _NO_DATE else date(born.year(), born.month(), born.day()),
            mrn=self.mrn.text(),
            specialty=self.specialty.text(),
        )

    def _show_fields(self) -> None:
        doctor = Role(self.role.currentData()) is Role.DOCTOR
        self._rows["specialty"].setVisible(doctor)
        self._rows["born"].setVisible(not doctor)
        self._rows["mrn"].setVisible(not doctor)

    def _go(self) -> None:
        for key in ("name", "username"):
            field = self._rows[key]
            empty = not getattr(self, key).text().strip()
            field.fail("Please fill this in." if empty else "")
        try:
            form = self.form()
        except AccountError as error:
            self.refuse(str(error))
            return
        self.wait()
        self._submit(form)


class RecoverCard(EntryCard):
    """An administrator's way back in with the recovery key printed at set-up."""

    def __init__(self, submit: Callable[[str, str, str], None], back: Callable[[], None]) -> None:
        super().__init__(
            "Lost your password?",
            "An administrator can set a new one with the recovery key printed at set-up. "
            "Everybody else: ask your administrator.",
            name="recover",
        )
        self._submit = submit
        self.key = line("recover.key", "Groups as printed")
        self.username = line("recover.username")
        self.password = PasswordField("recover.password", NEW_PASSWORD)
        self.column.addWidget(FormRow("Recovery key", self.key))
        self.column.addWidget(FormRow("Administrator's sign-in name", self.username))
        self.column.addWidget(FormRow("New password", self.password))
        self.column.addLayout(
            row(
                button("Back", back, name="recover.back", kind="quiet"),
                QWidget(),
                button("Set new password", self._go, name="recover.submit", kind="primary"),
                stretch=1,
            )
        )

    def _go(self) -> None:
        self.wait()
        self._submit(self.key.text(), self.username.text(), self.password.text())
