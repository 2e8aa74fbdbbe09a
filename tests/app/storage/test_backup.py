"""Claims about backups of a data folder: whole or none, every byte checked, nothing readable."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from app.errors import BackupError
from app.records import SYSTEM
from app.storage import backup
from app.storage.backup import KEEP, Made, back_up
from app.storage.backup_check import Checked, verify
from app.storage.backup_folder import BackupFolder
from app.storage.restoring import restore
from app.storage.work import Storage
from tests.app.conftest import MASTER_KEY
from tests.app.storage.records import PATIENT, SERIES, STUDY

NOW = datetime(2026, 11, 28, 1, 2, 3, tzinfo=UTC)


def go(_fraction: float, _text: str, /) -> None:
    """Take progress and say nothing."""


def add_study(storage: Storage, number: int) -> str:
    """Keep a study with voxels of its own; return its pixel file's id."""
    uid = f"1.{number}"
    voxels = np.random.default_rng(number).integers(0, 4000, (4, 96, 96)).astype("<i2")
    file_id = storage.pixels.put(voxels, f"p{number}")
    with storage.begin(SYSTEM) as work:
        work.patients.put(replace(PATIENT, id=f"p{number}", mrn=f"M-{number}"))
        work.studies.put(replace(STUDY, uid=uid, patient_id=f"p{number}"))
        work.series.put(replace(SERIES, uid=uid + ".1", study_uid=uid, pixel_file=file_id))
        work.note("study.imported", uid, patient_id=f"p{number}")
    return file_id


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


@pytest.fixture
def full(storage: Storage) -> Storage:
    """A storage with two studies and a small file beside the database."""
    (storage.folder / "keystore.json").write_bytes(b"a keystore stands here")
    for number in range(2):
        add_study(storage, number)
    return storage


def made(storage: Storage, stick: Path, day: int = 0, **how: bool) -> Made:
    return back_up(storage, stick, NOW + timedelta(days=day), go, **how)


def checked(storage: Storage, stick: Path, generation: str = "") -> Checked:
    return verify(storage, stick, go, generation)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def folder_of(storage: Storage, stick: Path) -> BackupFolder:
    return BackupFolder.of(stick, storage.clinic_id())


def test_what_was_backed_up_comes_back_bit_for_bit(
    full: Storage, stick: Path, tmp_path: Path
) -> None:
    told = made(full, stick)
    assert checked(full, stick).faults == ()
    with full.begin(SYSTEM) as work:
        head = work.audit.head()
    pixels = files_of(full.folder / "pixels")
    restored = restore(stick, tmp_path / "new", go)
    assert (restored.generation, restored.left_out) == (told.generation, ())
    assert files_of(tmp_path / "new" / "pixels") == pixels
    again = Storage(tmp_path / "new", MASTER_KEY)
    with again.begin(SYSTEM) as work:
        assert work.audit.head() == head
        work.audit.verify()
        assert {one.study_uid for one in work.worklist.entries(limit=9)} == {"1.0", "1.1"}
        (series,) = work.series.of_study("1.1")
    assert np.array_equal(again.pixels.get(series.pixel_file), full.pixels.get(series.pixel_file))
    again.close()


def test_what_is_committed_but_still_in_the_write_ahead_log_is_in_the_backup(
    full: Storage, stick: Path, tmp_path: Path
) -> None:
    add_study(full, 7)
    assert (full.folder / "sagittal.db-wal").stat().st_size > 0
    made(full, stick)
    assert studies_in(stick, tmp_path) == {"1.0", "1.1", "1.7"}


def studies_in(stick: Path, tmp_path: Path, generation: str = "") -> set[str]:
    home = tmp_path / f"looked-into-{len(list(tmp_path.iterdir()))}"
    restore(stick, home, go, generation)
    storage = Storage(home, MASTER_KEY)
    with storage.begin(SYSTEM) as work:
        work.audit.verify()
        found = {one.study_uid for one in work.worklist.entries(limit=100)}
        series = [one for uid in found for one in work.series.of_study(uid)]
    for one in series:
        storage.pixels.get(one.pixel_file)
    storage.close()
    return found


def test_a_plain_copy_of_the_live_database_file_would_be_seen(
    full: Storage, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken variant: the file is copied as it lies there, without its log."""

    def copied(self: Storage, target: Path, beside: Callable[[int], None], _: object) -> None:
        beside(0)
        shutil.copyfile(self.folder / "sagittal.db", target)

    monkeypatch.setattr(Storage, "copy_to", copied)
    with pytest.raises((AssertionError, BackupError)):
        test_what_is_committed_but_still_in_the_write_ahead_log_is_in_the_backup(
            full, stick, tmp_path
        )


def test_work_goes_on_while_the_database_is_copied(full: Storage, stick: Path) -> None:
    """A study is added in the middle; it belongs to the next backup, and this one is whole."""
    added: list[str] = []

    def busy(_fraction: float, text: str, /) -> None:
        if text == "Copying the database" and not added:
            added.append(add_study(full, 5))

    back_up(full, stick, NOW, busy)
    assert added
    assert checked(full, stick).sound
    assert made(full, stick, 1).new_files == 1


def test_a_second_backup_copies_only_what_is_new(full: Storage, stick: Path) -> None:
    assert made(full, stick).new_files == 2
    again = made(full, stick, 1)
    assert (again.new_files, again.new_bytes) == (0, 0)
    add_study(full, 2)
    assert made(full, stick, 2).new_files == 1
    assert len(list((folder_of(full, stick).root / "pixels").glob("??/*"))) == 3


def test_seven_generations_are_kept_and_images_only_older_ones_held_go(
    full: Storage, stick: Path, tmp_path: Path
) -> None:
    made(full, stick)
    with full.begin(SYSTEM) as work:
        (series,) = work.series.of_study("1.0")
        work.series.put(replace(series, pixel_file=""))
    pixel = folder_of(full, stick).root / "pixels" / series.pixel_file[:2] / series.pixel_file
    for day in range(1, KEEP):
        made(full, stick, day)
    assert pixel.exists()
    assert len(folder_of(full, stick).generations()) == KEEP
    made(full, stick, KEEP)
    numbers = [one.name[:6] for one in folder_of(full, stick).generations()]
    assert numbers == [f"{number:06d}" for number in range(KEEP + 1, 1, -1)]
    assert not pixel.exists()
    assert all(checked(full, stick, one.name).sound for one in folder_of(full, stick).generations())


def test_nothing_is_readable_in_a_backup(full: Storage, stick: Path) -> None:
    made(full, stick)
    for path, data in files_of(stick).items():
        for word in (b"CANARY", b"ZEBRA", b"MR brain", b"SQLite format"):
            assert word not in data, path
    assert folder_of(full, stick).root.stat().st_mode & 0o777 == 0o700


def every_file(storage: Storage, stick: Path) -> list[Path]:
    return sorted(path for path in folder_of(storage, stick).root.rglob("*") if path.is_file())


def test_a_single_changed_byte_anywhere_is_found(full: Storage, stick: Path) -> None:
    made(full, stick)
    rng = np.random.default_rng(3)
    everything = every_file(full, stick)
    assert len(everything) >= 6
    for path in everything:
        sound = path.read_bytes()
        for place in {0, len(sound) - 1, *rng.integers(0, len(sound), 6).tolist()}:
            broken = bytearray(sound)
            broken[place] ^= 1 << int(rng.integers(0, 8))
            path.write_bytes(broken)
            assert not checked(full, stick).sound, (path.name, place)
        path.write_bytes(sound[:-1])
        assert not checked(full, stick).sound, path.name
        path.unlink()
        assert not checked(full, stick).sound, path.name
        path.write_bytes(sound)
    assert checked(full, stick).sound


def test_a_list_somebody_else_wrote_is_found(full: Storage, stick: Path) -> None:
    """Whoever changes a file and makes the list fit has not the key that seals it."""
    made(full, stick)
    generation = folder_of(full, stick).generations()[0]
    manifest = backup.read_manifest(generation)
    forged = replace(manifest, files=manifest.files[:1]).to_bytes(bytes(32))
    (generation / "manifest.json").write_bytes(forged)
    assert any("not made by this clinic" in fault for fault in checked(full, stick).faults)


def test_a_list_that_leads_out_of_the_home_is_refused(
    full: Storage, stick: Path, tmp_path: Path
) -> None:
    made(full, stick)
    generation = folder_of(full, stick).generations()[0]
    manifest = backup.read_manifest(generation)
    for path in ("../outside", "/etc/passwd", "pixels/../../x", "inbox/../x.sealed", "a\\b"):
        one = replace(manifest.files[0], path=path)
        (generation / "manifest.json").write_bytes(replace(manifest, files=(one,)).to_bytes(b""))
        with pytest.raises(BackupError, match="damaged"):
            restore(stick, tmp_path / "new", go)
    assert not (tmp_path / "new").exists()


def refusal(act: Callable[[], object]) -> str:
    """Return what the act was refused with, or an empty text."""
    try:
        act()
    except BackupError as error:
        return str(error)
    return ""


class Fault:
    """Lets the n-th call that writes fail, as a full disk or a pulled stick does."""

    NAMES = ("write", "fsync", "replace", "rename", "mkdir", "open")

    def __init__(self, patch: pytest.MonkeyPatch, stick: Path, at: int, code: int) -> None:
        self.left, self.hit, self._code, self._stick = at, False, code, stick
        for name in self.NAMES:
            patch.setattr(os, name, self._failing(getattr(os, name)))

    def _failing(self, call: Callable[..., object]) -> Callable[..., object]:
        def fails(*given: object, **named: object) -> object:
            self.left -= 1
            if self.left <= 0 and (self.left == 0 or self._code == errno.EIO):
                self.hit = True
                raise OSError(self._code, os.strerror(self._code))
            return call(*given, **named)

        return fails


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["full", "pulled"])
def test_a_write_error_at_any_step_leaves_the_last_generation_whole(
    full: Storage, stick: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The n-th call fails, for every n until a backup goes through; after EIO all others too."""
    first = made(full, stick).generation
    add_study(full, 3)
    for at in range(1, 200):
        with monkeypatch.context() as patch:
            fault = Fault(patch, stick, at, code)
            said = refusal(partial(made, full, stick, at))
        assert said == "" or "untouched" in said
        if not fault.hit:
            break
        assert checked(full, stick, first).sound
        assert checked(full, stick).sound
    assert 15 < at < 199
    assert studies_in(stick, stick.parent) == {"1.0", "1.1", "1.3"}


def test_a_disk_that_fills_while_the_database_is_copied_is_told(
    full: Storage, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = made(full, stick).generation

    def fills(_held: object, target: Path, *_: object) -> None:
        target.write_bytes(b"half")
        raise backup.sqlcipher.OperationalError("database or disk is full")

    monkeypatch.setattr("app.storage.work.copy_snapshot", fills)
    with pytest.raises(BackupError, match="full"):
        made(full, stick, 1)
    assert [one.name for one in folder_of(full, stick).generations()] == [first]
    assert folder_of(full, stick).leftovers() == ()


def test_too_little_room_is_told_before_anything_is_copied(
    full: Storage, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(stick)._replace(free=1_000_000)
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(BackupError, match="room"):
        made(full, stick)
    assert every_file(full, stick) == []


def test_a_backup_that_is_stopped_counts_for_nothing_and_what_was_copied_is_not_copied_again(
    full: Storage, stick: Path
) -> None:
    class StopError(Exception):
        pass

    copied: list[float] = []

    def stop(fraction: float, text: str, /) -> None:
        if text == "Copying images":
            copied.append(fraction)
        if len(copied) == 2:
            raise StopError

    with pytest.raises(StopError):
        back_up(full, stick, NOW, stop)
    assert folder_of(full, stick).generations() == ()
    assert folder_of(full, stick).leftovers() == ()
    assert made(full, stick).new_files == 1
    assert checked(full, stick).sound


def test_a_folder_whose_disk_is_not_connected_is_never_begun_anew(
    full: Storage, stick: Path
) -> None:
    with pytest.raises(BackupError, match="not there"):
        made(full, stick, begun=True)
    assert list(stick.iterdir()) == []
    with pytest.raises(BackupError, match="connected"):
        made(full, stick / "away")
    with pytest.raises(BackupError, match="inside"):
        made(full, full.folder)


def test_damage_in_the_backup_is_healed_from_the_workstation(full: Storage, stick: Path) -> None:
    made(full, stick)
    image = next(folder_of(full, stick).root.glob("pixels/??/*"))
    image.write_bytes(bytes(image.stat().st_size))
    assert not checked(full, stick).sound
    assert made(full, stick, 1, reread=True).new_files == 1
    assert checked(full, stick).sound


def test_an_image_the_workstation_has_lost_does_not_stop_the_backup(
    full: Storage, stick: Path, tmp_path: Path
) -> None:
    """One that was backed up before is kept; one that never was is told."""
    made(full, stick)
    late = add_study(full, 4)
    for image in (full.folder / "pixels").glob("??/*"):
        image.unlink()
    assert made(full, stick, 1).missing == 1
    told = checked(full, stick)
    assert (told.faults, told.missing) == ((), 1)
    restored = restore(stick, tmp_path / "new", go)
    assert restored.left_out == (late,)
    assert len(list((tmp_path / "new" / "pixels").glob("??/*"))) == 2


def test_an_image_the_workstations_disk_cannot_read_any_more_does_not_stop_the_backup(
    full: Storage, stick: Path
) -> None:
    image = next((full.folder / "pixels").glob("??/*"))
    image.unlink()
    image.mkdir()  # reading it fails, as a bad sector does
    told = made(full, stick)
    assert (told.files, told.missing) == (1, 1)
    assert checked(full, stick).sound


def test_a_damaged_image_takes_no_other_with_it(full: Storage, stick: Path, tmp_path: Path) -> None:
    made(full, stick)
    image = next(folder_of(full, stick).root.glob("pixels/??/*"))
    image.write_bytes(image.read_bytes()[:-1] + b"x")
    assert restore(stick, tmp_path / "new", go).left_out == (image.name,)
    assert len(list((tmp_path / "new" / "pixels").glob("??/*"))) == 1


def test_a_damaged_database_is_not_restored_and_an_older_one_can_be_named(
    full: Storage, stick: Path, tmp_path: Path
) -> None:
    made(full, stick)
    made(full, stick, 1)
    database = folder_of(full, stick).generations()[0] / "sagittal.db"
    database.write_bytes(database.read_bytes()[:-1] + b"x")
    with pytest.raises(BackupError, match="older"):
        restore(stick, tmp_path / "new", go)
    assert not (tmp_path / "new").exists()
    assert restore(stick, tmp_path / "new", go, "1").generation.startswith("000001")


def test_a_home_with_anything_in_it_is_never_restored_over(
    full: Storage, stick: Path, tmp_path: Path
) -> None:
    made(full, stick)
    home = tmp_path / "new"
    home.mkdir()
    (home / "x").write_text("mine")
    with pytest.raises(BackupError, match="not empty"):
        restore(stick, home, go)
    assert files_of(home) == {"x": b"mine"}
    with pytest.raises(BackupError, match="not empty"):
        restore(stick, full.folder, go)
    (home / "x").unlink()
    assert restore(stick, home, go).home == home


def test_a_write_error_while_restoring_leaves_no_half_home(
    full: Storage, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(full, stick)
    for at in range(1, 200):
        with monkeypatch.context() as patch:
            fault = Fault(patch, tmp_path, at, errno.ENOSPC)
            said = refusal(lambda: restore(stick, tmp_path / "new", go))
        if said:
            assert (tmp_path / "new").exists() == ("very end" in said)
        if not fault.hit:
            break
        shutil.rmtree(tmp_path / "new", ignore_errors=True)
        shutil.rmtree(tmp_path / "new.restoring", ignore_errors=True)
    assert at > 15


def test_backups_of_two_clinics_in_one_folder_are_told_apart(
    full: Storage, stick: Path, tmp_path: Path
) -> None:
    made(full, stick)
    other = Storage(tmp_path / "other", bytes(32))
    back_up(other, stick, NOW, go)
    with pytest.raises(BackupError, match="several"):
        restore(stick, tmp_path / "new", go)
    restore(folder_of(other, stick).root, tmp_path / "new", go)
    with pytest.raises(BackupError, match="no backup"):
        verify(other, stick / "nowhere", go)
    other.close()
