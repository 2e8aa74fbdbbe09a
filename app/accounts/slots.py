"""Key slots: how a password and a device secret open the one master key. Pure cryptography.

::

    password -Argon2id-> 32 bytes | device secret -HKDF-SHA256-> KEK of the person
    KEK -HKDF "master"->  AES-256-GCM key that wraps the master key
    KEK -HKDF "signing"-> AES-256-GCM key that wraps the person's Ed25519 signing key
    recovery key (256 bits, printed) -HKDF-> AES-256-GCM key that wraps the master key
    master key -HKDF labels-> keys of the database, the pixels, the audit trail, ...

The master key alone opens no signing key: only its owner's password does. Everything public
about a slot (mode, cost, salt) is authenticated data, so that a cheaper cost written into the
file makes the slot fail instead of making it weaker.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.accounts.passwords import KdfCost, stretch
from app.errors import RecoveryKeyError

KEY_BYTES = 32
LABELS = frozenset({"db", "pixels", "audit", "backup", "inbox", "check", "anchor", "seal"})
_PREFIX = b"sagittal-v1|"
_NONCE_BYTES = 12


class SealBrokenError(Exception):
    """Wrapped bytes do not open: another key, or not the bytes that were wrapped."""


@dataclass(frozen=True, slots=True)
class KeySlot:
    """One person's way to the master key; byte strings are hex.

    ``mode`` is ``keyring`` (a device secret takes part) or ``none`` (the password stands alone).
    """

    id: str
    mode: str
    cost: KdfCost
    salt: str
    public_key: str
    wrapped_signing_key: str = field(repr=False)
    wrapped_master_key: str = field(repr=False, default="")

    def to_json(self) -> dict[str, Any]:
        """Return the slot as JSON values."""
        plain = {part.name: getattr(self, part.name) for part in fields(self)}
        cost = {part.name: getattr(self.cost, part.name) for part in fields(self.cost)}
        return {**plain, "cost": cost}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> KeySlot:
        """Return the slot of such JSON values; raise SealBrokenError if they are no slot."""
        try:
            slot = cls(**{**values, "cost": KdfCost(**values["cost"])})
            bytes.fromhex(slot.salt + slot.public_key)
        except (KeyError, TypeError, ValueError) as error:
            raise SealBrokenError("this is no key slot") from error
        return slot

    def associated_data(self, purpose: str) -> bytes:
        """Return what a wrap of this slot is bound to."""
        bound = self.to_json()
        del bound["wrapped_signing_key"], bound["wrapped_master_key"]
        return rfc8785.dumps({**bound, "purpose": purpose, "version": 1})


def derive(master_key: bytes, label: str) -> bytes:
    """Return the 32-byte key of one use (``db``, ``pixels``, ``audit``, ...) of the master key."""
    if label not in LABELS:
        raise ValueError(f"no key is derived for {label!r}")
    return expand(master_key, label.encode())


def expand(key: bytes, info: bytes, salt: bytes | None = None) -> bytes:
    """Return 32 bytes of HKDF-SHA256 (RFC 5869) over a key."""
    return HKDF(SHA256(), KEY_BYTES, salt, _PREFIX + info).derive(key)


def wrap(key: bytes, secret: bytes, associated_data: bytes) -> bytes:
    """Return nonce and AES-256-GCM ciphertext of a short secret."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, associated_data)


def unwrap(key: bytes, wrapped: bytes, associated_data: bytes) -> bytes:
    """Return the secret, or raise SealBrokenError."""
    try:
        return AESGCM(key).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], associated_data)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("the key does not open this") from error


def slot_id(key_store_id: bytes, device_secret: bytes, username: str) -> str:
    """Return the name a slot goes by: an HMAC, so that the keystore lists nobody."""
    key = expand(device_secret + key_store_id, b"slot-id")
    return hmac.digest(key, username.encode(), "sha256")[:16].hex()


def kek(password: str, device_secret: bytes, slot: KeySlot) -> bytes:
    """Return the person's key-encryption key. This is the call that takes its time."""
    stretched = stretch(password, bytes.fromhex(slot.salt), slot.cost)
    return expand(stretched + device_secret, b"kek|" + slot.mode.encode())


def new_slot(
    identity: str,
    mode: str,
    cost: KdfCost,
    password: str,
    device_secret: bytes,
    signing_key: Ed25519PrivateKey | None = None,
) -> tuple[KeySlot, bytes]:
    """Return a slot without the master key yet, and the key that shall wrap it.

    Without ``signing_key`` a new one is made; it is wrapped under the person's KEK only.
    """
    own = signing_key or Ed25519PrivateKey.generate()
    blank = KeySlot(
        identity, mode, cost, secrets.token_hex(16), own.public_key().public_bytes_raw().hex(), ""
    )
    key = kek(password, device_secret, blank)
    sealed = wrap(
        expand(key, b"signing"), own.private_bytes_raw(), blank.associated_data("signing")
    )
    return _with(blank, wrapped_signing_key=sealed.hex()), expand(key, b"master")


def admit(slot: KeySlot, wrapping_key: bytes, master_key: bytes) -> KeySlot:
    """Return the slot with the master key in it."""
    sealed = wrap(wrapping_key, master_key, slot.associated_data("master"))
    return _with(slot, wrapped_master_key=sealed.hex())


def open_master_key(slot: KeySlot, key: bytes) -> bytes:
    """Return the master key by the person's KEK, or raise SealBrokenError."""
    sealed = bytes.fromhex(slot.wrapped_master_key)
    return unwrap(expand(key, b"master"), sealed, slot.associated_data("master"))


def open_signing_key(slot: KeySlot, key: bytes) -> Ed25519PrivateKey:
    """Return the person's signing key by the person's KEK, or raise SealBrokenError."""
    sealed = bytes.fromhex(slot.wrapped_signing_key)
    seed = unwrap(expand(key, b"signing"), sealed, slot.associated_data("signing"))
    return Ed25519PrivateKey.from_private_bytes(seed)


def print_recovery_key(secret: bytes) -> str:
    """Return 32 bytes as 14 groups of 4 base32 letters; the last group is a checksum."""
    letters = base64.b32encode(secret).decode().rstrip("=") + _checksum(secret)
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def read_recovery_key(text: str) -> bytes:
    """Return the 32 bytes a person typed from paper; raise RecoveryKeyError on a slip.

    Case, spaces and dashes do not matter; 0, 1 and 8 are read as O, I and B.
    """
    letters = "".join(text.split()).replace("-", "").upper()
    letters = letters.translate(str.maketrans("018", "OIB"))
    try:
        secret = base64.b32decode(letters[:52] + "====")
    except ValueError as error:
        raise RecoveryKeyError("The recovery key holds 56 letters and digits.") from error
    if len(letters) != 56 or print_recovery_key(secret).replace("-", "") != letters:
        raise RecoveryKeyError("There is a slip in the recovery key. Compare it with the paper.")
    return secret


def inbox_key(master_key: bytes) -> X25519PrivateKey:
    """Return the private key that opens what was sealed for the clinic."""
    return X25519PrivateKey.from_private_bytes(derive(master_key, "inbox"))


def seal(public_key: bytes, message: bytes) -> bytes:
    """Return the message sealed for the holder of an X25519 key: ephemeral key, then ciphertext."""
    ephemeral = X25519PrivateKey.generate()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public_key))
    sender = ephemeral.public_key().public_bytes_raw()
    return sender + wrap(expand(shared, b"seal|" + sender + public_key), message, b"sealed")


def open_seal(private_key: X25519PrivateKey, sealed: bytes) -> bytes:
    """Return the sealed message, or raise SealBrokenError."""
    sender, rest = sealed[:KEY_BYTES], sealed[KEY_BYTES:]
    public_key = private_key.public_key().public_bytes_raw()
    try:
        shared = private_key.exchange(X25519PublicKey.from_public_bytes(sender))
    except ValueError as error:
        raise SealBrokenError("nobody sealed this") from error
    return unwrap(expand(shared, b"seal|" + sender + public_key), rest, b"sealed")


def _checksum(secret: bytes) -> str:
    return base64.b32encode(hashlib.sha256(_PREFIX + secret).digest())[:4].decode()


def _with(slot: KeySlot, **changes: str) -> KeySlot:
    return KeySlot(**{part.name: getattr(slot, part.name) for part in fields(slot)} | changes)
