"""Dates of birth as people type them."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QLocale, QTimeZone

from app.workflow.session import utc_now
from app.workflow.settings import day_in
from assistant.phrases import Phrases

_EARLIEST = date(1900, 1, 1)


def birth_date(text: str, words: Phrases, latest: date | None = None) -> date | None:
    """Return the day that was written in one of the language's ways; None if in none of them.

    A day after ``latest`` is none either: after this one where the workstation stands.
    """
    spoken = QLocale(words.language)
    for way in words.row("date.typed"):
        found = spoken.toDate(text.strip(), way)
        if found.isValid():
            day = date(found.year(), found.month(), found.day())
            return day if _EARLIEST <= day <= (latest or _day_here()) else None
    return None


def _day_here() -> date:
    """Before somebody is signed in the clinic's time zone is not known yet."""
    return day_in(bytes(QTimeZone.systemTimeZoneId().data()).decode(), utc_now())
