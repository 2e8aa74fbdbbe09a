"""Pieces of one lesion found in patient space: slices laid over one another where they truly lie.

Two pieces are one lesion if they come nearer than JOIN_MM to each other, or if they lie on two
sides of one unmarked slice, over one another, and that gap is no wider than GAP_MM.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

Labels = NDArray[np.int32]
Boxes = list[tuple[slice, slice, slice]]

JOIN_MM = 10.0
GAP_MM = 15.0
"""From the last marked slice to the next one: one slice left out at up to 7.5 mm apart."""


def joined_pieces(
    marked: NDArray[np.bool_],
    pixel_mm: float,
    gap_mm: float,
    slip_px: tuple[float, float] = (0.0, 0.0),
) -> tuple[Labels, int]:
    """Return the lesions' numbers 1..n (slices, rows, columns) and n.

    Parameters
    ----------
    marked
        What is marked, on the network's grid.
    pixel_mm, gap_mm
        Size of a pixel and distance between slices, along their normal.
    slip_px
        How far (rows, columns) each slice lies aside of the one before, of a sheared grid.
    """
    upright, offsets = _upright(marked, slip_px)
    labels, count = ndimage.label(upright, np.ones((3, 3, 3), dtype=bool))
    if count > 1:
        labels, count = _joined(labels, count, pixel_mm, gap_mm)
    return _back(labels, offsets, marked.shape), count


def _upright(
    marked: NDArray[np.bool_], slip_px: tuple[float, float]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return the stack with its slices moved aside to where they lie, and by how much each."""
    steps = np.arange(len(marked))[:, None] * np.array(slip_px)
    offsets = np.rint(steps - steps.min(axis=0)).astype(np.int64)
    if not offsets.any():
        return marked, offsets
    room = offsets.max(axis=0)
    rows, columns = marked.shape[1:]
    upright = np.zeros((len(marked), rows + room[0], columns + room[1]), dtype=bool)
    for image, place, (down, right) in zip(marked, upright, offsets, strict=True):
        place[down : down + rows, right : right + columns] = image
    return upright, offsets


def _back(labels: Labels, offsets: NDArray[np.int64], shape: tuple[int, ...]) -> Labels:
    if not offsets.any():
        return labels
    rows, columns = shape[1:]
    return np.stack(
        [
            image[down : down + rows, right : right + columns]
            for image, (down, right) in zip(labels, offsets, strict=True)
        ]
    )


def _joined(labels: Labels, count: int, pixel_mm: float, gap_mm: float) -> tuple[Labels, int]:
    boxes: Boxes = ndimage.find_objects(labels)
    scale = np.array([gap_mm, pixel_mm, pixel_mm])
    edges = [_edge(labels, boxes[index], index + 1) for index in range(count)]
    trees = [cKDTree(edge * scale) for edge in edges]
    root = list(range(count))
    for one in range(count):
        for other in range(one + 1, count):
            if root[one] != root[other] and (
                _near(boxes[one], boxes[other], scale, (trees[one], trees[other]))
                or _across_one_slice(labels, (edges[one], edges[other]), one + 1, gap_mm)
            ):
                old, new = root[other], root[one]
                root = [new if value == old else value for value in root]
    names = {value: number for number, value in enumerate(dict.fromkeys(root), start=1)}
    table = np.array([0, *(names[value] for value in root)], dtype=np.int32)
    return table[labels], len(names)


def _edge(labels: Labels, box: tuple[slice, slice, slice], value: int) -> NDArray[np.int64]:
    """Return the indices of a piece's outermost pixels on each slice."""
    own = labels[box] == value
    inner = ndimage.binary_erosion(own, np.ones((1, 3, 3), dtype=bool))
    return np.asarray(np.argwhere(own & ~inner) + [part.start for part in box])


def _near(
    one: tuple[slice, slice, slice],
    other: tuple[slice, slice, slice],
    scale: NDArray[np.float64],
    trees: tuple[cKDTree, cKDTree],
) -> bool:
    """Whether two pieces come nearer than JOIN_MM; their boxes are asked first."""
    gaps = [max(a.start - b.stop + 1, b.start - a.stop + 1, 0) for a, b in zip(one, other)]  # noqa: B905
    if float(np.linalg.norm(np.array(gaps) * scale)) >= JOIN_MM:
        return False
    return bool(trees[0].query(trees[1].data, distance_upper_bound=JOIN_MM)[0].min() < JOIN_MM)


def _across_one_slice(
    labels: Labels, edges: tuple[NDArray[np.int64], NDArray[np.int64]], first: int, gap_mm: float
) -> bool:
    """Whether the second piece lies over the first with one slice left out between them."""
    if 2 * gap_mm > GAP_MM:
        return False
    for away in (-2, 2):
        k = edges[1][:, 0] + away
        there = (k >= 0) & (k < len(labels))
        beside = edges[1][there]
        if (labels[k[there], beside[:, 1], beside[:, 2]] == first).any():
            return True
    return False
