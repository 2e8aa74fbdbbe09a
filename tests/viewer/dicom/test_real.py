"""Claims about real and hostile files; the data lie beside the checkout."""

from __future__ import annotations

import hashlib
import json
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pydicom
import pytest

from viewer.dicom.scan import scan
from viewer.records import GeometryKind


def test_a_tumour_has_its_true_size_because_thickness_is_not_believed(shared_data, read_here):
    folder = shared_data / "pgbm_dicom"
    (series,) = read_here(folder / "PGBM-002_T1post.zip").series
    with np.load(folder / "PGBM-002_T1post_mask.npz") as archive:
        mask = archive[archive.files[0]]
    volume = series.volume
    assert volume.spacing_mm[2] == pytest.approx(6.5, abs=1e-3)
    assert volume.geometry.kind is GeometryKind.REGULAR
    voxel_mm3 = abs(np.linalg.det(volume.affine[:3, :3]))
    assert (mask > 0).sum() * voxel_mm3 / 1000 == pytest.approx(48.05, abs=0.01)
    inside = volume.voxels[mask > 0].mean()
    assert inside > 1.5 * volume.voxels[volume.voxels > 50].mean()


def test_enhanced_frames_are_sorted_by_place(shared_data, read_here, tmp_path):
    with zipfile.ZipFile(shared_data / "nema_enhanced_mr" / "DISCIMG.zip") as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        for name in names:
            data = archive.read(name)
            if b"FLAIR AXIAL" in data[:8000]:
                (tmp_path / "flair.dcm").write_bytes(data)
    (series,) = read_here(tmp_path / "flair.dcm").series
    volume = series.volume
    assert volume.geometry.kind is GeometryKind.REGULAR
    assert volume.spacing_mm[2] == pytest.approx(6.0)

    def likeness(pictures):
        flat = [picture.ravel() for picture in pictures]
        return np.mean([np.corrcoef(one, other)[0, 1] for one, other in pairwise(flat)])

    shuffled = np.random.default_rng(0).permutation(volume.voxels)
    assert likeness(volume.voxels) > likeness(shuffled)
    assert series.physics["InversionTime"]


def _frames_of(dataset):
    """Each frame's pixels with the four corners its own functional groups state."""
    shared = dataset.SharedFunctionalGroupsSequence[0]
    for number, own in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        groups = [own, shared]
        place, turn, size = (
            next(getattr(group, keyword)[0] for group in groups if keyword in group)
            for keyword in (
                "PlanePositionSequence", "PlaneOrientationSequence", "PixelMeasuresSequence",
            )
        )  # fmt: skip
        corner = np.array(place.ImagePositionPatient, float)
        row, column = np.array(turn.ImageOrientationPatient, float).reshape(2, 3)
        down, right = (float(value) for value in size.PixelSpacing)
        corners = [
            corner + row * right * i + column * down * j
            for j in (0, dataset.Rows - 1)
            for i in (0, dataset.Columns - 1)
        ]
        yield dataset.pixel_array[number], np.array(corners)


def test_every_frame_of_real_enhanced_objects_lies_where_it_says(shared_data, read_here, tmp_path):
    """Ten objects of the NEMA set, twelve volumes of mixed contrasts and stacks among them."""
    checked = 0
    with zipfile.ZipFile(shared_data / "nema_enhanced_mr" / "DISCIMG.zip") as archive:
        for name in archive.namelist():
            path = tmp_path / Path(name).name
            path.write_bytes(archive.read(name))
            dataset = pydicom.dcmread(path)
            if "PixelData" not in dataset or dataset.Rows < 64:
                continue
            found = read_here(path).series
            slices = {
                picture.tobytes(): (series.volume, k)
                for series in found
                for k, picture in enumerate(series.volume.voxels)
            }
            assert all(one.volume.geometry.kind is GeometryKind.REGULAR for one in found)
            for picture, corners in _frames_of(dataset):
                volume, k = slices[picture.astype(volume_type(found)).tobytes()]
                rows, columns = picture.shape
                ours = [volume.to_mm((i, j, k)) for j in (0, rows - 1) for i in (0, columns - 1)]
                assert np.abs(np.array(ours) - corners).max() <= 1e-3
                checked += 1
    assert checked > 180


def volume_type(found):
    return found[0].volume.voxels.dtype


def test_a_siemens_enhanced_volume_is_regular(shared_data, read_here):
    (series,) = read_here(shared_data / "normal_t1_dicom" / "XA30_enhanced_T1_96frames.dcm").series
    assert series.volume.voxels.shape == (96, 128, 128)
    assert series.volume.spacing_mm == pytest.approx((2.0, 2.0, 2.0), abs=1e-3)


def test_one_image_in_nine_transfer_syntaxes_is_one_image(shared_data, read_here):
    heard = read_here(shared_data / "hostile_dicom" / "dcm_qa_ts")
    pictures = [series.volume.voxels[0] for series in heard.series]
    assert len(pictures) == 9
    assert not [found for found in heard.rejected if found.name.endswith(".dcm")]
    assert all(np.array_equal(pictures[0], other) for other in pictures)


def test_junk_bits_of_real_files_are_removed(shared_data, read_here):
    folder = shared_data / "hostile_dicom" / "dcm_qa_12bit"
    dirty = 0
    for path in sorted(folder.glob("*.dcm")):
        (series,) = read_here(path).series
        dataset = pydicom.dcmread(path)
        sheet = np.frombuffer(dataset.PixelData, "<u2").reshape(6, 64, 6, 64).transpose(0, 2, 1, 3)
        stored = sheet.reshape(36, 64, 64)[:35].astype(np.int32)
        truth = stored & 0x0FFF
        if dataset.PixelRepresentation:
            truth = (truth ^ 0x0800) - 0x0800
        assert np.array_equal(series.volume.voxels, truth), path.name
        dirty += bool(stored.max() > 0x0FFF)
    assert dirty == 3


def test_every_hostile_file_ends_as_a_picture_or_a_reason(shared_data):
    folder = shared_data / "hostile_dicom"
    result = scan([folder], lambda _fraction, _text: None)
    told = {found.name for found in (*result.rejected, *result.duplicates)}
    used = {item.digest for series in result.series for item in series.instances}
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_size:
            name = f"{folder.name}/{path.relative_to(folder)}"
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            archive = path.read_bytes()[:4] == b"PK\x03\x04"
            gzip = path.read_bytes()[:2] == b"\x1f\x8b"
            assert name in told or digest in used or archive or gzip, name
    assert not any("reading process" in found.reason for found in result.rejected)
    assert all(found.reason for found in result.rejected)
    assert all(np.isfinite(series.volume.affine).all() for series in result.series)
    assert all(json.loads(series.headers) for series in result.series)
