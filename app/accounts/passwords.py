"""Passwords: what is strong enough, what stretching costs, and a patient's verifier."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw

from app.errors import WeakPasswordError

MINIMUM_LENGTH = 8
RECOMMENDED_LENGTH = 15

_COMMON_WORDS = """
    password passwort motdepasse contrasena wachtwoord haslo parola senha passphrase passcode
    welcome willkommen bienvenue letmein iloveyou princess sunshine football baseball basketball
    superman batman dragon monkey shadow master michael jennifer jordan hunter ranger buster
    charlie thomas robert daniel andrew joshua ashley amanda jessica pepper ginger cookie summer
    winter spring autumn internet computer samsung google facebook whatever trustno freedom
    mercedes corvette mustang liverpool arsenal chelsea barcelona juventus starwars pokemon
    naruto minecraft secret access administrator admin root guest default changeme changeit
    temporary testing test user login hospital clinic klinik doctor nurse radiology radiologist
    patient medicine medical surgery health sagittal mri xray scanner imaging brain
    qwerty qwertz azerty qwertyuiop asdfghjkl asdfgh zxcvbnm zxcvbn qazwsx qazwsxedc
    abcdefgh abcdefghijkl abcdef abc
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
)
_LEET = str.maketrans({"@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s"})
_LARGEST_VERIFIER_KIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class KdfCost:
    """What one Argon2id derivation costs.

    The constants: ``PRODUCTION`` beside a device secret, ``PASSWORD_ONLY`` where the password
    stands alone, ``TESTING`` far below the floor, to be named in code only.
    """

    memory_kib: int
    passes: int
    lanes: int

    PRODUCTION: ClassVar[KdfCost]
    PASSWORD_ONLY: ClassVar[KdfCost]
    TESTING: ClassVar[KdfCost]

    def __post_init__(self) -> None:
        if not (1 <= self.passes <= 64 and 1 <= self.lanes <= 64):
            raise ValueError("Argon2id takes 1 to 64 passes and lanes")
        if not 8 * self.lanes <= self.memory_kib <= 4 * 1024 * 1024:
            raise ValueError("Argon2id takes 8 KiB per lane to 4 GiB")

    def at_least(self, other: KdfCost) -> bool:
        """Whether a guess costs no less than with the other."""
        return self.memory_kib >= other.memory_kib and self.passes >= other.passes


KdfCost.PRODUCTION = KdfCost(memory_kib=64 * 1024, passes=3, lanes=4)
KdfCost.PASSWORD_ONLY = KdfCost(memory_kib=256 * 1024, passes=3, lanes=4)
KdfCost.TESTING = KdfCost(memory_kib=64, passes=1, lanes=1)


def normal_username(username: str) -> str:
    """The sign-in name as it is compared: NFKC, case-folded, without space around it."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def stretch(password: str, salt: bytes, cost: KdfCost) -> bytes:
    """Return 32 bytes of Argon2id (RFC 9106) over the NFKC form of the password."""
    return hash_secret_raw(
        _plain(password), salt, cost.passes, cost.memory_kib, cost.lanes, 32, Type.ID
    )


def check_strength(
    password: str, context: Iterable[str] = (), minimum: int = MINIMUM_LENGTH
) -> None:
    """Return if the password may be used, or raise WeakPasswordError with the reason.

    No composition rules, no upper limit below 1024 characters (OWASP ASVS 5.0, 6.2).

    Parameters
    ----------
    context
        Words an attacker would try first: the person's names, the clinic's name.
    minimum
        Fewest characters; use ``RECOMMENDED_LENGTH`` where no device secret helps.
    """
    text = unicodedata.normalize("NFKC", password)
    if len(text) < minimum:
        raise WeakPasswordError(f"Use at least {minimum} characters; a few words make a good one.")
    if len(text) > 1024:
        raise WeakPasswordError("Use at most 1024 characters.")
    folded = text.casefold()
    if len(set(folded)) < 4 or _repeats(folded):
        raise WeakPasswordError("This password repeats itself. Use a few unrelated words.")
    if _is_run(folded):
        raise WeakPasswordError("This password is a run of keys. Use a few unrelated words.")
    core = _core(folded)
    if core in _COMMON or core.translate(_LEET) in _COMMON:
        raise WeakPasswordError("This password is among the first ones tried. Use another.")
    _check_context(folded, context)


def hash_verifier(password: str, cost: KdfCost = KdfCost.PRODUCTION) -> str:
    """Return the Argon2id verifier of a password in PHC string form, freshly salted."""
    return _hasher(cost).hash(_plain(password))


def verify(verifier: str, password: str) -> bool:
    """Whether the password is the verifier's; a bad verifier takes its time and is False."""
    try:
        sound = extract_parameters(verifier).memory_cost <= _LARGEST_VERIFIER_KIB
    except InvalidHashError:
        sound = False
    if not sound:
        stretch(password, b"no such verifier", KdfCost.PRODUCTION)
        return False
    try:
        return _hasher(KdfCost.PRODUCTION).verify(verifier, _plain(password))
    except (VerificationError, InvalidHashError):
        return False


def _plain(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode()


def _hasher(cost: KdfCost) -> PasswordHasher:
    return PasswordHasher(cost.passes, cost.memory_kib, cost.lanes)


def _core(folded: str) -> str:
    """The password without what people add at its ends: digits and marks."""
    return folded.strip("0123456789!?.,-_*#@$ ")


def _repeats(folded: str) -> bool:
    return folded in (folded + folded)[1:-1]


def _is_run(folded: str) -> bool:
    return any(folded in run or folded[::-1] in run for run in _RUNS)


def _check_context(folded: str, context: Iterable[str]) -> None:
    """Refuse what is a context word, or little more than one."""
    for phrase in context:
        for word in (phrase, *phrase.split()):
            known = unicodedata.normalize("NFKC", word).casefold().strip()
            if len(known) >= 4 and known in folded and len(folded) - len(known) < 6:
                raise WeakPasswordError("This password is close to a name known here. Use another.")
