"""A patient found by name or number, for whoever books or waits."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.accounts.permissions import Permission
from app.pages.new_patient import NewPatientDialog, record_line
from app.pages.page import Page
from app.widgets.buttons import button
from app.widgets.forms import SearchField
from app.widgets.surfaces import row
from app.widgets.text import plain_tip
from app.workflow import admitting
from viewer.records import Patient

_MOST = 50


class PatientChoice(QWidget):
    """A field to search in and the patients found; ``changed`` is called when another is chosen.

    Whoever may makes the record of somebody new there.
    """

    def __init__(self, page: Page, changed: Callable[[], None], *, name: str) -> None:
        super().__init__()
        self._page = page
        self._patients: tuple[Patient, ...] = ()
        self.search = SearchField("Name or number", name=f"{name}.patient")
        self.found = QListWidget()
        self.found.setObjectName(f"{name}.patients")
        self.found.setAccessibleName("Patients found")
        self.found.setMinimumHeight(96)
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusProxy(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.new = button(
            "New",
            self._write_down,
            name=f"{name}.new_patient",
            icon="plus",
            tip="New patient: make a record of somebody who is not here yet",
        )
        self.new.setAccessibleName("New patient")
        self.new.setVisible(page.context.session.can(Permission.EDIT_PATIENT))
        column.addLayout(row(self.search, self.new, stretch=0))
        column.addWidget(self.found, 1)
        self._pause = QTimer(self, singleShot=True, interval=150)
        self._pause.timeout.connect(self.look)
        self.search.textChanged.connect(lambda *_: self._pause.start())
        self.found.currentRowChanged.connect(lambda *_: changed())

    @property
    def patient(self) -> Patient | None:
        """Who is chosen."""
        row = self.found.currentRow()
        return self._patients[row] if 0 <= row < len(self._patients) else None

    def clear(self) -> None:
        """Choose nobody."""
        self.search.clear()
        self.found.setCurrentRow(-1)

    def look(self) -> None:
        """Read who fits what is typed."""
        text, session = self.search.text(), self._page.context.session
        self._page.ask(lambda _: admitting.search_patients(session, text)[:_MOST], self._show)

    def choose(self, patient: Patient) -> None:
        """Choose somebody, whatever was searched for."""
        self.search.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.search.setText(patient.mrn or patient.name)
        self.search.blockSignals(False)  # noqa: FBT003 - Qt's signature
        self._show((patient,))

    def _write_down(self) -> None:
        NewPatientDialog(self._page, lambda patient, _: self.choose(patient)).open()

    def _show(self, found: tuple[Patient, ...]) -> None:
        before = self.patient
        self._patients = found
        self.found.clear()
        for one in found:
            item = QListWidgetItem(record_line(one))
            item.setToolTip(plain_tip(item.text()))
            self.found.addItem(item)
        ids = [one.id for one in found]
        if before is not None and before.id in ids:
            self.found.setCurrentRow(ids.index(before.id))
        elif len(found) == 1:
            self.found.setCurrentRow(0)
