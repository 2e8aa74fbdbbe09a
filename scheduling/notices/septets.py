"""How long a text is in an SMS: GSM 7-bit (3GPP TS 23.038 section 6.2.1) or UCS-2."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

LIMIT = 160
"""Septets one message holds."""

_PART = 153  # septets of one part among several: seven go to the header that joins them
_WIDE_LIMIT = 70
_WIDE_PART = 67
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class SmsSize:
    """What a text takes up: septets or UCS-2 units, and how many messages that is."""

    alphabet: str
    units: int
    parts: int


def septets(text: str) -> int | None:
    """Septets the text takes, or None if a character is not in the alphabet."""
    if not all(each in _BASIC or each in _EXTENDED for each in text):
        return None
    return sum(2 if each in _EXTENDED else 1 for each in text)


def size_of(text: str) -> SmsSize:
    """Count a text as a network does; a character beyond the alphabet makes the whole UCS-2.

    An escaped character and a surrogate pair are not cut between two parts.
    """
    if septets(text) is not None:
        widths = [2 if each in _EXTENDED else 1 for each in text]
        return _sized("GSM-7", widths, LIMIT, _PART)
    widths = [2 if ord(each) > 0xFFFF else 1 for each in text]
    return _sized("UCS-2", widths, _WIDE_LIMIT, _WIDE_PART)


def to_alphabet(text: str) -> str:
    """The text with accents dropped where the alphabet lacks them; "" if letters remain foreign."""
    plain = "".join(each if septets(each) is not None else _base(each) for each in text)
    return plain if septets(plain) is not None else ""


def _sized(alphabet: str, widths: list[int], limit: int, part: int) -> SmsSize:
    units = sum(widths)
    if units <= limit:
        return SmsSize(alphabet, units, 1)
    parts, room = 1, part
    for width in widths:
        if width > room:
            parts, room = parts + 1, part
        room -= width
    return SmsSize(alphabet, units, parts)


def _base(character: str) -> str:
    """The character without its marks."""
    parts = unicodedata.normalize("NFKD", character)
    return "".join(each for each in parts if not unicodedata.combining(each))
