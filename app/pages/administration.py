"""The clinic's accounts: who waits for approval, who works here, and adding staff."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.accounts.records import Verdict
from app.errors import AccountError
from app.events import AccountChanged, EmergencyTurned
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.wording import ROLE_WORDS, day
from app.records import Account, AccountStatus, Role
from app.widgets.buttons import button
from app.widgets.forms import FormRow, PasswordField, SearchField, line
from app.widgets.messages import Banner
from app.widgets.surfaces import Card, row
from app.widgets.table import Column, Table
from app.widgets.text import Badge, label
from app.workflow import admitting, emergency
from app.workflow.emergency import Reviewable
from app.workflow.signing_up import SignUp

_STATUS = {
    AccountStatus.WAITING: ("Waits for approval", "warning"),
    AccountStatus.ACTIVE: ("Active", "good"),
    AccountStatus.CLOSED: ("Closed", "muted"),
}


class AdministrationPage(Page):
    """Accounts at the left, the chosen one or the form for a new one at the right."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "administration", "Clinic", "Who may work here, and who asks to.")
        self._accounts: tuple[Account, ...] = ()
        self.search = SearchField("Search accounts", name="administration.search")
        self.search.setMinimumWidth(240)
        self.search.textChanged.connect(lambda *_: self._filter())
        self.header.addWidget(self.search)
        self.header.addWidget(
            button(
                "Add staff",
                self.show_form,
                name="administration.add",
                kind="primary",
                icon="plus",
            )
        )
        columns: tuple[Column[Account], ...] = (
            Column("Status", lambda one: _STATUS[one.status][0], 160, _tone),
            Column("Name", lambda one: one.name),
            Column("Role", lambda one: ROLE_WORDS[one.role], 120),
            Column("Sign-in name", lambda one: one.username, 150),
            Column("Specialty", lambda one: one.specialty, 130),
            Column("Since", lambda one: day(one.created_at.date()), 110),
        )
        self.table: Table[Account] = Table(
            columns, name="administration.table", says="Accounts, those that wait first"
        )
        self.table.current_changed.connect(self._show_account)
        self.account = _AccountPanel(self._approve, self._close)
        clinic = context.workstation.clinic
        self.form = _StaffForm(self._add, clinic.shortest_password(Role.DOCTOR))
        self._panels = QStackedWidget()
        self._panels.addWidget(self.account)
        self._panels.addWidget(self.form)
        side = Card(name="administration.side")
        side.setFixedWidth(340)
        side.column.addWidget(self._panels)
        self.emergencies = Banner(name="administration.emergencies")
        self.body.addWidget(self.emergencies)
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addWidget(self.table, 1)
        both.addWidget(side)
        self.body.addLayout(both, 1)
        self.listen(AccountChanged, lambda _: self.refresh())
        self.listen(EmergencyTurned, lambda _: self._read_emergencies())

    def open(self, **_ids: str) -> None:
        """Read the accounts again, and what waits for a review."""
        self.refresh()
        self._read_emergencies()

    def refresh(self) -> None:
        """Read the accounts again."""
        session = self.context.session
        self.ask(lambda _: admitting.accounts(session), self._show)

    def show_form(self) -> None:
        """Fill in a new member of staff."""
        self._panels.setCurrentWidget(self.form)
        self.form.name.setFocus()

    def _show(self, accounts: tuple[Account, ...]) -> None:
        self._accounts = accounts
        self._filter()
        waiting = sum(one.status is AccountStatus.WAITING for one in accounts)
        if waiting:
            noun = "account waits" if waiting == 1 else "accounts wait"
            self.context.navigator.banner(f"{waiting} {noun} for your approval.", "info")

    def _read_emergencies(self) -> None:
        session = self.context.session
        self.ask(lambda _: emergency.queue(session), self._tell_emergencies)

    def _tell_emergencies(self, found: tuple[Reviewable, ...]) -> None:
        waiting = sum(one.access.verdict is Verdict.PENDING for one in found)
        if not waiting:
            self.emergencies.dismiss()
            return
        noun = "emergency access waits" if waiting == 1 else "emergency accesses wait"
        self.emergencies.say(f"{waiting} {noun} for your review, on the page Emergency.", "warning")

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        shown = [
            one
            for one in self._accounts
            if all(word in f"{one.name} {one.username} {one.role}".casefold() for word in words)
        ]
        self.table.show_records(shown, same=lambda one: one.id)

    def _show_account(self, account: Account | None) -> None:
        own = account is not None and account.id == self.context.session.actor.account_id
        self.account.show_account(account, own=own)
        self._panels.setCurrentWidget(self.account)

    def _approve(self, account: Account) -> None:
        session = self.context.session
        self.table.setFocus()
        self.ask(lambda _: admitting.approve(session, account.id), self._approved)

    def _approved(self, account: Account) -> None:
        self.context.navigator.banner(f"{account.name} may sign in now.", "good")
        chosen = self.table.current
        if chosen is None or chosen.id == account.id:
            self._go_to_waiting(but=account.id)

    def _go_to_waiting(self, *, but: str) -> None:
        """Choose the first who waits, another than somebody; without one the choice stays."""
        for number, one in enumerate(self.table.rows.records):
            if one.status is AccountStatus.WAITING and one.id != but:
                self.table.selectRow(number)
                return

    def _close(self, account: Account) -> None:
        session = self.context.session
        self.table.setFocus()
        self.ask(
            lambda _: admitting.close_account(session, account.id),
            lambda _: self.context.navigator.banner(
                f"{account.name} may no longer sign in. Nothing they did was changed.", "good"
            ),
        )

    def _add(self, form: SignUp) -> None:
        session = self.context.session
        self.form.setEnabled(False)
        self.ask(lambda _: admitting.add_staff(session, form), self._added, failed=self.form.refuse)

    def _added(self, account: Account) -> None:
        self.form.forget()
        self._panels.setCurrentWidget(self.account)
        self.context.navigator.banner(f"{account.name} may sign in now.", "good")


class _AccountPanel(QWidget):
    """One account, with what may be done about it."""

    def __init__(
        self, approve: Callable[[Account], None], close: Callable[[Account], None]
    ) -> None:
        super().__init__()
        self._account: Account | None = None
        self._name = label("No account chosen", "heading", wrap=True)
        self._badge = Badge()
        self._facts = label("", wrap=True)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.approve = button(
            "Approve", lambda: self._do(approve), name="administration.approve", kind="primary"
        )
        self._hint = label(
            "Approve only whom you know: check name, specialty and licence first.",
            "caption",
            wrap=True,
        )
        self.close_button = button(
            "Close account", lambda: self._do(close), name="administration.close", kind="danger"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self._name, self._badge, self._facts, self._hint, self.approve):
            column.addWidget(part)
        column.addStretch(1)
        column.addWidget(self.close_button)
        self.show_account(None, own=False)

    def show_account(self, account: Account | None, *, own: bool) -> None:
        """Show an account, or that none is chosen."""
        self._account = account
        waiting = account is not None and account.status is AccountStatus.WAITING
        for part in (self.approve, self._hint):
            part.setVisible(waiting)
        self._badge.setVisible(account is not None)
        self.close_button.setVisible(
            account is not None and account.status is not AccountStatus.CLOSED and not own
        )
        if account is None:
            self._name.setText("No account chosen")
            self._facts.setText("")
            return
        self._name.setText(account.name)
        self._badge.show_text(*_STATUS[account.status])
        lines = (
            ROLE_WORDS[account.role] + (f", {account.specialty}" if account.specialty else ""),
            f"Signs in as {account.username}",
            account.email,
            account.phone,
            f"Since {day(account.created_at.date())}",
        )
        self._facts.setText("\n".join(one for one in lines if one))

    def _do(self, act: Callable[[Account], None]) -> None:
        if self._account is not None:
            act(self._account)


class _StaffForm(QWidget):
    """A new member of staff."""

    def __init__(self, submit: Callable[[SignUp], None], shortest: int) -> None:
        super().__init__()
        self._submit = submit
        self.role = QComboBox()
        self.role.setObjectName("staff.role")
        for role in (Role.DOCTOR, Role.RECEPTIONIST, Role.ADMINISTRATOR):
            self.role.addItem(ROLE_WORDS[role], role)
        self.name = line("staff.name")
        self.username = line("staff.username")
        self.password = PasswordField("staff.password", f"At least {shortest} characters")
        self.email = line("staff.email")
        self.specialty = line("staff.specialty", "e.g. Radiology")
        self._specialty_row = FormRow("Specialty", self.specialty)
        self._error = label("", "error", wrap=True)
        self._error.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("New member of staff", "heading"))
        for part in (
            FormRow("Role", self.role),
            FormRow("Full name", self.name),
            FormRow("Sign-in name", self.username),
            FormRow("First password", self.password, "To be changed by the person."),
            FormRow("E-mail", self.email),
            self._specialty_row,
            self._error,
        ):
            column.addWidget(part)
        create = button("Create account", self._go, name="staff.submit", kind="primary")
        column.addLayout(row(QWidget(), create, stretch=0))
        column.addStretch(1)
        self.role.currentIndexChanged.connect(
            lambda *_: self._specialty_row.setVisible(self.role.currentData() == Role.DOCTOR)
        )

    def refuse(self, text: str) -> None:
        """Say why it did not go through; what was typed stays."""
        self.setEnabled(True)
        self._error.setText(text)
        self._error.show()

    def forget(self) -> None:
        """Empty every field."""
        self.setEnabled(True)
        self._error.hide()
        for field in (self.name, self.username, self.email, self.specialty):
            field.clear()
        self.password.forget()

    def _go(self) -> None:
        try:
            form = SignUp(
                role=Role(self.role.currentData()),
                name=self.name.text(),
                username=self.username.text(),
                password=self.password.text(),
                email=self.email.text(),
                specialty=self.specialty.text(),
            )
        except AccountError as error:
            self.refuse(str(error))
            return
        self._submit(form)


def _tone(account: Account) -> str:
    return _STATUS[account.status][1]
