"""The keystore file: key slots, the recovery key's wrap, and the inbox of sealed sign-ups.

``keystore.json`` and ``keystore.previous.json`` are two generations; a damaged newest one
gives way to the previous. They hold no name and no key in the clear. What takes a way in
(a removed slot, a changed password) is written twice, so that no older generation keeps it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.accounts import slots
from app.accounts.passwords import (
    MINIMUM_LENGTH,
    RECOMMENDED_LENGTH,
    KdfCost,
    check_strength,
    normal_username,
)
from app.accounts.slots import KeySlot, SealBrokenError
from app.errors import (
    AccountError,
    DamagedFileError,
    LockedError,
    RecoveryKeyError,
    SignInError,
    UsernameTakenError,
    WeakPasswordError,
    WrongKeyError,
)
from app.storage.device_secret import NONE, DeviceSecret
from app.storage.files import make_private, write_whole

_WRONG = "The name or the password is wrong."
_SEALED = ".sealed"
_LARGEST_SIGN_UP = 64 * 1024
_MOST_SIGN_UPS = 1000


@dataclass(frozen=True, slots=True)
class _Document:
    """One generation of the keystore file; byte strings are hex."""

    id: str
    check: str
    inbox: str
    recovery: str
    device_check: str
    slots: tuple[KeySlot, ...] = ()

    def slot(self, identity: str) -> KeySlot | None:
        return next((slot for slot in self.slots if slot.id == identity), None)

    def to_bytes(self) -> bytes:
        body = {name: getattr(self, name) for name in self.__slots__}
        body["slots"] = [slot.to_json() for slot in self.slots]
        digest = hashlib.sha256(rfc8785.dumps(body)).hexdigest()
        return rfc8785.dumps({"format": 1, "body": body, "sha256": digest})

    @classmethod
    def from_bytes(cls, data: bytes) -> _Document | None:
        """Return the document, or None if the bytes are damaged."""
        try:
            whole = json.loads(data)
            body = whole["body"]
            if hashlib.sha256(rfc8785.dumps(body)).hexdigest() != whole["sha256"]:
                return None
            ways = tuple(KeySlot.from_json(slot) for slot in body["slots"])
            return cls(**{**body, "slots": ways})
        except (ValueError, KeyError, TypeError, SealBrokenError):
            return None


class Keystore:
    """Opens the master key for whoever has a way to it.

    Parameters
    ----------
    folder
        The data folder.
    device
        The device's secret; takes part in every slot, not in the recovery key.
    cost
        What one try of a password costs in new slots. The default is the production cost,
        raised where the password stands alone; something cheaper can be named in code only.
    """

    def __init__(
        self, folder: Path, device: DeviceSecret, cost: KdfCost = KdfCost.PRODUCTION
    ) -> None:
        self._path = folder / "keystore.json"
        self._previous = folder / "keystore.previous.json"
        self._inbox = folder / "inbox"
        self._device = device
        self._wanted_cost = cost
        self._lock = threading.RLock()

    @property
    def shortest_password(self) -> int:
        """Fewest characters of a password of staff; does not ask the keyring."""
        return RECOMMENDED_LENGTH if self._device.stands_alone else MINIMUM_LENGTH

    @property
    def exists(self) -> bool:
        """Whether a keystore was ever created here, damaged or not."""
        return self._path.exists() or self._previous.exists()

    @property
    def device_fits(self) -> bool:
        """Whether the device secret is still the one the slots were made with.

        If not (a new computer, a reset keyring), only the recovery key opens the clinic.
        """
        document = self._read()
        if self._device.lost:
            return False
        return hmac.compare_digest(document.device_check, self._device_check(document.id))

    def check_password(self, password: str, context: Iterable[str] = ()) -> None:
        """Return if a member of staff may use the password, or raise WeakPasswordError.

        Where no keyring holds a device secret, a copied disk can be tried at leisure, so the
        password has to be longer.
        """
        short = len(unicodedata.normalize("NFKC", password)) < RECOMMENDED_LENGTH
        if short and (self._device.lost or self._device.mode == NONE):
            raise WeakPasswordError(
                "This computer has no keyring, so the password alone protects the data: use at"
                f" least {RECOMMENDED_LENGTH} characters; a few words make a good one."
            )
        check_strength(password, context)

    def create(self) -> tuple[bytes, str]:
        """Make a master key; return it with the recovery key to print.

        Raises
        ------
        AccountError
            There is a keystore here already; its data would become unreadable.
        """
        with self._lock:
            if self.exists:
                raise AccountError("This workstation has its keys already.")
            master_key, recovery_key = secrets.token_bytes(32), secrets.token_bytes(32)
            identity = secrets.token_hex(16)
            make_private(self._path.parent)
            sealed = slots.wrap(
                slots.expand(recovery_key, b"recovery"), master_key, bytes.fromhex(identity)
            )
            document = _Document(
                id=identity,
                check=slots.derive(master_key, "check").hex(),
                inbox=slots.inbox_key(master_key).public_key().public_bytes_raw().hex(),
                recovery=sealed.hex(),
                device_check=self._device_check(identity),
            )
            self._write(document)
            return master_key, slots.print_recovery_key(recovery_key)

    def add_slot(self, master_key: bytes, username: str, password: str) -> str:
        """Give a member of staff a way in; return the hex Ed25519 public key.

        After the device secret was lost this starts a new one, and the slots made with the old
        one go: they could never be opened again.

        Raises
        ------
        UsernameTakenError
            That name has a slot.
        WrongKeyError
            The master key is not this keystore's.
        """
        with self._lock:
            document = self._checked(master_key)
            if not self.device_fits:
                self._device.renew()
                document = replace(document, slots=(), device_check=self._device_check(document.id))
            slot, key = self._new_slot(document, username, password)
            return self._add(document, slots.admit(slot, key, master_key))

    def unlock(self, username: str, password: str) -> bytes:
        """Return the master key.

        Raises
        ------
        SignInError
            Unknown name or wrong password: one message, one cost.
        """
        slot, key = self._try(username, password)
        try:
            return slots.open_master_key(slot, key)
        except SealBrokenError as error:
            raise SignInError(_WRONG) from error

    def unlock_with_recovery(self, text: str) -> bytes:
        """Return the master key by the printed recovery key, or raise RecoveryKeyError."""
        document = self._read()
        key = slots.expand(slots.read_recovery_key(text), b"recovery")
        try:
            return slots.unwrap(key, bytes.fromhex(document.recovery), bytes.fromhex(document.id))
        except SealBrokenError as error:
            raise RecoveryKeyError("This recovery key belongs to another workstation.") from error

    def signing_key(self, username: str, password: str) -> Ed25519PrivateKey:
        """Return the person's own signing key, or raise SignInError."""
        slot, key = self._try(username, password)
        try:
            return slots.open_signing_key(slot, key)
        except SealBrokenError as error:
            raise SignInError(_WRONG) from error

    def change_password(self, username: str, old: str, new: str) -> None:
        """Wrap the person's keys under another password; the signing key stays the same."""
        with self._lock:
            master_key = self.unlock(username, old)
            own = self.signing_key(username, old)
            document = self._checked(master_key)
            slot, key = self._new_slot(document, username, new, own)
            admitted = slots.admit(slot, key, master_key)
            others = tuple(other for other in document.slots if other.id != admitted.id)
            self._write(replace(document, slots=(*others, admitted)), forget=True)

    def remove_slot(self, username: str) -> None:
        """Take a person's way in; nothing happens if there is none."""
        with self._lock:
            document = self._read()
            gone = self._slot_id(document.id, username)
            kept = tuple(slot for slot in document.slots if slot.id != gone)
            self._write(replace(document, slots=kept), forget=True)

    def prepare_slot(self, username: str, password: str) -> dict[str, Any]:
        """Return what lets ``admit_slot`` make the slot later without the password.

        It holds the key that will wrap the master key, so it travels in a sealed sign-up only;
        the applicant's signing key cannot be opened with it.
        """
        document = self._read()
        slot, key = self._new_slot(document, username, password)
        return {"slot": slot.to_json(), "wrapping_key": key.hex()}

    def admit_slot(self, master_key: bytes, material: Mapping[str, Any]) -> str:
        """Add the slot of an approved applicant; return the hex Ed25519 public key.

        The same application again changes nothing: an approval that was cut short is repeated.
        """
        with self._lock:
            document = self._checked(master_key)
            try:
                slot = KeySlot.from_json(material["slot"])
                key = bytes.fromhex(material["wrapping_key"])
                admitted = slots.admit(slot, key, master_key)
            except (SealBrokenError, KeyError, TypeError, ValueError) as error:
                raise AccountError(
                    "This application is not complete. Ask for a new one."
                ) from error
            if not slot.cost.at_least(self._cost()) or slot.mode != self._device.mode:
                raise AccountError("This application was made elsewhere. Ask for a new one.")
            present = document.slot(slot.id)
            if present is not None and present.public_key == slot.public_key:
                return present.public_key
            return self._add(document, admitted)

    def seal_sign_up(self, payload: Mapping[str, Any]) -> None:
        """Leave a sign-up that only an opened workstation can read."""
        document = self._read()
        make_private(self._inbox)
        message = json.dumps(payload, ensure_ascii=False).encode()
        path = self._inbox / (secrets.token_hex(16) + _SEALED)
        write_whole(path, [slots.seal(bytes.fromhex(document.inbox), message)])

    def open_sign_ups(self, master_key: bytes) -> tuple[tuple[Path, dict[str, Any]], ...]:
        """Return the waiting sign-ups and their files, oldest first.

        What does not open was not sealed by this program and is left where it is.
        """
        self._checked(master_key)
        private_key = slots.inbox_key(master_key)
        found: list[tuple[Path, dict[str, Any]]] = []
        waiting = sorted(self._inbox.glob("*" + _SEALED), key=lambda path: path.stat().st_mtime_ns)
        for path in waiting[:_MOST_SIGN_UPS]:
            if path.stat().st_size > _LARGEST_SIGN_UP:
                continue
            try:
                payload = json.loads(slots.open_seal(private_key, path.read_bytes()))
            except (SealBrokenError, ValueError):
                continue
            found.append((path, payload))
        return tuple(found)

    def _cost(self) -> KdfCost:
        alone = self._device.mode == NONE and self._wanted_cost.at_least(KdfCost.PRODUCTION)
        if alone and not self._wanted_cost.at_least(KdfCost.PASSWORD_ONLY):
            return KdfCost.PASSWORD_ONLY
        return self._wanted_cost

    def _try(self, username: str, password: str) -> tuple[KeySlot, bytes]:
        """Derive the KEK on the person's slot, or at the same cost on one of nobody."""
        document = self._read()
        identity = self._slot_id(document.id, username)
        slot = document.slot(identity)
        if slot is None:
            cost = document.slots[0].cost if document.slots else self._cost()
            slot = KeySlot(identity, self._device.mode, cost, identity, "", "")
        return slot, slots.kek(password, self._device.secret, slot)

    def _new_slot(
        self,
        document: _Document,
        username: str,
        password: str,
        own: Ed25519PrivateKey | None = None,
    ) -> tuple[KeySlot, bytes]:
        identity = self._slot_id(document.id, username)
        secret = self._device.secret
        return slots.new_slot(identity, self._device.mode, self._cost(), password, secret, own)

    def _add(self, document: _Document, slot: KeySlot) -> str:
        if document.slot(slot.id) is not None:
            raise UsernameTakenError("Somebody already signs in by that name.")
        self._write(replace(document, slots=(*document.slots, slot)))
        return slot.public_key

    def _slot_id(self, store_id: str, username: str) -> str:
        name = normal_username(username)
        return slots.slot_id(bytes.fromhex(store_id), self._device.secret, name)

    def _device_check(self, store_id: str) -> str:
        bound = bytes.fromhex(store_id) + self._device.mode.encode()
        return slots.expand(self._device.secret + bound, b"device-check").hex()

    def _checked(self, master_key: bytes) -> _Document:
        document = self._read()
        if not hmac.compare_digest(document.check, slots.derive(master_key, "check").hex()):
            raise WrongKeyError("This key belongs to another workstation.")
        return document

    def _read(self) -> _Document:
        for path in (self._path, self._previous):
            document = _read_generation(path)
            if document is not None:
                return document
        if self.exists:
            raise DamagedFileError(
                "The keystore is damaged. Put back the copy from a backup; the data are intact."
            )
        raise LockedError("This workstation is not set up yet.")

    def _write(self, document: _Document, *, forget: bool = False) -> None:
        current = _read_generation(self._path)
        if current is not None:
            write_whole(self._previous, [current.to_bytes()])
        write_whole(self._path, [document.to_bytes()])
        if forget:
            write_whole(self._previous, [document.to_bytes()])


def _read_generation(path: Path) -> _Document | None:
    try:
        return _Document.from_bytes(path.read_bytes())
    except OSError:
        return None
