"""How a finding changed since an earlier study that was laid over the current one.

Both outlines are the model's or a reader's; what is compared is what was marked, so the words say
"marked" and not "there". A change counts only beyond the error of both volumes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.errors import NotComparableError
from inference.measure.extent import diameters, volume_error_ml, volume_ml
from inference.records import Change, ChangeKind

Labels = NDArray[np.uint8]
Matrix = NDArray[np.float64]

REACH_MM = 5.0
"""How far a marked voxel may lie from a marked one of the prior: the registration's own error."""
LEAST_SHARE = 0.1
LEAST_SEEN = 0.9
_FLAT_MM3 = 1e-6
_RIGID = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """A label map (slices, rows, columns), 0 is none, with its affine to LPS+ mm."""

    labels: Labels
    affine: Matrix


def changes(
    now: Marked, then: Marked, to_prior: Matrix, days: int | None = None
) -> tuple[Change, ...]:
    """Return what became of every label value of both studies, larger ones first.

    Parameters
    ----------
    now, then
        What is marked in the current and in the prior series.
    to_prior
        4x4 rigid map from the current series' LPS+ mm to the prior's.

    Raises
    ------
    NotComparableError
        if a grid has no extent, or the map is not rigid: it would turn a left lesion into a right
        one, or a large one into a small one.
    """
    _require_comparable(now, then, to_prior)
    here, there = _values(now.labels), _values(then.labels)
    pairs = _matches(now, then, to_prior)
    told = []
    for mine, theirs in _groups(here, there, pairs):
        told.append(_told(now, then, mine, theirs, to_prior, days))
    return tuple(sorted(told, key=lambda one: -max(one.now_ml, one.then_ml)))


def change_of(value: int, all_changes: tuple[Change, ...]) -> Change | None:
    """Return the change that a current label value has part in."""
    return next((one for one in all_changes if value in one.values), None)


def _require_comparable(now: Marked, then: Marked, to_prior: Matrix) -> None:
    for one in (now, then):
        if not np.isfinite(one.affine).all() or abs(np.linalg.det(one.affine[:3, :3])) < _FLAT_MM3:
            raise NotComparableError("Not compared: the slices of one study have no extent.")
    turn = to_prior[:3, :3]
    rigid = np.isfinite(to_prior).all() and np.allclose(turn @ turn.T, np.eye(3), atol=_RIGID)
    if not rigid or np.linalg.det(turn) < 0:
        raise NotComparableError(
            "Not compared: the prior lies mirrored or stretched to this study."
        )


def _matches(now: Marked, then: Marked, to_prior: Matrix) -> set[tuple[int, int]]:
    """Return (value now, value then) of which a tenth of the smaller one meets the other.

    A voxel meets a prior lesion if it falls within REACH_MM of it.
    """
    if not then.labels.any():
        return set()
    spacing = np.linalg.norm(then.affine[:3, :3], axis=0)[::-1]
    nearest = ndimage.distance_transform_edt(
        then.labels == 0, sampling=spacing, return_distances=False, return_indices=True
    )
    volume_now, volume_then = _voxel_ml(now), _voxel_ml(then)
    pairs = set()
    for value in _values(now.labels):
        index, inside = _in_prior(now, then, value, to_prior)
        k, j, i = index[inside].T
        there = np.stack([axis[k, j, i] for axis in nearest])
        away = (there - index[inside].T)[::-1].T @ then.affine[:3, :3].T  # true mm on any grid
        close = np.linalg.norm(away, axis=1) <= REACH_MM
        met = then.labels[tuple(there[:, close])]
        for other in _values(met):
            shared = float((met == other).sum()) * volume_now
            smaller = min(
                float((now.labels == value).sum()) * volume_now,
                float((then.labels == other).sum()) * volume_then,
            )
            if shared >= LEAST_SHARE * smaller:
                pairs.add((value, other))
    return pairs


def _in_prior(
    one: Marked, other: Marked, value: int, way: Matrix
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return a lesion's voxels as (slice, row, column) of the other grid, and which lie in it."""
    index = np.argwhere(one.labels == value)[:, ::-1]
    points = np.c_[index, np.ones(len(index))] @ (np.linalg.inv(other.affine) @ way @ one.affine).T
    moved = np.rint(points[:, 2::-1]).astype(np.int64)
    return moved, np.asarray(((moved >= 0) & (moved < other.labels.shape)).all(axis=1))


def _groups(
    here: tuple[int, ...], there: tuple[int, ...], pairs: set[tuple[int, int]]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return the lesions that belong together: each value of both studies is in one group."""
    groups = [({value}, set[int]()) for value in here] + [(set[int](), {v}) for v in there]
    for mine, theirs in sorted(pairs):
        one = next(group for group in groups if mine in group[0])
        other = next(group for group in groups if theirs in group[1])
        if one is not other:
            one[0].update(other[0])
            one[1].update(other[1])
            groups.remove(other)
    return [(tuple(sorted(mine)), tuple(sorted(theirs))) for mine, theirs in groups]


def _told(
    now: Marked,
    then: Marked,
    mine: tuple[int, ...],
    theirs: tuple[int, ...],
    to_prior: Matrix,
    days: int | None,
) -> Change:
    now_ml, product_now, error_now = _sizes(now, mine)
    then_ml, product_then, error_then = _sizes(then, theirs)
    error = math.hypot(error_now, error_then)
    if mine and theirs:
        grown = now_ml - then_ml
        kind = ChangeKind.LARGER if grown > 0 else ChangeKind.SMALLER
        kind = kind if abs(grown) > error else ChangeKind.UNCHANGED
    elif mine:
        kind = ChangeKind.NEW if _seen(now, then, mine, to_prior) else ChangeKind.UNSEEN
    else:
        back = np.asarray(np.linalg.inv(to_prior), dtype=np.float64)
        kind = ChangeKind.GONE if _seen(then, now, theirs, back) else ChangeKind.UNSEEN
    return Change(kind, mine, theirs, now_ml, then_ml, product_now, product_then, error, days)


def _seen(one: Marked, other: Marked, values: tuple[int, ...], way: Matrix) -> bool:
    """Whether the other study shows nine tenths of where these lesions lie."""
    inside = np.concatenate([_in_prior(one, other, value, way)[1] for value in values])
    return bool(inside.mean() >= LEAST_SEEN)


def _sizes(marked: Marked, values: tuple[int, ...]) -> tuple[float, float, float]:
    """Return the volume in ml, the sum of diameter products in mm2 and the volume's error."""
    if not values:
        return 0.0, 0.0, 0.0
    whole = np.isin(marked.labels, values)
    products = [diameters(marked.labels == v, marked.affine).product_mm2 for v in values]
    return (
        volume_ml(whole, marked.affine),
        float(sum(products)),
        volume_error_ml(whole, marked.affine),
    )


def _voxel_ml(marked: Marked) -> float:
    return float(abs(np.linalg.det(marked.affine[:3, :3])) / 1000)


def _values(labels: NDArray[np.generic]) -> tuple[int, ...]:
    return tuple(int(value) for value in np.unique(labels) if value)
