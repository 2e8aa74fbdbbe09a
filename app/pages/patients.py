"""Patients at the desk: matching accounts with records, and where a patient is reached."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.accounts.permissions import Permission
from app.events import AccountChanged, StudyImported
from app.pages.contact_wishes import ContactWishes
from app.pages.context import PageContext
from app.pages.new_patient import NewPatientDialog, make
from app.pages.page import Page
from app.pages.report_asking import Question
from app.pages.wording import day
from app.records import Account
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.forms import FormRow, SearchField, line
from app.widgets.surfaces import Card, row
from app.widgets.table import Column, Table
from app.widgets.text import label
from app.workflow import admitting, matching
from app.workflow.identifying import differing_person
from app.workflow.recording import NewPatient
from viewer.records import Patient

_HOW_TO_MATCH = "Check the identity card, choose the record at the left and the account here."
_NOBODY_WAITS = "Every patient's account is matched with a record."


class PatientsPage(Page):
    """Records at the left; the chosen one's contact and waiting accounts at the right."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "patients", "Patients", "Records, contacts and sign-ups.")
        self._waiting: tuple[Account, ...] = ()
        self.search = SearchField("Search name or number", name="patients.search")
        self.search.setMinimumWidth(260)
        self.new = button(
            "New patient",
            self._write_down,
            name="patients.new",
            icon="plus",
            tip="Make a record of somebody nobody has images of yet",
        )
        self.new.setVisible(context.session.can(Permission.EDIT_PATIENT))
        self.header.addWidget(self.search)
        self.header.addWidget(self.new)
        columns: tuple[Column[Patient], ...] = (
            Column("Name", lambda one: one.name or "No name"),
            Column("Number", lambda one: one.mrn, 180),
            Column("Born", lambda one: day(one.birth_date), 110),
            Column("Sex", lambda one: one.sex, 60),
            Column("E-mail", lambda one: one.email),
            Column("Phone", lambda one: one.phone, 150),
        )
        self.table: Table[Patient] = Table(columns, name="patients.table", says="Patient records")
        self.table.current_changed.connect(self._choose)
        self._make_contact()
        self._make_waiting()
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addWidget(self.table, 1)
        both.addWidget(self._side())
        self.body.addLayout(both, 1)
        self._pause = QTimer(self, singleShot=True, interval=120)
        self._pause.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda *_: self._pause.start())
        self.listen(AccountChanged, lambda _: self.refresh())
        self.listen(StudyImported, lambda _: self._pause.start())

    def open(self, **ids: str) -> None:
        """Read again; ``text`` searches."""
        if "text" in ids:
            self.search.setText(ids["text"])
        self.refresh()

    def refresh(self) -> None:
        """Read records and waiting accounts again."""
        session, text = self.context.session, self.search.text()
        self.ask(
            lambda _: admitting.search_patients(session, text),
            lambda found: self.table.show_records(found, same=lambda one: one.id),
        )
        self.ask(lambda _: admitting.unmatched_patients(session), self._show_waiting)

    def _make_contact(self) -> None:
        self.email = line("patients.email", "name@example.org")
        self.phone = line("patients.phone", "+33 6 12 34 56 78")
        self.wishes = ContactWishes()
        self.save = button("Save", self._save, name="patients.save", kind="primary")
        self.save.setEnabled(False)
        self._readers: tuple[Account, ...] = ()
        self.unmatch = button(
            "Unmatch account…",
            self._ask_unmatch,
            name="patients.unmatch",
            kind="quiet",
        )
        self.unmatch.hide()
        self._name = label("No patient chosen", "heading", wrap=True)

    def _make_waiting(self) -> None:
        self.accounts = QListWidget()
        self.accounts.setObjectName("patients.accounts")
        self.accounts.setAccessibleName("Patients' accounts that wait to be matched")
        self.accounts.setMinimumHeight(48)
        self.accounts.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.accounts.currentRowChanged.connect(lambda *_: self._compare())
        self._how = label(_NOBODY_WAITS, "caption", wrap=True)
        self.match = button(
            "Match with the chosen record",
            self._match,
            name="patients.match",
            kind="primary",
            icon="link",
            tip="Say that this account belongs to the chosen patient record",
        )
        self.from_sign_up = button(
            "Make a record from this sign-up",
            self._from_sign_up,
            name="patients.from_sign_up",
            icon="plus",
            tip="After the identity card: a new record of what the account says, matched with it",
        )
        self.differs = label("", "caption", wrap=True)
        self.differs.setObjectName("patients.differs")
        theme.set_role(self.differs, "caption", "warning")
        self.although = QCheckBox("Identity card checked: the same person")
        self.although.setObjectName("patients.although")
        self.although.toggled.connect(lambda *_: self._enable())

    def _side(self) -> QWidget:
        contact = Card(name="patients.contact")
        contact.column.setSpacing(8)
        contact.column.addWidget(self._name)
        contact.column.addWidget(FormRow("E-mail", self.email))
        contact.column.addWidget(FormRow("Mobile phone, with country code", self.phone))
        contact.column.addWidget(self.wishes)
        contact.column.addLayout(row(self.unmatch, QWidget(), self.save, stretch=1))
        waiting = Card("Accounts to match", name="patients.waiting")
        waiting.column.setSpacing(6)
        waiting.column.addWidget(self._how)
        waiting.column.addWidget(self.accounts, 1)
        waiting.column.addWidget(self.differs)
        waiting.column.addWidget(self.although)
        waiting.column.addWidget(self.match)
        waiting.column.addWidget(self.from_sign_up)
        waiting.column.addStretch()
        side = QWidget()
        side.setFixedWidth(340)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(contact)
        column.addWidget(waiting, 1)
        return side

    def _choose(self, patient: Patient | None) -> None:
        self._name.setText(patient.name if patient else "No patient chosen")
        self.email.setText(patient.email if patient else "")
        self.phone.setText(patient.phone if patient else "")
        self._compare()
        self._show_readers(())
        session = self.context.session
        if patient is not None and session.can(Permission.MATCH_PATIENT):
            self.ask(lambda _: matching.accounts_of(session, patient.id), self._show_readers)
        if patient is not None and session.can(Permission.EDIT_PATIENT):
            self.ask(
                lambda _: admitting.contact_preferences(session, patient.id),
                lambda found: self.wishes.show_wishes(patient, found),
            )

    def _show_waiting(self, found: tuple[Account, ...]) -> None:
        self._waiting = found
        self.accounts.clear()
        for one in found:
            born = f", born {day(one.birth_date)}" if one.birth_date else ""
            number = f" · {one.mrn}" if one.mrn else ""
            self.accounts.addItem(QListWidgetItem(f"{one.name}{born}{number}"))
        self._how.setText(_HOW_TO_MATCH if found else _NOBODY_WAITS)
        for part in (self.accounts, self.match, self.from_sign_up):
            part.setVisible(bool(found))
        if found:
            self.accounts.setCurrentRow(0)
        self._compare()

    def _compare(self) -> None:
        """Say where the chosen account and record name different people, and ask about it."""
        patient, index = self.table.current, self.accounts.currentRow()
        known = patient is not None and 0 <= index < len(self._waiting)
        other = differing_person(self._waiting[index], patient) if known and patient else ()
        self.differs.setText(f"Not the same in both: {', '.join(other)}." if other else "")
        self.although.setChecked(False)
        for part in (self.differs, self.although):
            part.setVisible(bool(other))
        self._how.setVisible(not other)  # the tick says the same; a small screen has one room
        self._enable()

    def _enable(self) -> None:
        patient = self.table.current
        may_edit = self.context.session.can(Permission.EDIT_PATIENT)
        self.save.setEnabled(patient is not None and may_edit)
        checked = self.although.isHidden() or self.although.isChecked()
        chosen = patient is not None and self.accounts.currentRow() >= 0
        self.match.setEnabled(chosen and checked)

    def _save(self) -> None:
        session, patient = self.context.session, self.table.current
        if patient is None:
            return
        email, phone = self.email.text(), self.phone.text()
        wanted, language = self.wishes.wanted(), self.wishes.language_tag()
        zone = self.wishes.zone.text().strip()

        def store(_: object) -> None:
            admitting.update_preferences(session, patient.id, wanted, language=language, zone=zone)
            admitting.update_contact(session, patient.id, email=email, phone=phone)

        self.ask(
            store,
            lambda _: self._done(f"{patient.name} is reached there from now on."),
        )

    def _match(self) -> None:
        session, patient, index = (
            self.context.session,
            self.table.current,
            (self.accounts.currentRow()),
        )
        if patient is None or not 0 <= index < len(self._waiting):
            return
        account = self._waiting[index]
        self.ask(
            lambda _: admitting.match_patient(session, account.id, patient.id),
            lambda _: self._done(f"{account.name} now sees the record of {patient.name}."),
        )

    def _write_down(self) -> None:
        NewPatientDialog(self, self._written).open()

    def _written(self, patient: Patient, made: bool) -> None:  # noqa: FBT001 - a callback
        self.search.setText(patient.mrn)
        if made:
            self._done(f"{patient.name} has a record now, under the number {patient.mrn}.")

    def _from_sign_up(self) -> None:
        """Make the record at once where all is known and nobody like it is here; else ask."""
        index = self.accounts.currentRow()
        if not 0 <= index < len(self._waiting):
            return
        account, session = self._waiting[index], self.context.session
        if account.birth_date is None:
            NewPatientDialog(self, self._written, account).open()
            return
        form = NewPatient(
            account.name, account.birth_date, "", account.mrn, account.email, account.phone
        )

        def made(found: Patient | tuple[Patient, ...]) -> None:
            if isinstance(found, Patient):
                self._written(found, True)  # noqa: FBT003 - a callback
                return
            asked = NewPatientDialog(self, self._written, account)
            asked.show_alike(found)
            asked.open()

        self.ask(lambda progress: make(session, account, form, frozenset(), progress), made)

    def _show_readers(self, found: tuple[Account, ...]) -> None:
        self._readers = found
        self.unmatch.setVisible(bool(found))
        names = ", ".join(one.username for one in found)
        self.unmatch.setToolTip(f"Matched with the account {names}" if found else "")

    def _ask_unmatch(self) -> None:
        patient, found = self.table.current, self._readers
        if patient is None or not found:
            return
        asked = Question(
            self,
            "Undo a match",
            "The account sees nothing of this record from then on. What it was shown before stays"
            " in the audit trail, with your reason.",
            "Unmatch",
            lambda answers: self._unmatch(answers.get("account", found[0].id), answers["reason"]),
        )
        asked.line(f"The record of {patient.name}, {patient.mrn or 'without number'}", "strong")
        shown = [(one.id, f"{one.name} ({one.username})") for one in found]
        if len(found) > 1:
            asked.choice("account", "Account", shown)
        else:
            asked.line(f"The account of {shown[0][1]}")
        asked.words("reason", "Reason", tall=True)
        asked.open()

    def _unmatch(self, account_id: str, reason: str) -> None:
        session = self.context.session
        self.ask(
            lambda _: matching.unmatch(session, account_id, reason),
            lambda account: self._done(
                f"{account.name} no longer sees that record. Look at the visits booked for it."
            ),
        )

    def _done(self, text: str) -> None:
        self.context.navigator.banner(text, "good")
        self.refresh()
