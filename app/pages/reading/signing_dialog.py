"""The signature: whose report it is, what signing means, and the password again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.pages.changes_view import changes_list
from app.pages.wording import day
from app.widgets.buttons import button
from app.widgets.forms import FormRow, PasswordField, line
from app.widgets.messages import Banner
from app.widgets.surfaces import Card
from app.widgets.text import label
from assistant.drafting.changes import SectionChange
from viewer.records import Patient, Study


class SecondDoctor(Enum):
    """Whether a second doctor gives name and password too."""

    NONE = auto()
    NEEDED = auto()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a signature is asked for.

    ``problems`` are doubts about the text, ``differences`` what differs from the signed version
    word by word, ``undecided`` how many suggestions of the model have no decision (None where it
    is not asked).
    """

    title: str
    meaning: str
    action: str
    problems: Sequence[str] = ()
    differences: Sequence[SectionChange] = ()
    undecided: int | None = None
    offer_cosignature: bool = False
    second: SecondDoctor = SecondDoctor.NONE


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
        asked: Asked,
        sign: Callable[[str], object],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("signingDialog")
        self.setWindowTitle(asked.title)
        self.setMinimumWidth(460)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._sign = sign
        self._password = PasswordField("signPassword")
        self._field = FormRow("Your password", self._password)
        self._cosignature = QCheckBox("Another doctor must co-sign before it is final")
        self._cosignature.setObjectName("signNeedsCosignature")
        self._cosignature.setVisible(asked.offer_cosignature)
        self._second = (line("signSecondName"), PasswordField("signSecondPassword"))
        self._confirm = button(
            asked.action, self._try, name="signConfirm", kind="primary", icon="lock"
        )
        self._confirm.setEnabled(False)
        self._password.textChanged.connect(lambda text: self._confirm.setEnabled(bool(text)))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(label(asked.title, "heading"))
        column.addWidget(_whose(patient, study))
        for part in _told(asked):
            column.addWidget(part)
        column.addWidget(self._cosignature)
        column.addWidget(self._field)
        self._arrange_second(column, asked.second)
        column.addLayout(self._actions())
        self._password.setFocus()

    @property
    def needs_cosignature(self) -> bool:
        """Whether the signer wants another doctor to make it final."""
        return self._cosignature.isChecked()

    @property
    def second(self) -> tuple[str, str]:
        """Name and password of the second doctor, as typed."""
        return self._second[0].text(), self._second[1].text()

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

    def _arrange_second(self, column: QVBoxLayout, second: SecondDoctor) -> None:
        titles = ("Second doctor's user name", "Second doctor's password")
        for title, field in zip(titles, self._second, strict=True):
            made = FormRow(title, field)
            column.addWidget(made)
            made.setVisible(second is SecondDoctor.NEEDED)

    def _actions(self) -> QHBoxLayout:
        cancel = button("Cancel", self.reject, name="signCancel", kind="quiet", tip="Cancel (Esc)")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._confirm)
        return buttons

    def _try(self) -> None:
        self._confirm.setEnabled(False)
        self._field.fail("")
        self._sign(self._password.text())


def _told(asked: Asked) -> list[QWidget]:
    """What the signer reads before the password: doubts, decisions, differences, the meaning."""
    told: list[QWidget] = []
    if asked.problems:
        warning = Banner(name="signProblems")
        warning.say("\n".join(("Please check before signing:", *asked.problems)), "warning")
        told.append(warning)
    if asked.undecided is not None:
        told.append(_undecided(asked.undecided))
    if asked.differences:
        told.append(changes_list(asked.differences, name="signDifferences", height_px=160))
    return [*told, label(asked.meaning, wrap=True)]


def _undecided(count: int) -> QLabel:
    said = (
        "Every suggestion of the model has your decision."
        if count == 0
        else f"{count} suggestion(s) of the model have no decision yet."
    )
    made = label(said, "" if count else "muted", wrap=True, tone="warning" if count else "")
    made.setObjectName("signUndecided")
    return made


def _whose(patient: Patient, study: Study) -> Card:
    card = Card(name="signPatient")
    card.column.setSpacing(4)
    card.column.addWidget(label(patient.name, "strong"))
    facts = [patient.mrn, f"born {day(patient.birth_date)}" if patient.birth_date else ""]
    card.column.addWidget(label("  ·  ".join(fact for fact in facts if fact), "muted"))
    facts = [study.description or "MRI", day(study.study_date)]
    card.column.addWidget(label("  ·  ".join(fact for fact in facts if fact), "muted"))
    return card
