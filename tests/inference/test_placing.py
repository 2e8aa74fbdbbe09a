"""Places in words by the template, sides by the patient, and nothing where it does not fit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inference.measure.atlas import read_atlas
from inference.measure.likeness import peak, samples_of
from inference.measure.placing import Placing, placing
from inference.measure.plausible import implausible, unsharp
from inference.measure.regions import Region
from inference.measure.thinning import thinned
from inference.pipeline.prepare import head_mask
from tests.inference.builders import head_volume, read_pgbm
from tests.inference.heads import ball, grid_of, head_of, pose, spot
from viewer.records import Geometry, GeometryKind, Volume

POSES = {
    "straight": pose(),
    "tilted and shifted": pose((14.0, -20.0, 18.0), (12.0, -7.0, 9.0)),
    "small and turned": pose((-10.0, 8.0, -12.0), (-10.0, 8.0, -12.0), (0.88, 0.9, 0.86)),
    "large": pose((5.0, 5.0, 5.0), (4.0, 3.0, -6.0), (1.12, 1.08, 1.15)),
}
QUICK = {
    ("straight", "axial"),
    ("tilted and shifted", "sagittal"),
    ("small and turned", "coronal"),
    ("large", "axial"),
}
EACH = [
    pytest.param(name, plane, marks=() if (name, plane) in QUICK else pytest.mark.slow)
    for name in POSES
    for plane in ("axial", "coronal", "sagittal")
]
PLACES = [
    (Region.FRONTAL, "left", "left frontal lobe"),
    (Region.PARIETAL, "right", "right parietal lobe"),
    (Region.TEMPORAL, "left", "left temporal lobe"),
    (Region.OCCIPITAL, "right", "right occipital lobe"),
    (Region.CEREBELLUM, "right", "right cerebellum"),
    (Region.CEREBELLUM, "left", "left cerebellum"),
]


def _placed(volume: Volume) -> Placing:
    return placing(volume, head_mask(volume.voxels))


def _in_patient(patient: np.ndarray, point: np.ndarray) -> np.ndarray:
    return (patient @ np.array([*point, 1.0]))[:3]


def _error_mm(placed: Placing, patient: np.ndarray) -> np.ndarray:
    """How far from the truth the brain's points come to lie in the template."""
    atlas = read_atlas()
    assert placed.to_template is not None
    index = np.argwhere(atlas.depth_mm > 0)[::300, ::-1]
    points = np.c_[index, np.ones(len(index))] @ atlas.affine.T
    there = points @ patient.T @ placed.to_template.T
    return np.linalg.norm((there - points)[:, :3], axis=1)


@pytest.mark.parametrize(("name", "plane"), EACH)
def test_a_head_in_any_pose_and_plane_lands_on_the_right_lobe_and_side(
    name: str, plane: str
) -> None:
    affine, shape = grid_of(plane)
    placed = _placed(head_of(POSES[name], affine, shape))
    assert placed.believed, placed.reason
    assert np.median(_error_mm(placed, POSES[name])) < 4
    for region, side, words in PLACES:
        centre, radius = spot(region, side)
        mask = ball(_in_patient(POSES[name], centre), radius, affine, shape)
        assert placed.place_of(mask) == words
        x, y, z = _in_patient(POSES[name], centre)
        assert placed.side_of((x, y, z)) == side


def test_oblique_slices_and_a_sheared_grid_are_placed_as_straight_ones() -> None:
    straight, shape = grid_of("axial")
    oblique = pose(degrees=(22.0, 6.0, 0.0)) @ straight
    sheared = straight.copy()
    sheared[1, 2] = 2.5
    sheared[:3, 3] -= 2.5 * np.array([0, 1, 0]) * (shape[0] - 1) / 2
    for affine in (oblique, sheared):
        placed = _placed(head_of(POSES["straight"], affine, shape))
        assert placed.believed, placed.reason
        assert np.median(_error_mm(placed, POSES["straight"])) < 4


def test_a_thin_block_of_slices_is_placed_too() -> None:
    affine, shape = grid_of("axial", gap_mm=5.0)
    whole = head_of(POSES["straight"], affine, shape)
    first, last = 16, 28
    moved = affine.copy()
    moved[:3, 3] += affine[:3, 2] * first
    placed = _placed(Volume(whole.voxels[first:last], moved, whole.geometry))
    assert placed.believed, placed.reason
    near = _error_mm(placed, POSES["straight"])
    assert np.median(near) < 10


def test_mirrored_storage_keeps_the_side() -> None:
    affine, shape = grid_of("axial")
    volume = head_of(POSES["tilted and shifted"], affine, shape)
    flip = np.diag([-1.0, 1.0, 1.0, 1.0])
    flip[0, 3] = shape[2] - 1
    mirrored = Volume(volume.voxels[:, :, ::-1].copy(), affine @ flip, volume.geometry)
    centre, radius = spot(Region.TEMPORAL, "right")
    where = _in_patient(POSES["tilted and shifted"], centre)
    for one in (volume, mirrored):
        placed = _placed(one)
        assert placed.place_of(ball(where, radius, one.affine, shape)) == "right temporal lobe"


def test_a_picture_mirrored_without_its_affine_changes_sides() -> None:
    """The guard above can go red: the side comes from coordinates, not from the picture."""
    affine, shape = grid_of("axial")
    volume = head_of(POSES["straight"], affine, shape)
    wrong = Volume(volume.voxels[:, :, ::-1].copy(), affine, volume.geometry)
    centre, radius = spot(Region.TEMPORAL, "right")
    mask = ball(_in_patient(POSES["straight"], centre), radius, affine, shape)[:, :, ::-1]
    assert _placed(wrong).place_of(mask) == "left temporal lobe"


def test_half_a_head_has_a_lobe_and_no_side() -> None:
    affine, shape = grid_of("sagittal", gap_mm=5.0)
    whole = head_of(POSES["straight"], affine, shape)
    moved = affine.copy()
    moved[:3, 3] += affine[:3, 2] * 16
    placed = _placed(Volume(whole.voxels[16:], moved, whole.geometry))
    assert placed.side_of((45.0, 0.0, 10.0)) == ""
    centre, radius = spot(Region.FRONTAL, "left")
    mask = ball(centre, radius, moved, (shape[0] - 16, *shape[1:]))
    words = placed.place_of(mask)
    assert "left" not in words
    assert "right" not in words


def test_the_sella_and_places_outside_the_brain_are_named() -> None:
    affine, shape = grid_of("sagittal", gap_mm=4.0)
    placed = _placed(head_of(POSES["straight"], affine, shape))
    atlas = read_atlas()
    sella = np.argwhere(atlas.regions == Region.SELLA).mean(axis=0)[::-1]
    centre = (atlas.affine @ np.array([*sella, 1.0]))[:3]
    pituitary = ball(centre, 8.0, affine, shape)
    assert placed.place_of(pituitary) == "sellar region"
    assert placed.outside_share(pituitary) < 0.2
    scalp = ball(np.array([0.0, 111.0, 0.0]), 5.0, affine, shape)
    assert placed.place_of(scalp).startswith("outside the brain")
    assert placed.outside_share(scalp) > 0.8
    nose = ball(np.array([0.0, -75.0, -55.0]), 9.0, affine, shape)
    assert placed.outside_share(nose) > 0.8


def test_a_lesion_in_two_lobes_is_said_to_lie_between_them() -> None:
    affine, shape = grid_of("axial")
    placed = _placed(head_of(POSES["straight"], affine, shape))
    words = placed.place_of(ball(np.array([38.0, 20.0, 48.0]), 16.0, affine, shape))
    assert words in {
        "between left frontal and parietal lobe",
        "between left parietal and frontal lobe",
    }


def test_the_real_glioblastoma_lies_in_the_left_frontal_lobe(shared_data: Path) -> None:
    _, volume, mask = read_pgbm(shared_data)
    placed = _placed(volume)
    assert placed.believed
    assert placed.place_of(mask) == "left frontal lobe"
    assert placed.outside_share(mask) < 0.02
    flip = np.diag([-1.0, 1.0, 1.0, 1.0])
    flip[0, 3] = volume.voxels.shape[2] - 1
    mirrored = Volume(volume.voxels[:, :, ::-1].copy(), volume.affine @ flip, volume.geometry)
    assert _placed(mirrored).place_of(mask[:, :, ::-1]) == "left frontal lobe"


def _limb() -> Volume:
    affine = np.diag([1.8, 1.8, 5.0, 1.0])
    affine[:3, 3] = (-90.0, -110.0, -70.0)
    _, j, i = np.indices((30, 124, 102))
    x, y = (i - 50) * 1.8, (j - 61) * 1.8
    radius, bone = np.hypot(x / 60, y / 70), np.hypot(x + 15, y - 10)
    voxels = np.where(radius < 1, 400.0, 8) + np.where((radius > 0.85) & (radius < 1), 400, 0)
    voxels = np.where(bone < 18, 120, voxels)
    voxels = np.where(bone < 11, 700, voxels)
    voxels += np.random.default_rng(2).normal(0, 15, voxels.shape)
    return Volume(np.abs(voxels).astype(np.int16), affine, Geometry(GeometryKind.REGULAR, 0.0))


def _noise() -> Volume:
    volume = _limb()
    voxels = np.random.default_rng(3).gamma(2, 100, volume.voxels.shape).astype(np.int16)
    return Volume(voxels, volume.affine, volume.geometry)


@pytest.mark.parametrize("volume", [_limb(), _noise(), head_volume()], ids=["limb", "noise", "egg"])
def test_what_is_no_head_is_not_laid_over_one(volume: Volume) -> None:
    placed = _placed(volume)
    assert not placed.believed
    assert placed.reason
    mask = np.zeros(volume.voxels.shape, dtype=bool)
    mask[15:18, 30:40, 60:70] = True
    assert "part of the imaged head" in placed.place_of(mask)
    assert placed.outside_share(mask) == 0.0


def test_a_registration_that_is_off_is_refused_and_the_right_one_is_not() -> None:
    affine, shape = grid_of("axial")
    volume = head_of(POSES["straight"], affine, shape)
    thin = thinned(volume.voxels, head_mask(volume.voxels), affine, 3.0)
    samples, atlas = samples_of(thin.voxels, thin.affine, thin.around), read_atlas()
    assert not unsharp(peak(samples, np.eye(4), atlas))
    for wrong in (pose((0.0, 20.0, 0.0)), pose((15.0, 0.0, 8.0)), pose(degrees=(0.0, 0.0, 18.0))):
        assert unsharp(peak(samples, wrong, atlas))


@pytest.mark.parametrize(
    ("matrix", "word"),
    [
        (pose(scale=(-1.0, 1.0, 1.0)), "mirror"),
        (pose(scale=(1.0, 0.6, 1.0)), "scale"),
        (pose(scale=(1.5, 1.0, 1.0)), "scale"),
        (pose(degrees=(0.0, 0.0, 70.0)), "turn"),
        (np.array([[1, 0.6, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]), "shear"),
    ],
)
def test_a_map_no_head_could_have_is_refused(matrix: np.ndarray, word: str) -> None:
    assert word in implausible(matrix)
    assert implausible(pose((30.0, 0.0, 9.0), (10.0, 20.0, 5.0), (0.9, 1.1, 1.2))) == ""


def test_the_same_series_is_placed_the_same_way_twice() -> None:
    affine, shape = grid_of("axial")
    volume = head_of(POSES["large"], affine, shape)
    one, other = _placed(volume), _placed(volume)
    assert one.to_template is not None
    assert np.array_equal(one.to_template, other.to_template)


def test_the_workstation_measures_without_simpleitk() -> None:
    code = (
        "import sys, inference.pipeline.worker, inference.measure.placing;"
        "import inference.measure.change;"
        "sys.exit('SimpleITK' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
