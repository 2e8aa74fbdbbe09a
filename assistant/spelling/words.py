"""Which words of a text are looked up in a dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.drafting.placeholders import fields

_WORD = re.compile(r"(?<![\w.'’])[^\W\d_]+(?:['’][^\W\d_]+)*(?![\w])")
_INNER_CAPITAL = re.compile(r"[^\W\d_][A-Z]")


def words_of(text: str) -> Iterator[tuple[int, str]]:
    """Return where each word to look up begins, and the word.

    Left alone are numbers with letters (T1, 3D), abbreviations in capitals (FLAIR, pCT), single
    letters, what stands in an open field, and the abbreviation of a short text (``.mls``).
    """
    taken = fields(text)
    for found in _WORD.finditer(text):
        word = found.group()
        if len(word) < 2 or _INNER_CAPITAL.search(word):
            continue
        if any(start <= found.start() < end for start, end in taken):
            continue
        yield found.start(), word


def word_at(text: str, position: int) -> tuple[int, str] | None:
    """Return the word to look up that the position is in or touches, and where it begins."""
    return next(
        ((start, word) for start, word in words_of(text) if start <= position <= start + len(word)),
        None,
    )
