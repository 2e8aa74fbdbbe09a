from __future__ import annotations

import json
from datetime import date

import nibabel
import numpy as np
import pytest
from pydicom.uid import RLELossless

from tests.viewer.series_writer import AXIAL, phantom, slice_dataset, uid, write_series
from viewer.dicom.records import Limits
from viewer.records import GeometryKind, WindowLevel


def only(heard):
    assert not heard.rejected
    (series,) = heard.series
    return series


def test_a_plain_series_becomes_its_volume(tmp_path, read_here):
    series = only(read_here(write_series(tmp_path, n=6, gap=2.5, spacing=(0.9, 0.5))))
    assert np.array_equal(series.volume.voxels, phantom(6, 24, 20))
    assert series.volume.spacing_mm == pytest.approx((0.5, 0.9, 2.5))
    assert series.volume.geometry.kind is GeometryKind.REGULAR
    assert [item.number for item in series.instances] == [1, 2, 3, 4, 5, 6]
    assert series.uid == uid("one")


def test_the_facts_of_patient_and_study_are_readable(tmp_path, read_here):
    study = only(read_here(write_series(tmp_path, name="Doe^Jane^Mary"))).study
    assert study.patient_name == "Doe, Jane Mary"
    assert study.patient_id == "CANARY-MRN-1"
    assert study.birth_date == date(1962, 3, 1)
    assert study.study_date == date(2026, 1, 5)
    assert (study.sex, study.accession, study.simulated) == ("F", "ACC1", False)


def test_physics_hold_no_identity(tmp_path, read_here):
    series = only(read_here(write_series(tmp_path)))
    assert series.physics["ContrastBolusAgent"] == "Gadolinium"
    assert series.physics["ScanningSequence"] == "SE"
    assert not any("CANARY" in value for value in series.physics.values())
    assert "ZEBRA" not in repr(series)


def test_headers_are_the_json_model_without_pixels(tmp_path, read_here):
    headers = json.loads(only(read_here(write_series(tmp_path, n=3))).headers)
    assert headers["first"]["00100020"]["Value"] == ["CANARY-MRN-1"]
    assert not any(tag.startswith("7FE0") for tag in headers["first"])
    last = headers["instances"][uid("one one 2")]
    assert last["00200013"]["Value"] == [3]
    assert "00100020" not in last


def test_control_and_bidi_characters_do_not_reach_the_reader(tmp_path, read_here):
    def spoil(dataset, k):
        dataset.SeriesDescription = "AX\u202eT1\u0007 \u200bPOST" + "x" * 3000
        dataset.PatientName = "Eve\u202d^Il"

    series = only(read_here(write_series(tmp_path, change=spoil)))
    assert series.description.startswith("AXT1 POSTx")
    assert len(series.description) <= 1024
    assert series.study.patient_name == "Eve, Il"


def test_reversed_numbers_and_shuffled_names_change_nothing(tmp_path, read_here):
    def spoil(dataset, k):
        dataset.InstanceNumber = 100 - k

    series = only(read_here(write_series(tmp_path, change=spoil)))
    assert np.array_equal(series.volume.voxels, phantom(6, 24, 20))


def test_slice_thickness_and_stated_spacing_are_not_believed(tmp_path, read_here):
    def spoil(dataset, k):
        dataset.SliceThickness, dataset.SpacingBetweenSlices = 1.0, -9.0

    series = only(read_here(write_series(tmp_path, gap=6.5, change=spoil)))
    assert series.volume.spacing_mm[2] == pytest.approx(6.5)


def test_a_sheared_series_says_that_it_was_resampled(tmp_path, read_here):
    positions = [(0.0, 0.5 * k, 2.0 * k) for k in range(8)]
    series = only(read_here(write_series(tmp_path, n=8, positions=positions)))
    assert series.volume.geometry.kind is GeometryKind.REGULARISED
    assert series.volume.geometry.max_corner_error_mm == pytest.approx(1.75)
    assert any("resampled" in note for note in series.notes)


def test_two_echoes_in_one_series_become_two_volumes(tmp_path, read_here):
    def echo(dataset, k):
        dataset.EchoTime = 10.0 if k < 4 else 90.0

    positions = [(0, 0, 3.0 * (k % 4)) for k in range(8)]
    one, other = read_here(write_series(tmp_path, n=8, positions=positions, change=echo)).series
    assert np.array_equal(one.volume.voxels, phantom(8, 24, 20)[:4])
    assert np.array_equal(other.volume.voxels, phantom(8, 24, 20)[4:])
    assert one.uid == uid("one") != other.uid
    assert "echo time 90" in other.description


def test_mixed_orientations_become_separate_volumes(tmp_path, read_here):
    def turn(dataset, k):
        if k >= 3:
            dataset.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
            dataset.ImagePositionPatient = [4.0 * k, 0, 0]

    found = read_here(write_series(tmp_path, change=turn)).series
    assert sorted(series.volume.voxels.shape[0] for series in found) == [3, 3]
    assert all(series.volume.geometry.kind is GeometryKind.REGULAR for series in found)


def test_a_slice_at_a_taken_place_is_left_out_and_told(tmp_path, read_here):
    positions = [(0, 0, 2.0 * k) for k in (0, 1, 2, 2)]
    heard = read_here(write_series(tmp_path, n=4, positions=positions))
    assert heard.series[0].volume.voxels.shape[0] == 3
    assert "same place" in heard.rejected[0].reason


def test_junk_above_the_stored_bits_is_removed(tmp_path, read_here):
    def spoil(dataset, k):
        dataset.BitsStored, dataset.HighBit = 12, 11

    dirty = phantom(4, 24, 20) | np.uint16(0xA000)
    series = only(read_here(write_series(tmp_path, voxels=dirty, change=spoil)))
    assert np.array_equal(series.volume.voxels, phantom(4, 24, 20))


def test_a_rescale_gives_floats_and_a_trivial_one_does_not(tmp_path, read_here):
    def spoil(dataset, k):
        dataset.RescaleSlope, dataset.RescaleIntercept = 2.0, -100.0

    def trivial(dataset, k):
        dataset.RescaleSlope, dataset.RescaleIntercept = 1, 0

    scaled = only(read_here(write_series(tmp_path / "a", change=spoil))).volume.voxels
    plain = only(read_here(write_series(tmp_path / "b", change=trivial))).volume.voxels
    assert scaled.dtype == np.float32
    assert np.array_equal(scaled, phantom(6, 24, 20) * 2.0 - 100.0)
    assert plain.dtype == np.uint16


def test_inverted_pictures_are_turned_and_told(tmp_path, read_here):
    def spoil(dataset, k):
        dataset.PhotometricInterpretation = "MONOCHROME1"

    series = only(read_here(write_series(tmp_path, change=spoil)))
    truth = phantom(6, 24, 20)
    assert np.array_equal(series.volume.voxels, truth.max() + truth.min() - truth)
    assert any("MONOCHROME1" in note for note in series.notes)


def test_compressed_frames_are_decoded(tmp_path, read_here):
    def pack(dataset, k):
        dataset.compress(RLELossless, generate_instance_uid=False)

    series = only(read_here(write_series(tmp_path, change=pack)))
    assert np.array_equal(series.volume.voxels, phantom(6, 24, 20))


def test_the_scanner_window_is_a_hint(tmp_path, read_here):
    def hint(dataset, k):
        dataset.WindowCenter, dataset.WindowWidth = [600, 1], [1200, 2]

    assert only(read_here(write_series(tmp_path, change=hint))).window == WindowLevel(600, 1200)


def test_one_slice_is_kept_without_millimetres(tmp_path, read_here):
    series = only(read_here(write_series(tmp_path, n=1)))
    assert series.volume.geometry.kind is GeometryKind.UNKNOWN
    assert series.notes


def test_an_identifier_that_is_none_never_becomes_a_key(tmp_path, read_here):
    def spoil(dataset, k):
        dataset.SeriesInstanceUID = "../../etc/passwd"

    heard = read_here(write_series(tmp_path, n=1, change=spoil))
    assert not heard.series
    assert "0020,000E" in heard.rejected[0].reason


def test_the_same_file_twice_is_told_as_a_double(tmp_path, read_here):
    write_series(tmp_path / "a", n=3)
    write_series(tmp_path / "b", n=3)
    heard = read_here(tmp_path)
    assert len(heard.series) == 1
    assert len(heard.duplicates) == 3
    assert not heard.rejected


def test_other_content_under_a_known_identifier_is_refused(tmp_path, read_here):
    write_series(tmp_path / "a", n=3)
    write_series(tmp_path / "b", n=3, name="OTHER^ONE")
    heard = read_here(tmp_path)
    assert len(heard.series) == 1
    assert all("0008,0018" in found.reason for found in heard.rejected)


def test_a_series_beyond_the_memory_budget_is_refused_before_decoding(tmp_path, read_here):
    heard = read_here(write_series(tmp_path), limits=Limits(volume_bytes=2000))
    assert not heard.series
    assert all("too much" in found.reason for found in heard.rejected)


def test_a_time_series_too_long_is_refused(tmp_path, read_here):
    positions = [(0, 0, 2.0 * (k % 3)) for k in range(12)]
    folder = write_series(tmp_path, n=12, positions=positions)
    heard = read_here(folder, limits=Limits(volumes_per_series=2))
    assert len(heard.series) == 2
    assert all("time series of 4" in found.reason for found in heard.rejected)


def test_colour_is_refused_with_its_tag(tmp_path, read_here):
    dataset = slice_dataset(phantom(1, 8, 8)[0], (0, 0, 0), AXIAL, (1, 1), 0)
    dataset.PhotometricInterpretation = "RGB"
    dataset.StudyInstanceUID = dataset.SeriesInstanceUID = dataset.SOPInstanceUID = uid("c")
    dataset.save_as(tmp_path / "c.dcm", enforce_file_format=True)
    assert "0028,0004" in read_here(tmp_path).rejected[0].reason


@pytest.mark.parametrize("codes", ["RAS", "LPS", "PIR", "SAL"])
@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_nifti_in_any_orientation_keeps_every_voxel_where_it_was(
    tmp_path, read_here, codes, suffix
):
    voxels = np.random.default_rng(0).integers(0, 999, (5, 6, 7)).astype(np.int16)
    ras = np.diag([2.0, 3.0, 4.0, 1.0])
    ras[:3, 3] = (-10, 20, 5)
    image = nibabel.Nifti1Image(voxels, ras).as_reoriented(
        nibabel.orientations.ornt_transform(
            nibabel.orientations.axcodes2ornt("RAS"), nibabel.orientations.axcodes2ornt(codes)
        )
    )
    nibabel.save(image, tmp_path / f"x{suffix}")
    volume = only(read_here(tmp_path / f"x{suffix}")).volume
    for i, j, k in [(0, 0, 0), (4, 5, 6), (1, 2, 3)]:
        x, y, z, _ = ras @ (i, j, k, 1)
        at = np.rint(volume.to_index((-x, -y, z))).astype(int)
        assert volume.voxels[at[2], at[1], at[0]] == voxels[i, j, k]


def test_nifti_scaling_is_applied(tmp_path, read_here):
    image = nibabel.Nifti1Image(np.arange(60, dtype=np.int16).reshape(3, 4, 5), np.eye(4))
    image.header.set_slope_inter(0.5, 7.0)
    nibabel.save(image, tmp_path / "x.nii")
    raw = nibabel.load(tmp_path / "x.nii")
    series = only(read_here(tmp_path / "x.nii"))
    assert series.volume.voxels.dtype == np.float32
    assert np.allclose(series.volume.voxels, raw.get_fdata().transpose(2, 1, 0))


def test_nifti_identifiers_come_from_the_content(tmp_path, read_here):
    image = nibabel.Nifti1Image(np.zeros((3, 4, 5), np.uint8), np.eye(4))
    nibabel.save(image, tmp_path / "a.nii")
    (tmp_path / "b.nii").write_bytes((tmp_path / "a.nii").read_bytes())
    one, other = read_here(tmp_path / "a.nii", tmp_path / "b.nii").series
    assert one.uid == other.uid != one.study.uid
    assert one.uid.startswith("2.25.")
    assert len(one.uid) <= 64


def test_nifti_without_orientation_has_no_millimetres(tmp_path, read_here):
    image = nibabel.Nifti1Image(np.zeros((3, 4, 5), np.int16), None)
    nibabel.save(image, tmp_path / "x.nii")
    assert only(read_here(tmp_path / "x.nii")).volume.geometry.kind is GeometryKind.UNKNOWN
