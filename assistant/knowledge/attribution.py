"""What stands under a quoted passage: who wrote it, when, under what licence. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.knowledge.shipped import AUTHOR
from assistant.records import Origin, Passage

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        Origin.PROGRAM: "Written for this program, {date}. {basis}",
        "after": "After {source}, written for this program, {date}. {basis}",
        Origin.LICENSED: "{source}, text of {date}. {licence}.",
        Origin.CLINIC: "Leaflet of this clinic, added on {date} by {source}.",
        "page": "Page {page}.",
        "other": "In English.",
    },
    "de": {
        Origin.PROGRAM: "Für dieses Programm geschrieben, {date}. {basis}",
        "after": "Nach {source}, für dieses Programm geschrieben, {date}. {basis}",
        Origin.LICENSED: "{source}, Text von {date}. {licence}.",
        Origin.CLINIC: "Merkblatt dieser Praxis, hinzugefügt am {date} von {source}.",
        "page": "Seite {page}.",
        "other": "Auf Englisch.",
    },
}


def attribution(passage: Passage, *, language: str = "en") -> str:
    """The line under a quotation, in the reader's language."""
    words = _WORDS.get(language, _WORDS["en"])
    own = passage.origin is Origin.PROGRAM and passage.source == AUTHOR
    kind = passage.origin if own or passage.origin is not Origin.PROGRAM else "after"
    line = words[kind].format(
        date=passage.date.replace("/", "-"),
        source=passage.source,
        licence=passage.licence,
        basis=passage.basis,
    )
    page = words["page"].format(page=passage.page) if passage.page else ""
    foreign = passage.language == "en" and language != "en" and language in _WORDS
    other = words["other"] if foreign else ""
    return " ".join(part for part in (line.strip(), page, other) if part)
