"""One source of what the assistant quotes: a shipped one, a leaflet, or one to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QVBoxLayout, QWidget

from app.pages.wording import day
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.forms import FormRow, line
from app.widgets.surfaces import row
from app.widgets.text import Badge, label
from app.workflow.knowledge import Source
from assistant.knowledge.shipped import AUTHOR
from assistant.leaflets.reading import ReadLeaflet
from assistant.records import Extract, Leaflet, Origin

ORIGIN_WORDS = {
    Origin.PROGRAM: ("This program", "accent"),
    Origin.LICENSED: ("Published", "good"),
    Origin.CLINIC: ("This clinic", "warning"),
}
"""Word and tone of who answers for a passage."""
LANGUAGE_WORDS = {"en": "English", "de": "German"}
_NOTHING = (
    "Nothing chosen. Choose a source in the list, or bring a leaflet: you see what would be "
    "quoted from it before it is used."
)
_WAITS = (
    "Not used yet. Below is all the text that was found, as the assistant would quote it, hidden "
    "text too. Add it only if each piece is right by itself."
)
_SHIPS = "It ships with the program and can not be changed here."


def name_of(source: Source) -> str:
    """A shipped source as a person reads it."""
    own = source.origin is Origin.PROGRAM and source.name == AUTHOR
    return "The program's own passages" if own else source.name


class KnowledgePanel(QWidget):
    """Shows one source with its text, and what may be done about it."""

    def __init__(
        self,
        add: Callable[[ReadLeaflet, str, str], None],
        discard: Callable[[], None],
        remove: Callable[[Leaflet], None],
    ) -> None:
        super().__init__()
        self._read: ReadLeaflet | None = None
        self._leaflet: Leaflet | None = None
        self._badge = Badge()
        self._name = label("", "heading", wrap=True)
        self._facts = label("", "muted", wrap=True)
        self.title = line("knowledge.title")
        self._title = FormRow("Title, shown to patients under what is quoted", self.title)
        self.language = QComboBox()
        self.language.setObjectName("knowledge.language")
        for code, word in LANGUAGE_WORDS.items():
            self.language.addItem(word, code)
        self._language = FormRow("Language it is written in", self.language)
        self.add = button(
            "Add to what is quoted",
            lambda: self._add(add),
            name="knowledge.add",
            kind="primary",
            icon="check",
        )
        self.discard = button("Discard", discard, name="knowledge.discard")
        self.remove = button(
            "Remove leaflet", lambda: self._remove(remove), name="knowledge.remove", kind="danger"
        )
        self.text = QPlainTextEdit()
        self.text.setObjectName("knowledge.text")
        self.text.setAccessibleName("Text that may be quoted")
        self.text.setReadOnly(True)
        self._acts = QWidget()
        self._acts.setLayout(row(self.add, self.discard, stretch=0))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self._badge, self._name, self._facts, self._title, self._language, self._acts):
            column.addWidget(part)
        column.addWidget(self.text, 1)
        column.addWidget(self.remove)
        column.addStretch(0)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Say that nothing is chosen."""
        self._show("", _NOTHING, None)

    def show_source(self, source: Source) -> None:
        """Show where shipped passages come from."""
        lines = (
            f"{len(source.passages)} passages in {LANGUAGE_WORDS[source.language]}, text of "
            f"{source.date.replace('/', '-')}.",
            f"{source.licence}.",
            _SHIPS,
        )
        pieces = [
            Extract(one.title, f"{one.text}\n{one.url}" if one.url else one.text)
            for one in source.passages
        ]
        self._show(name_of(source), "\n".join(lines), source.origin, pieces)

    def show_leaflet(self, leaflet: Leaflet) -> None:
        """Show a leaflet that is used."""
        held = sum(bool(one.held_back) for one in leaflet.extracts)
        lines = [
            f"Added on {day(leaflet.added_at.date())} by {leaflet.added_by_name}.",
            _measure(leaflet.extracts, leaflet.pages, LANGUAGE_WORDS[leaflet.language]),
            f"File: {leaflet.file_name}",
        ]
        lines += [f"{_pieces(held)} not quoted."] if held else []
        self._show(leaflet.title, "\n".join(lines), Origin.CLINIC, leaflet.extracts)
        self._leaflet = leaflet
        self.remove.show()

    def show_preview(self, read: ReadLeaflet) -> None:
        """Show what a file would add."""
        counted = _measure(read.extracts, read.pages, "")
        self._show(read.file_name, f"{_WAITS}\n{counted}", None, read.extracts)
        self._read = read
        self._badge.show_text("To be looked at", "warning")
        self.title.setText(read.title)
        self.language.setCurrentIndex(self.language.findData(read.language))
        for part in (self._badge, self._title, self._language, self._acts):
            part.show()
        self.title.setFocus()

    def refuse(self, text: str) -> None:
        """Say why it was not added."""
        self.add.setEnabled(True)
        self._title.fail(text)

    def _show(
        self, name: str, facts: str, origin: Origin | None, extracts: Sequence[Extract] = ()
    ) -> None:
        self._read = self._leaflet = None
        self._title.fail("")
        self.add.setEnabled(True)
        for part in (self._title, self._language, self._acts, self.remove):
            part.hide()
        self._badge.setVisible(origin is not None)
        if origin is not None:
            self._badge.show_text(*ORIGIN_WORDS[origin])
        self._name.setText(name)
        self._name.setVisible(bool(name))
        self._facts.setText(facts)
        theme.set_role(self._facts, "muted")
        self.text.setVisible(bool(extracts))
        self.text.setPlainText(told(extracts))

    def _add(self, add: Callable[[ReadLeaflet, str, str], None]) -> None:
        if self._read is not None:
            self._title.fail("")
            add(self._read, self.title.text(), str(self.language.currentData()))

    def _remove(self, remove: Callable[[Leaflet], None]) -> None:
        if self._leaflet is not None:
            remove(self._leaflet)


def told(extracts: Sequence[Extract]) -> str:
    """The pieces of a leaflet one below the other, each under where it stands."""
    parts = []
    for one in extracts:
        page = f"Page {one.page}" if one.page else ""
        head = " · ".join(part for part in (page, one.title) if part)
        held = f"NOT QUOTED, it {one.held_back}" if one.held_back else ""
        parts.append("\n".join(part for part in (head, held, one.text) if part))
    return "\n\n".join(parts)


def _measure(extracts: Sequence[Extract], pages: int, language: str) -> str:
    inside = f" from {pages} {'page' if pages == 1 else 'pages'}" if pages else ""
    return f"{_pieces(len(extracts))}{inside}{f' in {language}' if language else ''}."


def _pieces(count: int) -> str:
    return "1 piece" if count == 1 else f"{count} pieces"
