"""From any acquisition to the patient's axes and back: no side is ever guessed or swapped."""

from __future__ import annotations

import numpy as np
import pytest

from inference.models.anatomy_net import GRID, VOXEL_MM
from inference.models.structures import COUNT, INDEX, STRUCTURES
from inference.pipeline.anatomy_prepare import (
    HeadGrid,
    labels_on_series,
    middle_of_head,
    normalise_head,
    to_grid,
)
from tests.inference.anatomy.phantom import answer_of, labelled, t1_volume
from viewer.records import Geometry, GeometryKind, Volume

# Each as (column, row, slice) directions in LPS: how scanners really acquire.
ACQUISITIONS = {
    "axial": np.eye(3),
    "axial from above": np.diag([1.0, 1.0, -1.0]),
    "axial mirrored": np.diag([-1.0, 1.0, 1.0]),
    "coronal": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
    "sagittal": np.array([[0, 0, 1.0], [1, 0, 0], [0, -1, 0]]),
    "sagittal from the left": np.array([[0, 0, -1.0], [1, 0, 0], [0, -1, 0]]),
}


def geometry_of(axes: np.ndarray, spacing: float = 1.5) -> tuple[np.ndarray, tuple[int, int, int]]:
    """Return an affine and a shape that hold the phantom about the origin."""
    reach = np.abs(axes).T @ np.array([84.0, 102.0, 86.0])
    counts = np.ceil(2 * reach / spacing).astype(int)
    affine = np.eye(4)
    affine[:3, :3] = axes * spacing
    affine[:3, 3] = -affine[:3, :3] @ ((counts - 1) / 2)
    return affine, (int(counts[2]), int(counts[1]), int(counts[0]))


def one_sided(axes: np.ndarray) -> Volume:
    """Return a head with a bright spot on the patient's left, acquired so."""
    affine, shape = geometry_of(axes)
    volume = t1_volume(affine, shape)
    k, j, i = np.indices(shape)
    points = np.stack([i, j, k], -1) @ affine[:3, :3].T + affine[:3, 3]
    spot = np.linalg.norm(points - np.array([40.0, -10.0, 20.0]), axis=-1) < 10
    voxels = volume.voxels.copy()
    voxels[spot] = 3000
    return Volume(voxels, affine, volume.geometry)


@pytest.mark.parametrize("name", ACQUISITIONS)
def test_the_left_of_the_patient_is_the_left_of_the_grid(name: str) -> None:
    head = to_grid(one_sided(ACQUISITIONS[name]), (0, 0, 0), GRID, VOXEL_MM)
    bright = np.argwhere(head.image >= 1.4).mean(0)[::-1]
    point = head.affine[:3, :3] @ bright + head.affine[:3, 3]
    assert point == pytest.approx([40, -10, 20], abs=1.5)


def test_the_harness_sees_a_lost_mirror() -> None:
    """A resampler that drops the sign of an axis puts the spot on the right: the test goes red."""
    volume = one_sided(ACQUISITIONS["axial mirrored"])
    broken = Volume(volume.voxels, np.abs(volume.affine), volume.geometry)
    broken.affine[:3, 3] = -broken.affine[:3, :3] @ (np.array(volume.voxels.shape[::-1]) - 1) / 2
    head = to_grid(broken, (0, 0, 0), GRID, VOXEL_MM)
    bright = np.argwhere(head.image >= 1.4).mean(0)[::-1]
    assert (head.affine[:3, :3] @ bright + head.affine[:3, 3])[0] < -30


@pytest.mark.parametrize("name", ACQUISITIONS)
def test_labels_come_back_to_the_series_on_the_right_side(name: str) -> None:
    affine, shape = geometry_of(ACQUISITIONS[name], 2.2)
    volume = Volume(np.zeros(shape, np.int16), affine, Geometry(GeometryKind.REGULAR, 0.0))
    answer = answer_of(sure=0.99)
    labels = labels_on_series(answer.likely, answer.left, answer.head, volume, STRUCTURES)
    classes, left = labelled(shape, affine)
    lefts = np.array([s.left for s in STRUCTURES])
    rights = np.array([s.right for s in STRUCTURES])
    truth = np.where(left, lefts[classes], rights[classes])
    assert (labels == truth).mean() > 0.97
    for structure in ("hippocampus", "putamen"):
        found = labels == STRUCTURES[INDEX[structure]].left
        real = truth == STRUCTURES[INDEX[structure]].left
        assert 2 * (found & real).sum() / (found.sum() + real.sum()) > 0.85


def test_what_lies_outside_the_grid_is_background() -> None:
    affine, _ = geometry_of(np.eye(3))
    far = affine.copy()
    far[:3, 3] += 1000
    volume = Volume(np.zeros((8, 8, 8), np.int16), far, Geometry(GeometryKind.REGULAR, 0.0))
    likely = np.zeros((COUNT, *GRID), np.float32)
    likely[5] = 1
    head = HeadGrid(likely[0], np.diag([2.0, 2.0, 2.0, 1.0]), 2.0)
    labels = labels_on_series(likely, likely[5], head, volume, STRUCTURES)
    assert not labels.any()


@pytest.mark.parametrize("neck_mm", [0.0, 80.0])
def test_the_brain_is_looked_for_below_the_crown_however_much_neck_there_is(neck_mm: float) -> None:
    affine, shape = geometry_of(np.eye(3), 2.0)
    volume = t1_volume(affine, shape)
    rows = int(neck_mm / 2)
    neck = np.zeros((rows, *shape[1:]), np.int16)
    neck[:, 30:70, 25:60] = 200
    moved = affine.copy()
    moved[2, 3] -= neck_mm
    longer = Volume(np.concatenate([neck, volume.voxels]), moved, volume.geometry)
    # The network was trained with the brain up to 12 mm off; then it looks again, centred.
    assert middle_of_head(longer) == pytest.approx((0, 0, 0), abs=15)


def test_normalising_does_not_mind_the_scanners_scale() -> None:
    image = np.random.default_rng(1).gamma(2.0, 100.0, (20, 20, 20)).astype(np.float32)
    assert np.allclose(normalise_head(image), normalise_head(image * 37 + 5), atol=1e-3)
    assert normalise_head(image).max() <= 1.5
    assert np.isfinite(normalise_head(np.zeros((9, 9, 9), np.float32))).all()
