"""Asking for emergency access: whose chart, why, and the password again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.accounts.records import EmergencyReason
from app.pages.wording import EMERGENCY_REASONS, day
from app.widgets.buttons import button
from app.widgets.forms import FormRow, PasswordField
from app.widgets.surfaces import Card
from app.widgets.text import label
from app.workflow.emergency import LEAST_LETTERS
from viewer.records import Patient

_MEANING = (
    "Opens the images and signed reports of this patient to you for at most 4 hours, and until"
    " you leave the chart, lock or sign out. Nothing can be signed, saved, released or deleted"
    " meanwhile. The patient can read of it, and every access is reviewed."
)

Wanted = Callable[[EmergencyReason, str, str], object]
"""Called with reason, words and password."""


class EmergencyDialog(QDialog):
    """Enter never opens the chart; Esc closes and nothing was opened.

    Parameters
    ----------
    wanted
        Called once all is filled in; answer by ``accept`` or ``refuse``.
    """

    def __init__(self, parent: QWidget, patient: Patient, wanted: Wanted) -> None:
        super().__init__(parent)
        self.setObjectName("emergencyDialog")
        self.setWindowTitle("Emergency access")
        self.setMinimumWidth(480)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._wanted = wanted
        self._reason = QComboBox()
        self._reason.setObjectName("emergencyReason")
        self._reason.addItem("Choose…", "")
        for reason, words in EMERGENCY_REASONS.items():
            self._reason.addItem(words, reason.value)
        self._words = QPlainTextEdit()
        self._words.setObjectName("emergencyWords")
        self._words.setTabChangesFocus(True)
        self._words.setFixedHeight(72)
        self._password = PasswordField("emergencyPassword")
        self._field = FormRow("Your password", self._password)
        self._confirm = button(
            "Open in an emergency", self._try, name="emergencyConfirm", kind="danger", icon="lock"
        )
        self._reason.currentIndexChanged.connect(self._look)
        self._words.textChanged.connect(self._look)
        self._password.textChanged.connect(self._look)
        self._arrange(patient)
        self._look()
        self._reason.setFocus()

    def refuse(self, why: str) -> None:
        """Say why nothing was opened, and let the doctor try again."""
        self._field.fail(why)
        self._password.forget()
        self._password.setFocus()
        self._look()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.accept()  # Enter never opens a chart
        else:
            super().keyPressEvent(event)

    def _arrange(self, patient: Patient) -> None:
        words = FormRow(
            "Why you need this chart now",
            self._words,
            f"At least {LEAST_LETTERS} characters. The reviewer reads them.",
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(label("You are not treating this patient", "heading"))
        column.addWidget(_whose(patient))
        column.addWidget(label(_MEANING, wrap=True, tone="warning"))
        column.addWidget(FormRow("Reason", self._reason))
        column.addWidget(words)
        column.addWidget(self._field)
        cancel = button("Cancel", self.reject, name="emergencyCancel", kind="quiet", tip="Esc")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._confirm)
        column.addLayout(buttons)

    def _look(self) -> None:
        enough = len(self._words.toPlainText().strip()) >= LEAST_LETTERS
        chosen = bool(self._reason.currentData())
        self._confirm.setEnabled(chosen and enough and bool(self._password.text()))

    def _try(self) -> None:
        self._confirm.setEnabled(False)
        self._field.fail("")
        reason = EmergencyReason(self._reason.currentData())
        self._wanted(reason, self._words.toPlainText(), self._password.text())


def _whose(patient: Patient) -> Card:
    card = Card(name="emergencyPatient")
    card.column.setSpacing(4)
    card.column.addWidget(label(patient.name, "strong"))
    facts = [patient.mrn, f"born {day(patient.birth_date)}" if patient.birth_date else ""]
    card.column.addWidget(label("  ·  ".join(fact for fact in facts if fact), "muted"))
    return card
