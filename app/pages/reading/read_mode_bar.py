"""How the model's result comes in: the mode in words, the first impression, the question for it."""

from __future__ import annotations

from datetime import tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.pages.wording import moment
from app.records import ReadMode, ReadStep
from app.widgets.buttons import button
from app.widgets.forms import line
from app.widgets.text import Badge, label
from app.workflow.revealing import MOST_CONFIDENT, Reading

MODE_WORDS = {
    ReadMode.BLIND_FIRST: ("Blind first", "Your own impression comes before the model's."),
    ReadMode.ON_REQUEST: ("On request", "The model's result is shown when you ask for it."),
    ReadMode.CONCURRENT: ("Concurrent", "The model's result is shown at once."),
}
"""Name of a mode and what it means, as readers are told."""


class ReadModeBar(QWidget):
    """The mode of this reading, and what the reader does to be shown the model's result.

    ``impression_wanted`` carries whether there is a lesion, the confidence (1 to 5) and words;
    ``reveal_wanted`` says that the model's result shall be shown.
    """

    impression_wanted = Signal(bool, int, str)
    reveal_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("readModeBar")
        self._mode = Badge("", "info")
        self._mode.setObjectName("readMode")
        self._told = label("", "caption", wrap=True)
        self._told.setObjectName("readModeWords")
        self._verdict, self._sure = QButtonGroup(self), QButtonGroup(self)
        self._words = line("impressionWords", "In your words (optional)")
        self._words.setAccessibleName("First impression in your words")
        self._words.returnPressed.connect(self._keep)
        self._keep_button = button(
            "Keep and show the model's result",
            self._keep,
            name="impressionKeep",
            kind="primary",
            tip="Your first impression is kept as it is; then the model's result is shown",
        )
        self._reveal = button(
            "Show the model's result",
            self.reveal_wanted.emit,
            name="reveal",
            kind="primary",
            icon="eye",
            tip="Show what the model found (S in a view)",
        )
        self._form = self._make_form()
        self._arrange()
        self.hide()

    def show_reading(self, reading: Reading | None, zone: tzinfo) -> None:
        """Say how the study is read; None hides it all."""
        self.setVisible(reading is not None)
        if reading is None:
            return
        name, meaning = MODE_WORDS[reading.mode]
        self._mode.setText(name)
        self._told.setText(_history(reading, zone) or meaning)
        first = reading.withheld and reading.mode is ReadMode.BLIND_FIRST
        self._form.setVisible(first and reading.impression is None)
        self._reveal.setVisible(reading.withheld and self._form.isHidden())

    def clear(self) -> None:
        """Forget what was chosen and typed for another study."""
        for group in (self._verdict, self._sure):
            group.setExclusive(False)
            for made in group.buttons():
                made.setChecked(False)
            group.setExclusive(True)
        self._words.clear()
        self._enable()

    def ask(self) -> None:
        """The key for the model's result was pressed: ask, or lead to what is missing."""
        if not self._reveal.isHidden():
            self.reveal_wanted.emit()
        elif not self._form.isHidden():
            self._verdict.buttons()[0].setFocus()

    def _make_form(self) -> QWidget:
        form = QWidget()
        form.setObjectName("impressionForm")
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(6)
        first.addWidget(label("Do you see a lesion?", "strong"))
        first.addStretch(1)
        for number, (text, name) in enumerate((("Yes", "impressionYes"), ("No", "impressionNo"))):
            first.addWidget(self._choice(text, name, self._verdict, 1 - number))
        second.addWidget(label("How sure?", "strong"))
        second.addWidget(label("1 a guess, 5 certain", "caption", wrap=True), 1)
        for number in range(1, MOST_CONFIDENT + 1):
            made = self._choice(str(number), f"impressionSure{number}", self._sure, number)
            made.setAccessibleName(f"Confidence {number} of {MOST_CONFIDENT}")
            second.addWidget(made)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(first)
        column.addWidget(self._words)
        column.addLayout(second)
        column.addWidget(self._keep_button)
        return form

    def _choice(self, text: str, name: str, group: QButtonGroup, number: int) -> QPushButton:
        made = button(text, name=name)
        made.setCheckable(True)
        group.addButton(made, number)
        made.clicked.connect(self._enable)
        return made

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._mode)
        head.addWidget(self._told, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._form)
        column.addWidget(self._reveal)
        self._enable()

    def _enable(self, *_: object) -> None:
        self._keep_button.setEnabled(self._complete())

    def _complete(self) -> bool:
        return self._verdict.checkedId() >= 0 and self._sure.checkedId() > 0

    def _keep(self) -> None:
        if self._complete():
            lesion = bool(self._verdict.checkedId())
            self.impression_wanted.emit(lesion, self._sure.checkedId(), self._words.text())


def impression_words(first: ReadStep) -> str:
    """A first impression in a few words."""
    held = "a lesion" if first.lesion else "no lesion"
    return f"{held}, confidence {first.confidence} of {MOST_CONFIDENT}"


def _history(reading: Reading, zone: tzinfo) -> str:
    """What has happened so far; empty where nothing has that the mode does not say."""
    parts = []
    if reading.impression is not None:
        parts.append(f"Your first impression: {impression_words(reading.impression)}.")
    if reading.revealed_at is not None and reading.mode is not ReadMode.CONCURRENT:
        parts.append(f"The model's result was shown {moment(reading.revealed_at, zone)}.")
    return " ".join(parts)
