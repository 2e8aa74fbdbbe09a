"""How many years of school a text asks of its reader."""

from __future__ import annotations

import re


def grade(text: str) -> float:
    """Flesch-Kincaid grade of an English text (Kincaid et al. 1975); 0 where there are no words."""
    said = re.findall(r"[a-z]+", text.lower())
    stops = max(1, len(re.findall(r"[.!?](?:\s|$)", text)))
    if not said:
        return 0.0
    return 0.39 * len(said) / stops + 11.8 * sum(map(_syllables, said)) / len(said) - 15.59


def _syllables(word: str) -> int:
    """Vowel groups, less a silent e: a count good to a few percent on plain English."""
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    silent = silent or (word.endswith("ed") and not word.endswith(("ted", "ded")) and groups > 1)
    return max(1, groups - silent)
