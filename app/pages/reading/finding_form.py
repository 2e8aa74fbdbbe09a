"""What a finding is, where it is and a note: edited, or written for one of the reader's own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.pages.finding_words import model_words
from app.widgets.buttons import button
from app.widgets.forms import FormRow, line
from app.widgets.text import label
from inference.records import Finding

Words = tuple[str, str, str]
"""What, where, and a note."""


class FindingForm(QWidget):
    """Three fields in the list's place; Enter saves, Esc leaves."""

    def __init__(
        self,
        save: Callable[[Finding | None, Words], None],
        leave: Callable[[], None],
    ) -> None:
        super().__init__()
        self.setObjectName("findingForm")
        self._save, self._leave = save, leave
        self._finding: Finding | None = None
        self._what = line("findingLabel")
        self._place = line("findingPlace")
        self._note = line("findingNote", "optional")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for title, field in (("What", self._what), ("Where", self._place), ("Note", self._note)):
            column.addWidget(FormRow(title, field))
            field.returnPressed.connect(self._done)
        self._said = label("", "caption", wrap=True)
        self._said.setObjectName("findingModelSaid")
        column.addWidget(self._said)
        row = QHBoxLayout()
        row.addWidget(button("Save", self._done, name="findingSave", kind="primary"))
        row.addWidget(button("Cancel", leave, name="findingCancel", kind="quiet"))
        row.addStretch(1)
        column.addLayout(row)
        self.hide()

    def begin(self, finding: Finding | None, *, several: bool = False, place: str = "") -> None:
        """Offer a finding's words for editing, or empty fields for a new one.

        Of ``several`` findings each keeps its place; ``place`` says what an empty one stands for.
        """
        self._finding = finding
        self._place.setEnabled(not several)
        self._place.setPlaceholderText("each keeps its own" if several else place)
        said = model_words(finding) if finding is not None else ""
        self._said.setText(said)
        self._said.setVisible(bool(said))
        self._what.setText(finding.label if finding else "")
        self._place.setText(finding.place if finding else "")
        if several:
            self._place.clear()
        self._note.setText(finding.note if finding else "")
        self.show()
        self._what.setFocus()
        self._what.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _done(self) -> None:
        if self._what.text().strip():
            self._save(self._finding, (self._what.text(), self._place.text(), self._note.text()))
