"""Painting on a label map: brush, eraser, threshold, and filling in between painted slices.

Every act gives a LabelChange, the box of voxels it touched before and after. Arrays are
(slices, rows, columns); millimetres come from the affine, so a brush is round in the patient and
not on the grid.
"""

from __future__ import annotations

import itertools
import math
import struct
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from viewer.records import LabelChange, Vector3, Volume

_HEADER = struct.Struct(">4s6I")
_MAGIC = b"LCH1"
_MOST_VOXELS = 1 << 30
_TIE = 1e-9

Box = tuple[slice, slice, slice]
"""Slices, rows and columns of a part of the grid."""


@dataclass(frozen=True, slots=True)
class Brush:
    """A round brush.

    ``value`` is what it paints (0 erases), ``only`` what it may paint over (None: everything).
    Inside ``between`` (lowest, highest stored value) a voxel is painted, outside not. With
    ``normal`` (a unit vector) the brush is a disc across it, one slice thick, else a ball. A brush
    smaller than a voxel still paints the voxel under it.
    """

    radius_mm: float
    value: int
    only: int | None = None
    between: tuple[float, float] | None = None
    normal: Vector3 | None = None


def paint(
    labels: NDArray[np.uint8], volume: Volume, path_mm: Sequence[Vector3], brush: Brush
) -> tuple[tuple[int, int, int], NDArray[np.uint8]] | None:
    """Return corner (k, j, i) and new content of the box a stroke touches; None where it misses.

    ``labels`` is not changed. The stroke runs along the path in LPS+ mm.
    """
    box = _box(volume, path_mm, brush)
    if box is None:
        return None
    inside = _near(volume, box, path_mm, brush)
    old = labels[box]
    if brush.only is not None:
        inside &= old == brush.only
    if brush.between is not None:
        values: NDArray[Any] = volume.voxels[box]
        inside &= (values >= brush.between[0]) & (values <= brush.between[1])
    if brush.value == 0:
        inside &= old != 0
    if not inside.any():
        return None
    new = old.copy()
    new[inside] = brush.value
    return (box[0].start, box[1].start, box[2].start), new


def change_of(
    before: NDArray[np.uint8], after: NDArray[np.uint8], study_uid: str, series_uid: str
) -> LabelChange | None:
    """Return the smallest box in which two maps of one shape differ, or None where they do not."""
    box = box_of(before != after)
    if box is None:
        return None
    corner = (box[0].start, box[1].start, box[2].start)
    return LabelChange(
        str(uuid.uuid4()), study_uid, series_uid, corner, before[box].copy(), after[box].copy()
    )


def box_of(mask: NDArray[np.bool_]) -> Box | None:
    """Return the smallest box around what is set, or None where nothing is."""
    found = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        places = np.flatnonzero(mask.any(axis=others))
        if not places.size:
            return None
        found.append(slice(int(places[0]), int(places[-1]) + 1))
    return found[0], found[1], found[2]


def apply(labels: NDArray[np.uint8], change: LabelChange) -> None:
    """Make a change: only the voxels it changed are set, whatever was done around them."""
    _set(labels, change.corner, change.before != change.after, change.after)


def revert(labels: NDArray[np.uint8], change: LabelChange) -> None:
    """Take a change back."""
    _set(labels, change.corner, change.before != change.after, change.before)


def between_slices(
    labels: NDArray[np.uint8], value: int, axis: int, spacing_mm: Vector3 = (1.0, 1.0, 1.0)
) -> NDArray[np.uint8]:
    """Fill the empty slices between painted ones; return the whole map, the given one unchanged.

    The outline of a slice in between is where the mean of the two signed distances is zero
    (Raya and Udupa, doi:10.1109/42.52980). ``axis`` is 0 for slices, 1 for rows, 2 for columns;
    ``spacing_mm`` runs along (columns, rows, slices). Only background is filled.
    """
    filled = labels.copy()
    turned = np.moveaxis(filled, axis, 0)
    painted = np.flatnonzero((np.moveaxis(labels, axis, 0) == value).any(axis=(1, 2)))
    if len(painted) < 2:
        return filled
    spacing = tuple(np.delete(np.array(spacing_mm[::-1]), axis))
    box = _seen_in(turned[painted] == value)
    for low, high in itertools.pairwise(painted):
        if high - low < 2:
            continue
        # One pixel of background around it: nothing outside the box is nearer to the other shape.
        ends = [np.pad(turned[k][box] == value, 1) for k in (low, high)]
        start, end = (_signed(mask, spacing)[1:-1, 1:-1] for mask in ends)
        for k in range(low + 1, high):
            share = (k - low) / (high - low)
            grown = (1.0 - share) * start + share * end < 0.0
            part = turned[k][box]
            part[grown & (part == 0)] = value
    return filled


def volume_ml(labels: NDArray[np.uint8], value: int, affine: NDArray[np.float64]) -> float:
    """Return the millilitres of a label by the grid's own voxel size."""
    voxel_mm3 = abs(float(np.linalg.det(affine[:3, :3])))
    return float(np.count_nonzero(labels == value)) * voxel_mm3 / 1000.0


def to_bytes(change: LabelChange) -> bytes:
    """Return a change as bytes: corner, shape, and both boxes compressed."""
    header = _HEADER.pack(_MAGIC, *change.corner, *change.before.shape)
    boxes = (
        np.ascontiguousarray(change.before).tobytes() + np.ascontiguousarray(change.after).tobytes()
    )
    return header + zlib.compress(boxes, 6)


def from_bytes(data: bytes, change_id: str, study_uid: str, series_uid: str) -> LabelChange:
    """Return the change again.

    Raises
    ------
    ValueError
        The bytes are not such a change.
    """
    if len(data) < _HEADER.size:
        raise ValueError("a label stroke is cut short")
    magic, *numbers = _HEADER.unpack_from(data)
    corner, shape = tuple(numbers[:3]), tuple(numbers[3:])
    size = shape[0] * shape[1] * shape[2]
    if magic != _MAGIC or not 0 < size <= _MOST_VOXELS:
        raise ValueError("these bytes are no label stroke")
    stream = zlib.decompressobj()
    try:
        boxes = stream.decompress(data[_HEADER.size :], 2 * size + 1)
    except zlib.error as error:
        raise ValueError("these bytes are no label stroke") from error
    if len(boxes) != 2 * size or not stream.eof:
        raise ValueError("a label stroke is cut short")
    both = np.frombuffer(boxes, np.uint8).reshape(2, *shape)
    return LabelChange(
        change_id, study_uid, series_uid, (corner[0], corner[1], corner[2]), both[0], both[1]
    )


def _set(
    labels: NDArray[np.uint8],
    corner: tuple[int, int, int],
    where: NDArray[np.bool_],
    values: NDArray[np.uint8],
) -> None:
    box = tuple(slice(at, at + size) for at, size in zip(corner, where.shape, strict=True))
    target = labels[box]
    if target.shape != where.shape:
        raise ValueError("a stroke reaches beyond the label map")
    target[where] = values[where]


def _box(volume: Volume, path_mm: Sequence[Vector3], brush: Brush) -> Box | None:
    """The voxels the stroke may touch: the path's own box, widened by the brush along each axis."""
    inverse = np.linalg.inv(volume.affine)
    at = np.c_[np.array(path_mm, dtype=np.float64), np.ones(len(path_mm))] @ inverse.T
    # How far an index moves at most within the brush: the length of the inverse's row, times mm.
    rows = inverse[:3, :3]
    if brush.normal is None:
        reach = np.linalg.norm(rows, axis=1) * brush.radius_mm
    else:
        normal = np.array(brush.normal)
        through = rows @ normal
        flat = np.linalg.norm(rows - through[:, None] * normal, axis=1)
        reach = flat * brush.radius_mm + np.abs(through) * _half_mm(volume, normal)
    reach = np.maximum(reach + _TIE, 0.5)
    shape = np.array(volume.voxels.shape)[::-1]
    low = np.clip(np.ceil(at[:, :3].min(axis=0) - reach), 0, shape).astype(int)
    high = np.clip(np.floor(at[:, :3].max(axis=0) + reach) + 1, 0, shape).astype(int)
    if (high <= low).any():
        return None
    i, j, k = (slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    return k, j, i


def _near(volume: Volume, box: Box, path_mm: Sequence[Vector3], brush: Brush) -> NDArray[np.bool_]:
    """The voxels of the box whose centre lies within the brush of the path, and those under it."""
    inside = np.zeros(tuple(one.stop - one.start for one in box), bool)
    points = [np.array(point, dtype=np.float64) for point in path_mm]
    for start, end in zip(points, points[1:] or points, strict=False):
        inside |= _within(volume, box, start, end, brush)
    for k, j, i in _under(volume, points):
        if all(one.start <= at < one.stop for one, at in zip(box, (k, j, i), strict=True)):
            inside[k - box[0].start, j - box[1].start, i - box[2].start] = True
    return inside


def _under(volume: Volume, points: Sequence[NDArray[np.float64]]) -> set[tuple[int, int, int]]:
    """The (k, j, i) of the voxels the path itself runs through, at steps of half a voxel."""
    to_index = np.linalg.inv(volume.affine)
    at = [to_index[:3, :3] @ point + to_index[:3, 3] for point in points]
    found: set[tuple[int, int, int]] = set()
    for start, end in zip(at, at[1:] or at, strict=False):
        steps = 2 * math.ceil(float(np.abs(end - start).max())) + 1
        for share in np.linspace(0.0, 1.0, steps):
            i, j, k = np.floor(start + share * (end - start) + 0.5 + _TIE).astype(int)
            found.add((int(k), int(j), int(i)))
    return found


def _within(
    volume: Volume,
    box: Box,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    brush: Brush,
) -> NDArray[np.bool_]:
    """Within the brush of one straight piece of the path."""
    away = _from(volume, box, start)
    along = end - start
    depth: NDArray[np.float64] | None = None
    if brush.normal is not None:
        normal = np.array(brush.normal)
        depth = _inner(away, normal)
        away = [one - depth * float(part) for one, part in zip(away, normal, strict=True)]
        along = along - float(along @ normal) * normal
    length = float(along @ along)
    if length > 0.0:
        share = np.clip(_inner(away, along) / length, 0.0, 1.0)
        away = [one - share * float(part) for one, part in zip(away, along, strict=True)]
    near = away[0] ** 2 + away[1] ** 2 + away[2] ** 2 <= brush.radius_mm**2 + _TIE
    if depth is not None and brush.normal is not None:
        # Halfway between two slices a disc takes the one of higher index, as rounding does.
        across = volume.affine[:3, :3].T @ np.array(brush.normal)
        side = float(across[np.abs(across).argmax()])
        half = 0.5 * abs(side)
        depth *= math.copysign(1.0, side)
        near = near & (depth > -half + _TIE) & (depth <= half + _TIE)
    return np.asarray(near)


def _from(volume: Volume, box: Box, start: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Where the voxels of a box lie from a point, in mm: x, y and z apart, which is quicker."""
    k, j, i = (np.arange(one.start, one.stop, dtype=np.float64) for one in box)
    linear, origin = volume.affine[:3, :3], volume.affine[:3, 3] - start
    return [
        (linear[way, 2] * k + origin[way])[:, None, None]
        + (linear[way, 1] * j)[:, None]
        + linear[way, 0] * i
        for way in range(3)
    ]


def _inner(away: list[NDArray[np.float64]], way: NDArray[np.float64]) -> NDArray[np.float64]:
    return away[0] * float(way[0]) + away[1] * float(way[1]) + away[2] * float(way[2])


def _half_mm(volume: Volume, normal: NDArray[np.float64]) -> float:
    """Half of what one voxel measures across a disc: one slice, whichever way the grid lies."""
    return 0.5 * float(np.abs(volume.affine[:3, :3].T @ normal).max())


def _seen_in(masks: NDArray[np.bool_]) -> tuple[slice, slice]:
    """The rows and columns in which any of the masks has something."""
    rows, columns = np.flatnonzero(masks.any(axis=(0, 2))), np.flatnonzero(masks.any(axis=(0, 1)))
    return (
        slice(int(rows[0]), int(rows[-1]) + 1),
        slice(int(columns[0]), int(columns[-1]) + 1),
    )


def _signed(mask: NDArray[np.bool_], spacing: tuple[float, float]) -> NDArray[np.float64]:
    """Distance to the edge, negative inside."""
    outside = ndimage.distance_transform_edt(~mask, sampling=spacing)
    inside = ndimage.distance_transform_edt(mask, sampling=spacing)
    return np.asarray(outside - inside)
