"""A question to try: what the assistant would quote in answer, best first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QPlainTextEdit

from app.pages.knowledge_panel import LANGUAGE_WORDS
from app.widgets.forms import SearchField
from app.widgets.surfaces import Card, row
from app.widgets.text import label
from assistant.knowledge.attribution import attribution
from assistant.records import Passage

_IDLE = "Ask as a patient would, and press Enter."
_NOTHING = "Nothing answers it. A patient would be told to ask the doctor."


class TrialCard(Card):
    """A line for a question and what it finds."""

    def __init__(self, ask: Callable[[str, str], None]) -> None:
        super().__init__("Try a question", name="knowledge.trial")
        self._ask = ask
        self.field = SearchField("What does oedema mean?", name="knowledge.question")
        self.field.setAccessibleName("A question to try")
        self.field.returnPressed.connect(self._asked)
        self.language = QComboBox()
        self.language.setObjectName("knowledge.questionLanguage")
        self.language.setAccessibleName("Language of the question")
        for code, word in LANGUAGE_WORDS.items():
            self.language.addItem(word, code)
        self.state = label(_IDLE, "caption", wrap=True)
        self.found = QPlainTextEdit()
        self.found.setObjectName("knowledge.found")
        self.found.setAccessibleName("What would be quoted")
        self.found.setReadOnly(True)
        self.column.addLayout(row(self.field, self.language, stretch=0))
        self.column.addWidget(self.state)
        self.column.addWidget(self.found, 1)
        self.found.hide()

    def show_found(self, found: tuple[Passage, ...]) -> None:
        """Show the passages a question found."""
        best = "The first is what a patient would read; the others come next."
        self.state.setText(best if found else _NOTHING)
        self.found.setVisible(bool(found))
        self.found.setPlainText(
            "\n\n".join(
                f"{number}. {one.title}\n{one.text}\n{attribution(one)}"
                for number, one in enumerate(found, 1)
            )
        )

    def _asked(self) -> None:
        text = self.field.text().strip()
        if text:
            self.state.setText("Searching…")
            self._ask(text, str(self.language.currentData()))
