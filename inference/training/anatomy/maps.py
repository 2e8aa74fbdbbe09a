"""The label maps that images are synthesised from (Billot et al. 2023)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.models.structures import BRAIN, LEFT_SOURCES, STRUCTURES

FOLDER = "synthseg_labels"
HELD_OUT = (9, 11)
"""Numbers of the maps never trained on: ventricles of 13 ml and of 68 ml."""
_WHITE = (2, 41, 25, 57)
_VENTRICLES = {4: 2, 43: 41}
_MARGIN = 12


@dataclass(frozen=True, slots=True, eq=False)
class HeadMap:
    """One whole head of labels at 1 mm, from feet to head, face to back, right to left.

    ``sources`` holds positions in ``values``, the label values of the set. ``centre`` is the
    middle of the brain in voxels.
    """

    number: int
    sources: NDArray[np.uint8]
    values: tuple[int, ...]
    centre: tuple[float, float, float]


def read_maps(folder: Path, numbers: tuple[int, ...], *, widened: bool = False) -> list[HeadMap]:
    """Return the maps of these numbers; ``widened`` adds one of each with larger ventricles."""
    raw = {number: _read(folder / f"training_seg_{number:02d}.nii.gz") for number in numbers}
    found: list[HeadMap] = []
    for number, labels in raw.items():
        found.append(_index(number, labels))
        if widened:
            found.append(_index(number, widen_ventricles(labels)))
    return found


def numbers_in(folder: Path) -> tuple[int, ...]:
    """Return the numbers of the maps present in ``folder``."""
    return tuple(sorted(int(p.name[13:15]) for p in folder.glob("training_seg_??.nii.gz")))


def all_values() -> tuple[int, ...]:
    """Return every label value the training maps may hold, background first."""
    return tuple(sorted({value for structure in STRUCTURES for value in structure.sources}))


def targets() -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """Return the class, and the side (1 left, 0 right, -1 neither), of each of ``all_values``."""
    classes, sides = [], []
    for value in all_values():
        number = next(n for n, s in enumerate(STRUCTURES) if value in s.sources)
        classes.append(number)
        paired = STRUCTURES[number].paired
        sides.append(-1 if not paired else int(value in LEFT_SOURCES))
    return np.array(classes, dtype=np.uint8), np.array(sides, dtype=np.int8)


def widen_ventricles(labels: NDArray[np.int32], steps: int = 3) -> NDArray[np.int32]:
    """Return a copy whose lateral ventricles have grown by ``steps`` mm into white matter."""
    grown = labels.copy()
    for ventricle in _VENTRICLES:
        mask = ndimage.binary_dilation(
            labels == ventricle, iterations=steps, mask=np.isin(labels, (*_WHITE, ventricle))
        )
        grown[mask] = ventricle
    return grown


def _read(path: Path) -> NDArray[np.int32]:
    """Return the labels turned to the patient's axes, cropped to the head and a margin."""
    image = nibabel.as_closest_canonical(nibabel.load(path))  # type: ignore[no-untyped-call]
    labels = np.asarray(image.dataobj).astype(np.int32)
    labels = labels.transpose(2, 1, 0)[:, ::-1, ::-1]
    where = [np.flatnonzero(labels.any(axis=axes)) for axes in ((1, 2), (0, 2), (0, 1))]
    box = tuple(slice(max(0, w[0] - _MARGIN), int(w[-1]) + _MARGIN + 1) for w in where)
    return np.ascontiguousarray(labels[box])


def _index(number: int, labels: NDArray[np.int32]) -> HeadMap:
    values = all_values()
    table = np.zeros(max(*values, int(labels.max())) + 1, dtype=np.uint8)
    table[list(values)] = np.arange(len(values))
    unknown = set(np.unique(labels).tolist()) - set(values)
    if unknown:
        raise ValueError(f"map {number} holds labels of unknown meaning: {sorted(unknown)}")
    sources = table[labels]
    classes, _ = targets()
    brain = np.isin(classes[sources], BRAIN)
    where = [np.flatnonzero(brain.any(axis=axes)) for axes in ((1, 2), (0, 2), (0, 1))]
    middle = [float(w[0] + w[-1]) / 2 for w in where]
    return HeadMap(number, sources, values, (middle[0], middle[1], middle[2]))
