"""A prior is laid over the current study to a fraction of a millimetre, or not at all."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import nibabel
import numpy as np
import pytest
from scipy import ndimage

from viewer.errors import GeometryUnknownError
from viewer.geometry.alignment import Grid, thinned
from viewer.geometry.planes import rotation_about
from viewer.geometry.registering import register_volumes
from viewer.geometry.registration import register
from viewer.records import Geometry, GeometryKind, Volume

SHAPE = (40, 56, 48)


def head(seed: int = 1) -> Grid:
    """Something with a skull, two halves that differ, and folds, in 4 mm voxels."""
    rng = np.random.default_rng(seed)
    k, j, i = np.indices(SHAPE, dtype=float)
    centre = (np.array(SHAPE) - 1) / 2
    r = np.sqrt(
        ((k - centre[0]) / 17) ** 2 + ((j - centre[1]) / 24) ** 2 + ((i - centre[2]) / 19) ** 2
    )
    folds = ndimage.gaussian_filter(rng.normal(size=SHAPE), 2.0) * 900
    voxels = np.where(r < 0.85, 400 + folds + 3 * i, 0) + np.where((r > 0.9) & (r < 1), 900, 0)
    affine = np.diag([4.0, 4.0, 4.0, 1.0])
    affine[:3, 3] = (-94.0, -110.0, -78.0)
    return Grid(voxels.astype(np.float32), affine)


def moved(grid: Grid, motion: np.ndarray, seed: int) -> Grid:
    """The same head after a motion, in another contrast, with noise and a bias."""
    rng = np.random.default_rng(seed)
    index = np.stack(np.indices(SHAPE)[::-1], axis=-1).reshape(-1, 3)
    points = np.c_[index, np.ones(len(index))] @ grid.affine.T @ np.linalg.inv(motion).T
    source = (points @ np.linalg.inv(grid.affine).T)[:, :3]
    voxels = ndimage.map_coordinates(grid.voxels, source[:, ::-1].T, order=1).reshape(SHAPE)
    bias = 1.0 + 0.2 * np.indices(SHAPE)[1] / SHAPE[1]
    other = np.sqrt(np.maximum(voxels, 0)) * 30 * bias + rng.normal(0, 15, SHAPE)
    return Grid(other.astype(np.float32), grid.affine)


def face(seed: int = 1, size: tuple[float, float, float] = (17.0, 24.0, 19.0)) -> Grid:
    """A head that narrows to the top and to the front, as real ones do; ``size`` in voxels."""
    centre = (np.array(SHAPE) - 1) / 2
    z, y, x = ((at - m) / s for at, m, s in zip(np.indices(SHAPE), centre, size, strict=True))
    x, y = x / (1 + 0.3 * z - 0.25 * y), y / (1 + 0.15 * z)
    r = np.sqrt(x**2 + y**2 + z**2)
    folds = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=SHAPE), 2.0) * 900
    brain = 400 + folds + 3 * np.indices(SHAPE)[2]
    voxels = np.where(r < 0.85, brain, 0) + np.where((r > 0.9) & (r < 1), 900, 0)
    return Grid(voxels.astype(np.float32), head().affine)


def limb() -> Grid:
    """Fat, muscle and a bone along the slices."""
    rng = np.random.default_rng(8)
    _, j, i = np.indices(SHAPE)
    _, rows, columns = SHAPE
    whole = np.hypot((j / rows - 0.5) / 0.33, (i / columns - 0.5) / 0.33)
    bone = np.hypot((j / rows - 0.55) / 0.1, (i / columns - 0.45) / 0.1)
    muscle = 400 + ndimage.gaussian_filter(rng.normal(size=SHAPE), 2.0) * 300
    voxels = np.where(whole < 1, np.where(whole > 0.85, 1000, muscle), 0)
    voxels = voxels + np.where(bone < 1, np.where(bone > 0.7, -300, 500), 0)
    voxels = np.clip(voxels + rng.normal(0, 20, SHAPE), 0, None)
    return Grid(voxels.astype(np.float32), head().affine)


def real(folder: Path, name: str) -> Grid:
    """A real head of 6.5 mm slices, without the empty ones."""
    held = nibabel.load(folder / "pgbm_nifti" / name)
    voxels = np.asarray(held.dataobj, dtype=np.float32).transpose(2, 0, 1)
    voxels = voxels[voxels.reshape(len(voxels), -1).std(axis=1) > 1]
    return thinned(np.ascontiguousarray(voxels), np.diag([0.86, 0.86, 6.5, 1.0]))


def motion_of(rng: np.random.Generator) -> np.ndarray:
    """Up to 15 degrees about any axis, and up to 20 mm."""
    axis = rng.normal(size=3)
    motion = np.eye(4)
    motion[:3, :3] = rotation_about(
        tuple(axis / np.linalg.norm(axis)), np.radians(rng.uniform(-15, 15))
    )
    motion[:3, 3] = rng.uniform(-11.5, 11.5, 3)
    return motion


def target_error_mm(truth: np.ndarray, found: np.ndarray) -> float:
    points = np.c_[np.random.default_rng(0).uniform(-60, 60, (300, 3)), np.ones(300)]
    away = (points @ truth.T - points @ found.T)[:, :3]
    return float(np.median(np.linalg.norm(away, axis=1)))


@pytest.mark.parametrize("seed", [3, 4])
def test_a_known_motion_is_found_to_a_millimetre(seed: int) -> None:
    fixed = head()
    motion = motion_of(np.random.default_rng(seed))
    found = register(fixed, moved(fixed, motion, seed), lambda *_: None)
    assert found.ok, found.reason
    assert target_error_mm(motion, found.matrix) <= 1.0
    assert found.score_after > found.score_before


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20, 40))
def test_twenty_motions_are_found_to_half_a_voxel(seed: int) -> None:
    """Of the 4 mm voxels of these heads, which are smooth and nearly round: the hard case."""
    fixed = head(seed)
    motion = motion_of(np.random.default_rng(seed))
    found = register(fixed, moved(fixed, motion, seed), lambda *_: None)
    assert found.ok, found.reason
    assert target_error_mm(motion, found.matrix) <= 2.0


def test_the_same_volumes_give_the_same_answer() -> None:
    fixed = head()
    other = moved(fixed, motion_of(np.random.default_rng(5)), 5)
    one, again = (register(fixed, other, lambda *_: None) for _ in range(2))
    assert np.array_equal(one.matrix, again.matrix)


def test_noise_is_not_laid_over_a_head() -> None:
    fixed = head()
    noise = np.random.default_rng(9).normal(size=SHAPE).astype(np.float32)
    found = register(fixed, Grid(noise, fixed.affine), lambda *_: None)
    assert not found.ok
    assert "same part of the body" in found.reason


def test_a_narrowing_head_is_found_again() -> None:
    """What the refusals below are measured against: the same head is believed."""
    fixed, motion = face(), motion_of(np.random.default_rng(3))
    found = register(fixed, moved(fixed, motion, 3), lambda *_: None)
    assert found.ok, found.reason
    assert target_error_mm(motion, found.matrix) <= 1.0


def test_another_head_is_refused() -> None:
    other = moved(face(2, (16.0, 25.5, 18.0)), np.eye(4), 2)
    found = register(face(), other, lambda *_: None)
    assert not found.ok
    assert "no position fits clearly better" in found.reason


def test_a_limb_is_not_laid_over_a_head() -> None:
    found = register(face(), limb(), lambda *_: None)
    assert not found.ok
    assert found.reason


@pytest.mark.parametrize("turned", [(0,), (1, 2)], ids=["top down", "front back"])
def test_a_head_stored_the_wrong_way_round_is_refused(turned: tuple[int, ...]) -> None:
    """Not left for right: the halves of a head are so alike that nothing could tell."""
    other = moved(face(), motion_of(np.random.default_rng(3)), 3)
    found = register(face(), Grid(np.flip(other.voxels, turned), other.affine), lambda *_: None)
    assert not found.ok
    assert found.reason


@pytest.mark.parametrize(
    ("other", "believed"), [("01/Pre_Scan_T1.nii.gz", True), ("02/Post_Scan_T1.nii.gz", False)]
)
def test_of_real_heads_the_same_patient_is_believed_and_another_refused(
    shared_data: Path, other: str, believed: bool
) -> None:
    pair = real(shared_data, "01/Post_Scan_T1.nii.gz"), real(shared_data, other)
    found = register(*pair, lambda *_: None)
    assert found.ok is believed
    assert believed or "no position fits clearly better" in found.reason


@pytest.mark.parametrize(
    ("voxels", "spacing", "words"),
    [
        (np.zeros((20, 40, 50)), 4.0, "shows nothing"),
        (np.full((20, 40, 50), np.nan), 4.0, "shows nothing"),
        (np.arange(3 * 40 * 50.0).reshape(3, 40, 50), 20.0, "too few slices"),
        (np.arange(8 * 40 * 50.0).reshape(8, 40, 50), 2.0, "only 16 mm thick"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_its_reason(
    voxels: np.ndarray, spacing: float, words: str
) -> None:
    odd = Grid(voxels.astype(np.float32), np.diag([spacing, spacing, spacing, 1.0]))
    for pair in ((head(), odd), (odd, head())):
        found = register(*pair, lambda *_: None)
        assert not found.ok
        assert words in found.reason


def test_voxels_that_are_no_number_count_as_the_darkest() -> None:
    voxels = np.array([[[np.nan, 5.0], [np.inf, 7.0]]], dtype=np.float32)
    assert thinned(voxels, np.diag([2.0, 2.0, 2.0, 1.0])).voxels.tolist() == [[[5, 5], [5, 7]]]
    assert not thinned(np.full((2, 2, 2), np.nan), np.diag([2.0, 2.0, 2.0, 1.0])).voxels.any()


def test_thinning_keeps_every_point_where_it_is() -> None:
    voxels = np.arange(24 * 30 * 36, dtype=np.int16).reshape(24, 30, 36)
    affine = np.diag([0.5, 1.0, 0.7, 1.0])
    affine[:3, 3] = (5.0, 6.0, 7.0)
    grid = thinned(voxels, affine)
    assert grid.voxels.shape == (8, 15, 9)
    corner = grid.affine @ np.array([0.0, 0.0, 0.0, 1.0])
    assert corner[:3] == pytest.approx([5.0 + 0.5 * 1.5, 6.0 + 0.5, 7.0 + 0.7])
    assert grid.voxels[0, 0, 0] == pytest.approx(voxels[:3, :2, :4].mean())


class StoppedError(Exception):
    """Somebody said cancel."""


def test_cancel_ends_the_process_at_once() -> None:
    grid = head()
    volume = Volume(grid.voxels, grid.affine, Geometry(GeometryKind.REGULAR, 0.0))

    def cancel(fraction: float, text: str) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        register_volumes(volume, volume, cancel)
    assert not multiprocessing.active_children()


def test_a_series_without_geometry_is_not_registered() -> None:
    grid = head()
    known = Volume(grid.voxels, grid.affine, Geometry(GeometryKind.REGULAR, 0.0))
    unknown = Volume(grid.voxels, grid.affine, Geometry(GeometryKind.UNKNOWN, 0.0))
    with pytest.raises(GeometryUnknownError):
        register_volumes(known, unknown, lambda *_: None)
