"""How hard a text is: Flesch-Kincaid for English, Wiener Sachtextformel and Amstad for German.

Kincaid et al. 1975; Bamberger and Vanecek 1984 (first formula); Amstad 1978. Syllables are counted
by groups of vowels, good to a few percent.
"""

from __future__ import annotations

import re

_GERMAN_VOWELS = re.compile(r"aa|ee|oo|ie|ei|ai|au|eu|äu|[aeiouyäöü]")
_GERMAN_WORD = re.compile(r"[a-zäöüß]+")


def syllables(word: str) -> int:
    """Vowel groups of an English word, less a silent e."""
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    silent = silent or (word.endswith("ed") and not word.endswith(("ted", "ded")) and groups > 1)
    return max(1, groups - silent)


def _stops(text: str) -> int:
    return len(re.findall(r"[.!?](?:\s|$)", text))


def grade(text: str) -> float:
    """Flesch-Kincaid grade of an English text."""
    said = re.findall(r"[a-z]+", text.lower())
    return 0.39 * len(said) / _stops(text) + 11.8 * sum(map(syllables, said)) / len(said) - 15.59


def german_syllables(word: str) -> int:
    """Vowels of a German word, diphthongs as one."""
    return max(1, len(_GERMAN_VOWELS.findall(word)))


def vienna(text: str) -> float:
    """First Wiener Sachtextformel of a German text: about the school grade that reads it."""
    said = _GERMAN_WORD.findall(text.lower())
    counts = [german_syllables(word) for word in said]
    long = 100 * sum(count >= 3 for count in counts) / len(said)
    short = 100 * sum(count == 1 for count in counts) / len(said)
    letters = 100 * sum(len(word) > 6 for word in said) / len(said)
    return (
        0.1935 * long
        + 0.1672 * len(said) / _stops(text)
        + 0.1297 * letters
        - 0.0327 * short
        - 0.875
    )


def amstad(text: str) -> float:
    """Reading ease of a German text, 0 to 100; from 60 it is plain."""
    said = _GERMAN_WORD.findall(text.lower())
    per_word = sum(map(german_syllables, said)) / len(said)
    return 180 - len(said) / _stops(text) - 58.5 * per_word
