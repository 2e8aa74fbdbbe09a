"""Short questions before an act on a report: why, for whose eyes, to whom. Esc closes each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.widgets.buttons import button
from app.widgets.forms import FormRow, line
from app.widgets.surfaces import scrolled
from app.widgets.text import label
from app.workflow.outputs import Eyes
from assistant.records import Report, Section

Answered = Callable[[dict[str, str]], None]


class Question(QDialog):
    """A few fields that must be filled; Enter never answers, so that nothing happens by habit."""

    def __init__(
        self, parent: QWidget, title: str, hint: str, action: str, answered: Answered
    ) -> None:
        super().__init__(parent)
        self.setObjectName("reportQuestion")
        self.setWindowTitle(title)
        self.setMinimumWidth(480)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._answered = answered
        self._fields: dict[str, QWidget] = {}
        self._needed: set[str] = set()
        self._confirm = button(action, self._answer, name="questionConfirm", kind="primary")
        cancel = button("Cancel", self.reject, name="questionCancel", kind="quiet", tip="Esc")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._confirm)
        self._column = QVBoxLayout()
        self._column.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(label(title, "heading"))
        column.addWidget(label(hint, "muted", wrap=True))
        column.addLayout(self._column)
        column.addLayout(buttons)

    def line(self, text: str, role: str = "") -> None:
        """Say what the question is about."""
        self._column.addWidget(label(text, role, wrap=True))

    def words(
        self, key: str, title: str, *, tall: bool = False, text: str = "", needed: bool = True
    ) -> None:
        """Ask for words; the answer is not taken without them, unless they are not needed."""
        field: QLineEdit | QPlainTextEdit
        if tall:
            field = QPlainTextEdit(text)
            field.setObjectName(f"question.{key}")
            field.setTabChangesFocus(True)
            field.setFixedHeight(96)
        else:
            field = line(f"question.{key}", text=text)
        field.setAccessibleName(title)
        field.textChanged.connect(self._look)
        self._add(key, title, field)
        if needed:
            self._needed.add(key)
        self._look()

    def choice(self, key: str, title: str, choices: Sequence[tuple[str, str]]) -> None:
        """Ask for one of several; the first is an invitation that answers nothing."""
        field = QComboBox()
        field.setObjectName(f"question.{key}")
        field.setAccessibleName(title)
        field.addItem("Choose…", "")
        for value, shown in choices:
            field.addItem(shown, value)
        field.currentIndexChanged.connect(self._look)
        self._add(key, title, field)
        self._needed.add(key)
        self._look()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.accept()
        else:
            super().keyPressEvent(event)

    def _add(self, key: str, title: str, field: QWidget) -> None:
        self._fields[key] = field
        self._column.addWidget(FormRow(title, field))

    def _answers(self) -> dict[str, str]:
        return {key: _value(field) for key, field in self._fields.items()}

    def _look(self) -> None:
        answers = self._answers()
        self._confirm.setEnabled(all(answers[key].strip() for key in self._needed))

    def _answer(self) -> None:
        answers = self._answers()
        self.accept()
        self._answered(answers)


def ask_eyes(parent: QWidget, action: str, answered: Callable[[Eyes], None]) -> Question:
    """Ask for whose eyes a document leaves; it is recorded."""
    made = Question(
        parent,
        "For whose eyes?",
        "The report leaves this program. For whom is recorded with your name.",
        action,
        lambda answers: answered(Eyes(answers["eyes"])),
    )
    made.choice("eyes", "For", [(one.value, one.value.capitalize()) for one in Eyes])
    made.open()
    return made


def ask_hand_over(parent: QWidget, answered: Callable[[str, str], None]) -> Question:
    """Ask to whom a print is given, and what that person is to the patient."""
    made = Question(
        parent,
        "Hand over a print",
        "Who gave which version to whom is recorded and stays.",
        "Record the hand-over",
        lambda answers: answered(answers["name"], answers["relation"]),
    )
    made.words("name", "Name of the person")
    made.words("relation", "The patient, or what the person is to the patient")
    made.open()
    return made


def ask_reason(
    parent: QWidget, title: str, hint: str, action: str, answered: Callable[[str], None]
) -> Question:
    """Ask why."""
    made = Question(parent, title, hint, action, lambda answers: answered(answers["reason"]))
    made.words("reason", "Reason", tall=True)
    made.open()
    return made


class CorrectionDialog(Question):
    """Every section to be changed, with the reason; signing comes after."""

    def __init__(
        self,
        parent: QWidget,
        report: Report,
        changed: Callable[[tuple[Section, ...], str, bool], None],
    ) -> None:
        super().__init__(
            parent,
            "Correct the report",
            "The signed version stays. Yours becomes a new version, signed, with its reason.",
            "Go on to sign…",
            self._taken,
        )
        self._report = report
        self._changed = changed
        self.resize(720, 640)
        inside = QWidget()
        parts = QVBoxLayout(inside)
        parts.setContentsMargins(0, 0, 12, 0)
        self._editors: list[QPlainTextEdit] = []
        for part in report.sections:
            editor = QPlainTextEdit(part.text)
            editor.setObjectName(f"correct.{part.title}")
            editor.setAccessibleName(part.title)
            editor.setTabChangesFocus(True)
            editor.setMinimumHeight(72)
            parts.addWidget(label(part.title, "strong"))
            parts.addWidget(editor)
            self._editors.append(editor)
        self._column.addWidget(scrolled(inside, name="correctSections"), 1)
        kinds = [("error", "It held an error"), ("news", "More became known since")]
        self.choice("kind", "Why a new version", kinds)
        self.words("reason", "Reason")

    def _taken(self, answers: dict[str, str]) -> None:
        sections = tuple(
            Section(part.title, editor.toPlainText(), part.machine_text)
            for part, editor in zip(self._report.sections, self._editors, strict=True)
        )
        self._changed(sections, answers["reason"], answers["kind"] == "error")


def _value(field: QWidget) -> str:
    if isinstance(field, QPlainTextEdit):
        return field.toPlainText()
    if isinstance(field, QLineEdit):
        return field.text()
    return str(field.currentData()) if isinstance(field, QComboBox) else ""
