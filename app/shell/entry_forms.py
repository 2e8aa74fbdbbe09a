"""The curtain's forms: sign in, ask for an account, recover with the printed key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.accounts.passwords import RECOMMENDED_LENGTH
from app.errors import AccountError
from app.pages.told import told
from app.pages.typed_dates import birth_date
from app.records import Role
from app.widgets.buttons import button
from app.widgets.forms import FormRow, PasswordField, line
from app.widgets.messages import Banner
from app.widgets.surfaces import Card, row
from app.widgets.text import label
from app.workflow.signing_up import SignUp
from assistant.phrases import Phrases

CARD_WIDTH_PX = 420


def new_password(words: Phrases, least: int) -> str:
    """How long a new password is: ``least`` characters at the least."""
    if least >= RECOMMENDED_LENGTH:
        return words.say("entry.long_password_hint", least=least)
    return words.say("entry.new_password_hint", least=least, better=RECOMMENDED_LENGTH)


class EntryCard(Card):
    """A card with a title, a banner and a column of fields; busy while a key is derived."""

    def __init__(self, title: str, text: str, words: Phrases, *, name: str) -> None:
        super().__init__(name=name)
        self.words = words
        self.setFixedWidth(CARD_WIDTH_PX)
        self.column.setContentsMargins(28, 24, 28, 24)
        self.column.addWidget(label(title, "title"))
        self._text = label(text, "muted", wrap=True)
        self.column.addWidget(self._text)
        self.banner = Banner(name=f"{name}.banner", dismiss=words.say("window.dismiss"))
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
            field.clear()


class SignInCard(EntryCard):
    """Name and password."""

    def __init__(
        self,
        submit: Callable[[str, str], None],
        sign_up: Callable[[], None],
        recover: Callable[[], None],
        words: Phrases,
    ) -> None:
        say = words.say
        super().__init__(say("entry.sign_in"), "", words, name="sign-in")
        self._submit = submit
        self.last = ""
        self.username = line("sign-in.username", say("entry.username_hint"))
        self.password = PasswordField("sign-in.password", show=say("password.show"))
        self.username.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self._go)
        self.column.addWidget(FormRow(say("entry.username"), self.username))
        self.column.addWidget(FormRow(say("entry.password"), self.password))
        self._button = button(
            say("entry.sign_in"),
            self._go,
            name="sign-in.submit",
            kind="primary",
            tip=say("entry.sign_in_tip"),
        )
        self.column.addWidget(self._button)
        create = button(say("entry.create"), sign_up, name="sign-in.sign-up", kind="link")
        lost = button(say("entry.lost"), recover, name="sign-in.recover", kind="link")
        self.column.addLayout(row(create, QWidget(), lost, stretch=1))

    def prepare(self, note: str, *, same_person: bool, is_open: bool) -> None:
        """Be ready for the next person."""
        self.forget()
        username = self.last if same_person else ""
        self.username.setText(username)
        self._text.setText(self.words.say("entry.welcome" if is_open else "entry.closed"))
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
            self.banner.say(self.words.say("entry.both"), "warning")
            return
        self.wait()
        self.last = self.username.text()
        self._submit(self.last, self.password.text())


class SignUpCard(EntryCard):
    """A patient's or a doctor's request for an account."""

    def __init__(
        self,
        submit: Callable[[SignUp], None],
        back: Callable[[], None],
        words: Phrases,
        shortest: Callable[[Role], int],
    ) -> None:
        say = words.say
        self._shortest = shortest
        super().__init__(say("entry.create"), say("entry.create_text"), words, name="sign-up")
        self._submit = submit
        self.role = QComboBox()
        self.role.setObjectName("sign-up.role")
        self.role.addItem(say("entry.patient"), Role.PATIENT)
        self.role.addItem(say("entry.doctor"), Role.DOCTOR)
        self.name = line("sign-up.name", say("entry.name_hint"))
        self.username = line("sign-up.username", say("entry.short"))
        self.password = PasswordField("sign-up.password", show=say("password.show"))
        self.email = line("sign-up.email", say("entry.email_hint"))
        self.phone = line("sign-up.phone", say("entry.phone_hint"))
        self.born = line("sign-up.born", say("entry.born_hint"))
        self.mrn = line("sign-up.mrn", say("entry.mrn_hint"))
        self.specialty = line("sign-up.specialty", say("entry.specialty_hint"))
        self._rows = {
            "role": FormRow(say("entry.who"), self.role),
            "name": FormRow(say("entry.name"), self.name),
            "username": FormRow(say("entry.username"), self.username),
            "password": FormRow(say("entry.password"), self.password),
            "email": FormRow(say("entry.email"), self.email),
            "phone": FormRow(say("entry.phone"), self.phone),
            "born": FormRow(say("entry.born"), self.born),
            "mrn": FormRow(say("entry.mrn"), self.mrn),
            "specialty": FormRow(say("entry.specialty"), self.specialty),
        }
        self.column.setSpacing(8)
        for one in self._rows.values():
            self.column.addWidget(one)
        self.column.addLayout(
            row(
                button(say("entry.back"), back, name="sign-up.back", kind="quiet"),
                QWidget(),
                button(say("entry.submit"), self._go, name="sign-up.submit", kind="primary"),
                stretch=1,
            )
        )
        self.role.currentIndexChanged.connect(lambda *_: self._show_fields())
        for field in self.findChildren(QLineEdit):
            field.returnPressed.connect(self._go)
        self._show_fields()

    def begin(self) -> None:
        """Be ready to be filled in."""
        self._show_fields()
        self.name.setFocus()

    def forget(self) -> None:
        """Empty every field; whoever comes next is a patient until said otherwise."""
        super().forget()
        self.role.setCurrentIndex(self.role.findData(Role.PATIENT))

    def filled(self) -> dict[str, str]:
        """What is in the fields, by their names, with the role; the password is not kept."""
        fields = self.findChildren(QLineEdit)
        kept = {one.objectName(): one.text() for one in fields if one is not self.password}
        return {**kept, self.role.objectName(): str(self.role.currentData())}

    def fill(self, kept: Mapping[str, str]) -> None:
        """Put back what was in the fields of another card of this kind."""
        self.role.setCurrentIndex(self.role.findData(Role(kept[self.role.objectName()])))
        for one in self.findChildren(QLineEdit):
            one.setText(kept.get(one.objectName(), ""))

    def form(self) -> SignUp:
        """What was filled in; raises AccountError where a name is missing.

        A date of birth that can not be read counts as none; see ``_go``. What another role's
        fields hold is nobody's.
        """
        role = Role(self.role.currentData())
        patient = role is Role.PATIENT
        return SignUp(
            role=role,
            name=self.name.text(),
            username=self.username.text(),
            password=self.password.text(),
            email=self.email.text(),
            phone=self.phone.text(),
            birth_date=birth_date(self.born.text(), self.words) if patient else None,
            mrn=self.mrn.text() if patient else "",
            specialty="" if patient else self.specialty.text(),
        )

    def _show_fields(self) -> None:
        role = Role(self.role.currentData())
        doctor = role is Role.DOCTOR
        self.password.setPlaceholderText(new_password(self.words, self._shortest(role)))
        self._rows["specialty"].setVisible(doctor)
        self._rows["born"].setVisible(not doctor)
        self._rows["mrn"].setVisible(not doctor)

    def _go(self) -> None:
        for key in ("name", "username"):
            field = self._rows[key]
            empty = not getattr(self, key).text().strip()
            field.fail(self.words.say("entry.missing") if empty else "")
        unread = self.born.text().strip() and birth_date(self.born.text(), self.words) is None
        unread = unread and Role(self.role.currentData()) is Role.PATIENT
        self._rows["born"].fail(self.words.say("entry.born_wrong") if unread else "")
        if unread:
            self.born.setFocus()
            return
        try:
            form = self.form()
        except AccountError as error:
            self.refuse(told(str(error), self.words))
            return
        self.wait()
        self._submit(form)


class RecoverCard(EntryCard):
    """An administrator's way back in with the recovery key printed at set-up."""

    def __init__(
        self,
        submit: Callable[[str, str, str], None],
        back: Callable[[], None],
        words: Phrases,
        shortest: int,
    ) -> None:
        say = words.say
        super().__init__(say("entry.lost"), say("entry.recover_text"), words, name="recover")
        self._submit = submit
        self.key = line("recover.key", say("entry.recovery_hint"))
        self.username = line("recover.username")
        self.password = PasswordField(
            "recover.password", new_password(words, shortest), say("password.show")
        )
        self.column.addWidget(FormRow(say("entry.recovery_key"), self.key))
        self.column.addWidget(FormRow(say("entry.admin_name"), self.username))
        self.column.addWidget(FormRow(say("password.new"), self.password))
        self.column.addLayout(
            row(
                button(say("entry.back"), back, name="recover.back", kind="quiet"),
                QWidget(),
                button(say("entry.set_password"), self._go, name="recover.submit", kind="primary"),
                stretch=1,
            )
        )

    def _go(self) -> None:
        self.wait()
        self._submit(self.key.text(), self.username.text(), self.password.text())
