"""Sentences with what they rest on: a click on the source shows the quoted words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.pages.unbroken import unbroken
from app.widgets.buttons import button
from app.widgets.text import label
from app.widgets.text_block import TextBlock
from assistant.phrases import Phrases, phrases
from assistant.records import Citation, Origin, Sentence


def text_block(text: str) -> QLabel:
    """Text of a report: wrapped, plain, selectable; a number stays with its unit."""
    return TextBlock(unbroken(text))


def cited(sentence: Sentence, words: Phrases | None = None, report: str = "") -> QWidget:
    """Sentence over its sources, in English unless told; the quote opens and closes under them.

    ``report`` is what the report cited is called, with its date; empty where only one is meant.
    """
    spoken = words or phrases("en")
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(text_block(sentence.text))
    if not sentence.citations:
        return holder
    quote = label("", "caption", wrap=True)
    quote.setObjectName("citation.quote")
    quote.hide()

    def toggle(text: str) -> None:
        same = quote.text() == text and not quote.isHidden()
        quote.setText(text)
        quote.setVisible(not same)

    for line in attributions(sentence.citations):
        column.addWidget(label(unbroken(line), "caption", wrap=True))
    for number, (source, quotes) in enumerate(
        by_source(sentence.citations, spoken, report).items()
    ):
        shown = {one.quote: one.shown for one in sentence.citations if one.shown}
        parts = (part for one in quotes for part in (f"“{one}”", shown.get(one, "")) if part)
        quoted = unbroken("\n".join(parts))
        opener = button(
            source,
            partial(toggle, quoted),
            name=f"citation.{number}",
            kind="link",
            icon="link",
            tip=spoken.say("page.source_tip"),
        )
        column.addWidget(opener, 0, Qt.AlignmentFlag.AlignLeft)
    column.addWidget(quote)
    return holder


def cited_all(
    sentences: Sequence[Sentence], words: Phrases | None = None, report: str = ""
) -> list[QWidget]:
    """Sentences over their sources; several in a row that rest on the same show it once."""
    after = (*sentences[1:], None)
    return [
        cited(one, words, report)
        if follows is None or one.citations != follows.citations
        else text_block(one.text)
        for one, follows in zip(sentences, after, strict=True)
    ]


def by_source(
    citations: Sequence[Citation], words: Phrases | None = None, report: str = ""
) -> dict[str, list[str]]:
    """Quotes by where they stand, each once, in the order they are cited."""
    found: dict[str, list[str]] = {}
    for citation in citations:
        quotes = found.setdefault(source_words(citation.source, words, report), [])
        if citation.quote not in quotes:
            quotes.append(citation.quote)
    return found


def attributions(citations: Sequence[Citation]) -> tuple[str, ...]:
    """Whose words are quoted, where they are not the program's: this is never folded away."""
    others = (one.shown for one in citations if one.origin in {Origin.LICENSED, Origin.CLINIC})
    return tuple(dict.fromkeys(others))


def source_words(source: str, words: Phrases | None = None, report: str = "") -> str:
    """Return where a citation leads, in words: a section of the report or a medical text."""
    spoken = words or phrases("en")
    kind, _, name = source.partition(":")
    if kind != "report":
        return spoken.say("page.background")
    title = f"section.{name.lower()}"
    section = spoken.say(title) if spoken.knows(title) else name
    if report:
        return spoken.say("page.source_of", report=report, section=section)
    return spoken.say("page.source", section=section)


def clear(layout: QVBoxLayout | QHBoxLayout) -> None:
    """Take everything out of a column or row."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        if isinstance(inner, (QVBoxLayout, QHBoxLayout)):
            clear(inner)
