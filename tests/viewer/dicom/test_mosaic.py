"""Claims about the Siemens mosaic: every tile lies where nibabel and the truth say."""

from __future__ import annotations

import dataclasses
import gzip
import struct
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest

from tests.viewer.dicom.geometry_series import RECIPES, stack, turned, write
from tests.viewer.dicom.multiframe import csa_header
from tests.viewer.dicom.placing import corner_placement
from viewer.dicom.mosaic import read_csa
from viewer.geometry.gate import EXACT_MM
from viewer.records import GeometryKind

REAL = Path(nibabel.__file__).parent / "nicom" / "tests" / "data"
MOSAIC = next(recipe for recipe in RECIPES if recipe.form == "mosaic")
MARK = "SliceNormalVector"


def respell(path, change):
    dataset = pydicom.dcmread(path)
    change(dataset)
    dataset.save_as(path)


@pytest.mark.parametrize("order", [1, -1], ids=["along", "against"])
@pytest.mark.parametrize("plane", [turned("x", 0), turned("x", 20), turned("y", 75)])
@pytest.mark.parametrize("n", [2, 4, 9, 11])
def test_tiles_lie_where_their_slices_were(tmp_path, read_here, order, plane, n):
    recipe = dataclasses.replace(
        MOSAIC, make=lambda: stack(turn=plane, n=n, spacing=(0.9, 0.7))[::order]
    )
    truth = write(recipe, tmp_path / "s")
    (series,) = read_here(tmp_path / "s").series
    volume = series.volume
    assert volume.geometry.kind is GeometryKind.REGULAR
    assert "0018,0088" in volume.geometry.note
    placement = corner_placement([(volume.voxels, volume.affine)], truth)
    assert placement.lost == 0
    assert placement.worst_mm <= EXACT_MM


def test_a_real_mosaic_agrees_with_nibabel(tmp_path, read_here):
    packed = REAL / "siemens_dwi_1000.dcm.gz"
    if not packed.exists():
        pytest.skip("nibabel came without its test data")
    from nibabel.nicom.dicomwrappers import wrapper_from_file  # noqa: PLC0415

    path = tmp_path / "dwi.dcm"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    theirs = wrapper_from_file(path)
    (series,) = read_here(path).series
    volume = series.volume
    assert volume.voxels.shape == (48, 128, 128)
    assert series.physics["DiffusionBValue"] == "1000"
    data = np.asarray(theirs.get_data())
    for row, column, slot in [(0, 0, 0), (127, 127, 47), (30, 90, 12)]:
        mm = theirs.affine @ [row, column, slot, 1.0]
        at = np.array(volume.to_index(tuple(mm[:3])))
        assert at == pytest.approx(np.rint(at), abs=1e-3)
        i, j, k = np.rint(at).astype(int)
        assert volume.voxels[k, j, i] == data[row, column, slot]


def test_two_real_mosaics_are_two_weights_of_one_series(tmp_path, read_here):
    if not (REAL / "siemens_dwi_0.dcm.gz").exists():
        pytest.skip("nibabel came without its test data")
    for name in ("siemens_dwi_1000", "siemens_dwi_0"):
        packed = (REAL / f"{name}.dcm.gz").read_bytes()
        (tmp_path / f"{name}.dcm").write_bytes(gzip.decompress(packed))
    found = read_here(tmp_path).series
    assert [(one.axis, one.axis_value) for one in found] == [("b value", "0"), ("b value", "1000")]
    assert np.array_equal(found[0].volume.affine, found[1].volume.affine)


def test_without_its_private_header_a_mosaic_has_no_millimetres(tmp_path, read_here):
    write(MOSAIC, tmp_path / "s")

    def strip(dataset):
        dataset.remove_private_tags()

    respell(tmp_path / "s" / "mosaic.dcm", strip)
    (series,) = read_here(tmp_path / "s").series
    assert series.volume.voxels.shape[0] == 1
    assert series.volume.geometry.kind is GeometryKind.UNKNOWN
    assert "0029,1010" in series.volume.geometry.note


@pytest.mark.parametrize(
    ("csa", "count"),
    [
        (csa_header(9, [0.0, 0.0, 1.0])[:200], 9),
        (csa_header(9, [1.0, 0.0, 0.0]), 9),
        (csa_header(9, [0.0, 0.0, 0.0]), 9),
        (csa_header(7, [0.0, 0.0, 1.0]), 9),
        (csa_header(10**6, [0.0, 0.0, 1.0]), 10**4),
        (b"", 9),
        (b"SV10" + b"\xff" * 400, 9),
    ],
    ids=["cut", "sideways", "no direction", "contradiction", "too many", "empty", "junk"],
)
def test_a_private_header_that_lies_gives_no_millimetres(tmp_path, read_here, csa, count):
    write(MOSAIC, tmp_path / "s")

    def lie(dataset):
        dataset.private_block(0x0029, "SIEMENS CSA HEADER").add_new(0x10, "OB", csa)
        dataset.private_block(0x0019, "SIEMENS MR HEADER").add_new(0x0A, "US", count)

    respell(tmp_path / "s" / "mosaic.dcm", lie)
    (series,) = read_here(tmp_path / "s").series
    assert series.volume.geometry.kind is GeometryKind.UNKNOWN
    assert "0029,1010" in series.volume.geometry.note


def test_without_the_distance_of_its_slices_thickness_is_not_taken(tmp_path, read_here):
    write(MOSAIC, tmp_path / "s")
    respell(tmp_path / "s" / "mosaic.dcm", lambda one: one.__delattr__("SpacingBetweenSlices"))
    (series,) = read_here(tmp_path / "s").series
    assert series.volume.geometry.kind is GeometryKind.UNKNOWN
    assert "0018,0088" in series.volume.geometry.note


@pytest.mark.parametrize("second", [True, False], ids=["CSA2", "CSA1"])
def test_both_kinds_of_private_header_are_read(second):
    found = read_csa(csa_header(36, [0.0, -0.6, 0.8], second=second))
    assert found["NumberOfImagesInMosaic"] == ("36",)
    assert [float(value) for value in found[MARK]] == [0.0, -0.6, 0.8]


def test_a_damaged_private_header_is_read_within_bounds():
    whole = csa_header(36, [0.0, 0.0, 1.0])
    random = np.random.default_rng(11)
    for _ in range(500):
        data = bytearray(whole[: random.integers(16, len(whole))])
        for at in random.integers(4, len(data), 6):
            data[at] = random.integers(256)
        assert len(read_csa(bytes(data))) <= 1000
    for count in (0, 1001, 0xFFFFFFFF):
        assert read_csa(b"SV10\4\3\2\1" + struct.pack("<II", count, 77) + whole[16:]) == {}
    assert read_csa(None) == {}


def test_the_sign_of_the_normal_matters(tmp_path, read_here):
    """The broken variant: slices laid the other way are off by twice the stack."""
    truth = write(MOSAIC, tmp_path / "s")
    volume = read_here(tmp_path / "s").series[0].volume
    wrong = corner_placement([(volume.voxels[::-1], volume.affine)], truth)
    assert wrong.worst_mm == pytest.approx(24.0)
