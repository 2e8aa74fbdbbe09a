"""A model file that was looked at and not yet taken in: what it is, licence and chat format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.pages.language_words import count_words, size_words
from app.widgets.buttons import button
from app.widgets.forms import FormRow, line
from app.widgets.surfaces import row
from app.widgets.text import Badge, label
from assistant.engine.prompting import CHAT_FORMATS
from assistant.engine.records import Offered

_UNSET = "Choose…"
_HINT = (
    "Its header is sound. Nothing of it was loaded, and a template in the file is not run: choose "
    "the chat format it was made for. What was suggested is a guess from the template's text."
)


class OfferPanel(QWidget):
    """Asks what the file does not say by itself."""

    def __init__(self, add: Callable[[Path, str, str], None], discard: Callable[[], None]) -> None:
        super().__init__()
        self._path: Path | None = None
        self._add = add
        self._name = label("", "heading", wrap=True)
        self._facts = label("", wrap=True)
        self.licence = line("language.licence")
        self._licence = FormRow("Licence", self.licence, "Under which the clinic has it.")
        self.chat_format = QComboBox()
        self.chat_format.setObjectName("language.format")
        self.chat_format.addItem(_UNSET, "")
        for name in CHAT_FORMATS:
            self.chat_format.addItem(name, name)
        self.chat_format.currentIndexChanged.connect(lambda _: self._allow())
        self.licence.textChanged.connect(lambda _: self._allow())
        self.add = button(
            "Add in quarantine", self._go, name="language.add", kind="primary", icon="plus"
        )
        discarded = button("Discard", discard, name="language.discard")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        badges = row(Badge("Looked at", "accent"))
        badges.addStretch(1)
        column.addLayout(badges)
        for part in (self._name, self._facts, label(_HINT, "muted", wrap=True), self._licence):
            column.addWidget(part)
        column.addWidget(FormRow("Chat format", self.chat_format))
        column.addLayout(row(self.add, discarded))
        column.addStretch(1)

    def show_offer(self, path: Path, offered: Offered) -> None:
        """Show what a file says of itself."""
        self._path = path
        self._name.setText(offered.name)
        template = "with a chat template" if offered.has_template else "without a chat template"
        self._facts.setText(
            f"{path.name}\n{offered.architecture}, {count_words(offered.parameters)} parameters, "
            f"{offered.quantisation}, {size_words(offered.bytes)}\n"
            f"Reads up to {offered.context:,} tokens, {template}"
        )
        self.licence.setText(offered.licence)
        self.licence.setReadOnly(bool(offered.licence))
        self.chat_format.setCurrentIndex(max(0, self.chat_format.findData(offered.chat_format)))
        self._allow()

    def _allow(self) -> None:
        ready = bool(self.licence.text().strip()) and bool(self.chat_format.currentData())
        self.add.setEnabled(ready)

    def _go(self) -> None:
        if self._path is not None:
            self._add(self._path, self.licence.text(), str(self.chat_format.currentData()))
