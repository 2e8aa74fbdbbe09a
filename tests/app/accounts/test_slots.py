"""Key slots: who opens what, and that nothing can be bent."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from app.accounts import slots
from app.accounts.passwords import KdfCost
from app.accounts.slots import KeySlot, SealBrokenError
from app.errors import RecoveryKeyError

MASTER_KEY, DEVICE = bytes(range(32)), b"d" * 32


def made(mode: str = "keyring", device: bytes = DEVICE) -> KeySlot:
    slot, key = slots.new_slot("id", mode, KdfCost.TESTING, "brume-lampe-7", device)
    return slots.admit(slot, key, MASTER_KEY)


def test_password_and_device_together_open_the_master_key() -> None:
    slot = made()
    assert slots.open_master_key(slot, slots.kek("brume-lampe-7", DEVICE, slot)) == MASTER_KEY


@pytest.mark.parametrize(("password", "device"), [("other", DEVICE), ("brume-lampe-7", b"e" * 32)])
def test_neither_alone_opens_anything(password: str, device: bytes) -> None:
    slot = made()
    key = slots.kek(password, device, slot)
    for opened in (slots.open_master_key, slots.open_signing_key):
        with pytest.raises(SealBrokenError):
            opened(slot, key)


@pytest.mark.parametrize(
    "bent",
    [
        {"mode": "none"},
        {"id": "another"},
        {"cost": KdfCost(64, 2, 1)},
        {"salt": "00" * 16},
        {"public_key": "00" * 32},
    ],
)
def test_what_is_public_about_a_slot_is_bound_to_it(bent: dict[str, object]) -> None:
    slot = made()
    key = slots.kek("brume-lampe-7", DEVICE, slot)
    with pytest.raises(SealBrokenError):
        slots.open_master_key(replace(slot, **bent), key)  # type: ignore[arg-type]
    with pytest.raises(SealBrokenError):
        slots.open_signing_key(replace(slot, **bent), key)  # type: ignore[arg-type]


def test_the_key_that_wraps_the_master_key_opens_no_signing_key() -> None:
    slot, wrapping_key = slots.new_slot("id", "none", KdfCost.TESTING, "brume-lampe-7", b"")
    sealed = bytes.fromhex(slot.wrapped_signing_key)
    with pytest.raises(SealBrokenError):
        slots.unwrap(wrapping_key, sealed, slot.associated_data("signing"))


def test_signing_key_is_the_one_of_the_public_key() -> None:
    slot = made()
    own = slots.open_signing_key(slot, slots.kek("brume-lampe-7", DEVICE, slot))
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(slot.public_key))
    public.verify(own.sign(b"report"), b"report")


@pytest.mark.parametrize("values", [{}, {"cost": 1}, {**made().to_json(), "cost": {}}])
def test_what_is_no_slot_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(SealBrokenError):
        KeySlot.from_json(values)


def test_every_use_has_a_key_of_its_own() -> None:
    keys = {slots.derive(MASTER_KEY, label) for label in slots.LABELS}
    assert len(keys) == len(slots.LABELS)
    assert MASTER_KEY not in keys
    with pytest.raises(ValueError, match="no key"):
        slots.derive(MASTER_KEY, "something else")


@given(st.binary(min_size=32, max_size=32))
def test_recovery_key_survives_paper(secret: bytes) -> None:
    printed = slots.print_recovery_key(secret)
    assert [len(group) for group in printed.split("-")] == [4] * 14
    assert slots.read_recovery_key(printed) == secret
    typed = printed.lower().replace("-", " ").replace("o", "0").replace("i", "1")
    assert slots.read_recovery_key(typed.replace("b", "8")) == secret


@settings(max_examples=60)
@given(st.binary(min_size=32, max_size=32), st.integers(0, 55), st.sampled_from("ABCXYZ27"))
def test_one_slip_in_the_recovery_key_is_noticed(secret: bytes, at: int, letter: str) -> None:
    letters = slots.print_recovery_key(secret).replace("-", "")
    slipped = letters[:at] + letter + letters[at + 1 :]
    if slipped != letters:
        with pytest.raises(RecoveryKeyError):
            slots.read_recovery_key(slipped)


@pytest.mark.parametrize("text", ["", "ABCD", "!!!!" * 14, "A" * 57])
def test_what_is_no_recovery_key_is_refused(text: str) -> None:
    with pytest.raises(RecoveryKeyError):
        slots.read_recovery_key(text)


def test_only_the_master_key_opens_a_seal() -> None:
    private = slots.inbox_key(MASTER_KEY)
    sealed = slots.seal(private.public_key().public_bytes_raw(), b"a sign-up")
    assert slots.open_seal(private, sealed) == b"a sign-up"
    assert b"sign-up" not in sealed
    for bent in (sealed[:-1], sealed[:20], b"", bytes(32) + sealed[32:], sealed + b"x"):
        with pytest.raises(SealBrokenError):
            slots.open_seal(private, bent)
    with pytest.raises(SealBrokenError):
        slots.open_seal(slots.inbox_key(secrets.token_bytes(32)), sealed)
