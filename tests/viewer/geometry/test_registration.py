"""A prior is laid over the current study to a fraction of a millimetre, or not at all."""

from __future__ import annotations

import multiprocessing

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
