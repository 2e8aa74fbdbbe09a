from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
import zipfile
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from tests.viewer.series_writer import phantom, write_series
from viewer.dicom import child
from viewer.dicom import scan as scanning
from viewer.dicom.records import Limits, Preview, ScannedSeries
from viewer.dicom.scan import scan, stream


class StoppedError(Exception):
    """The person pressed cancel."""


def quiet(fraction: float, text: str) -> None:
    assert 0.0 <= fraction <= 1.0
    assert "CANARY" not in text


def lent_memory() -> set[str]:
    folder = Path("/dev/shm")
    return (
        {found.name for found in folder.glob(f"sagittal-{os.getpid()}-*")}
        if folder.is_dir()
        else set()
    )


@pytest.fixture
def bad_drop(tmp_path: Path) -> Path:
    drop = tmp_path / "drop"
    write_series(drop / "good", n=4)
    (drop / "empty folder").mkdir()
    (drop / "letter.txt").write_text("Dear colleague, " * 50)
    (drop / "nothing.dcm").touch()
    whole = write_series(tmp_path / "cut", n=1, series="cut") / "cut-0000.dcm"
    other = write_series(tmp_path / "cut", n=1, series="shorter") / "shorter-0000.dcm"
    (drop / "truncated.dcm").write_bytes(other.read_bytes()[:-300])
    with zipfile.ZipFile(drop / "escape.zip", "w") as archive:
        archive.writestr("../../escaped.txt", "out")
        archive.writestr("/absolute.dcm", whole.read_bytes())
    with zipfile.ZipFile(drop / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.dcm", bytes(64 << 20))
    (drop / "link.dcm").symlink_to("/etc/passwd")
    return drop


def test_every_bad_thing_is_told_and_the_good_series_comes_through(bad_drop, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    result = scan([bad_drop], quiet)
    reasons = {found.name: found.reason for found in result.rejected}
    assert "not an image" in reasons["drop/letter.txt"]
    assert reasons["drop/empty folder"] == "an empty folder"
    assert reasons["drop/nothing.dcm"] == "an empty file"
    assert "cut short" in reasons["drop/truncated.dcm"]
    assert "zip bomb" in reasons["drop/bomb.zip"]
    assert "links are not followed" in reasons["drop/link.dcm"]
    assert "not an image" in reasons["drop/escape.zip: ../../escaped.txt"]
    from_archive, good = sorted(result.series, key=lambda series: len(series.instances))
    assert np.array_equal(from_archive.volume.voxels, phantom(1, 24, 20))
    assert np.array_equal(good.volume.voxels, phantom(4, 24, 20))
    assert sorted(tmp_path.rglob("*")) == before
    assert not lent_memory()


def test_cancelling_ends_the_reading_process_and_gives_memory_back(tmp_path):
    def stop(fraction: float, text: str) -> None:
        if text.startswith("Reading file"):
            raise StoppedError

    folder = write_series(tmp_path, n=4)
    began = time.monotonic()
    with pytest.raises(StoppedError):
        scan([folder], stop)
    assert time.monotonic() - began < 20
    assert not lent_memory()


def _hangs_once(link, paths, limits, skip, done, hands) -> None:
    if "slow" in skip:
        child.main(link, paths, limits, skip, done, hands)
        return
    link.send_bytes(
        b'{"kind": "step", "key": "slow", "name": "slow.dcm", "fraction": 0, "text": "x"}'
    )
    signal.pause()


def _dies(link, paths, limits, skip, done, hands) -> None:
    key = f"bad {len(skip)}"
    link.send_bytes(
        b'{"kind": "step", "key": "%s", "name": "%s", "fraction": 0, "text": "x"}'
        % (key.encode(), key.encode())
    )
    os.kill(os.getpid(), signal.SIGSEGV)


def test_a_file_that_hangs_is_named_and_the_rest_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(scanning, "main", _hangs_once)
    folder = write_series(tmp_path, n=4)
    result = scan([folder], quiet, Limits(file_seconds=1.0))
    assert [(bad.name, bad.reason) for bad in result.rejected] == [
        ("slow.dcm", "it took too long to read")
    ]
    assert len(result.series) == 1


def test_a_file_that_kills_the_reader_is_named_and_the_scan_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(scanning, "main", _dies)
    result = scan([tmp_path], quiet, Limits(crashes=1))
    assert result.rejected[0].name == "bad 0"
    assert "reading process fail" in result.rejected[0].reason
    assert "given up" in result.rejected[-1].reason


def _dies_with_a_neighbour(link, paths, limits, skip, done, hands) -> None:
    """The bad frame kills the process while another thread's good one is waited for."""
    if "bad" in skip:
        link.send_bytes(b'{"kind": "done"}')
        return
    name, alone = ("bad", "true") if hands == 1 else ("good", "false")
    told = f'{{"kind": "step", "key": "{name}", "name": "{name}", "alone": {alone}, '
    link.send_bytes((told + '"fraction": 0, "text": "x"}').encode())
    os.kill(os.getpid(), signal.SIGSEGV)


def test_nobody_is_blamed_for_the_frame_decoded_beside_his(tmp_path, monkeypatch):
    monkeypatch.setattr(scanning, "main", _dies_with_a_neighbour)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    result = scan([tmp_path], quiet)
    assert [found.name for found in result.rejected] == ["bad"]


def test_a_scan_that_never_goes_slowly_blames_the_wrong_one(tmp_path, monkeypatch):
    """The broken variant: the process that reads again still has two hands."""
    monkeypatch.setattr(scanning, "main", _dies_with_a_neighbour)
    monkeypatch.setattr(scanning, "_hands", lambda state: 2)
    result = scan([tmp_path], quiet, Limits(crashes=1))
    assert result.rejected[0].name == "good"


def _tries_to_misbehave(link) -> None:
    child._confine(Limits(memory_bytes=256 << 20))
    outcome = []
    for attempt in (_write_a_file, _take_memory, _open_many_files):
        try:
            attempt()
            outcome.append(b"done")
        except (OSError, MemoryError) as error:
            outcome.append(type(error).__name__.encode())
    link.send_bytes(b" ".join(outcome))


def _write_a_file() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Path("confined.tmp").open("wb", buffering=0) as file:
        file.write(b"x")


def _take_memory() -> None:
    np.zeros(512 << 20, np.uint8)


def _open_many_files() -> None:
    held = [os.open("/dev/null", os.O_RDONLY) for _ in range(100)]
    assert held


def test_the_reading_process_can_neither_write_nor_grow(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_tries_to_misbehave, args=(theirs,))
    process.start()
    assert ours.poll(60)
    said = ours.recv_bytes().split()
    process.join()
    assert said[0] == b"OSError"
    assert said[1] in (b"MemoryError", b"_ArrayMemoryError")
    assert said[2] == b"OSError"
    ours.close()
    theirs.close()


def test_a_stream_gives_one_volume_at_a_time_and_may_be_left(tmp_path):
    write_series(tmp_path, n=3, series="a")
    write_series(tmp_path, n=3, series="b")
    found = stream([tmp_path], quiet)
    assert isinstance(next(one for one in found if not isinstance(one, Preview)), ScannedSeries)
    found.close()
    assert not lent_memory()


@pytest.mark.slow
def test_damaged_bytes_end_as_a_picture_or_a_reason(tmp_path):
    whole = (write_series(tmp_path / "whole", n=1) / "one-0000.dcm").read_bytes()
    random = np.random.default_rng(7)
    drop = tmp_path / "drop"
    drop.mkdir()
    for number in range(600):
        data = bytearray(whole)
        for place in random.integers(128, 900, random.integers(1, 12)):
            data[place] = random.integers(256)
        if number % 5 == 0:
            del data[random.integers(140, len(data)) :]
        (drop / f"{number:03d}.dcm").write_bytes(data)
    result = scan([drop], quiet)
    told = {found.name for found in (*result.rejected, *result.duplicates)}
    used = {item.digest for series in result.series for item in series.instances}
    for path in drop.iterdir():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert f"drop/{path.name}" in told or digest in used
    assert not any("reading process" in found.reason for found in result.rejected)


def test_the_program_itself_loads_no_parser():
    code = (
        "import sys, viewer.dicom.scan; "
        "print([m for m in ('pydicom', 'nibabel', 'scipy', 'PySide6') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_path_that_is_gone_is_told(tmp_path, read_here):
    heard = read_here(tmp_path / "gone.dcm")
    assert "cannot be read" in heard.reasons["gone.dcm"]


def test_archives_that_lie_are_refused(tmp_path, read_here):
    nested = tmp_path / "nested.zip"
    with zipfile.ZipFile(nested, "w") as archive:
        archive.writestr("inner.zip", b"PK\x03\x04rest")
        archive.writestr("inner.bin", b"PK\x03\x04rest")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04" + bytes(100))
    heard = read_here(tmp_path)
    assert "inside an archive" in heard.reasons[f"{tmp_path.name}/nested.zip: inner.zip"]
    assert "inside an archive" in heard.reasons[f"{tmp_path.name}/nested.zip: inner.bin"]
    assert "damaged zip" in heard.reasons[f"{tmp_path.name}/broken.zip"]


def test_overlapping_archive_entries_are_refused(tmp_path, read_here):
    path = tmp_path / "overlap.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.dcm", bytes(100))
        archive.writestr("b.dcm", bytes(100))
        archive.infolist()[1].header_offset = archive.infolist()[0].header_offset
    assert "overlap" in read_here(path).reasons["overlap.zip"]


def test_an_archive_gives_the_same_as_the_folder(tmp_path, read_here):
    folder = write_series(tmp_path / "s", n=3)
    with zipfile.ZipFile(tmp_path / "s.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, f"../../{file.name}")
    (packed,) = read_here(tmp_path / "s.zip").series
    (loose,) = read_here(folder).series
    assert np.array_equal(packed.volume.voxels, loose.volume.voxels)
    assert packed.instances == loose.instances
