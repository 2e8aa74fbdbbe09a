"""Which kind of visit a message names, of those the clinic opened for booking by patients."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from assistant.wishes import PLAIN, VisitKind

_LIKE = 85.0
_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset({"a", "an", "and", "of", "the", "for", "und", "der", "die", "das", "für", "von"})


def kind_in(text: str, kinds: Iterable[VisitKind]) -> VisitKind:
    """The kind all of whose words a message holds, with a slip of the pen; else a plain visit.

    The name of most words counts; where two are named alike nothing is guessed.
    """
    said = _words(text)
    fitting = [one for one in kinds if _named(_words(one.name), said)]
    most = max((len(_words(one.name)) for one in fitting), default=0)
    best = [one for one in fitting if len(_words(one.name)) == most]
    return best[0] if len(best) == 1 else PLAIN


def _words(text: str) -> list[str]:
    found = (word.casefold() for word in _WORD.findall(text))
    return [word for word in found if word not in _SMALL]


def _named(name: list[str], said: list[str]) -> bool:
    return bool(name) and all(
        max((fuzz.ratio(word, other) for other in said), default=0.0) >= _LIKE for word in name
    )
