"""Text of a file of strangers made fit to keep: only characters that are seen, as lines. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_BREAKS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_NUMBERS = re.compile(r"\d+")
_MARKUP = re.compile(r"^(?:#{1,6}\s+|[-*+•▪‣·]\s+)|[*_`]{2,}")
_LEADERS = re.compile(r"(?:\.\s?){5,}|_{5,}")
"""A line of a table of contents, or one to be filled in by hand."""
_OFTEN = 3


def cleaned(text: str) -> list[str]:
    """Lines without control, bidirectional, invisible or private characters; blanks made one.

    An empty line stands where there was one.
    """
    lines = _BREAKS.sub("\n", text).translate(_LIGATURES).split("\n")
    return [_line(line) for line in lines]


def without_running_heads(pages: Sequence[list[str]]) -> list[list[str]]:
    """The pages' lines less those that stand on three pages or more, whatever their numbers."""
    seen = Counter(key for lines in pages for key in {_key(line) for line in lines if line})
    return [[line for line in lines if seen[_key(line)] < _OFTEN] for lines in pages]


def _line(line: str) -> str:
    composed = unicodedata.normalize("NFC", line)
    shown = (
        " " if one.isspace() else one
        for one in composed
        if one.isspace() or unicodedata.category(one) not in _HIDDEN
    )
    line = " ".join("".join(shown).split())
    return "" if _LEADERS.search(line) else _MARKUP.sub("", line).strip()


def _key(line: str) -> str:
    return _NUMBERS.sub("0", line)
