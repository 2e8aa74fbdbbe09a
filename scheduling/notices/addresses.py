"""Addresses people typed in, made usable or refused."""

from __future__ import annotations

import re

import phonenumbers

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def usable_phone(phone: str, region: str = "") -> str:
    """The number in E.164 ("+33612345678"), or "" if it is not a number in use.

    ``region`` (ISO 3166) tells where a number without country code belongs; without it such
    a number is refused rather than guessed.
    """
    try:
        number = phonenumbers.parse(phone, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def usable_email(email: str) -> str:
    """The address without surrounding blanks, or "" if no message could go there.

    Takes the unquoted ASCII form of RFC 5321 section 4.1.2 only.
    """
    address = email.strip()
    return address if _EMAIL.fullmatch(address) and len(address) <= 254 else ""
