"""Claims about malformed files: the program lives, every file is told of, no record is half."""

from __future__ import annotations

import dataclasses
import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.viewer.dicom.accounting import partial, unaccounted
from tests.viewer.dicom.hostile import damaged, malformed, piece_gone
from tests.viewer.series_writer import write_series
from viewer.dicom import child
from viewer.dicom import scan as scanning
from viewer.dicom.records import GIB, Limits, Rejected, ScanResult
from viewer.dicom.scan import scan

SECONDS = 5.0
LIMITS = Limits(file_seconds=SECONDS, memory_bytes=2 * GIB)
FILES = 1200
FEW = 60
BATCH = 100


class Clock:
    """The longest time between two words of the scan."""

    def __init__(self) -> None:
        self.longest, self._text, self._since = 0.0, "", time.monotonic()

    def __call__(self, fraction: float, text: str) -> None:
        assert 0.0 <= fraction <= 1.0
        now = time.monotonic()
        if text != self._text:
            self.longest = max(self.longest, now - self._since)
            self._text, self._since = text, now


def drop(folder: Path, numbers: range) -> Path:
    folder.mkdir()
    for number in numbers:
        name, data = malformed(number)
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def checked(folder: Path, result: ScanResult) -> None:
    assert unaccounted(folder, result) == []
    assert {series.uid: partial(series) for series in result.series if partial(series)} == {}
    assert all(found.reason for found in result.rejected)
    assert not any("given up" in found.reason for found in result.rejected)
    assert not list(Path("/dev/shm").glob(f"sagittal-{os.getpid()}-*"))


def test_the_same_number_gives_the_same_file():
    assert malformed(17) == malformed(17)
    assert len({malformed(number)[1] for number in range(FEW)}) == FEW


def test_a_few_malformed_files_and_a_good_series(tmp_path):
    folder = drop(tmp_path / "drop", range(FEW))
    write_series(folder / "good", n=4, series="good")
    result = scan([folder], Clock(), LIMITS)
    checked(folder, result)
    assert any(len(series.instances) == 4 for series in result.series)
    assert len(result.rejected) > FEW // 3


def test_a_reader_that_loses_a_reject_is_caught(tmp_path, monkeypatch):
    """The broken variant: one file is dropped in silence."""
    take, lost = scanning._take, []

    def careless(told, *others):
        found = take(told, *others)
        if isinstance(found, Rejected) and not lost:
            lost.append(found.name)
            return None
        return found

    monkeypatch.setattr(scanning, "_take", careless)
    folder = drop(tmp_path / "drop", range(12))
    assert unaccounted(folder, scan([folder], Clock(), LIMITS)) == lost != []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: {"headers": one.headers[:-5]},
        lambda one: {"instances": ()},
        lambda one: {"instances": (*one.instances, *one.instances[:1])[1:]},
        lambda one: {"uid": "../x"},
        lambda one: {"axis_index": 3},
    ],
    ids=["headers cut", "no objects", "an object too few", "no identifier", "no place"],
)
def test_a_partial_record_is_caught(tmp_path, read_here, spoil):
    (series,) = read_here(write_series(tmp_path, n=3)).series
    assert partial(series) == []
    changed = dataclasses.replace(series, **spoil(series))
    if len(changed.instances) == len(series.instances) and changed.instances != series.instances:
        changed = dataclasses.replace(changed, instances=changed.instances[:-1])
    assert partial(changed)


def test_many_files_that_kill_the_reader_do_not_stop_the_good_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(scanning, "main", _dies_on_bad)
    folder = tmp_path / "drop"
    write_series(folder, n=4)
    for number in range(12):
        (folder / f"bad-{number:02d}.dcm").write_bytes(b"bad")
    result = scan([folder], Clock(), LIMITS)
    assert len(result.series) == 1
    assert len(result.rejected) == 12
    assert all("makes the reading process fail" in found.reason for found in result.rejected)
    assert unaccounted(folder, result) == []


def _dies_on_bad(link, paths, limits, skip, done, hands) -> None:
    from viewer.dicom import child  # noqa: PLC0415

    index = child.Reader._index

    def deadly(self, source):
        if source.path.name.startswith("bad"):
            os.kill(os.getpid(), 11)
        index(self, source)

    child.Reader._index = deadly
    child.main(link, paths, limits, skip, done, hands)


class PanicError(BaseException):
    """As a Rust codec raises it: no Exception, so that it goes past most handlers."""


def test_a_codec_that_panics_is_the_files_fault_and_not_the_readers(
    tmp_path, read_here, monkeypatch
):
    def decode(*_):
        raise PanicError

    monkeypatch.setattr(child, "read_frames", decode)
    heard = read_here(write_series(tmp_path, n=2))
    assert not heard.series
    assert all("PanicError" in found.reason for found in heard.rejected)
    assert len(heard.rejected) == 2


def test_run_lengths_that_made_a_codec_panic_are_refused(tmp_path, read_here):
    for number in (322, 890):
        (tmp_path / f"{number}.dcm").write_bytes(damaged("packed", piece_gone, number))
    heard = read_here(tmp_path)
    assert not heard.series
    assert len(heard.rejected) == 2


def test_a_picture_cut_short_is_whole_or_refused_in_every_syntax(shared_data, tmp_path, read_here):
    """Some decoders fill what is missing with nothing; a half picture must never look whole."""
    files = sorted((shared_data / "hostile_dicom" / "dcm_qa_ts").glob("*.dcm"))
    truth = read_here(files[0]).series[0].volume.voxels
    refused = 0
    for path in files:
        data = path.read_bytes()
        pixels = data.rfind(b"\xe0\x7f\x10\x00")
        for share in (0.25, 0.6, 0.95, 1.0):
            cut = min(pixels + round((len(data) - pixels) * share), len(data) - 1)
            (tmp_path / "x.dcm").write_bytes(data[:cut])
            heard = read_here(tmp_path / "x.dcm")
            refused += bool(heard.rejected)
            assert bool(heard.rejected) != bool(heard.series)
            assert all(np.array_equal(one.volume.voxels, truth) for one in heard.series)
    assert refused >= 3 * len(files) == 27


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_campaign_of_1200_malformed_files(tmp_path, capsys):
    """No crash of the program, no partial record, every file told of, 5 s and 2 GiB each."""
    shared = Path(__file__).resolve().parents[4] / "shared" / "data" / "hostile_dicom"
    real = [path for path in shared.rglob("*") if path.is_file()] if shared.is_dir() else []
    reasons: Counter[str] = Counter()
    series = 0
    clock = Clock()
    folders = [
        drop(tmp_path / f"drop{start}", range(start, min(start + BATCH, FILES - len(real))))
        for start in range(0, FILES - len(real), BATCH)
    ]
    for folder in [*folders, *([shared] if real else [])]:
        result = scan([folder], clock, LIMITS)
        checked(folder, result)
        reasons.update(found.reason.split(":")[0].split("(")[0] for found in result.rejected)
        series += len(result.series)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    lines = [f"{count:5d}  {reason}" for reason, count in reasons.most_common()]
    head = f"{FILES} files: {series} volumes, {sum(reasons.values())} rejects; longest step "
    lines.insert(0, f"\n{head}{clock.longest:.1f} s, reader's peak {peak / GIB:.2f} GiB")
    with capsys.disabled():
        sys.stdout.write("\n".join(lines))
    assert clock.longest <= SECONDS + 2
    assert peak <= 2 * GIB
