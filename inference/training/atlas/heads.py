"""Labelled heads (SynthSeg, Apache-2.0) in patient space, and the points that lay them together.

The labels are FreeSurfer's, with the tissues around the brain numbered from 500 up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int16]
Matrix = NDArray[np.float64]

LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
PAIRS = (
    (2, 41),
    (3, 42),
    (4, 43),
    (7, 46),
    (8, 47),
    (10, 49),
    (11, 50),
    (12, 51),
    (13, 52),
    (17, 53),
    (18, 54),
    (26, 58),
    (28, 60),
)
"""(left, right) structures whose centres count."""
SINGLE = (14, 15, 16)
CEREBRUM = (2, 3, 41, 42)
CAP_SHARE = 0.05
THINNED = 2
"""Landmarks are found on every second voxel along each axis."""
_DIRECTIONS = (
    (0, 1, 0),
    (0, -1, 0),
    (0, 0, 1),
    (0, 0.7, 0.7),
    (0, -0.7, 0.7),
    (1, 0, 0),
    (-1, 0, 0),
    (0.7, 0, 0.7),
    (-0.7, 0, 0.7),
    (0.7, 0, -0.7),
    (-0.7, 0, -0.7),
)
_MIRRORED = (0, 1, 2, 3, 4, 6, 5, 8, 7, 10, 9)


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """One labelled head: labels (slices, rows, columns) with their affine to LPS+ mm."""

    name: str
    labels: Labels
    affine: Matrix


def read_heads(folder: Path) -> Iterator[Head]:
    """Yield the labelled heads of ``folder``, by name; FileNotFoundError if there is none."""
    paths = sorted(folder.glob("training_seg_*.nii.gz"))
    if not paths:
        raise FileNotFoundError(f"no training_seg_*.nii.gz in {folder}")
    for path in paths:
        image = nibabel.nifti1.load(path)  # type: ignore[no-untyped-call]  # as nibabel is
        labels = np.asarray(image.dataobj).astype(np.int16).transpose(2, 1, 0)
        yield Head(path.name.split(".")[0], labels, LPS @ np.asarray(image.affine))


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What is needed of a head to lay it over others, in LPS+ mm: structures' centres, cerebrum."""

    centres: Matrix
    cerebrum: Matrix

    def landmarks(self, laid: Matrix) -> Matrix:
        """Return the points (n, 3) in LPS+ mm that every head has, in one fixed order.

        Centres of structures, and the centres of the cerebrum's caps in some directions of the
        space that ``laid`` leads to.
        """
        moved = self.cerebrum @ laid[:3, :3].T
        caps = [_cap(self.cerebrum, moved @ np.array(way, dtype=float)) for way in _DIRECTIONS]
        return np.concatenate([self.centres, np.stack(caps)])


def marks_of(head: Head) -> Marks:
    """Return the marks of a head, from every second voxel along each axis."""
    few = head.labels[::THINNED, ::THINNED, ::THINNED]
    slices, rows, columns = np.nonzero(few)
    index = np.stack([columns, rows, slices], axis=1).astype(np.float64) * THINNED
    points = index @ head.affine[:3, :3].T + head.affine[:3, 3]
    values = few[slices, rows, columns]
    wanted = [value for pair in PAIRS for value in pair] + list(SINGLE)
    centres = np.stack([points[values == value].mean(axis=0) for value in wanted])
    return Marks(centres, points[np.isin(values, CEREBRUM)])


def mirrored(points: Matrix) -> Matrix:
    """Return the landmarks of the head seen in a mirror: sides exchanged, x reversed."""
    count = 2 * len(PAIRS)
    order = [index ^ 1 for index in range(count)]
    order += list(range(count, count + len(SINGLE)))
    order += [count + len(SINGLE) + index for index in _MIRRORED]
    return np.asarray(points[order] * np.array([-1.0, 1.0, 1.0]))


def _cap(points: Matrix, along: Matrix) -> Matrix:
    return np.asarray(points[along >= np.quantile(along, 1 - CAP_SHARE)].mean(axis=0))
