"""Painting on a label map: brush, eraser, threshold, and filling in between painted slices.

Every act gives a LabelChange, the box of voxels it touched before and after. Arrays are
(slices, rows, columns); millimetres come from the affine, so a brush is round in the patient and
not on the grid.
"""

from __future__ import annotations

import itertools
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


@dataclass(frozen=True, slots=True)
class Brush:
    """A round brush.

    ``value`` is what it paints (0 erases), ``only`` what it may paint over (None: everything).
    Inside ``between`` (lowest, highest stored value) a voxel is painted, outside not. With
    ``normal`` (a unit vector) the brush is a disc across it, one slice thick, else a ball.
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
    if not (before != after).any():
        return None
    box = ndimage.find_objects(np.asarray(before != after, dtype=np.uint8))[0]
    corner = (int(box[0].start), int(box[1].start), int(box[2].start))
    return LabelChange(
        str(uuid.uuid4()), study_uid, series_uid, corner, before[box].copy(), after[box].copy()
    )


def apply(labels: NDArray[np.uint8], change: LabelChange) -> None:
    """Make a change: only the voxels it changed are set, whatever was done around them."""
    _set(labels, change.corner, change.before != change.after, change.after)


def revert(labels: NDArray[np.uint8], change: LabelChange) -> None:
    """Take a change back."""
    _set(labels, change.corner, change.before != change.after, change.before)


def between_slices(labels: NDArray[np.uint8], value: int, axis: int) -> NDArray[np.uint8]:
    """Fill the empty slices between painted ones; return the whole map, the given one unchanged.

    The outline of a slice in between is where the mean of the two signed distances is zero
    (Raya and Udupa, doi:10.1109/42.52980). ``axis`` is 0 for slices, 1 for rows, 2 for columns.
    Only background is filled.
    """
    turned = np.moveaxis(labels, axis, 0)
    filled = turned.copy()
    mask = turned == value
    painted = np.flatnonzero(mask.any(axis=(1, 2)))
    for low, high in itertools.pairwise(painted):
        if high - low < 2:
            continue
        start, end = _signed(mask[low]), _signed(mask[high])
        for k in range(low + 1, high):
            share = (k - low) / (high - low)
            grown = (1.0 - share) * start + share * end < 0.0
            filled[k][grown & (filled[k] == 0)] = value
    return np.ascontiguousarray(np.moveaxis(filled, 0, axis))


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
    boxes = stream.decompress(data[_HEADER.size :], 2 * size + 1)
    if len(boxes) != 2 * size:
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


def _box(
    volume: Volume, path_mm: Sequence[Vector3], brush: Brush
) -> tuple[slice, slice, slice] | None:
    """The voxels the stroke may touch: the path's own box, widened by the brush along each axis."""
    inverse = np.linalg.inv(volume.affine)
    at = np.c_[np.array(path_mm, dtype=np.float64), np.ones(len(path_mm))] @ inverse.T
    # How far an index moves at most per mm in any direction: the length of the inverse's row.
    reach = np.linalg.norm(inverse[:3, :3], axis=1) * brush.radius_mm + 0.5
    shape = np.array(volume.voxels.shape)[::-1]
    low = np.clip(np.ceil(at[:, :3].min(axis=0) - reach), 0, shape).astype(int)
    high = np.clip(np.floor(at[:, :3].max(axis=0) + reach) + 1, 0, shape).astype(int)
    if (high <= low).any():
        return None
    i, j, k = (slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    return k, j, i


def _near(
    volume: Volume, box: tuple[slice, slice, slice], path_mm: Sequence[Vector3], brush: Brush
) -> NDArray[np.bool_]:
    """The voxels of the box whose centre lies within the brush of the path."""
    k, j, i = np.meshgrid(
        *(np.arange(one.start, one.stop, dtype=np.float64) for one in box), indexing="ij"
    )
    linear, origin = volume.affine[:3, :3], volume.affine[:3, 3]
    places = np.stack([i, j, k], axis=-1) @ linear.T + origin
    inside = np.zeros(places.shape[:3], bool)
    points = [np.array(point) for point in path_mm]
    for start, end in zip(points, points[1:] or points, strict=False):
        inside |= _within(places, start, end, brush, volume)
    return inside


def _within(
    places: NDArray[np.float64],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    brush: Brush,
    volume: Volume,
) -> NDArray[np.bool_]:
    """Within the brush of one straight piece of the path."""
    along = end - start
    away = places - start
    length = float(along @ along)
    share = np.clip(away @ along / length, 0.0, 1.0) if length > 0 else np.zeros(away.shape[:3])
    rest = away - share[..., None] * along
    if brush.normal is None:
        return np.asarray((rest**2).sum(axis=-1) <= brush.radius_mm**2)
    normal = np.array(brush.normal)
    depth = rest @ normal
    flat = rest - depth[..., None] * normal
    # Half of what one voxel measures across the disc: one slice, whichever way the grid lies.
    half = 0.5 * float(np.abs(volume.affine[:3, :3].T @ normal).max()) + 1e-6
    return np.asarray(((flat**2).sum(axis=-1) <= brush.radius_mm**2) & (np.abs(depth) <= half))


def _signed(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Distance to the edge in pixels, negative inside."""
    outside = ndimage.distance_transform_edt(~mask)
    inside = ndimage.distance_transform_edt(mask)
    return np.asarray(outside - inside)
