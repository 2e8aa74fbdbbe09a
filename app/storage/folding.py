"""How a search as one types compares texts."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_RUNNING = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_MOST_WORDS = 12


def fold(text: str) -> str:
    """Return the text without case, accents and DICOM's name separators."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(mark for mark in apart if not unicodedata.combining(mark))
    return plain.replace("^", " ").replace("=", " ")


def found_in(text: str, wanted: str) -> bool:
    """Whether every wanted word occurs somewhere in the text."""
    folded = fold(text)
    return all(word in folded for word in fold(wanted).split())


def index_words(text: str) -> tuple[str, ...]:
    """Return the words under whose beginnings a text is found, each once, in order.

    A number is also found without its leading zeros, and what is joined by a hyphen, a dot or a
    slash also in one piece (``M-0077``: m, 0077, 77, m0077). Writing that sets no spaces between
    words (Chinese, Japanese) is found from each of its characters on.
    """
    found: dict[str, None] = {}
    for part in fold(text).split():
        pieces = _WORD.findall(part)
        for piece in (*pieces, "".join(pieces)) if len(pieces) > 1 else pieces:
            found[piece] = None
            if piece.isdecimal() and piece.startswith("0"):
                found[piece.lstrip("0") or "0"] = None
            if _RUNNING.search(piece):
                found.update(dict.fromkeys(piece[at:] for at in range(1, len(piece))))
    return tuple(found)


def wanted_words(text: str) -> tuple[str, ...]:
    """Return the beginnings of words that somebody types to find a text."""
    return tuple(dict.fromkeys(_WORD.findall(fold(text))))[:_MOST_WORDS]
