"""Pixel files: what comes back is what went in, or nothing does."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from app.errors import DamagedFileError, DiskFullError
from app.records import SYSTEM
from app.storage import pixels
from app.storage.work import Storage
from inference.records import Attribution
from tests.app.conftest import MASTER_KEY
from tests.app.storage.records import PATIENT, RUN, SERIES, STUDY

CHUNK = 256 * 1024
kinds = st.sampled_from(["<i2", ">i2", "<u2", "|u1", "<f4", "<f2", "<f8", "|b1", "<c8", "<i8"])


def path_of(storage: Storage, file_id: str) -> Path:
    return storage.pixels._folder / file_id[:2] / file_id


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kinds.flatmap(
        lambda kind: nps.arrays(kind, nps.array_shapes(min_dims=0, max_dims=4, min_side=0))
    )
)
def test_array_comes_back_bit_by_bit(storage: Storage, array: np.ndarray) -> None:
    back = storage.pixels.get(storage.pixels.put(array, "p"))
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_lengths_around_the_chunk_come_back(storage: Storage, length: int) -> None:
    data = np.random.default_rng(1).bytes(length)
    file_id = storage.pixels.put_bytes(data, "p")
    assert storage.pixels.get_bytes(file_id) == data


def test_a_view_of_a_larger_array_is_stored_as_seen(storage: Storage) -> None:
    volume = np.arange(2 * 3 * 4, dtype="<i2").reshape(2, 3, 4)
    seen = volume[:, ::-1, ::2]
    assert np.array_equal(storage.pixels.get(storage.pixels.put(seen, "p")), seen)


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([object()]), np.zeros([1] * 9)])
def test_what_is_no_pixels_is_refused(storage: Storage, array: np.ndarray) -> None:
    with pytest.raises(ValueError, match="no pixels"):
        storage.pixels.put(array, "p")


@pytest.fixture
def three_chunks(storage: Storage) -> tuple[str, Path, bytes]:
    array = np.random.default_rng(2).integers(0, 255, 2 * CHUNK + 500, np.uint8)
    file_id = storage.pixels.put(array, "p")
    path = path_of(storage, file_id)
    return file_id, path, path.read_bytes()


def test_every_flipped_bit_is_noticed(
    storage: Storage, three_chunks: tuple[str, Path, bytes]
) -> None:
    file_id, path, sound = three_chunks
    rng = np.random.default_rng(3)
    header = range(100)  # all of it
    for at in (*header, *rng.integers(0, len(sound), 100)):
        bent = bytearray(sound)
        bent[at] ^= 1 << int(rng.integers(8))
        path.write_bytes(bent)
        with pytest.raises(DamagedFileError):
            storage.pixels.get(file_id)
    path.write_bytes(sound)
    storage.pixels.get(file_id)


def test_cut_grown_and_reordered_files_are_noticed(
    storage: Storage, three_chunks: tuple[str, Path, bytes]
) -> None:
    file_id, path, sound = three_chunks
    sealed = CHUNK + 16
    start = len(sound) - 2 * sealed - 516
    head, one, two, tail = (
        sound[:start],
        sound[start : start + sealed],
        sound[start + sealed : start + 2 * sealed],
        sound[start + 2 * sealed :],
    )
    for bent in (
        b"",
        sound[:40],
        sound[:-1],
        sound + b"x",
        head + one + two,
        head + two + one + tail,
        head + one + one + tail,
        b"\0" * len(sound),
    ):
        path.write_bytes(bent)
        with pytest.raises(DamagedFileError):
            storage.pixels.get(file_id)


def test_one_file_in_anothers_place_is_noticed(storage: Storage) -> None:
    mine, yours = (storage.pixels.put(np.arange(9), patient) for patient in ("p", "p"))
    shutil.copy(path_of(storage, yours), path_of(storage, mine))
    with pytest.raises(DamagedFileError):
        storage.pixels.get(mine)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 16, "0" * 31, "0" * 32])
def test_no_name_leads_out_of_the_folder_or_to_nothing(storage: Storage, name: str) -> None:
    with pytest.raises(DamagedFileError):
        storage.pixels.get(name)


def test_erasing_a_patients_key_makes_the_files_unreadable(storage: Storage) -> None:
    mine, yours = (storage.pixels.put(np.arange(9), patient) for patient in ("p1", "p2"))
    with storage.begin(SYSTEM) as work:
        work.audit._connection.exec_driver_sql("DELETE FROM pixel_key WHERE patient_id = 'p1'")
    with pytest.raises(DamagedFileError):
        storage.pixels.get(mine)
    assert storage.pixels.get(yours).shape == (9,)


def test_another_patients_wrapped_key_does_not_fit(storage: Storage) -> None:
    mine = storage.pixels.put(np.arange(9), "p1")
    storage.pixels.put(np.arange(9), "p2")
    with storage.begin(SYSTEM) as work:
        work.audit._connection.exec_driver_sql(
            "UPDATE pixel_key SET wrapped = (SELECT wrapped FROM pixel_key WHERE patient_id = 'p2')"
        )
    with pytest.raises(DamagedFileError):
        storage.pixels.get(mine)


def test_files_put_inside_a_work_stay_readable_after_it(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work:
        file_id = storage.pixels.put(np.arange(9), "new patient")
        assert storage.pixels.get(file_id).shape == (9,)
        work.note("study.imported", "1.2")
    assert storage.pixels.get(file_id).shape == (9,)


def test_progress_is_told_and_may_cancel_without_leaving_a_trace(storage: Storage) -> None:
    array = np.zeros(5 * CHUNK, np.uint8)
    told: list[float] = []
    storage.pixels.put(array, "p", lambda fraction, _text: told.append(fraction))
    assert told == [0.2, 0.4, 0.6, 0.8, 1.0]
    before = set(storage.pixels._folder.rglob("*"))

    def cancel(fraction: float, _text: str) -> None:
        if fraction > 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        storage.pixels.put(array, "p", cancel)
    left = set(storage.pixels._folder.rglob("*")) - before
    assert not [path for path in left if path.is_file()]


def test_full_disk_is_told_and_leaves_nothing(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int, _data: object) -> int:
        raise OSError(errno.ENOSPC, "no space left on device")

    kept = storage.pixels.put(np.arange(9), "p")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(DiskFullError, match="make room"):
            storage.pixels.put(np.arange(9), "p")
    files = [path.name for path in storage.pixels._folder.rglob("*") if path.is_file()]
    assert files == [kept]


def test_an_import_larger_than_the_free_space_is_refused_at_once(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(storage.pixels._folder)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DiskFullError, match="nearly full"):
        storage.pixels.put(np.arange(9), "p")


def test_short_writes_are_finished(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, bytes(data[:10_007])))
    array = np.arange(CHUNK, dtype="<i4")
    assert np.array_equal(storage.pixels.get(storage.pixels.put(array, "p")), array)


def test_sweep_takes_old_parts_and_orphans_and_nothing_else(tmp_path: Path) -> None:
    storage = Storage(tmp_path, MASTER_KEY)
    named = [storage.pixels.put(np.arange(3), "p") for _ in range(4)]
    orphan, young = (storage.pixels.put(np.arange(3), "p") for _ in range(2))
    with storage.begin(SYSTEM) as work:
        work.patients.put(PATIENT)
        work.studies.put(STUDY)
        work.series.put(replace(SERIES, pixel_file=named[0], header_file=named[1]))
        heat = Attribution("cam", "last", (8, 8), {}, named[3])
        work.runs.put(replace(RUN, label_file=named[2], attribution=heat))
    part = path_of(storage, orphan).with_name("x.part")
    part.touch()
    fresh_part = path_of(storage, young).with_name("y.part")
    fresh_part.touch()
    for path in (*(path_of(storage, one) for one in (*named, orphan)), part):
        os.utime(path, (1, 1))
    storage.close()
    storage = Storage(tmp_path, MASTER_KEY)
    assert all(path_of(storage, one).exists() for one in (*named, young))
    assert fresh_part.exists()
    assert not part.exists()
    assert not path_of(storage, orphan).exists()
    assert storage.sweep() == 0
    storage.close()


def test_chunk_counters_are_what_binds_the_order(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken variant: with one nonce for all chunks a swap would pass unseen."""
    monkeypatch.setattr(pixels, "_nonce", lambda _index, *, last: bytes(12))
    array = np.random.default_rng(2).integers(0, 255, 2 * CHUNK, np.uint8)
    file_id = storage.pixels.put(array, "p")
    path = path_of(storage, file_id)
    sound = path.read_bytes()
    sealed = CHUNK + 16
    path.write_bytes(sound[: -2 * sealed] + sound[-sealed:] + sound[-2 * sealed : -sealed])
    swapped = storage.pixels.get(file_id)
    assert not np.array_equal(swapped, array)
