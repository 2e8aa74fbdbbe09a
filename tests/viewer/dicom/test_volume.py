"""The quick way reads what the careful way reads, or leaves it alone."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK
from pydicom.uid import ImplicitVRLittleEndian, RLELossless

from tests.viewer.series_writer import phantom, write_series
from viewer.dicom.lean import lean_header
from viewer.dicom.records import Preview
from viewer.dicom.scan import scan, stream
from viewer.dicom.volume import first_picture, plain_series, read_volume
from viewer.errors import UnreadableSeriesError

OBLIQUE = (0.936, 0.0, -0.352, 0.123, 0.937, 0.327)


def files(folder: Path) -> list[Path]:
    found = sorted(folder.iterdir())
    random.Random(4).shuffle(found)
    return found


def unit(directions: tuple[float, ...]) -> list[float]:
    row, column = np.array(directions[:3]), np.array(directions[3:])
    row /= np.linalg.norm(row)
    column -= (column @ row) * row
    return [*row, *(column / np.linalg.norm(column))]


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16"])
def test_it_is_bit_equal_with_simpleitk_and_with_the_careful_reader(
    tmp_path: Path, dtype: str
) -> None:
    voxels = (phantom(7, 24, 20).astype(np.int64) * 91 % 65536).astype(np.uint16)
    if dtype.endswith("8"):
        voxels = (voxels % 256).astype(np.uint8)
    voxels = voxels.view(dtype)
    folder = write_series(tmp_path, n=7, voxels=voxels, orientation=unit(OBLIQUE), gap=2.5)
    volume = read_volume(files(folder))
    assert volume.voxels.dtype == np.dtype(dtype)
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    assert np.array_equal(SimpleITK.GetArrayFromImage(reader.Execute()), volume.voxels)
    (careful,) = scan([folder], lambda *_: None).series
    assert np.array_equal(careful.volume.voxels, volume.voxels)
    assert np.allclose(careful.volume.affine, volume.affine, atol=1e-9)


def test_stored_bits_and_rescale_are_honoured(tmp_path: Path) -> None:
    def spoil(dataset: pydicom.Dataset, k: int) -> None:
        dataset.BitsStored, dataset.HighBit = 12, 11
        dataset.RescaleSlope, dataset.RescaleIntercept = 2.0, -7.0

    voxels = phantom(5, 24, 20) | np.uint16(0xF000)
    folder = write_series(tmp_path, n=5, voxels=voxels, change=spoil)
    volume = read_volume(files(folder))
    assert np.array_equal(volume.voxels, phantom(5, 24, 20) * np.float32(2.0) - np.float32(7.0))


def test_the_first_picture_is_the_middle_slice_where_it_lies(tmp_path: Path) -> None:
    folder = write_series(tmp_path, n=7, gap=3.0)
    series = plain_series(files(folder))
    assert series is not None
    picture = first_picture(series)
    volume = read_volume(files(folder))
    assert np.array_equal(picture.pixels, volume.voxels[3])
    assert picture.plane.centre == pytest.approx(volume.to_mm((9.5, 11.5, 3.0)))


def test_implicit_little_endian_is_plain_too(tmp_path: Path) -> None:
    folder = write_series(tmp_path, n=4)
    for path in folder.iterdir():
        dataset = pydicom.dcmread(path)
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
        dataset.save_as(path, implicit_vr=True, little_endian=True, enforce_file_format=True)
    assert np.array_equal(read_volume(files(folder)).voxels, phantom(4, 24, 20))


@pytest.mark.parametrize("doubt", ["compressed", "cut short", "two places alike"])
def test_whatever_is_in_doubt_is_left_to_the_careful_reader(tmp_path: Path, doubt: str) -> None:
    places = [(0, 0, 2.0 * k) for k in (0, 1, 2, 2)] if doubt == "two places alike" else None
    folder = write_series(tmp_path, n=4, positions=places)
    path = sorted(folder.iterdir())[1]
    dataset = pydicom.dcmread(path)
    if doubt == "compressed":
        dataset.compress(RLELossless, generate_instance_uid=False)
        dataset.save_as(path)
    elif doubt == "cut short":
        path.write_bytes(path.read_bytes()[:-40])
    assert plain_series(files(folder)) is None
    with pytest.raises(UnreadableSeriesError):
        read_volume(files(folder))


def test_any_byte_may_be_wrong_and_the_quick_look_does_not_fall_over(tmp_path: Path) -> None:
    folder = write_series(tmp_path, n=2)
    path = sorted(folder.iterdir())[0]
    sound, rng = path.read_bytes(), random.Random(11)
    for _ in range(400):
        spoiled = bytearray(sound)
        for _ in range(rng.randint(1, 4)):
            spoiled[rng.randrange(132, 900)] = rng.randrange(256)
        path.write_bytes(spoiled[: rng.randint(0, len(spoiled))] if rng.random() < 0.3 else spoiled)
        found = lean_header(path)
        assert found is None or found.offset + found.form.frame_bytes <= path.stat().st_size


def test_a_drop_shows_its_middle_slice_before_the_volume(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "drop", n=6)
    (tmp_path / "drop" / "readme.txt").write_text("no image")
    drop = stream([folder], lambda *_: None)
    first = next(drop)
    drop.close()
    assert isinstance(first, Preview)
    assert first.slices == 6
    assert first.gray.shape == (24, 20)
