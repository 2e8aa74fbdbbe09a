from __future__ import annotations

import hashlib

import numpy as np
import pytest

from viewer.dicom.example import LESION_MM, LESION_RADIUS_MM, build_example


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    return build_example(tmp_path_factory.mktemp("example"))


def test_the_example_is_a_regular_contrast_series_that_says_it_is_simulated(example, read_here):
    (series,) = read_here(example).series
    assert series.study.simulated
    assert "SIMULATED LESION" in series.study.description
    assert series.study.patient_name == "Example, Simulated"
    assert series.physics["ContrastBolusAgent"]
    assert 60 <= series.volume.voxels.shape[0] <= 100
    assert series.volume.geometry.note == ""


def test_the_lesion_lies_on_the_right_and_is_brighter_than_its_mirror(example, read_here):
    (series,) = read_here(example).series
    volume = series.volume

    def around(point, low, high):
        i, j, k = (np.arange(n) for n in volume.voxels.shape[::-1])
        x = volume.affine[0, 3] + i * volume.affine[0, 0] - point[0]
        y = volume.affine[1, 3] + j * volume.affine[1, 1] - point[1]
        z = volume.affine[2, 3] + k * volume.affine[2, 2] - point[2]
        away = np.sqrt(x[None, None] ** 2 + y[None, :, None] ** 2 + z[:, None, None] ** 2)
        return volume.voxels[(away >= low) & (away < high)].mean()

    mirror = (-LESION_MM[0], *LESION_MM[1:])
    assert LESION_MM[0] < 0  # LPS: the patient's right
    rim = (0.75 * LESION_RADIUS_MM, 0.9 * LESION_RADIUS_MM)
    assert around(LESION_MM, *rim) > 1.25 * around(mirror, *rim)
    assert around(LESION_MM, 0, 5) < 0.8 * around(mirror, 0, 5)


def test_the_example_is_the_same_every_time(example, tmp_path):
    again = build_example(tmp_path)

    def digests(folder):
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()
        }

    assert digests(again) == digests(example)
