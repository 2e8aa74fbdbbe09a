"""Claims about discs: what the index lists is read once, and what is not there is told."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from tests.viewer.series_writer import phantom, uid, write_series
from viewer.dicom.scan import scan

INDEX = "DICOMDIR"


@pytest.fixture
def disc(tmp_path) -> Path:
    """A disc of five slices with its index, and a viewer program nobody asked for."""
    source = write_series(tmp_path / "source", n=5)
    place = tmp_path / "disc" / "PT000000" / "ST000000"
    place.mkdir(parents=True)
    records = []
    for number, path in enumerate(sorted(source.iterdir())):
        path.rename(place / f"IM{number:06d}")
        record = Dataset()
        record.DirectoryRecordType, record.RecordInUseFlag = "IMAGE", 0xFFFF
        record.ReferencedFileID = ["PT000000", "ST000000", f"IM{number:06d}"]
        records.append(record)
    index = Dataset()
    index.file_meta = FileMetaDataset()
    index.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    index.file_meta.MediaStorageSOPInstanceUID = uid("disc")
    index.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    index.FileSetID = "DISC"
    index.DirectoryRecordSequence = Sequence(records)
    index.save_as(tmp_path / "disc" / INDEX, enforce_file_format=True)
    (tmp_path / "disc" / "VIEWER.EXE").write_bytes(b"MZ" + bytes(200))
    return tmp_path / "disc"


def images(disc: Path) -> list[Path]:
    return sorted(path for path in disc.rglob("IM*") if path.is_file())


def respell(disc: Path, number: int, parts: list[str]) -> None:
    """Write another name for one image into the index."""
    index = pydicom.dcmread(disc / INDEX)
    records = [one for one in index.DirectoryRecordSequence if "ReferencedFileID" in one]
    records[number].ReferencedFileID = parts
    index.save_as(disc / INDEX)


def test_a_dropped_index_gives_the_images_it_lists_and_nothing_else(disc, read_here):
    heard = read_here(disc / INDEX)
    (series,) = heard.series
    assert np.array_equal(series.volume.voxels, phantom(5, 24, 20))
    assert list(heard.reasons) == [INDEX]
    assert "lists 5 files" in heard.reasons[INDEX]
    assert not heard.duplicates


def test_a_disc_as_a_folder_reads_no_file_twice(disc, read_here):
    heard = read_here(disc, disc / INDEX)
    (series,) = heard.series
    assert series.volume.voxels.shape[0] == 5
    assert not heard.duplicates
    assert sorted(heard.reasons) == [INDEX, "disc/DICOMDIR", "disc/VIEWER.EXE"]


def test_a_missing_image_is_named_with_its_reason(disc, read_here):
    gone = images(disc)[2]
    gone.unlink()
    name = gone.relative_to(disc).as_posix()
    for dropped, told in ((disc, f"disc/{name}"), (disc / INDEX, name)):
        heard = read_here(dropped)
        assert heard.series[0].volume.voxels.shape[0] == 5  # the gap is filled, and told
        assert "1 slice(s) are missing" in heard.series[0].volume.geometry.note
        assert "0004,1500" in heard.reasons[told]
        assert "not there" in heard.reasons[told]


@pytest.mark.parametrize(
    "parts",
    [["..", "secret.dcm"], ["", "etc", "passwd"], ["../secret.dcm"], ["C:", "x"], ["."], ["a"] * 9],
)
def test_an_index_that_points_elsewhere_is_not_followed(disc, read_here, parts):
    write_series(disc.parent, n=1, series="secret")
    shutil.copy(disc.parent / "secret-0000.dcm", disc.parent / "secret.dcm")
    respell(disc, 0, parts)
    heard = read_here(disc / INDEX)
    assert len(heard.series) == 1
    assert heard.series[0].volume.voxels.shape[0] == 4
    assert any("outside its own folder" in reason for reason in heard.reasons.values())


def test_a_link_below_a_disc_is_not_followed(disc, tmp_path, read_here):
    first = images(disc)[0]
    shutil.move(first, tmp_path / "elsewhere.dcm")
    first.symlink_to(tmp_path / "elsewhere.dcm")
    heard = read_here(disc / INDEX)
    assert heard.series[0].volume.voxels.shape[0] == 4
    assert any("links are not followed" in reason for reason in heard.reasons.values())


def test_names_in_another_case_are_found(disc, read_here):
    for path in sorted(disc.rglob("*"), reverse=True):
        if path.name != INDEX:
            path.rename(path.with_name(path.name.lower()))
    (series,) = read_here(disc / INDEX).series
    assert series.volume.voxels.shape[0] == 5


def test_a_disc_in_an_archive_tells_what_is_missing(disc, tmp_path, read_here):
    gone = images(disc)[0]
    name = gone.relative_to(disc).as_posix()
    gone.unlink()
    with zipfile.ZipFile(tmp_path / "cd.zip", "w") as archive:
        for path in sorted(disc.rglob("*")):
            archive.write(path, f"CD/{path.relative_to(disc)}")
    heard = read_here(tmp_path / "cd.zip")
    assert heard.series[0].volume.voxels.shape[0] == 4
    assert "lists 5 files" in heard.reasons["cd.zip: CD/DICOMDIR"]
    assert "not there" in heard.reasons[f"cd.zip: CD/{name}"]
    assert not heard.duplicates


@pytest.mark.parametrize("content", [b"", b"nonsense" * 40, bytes(128) + b"DICM" + b"\xff" * 300])
def test_a_damaged_index_is_told_and_the_folder_is_read(disc, read_here, content):
    (disc / INDEX).write_bytes(content)
    heard = read_here(disc)
    assert heard.series[0].volume.voxels.shape[0] == 5
    assert heard.reasons["disc/DICOMDIR"]


def test_the_reading_process_reads_a_disc(disc):
    result = scan([disc / INDEX], lambda _fraction, _text: None)
    assert [series.volume.voxels.shape[0] for series in result.series] == [5]


def test_a_protected_archive_is_refused_with_its_reason(tmp_path, read_here):
    path = tmp_path / "locked.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.dcm", bytes(300))
    data = bytearray(path.read_bytes())
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = data.index(mark) + (6 if mark == b"PK\x03\x04" else 8)
        data[at] |= 1
    path.write_bytes(data)
    assert "password" in read_here(path).reasons["locked.zip: a.dcm"]
