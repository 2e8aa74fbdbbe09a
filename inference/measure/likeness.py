"""How alike a series and the template are under a given map: mutual information, and its peak."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.measure.atlas import Atlas

Matrix = NDArray[np.float64]
Points = NDArray[np.float64]

BINS = 24
FEWEST_POINTS = 400
DEEP_MM = 8.0
_MOVED_MM = 14.0
_TURNED_DEGREES = 14.0
_SCALED = 0.16


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Points of a series in LPS+ mm (n, 3) and their brightness as a level 0..BINS-1."""

    points: Points
    levels: NDArray[np.int64]

    def every(self, step: int) -> Samples:
        """Return each ``step``-th sample only."""
        return Samples(self.points[::step], self.levels[::step])


@dataclass(frozen=True, slots=True)
class Peak:
    """Likeness inside the skull (nats) at the map found, and among its displaced copies."""

    here: float
    displaced: float
    highest_displaced: float
    points: int

    @property
    def sharpness(self) -> float:
        """How many times the displaced copies' mean likeness the map found has."""
        return self.here / max(self.displaced, 1e-3)


def samples_of(
    voxels: NDArray[np.float32], affine: Matrix, mask: NDArray[np.bool_], most: int = 40_000
) -> Samples:
    """Return the voxels of ``mask`` as samples, evenly thinned to ``most``."""
    slices, rows, columns = np.nonzero(mask)
    step = max(1, -(-len(slices) // most))
    index = np.stack([columns, rows, slices], axis=1)[::step]
    values = voxels[index[:, 2], index[:, 1], index[:, 0]]
    points = index @ affine[:3, :3].T + affine[:3, 3]
    return Samples(np.asarray(points), levels_of(values))


def levels_of(values: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return each value's level; the levels share the range from the 1st to the 99th percentile."""
    low, high = np.quantile(values, [0.01, 0.99])
    share = (values - low) / max(float(high - low), 1e-6)
    return np.asarray(np.clip(share * BINS, 0, BINS - 1).astype(np.int64))


def mutual_information(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Return the mutual information of two lists of levels in nats, less what chance would give.

    The bias of the estimate is (used levels - 1)^2 / 2n (Miller 1955).
    """
    if len(one) < FEWEST_POINTS:
        return 0.0
    counts = np.bincount(one * BINS + other, minlength=BINS * BINS).reshape(BINS, BINS)
    joint = counts / counts.sum()
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    seen = joint > 0
    expected = np.outer(rows, columns)
    information = float((joint[seen] * np.log(joint[seen] / expected[seen])).sum())
    bias = ((rows > 0).sum() - 1) * ((columns > 0).sum() - 1) / (2 * len(one))
    return max(0.0, information - float(bias))


def whole_likeness(samples: Samples, matrix: Matrix, atlas: Atlas) -> float:
    """Return mutual information over all samples, air included."""
    moved = samples.points @ matrix[:3, :3].T + matrix[:3, 3]
    picture = atlas.look_up(atlas.enhanced, moved).astype(np.int64)
    return mutual_information(samples.levels, picture * BINS // 256)


def peak(samples: Samples, matrix: Matrix, atlas: Atlas) -> Peak:
    """Return how much better the map found is than copies of it moved, turned and scaled.

    Only the samples count that the map found puts 8 mm and more inside the template's skull:
    what is inside, and not the head's outline, tells a head from any round thing. They stay the
    same for the displaced copies, and their levels are set anew, since scalp and air are gone.
    """
    moved = samples.points @ matrix[:3, :3].T + matrix[:3, 3]
    inside = np.asarray(atlas.look_up(atlas.depth_mm, moved)) > DEEP_MM
    if inside.sum() < FEWEST_POINTS:
        return Peak(0.0, 0.0, 0.0, int(inside.sum()))
    inner, levels = moved[inside], levels_of(samples.levels[inside].astype(np.float64))
    here = _inner_likeness(inner, levels, atlas)
    centre = inner.mean(axis=0)
    others = [
        _inner_likeness(inner @ away[:3, :3].T + away[:3, 3], levels, atlas)
        for away in _displacements(centre)
    ]
    return Peak(here, float(np.mean(others)), float(np.max(others)), len(inner))


def _inner_likeness(moved: Points, levels: NDArray[np.int64], atlas: Atlas) -> float:
    picture = ndimage.map_coordinates(
        atlas.plain, atlas.index(moved).T, output=np.float32, order=1, mode="nearest"
    )
    return mutual_information(levels, levels_of(picture))


def _displacements(centre: Points) -> list[Matrix]:
    made = []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            moved = np.eye(4)
            moved[axis, 3] = sign * _MOVED_MM
            made += [moved, _about(centre, _turn(axis, sign * np.radians(_TURNED_DEGREES)))]
    made += [_about(centre, np.eye(3) * (1 + sign * _SCALED)) for sign in (-1.0, 1.0)]
    return made


def _turn(axis: int, angle: float) -> Matrix:
    one, other = (axis + 1) % 3, (axis + 2) % 3
    turn = np.eye(3)
    turn[one, one] = turn[other, other] = np.cos(angle)
    turn[one, other], turn[other, one] = -np.sin(angle), np.sin(angle)
    return turn


def _about(centre: Points, linear: Matrix) -> Matrix:
    made = np.eye(4)
    made[:3, :3] = linear
    made[:3, 3] = centre - linear @ centre
    return made
