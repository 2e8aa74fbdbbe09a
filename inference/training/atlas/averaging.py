"""Heads of the same shape: affine maps onto their mean, and how often each tissue lies where.

Generalised Procrustes (Gower 1975) on landmarks: the heads are laid over one another rigidly until
their mean stands still; the mean is made symmetric and turned into the stereotactic position; then
each head is laid onto it by an affine map. No optimiser and no chance: the same heads give the same
mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.training.atlas.heads import PAIRS, Head, Marks, mirrored

Matrix = NDArray[np.float64]

ROUNDS = 10
# Centres in stereotactic (MNI) space, mm to the left, back and up, mean of both sides, as the AAL
# atlas has them (doi:10.1006/nimg.2001.0978), and outermost points of its cerebrum.
_STEREOTACTIC: dict[tuple[int, int], tuple[float, float, float]] = {
    (17, 53): (27.1, 20.2, -10.2),
    (18, 54): (25.3, 0.0, -17.3),
    (11, 50): (13.2, -11.6, 9.3),
    (12, 51): (25.9, -4.4, 2.4),
    (13, 52): (19.5, -0.1, 0.2),
    (10, 49): (11.9, 17.6, 8.1),
}
_CEREBRUM_LOW, _CEREBRUM_HIGH = (-72.0, -73.0, -44.0), (72.0, 104.0, 82.0)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The template's grid: shape (slices, rows, columns), its affine to LPS+ mm."""

    shape: tuple[int, int, int]
    affine: Matrix

    def points(self, offset: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Matrix:
        """Return the voxels' places in LPS+ mm (slices, rows, columns, 3), moved by ``offset``."""
        k, j, i = np.indices(self.shape, dtype=np.float64)
        index = np.stack([i, j, k], axis=-1)
        return np.asarray(index @ self.affine[:3, :3].T + self.affine[:3, 3] + np.array(offset))


def mean_shape(heads: Sequence[Marks]) -> tuple[Matrix, list[Matrix]]:
    """Return the landmarks of the heads' mean, and the affine map of each head onto it.

    The mean has the heads' mean size and lies in stereotactic position.
    """
    maps = [np.eye(4) for _ in heads]
    mean = heads[0].landmarks(maps[0])
    for _ in range(ROUNDS):
        points = [head.landmarks(laid) for head, laid in zip(heads, maps, strict=True)]
        laid = [_apply(rigid(one, mean), one) for one in points]
        mean = np.mean(laid, axis=0)
        twin = mirrored(mean)
        mean = (mean + _apply(rigid(twin, mean), twin)) / 2
        mean = _apply(rigid(_centres(mean), _centres_wanted()), mean)
        mean = (mean + mirrored(mean)) / 2
        maps = [affine(one, mean) for one in points]
    return mean, maps


def to_stereotactic(mean: Matrix, low: Matrix, high: Matrix) -> Matrix:
    """Return the affine map of the template's space into stereotactic space.

    ``mean`` are the template's landmarks, ``low`` and ``high`` the extent of its cerebrum.
    """
    zero, wanted = _centres(mean).mean(axis=0), _centres_wanted().mean(axis=0)
    here, there = list(_centres(mean)), list(_centres_wanted())
    for ends, known in ((low, _CEREBRUM_LOW), (high, _CEREBRUM_HIGH)):
        for axis in range(3):
            here.append(np.where(np.arange(3) == axis, ends, zero))
            there.append(np.where(np.arange(3) == axis, known, wanted))
    return affine(np.array(here), np.array(there))


def rigid(points: Matrix, onto: Matrix) -> Matrix:
    """Return the 4x4 rotation and shift that lay ``points`` over ``onto`` (Kabsch 1976)."""
    here, there = points.mean(axis=0), onto.mean(axis=0)
    one, _, other = np.linalg.svd((points - here).T @ (onto - there))
    turn = np.diag([1.0, 1.0, np.sign(np.linalg.det(one @ other))])
    made = np.eye(4)
    made[:3, :3] = (one @ turn @ other).T
    made[:3, 3] = there - made[:3, :3] @ here
    return made


def affine(points: Matrix, onto: Matrix) -> Matrix:
    """Return the 4x4 affine map that lays ``points`` over ``onto`` with least squares."""
    design = np.c_[points, np.ones(len(points))]
    made = np.eye(4)
    made[:3] = np.linalg.lstsq(design, onto, rcond=None)[0].T
    return made


def label_shares(
    head: Head, to_space: Matrix, frame: Frame, group_of: NDArray[np.uint8], groups: int
) -> NDArray[np.float32]:
    """Return the share of each group of labels in each voxel (groups, slices, rows, columns).

    Each voxel of the frame is looked up at eight places; what lies outside the head's own image
    counts for no group, not for air.
    """
    back = np.linalg.inv(head.affine) @ np.linalg.inv(to_space)
    shares = np.zeros((groups, *frame.shape), dtype=np.float32)
    quarter = float(np.linalg.norm(frame.affine[:3, 0])) / 4
    size = np.array(head.labels.shape[::-1])
    for corner in np.ndindex(2, 2, 2):
        offset = tuple(quarter * (2 * step - 1) for step in corner)
        points = frame.points((offset[0], offset[1], offset[2]))
        index = np.rint(points @ back[:3, :3].T + back[:3, 3]).astype(np.int64)
        inside = ((index >= 0) & (index < size)).all(axis=-1)
        i, j, k = (np.where(inside, index[..., axis], 0) for axis in range(3))
        found = np.where(inside, group_of[head.labels[k, j, i]], groups)
        for group in range(groups):
            shares[group] += found == group
    return np.asarray(shares / 8, dtype=np.float32)


def _apply(matrix: Matrix, points: Matrix) -> Matrix:
    return np.asarray(points @ matrix[:3, :3].T + matrix[:3, 3])


def _centres(points: Matrix) -> Matrix:
    return points[[2 * PAIRS.index(pair) + side for pair in _STEREOTACTIC for side in (0, 1)]]


def _centres_wanted() -> Matrix:
    both = ((1.0, 1.0, 1.0), (-1.0, 1.0, 1.0))
    return np.array([np.multiply(at, side) for at in _STEREOTACTIC.values() for side in both])
