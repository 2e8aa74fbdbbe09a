"""The signature: whose report it is, what signing means, and the password again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.pages.wording import day
from app.widgets.buttons import button
from app.widgets.forms import FormRow, PasswordField
from app.widgets.messages import Banner
from app.widgets.surfaces import Card
from app.widgets.text import label
from viewer.records import Patient, Study


class SigningDialog(QDialog):
    """Asks for the password once more. Enter never signs; Esc closes and nothing is lost.

    Parameters
    ----------
    sign
        Called with the password; answer through ``close`` or ``refuse``.
    """

    def __init__(
        self,
        parent: QWidget,
        *,
        patient: Patient,
        study: Study,
        title: str,
        meaning: str,
        action: str,
        problems: Sequence[str],
        sign: Callable[[str], None],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("signingDialog")
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._sign = sign
        self._password = PasswordField("signPassword")
        self._field = FormRow("Your password", self._password)
        self._confirm = button(action, self._try, name="signConfirm", kind="primary", icon="lock")
        self._confirm.setEnabled(False)
        self._password.textChanged.connect(lambda text: self._confirm.setEnabled(bool(text)))
        cancel = button("Cancel", self.reject, name="signCancel", kind="quiet", tip="Cancel (Esc)")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._confirm)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(label(title, "heading"))
        column.addWidget(_whose(patient, study))
        if problems:
            warning = Banner(name="signProblems")
            warning.say("\n".join(("Please check before signing:", *problems)), "warning")
            column.addWidget(warning)
        column.addWidget(label(meaning, wrap=True))
        column.addWidget(self._field)
        column.addLayout(buttons)
        self._password.setFocus()

    def refuse(self, reason: str) -> None:
        """Say why it was not signed, and let the reader try again."""
        self._field.fail(reason)
        self._confirm.setEnabled(True)
        self._password.forget()
        self._password.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.accept()  # Enter never signs
        else:
            super().keyPressEvent(event)

    def _try(self) -> None:
        self._confirm.setEnabled(False)
        self._field.fail("")
        self._sign(self._password.text())


def _whose(patient: Patient, study: Study) -> Card:
    card = Card(name="signPatient")
    card.column.setSpacing(4)
    card.column.addWidget(label(patient.name, "strong"))
    facts = [patient.mrn, f"born {day(patient.birth_date)}" if patient.birth_date else ""]
    card.column.addWidget(label("  ·  ".join(fact for fact in facts if fact), "muted"))
    facts = [study.description or "MRI", day(study.study_date)]
    card.column.addWidget(label("  ·  ".join(fact for fact in facts if fact), "muted"))
    return card
