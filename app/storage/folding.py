"""How a search as one types compares texts."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Return the text without case, accents and DICOM's name separators."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(mark for mark in apart if not unicodedata.combining(mark))
    return plain.replace("^", " ").replace("=", " ")


def found_in(text: str, wanted: str) -> bool:
    """Whether every wanted word occurs somewhere in the text."""
    folded = fold(text)
    return all(word in folded for word in fold(wanted).split())
