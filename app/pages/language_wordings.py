"""What a model made of the trial's sentences, one by one, with the words it changed marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.pages.changes_view import LEGEND
from app.pages.language_words import verdict_words
from app.widgets.marked_text import Mark, marked_label
from app.widgets.surfaces import Card, row, scrolled
from app.widgets.text import Badge, label
from assistant.drafting.changes import Change, word_changes
from assistant.engine.records import Wording

_MARKS = {Change.KEPT: Mark.PLAIN, Change.NEW: Mark.NEW, Change.GONE: Mark.GONE}
_KINDS: tuple[tuple[str, Callable[[Wording], bool]], ...] = (
    ("Changed sentences", lambda one: one.changed or bool(one.violation)),
    ("Refused sentences", lambda one: bool(one.refused)),
    ("All sentences", lambda _one: True),
)


class WordingsCard(Card):
    """The sentences of the chosen model's trial."""

    def __init__(self) -> None:
        super().__init__(name="language.wordings")
        self._wordings: Sequence[Wording] = ()
        self._heading = label("What it made of the sentences", "strong")
        self.kind = QComboBox()
        self.kind.setObjectName("language.kind")
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.kind.setAccessibleName("Which sentences are shown")
        for title, _ in _KINDS:
            self.kind.addItem(title)
        self.kind.currentIndexChanged.connect(lambda _: self._fill())
        self.column.addLayout(row(self._heading, self.kind, stretch=0))
        self.column.addWidget(label(LEGEND, "caption", wrap=True))
        self._area = scrolled(QWidget(), name="language.sentences", by_key=True)
        self.column.addWidget(self._area, 1)

    def show_wordings(self, wordings: Sequence[Wording]) -> None:
        """Show a trial's sentences, those that were changed first."""
        self._wordings = wordings
        counts = [sum(wanted(one) for one in wordings) for _, wanted in _KINDS]
        for number, ((title, _), count) in enumerate(zip(_KINDS, counts, strict=True)):
            self.kind.setItemText(number, f"{title} ({count})")
        self._fill()

    def _fill(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        wanted = _KINDS[max(0, self.kind.currentIndex())][1]
        shown = [one for one in self._wordings if wanted(one)]
        for one in shown:
            column.addWidget(_wording(one))
        if not shown:
            empty = "None." if self._wordings else "There is no trial to show yet."
            column.addWidget(label(empty, "muted"))
        column.addStretch(1)
        # A new area: one that is there does not ask new labels for their height in time.
        area = scrolled(inside, name="language.sentences", by_key=True)
        self.column.replaceWidget(self._area, area)
        self._area.hide()
        self._area.deleteLater()
        self._area = area


def _wording(one: Wording) -> QWidget:
    """One sentence: the verdict, the words with what was changed, and why it was refused."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 6)
    column.setSpacing(2)
    badge = Badge(*verdict_words(one))
    reason = one.violation or one.refused
    column.addLayout(row(badge, label(reason, "caption", wrap=True), stretch=1))
    pieces = word_changes(one.source, one.candidate)
    column.addWidget(marked_label((_MARKS[piece.change], piece.text) for piece in pieces))
    return made
