"""How long a text is in an SMS: the GSM 7-bit default alphabet (3GPP TS 23.038 section 6.2.1)."""

from __future__ import annotations

import unicodedata

LIMIT = 160
"""Septets one message holds."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")


def septets(text: str) -> int | None:
    """Septets the text takes, or None if a character is not in the alphabet."""
    if not all(each in _BASIC or each in _EXTENDED for each in text):
        return None
    return sum(2 if each in _EXTENDED else 1 for each in text)


def to_alphabet(text: str) -> str:
    """The text with accents dropped where the alphabet lacks them; "" if letters remain foreign."""
    plain = "".join(each if septets(each) is not None else _base(each) for each in text)
    return plain if septets(plain) is not None else ""


def _base(character: str) -> str:
    """The character without its marks."""
    parts = unicodedata.normalize("NFKD", character)
    return "".join(each for each in parts if not unicodedata.combining(each))
