"""The keystore: who gets in, who does not, and what survives."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringLocked, NoKeyringError

from app.accounts import passwords, slots
from app.accounts.passwords import KdfCost
from app.errors import (
    AccountError,
    DamagedFileError,
    LockedError,
    RecoveryKeyError,
    SignInError,
    UsernameTakenError,
    WrongKeyError,
)
from app.storage.device_secret import DeviceSecret, system_keyrings
from app.storage.keystore import Keystore


class Ring:
    """A keyring in memory."""

    priority = 5

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.held[service, name] = secret

    def get_password(self, service: str, name: str) -> str | None:
        return self.held.get((service, name))


class BrokenRing(Ring):
    """A keyring nobody unlocks."""

    def set_password(self, service: str, name: str, secret: str) -> None:
        raise KeyringLocked

    def get_password(self, service: str, name: str) -> str | None:
        raise NoKeyringError


class ForgetfulRing(Ring):
    """A keyring that says yes and keeps nothing."""

    def get_password(self, service: str, name: str) -> str | None:
        return None


def keystore(folder: Path, *rings: Ring) -> Keystore:
    return Keystore(folder, DeviceSecret(folder, lambda: rings), KdfCost.TESTING)


def test_right_password_opens_and_everything_else_fails_alike(fast_keystore: Keystore) -> None:
    master_key, _ = fast_keystore.create()
    fast_keystore.add_slot(master_key, "Ann", "brume-lampe-7")
    assert fast_keystore.unlock(" ANN", "brume-lampe-7") == master_key
    messages = set()
    for name, password in [("Ann", "wrong"), ("Bob", "brume-lampe-7"), ("", "")]:
        for attempt in (fast_keystore.unlock, fast_keystore.signing_key):
            with pytest.raises(SignInError) as caught:
                attempt(name, password)
            messages.add(str(caught.value))
    assert len(messages) == 1


def test_an_unknown_name_costs_the_same_derivation(
    fast_keystore: Keystore, monkeypatch: pytest.MonkeyPatch
) -> None:
    master_key, _ = fast_keystore.create()
    fast_keystore.add_slot(master_key, "ann", "brume-lampe-7")
    costs: list[KdfCost] = []

    def counted(password: str, salt: bytes, cost: KdfCost) -> bytes:
        costs.append(cost)
        return passwords.stretch(password, salt, cost)

    monkeypatch.setattr(slots, "stretch", counted)
    for name in ("ann", "nobody"):
        with pytest.raises(SignInError):
            fast_keystore.unlock(name, "wrong")
    assert costs == [KdfCost.TESTING, KdfCost.TESTING]


def test_each_has_a_signing_key_that_others_cannot_open(fast_keystore: Keystore) -> None:
    master_key, _ = fast_keystore.create()
    public = fast_keystore.add_slot(master_key, "ann", "brume-lampe-7")
    fast_keystore.add_slot(master_key, "bob", "lampe-brume-8")
    own = fast_keystore.signing_key("ann", "brume-lampe-7")
    assert own.public_key().public_bytes_raw().hex() == public
    with pytest.raises(SignInError):
        fast_keystore.signing_key("ann", "lampe-brume-8")


def test_changed_password_opens_the_same_keys_and_the_old_one_nothing(
    fast_keystore: Keystore,
) -> None:
    master_key, _ = fast_keystore.create()
    public = fast_keystore.add_slot(master_key, "ann", "brume-lampe-7")
    with pytest.raises(SignInError):
        fast_keystore.change_password("ann", "wrong", "x")
    fast_keystore.change_password("ann", "brume-lampe-7", "pluie-mardi-9")
    assert fast_keystore.unlock("ann", "pluie-mardi-9") == master_key
    own = fast_keystore.signing_key("ann", "pluie-mardi-9")
    assert own.public_key().public_bytes_raw().hex() == public
    fast_keystore._path.write_bytes(b"")  # not even through the older generation
    with pytest.raises(SignInError):
        fast_keystore.unlock("ann", "brume-lampe-7")


def test_removed_slot_opens_nothing_even_from_the_older_generation(
    fast_keystore: Keystore,
) -> None:
    master_key, _ = fast_keystore.create()
    fast_keystore.add_slot(master_key, "ann", "brume-lampe-7")
    fast_keystore.remove_slot("ann")
    fast_keystore.remove_slot("nobody")
    with pytest.raises(SignInError):
        fast_keystore.unlock("ann", "brume-lampe-7")
    fast_keystore._path.unlink()
    with pytest.raises(SignInError):
        fast_keystore.unlock("ann", "brume-lampe-7")


def test_recovery_key_opens_and_another_ones_does_not(
    fast_keystore: Keystore, tmp_path: Path
) -> None:
    master_key, printed = fast_keystore.create()
    assert fast_keystore.unlock_with_recovery(printed.lower()) == master_key
    _, others = keystore(tmp_path / "other").create()
    with pytest.raises(RecoveryKeyError, match="another workstation"):
        fast_keystore.unlock_with_recovery(others)
    with pytest.raises(RecoveryKeyError, match="slip"):
        fast_keystore.unlock_with_recovery(printed[:-1] + ("A" if printed[-1] != "A" else "B"))


def test_a_keystore_is_never_created_over_another(fast_keystore: Keystore) -> None:
    assert not fast_keystore.exists
    with pytest.raises(LockedError):
        fast_keystore.unlock("ann", "x")
    fast_keystore.create()
    assert fast_keystore.exists
    with pytest.raises(AccountError):
        fast_keystore.create()


def test_one_name_has_one_slot_and_a_foreign_key_gives_none(fast_keystore: Keystore) -> None:
    master_key, _ = fast_keystore.create()
    fast_keystore.add_slot(master_key, "ann", "brume-lampe-7")
    with pytest.raises(UsernameTakenError):
        fast_keystore.add_slot(master_key, "ANN", "another one")
    with pytest.raises(WrongKeyError):
        fast_keystore.add_slot(bytes(32), "bob", "another one")


def test_the_files_list_nobody_and_are_private(fast_keystore: Keystore) -> None:
    master_key, printed = fast_keystore.create()
    fast_keystore.add_slot(master_key, "zebrafinch", "brume-lampe-7")
    fast_keystore.seal_sign_up({"username": "zebrafinch", "name": "CANARY"})
    files = [path for path in fast_keystore._path.parent.rglob("*") if path.is_file()]
    assert len(files) == 5
    for path in files:
        data = path.read_bytes().lower()
        for secret in (b"zebrafinch", b"canary", master_key.hex().encode(), printed[:9].encode()):
            assert secret.lower() not in data
        assert path.stat().st_mode & 0o077 == 0


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Keystore, bytes, bytes]:
    store = keystore(tmp_path_factory.mktemp("flip"))
    master_key, _ = store.create()
    store.add_slot(master_key, "ann", "brume-lampe-7")
    store.remove_slot("nobody")  # both generations now hold ann
    return store, master_key, store._path.read_bytes()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 10**6), st.integers(1, 255))
def test_any_damaged_byte_gives_way_to_the_generation_before(
    filled: tuple[Keystore, bytes, bytes], at: int, flip: int
) -> None:
    store, master_key, sound = filled
    bent = bytearray(sound)
    bent[at % len(sound)] ^= flip
    store._path.write_bytes(bent)
    assert store.unlock("ann", "brume-lampe-7") == master_key


def test_cut_newest_generation_is_replaced_and_never_pushed_over_the_sound_one(
    fast_keystore: Keystore,
) -> None:
    master_key, _ = fast_keystore.create()
    fast_keystore.add_slot(master_key, "ann", "brume-lampe-7")
    fast_keystore.add_slot(master_key, "bob", "brume-lampe-8")
    fast_keystore._path.write_bytes(fast_keystore._path.read_bytes()[:100])
    assert fast_keystore.unlock("ann", "brume-lampe-7") == master_key
    fast_keystore.add_slot(master_key, "cid", "brume-lampe-9")
    fast_keystore._path.write_bytes(b"{}")
    assert fast_keystore.unlock("ann", "brume-lampe-7") == master_key


def test_with_both_generations_damaged_nothing_is_created_anew(fast_keystore: Keystore) -> None:
    fast_keystore.create()
    fast_keystore._path.write_bytes(b"x")
    fast_keystore._previous.write_bytes(b"x")
    assert fast_keystore.exists
    with pytest.raises(DamagedFileError, match="backup"):
        fast_keystore.unlock("ann", "x")
    with pytest.raises(AccountError):
        fast_keystore.create()


def test_a_crash_at_any_step_of_a_write_leaves_a_keystore_that_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fail the n-th file operation for n = 1, 2, ... until a write gets through."""
    store = keystore(tmp_path)
    master_key, _ = store.create()
    store.add_slot(master_key, "ann", "brume-lampe-7")
    replace = Path.replace
    for failing in itertools.count(1):
        calls = itertools.count(1)

        def fail(path: Path, target: Path, calls: Any = calls, nth: int = failing) -> Path:
            if next(calls) == nth:
                raise OSError("power cut")
            return replace(path, target)

        monkeypatch.setattr(Path, "replace", fail)
        try:
            store.remove_slot("nobody")
        except OSError:
            assert keystore(tmp_path).unlock("ann", "brume-lampe-7") == master_key
            assert not list(tmp_path.glob("*.part"))
        else:
            break
    assert failing == 4


def test_staff_sign_up_is_admitted_without_its_password(fast_keystore: Keystore) -> None:
    master_key, _ = fast_keystore.create()
    material = fast_keystore.prepare_slot("bob", "brume-lampe-7")
    fast_keystore.seal_sign_up({"username": "bob", "slot": material})
    with pytest.raises(SignInError):
        fast_keystore.unlock("bob", "brume-lampe-7")
    ((path, payload),) = fast_keystore.open_sign_ups(master_key)
    assert "brume" not in json.dumps(payload)
    public = fast_keystore.admit_slot(master_key, payload["slot"])
    assert fast_keystore.unlock("bob", "brume-lampe-7") == master_key
    own = fast_keystore.signing_key("bob", "brume-lampe-7")
    assert own.public_key().public_bytes_raw().hex() == public
    assert fast_keystore.admit_slot(master_key, payload["slot"]) == public
    another = fast_keystore.prepare_slot("bob", "prune-tasse-8")
    with pytest.raises(UsernameTakenError):
        fast_keystore.admit_slot(master_key, another)
    path.unlink()
    assert fast_keystore.open_sign_ups(master_key) == ()


def test_an_application_that_is_bent_or_cheap_is_refused(tmp_path: Path) -> None:
    store = keystore(tmp_path)
    master_key, _ = store.create()
    material = store.prepare_slot("bob", "brume-lampe-7")
    for bent in ({}, {**material, "wrapping_key": "zz"}, {**material, "slot": {}}):
        with pytest.raises(AccountError, match="Ask for a new one"):
            store.admit_slot(master_key, bent)
    dear = Keystore(tmp_path, DeviceSecret(tmp_path, tuple), KdfCost(128, 1, 1))
    with pytest.raises(AccountError, match="elsewhere"):
        dear.admit_slot(master_key, material)


def test_sign_ups_come_oldest_first_and_rubbish_in_the_inbox_harms_none(
    fast_keystore: Keystore,
) -> None:
    master_key, _ = fast_keystore.create()
    assert fast_keystore.open_sign_ups(master_key) == ()
    for number in range(3):
        fast_keystore.seal_sign_up({"number": number})
    (fast_keystore._inbox / "junk.sealed").write_bytes(b"junk")
    (fast_keystore._inbox / "huge.sealed").write_bytes(bytes(100_000))
    opened = fast_keystore.open_sign_ups(master_key)
    assert [payload["number"] for _, payload in opened] == [0, 1, 2]
    with pytest.raises(WrongKeyError):
        fast_keystore.open_sign_ups(bytes(32))


def test_a_copied_disk_without_the_keyring_opens_with_no_password(tmp_path: Path) -> None:
    ring = Ring()
    store = keystore(tmp_path, ring)
    master_key, printed = store.create()
    store.add_slot(master_key, "ann", "brume-lampe-7")
    assert keystore(tmp_path, ring).unlock("ann", "brume-lampe-7") == master_key
    for thief in (keystore(tmp_path), keystore(tmp_path, Ring()), keystore(tmp_path, BrokenRing())):
        assert not thief.device_fits
        with pytest.raises(SignInError):
            thief.unlock("ann", "brume-lampe-7")
    lost = keystore(tmp_path, new := Ring())
    assert lost.unlock_with_recovery(printed) == master_key
    lost.remove_slot("ann")
    lost.add_slot(master_key, "ann", "pluie-mardi-9")
    assert keystore(tmp_path, new).unlock("ann", "pluie-mardi-9") == master_key
    with pytest.raises(SignInError):
        keystore(tmp_path, ring).unlock("ann", "brume-lampe-7")


def test_the_first_keyring_that_really_keeps_is_used_and_recorded(tmp_path: Path) -> None:
    ring = Ring()
    device = DeviceSecret(tmp_path, lambda: (BrokenRing(), ForgetfulRing(), ring))
    assert device.describe() == "not set up yet"
    assert len(device.secret) == 32
    assert device.mode == "keyring"
    assert list(ring.held.values()) == [device.secret.hex()]
    again = DeviceSecret(tmp_path, lambda: (ring,))
    assert again.secret == device.secret
    assert again.backend == device.backend != ""
    assert "keyring" in again.describe()
    assert device.secret.hex() not in (tmp_path / "device.json").read_text()


@pytest.mark.parametrize("rings", [(), (BrokenRing(),), (ForgetfulRing(),)])
def test_without_a_keyring_the_password_stands_alone_and_costs_more(
    tmp_path: Path, rings: tuple[Ring, ...]
) -> None:
    device = DeviceSecret(tmp_path, lambda: rings)
    assert (device.mode, device.secret) == ("none", b"")
    assert "password only" in device.describe()
    assert Keystore(tmp_path, device)._cost() == KdfCost.PASSWORD_ONLY
    assert Keystore(tmp_path, device, KdfCost.TESTING)._cost() == KdfCost.TESTING


def test_the_environment_may_choose_password_only_and_never_a_cheaper_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGITTAL_KEYRING", "none")
    device = DeviceSecret(tmp_path, lambda: (Ring(),))
    assert device.mode == "none"
    assert Keystore(tmp_path, device)._cost() == KdfCost.PASSWORD_ONLY


def test_the_environment_cannot_open_a_keyring_keystore_without_its_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring()
    master_key, _ = (store := keystore(tmp_path, ring)).create()
    store.add_slot(master_key, "ann", "brume-lampe-7")
    monkeypatch.setenv("SAGITTAL_KEYRING", "none")
    with pytest.raises(SignInError):
        keystore(tmp_path, ring).unlock("ann", "brume-lampe-7")


def test_plaintext_and_chained_keyrings_are_never_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    plaintext = type("PlaintextKeyring", (Ring,), {"__module__": "keyrings.alt.file"})()
    good = type("Keyring", (Ring,), {"__module__": "keyring.backends.SecretService"})()
    monkeypatch.setattr(
        "keyring.backend.get_all_keyring", lambda: [plaintext, ChainerBackend(), good]
    )
    assert list(system_keyrings()) == [good]


def test_production_cost_opens_within_reason(tmp_path: Path) -> None:
    device = DeviceSecret(tmp_path, lambda: (Ring(),))
    store = Keystore(tmp_path, device)
    master_key, _ = store.create()
    store.add_slot(master_key, "ann", "brume-lampe-7")
    assert store.unlock("ann", "brume-lampe-7") == master_key
    slot = store._read().slots[0]
    assert slot.cost == KdfCost.PRODUCTION
    assert slot.mode == "keyring"
