"""Claims about series of several volumes: each is read by itself and knows its place."""

from __future__ import annotations

import json

import nibabel
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.viewer.dicom.multiframe import write_enhanced, write_mosaic
from tests.viewer.series_writer import AXIAL, phantom, slice_dataset, uid, write_series
from viewer.dicom import header
from viewer.dicom.records import Limits
from viewer.dicom.scan import scan

SLICES = 3


def four_d(folder, count, change, *, shuffled=True, slices=SLICES):
    """``count`` volumes of three slices; ``change(dataset, volume)`` says what tells them apart."""
    order = np.arange(slices * count)
    if shuffled:
        order = np.random.default_rng(1).permutation(order)
    places = [(0.0, 0.0, 4.0 * (k % slices)) for k in order]

    def spoil(dataset, k):
        dataset.InstanceNumber = int(order[k]) + 1
        dataset.FrameOfReferenceUID = uid("frame")
        change(dataset, int(order[k]) // slices)

    voxels = phantom(slices * count, 24, 20)[order]
    return write_series(folder, n=slices * count, positions=places, voxels=voxels, change=spoil)


def on_axis(heard):
    assert not heard.rejected
    series = sorted(heard.series, key=lambda one: one.axis_index)
    assert [one.axis_index for one in series] == list(range(len(series)))
    assert {one.axis_count for one in series} == {len(series)}
    assert len({one.uid for one in series}) == len(series)
    assert len({one.source_uid for one in series}) == 1
    return series


def b(*values):
    def change(dataset, volume):
        dataset.DiffusionBValue = float(values[volume])

    return change


def test_b_values_are_in_the_order_of_numbers(tmp_path, read_here):
    series = on_axis(read_here(four_d(tmp_path, 3, b(1000, 0, 50))))
    assert [one.axis for one in series] == ["b value"] * 3
    assert [one.axis_value for one in series] == ["0", "50", "1000"]
    assert [one.physics["DiffusionBValue"] for one in series] == ["0", "50", "1000"]
    truth = phantom(9, 24, 20)
    assert np.array_equal(series[0].volume.voxels, truth[3:6])
    assert np.array_equal(series[2].volume.voxels, truth[:3])
    assert series[2].uid == series[0].source_uid == uid("one")
    assert {one.frame_of_reference for one in series} == {uid("frame")}


def test_directions_of_one_b_value_are_volumes_of_their_own(tmp_path, read_here):
    turns = [None, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]

    def change(dataset, volume):
        dataset.DiffusionBValue = 1000.0 if volume else 0.0
        if turns[volume]:
            dataset.DiffusionGradientOrientation = turns[volume]

    series = on_axis(read_here(four_d(tmp_path, 4, change)))
    assert [one.axis_value for one in series] == [
        "0", "1000, direction 1", "1000, direction 2", "1000, direction 3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("group", "creator", "element", "kind", "value"),
    [
        (0x0019, "SIEMENS MR HEADER", 0x0C, "IS", 1000),
        (0x0043, "GEMS_PARM_01", 0x39, "IS", [1_000_001_000, 8, 0, 0]),
        (0x2001, "Philips Imaging DD 001", 0x03, "FL", 1000.0),
    ],
    ids=["Siemens", "GE", "Philips"],
)
def test_each_makers_own_b_value_is_read(tmp_path, read_here, group, creator, element, kind, value):
    def change(dataset, volume):
        block = dataset.private_block(group, creator, create=True)
        block.add_new(element, kind, value if volume else 0 if kind != "FL" else 0.0)

    series = on_axis(read_here(four_d(tmp_path, 2, change)))
    assert [one.axis_value for one in series] == ["0", "1000"]
    assert [one.physics["DiffusionBValue"] for one in series] == ["0", "1000"]


@pytest.mark.parametrize(
    ("keyword", "values"),
    [
        ("TemporalPositionIdentifier", [10, 9, 8]),
        ("TriggerTime", [700.0, 60.5, 5.0]),
        ("AcquisitionTime", ["101530.5", "101520", "101509.25"]),
        ("AcquisitionTime", ["000112", "000012.5", "235912"]),
        ("AcquisitionNumber", [12, 11, 2]),
    ],
)
def test_time_points_are_in_the_order_of_the_clock(tmp_path, read_here, keyword, values):
    def change(dataset, volume):
        setattr(dataset, keyword, values[volume])

    series = on_axis(read_here(four_d(tmp_path, 3, change)))
    assert [one.axis for one in series] == ["time point"] * 3
    assert [one.axis_value for one in series] == ["1", "2", "3"]
    assert np.array_equal(series[0].volume.voxels, phantom(9, 24, 20)[6:])


def test_slices_with_their_own_times_are_repetitions_in_order_of_time(tmp_path, read_here):
    ticks = iter(range(1000))

    def change(dataset, volume):
        dataset.AcquisitionTime = f"10{15 + 10 * (2 - volume)}{next(ticks) % 60:02d}"

    series = on_axis(read_here(four_d(tmp_path, 3, change, shuffled=False)))
    assert [one.axis for one in series] == ["repetition"] * 3
    assert np.array_equal(series[0].volume.voxels, phantom(9, 24, 20)[6:])


def test_echoes_keep_their_own_echo_time(tmp_path, read_here):
    def change(dataset, volume):
        dataset.EchoTime = (90.0, 10.0)[volume]

    series = on_axis(read_here(four_d(tmp_path, 2, change)))
    assert [(one.axis, one.axis_value) for one in series] == [
        ("echo time", "10"),
        ("echo time", "90"),
    ]
    assert [one.physics["EchoTime"] for one in series] == ["10", "90"]


def test_hundreds_of_volumes_are_read_and_thousands_are_refused(tmp_path, read_here):
    def change(dataset, volume):
        dataset.TemporalPositionIdentifier = volume + 1

    folder = four_d(tmp_path, 300, change, slices=2)
    assert len(on_axis(read_here(folder))) == 300
    few = read_here(folder, limits=Limits(volumes_per_series=299))
    assert len(few.series) == 299
    assert "time series of 300" in few.rejected[0].reason


def test_the_same_images_in_any_order_give_the_same_identifiers(tmp_path, read_here):
    one = on_axis(read_here(four_d(tmp_path / "a", 3, b(0, 500, 1000))))
    other = on_axis(read_here(four_d(tmp_path / "b", 3, b(0, 500, 1000), shuffled=False)))
    assert [series.uid for series in one] == [series.uid for series in other]


def test_a_plain_series_stands_alone(tmp_path, read_here):
    (series,) = read_here(write_series(tmp_path)).series
    assert (series.source_uid, series.axis, series.axis_count) == ("", "", 1)


def frames(count):
    return [
        slice_dataset(
            phantom(count * SLICES, 24, 20)[k], (0, 0, 4 * (k % SLICES)), AXIAL, (1, 1), k
        )
        for k in range(count * SLICES)
    ]


def enhanced(path, groups):
    slices = frames(len(groups) // SLICES)
    for one in slices:
        one.StudyInstanceUID = one.SeriesInstanceUID = one.SOPInstanceUID = uid("enhanced")
    write_enhanced(path, slices, np.random.default_rng(2), groups)
    return path


def item(**values):
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def test_an_enhanced_diffusion_object_gives_a_volume_per_weight_and_direction(tmp_path, read_here):
    groups = []
    for k in range(3 * SLICES):
        diffusion = item(DiffusionBValue=[0.0, 800.0, 800.0][k // SLICES])
        if k >= SLICES:
            turn = [[0.0] * 3, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]][k // SLICES]
            diffusion.DiffusionGradientDirectionSequence = Sequence(
                [item(DiffusionGradientOrientation=turn)]
            )
        groups.append({"MRDiffusionSequence": diffusion})
    series = on_axis(read_here(enhanced(tmp_path / "e.dcm", groups)))
    assert [one.axis_value for one in series] == ["0", "800, direction 1", "800, direction 2"]
    found = {one.volume.voxels.tobytes() for one in series}
    truth = phantom(9, 24, 20)
    assert found == {truth[k : k + 3].tobytes() for k in (0, 3, 6)}


def test_an_enhanced_time_series_keeps_only_its_own_frame_headers(tmp_path, read_here):
    groups = [
        {"FrameContentSequence": item(TemporalPositionIndex=k // SLICES + 1)}
        for k in range(4 * SLICES)
    ]
    series = on_axis(read_here(enhanced(tmp_path / "e.dcm", groups)))
    assert [one.axis for one in series] == ["time point"] * 4
    for time, one in enumerate(series):
        assert np.array_equal(one.volume.voxels, phantom(12, 24, 20)[3 * time : 3 * time + 3])
        kept = json.loads(one.headers)["first"]["52009230"]["Value"]
        indices = [frame["00209111"]["Value"][0]["00209128"]["Value"][0] for frame in kept]
        assert indices == [time + 1] * SLICES


def test_of_very_many_frames_only_the_first_keep_their_header(tmp_path, read_here, monkeypatch):
    monkeypatch.setattr(header, "_FRAMES_KEPT", 2 * SLICES)
    groups = [
        {"FrameContentSequence": item(TemporalPositionIndex=k // SLICES + 1)}
        for k in range(4 * SLICES)
    ]
    series = on_axis(read_here(enhanced(tmp_path / "e.dcm", groups)))
    kept = [len(json.loads(one.headers)["first"]["52009230"]["Value"]) for one in series]
    assert sum(kept) == 2 * SLICES
    for time, one in enumerate(series):
        assert np.array_equal(one.volume.voxels, phantom(12, 24, 20)[3 * time : 3 * time + 3])


def test_many_frames_may_say_more_than_one_picture_may(tmp_path, read_here):
    """Real objects of thousands of frames hold several hundred thousand elements."""
    few = Limits(elements=100, elements_per_frame=20)
    groups = [{"FrameContentSequence": item(TemporalPositionIndex=1)}] * (40 * SLICES)
    heard = read_here(enhanced(tmp_path / "e.dcm", groups), limits=few)
    assert sum(len(series.instances) for series in heard.series) >= 1

    def talk(dataset, k):
        for number in range(200):
            dataset.add_new(0x00091100 + number, "LO", "x")

    heard = read_here(write_series(tmp_path / "s", n=1, change=talk), limits=few)
    assert "more than 100 elements" in heard.rejected[0].reason


def test_a_mosaic_time_series_is_one_volume_per_file(tmp_path, read_here):
    for time in range(3):
        slices = frames(1)
        for k, one in enumerate(slices):
            one.StudyInstanceUID = one.SeriesInstanceUID = uid("mosaics")
            one.SOPInstanceUID, one.AcquisitionNumber = uid(f"mosaic {time}"), time + 1
            one.PixelData = (phantom(9, 24, 20)[3 * time + k]).tobytes()
        write_mosaic(tmp_path / f"{2 - time}.dcm", slices, number=time + 1)
    series = on_axis(read_here(tmp_path))
    assert [one.axis for one in series] == ["time point"] * 3
    for time, one in enumerate(series):
        assert np.array_equal(one.volume.voxels, phantom(9, 24, 20)[3 * time : 3 * time + 3])
        assert one.volume.spacing_mm == pytest.approx((1.0, 1.0, 4.0))


@pytest.mark.parametrize(
    ("unit", "step", "values"),
    [("sec", 2.5, ["0 s", "2.5 s", "5 s"]), ("msec", 500.0, ["0 s", "0.5 s", "1 s"]),
     ("hz", 3.0, ["1", "2", "3"])],
)  # fmt: skip
def test_a_nifti_time_series_is_one_volume_per_time(tmp_path, read_here, unit, step, values):
    voxels = np.random.default_rng(0).integers(0, 999, (5, 6, 7, 3)).astype(np.int16)
    image = nibabel.Nifti1Image(voxels, np.diag([2.0, 2.0, 3.0, 1.0]))
    image.header.set_xyzt_units("mm", unit)
    image.header["pixdim"][4] = step
    nibabel.save(image, tmp_path / "x.nii.gz")
    series = on_axis(read_here(tmp_path / "x.nii.gz"))
    assert [one.axis_value for one in series] == values
    for time, one in enumerate(series):
        assert np.array_equal(one.volume.voxels, voxels[..., time].T)


def test_a_nifti_of_too_many_volumes_is_refused_with_its_reason(tmp_path, read_here):
    image = nibabel.Nifti1Image(np.zeros((2, 2, 2, 9), np.uint8), np.eye(4))
    nibabel.save(image, tmp_path / "x.nii")
    heard = read_here(tmp_path / "x.nii", limits=Limits(volumes_per_series=8))
    assert "9 volumes" in heard.rejected[0].reason


def test_the_axis_reaches_the_program(tmp_path):
    series = on_axis(scan([four_d(tmp_path, 2, b(500, 0))], lambda _fraction, _text: None))
    assert [(one.axis, one.axis_value) for one in series] == [("b value", "0"), ("b value", "500")]
    assert {one.frame_of_reference for one in series} == {uid("frame")}
