"""What kind of answer a question wants, and whether a sentence holds one of that kind.

The patterns are ``resources/lay/kinds.toml``, in English and German.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from assistant.drafting.reading.vocabulary import whole_words
from resources.languages import table


class Kind(StrEnum):
    """What is wanted besides what ``asking.Aspect`` knows."""

    CAUSE = "cause"
    SEVERITY = "severity"
    AMOUNT = "amount"
    OVERVIEW = "overview"
    SURENESS = "sureness"
    SIGNING = "signing"
    FUTURE = "future"
    WHEN = "when"
    DURATION = "duration"
    WHO = "who"
    GENERAL = "general"


def kinds_of(text: str) -> frozenset[Kind]:
    """The kinds of answer a question in ``plain`` form wants; empty where it says none."""
    return frozenset(kind for kind, (asked, _) in _patterns().items() if asked.search(text))


def without_asking(text: str) -> str:
    """The question without the words by which it asks."""
    for asked, _ in _patterns().values():
        text = asked.sub(" ", text)
    return text


def tells(kind: Kind, text: str) -> bool:
    """Whether a sentence in ``plain`` form holds an answer of that kind."""
    told = _patterns()[kind][1]
    return told is None or bool(told.search(text))


@cache
def _patterns() -> Mapping[Kind, tuple[re.Pattern[str], re.Pattern[str] | None]]:
    return {
        Kind(name): (whole_words(row["asked"]), whole_words(row["told"]) if row["told"] else None)
        for name, row in table("lay", "kinds").items()
    }
