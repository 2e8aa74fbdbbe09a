"""The desk writes a new patient down; a record like it that is here is shown before it is saved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.errors import WorkstationError
from app.pages.page import Page
from app.pages.typed_dates import birth_date
from app.pages.wording import day
from app.records import Account
from app.widgets.buttons import button
from app.widgets.forms import FormRow, line
from app.widgets.surfaces import row
from app.widgets.text import label, plain_tip
from app.workflow import recording, sampling
from app.workflow.recording import NewPatient
from app.workflow.session import Session
from assistant.phrases import phrases
from resources.languages import DEFAULT
from viewer.ports import Progress
from viewer.records import Patient

_SEXES = (("Not said", ""), ("Female", "F"), ("Male", "M"), ("Other", "O"))

Chosen = Callable[[Patient, bool], None]
"""Called with the record and whether it was made now; else it is one that was here."""


def record_line(one: Patient) -> str:
    """A record in one line: name, date of birth, number."""
    born = f", born {day(one.birth_date)}" if one.birth_date else ""
    number = f" · {one.mrn}" if one.mrn else ""
    return f"{one.name}{born}{number}"


class NewPatientDialog(QDialog):
    """Enter never saves; Esc closes and nothing was made.

    Parameters
    ----------
    account
        The sign-up the record is made from and matched with, where there is one.
    """

    def __init__(self, page: Page, chosen: Chosen, account: Account | None = None) -> None:
        super().__init__(page)
        self.setObjectName("newPatient")
        self.setWindowTitle("New patient")
        self.setMinimumWidth(560)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._page, self._chosen, self._account = page, chosen, account
        self._alike: tuple[Patient, ...] = ()
        self.name = line("newPatient.name", "Family name, first name")
        self.born = line("newPatient.born", "e.g. 1962-03-01")
        self.sex = _box("newPatient.sex", _SEXES)
        self.number = line("newPatient.number", "Left empty, the program makes one")
        self.phone = line("newPatient.phone", "+33 6 12 34 56 78")
        self.email = line("newPatient.email", "name@example.org")
        languages = [(word, tag) for tag, word in sampling.language_names().items()]
        self.language = _box("newPatient.language", [("As the clinic", ""), *languages])
        self.found = QListWidget()
        self.found.setObjectName("newPatient.found")
        self.found.setAccessibleName("Records like this one")
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.found.setFixedHeight(92)
        self._like = label("", wrap=True, tone="warning")
        self._like.setObjectName("newPatient.alike")
        self._error = label("", "error", wrap=True)
        self._error.setObjectName("newPatient.error")
        self.make = button("Make the record", self._make, name="newPatient.make", kind="primary")
        self.use = button("Use the chosen record", self._use, name="newPatient.use", kind="primary")
        self.other = button("Somebody else: make the record", self._make, name="newPatient.other")
        self._arrange()
        if account is not None:
            self._fill(account)
        for field in (self.name, self.born, self.number):
            field.textChanged.connect(lambda *_: self.show_alike(()))
        self.show_alike(())
        self.name.setFocus()

    def show_alike(self, found: tuple[Patient, ...]) -> None:
        """Ask whether one of these records is the person; none: there is nothing to ask."""
        self._alike = found
        self.found.clear()
        for one in found:
            item = QListWidgetItem(record_line(one))
            item.setToolTip(plain_tip(item.text()))
            self.found.addItem(item)
        if found:
            self.found.setCurrentRow(0)
            self._like.setText(
                "Already here: the same number, or the same name and date of birth."
                " Is it the same person?"
            )
        for part in (self._like, self.found, self.use, self.other):
            part.setVisible(bool(found))
        self.make.setVisible(not found)
        self._error.hide()
        self._look()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.accept()
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.addWidget(FormRow("Name", self.name), 0, 0, 1, 2)
        pairs = (
            (FormRow("Date of birth", self.born), FormRow("Sex", self.sex)),
            (FormRow("Record number", self.number), FormRow("Language", self.language)),
            (FormRow("Mobile phone, with country code", self.phone), FormRow("E-mail", self.email)),
        )
        for place, pair in enumerate(pairs, 1):
            for across, field in enumerate(pair):
                grid.addWidget(field, place, across)
        cancel = button("Cancel", self.reject, name="newPatient.cancel", kind="quiet", tip="Esc")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        title = "New patient" if self._account is None else "New patient, from the sign-up"
        column.addWidget(label(title, "heading"))
        if self._account is not None:
            column.addWidget(
                label("Check the identity card: the account reads this record.", "muted", wrap=True)
            )
        column.addLayout(grid)
        for part in (self._like, self.found, self._error):
            column.addWidget(part)
        column.addLayout(row(QWidget(), cancel, self.other, self.use, self.make, stretch=0))

    def _fill(self, account: Account) -> None:
        self.name.setText(account.name)
        self.born.setText(account.birth_date.isoformat() if account.birth_date else "")
        self.number.setText(account.mrn)
        self.email.setText(account.email)
        self.phone.setText(account.phone)

    def _look(self) -> None:
        filled = bool(self.name.text().strip() and self.born.text().strip())
        for part in (self.make, self.other):
            part.setEnabled(filled)

    def _form(self) -> NewPatient:
        born = birth_date(self.born.text(), phrases(DEFAULT))
        if born is None:
            raise WorkstationError("The date of birth can not be read, e.g. 1962-03-01.")
        return NewPatient(
            name=self.name.text(),
            birth_date=born,
            sex=str(self.sex.currentData()),
            number=self.number.text(),
            email=self.email.text(),
            phone=self.phone.text(),
            language=str(self.language.currentData()),
        )

    def _make(self) -> None:
        try:
            form = self._form()
        except WorkstationError as error:
            self._refuse(str(error))
            return
        for part in (self.make, self.other):
            part.setEnabled(False)
        seen = frozenset(one.id for one in self._alike)
        job = partial(make, self._page.context.session, self._account, form, seen)
        self._page.ask(job, self._made, failed=self._refuse)

    def _made(self, found: Patient | tuple[Patient, ...]) -> None:
        if isinstance(found, tuple):
            self.show_alike(found)
            return
        self.accept()
        self._chosen(found, True)  # noqa: FBT003 - a callback

    def _use(self) -> None:
        place = self.found.currentRow()
        if 0 <= place < len(self._alike):
            chosen = self._alike[place]
            self.accept()
            self._chosen(chosen, False)  # noqa: FBT003 - a callback

    def _refuse(self, why: str) -> None:
        self._error.setText(why)
        self._error.show()
        self._look()


def make(
    session: Session,
    account: Account | None,
    form: NewPatient,
    seen: frozenset[str],
    progress: Progress,  # noqa: ARG001 - a job's signature
) -> Patient | tuple[Patient, ...]:
    """Make the record, or return the records like it that nobody has looked at yet."""
    found = recording.alike(session, form)
    if any(one.id not in seen for one in found):
        return found
    if account is None:
        return recording.make_patient(session, form, seen=seen)
    return recording.make_for_account(session, account.id, form, seen=seen)


def _box(name: str, choices: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> QComboBox:
    made = QComboBox()
    made.setObjectName(name)
    for word, value in choices:
        made.addItem(word, value)
    return made
