"""Claims about ``device.json``: damaged or gone, it never costs the passwords in silence."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from app.errors import DamagedFileError, SignInError
from app.storage.device_secret import DeviceSecret
from tests.app.storage.test_keystore import Ring, keystore


def founded(folder: Path, ring: Ring) -> tuple[bytes, str]:
    """Make a keystore that Ann can open; return its master key and the recovery key."""
    master_key, printed = (store := keystore(folder, ring)).create()
    store.add_slot(master_key, "ann", "brume-lampe-7")
    return master_key, printed


DAMAGES = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:20]),
    "empty": lambda path: path.write_bytes(b""),
    "other": lambda path: path.write_text('{"installation": 3}'),
    "wiped": lambda path: path.write_bytes(bytes(90)),
    "bent": lambda path: path.write_text(path.read_text().replace('tion": "', 'tion": "0')),
    "unreadable": lambda path: (path.unlink(), path.mkdir()),
    "missing": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["device.json", "device.previous.json"])
def test_with_one_copy_of_the_device_record_damaged_passwords_still_open(
    tmp_path: Path, damage: str, name: str
) -> None:
    ring = Ring()
    master_key, _ = founded(tmp_path, ring)
    sound = (tmp_path / "device.json").read_bytes()
    DAMAGES[damage](tmp_path / name)
    left = (tmp_path / name).read_bytes() if (tmp_path / name).is_file() else None
    for _ in range(2):
        assert keystore(tmp_path, ring).unlock("ann", "brume-lampe-7") == master_key
    assert {(tmp_path / each).read_bytes() for each in ("device.json", name)} == {sound}
    kept = [path.read_bytes() for path in tmp_path.glob("device.replaced.*") if path.is_file()]
    assert kept == ([left] if left is not None else [])
    assert len(ring.held) == 1


def test_a_device_record_with_another_name_in_it_gives_way_to_the_copy(tmp_path: Path) -> None:
    ring = Ring()
    master_key, _ = founded(tmp_path, ring)
    path = tmp_path / "device.json"
    said = json.loads(path.read_bytes())
    path.write_text(json.dumps({**said, "installation": "0" * 32}))
    assert keystore(tmp_path, ring).unlock("ann", "brume-lampe-7") == master_key


@pytest.mark.parametrize("damage", DAMAGES)
def test_with_the_device_record_lost_nothing_is_replaced_until_the_recovery_key_is_given(
    tmp_path: Path, damage: str
) -> None:
    ring = Ring()
    master_key, printed = founded(tmp_path, ring)
    for name in ("device.json", "device.previous.json"):
        DAMAGES[damage](tmp_path / name)
    before = sorted(path.name for path in tmp_path.iterdir())
    store = keystore(tmp_path, ring)
    for act in (
        lambda: store.unlock("ann", "brume-lampe-7"),
        lambda: store.change_password("ann", "brume-lampe-7", "prune-tasse-8"),
        lambda: store.remove_slot("ann"),
        lambda: store.prepare_slot("bob", "brume-lampe-7"),
    ):
        with pytest.raises(DamagedFileError, match="missing" if damage == "missing" else "damaged"):
            act()
    assert "missing or damaged" in DeviceSecret(tmp_path, lambda: (ring,)).describe()
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert len(ring.held) == 1
    assert not store.device_fits
    assert store.unlock_with_recovery(printed) == master_key
    store.add_slot(master_key, "ann", "pluie-mardi-9")
    assert keystore(tmp_path, ring).unlock("ann", "pluie-mardi-9") == master_key
    assert len(list(tmp_path.glob("device.replaced.*"))) == (0 if damage == "missing" else 2)


@pytest.mark.parametrize("broken", [False, True])
def test_a_second_device_secret_is_never_made_beside_a_keystore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    """The broken variant decides anew where no record can be read: no password opens any more."""
    ring = Ring()
    founded(tmp_path, ring)
    if broken:
        monkeypatch.setattr(DeviceSecret, "_fault", lambda _: "")
    for name in ("device.json", "device.previous.json"):
        (tmp_path / name).rename(tmp_path / f"{name}.away")
    with pytest.raises(SignInError if broken else DamagedFileError):
        keystore(tmp_path, ring).unlock("ann", "brume-lampe-7")
    assert len(ring.held) == (2 if broken else 1)


def test_a_window_opened_before_the_keys_were_made_uses_them_and_makes_no_others(
    tmp_path: Path,
) -> None:
    ring = Ring()
    early = keystore(tmp_path, ring)
    master_key, _ = founded(tmp_path, ring)
    assert early.unlock("ann", "brume-lampe-7") == master_key
    assert len(ring.held) == 1


def test_a_folder_from_before_there_were_two_copies_gets_its_second(tmp_path: Path) -> None:
    for rings in ((Ring(),), ()):
        folder = tmp_path / str(len(rings))
        folder.mkdir()
        store = keystore(folder, *rings)
        master_key, _ = store.create()
        store.add_slot(master_key, "ann", "brume-lampe-7")
        (folder / "device.previous.json").unlink()
        assert keystore(folder, *rings).unlock("ann", "brume-lampe-7") == master_key
        assert (folder / "device.previous.json").exists()


def test_a_damaged_record_in_a_folder_without_data_stops_no_first_start(tmp_path: Path) -> None:
    (tmp_path / "device.json").write_bytes(b"{")
    founded(tmp_path, ring := Ring())
    assert keystore(tmp_path, ring).device_fits


def test_a_crash_at_any_step_of_mending_a_copy_leaves_a_record_that_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fail the n-th renaming for n = 1, 2, ... until the mending gets through."""
    ring = Ring()
    master_key, _ = founded(tmp_path, ring)
    rename = Path.replace
    for failing in itertools.count(1):
        (tmp_path / "device.json").write_bytes(b"{")
        calls = itertools.count(1)

        def fail(path: Path, target: Path, calls: Any = calls, nth: int = failing) -> Path:
            if next(calls) == nth:
                raise OSError("power cut")
            return rename(path, target)

        monkeypatch.setattr(Path, "replace", fail)
        assert keystore(tmp_path, ring).unlock("ann", "brume-lampe-7") == master_key
        monkeypatch.setattr(Path, "replace", rename)
        assert keystore(tmp_path, ring).unlock("ann", "brume-lampe-7") == master_key
        if next(calls) <= failing:
            break
    assert failing == 4
    assert len(ring.held) == 1
