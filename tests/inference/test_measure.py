"""Sizes and places: millimetres by the affine, side by patient coordinates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.measure.extent import (
    centre_mm,
    diameters,
    longest_distance_mm,
    measurements,
    volume_error_ml,
    volume_ml,
)
from inference.measure.place import head_box, place_of, side_of
from inference.pipeline.prepare import head_mask
from tests.inference.builders import AXIAL, SHAPE, head_volume, read_pgbm


def _ball(volume_affine: np.ndarray, shape: tuple[int, int, int], radius_mm: float) -> np.ndarray:
    k, j, i = np.indices(shape)
    points = np.stack([i, j, k, np.ones(shape)], axis=-1) @ volume_affine.T
    return np.linalg.norm(points[..., :3], axis=-1) < radius_mm


def test_a_ball_has_the_volume_of_a_ball() -> None:
    affine = np.diag([1.0, 1.0, 1.0, 1.0])
    affine[:3, 3] = -40
    ball = _ball(affine, (80, 80, 80), 20)
    assert volume_ml(ball, affine) == pytest.approx(4 / 3 * np.pi * 20**3 / 1000, rel=0.01)
    both = diameters(ball, affine)
    assert both.longest_mm == pytest.approx(40, abs=1.5)
    assert both.across_mm == pytest.approx(40, abs=1.5)
    assert longest_distance_mm(ball, affine) == pytest.approx(40, abs=1.5)


def test_the_real_enhancing_volume_is_48_05_ml(shared_data: Path) -> None:
    _, volume, mask = read_pgbm(shared_data)
    assert volume_ml(mask, volume.affine) == pytest.approx(48.05, abs=0.005)


def test_slice_thickness_would_have_given_a_wrong_volume(shared_data: Path) -> None:
    _, volume, mask = read_pgbm(shared_data)
    thin = volume.affine.copy()
    thin[:3, 2] *= 5.0 / 6.5
    assert volume_ml(mask, thin) == pytest.approx(37.0, abs=0.1)


def test_the_diameter_of_one_pixel_is_its_size() -> None:
    mask = np.zeros((3, 5, 5), dtype=bool)
    mask[1, 2, 2] = True
    assert diameters(mask, AXIAL).longest_mm == pytest.approx(1.8)


def test_a_line_of_pixels_is_measured_without_a_hull() -> None:
    mask = np.zeros((1, 40, 40), dtype=bool)
    mask[0, 5, 2:32] = True
    assert diameters(mask, AXIAL).longest_mm == pytest.approx(30 * 1.8)


def test_the_two_diameters_of_an_ellipse_on_an_oblique_slice_are_its_axes() -> None:
    _, j, i = np.indices((3, 160, 160))
    along, across = (i - 80) * 0.8 + (j - 80) * 0.6, (j - 80) * 0.8 - (i - 80) * 0.6
    mask = (along / 40) ** 2 + (across / 18) ** 2 < 1
    mask[[0, 2]] = False
    affine = np.array([[0.5, 0, 0, 0], [0, 0.3, -4, 0], [0, 0.4, 3, 0], [0, 0, 0, 1.0]])
    both = diameters(mask, affine)
    assert both.slice_index == 1
    assert both.longest_mm == pytest.approx(40, abs=0.8)
    assert both.across_mm == pytest.approx(18, abs=0.8)
    assert both.product_mm2 == pytest.approx(both.longest_mm * both.across_mm)


def test_the_longest_distance_crosses_slices() -> None:
    mask = np.zeros((5, 10, 10), dtype=bool)
    mask[0, 0, 0] = mask[4, 9, 9] = True
    truth = np.linalg.norm(AXIAL[:3, :3] @ (9, 9, 4))
    assert longest_distance_mm(mask, AXIAL) == pytest.approx(truth + 1.8)


@pytest.mark.parametrize(
    ("gap", "pixel", "radius"), [(6.5, 0.43, 20.0), (6.5, 0.9, 8.0), (1, 1, 6)]
)
def test_the_true_volume_lies_within_the_stated_error(
    gap: float, pixel: float, radius: float
) -> None:
    rng = np.random.default_rng(0)
    affine = np.diag([pixel, pixel, gap, 1.0])
    shape = tuple(int(2.4 * radius / step) + 3 for step in (gap, pixel, pixel))
    k, j, i = np.indices(shape)
    truth = 4 / 3 * np.pi * radius**3 / 1000
    for _ in range(20):
        x, y, z = np.array(shape[::-1]) * (pixel, pixel, gap) / 2 + rng.uniform(-0.5, 0.5, 3)
        ball = (i * pixel - x) ** 2 + (j * pixel - y) ** 2 + (k * gap - z) ** 2 < radius**2
        error = volume_error_ml(ball, affine)
        assert abs(volume_ml(ball, affine) - truth) <= error < 0.3 * truth


def test_a_single_slice_leaves_half_the_volume_open() -> None:
    mask = np.zeros((5, 40, 40), dtype=bool)
    mask[2, 5:35, 5:35] = True
    assert volume_error_ml(mask, AXIAL) == pytest.approx(0.5 * volume_ml(mask, AXIAL), rel=0.02)


def test_measurements_carry_ucum_units() -> None:
    mask = np.zeros((3, 5, 5), dtype=bool)
    mask[1, 1:4, 1:4] = True
    assert [m.unit for m in measurements(mask, AXIAL)] == ["mL", *["mm"] * 3, "mL", "{slices}"]
    assert all(m.method for m in measurements(mask, AXIAL))


def _mirrored(axis: int, size: int) -> np.ndarray:
    """The same patient space seen through an affine whose index runs the other way."""
    flip = np.eye(4)
    flip[axis, axis], flip[axis, 3] = -1.0, size - 1
    return AXIAL @ flip


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize(("x", "side"), [(40.0, "left"), (-40.0, "right"), (3.0, "midline")])
def test_the_side_follows_the_patient_however_the_voxels_are_stored(
    axis: int, x: float, side: str
) -> None:
    shape = SHAPE
    for affine in (AXIAL, _mirrored(axis, shape[2 - axis])):
        volume = head_volume(affine, shape, lesion_mm=(x, 20.0, 10.0))
        k, j, i = np.indices(shape)
        points = np.stack([i, j, k, np.ones(shape)], axis=-1) @ affine.T
        mask = np.linalg.norm(points[..., :3] - (x, 20.0, 10.0), axis=-1) < 16
        centre = centre_mm(mask, affine)
        assert centre[0] == pytest.approx(x, abs=1.5)
        assert side_of(centre, head_box(head_mask(volume.voxels), affine)) == side


def test_an_unmirrored_affine_would_name_the_wrong_side() -> None:
    """The guard above can go red: voxels mirrored without their affine change sides."""
    volume = head_volume(lesion_mm=(40.0, 20.0, 10.0))
    flipped = volume.voxels[:, :, ::-1]
    mask = np.asarray(flipped) > 920
    mask &= _ball(AXIAL, SHAPE, 62)
    box = head_box(head_mask(flipped), AXIAL)
    assert side_of(centre_mm(mask, AXIAL), box) == "right"


def test_a_slab_that_may_miss_the_middle_has_no_side() -> None:
    volume = head_volume()
    slab = volume.voxels[:, :, 53:]
    affine = AXIAL.copy()
    affine[0, 3] += 53 * 1.8
    box = head_box(head_mask(slab), affine)
    assert box.middle_x_mm is None
    assert side_of((40.0, 0.0, 0.0), box) == ""
    assert not place_of((40.0, 0.0, 0.0), box).startswith(("left", "right"))


def test_a_place_names_no_lobe() -> None:
    box = head_box(head_mask(head_volume().voxels), AXIAL)
    assert place_of((40.0, -60.0, 40.0), box) == "left, upper anterior part of the imaged head"
    assert place_of((-40.0, 60.0, -40.0), box) == "right, lower posterior part of the imaged head"
