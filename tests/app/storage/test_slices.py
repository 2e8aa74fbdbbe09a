"""Part of a pixel file: the wanted slices are what was stored, and nothing else is decrypted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import DamagedFileError
from app.storage import pixels
from app.storage.work import Storage
from tests.app.storage.test_pixels import CHUNK, path_of

SHAPE = (6, 300, 301)  # no slice begins or ends where a chunk does


def a_volume() -> np.ndarray:
    return np.random.default_rng(5).integers(-2000, 2000, SHAPE).astype("<i2")


@pytest.fixture
def stored(storage: Storage) -> tuple[str, np.ndarray]:
    volume = a_volume()
    return storage.pixels.put(volume, "p"), volume


def test_every_run_of_slices_is_what_was_stored(
    storage: Storage, stored: tuple[str, np.ndarray]
) -> None:
    file_id, volume = stored
    for start in range(SHAPE[0]):
        assert np.array_equal(storage.pixels.get_slice(file_id, start), volume[start])
        for stop in range(start + 1, SHAPE[0] + 1):
            part = storage.pixels.get_slices(file_id, start, stop)
            assert (part.dtype, part.shape) == (volume.dtype, (stop - start, *SHAPE[1:]))
            assert np.array_equal(part, volume[start:stop])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kind=st.sampled_from(["<i2", ">u2", "|u1", "<f4", "<f8", "<f2"]),
    edge=st.sampled_from([1, 3, CHUNK // 8 - 1, CHUNK // 8, CHUNK // 2 + 1]),
    count=st.integers(1, 5),
    data=st.data(),
)
def test_slices_of_any_size_and_type_are_what_was_stored(
    storage: Storage, kind: str, edge: int, count: int, data: st.DataObject
) -> None:
    noise = np.random.default_rng(edge).bytes(count * edge * np.dtype(kind).itemsize)
    volume = np.frombuffer(noise, kind).reshape(count, 1, edge)
    file_id = storage.pixels.put(volume, "p")
    start = data.draw(st.integers(0, count - 1))
    stop = data.draw(st.integers(start + 1, count))
    assert storage.pixels.get_slices(file_id, start, stop).tobytes() == volume[start:stop].tobytes()


@pytest.mark.parametrize(("start", "stop"), [(-1, 1), (2, 2), (3, 2), (5, 7), (6, 7)])
def test_slices_that_are_not_there_are_refused(
    storage: Storage, stored: tuple[str, np.ndarray], start: int, stop: int
) -> None:
    with pytest.raises(IndexError):
        storage.pixels.get_slices(stored[0], start, stop)


def test_only_the_chunks_of_the_wanted_slice_are_decrypted(
    storage: Storage, stored: tuple[str, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    nonce = pixels._nonce

    def counted(index: int, *, last: bool) -> bytes:
        opened.append(index)
        return nonce(index, last=last)

    monkeypatch.setattr(pixels, "_nonce", counted)
    storage.pixels.get_slice(stored[0], 3)
    size = 300 * 301 * 2
    assert opened == list(range(3 * size // CHUNK, -(-4 * size // CHUNK)))
    assert len(opened) < -(-6 * size // CHUNK)


def test_damage_in_the_slice_is_noticed_and_damage_beside_it_does_not_matter(
    storage: Storage, stored: tuple[str, np.ndarray]
) -> None:
    file_id, volume = stored
    path = path_of(storage, file_id)
    sound = path.read_bytes()
    bent = bytearray(sound)
    bent[-20] ^= 1  # in the last chunk: the last slice
    path.write_bytes(bent)
    assert np.array_equal(storage.pixels.get_slice(file_id, 0), volume[0])
    with pytest.raises(DamagedFileError):
        storage.pixels.get_slice(file_id, 5)
    for at in (10, 40, 90):  # the header is part of what every chunk vouches for
        bent = bytearray(sound)
        bent[at] ^= 1
        path.write_bytes(bent)
        with pytest.raises(DamagedFileError):
            storage.pixels.get_slice(file_id, 2)


def test_chunks_that_changed_places_are_noticed(
    storage: Storage, stored: tuple[str, np.ndarray]
) -> None:
    file_id, _ = stored
    path: Path = path_of(storage, file_id)
    sound, sealed = path.read_bytes(), CHUNK + 16
    start = len(sound) - 16 * -(-6 * 300 * 301 * 2 // CHUNK) - 6 * 300 * 301 * 2
    one, two = sound[start : start + sealed], sound[start + sealed : start + 2 * sealed]
    path.write_bytes(sound[:start] + two + one + sound[start + 2 * sealed :])
    with pytest.raises(DamagedFileError):
        storage.pixels.get_slice(file_id, 0)


def test_the_size_is_told_without_decrypting(
    storage: Storage, stored: tuple[str, np.ndarray]
) -> None:
    file_id, volume = stored
    assert storage.pixels.size_of(file_id) == volume.nbytes
