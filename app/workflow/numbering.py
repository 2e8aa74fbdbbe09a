"""Record numbers of the program's own, for people whom no scanner has numbered yet. Pure.

The form is ``SAG-XXXX-XXXX-XXXX``: eleven letters drawn by chance out of 32 that nobody mistakes on
the telephone, and one that checks them. A scanner that brings such a number was given it here.
"""

from __future__ import annotations

import re
import secrets

_PREFIX = "SAG"
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DRAWN = 11
_FORM = re.compile(rf"{_PREFIX}-([{_LETTERS}]{{4}})-([{_LETTERS}]{{4}})-([{_LETTERS}]{{4}})")


def new_number() -> str:
    """Return a number that nobody else has: 55 bits of chance and a letter that checks them."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(_DRAWN))
    whole = drawn + _check(drawn)
    return "-".join([_PREFIX, *(whole[at : at + 4] for at in range(0, len(whole), 4))])


def is_own_number(number: str) -> bool:
    """Whether this program made the number."""
    found = _FORM.fullmatch(number.strip().upper())
    whole = "".join(found.groups()) if found else ""
    return bool(whole) and _check(whole[:_DRAWN]) == whole[_DRAWN:]


def is_mistyped(number: str) -> bool:
    """Whether a number begins as the program's own do and is none of them."""
    return number.strip().upper().startswith(f"{_PREFIX}-") and not is_own_number(number)


def _check(drawn: str) -> str:
    """One letter that another letter anywhere, or two neighbours exchanged, would change.

    The Luhn scheme to the base 32.
    """
    total = 0
    for place, letter in enumerate(reversed(drawn)):
        worth = _LETTERS.index(letter) * (2 if place % 2 == 0 else 1)
        total += worth // len(_LETTERS) + worth % len(_LETTERS)
    return _LETTERS[-total % len(_LETTERS)]
