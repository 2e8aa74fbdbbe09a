"""Dates of birth as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from PySide6.QtCore import QLocale

from assistant.phrases import Phrases

_EARLIEST = date(1900, 1, 1)


def birth_date(text: str, words: Phrases) -> date | None:
    """Return the day that was written in one of the language's ways; None if in none of them."""
    spoken = QLocale(words.language)
    for way in words.row("date.typed"):
        found = spoken.toDate(text.strip(), way)
        if found.isValid():
            day = date(found.year(), found.month(), found.day())
            return day if _EARLIEST <= day <= datetime.now(tz=UTC).date() else None
    return None
