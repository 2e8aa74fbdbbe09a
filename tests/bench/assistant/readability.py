"""How hard a text is to read: Flesch-Kincaid in English, Amstad and Wiener formula in German.

The formulas are the published ones; syllables are counted by the hyphenation patterns of pyphen,
as textstat does (ADR 52 says why it is not used).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pyphen import Pyphen

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_PATTERNS = {"en": "en_US", "de": "de_DE"}


@dataclass(frozen=True)
class Counted:
    """What the formulas are made of."""

    sentences: int
    words: int
    syllables: int
    many: int
    """Words of three syllables and more."""
    long: int
    """Words of more than six letters."""
    single: int
    """Words of one syllable."""


@cache
def _patterns(language: str) -> Pyphen:
    return Pyphen(lang=_PATTERNS[language])


def counted(text: str, language: str) -> Counted:
    """Sentences, words and syllables of a text; very short sentences count with the rest."""
    found = _WORD.findall(text)
    ends = re.findall(
        r"[^.!?]*[^\W_][^.!?]*(?:[.!?]+(?=\s|$|[\"”])|$)", re.sub(r"(?<=\d)\.(?=\d)", "", text)
    )
    lengths = [len(_patterns(language).positions(word.lower())) + 1 for word in found]
    return Counted(
        max(1, len(ends)),
        max(1, len(found)),
        sum(lengths),
        sum(one >= 3 for one in lengths),
        sum(len(word) > 6 for word in found),
        sum(one == 1 for one in lengths),
    )


def grade(text: str, language: str) -> float:
    """School grade: Flesch-Kincaid for English, the first Wiener Sachtextformel for German."""
    one = counted(text, language)
    if language == "en":
        return 0.39 * one.words / one.sentences + 11.8 * one.syllables / one.words - 15.59
    share = 100 / one.words
    return (
        0.1935 * one.many * share
        + 0.1672 * one.words / one.sentences
        + 0.1297 * one.long * share
        - 0.0327 * one.single * share
        - 0.875
    )


def ease(text: str) -> float:
    """Reading ease of a German text after Amstad: 100 is very easy, 0 very hard."""
    one = counted(text, "de")
    return 180 - one.words / one.sentences - 58.5 * one.syllables / one.words
