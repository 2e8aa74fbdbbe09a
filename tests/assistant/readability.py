"""How hard a German text is: Wiener Sachtextformel and Amstad.

Bamberger and Vanecek 1984 (first formula); Amstad 1978. Syllables are counted by groups of vowels,
good to a few percent. The English grade is ``assistant.acceptance.readability``.
"""

from __future__ import annotations

import re

_GERMAN_VOWELS = re.compile(r"aa|ee|oo|ie|ei|ai|au|eu|äu|[aeiouyäöü]")
_GERMAN_WORD = re.compile(r"[a-zäöüß]+")


def _stops(text: str) -> int:
    return len(re.findall(r"[.!?](?:\s|$)", text))


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
